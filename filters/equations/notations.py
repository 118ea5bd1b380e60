"""Readings of an equation in which it holds though school arithmetic says no: bases, XOR, locale.

Asked only about equations that were found wrong. What any text may mean (1.500 as fifteen hundred)
is tried on all; what only some texts mean (^ as XOR) where the text says so.
"""

import re
from fractions import Fraction
from functools import reduce
from operator import xor

from filters.equations.arithmetic import Side, read
from filters.equations.rounding import agree

# Searched for by the letters that each begins with, which is many times as fast.
_NAMED_BASE = {
    "base": re.compile(r"base[- ]?(\d{1,2}|[a-z]{3,12})"),
    "radix": re.compile(r"radix[- ]?(\d{1,2}|[a-z]{3,12})"),
    "binary": re.compile(r"(binary)"),
    "ternary": re.compile(r"(ternary)"),
    "octal": re.compile(r"(octal)"),
    "hex": re.compile(r"(hex)(?:adecimal)?(?![a-z])"),
    "进制": re.compile(r"(\d{1,2}|[二三四五六七八九]|十六) ?进制"),
}
_VARIABLE_BASE = re.compile(r"[Bb]ase[- ]?[a-zA-Z](?![A-Za-z])|[Rr]oman (?:num|digit)")
_BASES = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "twelve": 12, "sixteen": 16, "binary": 2, "ternary": 3, "octal": 8, "hex": 16,
    "十六": 16,
} | {digit: number for number, digit in enumerate("二三四五六七八九", 2)}  # fmt: skip
_XOR = re.compile(r"\bxor\b|bitwise|exclusive[- ]or|\bnim\b|⊕|\\oplus|异或|按位", re.IGNORECASE)
_BOOLEAN = re.compile(r"boolean|logic gate|truth table|idempotent|布尔|逻辑或", re.IGNORECASE)
_BITS = re.compile(r"[01\s+*·×∙()]+")
_CONCATENATED = re.compile(
    r"concat\w*|\bstrings?\b|\bappend\w*|side by side|拼接|连接|字符串", re.IGNORECASE
)
_OPERATION = re.compile(
    r"\bbinary operation|\b(?:the|an|new|this) operat(?:ion|or)\b|\bmatchstick|[⊕⊗☆★△◎]"
    r"|\bdefine[^.\n]{0,60}[a-z] ?(?:[*@#∗]|\\(?:ast|star|circ|oplus|otimes|diamond)) ?[a-z]\b"
    r"|定义.{0,8}运算|新运算",
    re.IGNORECASE,
)
_RANGE = re.compile(r"(\d{1,6})-(\d{1,6})")
_DIVISION = re.compile(r"\D{0,3}(\d{1,12}) ?(?:/|÷|\\div) ?(\d{1,12})")
_SWAPPED = str.maketrans(".,", ",.")
_REPETEND = re.compile(r"(\d{0,9})\.(\d{0,9})\((\d{1,9})\)")
_PERCENT_MORE = re.compile(r"\$?([\d.,]{1,20}) ?([-+−]) ?(\d{1,9}(?:\.\d{1,9})?) ?\\?%")
_HYPHENED = re.compile(r"(?<![\d./])(\d{1,9})-(?=\d{1,9}/\d)")
_SCIENTIFIC = re.compile(r"\d\.\d.*10 ?(?:\^|⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹])")
_DECIMAL = re.compile(r"(?<![\d.,])\d{0,9}\.\d{2,15}(?![\d.])")
_CONSTANTS = {
    Fraction(digits): float(Fraction(digits))
    for digits in (
        "3.14159265358979323846", "6.28318530717958647692", "1.57079632679489661923",
        "2.71828182845904523536", "1.41421356237309504880", "1.73205080756887729353",
        "2.23606797749978969641", "1.61803398874989484820", "0.61803398874989484820",
        "0.70710678118654752440", "0.86602540378443864676", "0.69314718055994530942",
        "2.30258509299404568402", "0.30102999566398119521", "0.57721566490153286061",
        "1/3", "2/3", "1/6", "5/6",
    )
}  # fmt: skip
"""π, 2π, π/2, e, roots of 2, 3, 5, the golden ratio, ln 2 and 10, lg 2, Euler's; thirds, sixths."""


def has_own_operation(question: str) -> bool:
    """Whether the question gives the signs a meaning of their own."""
    return _OPERATION.search(question) is not None


def holds_in_some_writing(sides: tuple[str, ...], left: Fraction, right: Fraction) -> bool:
    """Whether the equation holds in a way of writing that needs no telling."""
    for rewritten in (_swapped, _repeating, _percent_more, _hyphened, _with_constants):
        texts = tuple(map(rewritten, sides))
        if texts != sides and hold(texts):
            return True
    return bool(_SCIENTIFIC.search(sides[1]) and hold(sides, roughly=True)) or _is_shorthand(
        sides[0], sides[1], left, right
    )


def holds_as_declared(sides: tuple[str, ...], near: str, far: str, right: Fraction) -> bool:
    """Whether the equation holds in a base, as XOR, of truth values or of strings, as is said.

    `near` is what stands around it; a base and a meaning of ^ may be declared `far` before it.
    """
    declared = far + near
    if _VARIABLE_BASE.search(near) or _holds_in_base(sides, declared):
        return True
    if "^" in sides[0] and _xored(sides[0]) == _xored(sides[1]) and _XOR.search(declared):
        return True
    if all(map(_BITS.fullmatch, sides)) and _BOOLEAN.search(near):
        return True
    joined = "".join(re.findall(r"\d", sides[0]))
    return joined == str(right) and _CONCATENATED.search(near) is not None


def hold(sides: tuple[str, ...], roughly: bool = False) -> bool:
    """Whether two sides agree as they are written."""
    left, right = (read(side) for side in sides)
    return left is not None and right is not None and agree(left, right, roughly)


def _swapped(side: str) -> str:
    """As on the continent: 1.500 is fifteen hundred and 1,5 is three halves."""
    return side.translate(_SWAPPED)


def _repeating(side: str) -> str:
    """0.1(6) as 1/6."""

    def fraction(found: re.Match[str]) -> str:
        whole, fixed, period = found.groups()
        nines = (10 ** len(period) - 1) * 10 ** len(fixed)
        top = int(whole + fixed + period) - int(whole + fixed or "0")
        return f"({top}/{nines})"

    return _REPETEND.sub(fraction, side)


def _percent_more(side: str) -> str:
    """200 + 10% as ten percent more than 200."""
    found = _PERCENT_MORE.fullmatch(side)
    return f"{found[1]}*(1{found[2]}{found[3]}/100)" if found else side


def _hyphened(side: str) -> str:
    """1-1/2 as one and a half."""
    return _HYPHENED.sub(r"\1 ", side)


def _with_constants(side: str) -> str:
    """With twenty digits where decimals stand for a constant, rounded or cut: 2 * 3.14 = 6.283."""
    if not re.search(r"[-+−*/×÷·^\\]", side):
        return side  # a result
    return _DECIMAL.sub(lambda found: _constant(found[0]), side)


def _constant(decimal: str) -> str:
    number = Side(Fraction(decimal), len(decimal.partition(".")[2]), False)
    for constant, about in _CONSTANTS.items():
        if abs(about - float(decimal)) < 0.01 and agree(number, Side(constant, None, False)):
            return f"({constant})"
    return decimal


def _is_shorthand(side: str, other: str, left: Fraction, right: Fraction) -> bool:
    """Pages 10-15 = 6 pages; 24 ÷ 7 = 3 · 7 + 3; 1 + 2 + 3 = (1 + 2) = 3, of which more follows."""
    if _RANGE.fullmatch(side) and right in (-left, -left + 1):
        return True
    division = _DIVISION.fullmatch(side)
    if division and int(division[2]):
        return right in (int(division[1]), int(left) * int(division[2])) and left != right
    bare, begun = (re.sub(r"[\s()]", "", text) for text in (side, other))
    return len(begun) > 2 and bare.startswith(begun) and bare[len(begun) :][:1] in "+-*/×·"


def _holds_in_base(sides: tuple[str, ...], declared: str) -> bool:
    """Whether the equation holds in a base that is named, on both sides or on one of them."""
    if "." in sides[0] + sides[1]:
        return False
    declared = declared.lower()
    patterns = [pattern for word, pattern in _NAMED_BASE.items() if word in declared]
    for name in {name for pattern in patterns for name in pattern.findall(declared)}:
        base = int(name) if name.isdigit() else _BASES.get(name, 0)
        if 2 <= base <= 16:
            left, right = (_in_base(side, base) for side in sides)
            for both in ((left, right), (left, sides[1]), (sides[0], right)):
                if hold(both):
                    return True
    return False


def _in_base(side: str, base: int) -> str:
    def number(found: re.Match[str]) -> str:
        digits = [int(digit, 16) for digit in found[0]]
        if max(digits) >= base:
            return "?"
        return str(sum(digit * base**place for place, digit in enumerate(reversed(digits))))

    return re.sub(r"\d+", number, side)


def _xored(side: str) -> int | None:
    """What a side is worth where ^ is XOR, which binds less than the other signs."""
    parts = [read(part) for part in side.split("^")]
    values = [part.value for part in parts if part]
    if len(values) < len(parts) or any(value != int(value) for value in values):
        return None
    return reduce(xor, map(int, values))
