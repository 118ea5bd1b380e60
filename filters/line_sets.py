"""Sets of real numbers however they are written: intervals, unions, inequalities, set builders."""

from fractions import Fraction
from typing import Any, TypeAlias

from filters.identity import identical, real_value
from filters.latex import NotRead, Tree, read
from filters.shapes import Shape, shape
from filters.splitting import RELATION, split

SetTree: TypeAlias = tuple[Any, ...]
"""("piece", low, high, closed at low, closed at high) with None for an infinite end,
("points", texts), ("not", a), and ("|" | "&" | "-", a, b)."""

MOST_ENDS = 40
DEEPEST = 6
INFINITE = frozenset(
    ("\\infty", "+\\infty", "-\\infty", "oo", "-oo", "+oo", "infinity", "-infinity")
)
_ALL: SetTree = ("piece", None, None, False, False)
_LESS = ("<", "<=")
_MORE = (">", ">=")


def is_line_set(found: Shape) -> bool:
    """Whether it can be nothing else than a set of real numbers."""
    if found.kind in ("interval", "union", "empty", "reals", "builder"):
        return True
    if found.kind == "relation":
        return bool(found.signs) and found.signs[0] != "=" and set_of(found) is not None
    if found.kind == "list" and found.signs != (";",):
        return any(is_line_set(one) for one in map(shape, found.parts) if one.kind == "relation")
    return False


def set_of(found: Shape, depth: int = 0) -> SetTree | None:
    """The set that a shape stands for; None where it stands for none that is known here."""
    if depth > DEEPEST:
        return None
    kind, parts = found.kind, found.parts
    if kind == "empty":
        return ("points", ())
    if kind == "reals":
        return _ALL
    if kind == "interval" or (kind == "tuple" and len(parts) == 2 and found.signs == ("(", ")")):
        return _piece(parts[0], parts[1], found.signs[0] == "[", found.signs[1] == "]")
    if kind == "set":
        return ("points", parts)
    if kind == "union":
        return _operated(found, depth)
    if kind == "relation":
        return _related(found, depth)
    if kind == "builder":
        return _built(found, depth)
    return _joined(found, depth) if kind == "list" else None


def _piece(low: str, high: str, low_closed: bool, high_closed: bool) -> SetTree:
    is_low, is_high = low not in INFINITE, high not in INFINITE
    return (
        "piece", low if is_low else None, high if is_high else None,
        low_closed and is_low, high_closed and is_high,
    )  # fmt: skip


def _operated(found: Shape, depth: int) -> SetTree | None:
    whole: SetTree | None = None
    for sign, part in zip(("", *found.signs), found.parts, strict=True):
        one = set_of(shape(_bare(part)), depth + 1)
        if one is None and part[:1] == "(" and part[-1:] == ")":
            one = set_of(shape(part[1:-1]), depth + 1)
        if one is None:
            return None
        whole = one if whole is None else (sign, whole, one)
    return whole


def _bare(part: str) -> str:
    """Without "x in" before a set."""
    parts, signs = split(part, RELATION)
    return parts[1] if signs == ["\\in"] else part


def _related(found: Shape, depth: int) -> SetTree | None:
    """x < 2, 1 < x <= 3, x != 5, x in (1, 2)"""
    parts, signs = list(found.parts), list(found.signs)
    if signs[0] == "in" and len(signs) == 1 and _is_name(parts[0]):
        return set_of(shape(parts[1]), depth + 1)
    names = [n for n, part in enumerate(parts) if _is_name(part)]
    if len(names) != 1 or len(parts) > 3:
        return None
    at = names[0]
    if len(parts) == 2:
        if at == 1:
            parts.reverse()
            signs = [_mirrored(signs[0])]
        return _sided(parts[0], parts[1], signs[0])
    if at != 1:
        return None
    low = _sided(parts[1], parts[0], _mirrored(signs[0]))
    high = _sided(parts[1], parts[2], signs[1])
    same_way = {signs[0], signs[1]} <= set(_LESS) or {signs[0], signs[1]} <= set(_MORE)
    return ("&", low, high) if same_way and low and high else None


def _mirrored(sign: str) -> str:
    return {"<": ">", ">": "<", "<=": ">=", ">=": "<="}.get(sign, sign)


def _sided(name: str, end: str, sign: str) -> SetTree | None:
    """x < 2 or |x| < 2"""
    found = _one_sided(end, sign)
    if not name.startswith("|") or found is None:
        return found
    # |x| < 2 is x < 2 and x > -2; |x| > 2 is x > 2 or x < -2.
    other = _one_sided(f"-({end})", _mirrored(sign))
    return other and ("|" if sign in (*_MORE, "=") else "&", found, other)


def _one_sided(end: str, sign: str) -> SetTree | None:
    if sign in _LESS:
        return ("piece", None, end, False, sign == "<=") if end not in INFINITE else _ALL
    if sign in _MORE:
        return ("piece", end, None, sign == ">=", False) if end not in INFINITE else _ALL
    points = ("points", (end,))
    return {"=": points, "!=": ("not", points)}.get(sign)


def _is_name(text: str) -> bool:
    try:
        tree = read(text)[0][1]
    except NotRead:
        return False
    return bool(tree[0] in ("sym", "call") or (tree[:2] == ("fun", "abs") and tree[2][0] == "sym"))


def _built(found: Shape, depth: int) -> SetTree | None:
    """{x | x > 2}, {x in R : 0 < x < 1}"""
    domain, condition = found.parts
    inside = set_of(shape(condition), depth + 1)
    parts, signs = split(domain, RELATION)
    if inside is None or (len(parts) == 1 and not _is_name(domain)):
        return None
    if not signs:
        return inside
    outside = set_of(shape(parts[1]), depth + 1) if signs == ["\\in"] else None
    return outside and ("&", inside, outside)


def _joined(found: Shape, depth: int) -> SetTree | None:
    """x < 1 or x > 3; x > 1 and x < 3; x != 1, x != 2"""
    shapes = [shape(part) for part in found.parts]
    if any(one.kind not in ("relation", "interval", "tuple") for one in shapes):
        return None
    sets = [set_of(one, depth + 1) for one in shapes]
    if any(one is None for one in sets) or len({_name(one) for one in shapes} - {""}) > 1:
        return None
    joins = {"or" if join == "or" else join for join in found.signs[0].split(",") if join}
    all_unequal = all(one.signs == ("!=",) for one in shapes)
    if joins <= {"or"} and joins:
        sign = "|"
    elif joins & {"and"} or all_unequal:
        sign = "&"
    else:
        return None
    whole = sets[0]
    for one in sets[1:]:
        whole = (sign, whole, one)
    return whole


def _name(found: Shape) -> str:
    return next((part for part in found.parts if _is_name(part)), "") if found.signs else ""


# --- comparison -------------------------------------------------------------------------------


def same_set(a: SetTree, b: SetTree) -> bool | None:
    """Whether two sets of real numbers are the same; None where an end has no value."""
    ends = _ranked({*_ends(a), *_ends(b)})
    if ends is None:
        return None
    ranks, count = ends
    return all(_has(a, place, ranks) == _has(b, place, ranks) for place in range(2 * count + 1))


def _ends(one: SetTree) -> list[str]:
    if one[0] == "piece":
        return [end for end in one[1:3] if end is not None]
    if one[0] == "points":
        return list(one[1])
    return [end for part in one[1:] for end in _ends(part)]


def _ranked(texts: set[str]) -> tuple[dict[str, int], int] | None:
    """The rank of each end among all different ones, from the smallest."""
    if len(texts) > MOST_ENDS:
        return None
    different: list[tuple[Fraction, Tree, list[str]]] = []
    for text in sorted(texts):
        try:
            readings = read(text)
        except NotRead:
            return None
        value = real_value(readings[0][1])
        if value is None or len(readings) > 1:
            return None
        for middle, tree, names in different:
            if abs(middle - value[0]) < Fraction(1, 10**6) and identical(tree, readings[0][1]).same:
                names.append(text)
                break
        else:
            different.append((value[0], readings[0][1], [text]))
    different.sort(key=lambda one: one[0])
    return {text: n for n, one in enumerate(different) for text in one[2]}, len(different)


def _has(one: SetTree, place: int, ranks: dict[str, int]) -> bool:
    """Whether a place is in the set: the ends are at odd places, what lies between at even ones."""
    kind = one[0]
    if kind == "piece":
        _, low, high, low_closed, high_closed = one
        first = -1 if low is None else 2 * ranks[low] + (1 if low_closed else 2)
        last = 10**6 if high is None else 2 * ranks[high] + (1 if high_closed else 0)
        return bool(first <= place <= last)
    if kind == "points":
        return any(2 * ranks[text] + 1 == place for text in one[1])
    if kind == "not":
        return not _has(one[1], place, ranks)
    a, b = _has(one[1], place, ranks), _has(one[2], place, ranks)
    return (a or b) if kind == "|" else (a and b) if kind == "&" else (a and not b)
