"""Inequalities that are linear in one variable, solved for it."""

from fractions import Fraction

from filters.mathematics.identity import real_value
from filters.mathematics.latex import NotRead, Tree, read
from filters.mathematics.trees import symbols

_ZERO: Tree = ("num", Fraction(0))
_ONE: Tree = ("num", Fraction(1))
_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "!=": "!="}
_ALWAYS = "always"
_NEVER = "never"

Solved = tuple[str, Tree]
"""A sign and an end: x < end. "always" and "never" where it does not depend on x."""


def trees_of(parts: tuple[str, ...] | list[str]) -> tuple[list[Tree], str] | None:
    """The sides of a relation as trees, and the one variable in them; None where it has more."""
    trees = []
    for part in parts:
        try:
            readings = read(part)
        except NotRead:
            return None
        if len(readings) > 1:
            return None
        trees.append(readings[0][1])
    names = {name for tree in trees for name in symbols(tree)}
    return (trees, names.pop()) if len(names) == 1 else None


def solved(left: Tree, sign: str, right: Tree, name: str) -> Solved | None:
    """Solve "left sign right" for a variable; None where it is not linear in it."""
    found = _linear(("add", left, ("neg", right)), name)
    if found is None:
        return None
    slope, rest = found
    bounds = real_value(slope)
    if bounds is None:
        return None
    if bounds[0] <= 0 <= bounds[1]:
        return _constant(rest, sign) if bounds[0] == bounds[1] else None
    return (sign if bounds[0] > 0 else _TURNED[sign]), ("div", ("neg", rest), slope)


def _constant(value: Tree, sign: str) -> Solved | None:
    """Whether a relation of a constant to zero holds."""
    bounds = real_value(value)
    if bounds is None or (bounds[0] <= 0 <= bounds[1] and bounds[0] != bounds[1]):
        return None
    size = bounds[0]
    holds = {"<": size < 0, ">": size > 0, "<=": size <= 0, ">=": size >= 0, "!=": size != 0}
    return (_ALWAYS if holds[sign] else _NEVER), _ZERO


def _linear(tree: Tree, name: str) -> tuple[Tree, Tree] | None:
    """Slope and constant of a tree that is linear in a variable, both without variables."""
    if name not in symbols(tree):
        return _ZERO, tree
    kind = tree[0]
    if kind == "sym":
        return _ONE, _ZERO
    if kind == "neg":
        found = _linear(tree[1], name)
        return found and (("neg", found[0]), ("neg", found[1]))
    if kind == "add":
        terms = [one for part in tree[1:] if (one := _linear(part, name)) is not None]
        if len(terms) < len(tree) - 1:
            return None
        return ("add", *(slope for slope, _ in terms)), ("add", *(rest for _, rest in terms))
    if kind == "div":
        found = _linear(tree[1], name) if name not in symbols(tree[2]) else None
        return found and (("div", found[0], tree[2]), ("div", found[1], tree[2]))
    if kind == "mul":
        factors = [part for part in tree[1:] if name not in symbols(part)]
        if len(factors) != len(tree) - 2:
            return None
        found = _linear(next(part for part in tree[1:] if name in symbols(part)), name)
        return found and (("mul", *factors, found[0]), ("mul", *factors, found[1]))
    return None
