"""Values by name in an answer: x = 1, y = 2, and the same as (x, y) = (1, 2)."""

import re
from collections.abc import Sequence

from filters.mathematics.parts import Compare, ordered, unordered
from filters.mathematics.shapes import Shape, shape

_NAMED = re.compile(r"([A-Za-z]|\\[a-z]+)(_(?:\w|\{\w+\}))? ?= ?(.+)", re.DOTALL)
_NAME = re.compile(r"(?:[A-Za-z]|\\[a-z]+)(?:_(?:\w|\{\w+\}))?")


def names(parts: Sequence[str]) -> dict[str, str]:
    """Values by name, where each part gives a value to another name: x = 1, y = 2.

    An index is no part of a name: x_1 = 1, x_2 = 2 are two values of x, and give no names.
    """
    found = [_NAMED.fullmatch(part) for part in parts]
    named = {one[1]: one[3] for one in found if one is not None}
    return named if len(named) == len(parts) else {}


def may_mean(a: Shape, b: Shape, compare: Compare) -> bool:
    """x = 5 is not y = 5, but may be meant."""
    if not a.signs == b.signs == ("=",):
        return False
    named = [_NAMED.fullmatch("=".join(one.parts)) for one in (a, b)]
    return None not in named and compare(a.parts[1], b.parts[1]) is not False


def same_by_name(a: Shape, b: Shape, compare: Compare) -> bool | None:
    """(x, y) = (1, 2) against x = 1, y = 2; None where the names are not the same."""
    if "relation" not in (a.kind, b.kind):
        return None
    mine, other = _all_names(a), _all_names(b)
    if len(mine) < 2 or set(mine) != set(other):
        return None
    return ordered(list(mine.values()), [other[name] for name in mine], compare)


def _all_names(found: Shape) -> dict[str, str]:
    """With their indices, from equations or from one between two tuples."""
    if found.kind == "list":
        whole = [_NAMED.fullmatch(part) for part in found.parts]
        named = {one[1] + (one[2] or ""): one[3] for one in whole if one is not None}
        return named if len(named) == len(found.parts) else {}
    if found.kind != "relation" or found.signs != ("=",):
        return {}
    left, right = map(shape, found.parts)
    if not left.kind == right.kind == "tuple" or len(left.parts) != len(right.parts):
        return {}
    if not all(map(_NAME.fullmatch, left.parts)) or len(set(left.parts)) < len(left.parts):
        return {}
    return dict(zip(left.parts, right.parts, strict=True))


def named_values(
    a: Shape, b: Shape, mine: dict[str, str], others: dict[str, str], compare: Compare
) -> bool | None:
    """x = 1, y = 2 against (1, 2) or 1, 2: in the order of the names, or in that of writing."""
    same = ordered(_by_name(mine) or a.parts, _by_name(others) or b.parts, compare)
    written = tuple(mine.values()) or a.parts, tuple(others.values()) or b.parts
    if "tuple" in (a.kind, b.kind):
        return same if same is not False or not ordered(*written, compare) else None
    if same or ordered(*written, compare):
        return True
    return None if same is None or unordered(*written, compare) is not False else False


def _by_name(named: dict[str, str]) -> tuple[str, ...]:
    return tuple(named[name] for name in sorted(named))
