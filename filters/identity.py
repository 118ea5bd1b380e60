"""Whether two formulas have the same value wherever both have one: by numbers, not by algebra.

Exact rational values first. Else both are evaluated at fixed points: doubles suffice to tell them
apart, and a match must hold to forty digits at each point. It is undecided where the points
disagree (a branch cut), where a value cannot be told, and where forty digits are not reached.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from filters.approximate import approximate
from filters.exact import NotExact, NoValue, TooBig, exact
from filters.latex import Tree
from filters.near import DOUBLES, LARGEST, Arithmetic, Near, Undecided, fifty_digits

MATCH = 1e-40
MOST_NAMES = 12
_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)
POINTS = 3
"""The first two are positive, in the third the signs alternate."""


@dataclass(frozen=True, slots=True)
class Found:
    """Whether they are the same, and why it cannot be told."""

    same: bool | None
    why: str = ""
    is_hopeless: bool = False
    """Whether algebra would fare no better: it is a matter of size."""


def identical(a: Tree, b: Tree) -> Found:
    """Whether two trees have the same value."""
    if a == b:
        return Found(True)
    found = _by_exact(a, b)
    if found is not None:
        return found
    names = sorted(set(symbols(a)) | set(symbols(b)))
    if len(names) > MOST_NAMES:
        return Found(None, "too many variables")
    matches, why = 0, ""
    for point in range(POINTS if names else 1):
        try:
            same = _same_at(a, b, names, point)
        except (Undecided, OverflowError, ZeroDivisionError) as error:
            why = str(error)
            continue
        if same is None:
            return Found(None, "not enough digits")
        if not same:
            # Where it is negative, a root may be another one by convention.
            is_branch = point == 2 and matches and (_branches(a) or _branches(b))
            return Found(None, "a branch") if is_branch else Found(False)
        matches += 1
    if matches >= min(2, len(names) + 1):
        return Found(True)
    return Found(None, why or "no value", is_hopeless=why == "too large")


def _by_exact(a: Tree, b: Tree) -> Found | None:
    """By exact values, where both have one, or one clearly has none."""
    x, y = _value(a), _value(b)
    if isinstance(x, Fraction) and isinstance(y, Fraction):
        return Found(x == y)
    for one, other in ((x, y), (y, x)):
        if isinstance(one, Fraction) and isinstance(other, NoValue):
            return Found(False)
        if isinstance(one, Fraction) and isinstance(other, TooBig) and other.is_sure:
            return Found(False)
        if isinstance(one, Fraction) and abs(one) > LARGEST and isinstance(other, NotExact):
            return Found(False) if _is_small(b if other is y else a) else None
    if isinstance(x, TooBig | NoValue) or isinstance(y, TooBig | NoValue):
        return Found(None, "too large", is_hopeless=True)
    return None


def _is_small(tree: Tree) -> bool:
    """Whether a tree without variables has a value of ordinary size."""
    try:
        approximate(tree, {}, DOUBLES)
    except (Undecided, OverflowError, ZeroDivisionError, KeyError):
        return False
    return True


def _value(tree: Tree) -> Fraction | NotExact | TooBig | NoValue:
    try:
        return exact(tree)
    except (NotExact, TooBig, NoValue) as error:
        return error


def symbols(tree: Tree) -> Iterator[str]:
    """The names of variables in a tree, as often as they occur."""
    if tree[0] == "sym":
        yield tree[1]
        return
    bound = tree[2] if tree[0] == "big" and tree[1] != "diff" else None
    for part in tree[1:]:
        if isinstance(part, tuple):
            yield from (name for name in symbols(part) if name != bound)


def _branches(tree: Tree) -> bool:
    """Whether it holds a root, a power that is not whole or a logarithm."""
    if tree[0] == "root" or tree[:2] == ("fun", "ln"):
        return True
    if tree[0] == "pow" and (tree[2][0] != "num" or tree[2][1].denominator != 1):
        return True
    return any(_branches(part) for part in tree[1:] if isinstance(part, tuple))


def place(names: list[str], point: int, by: Arithmetic) -> dict[str, Any]:
    """A value for each variable: irrational, unrelated, and the same for the same names."""
    found = {}
    for number, name in enumerate(names):
        prime = by.number(Fraction(_PRIMES[number]))
        value = by.lib.sqrt(prime) + by.lib.log(prime + 1) / 7
        if point == 1:
            value = 1 / value
        elif point == 2:
            value = value / 3 * (-1) ** (number + 1)
        found[name] = value
    return found


def _same_at(a: Tree, b: Tree, names: list[str], point: int) -> bool | None:
    """Whether both have the same value at one point; None where fifty digits do not tell."""
    for precision in (_doubles, fifty_digits):
        by = precision()
        at = place(names, point, by)
        x, y = approximate(a, at, by), approximate(b, at, by)
        off, error = float(abs(x.value - y.value)), x.error + y.error
        if off > 1000 * error:
            return _different(x, y, a, b)
    size = max(float(abs(x.value)), float(abs(y.value)))
    # Two zeros have no digits: there, forty places count.
    size = 1.0 if size <= error else size
    return True if off <= 10 * error and error <= MATCH * size else None


def _different(x: Near, y: Near, a: Tree, b: Tree) -> bool:
    """Real values that differ are different; others may only be on different branches."""
    is_plain = (x.is_real and y.is_real) or not (_branches(a) or _branches(b))
    if is_plain or _has_i(a) or _has_i(b):
        return False
    raise Undecided("not real")


def _has_i(tree: Tree) -> bool:
    if tree == ("const", "i"):
        return True
    return any(_has_i(part) for part in tree[1:] if isinstance(part, tuple))


def _doubles() -> Arithmetic:
    return DOUBLES


def real_value(tree: Tree) -> tuple[Fraction, Fraction] | None:
    """Bounds of the real value of a tree without variables, to some forty digits."""
    try:
        value = exact(tree)
        return value, value
    except NotExact:
        pass
    except (TooBig, NoValue):
        return None
    if any(symbols(tree)):
        return None
    try:
        near = approximate(tree, {}, fifty_digits())
    except (Undecided, OverflowError, ZeroDivisionError):
        return None
    if not near.is_real:
        return None
    middle = _fraction(near.value.real)
    return middle - Fraction(near.error), middle + Fraction(near.error)


def _fraction(value: Any) -> Fraction:
    """An mpf as the fraction that it is."""
    sign, mantissa, exponent, _ = value._mpf_
    whole = -int(mantissa) if sign else int(mantissa)
    return Fraction(whole << exponent) if exponent >= 0 else Fraction(whole, 1 << -exponent)


def proportion(f: Tree, g: Tree) -> tuple[bool | None, int]:
    """Whether f is a non-zero constant times g, and the sign of that constant where it is real."""
    names = sorted(set(symbols(f)) | set(symbols(g)))
    if not names or len(names) > MOST_NAMES:
        return None, 0
    try:
        ratios = [_ratio(f, g, names, point, DOUBLES) for point in range(POINTS)]
        if _spread(ratios):
            return False, 0
        ratios = [_ratio(f, g, names, point, fifty_digits()) for point in range(POINTS)]
    except (Undecided, OverflowError, ZeroDivisionError):
        return None, 0
    if _spread(ratios):
        return False, 0
    first = ratios[0]
    if max(ratio.error for ratio in ratios) > MATCH * float(abs(first.value)):
        return None, 0
    sign = (1 if float(first.value.real) > 0 else -1) if first.is_real else 0
    return True, sign


def _ratio(f: Tree, g: Tree, names: list[str], point: int, by: Arithmetic) -> Near:
    at = place(names, point, by)
    x, y = approximate(f, at, by), approximate(g, at, by)
    if x.is_zero or y.is_zero:
        raise Undecided("zero")
    size = float(abs(y.value))
    value = x.value / y.value
    return Near(value, (x.error + float(abs(value)) * y.error) / size)


def _spread(ratios: list[Near]) -> bool:
    first = ratios[0]
    return any(
        float(abs(ratio.value - first.value)) > 1000 * (ratio.error + first.error)
        for ratio in ratios[1:]
    )
