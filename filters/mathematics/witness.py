"""Why two formulas differ, where points between do not tell: whole numbers, zero, infinity.

Each of these shows that they differ; none shows that they do not.
"""

from collections.abc import Iterator
from fractions import Fraction

from filters.mathematics.latex import Tree

_WHOLE = ((3, 5, 7, 11), (2, 7, 3, 5), (4, 1, 6, 2), (1, 2, 4, 3))


def at_whole_numbers(a: Tree, b: Tree, names: list[str]) -> Iterator[tuple[Tree, Tree]]:
    """Both with small whole numbers for their variables."""
    if len(names) > len(_WHOLE[0]) or _of_polynomials(a) or _of_polynomials(b):
        return
    for numbers in _WHOLE:
        at = {name: Fraction(number) for name, number in zip(names, numbers, strict=False)}
        yield _with(a, at), _with(b, at)


def _of_polynomials(tree: Tree) -> bool:
    """Whether it holds a common divisor or multiple, which may be one of polynomials."""
    if tree[:2] in (("fun", "gcd"), ("fun", "lcm")):
        return True
    return any(_of_polynomials(part) for part in tree[1:] if isinstance(part, tuple))


def _with(tree: Tree, at: dict[str, Fraction]) -> Tree:
    if tree[0] == "sym":
        return ("num", at[tree[1]]) if tree[1] in at else tree
    return tuple(_with(part, at) if isinstance(part, tuple) else part for part in tree)


def never_zero(tree: Tree) -> bool:
    """Whether it is not zero, as e^{-1000} is not, wherever it has a value."""
    kind = tree[0]
    if kind == "num":
        return bool(tree[1])
    if kind == "const":
        return bool(tree[1] != "oo")
    if kind == "fun":
        return tree[1] in ("exp", "factorial", "cosh") and not _holds_infinity(tree)
    if kind in ("pow", "root"):
        return never_zero(tree[1]) and not _holds_infinity(tree[2])
    if kind == "div":
        return never_zero(tree[1]) and not _holds_infinity(tree[2])
    return kind in ("mul", "neg") and all(map(never_zero, tree[1:]))


def _holds_infinity(tree: Tree) -> bool:
    if tree == ("const", "oo"):
        return True
    return any(_holds_infinity(part) for part in tree[1:] if isinstance(part, tuple))


def is_no_number(tree: Tree) -> bool:
    """Whether it is infinite or worse: \\infty - \\infty, 2\\infty + 1."""
    if tree == ("const", "oo"):
        return True
    if tree[0] in ("neg", "add"):
        return any(map(is_no_number, tree[1:]))
    is_product = tree[0] == "mul" and any(map(is_no_number, tree[1:]))
    return is_product and all(
        (part[0] == "num" and part[1]) or is_no_number(part) for part in tree[1:]
    )
