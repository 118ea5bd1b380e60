"""Sets of real numbers however they are written: intervals, unions, inequalities, set builders."""

from dataclasses import replace

from filters.mathematics.latex import NotRead, read
from filters.mathematics.linear import Solved, solved, trees_of
from filters.mathematics.set_order import End, SetTree, piece_of, value_of_end
from filters.mathematics.shapes import Shape, shape
from filters.mathematics.splitting import RELATION, split
from filters.mathematics.trees import symbols

DEEPEST = 6
MOST_SIDES = 5
_UNKNOWNS = frozenset("xyzt")
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
        one = set_of(_shape_of_set(_bare(part)), depth + 1)
        if one is None and part[:1] == "(" and part[-1:] == ")":
            one = set_of(shape(part[1:-1]), depth + 1)
        if one is None:
            return None
        whole = one if whole is None else (sign, whole, one)
    return whole


def _shape_of_set(text: str) -> Shape:
    """Braces of LaTeX are a set's here: \\setminus {5}."""
    if text[:1] == "{" and text[-1:] == "}" and shape(text).kind == "plain":
        return Shape("set", tuple(split(text[1:-1], ",")[0]))
    return shape(text)


def _bare(part: str) -> str:
    """Without "x in" before a set."""
    parts, signs = split(part, RELATION)
    return parts[1] if signs == ["\\in"] else part


def _related(found: Shape, depth: int) -> SetTree | None:
    """x < 2, 1 < x <= 3, x != 5, x in (1, 2)"""
    parts, signs = list(found.parts), list(found.signs)
    if signs[0] == "in" and len(signs) == 1 and _is_name(parts[0]):
        return set_of(shape(parts[1]), depth + 1)
    at = _variable_at(parts)
    if at is None or (len(parts) == 3 and at != 1):
        return _solved(parts, signs)
    if len(parts) == 2:
        if at == 1:
            parts.reverse()
            signs = [_mirrored(signs[0])]
        return _sided(parts[0], parts[1], signs[0])
    low = _sided(parts[1], parts[0], _mirrored(signs[0]))
    high = _sided(parts[1], parts[2], signs[1])
    same_way = {signs[0], signs[1]} <= set(_LESS) or {signs[0], signs[1]} <= set(_MORE)
    return ("&", low, high) if same_way and low and high else None


def _variable_at(parts: list[str]) -> int | None:
    """Which part is the variable of x < 2 or a < x < b; None where that is not one of them."""
    if len(parts) > 3:
        return None
    names = [n for n, part in enumerate(parts) if _is_name(part)]
    if len(names) > 1:
        usual = [n for n in names if parts[n] in _UNKNOWNS]
        names = usual if len(parts) == 2 or 1 not in names else [1]
    if len(names) != 1:
        return None
    (name,) = _symbols(parts[names[0]]) or ("",)
    is_apart = all(name not in _symbols(part) for n, part in enumerate(parts) if n != names[0])
    return names[0] if is_apart else None


def _symbols(part: str) -> set[str]:
    try:
        return {name for _, tree in read(part) for name in symbols(tree)}
    except NotRead:
        return set()


def _solved(parts: list[str], signs: list[str]) -> SetTree | None:
    """2x + 3 > 7, -2 < 2x <= 8, x < 2x - 1, |2x - 1| < 3"""
    found = trees_of(parts) if len(parts) <= MOST_SIDES else None
    one_way = {*signs} <= set(_LESS) or {*signs} <= set(_MORE) or signs == ["!="]
    if found is None or not one_way:
        return None
    trees, name = found
    whole: SetTree | None = None
    for left, sign, right in zip(trees[:-1], signs, trees[1:], strict=True):
        if name not in {*symbols(left), *symbols(right)}:
            return None  # x < 1 < 2
        if name in symbols(left) and left[:2] == ("fun", "abs"):
            inside, other, way = left[2], right, sign
        elif name in symbols(right) and right[:2] == ("fun", "abs"):
            inside, other, way = right[2], left, _mirrored(sign)
        else:
            one = _half(solved(left, sign, right, name))
            if one is None:
                return None
            whole = one if whole is None else ("&", whole, one)
            continue
        if name in symbols(other) or way == "!=":
            return None
        near = _half(solved(inside, way, other, name))
        far = _half(solved(inside, _mirrored(way), ("neg", other), name))
        if near is None or far is None:
            return None
        one = ("|" if way in _MORE else "&", near, far)
        whole = one if whole is None else ("&", whole, one)
    return whole


def _half(found: Solved | None) -> SetTree | None:
    if found is None:
        return None
    if found[0] in ("always", "never"):
        return _ALL if found[0] == "always" else ("points", ())
    return _one_sided(found[1], found[0])


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


def _one_sided(end: End, sign: str) -> SetTree | None:
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
    said = shape(condition)
    if said.kind == "list" and said.signs == (",",):
        said = replace(said, signs=("and",))
    inside = set_of(said, depth + 1)
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
    bounds = [one for one, said in zip(sets, shapes, strict=True) if said.signs != ("!=",)]
    is_narrowed = len(bounds) < 2 or (len(sets) == 2 and _overlap(*sets))
    if joins <= {"or"} and joins:
        sign = "|"
    elif joins & {"and"} or (not joins and is_narrowed):
        sign = "&"
    else:
        return None
    whole = sets[0]
    for one in sets[1:]:
        whole = (sign, whole, one)
    return whole


def _overlap(a: SetTree | None, b: SetTree | None) -> bool:
    """Whether two sets are a lower and an upper bound of one piece: x > 1, x < 3."""
    piece = piece_of(("&", a, b)) if a and b else None
    if piece is None or piece[1] is None or piece[2] is None:
        return False
    low, high = value_of_end(piece[1]), value_of_end(piece[2])
    return low is not None and high is not None and low[1] < high[0]


def _name(found: Shape) -> str:
    return next((part for part in found.parts if _is_name(part)), "") if found.signs else ""


def variables(found: Shape) -> set[str]:
    """The names of variables in a relation."""
    return {name for part in found.parts for name in _symbols(part)}
