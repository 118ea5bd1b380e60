"""Units after a formula, and the few that are worth converting."""

import re
from fractions import Fraction

from filters.mathematics.canonical import canonical, unwrapped
from filters.mathematics.numbers import Number, unit_of

_WRAPPED = re.compile(
    r"(.*[\w})\]!])(?:\s|\\[,;:! ]|~|\\q?quad)*+"
    r"\\(?:text|textrm|textnormal|mathrm|mbox|hbox|rm|textbf)\s?"
    r"\{\s*([^{}\d]{1,40}?)\s*(?:\^\{?[23]\}?)?\}(?:\s?\^\s?\{?[23]\}?)?[\s.,$]*",
    re.DOTALL,
)
_QUOTIENT = re.compile(
    r"(.*[\w})\]])(?:\s|\\[,;:! ]|~)*+\\[dt]?frac\{\\(?:text|mathrm|rm)\{([^{}\d]{1,20})\}\}"
    r"\{\\(?:text|mathrm|rm)\{([^{}\d]{1,20})\}(?:\^\{?[23]\}?)?\}[\s.,$]*",
    re.DOTALL,
)
_MONEY = re.compile(r"\s*(?:\\?\$|[€£¥])\s*(?=[^$]*$)")
_BARE = re.compile(
    r"(.*(?:[\d)}\]]|\\pi)) ?([a-z]{2,12}(?: [a-z]{2,12}){0,2})(?:\^[23])?", re.DOTALL
)
_SURE = frozenset(
    ("cm", "mm", "km", "kg", "unit", "square unit", "cubic unit", "inch", "inche", "feet", "foot",
     "meter", "metre", "mile", "hour", "minute", "second", "day", "year", "dollar", "degree",
     "square inche", "square feet", "square meter", "square cm", "radian", "percent", "gram")
)  # fmt: skip


def without_unit(text: str) -> tuple[str, str]:
    """A formula without the unit after it or the currency before it, and that unit."""
    unit = ""
    if "frac{\\" in text and (found := _QUOTIENT.fullmatch(unwrapped(text))) is not None:
        return found[1], f"{found[2].strip()}/{found[3].strip()}"
    if (found := _WRAPPED.fullmatch(unwrapped(text))) is not None:
        unit = unit_of(found[2], wrapped=True)
    elif text[-1:].isalpha() or text[-2:-1] == "^":
        found = _BARE.fullmatch(canonical(text))
        unit = unit_of(found[2]) if found is not None else ""
        unit = unit if unit in _SURE else ""
    if found is not None and unit and unit != "%":
        return found[1], unit
    money = _MONEY.match(text)
    return (text[money.end() :], money[0].strip("\\ ")) if money else (text, "")


_METRE, _SECOND, _GRAM = "metre", "second", "gram"
_SIZES: dict[str, tuple[str, Fraction]] = {
    "mm": (_METRE, Fraction(1, 1000)), "cm": (_METRE, Fraction(1, 100)),
    "m": (_METRE, Fraction(1)), "meter": (_METRE, Fraction(1)), "metre": (_METRE, Fraction(1)),
    "km": (_METRE, Fraction(1000)), "g": (_GRAM, Fraction(1)), "gram": (_GRAM, Fraction(1)),
    "kg": (_GRAM, Fraction(1000)), "mg": (_GRAM, Fraction(1, 1000)),
    "second": (_SECOND, Fraction(1)), "minute": (_SECOND, Fraction(60)),
    "min": (_SECOND, Fraction(60)), "hour": (_SECOND, Fraction(3600)),
    "hr": (_SECOND, Fraction(3600)), "cent": ("dollar", Fraction(1, 100)),
    "dollar": ("dollar", Fraction(1)),
}  # fmt: skip


def same_unit_value(x: Number, y: Number) -> bool | None:
    """Two amounts in different units. 100 cm is 1 m, but whoever asks for metres wants metres:
    that is undecided; of units that are not known, nothing is known."""
    size, other = _SIZES.get(x.unit), _SIZES.get(y.unit)
    if size is not None and other is not None and size[0] == other[0]:
        return None if x.value * size[1] == y.value * other[1] else False
    # Different numbers are different whatever the unit; the same may be another spelling's.
    return None if x.value == y.value or (size and other) else False
