"""Whether two final answers are the same: a ladder of rungs, cheap before dear.

A rung is a function (got, wanted) -> True, False or None. It says True or False only where it is
sure; what it cannot decide it leaves to the next rung, and what no rung decides is undecided.
Nothing is evaluated but trees of our own reading: an answer is text that a model wrote.
"""

import re
from collections.abc import Callable
from functools import lru_cache, partial

from filters.kinds.names import assigned, without_names
from filters.mathematics.algebra import same_by_algebra
from filters.mathematics.canonical import LONGEST as CANONICAL
from filters.mathematics.canonical import canonical
from filters.mathematics.identity import identical, real_value
from filters.mathematics.latex import LONGEST, NotRead, Reading, Tree, read
from filters.mathematics.line_sets import INFINITE
from filters.mathematics.numbers import Number, number, rounds
from filters.mathematics.relations import difference
from filters.mathematics.shapes import shape
from filters.mathematics.structure import same_structure
from filters.mathematics.units import same_unit_value, without_unit

Rung = Callable[[str, str], bool | None]
REMEMBERED = 20_000
"""Characters: no answer is longer, and of a longer reference nothing is kept in memory."""
DEEPEST = 8
"""Tuples of lists of tuples ..."""


def same_text(got: str, wanted: str) -> bool | None:
    """Equal once typography, LaTeX wrapping and "x =" on one side are taken off; never unequal."""
    a, b = canonical(got), canonical(wanted)
    if a != b:
        a, b = without_names(a, b)
    return True if a and a == b else None


def same_number(got: str, wanted: str) -> bool | None:
    """Equal as exact numbers; None where one side is no plain number, or its value is not all.

    A decimal of six significant digits or more is the exact number that it rounds or cuts short.
    Shorter ones are what they say: 0.33 is not 1/3.
    """
    if "=" in got or "=" in wanted or "\\approx" in got or "\\approx" in wanted:
        got, wanted = without_names(canonical(got), canonical(wanted))
    x, y = number(got), number(wanted)
    if x is None or y is None:
        return None
    if x.unit and y.unit and x.unit != y.unit:
        return same_unit_value(x, y)
    if x.value == y.value:
        return True
    if x.percent != y.percent and x.value in (y.value * 100, y.value / 100):
        if "/" in got + wanted or "frac" in got + wanted:
            return False  # nobody asks for so many percent and is told a fraction
        return None  # "10%" where 10 is wanted: only the question could tell
    close = rounds(x, y) or rounds(y, x)
    # Of two long decimals neither is the exact value.
    return None if close and x.step and y.step else close


def is_percentage(got: str, wanted: str) -> bool:
    """Whether one is the other's percentage without its sign: 10 and 10%."""
    if max(len(got), len(wanted)) > CANONICAL:
        return False
    x, y = number(got), number(wanted)
    if x is None or y is None or x.percent == y.percent:
        return False
    if "/" in got + wanted or "frac" in got + wanted:
        return False
    return x.value == y.value * 100 if y.percent else y.value == x.value * 100


def has_parts(text: str) -> bool:
    """Whether an answer is a list, a pair, an interval: more than one formula could hold."""
    if len(text) > LONGEST:
        return False
    return shape(assigned(canonical(text))[1]).kind not in ("plain", "base", "empty")


def same_value(got: str, wanted: str) -> bool | None:
    """Equal as formulas, in every way to read them; None where one is not read as a whole."""
    if number(got) is not None and number(wanted) is not None:
        return None  # and the rung of numbers did not know
    if got in INFINITE or wanted in INFINITE:
        return _same_infinity(got, wanted)
    try:
        readings, other = read(got), read(wanted)
    except NotRead:
        return None
    for decimal, formula in ((number(got), other), (number(wanted), readings)):
        if decimal is not None and decimal.step is not None and len(formula) == 1:
            close = _rounds_value(decimal, formula[0][1])
            if close is not None:
                return close
    if _may_be_amount(got, wanted) or _may_be_amount(wanted, got):
        return None
    same = {identical(a, b).same for a, b in _pairs(readings, other)}
    if len(same) == 1:
        return same.pop()
    return None


_AMOUNT = re.compile(r"(.*\d) ?(?:([kKMBTG])|[mgslhV]|st|nd|rd|th)", re.DOTALL)


def _may_be_amount(text: str, plain: str) -> bool:
    """5 m against 5, 5k against 5000: a unit or a variable, and only the question could tell."""
    found = _AMOUNT.fullmatch(text)
    if found is None or number(plain) is None or number(found[1]) is None:
        return False
    return bool(found[2]) or same_number(found[1], plain) is True


_AGAINST = (frozenset(("loose", "tight")), frozenset(("ln", "common")))


def _pairs(got: tuple[Reading, ...], wanted: tuple[Reading, ...]) -> list[tuple[Tree, Tree]]:
    """Readings of both that do not rest on conventions against each other."""
    return [
        (a, b)
        for names, a in got
        for others, b in wanted
        if not any(both <= names | others for both in _AGAINST)
    ]


def _same_infinity(got: str, wanted: str) -> bool | None:
    if got in INFINITE and wanted in INFINITE:
        return got.startswith("-") == wanted.startswith("-")
    try:
        trees = read(got)[0][1], read(wanted)[0][1]
    except NotRead:
        return None
    return False if any(real_value(tree) is not None for tree in trees) else None


def _rounds_value(decimal: Number, tree: Tree) -> bool | None:
    """Whether a long decimal is the value of a formula, rounded or cut."""
    bounds = real_value(tree)
    if bounds is None:
        return None
    low, high = (rounds(decimal, Number(bound)) for bound in bounds)
    return low if low == high else None


# --- the ladder -------------------------------------------------------------------------------


def compare(got: str, wanted: str, seconds: float | None = None) -> tuple[bool | None, str]:
    """Whether the answers are the same, and the rung that decided.

    Where none did it is (None, why): "", or what became of the last rung (timeout, memory, crashed,
    error). That one works in another process, for at most `seconds`; without them it is left out.
    """
    if max(len(got), len(wanted)) > REMEMBERED:
        is_same = got.strip() == wanted.strip() != ""
        return (True, "text") if is_same else (None, "")
    same, said = _climb(got, wanted)
    if same is not None or seconds is None or is_percentage(got, wanted):
        return same, said
    return _ask_algebra(got, wanted, seconds)


@lru_cache(maxsize=2048)
def _climb(got: str, wanted: str) -> tuple[bool | None, str]:
    return _rungs(got, wanted, 0)


def _rungs(got: str, wanted: str, depth: int) -> tuple[bool | None, str]:
    if same_text(got, wanted):
        return True, "text"
    if _APPROXIMATES.search(got) or _APPROXIMATES.search(wanted):
        return _approximated(got, wanted, depth)
    same = same_number(got, wanted)
    if same is not None:
        return same, "number"
    if depth > DEEPEST or _have_units(got, wanted) or max(len(got), len(wanted)) > LONGEST:
        return None, ""
    (a, unit), (b, other_unit) = without_unit(got), without_unit(wanted)
    same, name = _plain_rungs(*without_names(canonical(a), canonical(b)), depth)
    if same and unit and other_unit and unit != other_unit:
        return None, ""  # 3 of one thing and 3 of another
    return same, name


_APPROXIMATES = re.compile(r"\\(?:approx|simeq)(?![a-z])|≈")


def _approximated(got: str, wanted: str, depth: int) -> tuple[bool | None, str]:
    """1/3 \\approx 0.33 is either of its sides."""
    if depth > 1:
        return None, ""
    found = [
        _rungs(a, b, depth + 2)
        for a in _APPROXIMATES.split(canonical(got))[-2:]
        for b in _APPROXIMATES.split(canonical(wanted))[-2:]
        if a.strip(" $") and b.strip(" $")
    ]
    same = {one for one, _ in found}
    if True in same:
        return next(one for one in found if one[0])
    return (False, "number") if same == {False} else (None, "")


def _have_units(got: str, wanted: str) -> bool:
    """Whether both are amounts, in units of which nothing more is known."""
    x, y = number(got), number(wanted)
    return x is not None and y is not None and bool(x.unit and y.unit) and x.unit != y.unit


def _plain_rungs(a: str, b: str, depth: int) -> tuple[bool | None, str]:
    """The rungs for canonical texts without names and units."""
    if a == b:
        return (True, "text") if a else (None, "")
    if (same := same_number(a, b)) is not None:
        return same, "number"
    same = same_structure(a, b, partial(_part, depth=depth + 1))
    if same is not None:
        return same, "structure"
    same = same_value(a, b)
    if same is False and (a.endswith("°") != b.endswith("°")):
        a, b = a.rstrip("°"), b.rstrip("°")  # the mark may be left out
        same = same_number(a, b) or same_value(a, b) or False
    return same, "value" if same is not None else ""


def _part(got: str, wanted: str, depth: int) -> bool | None:
    return _rungs(got, wanted, depth)[0]


def spellings(got: str, wanted: str) -> tuple[str, str]:
    """Both in canonical form, without units and names."""
    a, b = canonical(without_unit(got)[0]), canonical(without_unit(wanted)[0])
    return without_names(a, b)


@lru_cache(maxsize=1024)
def _ask_algebra(got: str, wanted: str, seconds: float) -> tuple[bool | None, str]:
    """The last rung, for formulas and equations that were read and not decided."""
    if max(len(got), len(wanted)) > CANONICAL:
        return None, ""
    a, b = spellings(got, wanted)
    if max(len(a), len(b)) > LONGEST or _may_be_amount(a, b) or _may_be_amount(b, a):
        return None, ""
    one, other = shape(a), shape(b)
    if one.kind == other.kind == "relation" and one.signs == other.signs == ("=",):
        trees = difference(*one.parts), difference(*other.parts)
        if trees[0] is None or trees[1] is None:
            return None, ""
        return same_by_algebra("equation", trees[0], trees[1], seconds)
    try:
        readings, others = read(a), read(b)
    except NotRead:
        return None, ""
    if len(readings) > 1 or len(others) > 1:
        return None, ""
    if identical(readings[0][1], others[0][1]).is_hopeless:
        return None, ""
    return same_by_algebra("value", readings[0][1], others[0][1], seconds)
