"""Whether two sets of real numbers are the same: by the order of their ends."""

from fractions import Fraction
from typing import Any

from filters.mathematics.identity import identical, real_value
from filters.mathematics.latex import NotRead, Tree, read

SetTree = tuple[Any, ...]
"""("piece", low, high, closed at low, closed at high) with None for an infinite end,
("points", ends), ("not", a), and ("|" | "&" | "-", a, b). An end is a text, or a tree that was
worked out."""
End = str | Tree
MOST_ENDS = 40


def same_set(a: SetTree, b: SetTree) -> bool | None:
    """Whether two sets of real numbers are the same; None where an end has no value."""
    ends = _ranked({*_ends(a), *_ends(b)})
    if ends is None:
        return None
    ranks, count = ends
    return all(_has(a, place, ranks) == _has(b, place, ranks) for place in range(2 * count + 1))


def _ends(one: SetTree) -> list[End]:
    if one[0] == "piece":
        return [end for end in one[1:3] if end is not None]
    if one[0] == "points":
        return list(one[1])
    return [end for part in one[1:] for end in _ends(part)]


def _ranked(ends: set[End]) -> tuple[dict[End, int], int] | None:
    """The rank of each end among all different ones, from the smallest."""
    if len(ends) > MOST_ENDS:
        return None
    different: list[tuple[Fraction, Tree, list[End]]] = []
    for end in sorted(ends, key=str):
        tree = _tree(end)
        value = None if tree is None else real_value(tree)
        if tree is None or value is None:
            return None
        for middle, other, names in different:
            if abs(middle - value[0]) < Fraction(1, 10**6) and identical(other, tree).same:
                names.append(end)
                break
        else:
            different.append((value[0], tree, [end]))
    different.sort(key=lambda one: one[0])
    return {end: n for n, one in enumerate(different) for end in one[2]}, len(different)


def _tree(end: End) -> Tree | None:
    if not isinstance(end, str):
        return end
    try:
        readings = read(end)
    except NotRead:
        return None
    return readings[0][1] if len(readings) == 1 else None


def value_of_end(end: End) -> tuple[Fraction, Fraction] | None:
    """Bounds of the value of an end; None where it has none."""
    tree = _tree(end)
    return None if tree is None else real_value(tree)


def _has(one: SetTree, place: int, ranks: dict[End, int]) -> bool:
    """Whether a place is in the set: the ends are at odd places, what lies between at even ones."""
    kind = one[0]
    if kind == "piece":
        _, low, high, low_closed, high_closed = one
        first = -1 if low is None else 2 * ranks[low] + (1 if low_closed else 2)
        last = 10**6 if high is None else 2 * ranks[high] + (1 if high_closed else 0)
        return bool(first <= place <= last)
    if kind == "points":
        return any(2 * ranks[end] + 1 == place for end in one[1])
    if kind == "not":
        return not _has(one[1], place, ranks)
    a, b = _has(one[1], place, ranks), _has(one[2], place, ranks)
    return (a or b) if kind == "|" else (a and b) if kind == "&" else (a and not b)


def piece_of(one: SetTree) -> SetTree | None:
    """A set that is one piece of the line, also where its ends have no value; None for others."""
    if one[0] == "piece":
        return one
    if one[0] != "&" or not one[1][0] == one[2][0] == "piece":
        return None
    for a, b in ((one[1], one[2]), (one[2], one[1])):
        if a[2] is None and b[1] is None:
            return ("piece", a[1], b[2], a[3], b[4])
    return None
