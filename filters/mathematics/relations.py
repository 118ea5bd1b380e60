"""Equations and inequalities: the same up to a factor that is never zero."""

from fractions import Fraction

from filters.mathematics.identity import identical, proportion
from filters.mathematics.latex import NotRead, Tree, read
from filters.mathematics.shapes import Shape
from filters.mathematics.trees import symbols

_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}
_ONE: Tree = ("num", Fraction(1))
_ZERO: Tree = ("num", Fraction(0))
MOST_PARTS = 400


class _TooLong(Exception):
    """Clearing the fractions makes it too long."""


def difference(left: str, right: str) -> Tree | None:
    """left - right as a tree; None where one is not read, or can be read in two ways."""
    try:
        a, b = read(left), read(right)
    except NotRead:
        return None
    return ("add", a[0][1], ("neg", b[0][1])) if len(a) == len(b) == 1 else None


def same_relation(got: Shape, wanted: Shape) -> bool | None:
    """Whether two simple relations a = b, a < b hold for the same values.

    It is undecided where they are not proportional, but one is divided by a variable.
    """
    if len(got.signs) != 1 or len(wanted.signs) != 1 or {*got.signs, *wanted.signs} - set(_TURNED):
        return None
    f, g = difference(*got.parts), difference(*wanted.parts)
    if f is None or g is None:
        return None
    if not (any(symbols(f)) and any(symbols(g))):
        return False if any(symbols(f)) or any(symbols(g)) else None  # 0 = 0 says nothing of x
    is_equation = got.signs[0] in ("=", "!=")
    try:
        (over, under), (over_too, under_too) = _quotient(f), _quotient(g)
    except _TooLong:
        return None
    if is_equation:
        f, g = over, over_too
    same, sign = proportion(f, g)
    if same:
        if not sign and not is_equation:
            return None
        return wanted.signs[0] == (got.signs[0] if sign >= 0 else _TURNED[got.signs[0]])
    if same is None and _is_trivial(f) != _is_trivial(g):
        return False
    has_quotient = any(symbols(under)) or any(symbols(under_too))
    if same is None or has_quotient or not (_is_polynomial(f) and _is_polynomial(g)):
        # sin x = c and cos x = c differ, and so do all that have not the same variables.
        is_other = same is False and set(symbols(f)) != set(symbols(g))
        return False if is_other or (same is False and not has_quotient) else None
    return False


def _is_trivial(tree: Tree) -> bool:
    """0x = 0 holds for all."""
    return identical(tree, _ZERO).same is True


def _quotient(tree: Tree) -> tuple[Tree, Tree]:
    """Numerator and denominator, with all fractions cleared."""
    kind = tree[0]
    if kind == "div":
        (a, b), (c, d) = _quotient(tree[1]), _quotient(tree[2])
        return _times(a, d), _times(b, c)
    if kind == "neg":
        a, b = _quotient(tree[1])
        return ("neg", a), b
    if kind == "mul":
        over, under = _ONE, _ONE
        for factor in tree[1:]:
            a, b = _quotient(factor)
            over, under = _times(over, a), _times(under, b)
        return over, under
    if kind == "add":
        terms = [_quotient(term) for term in tree[1:]]
        over, under = terms[0]
        for a, b in terms[1:]:
            if identical(b, under).same:
                over = ("add", over, a)
            else:
                over, under = ("add", _times(over, b), _times(a, under)), _times(under, b)
        return over, under
    if kind == "pow" and tree[2] == ("neg", _ONE):
        a, b = _quotient(tree[1])
        return b, a
    return tree, _ONE


def _times(a: Tree, b: Tree) -> Tree:
    if a == _ONE or b == _ONE:
        return b if a == _ONE else a
    if _size(a) + _size(b) > MOST_PARTS:
        raise _TooLong
    return ("mul", a, b)


def _size(tree: Tree) -> int:
    return 1 + sum(_size(part) for part in tree[1:] if isinstance(part, tuple))


def _is_polynomial(tree: Tree) -> bool:
    if tree[0] in ("num", "sym", "const"):
        return True
    if tree[0] == "pow":
        return _is_polynomial(tree[1]) and tree[2][0] == "num"
    return tree[0] in ("add", "mul", "neg", "div") and all(map(_is_polynomial, tree[1:]))
