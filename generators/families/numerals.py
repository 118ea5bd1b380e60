"""Families about remainders, divisors and ways to write a number."""

import math

from generators.families.draw import Draft, Draw


def modulo(draw: Draw, level: int) -> Draft:
    """Remainders: of a number, of a product, of a power."""
    if level == 1:
        m, n = draw.integer(6, 29), draw.integer(500, 9999)
        question = draw.wording(
            (f"What is the remainder when {n} is divided by {m}?", f"{n} 除以 {m} 的余数是多少？"),
            (f"What is {n} mod {m}?", f"求 {n} 对 {m} 取余的结果。"),
        )
        begin = draw.say(
            f"Find the largest multiple of {m} up to {n}.", f"先找不超过 {n} 的 {m} 的最大倍数。"
        )
        return Draft(question, str(n % m), [begin, *_remainder(n, m)])
    if level == 2:
        m, a, b = draw.integer(7, 49), draw.integer(101, 999), draw.integer(101, 999)
        text = f"{a} × {b}"
        steps = [
            draw.say(f"Reduce both factors modulo {m} first.", f"先把两个因数分别对 {m} 取余。")
        ]
        steps += [*_remainder(a, m), *_remainder(b, m)]
        steps.append(draw.say("Multiply the remainders.", "再把余数相乘。"))
        product = (a % m) * (b % m)
        steps += [f"{a % m} × {b % m} = {product}", *_remainder(product, m)]
    else:
        m, a, b = draw.integer(11, 97), draw.integer(2, 60), draw.integer(5, 40)
        text = f"{a}^{b}"
        steps = _power(draw, a, b, m)
    question = draw.wording(
        (
            f"What is the remainder when {text} is divided by {m}?",
            f"{text} 除以 {m} 的余数是多少？",
        ),
        (f"Find {text} modulo {m}.", f"求 {text} 对 {m} 取余的结果。"),
    )
    answer = a * b % m if level == 2 else pow(a, b, m)
    return Draft(question, str(answer), steps)


def _remainder(n: int, m: int) -> list[str]:
    below = n - n % m
    return [f"{m} × {n // m} = {below}", f"{n} - {below} = {n % m}"]


def _power(draw: Draw, a: int, b: int, m: int) -> list[str]:
    """Square and multiply, from the highest binary digit of the exponent down."""
    steps = [
        draw.say(
            f"Square and multiply, keeping remainders modulo {m}; {b} is {b:b} in binary.",
            f"用平方与乘法，每步对 {m} 取余；{b} 的二进制是 {b:b}。",
        )
    ]
    value, exponent = a % m, 1
    steps.append(draw.say(f"{a}^1 leaves {value}.", f"{a}^1 余 {value}。"))
    for digit in f"{b:b}"[1:]:
        for square in (True, False)[: 1 + int(digit)]:
            factor = value if square else a % m
            exponent = exponent * 2 if square else exponent + 1
            product = value * factor
            left = product % m
            tail = draw.say(f"so {a}^{exponent} leaves {left}.", f"所以 {a}^{exponent} 余 {left}。")
            steps.append(f"{value} × {factor} = {product}; {tail}")
            value = left
    return steps


def gcd(draw: Draw, level: int) -> Draft:
    """Greatest common divisors by Euclid, and least common multiples."""
    common = draw.integer(2, [12, 40, 15][level - 1])
    a, b = (common * n for n in draw.distinct(2, 5, [80, 150, 60][level - 1]))
    if level < 3:
        question = draw.wording(
            (
                f"What is the greatest common divisor of {a} and {b}?",
                f"{a} 和 {b} 的最大公约数是多少？",
            ),
            (f"Find gcd({a}, {b}).", f"求 gcd({a}, {b})。"),
        )
        return Draft(question, str(math.gcd(a, b)), _euclid(draw, a, b))
    question = draw.wording(
        (f"What is the least common multiple of {a} and {b}?", f"{a} 和 {b} 的最小公倍数是多少？"),
        (f"Find lcm({a}, {b}).", f"求 lcm({a}, {b})。"),
    )
    divisor, product = math.gcd(a, b), a * b
    steps = [
        *_euclid(draw, a, b),
        draw.say("The product divided by that is the multiple.", "两数之积除以它就是最小公倍数。"),
        f"{a} × {b} = {product}",
        f"{product} ÷ {divisor} = {product // divisor}",
    ]
    return Draft(question, str(product // divisor), steps)


def _euclid(draw: Draw, a: int, b: int) -> list[str]:
    steps = [draw.say("Use the Euclidean algorithm.", "用辗转相除法。")]
    a, b = max(a, b), min(a, b)
    while b:
        rest = draw.say(f"remainder {a % b}.", f"余数是 {a % b}。")
        steps.append(f"{b} × {a // b} = {b * (a // b)}; {rest}")
        a, b = b, a % b
    steps.append(draw.say(f"The last divisor is {a}.", f"最后的除数是 {a}。"))
    return steps


def base(draw: Draw, level: int) -> Draft:
    """Numbers written in one base and wanted in another."""
    n = draw.integer(200, 9999)
    if level == 1:
        old = draw.integer(2, 9)
        given, steps = _digits(n, old), _from_base(draw, n, old)
        question = draw.wording(
            (
                f"Write the base-{old} number {given} in base 10.",
                f"把 {old} 进制数 {given} 写成十进制数。",
            ),
            (
                f"What is {given} (base {old}) in decimal?",
                f"{old} 进制的 {given} 等于十进制的多少？",
            ),
        )
        return Draft(question, str(n), steps)
    if level == 2:
        old, new, steps = 10, draw.integer(2, 9), []
    else:
        old, new = draw.integer(3, 9), draw.choice([2, 12, 16])
        steps = _from_base(draw, n, old)
    given = _digits(n, old)
    form = draw.say("Give the digits only", "只写数字")
    if new > 10:
        form += draw.say(", with A for ten and so on", "，十用 A 表示，依此类推")
    question = draw.wording(
        (
            f"Write the base-{old} number {given} in base {new}. {form}.",
            f"把 {old} 进制数 {given} 写成 {new} 进制数。{form}。",
        ),
        (
            f"What is {given} (base {old}) in base {new}? {form}.",
            f"{old} 进制的 {given} 用 {new} 进制怎么写？{form}。",
        ),
    )
    return Draft(question, _digits(n, new), [*steps, *_to_base(draw, n, new)], kind="text")


_DIGITS = "0123456789ABCDEF"


def _digits(n: int, base: int) -> str:
    digits = ""
    while n:
        n, digit = divmod(n, base)
        digits = _DIGITS[digit] + digits
    return digits


def _from_base(draw: Draw, n: int, base: int) -> list[str]:
    given = _digits(n, base)
    steps = [draw.say(f"Read {given} from the left.", f"从左往右读 {given}。")]
    value = int(given[0], base)
    for digit in given[1:]:
        grown = value * base
        steps.append(f"{value} × {base} = {grown}; {grown} + {digit} = {grown + int(digit, base)}")
        value = grown + int(digit, base)
    return steps


def _to_base(draw: Draw, n: int, base: int) -> list[str]:
    steps = [draw.say(f"Divide {n} by {base} again and again.", f"用 {n} 反复除以 {base}。")]
    while n:
        below, digit = n - n % base, n % base
        wrote = draw.say(f"write down {_DIGITS[digit]}.", f"记下 {_DIGITS[digit]}。")
        steps.append(f"{base} × {n // base} = {below}; {n} - {below} = {digit}; {wrote}")
        n //= base
    steps.append(draw.say("Read the digits from the last to the first.", "从最后一位往前读。"))
    return steps
