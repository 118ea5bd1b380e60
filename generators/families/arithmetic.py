"""Families of arithmetic with whole numbers and fractions."""

import math
from fractions import Fraction

from generators.families.draw import Draft, Draw


def chain(draw: Draw, level: int) -> Draft:
    """Sums of products, quotients and brackets, where precedence matters."""
    shapes = ["product"] + [
        draw.choice(["number", "product", "quotient", "bracket"]) for _ in range(level)
    ]
    terms = [_term(draw, shape) for shape in draw.shuffled(shapes)]
    signs = [draw.choice("+-") for _ in terms[1:]]
    text, left = terms[0][0], str(terms[0][1])
    for sign, (shown, number, _) in zip(signs, terms[1:], strict=True):
        text += f" {sign} {shown}"
        left += f" {sign} {number}"
    steps = [draw.say("Brackets, products and quotients come first.", "先算括号和乘除。")]
    steps += [step for _, _, inner in terms for step in inner]
    steps.append(draw.say(f"What is left is {left}.", f"剩下的是 {left}。"))
    value = terms[0][1]
    for sign, (_, number, _) in zip(signs, terms[1:], strict=True):
        result = value + number if sign == "+" else value - number
        steps.append(f"{value} {sign} {number} = {result}")
        value = result
    question = draw.wording(
        (f"What is {text}?", f"{text} 等于多少？"),
        (f"Calculate {text}.", f"计算 {text}。"),
        (f"Work out the value of {text}.", f"求 {text} 的值。"),
    )
    return Draft(question, str(value), steps)


def _term(draw: Draw, shape: str) -> tuple[str, int, list[str]]:
    """How it is written, its value, and the steps to it."""
    a, b = draw.integer(2, 30), draw.integer(2, 20)
    if shape == "number":
        return str(a + 5 * b), a + 5 * b, []
    if shape == "product":
        text = f"{a} × {b}"
        return text, a * b, [f"{text} = {a * b}"]
    if shape == "quotient":
        text = f"{a * b} ÷ {b}"
        return text, a, [f"{text} = {a}"]
    c = draw.integer(1, 20)
    sign, inner = ("+", b + c) if draw.integer(0, 1) else ("-", b - c)
    text = f"{a} × ({b} {sign} {c})"
    return text, a * inner, [f"{b} {sign} {c} = {inner}", f"{a} × {inner} = {a * inner}"]


def multiply(draw: Draw, level: int) -> Draft:
    """Products of long numbers, by parts."""
    a = draw.integer(*[(201, 9999), (201, 9999), (10001, 99999)][level - 1])
    b = draw.integer(*[(3, 99), (101, 999), (1001, 9999)][level - 1])
    places = [(int(digit), 10**place) for place, digit in enumerate(reversed(str(b)))]
    parts = [digit * unit for digit, unit in reversed(places) if digit]
    written = " + ".join(map(str, parts))
    steps = [draw.say(f"Split {b} into {written}.", f"把 {b} 拆成 {written}。")]
    steps += [f"{a} × {part} = {a * part}" for part in parts]
    total = a * parts[0]
    if parts[1:]:
        steps.append(draw.say("Add the parts.", "把各部分相加。"))
    for part in parts[1:]:
        steps.append(f"{total} + {a * part} = {total + a * part}")
        total += a * part
    question = draw.wording(
        (f"What is {a} × {b}?", f"{a} × {b} 等于多少？"),
        (f"Multiply {a} by {b}.", f"求 {a} 与 {b} 的乘积。"),
    )
    return Draft(question, str(total), steps)


def fractions(draw: Draw, level: int) -> Draft:
    """Sums and products of fractions, in lowest terms."""
    a, b, c = (_fraction(draw, 15 + 5 * level) for _ in range(3))
    sign = draw.choice("+-")
    if level == 1:
        text, steps = f"{a} {sign} {b}", _add(draw, a, b, sign)
        value = a + b if sign == "+" else a - b
    elif level == 2:
        text, steps = f"{a} × {b} {sign} {c}", _times(draw, a, b)
        steps += _add(draw, a * b, c, sign)
        value = a * b + c if sign == "+" else a * b - c
    else:
        text, steps = f"({a} {sign} {b}) ÷ {c}", _add(draw, a, b, sign)
        value = a + b if sign == "+" else a - b
        turned = 1 / c
        steps.append(
            draw.say(
                f"Dividing by {c} is multiplying by {turned}.", f"除以 {c} 等于乘以 {turned}。"
            )
        )
        steps += _times(draw, value, turned)
        value = value / c
    question = draw.wording(
        (
            f"Compute {text}. Give the answer as a fraction in lowest terms.",
            f"计算 {text}，结果写成最简分数。",
        ),
        (f"What is {text} in lowest terms?", f"{text} 等于多少？请写成最简分数。"),
    )
    return Draft(question, str(value), steps)


def _fraction(draw: Draw, largest: int) -> Fraction:
    while (value := Fraction(draw.integer(1, largest), draw.integer(2, largest))).denominator == 1:
        pass
    return value


def _add(draw: Draw, a: Fraction, b: Fraction, sign: str) -> list[str]:
    common = math.lcm(a.denominator, b.denominator)
    left, right = int(a * common), int(b * common)
    value = left + right if sign == "+" else left - right
    return [
        draw.say(f"The common denominator is {common}.", f"公分母是 {common}。"),
        *_lowest(left, common, a),
        *_lowest(right, common, b),
        f"{left} {sign} {right} = {value}",
        *_lowest(value, common, Fraction(value, common)),
    ]


def _times(draw: Draw, a: Fraction, b: Fraction) -> list[str]:
    top, bottom = a.numerator * b.numerator, a.denominator * b.denominator
    return [
        draw.say("Multiply the numerators and the denominators.", "分子乘分子，分母乘分母。"),
        f"{a.numerator} × {b.numerator} = {top}",
        f"{a.denominator} × {b.denominator} = {bottom}",
        *_lowest(top, bottom, a * b),
    ]


def _lowest(top: int, bottom: int, value: Fraction) -> list[str]:
    return [f"{top}/{bottom} = {value}"] if f"{top}/{bottom}" != str(value) else []
