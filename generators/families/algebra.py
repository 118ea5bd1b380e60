"""Families of equations and sequences, all with whole-number answers."""

from generators.families.draw import Draft, Draw


def linear(draw: Draw, level: int) -> Draft:
    """Linear equations in one unknown."""
    x, a, c = draw.integer(-25, 25), draw.integer(3, 15), draw.integer(2, 9)
    b, d = draw.integer(1, 60) * draw.choice([1, -1]), draw.integer(1, 30)
    letter = draw.choice("xyntk")
    if level == 1:
        left, right = f"{a}{letter} {_signed(b)}", str(a * x + b)
        steps = _solve(draw, a, b, 0, a * x + b, letter)
    elif level == 2:
        a += c  # so that the unknown does not vanish
        total = (a - c) * x + b
        left, right = f"{a}{letter} {_signed(b)}", f"{c}{letter} {_signed(total)}"
        steps = _solve(draw, a, b, c, total, letter)
    else:
        a += c
        outer = a * (x + b) - c * (x - d)
        left, right = f"{a}({letter} {_signed(b)})", f"{c}({letter} - {d}) {_signed(outer)}"
        steps = [
            draw.say("Remove the brackets.", "先去括号。"),
            f"{a} × {_bracketed(b)} = {a * b}",
            f"{c} × {d} = {c * d}",
            f"-{c * d} {_signed(outer)} = {outer - c * d}",
            *_solve(draw, a, a * b, c, outer - c * d, letter),
        ]
    equation = f"{left} = {right}"
    question = draw.wording(
        (f"Solve {equation} for {letter}.", f"解方程 {equation}，求 {letter}。"),
        (f"What value of {letter} satisfies {equation}?", f"{letter} 取何值时 {equation} 成立？"),
    )
    return Draft(question, str(x), steps)


def _signed(number: int) -> str:
    return f"- {-number}" if number < 0 else f"+ {number}"


def _bracketed(number: int) -> str:
    return f"({number})" if number < 0 else str(number)


def _solve(draw: Draw, a: int, b: int, c: int, d: int, letter: str) -> list[str]:
    """Steps for a·letter + b = c·letter + d, with a check at the end."""
    steps = []
    if c:
        steps.append(
            draw.say(f"Subtract {c}{letter} from both sides.", f"两边同时减去 {c}{letter}。")
        )
        steps.append(f"{a} - {c} = {a - c}")
    moved, x = d - b, (d - b) // (a - c)
    steps.append(draw.say(f"Bring {b} to the other side.", f"把 {b} 移到另一边。"))
    steps.append(f"{d} - {_bracketed(b)} = {moved}")
    steps.append(draw.say(f"Divide by {a - c}.", f"两边除以 {a - c}。"))
    steps.append(f"{moved} ÷ {a - c} = {x}")
    steps.append(draw.say("Check by putting it in.", "代入检验。"))
    steps.append(f"{a} × {_bracketed(x)} {_signed(b)} = {a * x + b}")
    if c:
        steps.append(f"{c} × {_bracketed(x)} {_signed(d)} = {c * x + d}")
    return steps


def system(draw: Draw, level: int) -> Draft:
    """Two linear equations in two unknowns."""
    size = 4 + 4 * level
    x, y = draw.integer(-size, size), draw.integer(-size, size)
    a, c = draw.integer(2, size), draw.integer(2, size)
    b, d = draw.integer(2, size), draw.integer(2, size)
    if a * d == b * c:
        d += 1
    first, second = a * x + b * y, c * x + d * y
    det, top_x, top_y = a * d - b * c, d * first - b * second, a * second - c * first
    if level == 3:
        ask, answer = ("3x - 2y", 3 * x - 2 * y)
    else:
        ask, answer = draw.choice([("x + y", x + y), ("x - y", x - y), ("x × y", x * y)])
    steps = [
        draw.say(
            f"Multiply the first equation by {d}, the second by {b}, and subtract: y drops out.",
            f"第一个方程乘以 {d}，第二个方程乘以 {b}，相减消去 y。",
        ),
        f"{d} × {a} - {b} × {c} = {det}",
        f"{d} × {_bracketed(first)} - {b} × {_bracketed(second)} = {top_x}",
        f"{top_x} ÷ {_bracketed(det)} = {x}",
        draw.say("In the same way x drops out.", "同样消去 x。"),
        f"{a} × {_bracketed(second)} - {c} × {_bracketed(first)} = {top_y}",
        f"{top_y} ÷ {_bracketed(det)} = {y}",
        draw.say(f"So x is {x} and y is {y}.", f"所以 x 是 {x}，y 是 {y}。"),
        _filled(ask, x, y) + f" = {answer}",
    ]
    equations = (f"{a}x + {b}y = {first}", f"{c}x + {d}y = {second}")
    question = draw.wording(
        (
            f"If {equations[0]} and {equations[1]}, what is {ask}?",
            f"已知 {equations[0]}，{equations[1]}，求 {ask}。",
        ),
        (
            f"Two numbers satisfy {equations[0]} and {equations[1]}. Find {ask}.",
            f"两个数满足 {equations[0]} 和 {equations[1]}，{ask} 等于多少？",
        ),
    )
    return Draft(question, str(answer), steps)


def _filled(expression: str, x: int, y: int) -> str:
    if expression == "3x - 2y":
        return f"3 × {_bracketed(x)} - 2 × {_bracketed(y)}"
    return expression.replace("x", _bracketed(x)).replace("y", _bracketed(y))


def sequence(draw: Draw, level: int) -> Draft:
    """Terms and sums of sequences whose rule is given."""
    if level == 3:
        return _recurrence(draw)
    first, step, n = draw.integer(-30, 60), draw.integer(2, 25), draw.integer(11, 90)
    step *= draw.choice([1, 1, -1])
    shown = ", ".join(str(first + step * k) for k in range(3))
    last = first + (n - 1) * step
    steps = [
        draw.say("The common difference is constant.", "公差不变。"),
        f"{first + step} - {_bracketed(first)} = {step}",
        draw.say(f"To term {n} it takes {n - 1} steps.", f"到第 {n} 项要走 {n - 1} 步。"),
        f"{n - 1} × {_bracketed(step)} = {(n - 1) * step}",
        f"{first} {_signed((n - 1) * step)} = {last}",
    ]
    if level == 1:
        question = draw.wording(
            (
                f"An arithmetic sequence begins {shown}, ... What is term number {n}?",
                f"等差数列的前三项是 {shown}，第 {n} 项是多少？",
            ),
            (
                f"Find term number {n} of the arithmetic sequence {shown}, ...",
                f"求等差数列 {shown}, ... 的第 {n} 项。",
            ),
        )
        return Draft(question, str(last), steps)
    double = n * (first + last)
    steps += [
        draw.say(
            "The sum is the number of terms times the mean of the first and the last.",
            "和等于项数乘以首末两项的平均数。",
        ),
        f"{first} {_signed(last)} = {first + last}",
        f"{n} × {_bracketed(first + last)} = {double}",
        f"{double} ÷ 2 = {double // 2}",
    ]
    question = draw.wording(
        (
            f"What is the sum of the first {n} terms of the arithmetic sequence {shown}, ...?",
            f"等差数列 {shown}, ... 的前 {n} 项之和是多少？",
        ),
        (
            f"An arithmetic sequence begins {shown}, ... Add up its first {n} terms.",
            f"等差数列的前三项是 {shown}，求前 {n} 项的和。",
        ),
    )
    return Draft(question, str(double // 2), steps)


def _recurrence(draw: Draw) -> Draft:
    first, factor, n = draw.integer(1, 30), draw.integer(2, 5), draw.integer(4, 7)
    plus = draw.integer(1, 20) * draw.choice([1, -1])
    steps = [draw.say("Go from term to term.", "逐项计算。")]
    value = first
    for _ in range(n - 1):
        grown = factor * value
        steps.append(
            f"{factor} × {_bracketed(value)} = {grown}; {grown} {_signed(plus)} = {grown + plus}"
        )
        value = grown + plus
    rule = f"a(n+1) = {factor} × a(n) {_signed(plus)}"
    question = draw.wording(
        (
            f"A sequence has a(1) = {first} and {rule}. What is a({n})?",
            f"数列满足 a(1) = {first}，{rule}，求 a({n})。",
        ),
        (
            f"Given a(1) = {first} and {rule}, find a({n}).",
            f"已知 a(1) = {first}，{rule}。a({n}) 等于多少？",
        ),
    )
    return Draft(question, str(value), steps)
