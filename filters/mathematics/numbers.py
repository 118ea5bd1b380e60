"""Plain numbers in an answer, read exactly: never a float, at any size, with their unit apart."""

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from filters.mathematics.canonical import LONGEST, canonical, unwrapped

MOST_DIGITS = 1_000
"""Digits of a number, and the largest power of ten: more is not read."""


@dataclass(frozen=True, slots=True)
class Number:
    """A plain number, exact."""

    value: Fraction
    step: Fraction | None = None
    """Worth of the last digit of a decimal with at least six significant digits; else None."""
    percent: bool = False
    """Written as a percentage; the value is already divided by a hundred."""
    unit: str = ""


def rounds(decimal: Number, exact: Number) -> bool:
    """Whether a decimal with six significant digits or more is the exact value, rounded or cut."""
    if decimal.step is None or (exact.value < 0) != (decimal.value < 0):
        return False
    off = abs(exact.value) - abs(decimal.value)
    return -decimal.step <= 2 * off and off < decimal.step


_D = r"(?:[1-9]\d{0,2}(?:(?:,\d{3})+|(?:\u2009\d{3})+)(?:\.\d*)?|\d+(?:\.\d*)?|\.\d+)"
_GROUPED_BY_SPACES = re.compile(r"-?[1-9]\d{0,2}(?: \d{3})+")
_POWER = r"10\^(?:\{([-+]?\d{1,4})\}|(-?\d{1,4}))"
_SIGN = re.compile(r"(?P<sign>[-+]?)(?P<money>[$€£¥]?)(?P<minus>-?)")
_DECIMAL = re.compile(rf"({_D})(?:[eE]([-+]?\d{{1,4}})|(?:\\times ?|\\cdot ?|\*){_POWER})?")
_TEN = re.compile(_POWER)
_SLASH = re.compile(rf"({_D})/({_D})")
_FRAC = re.compile(rf"\\frac ?\{{([-+]?)({_D})\}}\{{([-+]?)({_D})\}}")
_MIXED = re.compile(r"(\d+)(?: (\d+)/(\d+)|[ \u2009]?\\frac\{(\d+)\}\{(\d+)\})")


@lru_cache(maxsize=1024)
def number(text: str) -> Number | None:
    """The plain number that this text is, or None: no part of the text is left unread.

    Whole, decimal, a/b, mixed, scientific; with grouped thousands, a percent or currency sign,
    a unit.
    """
    if len(text) > LONGEST:
        return None
    wrapped = _TEXT_UNIT.fullmatch(unwrapped(text)) if "{" in text else None
    if wrapped is not None:
        unit = unit_of(wrapped[2], wrapped=True)
        return _signed(canonical(wrapped[1]), unit) if unit else None
    bare = canonical(text).removeprefix("\\approx").lstrip()
    if " " in bare and _GROUPED_BY_SPACES.fullmatch(bare):
        bare = bare.replace(" ", "")
    if bare[:1] == "(" and bare[-1:] == ")":
        bare = "" if "," in bare else bare[1:-1]  # (1,234) is a pair
    if (read := _signed(bare, "")) is not None:
        return read
    if (money := _MONEY_WORD.match(bare)) is not None:
        return _signed(bare[money.end() :], _SIGNS.get(money[1].lower(), money[1].lower()))
    found = _BARE_UNIT.fullmatch(bare)
    if (ordinal := _ORDINAL.fullmatch(bare)) is not None:
        return _signed(ordinal[1], "")
    spaced = (bare[-2:-1] == " " and bare[-1] in _LETTERS_AFTER_SPACE) or bare[-1:] == "L"
    unit = unit_of(found[2], wrapped=spaced) if found else ""
    return _signed(found[1], unit) if found and unit else None


def _signed(text: str, unit: str) -> Number | None:
    signs = _SIGN.match(text)
    if sum(map(str.isdigit, text)) > MOST_DIGITS or not signs or (signs["sign"] and signs["minus"]):
        return None
    read = _value(text[signs.end() :])
    if read is None:
        return None
    value, step = read
    if signs["sign"] == "-" or signs["minus"]:
        value = -value
    if unit == "%":
        return Number(value / 100, step and step / 100, percent=True)
    return Number(value, step, unit=unit or _SIGNS.get(signs["money"], ""))


def _value(text: str) -> tuple[Fraction, Fraction | None] | None:
    """Value and step of a number without sign."""
    if found := _DECIMAL.fullmatch(text):
        scale = _power(found[2] or found[3] or found[4] or "0")
        value, step = _decimal(found[1])
        return None if scale is None else (value * scale, step and step * scale)
    if found := _SLASH.fullmatch(text):
        low = _decimal(found[2])[0]
        return (_decimal(found[1])[0] / low, None) if low else None
    if found := _FRAC.fullmatch(text):
        low = _decimal(found[4])[0]
        sign = -1 if (found[1] == "-") != (found[3] == "-") else 1
        return (sign * _decimal(found[2])[0] / low, None) if low else None
    if found := _MIXED.fullmatch(text):
        over, under = int(found[2] or found[4]), int(found[3] or found[5])
        # 3 7/2 is no mixed number.
        return (int(found[1]) + Fraction(over, under), None) if 0 < over < under else None
    if found := _TEN.fullmatch(text):
        scale = _power(found[1] or found[2])
        return None if scale is None else (scale, None)
    return None


def _power(text: str) -> Fraction | None:
    n = int(text)
    return Fraction(10) ** n if abs(n) <= MOST_DIGITS else None


def _decimal(text: str) -> tuple[Fraction, Fraction | None]:
    """A whole number or a decimal; the step says how fine it is, where it is fine enough."""
    whole, _, places = text.replace(",", "").replace("\u2009", "").partition(".")
    value = Fraction(int(whole + places), 10 ** len(places))
    if not places or len((whole + places).lstrip("0")) < 6:
        return value, None
    return value, Fraction(1, 10 ** len(places))


# --- units ----------------------------------------------------------------------------------

_TEXT_UNIT = re.compile(
    r"(.*[\d}])(?:\s|\\[,;: ]|~)*+\\(?:text|textrm|mathrm|mbox|rm)\s?"
    r"\{\s*([^{}\d]{1,40})\}(?:\^\s?\{?[23]\}?)?[\s.$]*",
    re.DOTALL,
)
_BARE_UNIT = re.compile(r"(.*[\d}.]) ?((?:[^\W\d_]|[°%])(?:[^\W\d_]|[°%/. ]){0,40}?)(?:\^[23])?")
_ORDINAL = re.compile(r"(\d+)(?:\^\{?)?(?:st|nd|rd|th)\}?")
_MONEY_WORD = re.compile(r"(USD|EUR|GBP|RMB|CNY|INR|US\$|Rs\.?) ?(?=[-\d.])", re.IGNORECASE)
# "1.5 L" and "5 m": in a number by itself, with a space before it, a unit and no variable.
_LETTERS_AFTER_SPACE = frozenset("LNJWVAKmgsh")
_UNITS = """
cm mm km kg mg ft in lb lbs oz ml hr hrs min mph kph usd eur rmb pm am m/s km/h °c °f of
元 个 只 人 名 天 年 月 周 岁 度 次 种 件 本 页 颗 棵 条 块 张 支 辆 米 厘米 千米 公里 克 千克 升 秒
分钟 小时 平方米 平方厘米 立方米
"""
# Words that change the value they follow, or that are no unit at all.
_OTHER_WORDS = """
hundred thousand million billion trillion dozen score half halves third thirds quarter quarters
fourth fourths fifth fifths sixth sixths eighth eighths tenth tenths hundredth hundredths thousandth
thousandths squared cubed factorial root plus minus times divided over mod modulo base remainder not
and but than more less fewer greater least most above below about negative infinity sqrt sin cos tan
log exp prime pairs cents because since where when for with from or to st nd rd th
"""
# Factors, and constants that are set upright.
_NO_UNITS = frozenset(("k", "K", "M", "B", "T", "G", "i", "e", "j"))
_SHORT_UNITS = frozenset(_UNITS.split())
_NOT_UNITS = frozenset(_OTHER_WORDS.split())
_SIGNS = {
    "usd": "dollar",
    "us$": "dollar",
    "eur": "euro",
    "gbp": "pound",
    "rmb": "yuan",
    "cny": "yuan",
    "$": "dollar",
    "€": "euro",
    "£": "pound",
    "¥": "yuan",
    "°": "degree",
}


def unit_of(text: str, wrapped: bool = False) -> str:
    """A unit in one spelling, or "" where the words may be anything but a unit.

    In \\text{} one letter is a unit ("m"); outside it is a variable.
    """
    words = text.replace("~", " ").lower().strip(" .").split()
    if not words or len(words) > 4 or text.strip() in _NO_UNITS:
        return ""
    for word in words:
        letters = word.strip(".°%").replace("/", "").replace(".", "")
        if word in _NOT_UNITS or (letters and not letters.isalpha()):
            return ""
        is_known = word in _SHORT_UNITS or not letters
        if not is_known and (not letters.isascii() or (len(letters) < 3 and not wrapped)):
            return ""
    unit = " ".join(words)
    if unit in ("%", "percent", "pct", "percentage"):
        return "%"
    return "" if "%" in unit else _SIGNS.get(unit, unit.removesuffix("s"))
