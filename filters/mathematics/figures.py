"""Figures with a colon or an index: ratios, times of day, numerals in a base."""

import re
from collections.abc import Callable
from fractions import Fraction

from filters.mathematics.numbers import number
from filters.mathematics.shapes import Shape

Compare = Callable[[str, str], bool | None]

_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)(?::([0-5]\d))?")


def _clock(found: Shape) -> tuple[int, ...] | None:
    match = _CLOCK.fullmatch(":".join(found.parts))
    return match and (int(match[1]), int(match[2]), int(match[3] or 0))


def same_ratio(a: Shape, b: Shape, compare: Compare) -> bool | None:
    """20:34 is 20:34:00; 2:4 is 1:2, and 1/2."""
    if "plain" in (a.kind, b.kind):
        one, other = (a, b) if a.kind == "ratio" else (b, a)
        if len(one.parts) != 2:
            return False
        same = compare(f"({one.parts[0]})/({one.parts[1]})", other.parts[0])
        return same if same is None or _clock(one) is None else (None if same else False)
    if len(a.parts) == len(b.parts):
        if all(compare(x, y) for x, y in zip(a.parts, b.parts, strict=True)):
            return True
        first, other_first = a.parts[0], b.parts[0]
        crossed = [
            compare(f"({x})({other_first})", f"({y})({first})")
            for x, y in zip(a.parts[1:], b.parts[1:], strict=True)
        ]
        same = False if False in crossed else None if None in crossed else True
        if same and _clock(a) is not None and _clock(b) is not None:
            return None
        return same
    times = _clock(a), _clock(b)
    return False if None in times else times[0] == times[1]


def same_base(a: Shape, b: Shape, compare: Compare) -> bool | None:
    if a.parts[1] == b.parts[1]:
        return a.parts[0].lstrip("0") == b.parts[0].lstrip("0")
    values = [_value(one) for one in (a, b)]
    return None if None in values else values[0] == values[1]


def _value(one: Shape) -> int | None:
    digits, base = one.parts
    try:
        return int(digits, int(base)) if 2 <= int(base) <= 36 and len(digits) < 400 else None
    except ValueError:
        return None


def same_in_base(a: Shape, b: Shape) -> bool | None:
    """1010_2 against 1010, whose base was left out, or against 10, its value: not ours to say."""
    one, other = (a, b) if a.kind == "base" else (b, a)
    plain = number(other.parts[0])
    if plain is None or other.parts[0].upper() == one.parts[0]:
        return None
    return None if plain.value == Fraction(_value(one) or -1) else False
