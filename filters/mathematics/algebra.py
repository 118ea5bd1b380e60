"""The last rung: sympy, in a bounded process, for the few answers that numbers do not decide.

What goes there is a tree of our own reading, as JSON; sympy never sees a text. The functions that
build and simplify stand in `sympy_tree.py`, which is imported in its workers only.
"""

from fractions import Fraction
from typing import Any

from filters.bounded.run import WAIT, shared
from filters.mathematics.exact import NotExact, NoValue, TooBig, exact
from filters.mathematics.latex import Tree

_DECIDE = "filters.mathematics.sympy_tree:decide"
MOST_PARTS = 300
MOST_TERMS = 10_000
"""Of a sum or a product."""


def same_by_algebra(mode: str, got: Tree, wanted: Tree, seconds: float) -> tuple[bool | None, str]:
    """Whether two values (mode "value") or two differences ("equation", each equal to zero) are
    the same; (None, why) with what became of the process where it cannot be told.
    """
    told = encoded(got), encoded(wanted)
    if sum(map(_size, told)) > MOST_PARTS or _is_long(got) or _is_long(wanted):
        return None, ""
    result = shared().run(_DECIDE, mode, *told, seconds=seconds, within=seconds + WAIT)
    if result.outcome != "ok":
        return None, result.outcome
    return (result.value, "algebra") if result.value is not None else (None, "")


def encoded(tree: Any) -> Any:
    """A tree as plain JSON values."""
    if isinstance(tree, Fraction):
        return [str(tree.numerator), str(tree.denominator)]
    return [encoded(part) for part in tree] if isinstance(tree, tuple) else tree


def start() -> None:
    """Have a worker started and sympy imported in the background: about half a second."""
    shared().start(_DECIDE)


def warm() -> None:
    """Have a worker started and sympy imported, and wait for it."""
    one: Tree = ("num", Fraction(1))
    same_by_algebra("value", one, one, 60.0)


def _is_long(tree: Tree) -> bool:
    """Whether it holds a sum of more terms than anyone wants to add up."""
    if tree[0] == "big":
        try:
            if exact(tree[4]) - exact(tree[3]) > MOST_TERMS:
                return True
        except TooBig:
            return True
        except (NotExact, NoValue):
            pass
    return any(_is_long(part) for part in tree[1:] if isinstance(part, tuple))


def _size(told: Any) -> int:
    return 1 + sum(map(_size, told)) if isinstance(told, list) else 1
