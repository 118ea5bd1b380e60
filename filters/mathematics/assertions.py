"""An equation or an inequality where a value is wanted, or one of several equations."""

import re

from filters.mathematics.latex import NotRead, Tree, read
from filters.mathematics.named_values import names
from filters.mathematics.numbers import number
from filters.mathematics.parts import Compare, unordered
from filters.mathematics.shapes import Shape
from filters.mathematics.trees import symbols

_INEQUALITIES = frozenset(("<", ">", "<=", ">=", "!="))
_HALF = re.compile(r"(?:<=|>=|!=|<|>|\\(?:le|ge|ne|lt|gt)(?![a-z])) ?")
_OF_ANGLES = frozenset(
    ("sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "abs")
)


def with_a_relation(a: Shape, b: Shape, compare: Compare) -> bool | None:
    """An equation is no number, unless it says what a name or a formula is equal to."""
    is_first = a.kind == "relation"
    one, other = (a, b) if is_first else (b, a)
    if one.signs == ("?",) and other.kind == "plain" and number(other.parts[0]) is not None:
        half = _HALF.match(one.parts[0])
        return False if half is not None and _is_read(one.parts[0][half.end() :]) else None
    if _INEQUALITIES.intersection(one.signs):
        is_value = other.kind == "plain" and _is_read(other.parts[0])
        return False if is_value and not {*one.signs} - _INEQUALITIES else None
    if one.signs != ("=",):
        return None
    if other.kind == "list" and len(other.parts) > 1:
        return _one_of_several(one, other, compare)
    if other.kind == "plain" and len(one.parts) == 2 and _is_named(one.parts[0]):
        value, said = one.parts[1], other.parts[0]
        return compare(value, said) if is_first else compare(said, value)
    return _sum_or_equation(one, other, compare, is_first) if other.kind == "plain" else None


def _is_read(text: str) -> bool:
    if number(text) is not None:
        return True
    try:
        read(text)
    except NotRead:
        return False
    return True


def _is_named(text: str) -> bool:
    """Whether a text is a function of a name, |z| or \\cos A or f(x): as good as a name."""
    try:
        tree = read(text)[0][1]
    except NotRead:
        return False
    if tree[0] == "pow" and tree[1][0] == "fun" and tree[2][0] == "num":
        tree = tree[1]
    if tree[0] == "fun":
        return tree[1] in _OF_ANGLES and any(symbols(tree[2])) and _is_known(tree[2])
    return tree[0] == "call" or (tree[0] == "sym" and str(tree[1]).startswith("{"))


def _is_known(tree: Tree) -> bool:
    """Whether it names an angle or a number, A or ABC or z; \\sin x = 1 is solved for x."""
    if tree[0] in ("mul", "add", "neg", "div"):
        return all(map(_is_known, tree[1:]))
    if tree[0] in ("num", "const"):
        return True
    name = str(tree[1])
    return tree[0] == "sym" and (name[0].isupper() or len(name) > 1 or name in "zw")


def _one_of_several(one: Shape, several: Shape, compare: Compare) -> bool | None:
    """x = 4 against x = 4 or x = -1: not all of them."""
    whole = [names([part]) for part in ("=".join(one.parts), *several.parts)]
    if not all(whole) or len({next(iter(named)) for named in whole}) > 1:
        return None
    values = [next(iter(named.values())) for named in whole]
    same = unordered(values[:1], values[1:], compare)
    return False if same is False else None


def _sum_or_equation(one: Shape, other: Shape, compare: Compare, is_first: bool) -> bool | None:
    try:
        trees = [read(part)[0][1] for part in (*one.parts, *other.parts)]
    except NotRead:
        return None
    is_sum = len(trees) == 3 and not any(symbols(trees[0])) and not any(symbols(trees[1]))
    if is_sum and number(one.parts[0]) is None:
        return compare(one.parts[1], other.parts[0])
    right = one.parts[1]
    if is_first and number(right) is not None and compare(right, other.parts[0]):
        return None  # m + n = 5 where 5 is wanted
    left = set(symbols(trees[0])) | set(symbols(trees[1]))
    return False if len(left) > 1 or set(symbols(trees[2])) else None
