"""Arithmetic as people and LaTeX write it, worked out exactly: one side of an equation.

No variables and no functions but the square root. Where a notation has several readings (a
percent sign that is a unit or a hundredth) each can be asked for; what has none is not read.
"""

import math
import re
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from filters.equations.powers import (
    GREATEST_FACTORIAL,
    Number,
    Unread,
    chosen,
    raised,
    root,
)

LONGEST_SIDE = 300  # characters
DEEPEST = 24  # brackets in brackets

# Readings of a notation, to be added up.
PERCENT_IS_UNIT = 1
SIGN_BEFORE_POWER = 2
MIXED_IS_PRODUCT = 4
EXCLAIMED = 8
"""The sign ! at the end is the sentence's."""

_SIGNS = str.maketrans(
    {"−": "-", "×": "*", "·": "*", "⋅": "*", "∙": "*", "•": "*", "x": "*", "÷": "/", "√": "S",
     "[": "(", "]": ")", "\xa0": " ", "\u202f": " ", "\n": " ", "°": " ", "&": " ",
     "£": " ", "€": " ", "¥": " ", "￥": " "}
)  # fmt: skip
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_RAISED_RUN = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+")
_COMMANDS = {
    "frac": "F", "dfrac": "F", "tfrac": "F", "cfrac": "F", "binom": "B",
    "dbinom": "B", "tbinom": "B", "sqrt": "S", "times": "*", "cdot": "*",
    "ast": "*", "div": "/", "left": "", "right": "", "boxed": "", "displaystyle": "", "%": "%",
    ",": " ", ";": " ", ":": " ", "!": "", " ": " ", "quad": " ", "\\": " ",
}  # fmt: skip
_COMMAND = re.compile(r"\\([A-Za-z]+|.)")
_DEGREE = re.compile(r"\^ ?(?:\\circ(?![A-Za-z])|\{ ?\\circ ?\})")
# 1{,}000 and 1,\!000 and 1\,000 are 1,000.
_GROUPED = re.compile(r"(?<=\d)(?:\{,\}|,?\\[,!])(?=\d{3}(?!\d))")
_SHORT = re.compile(r"F ?(\d) ?(\d)")  # \\frac12
_TOKEN = re.compile(
    r"(\d{1,3}(?:,\d{3})+(?![\d,])(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)|(\*\*|[-+*/^(){}%!BFS])|( +)|(.)"
)
_HEXADECIMAL = re.compile(r"(?<![\d.])0x")
_INNER = re.compile(r"[(){}]")
_SIMPLE = re.compile(r" *(\d{1,15}) ?([-+*/]) ?(\d{1,15}) *")
_PLAIN = re.compile(r" *-? ?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.(\d+))?( ?%)? *")
_POWER_OF_TEN = re.compile(r" *-?(?:\d+)(?:\.(\d+))? ?\* ?10(?:\^|\*\*) ?[{(]?(-?\d{1,3})[)}]? *")


class Side(NamedTuple):
    """What one side of an equation is worth."""

    value: Number
    places: int | None
    """Digits shown behind the point where the side is a plain number (1.2 · 10^3: -2), or None."""
    goes_on: bool
    """Whether the number goes on: 0.333..."""


@lru_cache(maxsize=4096)
def read(text: str, reading: int = 0) -> Side | None:
    """The value of a side, or None where it cannot be told."""
    if not text:
        return None
    if len(text) < 16 and text[0] in "123456789" and text.isdecimal() and text.isascii():
        return Side(int(text), 0, False)
    simple = _SIMPLE.fullmatch(text)
    if simple:
        a, sign, b = simple.groups()
        return _worked_out(int(a), sign, int(b))
    if len(text) > LONGEST_SIDE or ("0x" in text and _HEXADECIMAL.search(text)):
        return None
    plain = _plainly(text)
    goes_on = plain.endswith("...")
    if goes_on:
        plain = plain[:-3]
    if (plain[:1], plain[-1:]) in (("{", "}"), ("(", ")")) and not _INNER.search(plain[1:-1]):
        plain = plain[1:-1]
    number = _PLAIN.fullmatch(plain) or _POWER_OF_TEN.fullmatch(plain)
    places = None
    if number and not plain.isspace():
        places = len(number[1] or "")
        if number.re is _POWER_OF_TEN:
            places -= int(number[2])
        elif number[2] and not reading & PERCENT_IS_UNIT:
            places += 2
    elif goes_on:
        return None
    try:
        value, _end = _sum(_tokens(plain, reading), 0, reading, 0)
    except (Unread, ZeroDivisionError):
        return None
    return Side(value, places, goes_on)


def _worked_out(a: int, sign: str, b: int) -> Side | None:
    if sign == "+":
        return Side(a + b, None, False)
    if sign == "-":
        return Side(a - b, None, False)
    if sign == "*":
        return Side(a * b, None, False)
    return Side(Fraction(a, b), None, False) if b else None


def _plainly(text: str) -> str:
    """The side in the few signs that the tokens know: F a fraction, S a root, B a binomial."""
    if "\\" in text:
        text = _GROUPED.sub(",", _DEGREE.sub(" ", text))
        text = _COMMAND.sub(lambda found: _COMMANDS.get(found[1], "?"), text)
        text = _SHORT.sub(r"F{\1}{\2}", text)
    elif "{,}" in text:
        text = _GROUPED.sub(",", text)
    if not text.isascii():
        text = _RAISED_RUN.sub(lambda run: f"^({run[0].translate(_RAISED)})", text)
        text = text.replace("…", "...")
    return text.replace("sqrt", "S").translate(_SIGNS).strip()


def _tokens(text: str, reading: int) -> list[Number | str]:
    """Numbers and signs; a gap between two numbers stays, as " "."""
    tokens: list[Number | str] = []
    gap = False
    for number, sign, blank, other in _TOKEN.findall(text):
        if other:
            raise Unread(other)
        if blank:
            gap = True
            continue
        if number:
            if gap and tokens and not isinstance(tokens[-1], str):
                tokens.append(" ")
            plain = number.replace(",", "")
            if plain[0] == "0" and plain[1:2].isdigit():
                raise Unread("a date, a code")
            tokens.append(Fraction(plain) if "." in plain else int(plain))
        else:
            if gap and sign == "(" and tokens and not isinstance(tokens[-1], str):
                raise Unread("10 (since ...)")
            tokens.append("^" if sign == "**" else sign)
        gap = False
    if reading & EXCLAIMED and tokens and tokens[-1] == "!":
        tokens.pop()
    tokens.append("")
    return tokens


def _sum(
    tokens: list[Number | str], at: int, reading: int, depth: int, end: str = ""
) -> tuple[Number, int]:
    """A sum up to the sign `end`, and where to go on behind it."""
    if depth > DEEPEST:
        raise Unread("too deep")
    total, at = _product(tokens, at, reading, depth)
    while tokens[at] in ("+", "-"):
        sign = tokens[at]
        term, at = _product(tokens, at + 1, reading, depth)
        total = total + term if sign == "+" else total - term
    if tokens[at] != end:
        raise Unread(str(tokens[at]))
    return total, at + 1


def _product(tokens: list[Number | str], at: int, reading: int, depth: int) -> tuple[Number, int]:
    first = at
    value, at = _signed(tokens, at, reading, depth)
    is_alone = at - first <= 2  # a number and its sign
    divided = False
    while True:
        sign = tokens[at]
        if sign in ("*", "/"):
            factor, at = _signed(tokens, at + 1, reading, depth)
            value = value * factor if sign == "*" else Fraction(value) / factor
            divided = sign == "/"
        elif sign == " " or (sign == "F" and not isinstance(tokens[at - 1], str)):
            if not is_alone:
                raise Unread("a mixed number in a product")
            value, at = _mixed(value, tokens, at, reading, depth)
        elif sign in ("(", "S", "F", "B"):
            if divided:
                raise Unread("1/2(3)")
            factor, at = _power(tokens, at, reading, depth)
            value = value * factor
        else:
            return value, at
        is_alone = False


def _mixed(
    whole: Number, tokens: list[Number | str], at: int, reading: int, depth: int
) -> tuple[Number, int]:
    """3 1/2: the only way in which two numbers may stand side by side."""
    if tokens[at] == "F":
        part, at = _atom(tokens, at, reading, depth)
        if reading & MIXED_IS_PRODUCT:
            return whole * part, at
    else:
        top, line, bottom = (*tokens[at + 1 : at + 4], "", "")[:3]
        if line != "/" or not isinstance(top, int) or not isinstance(bottom, int):
            raise Unread("two numbers")
        part, at = Fraction(top, bottom), at + 4
    if not isinstance(whole, int) or not 0 < part < 1:
        raise Unread("two numbers")
    return whole + part if whole >= 0 else whole - part, at


def _signed(tokens: list[Number | str], at: int, reading: int, depth: int) -> tuple[Number, int]:
    if tokens[at] == "-":
        if reading & SIGN_BEFORE_POWER and not isinstance(tokens[at + 1], str):
            tokens[at + 1] = -tokens[at + 1]  # type: ignore[operator]
            return _power(tokens, at + 1, reading, depth)
        value, at = _power(tokens, at + 1, reading, depth)
        return -value, at
    if tokens[at] == "+":
        at += 1
    return _power(tokens, at, reading, depth)


def _power(tokens: list[Number | str], at: int, reading: int, depth: int) -> tuple[Number, int]:
    base, at = _atom(tokens, at, reading, depth)
    while tokens[at] in ("!", "%"):
        if tokens[at] == "%":
            base = base if reading & PERCENT_IS_UNIT else Fraction(base) / 100
        elif isinstance(base, int) and 0 <= base <= GREATEST_FACTORIAL:
            base = math.factorial(base)
        else:
            raise Unread("!")
        at += 1
        if tokens[at] == "!":
            raise Unread("a double factorial")
    if tokens[at] != "^":
        return base, at
    at += 1
    negative = tokens[at] == "-"
    # a^b^c is a^(b^c)
    exponent, at = _power(tokens, at + negative, reading, depth + 1)
    return raised(base, -exponent if negative else exponent), at


def _atom(tokens: list[Number | str], at: int, reading: int, depth: int) -> tuple[Number, int]:
    token = tokens[at]
    if not isinstance(token, str):
        return token, at + 1
    if token == "(":
        return _sum(tokens, at + 1, reading, depth + 1, ")")
    if token == "{":
        return _sum(tokens, at + 1, reading, depth + 1, "}")
    if token == "F":
        top, at = _argument(tokens, at + 1, reading, depth)
        bottom, at = _argument(tokens, at, reading, depth)
        return Fraction(top) / Fraction(bottom), at
    if token == "B":
        top, at = _argument(tokens, at + 1, reading, depth)
        bottom, at = _argument(tokens, at, reading, depth)
        return chosen(top, bottom), at
    if token == "S":
        value, at = _atom(tokens, at + 1, reading, depth + 1)
        return root(value), at
    raise Unread(token)


def _argument(tokens: list[Number | str], at: int, reading: int, depth: int) -> tuple[Number, int]:
    """What stands in braces; \\frac12 takes a digit each."""
    if tokens[at] == "{":
        return _atom(tokens, at, reading, depth)
    raise Unread("a fraction without braces")
