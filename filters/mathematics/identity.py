"""Whether two formulas have the same value wherever both have one: by numbers, not by algebra.

Exact rational values first. Else both are evaluated at fixed points: doubles suffice to tell them
apart, and a match must hold to forty digits at each point. It is undecided where the points
disagree (a branch cut), where a value cannot be told, and where forty digits are not reached.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Any

from filters.mathematics.approximate import approximate
from filters.mathematics.exact import NotExact, NoValue, TooBig, exact
from filters.mathematics.latex import Tree
from filters.mathematics.near import (
    DOUBLES,
    LARGEST,
    Arithmetic,
    Near,
    Outside,
    Undecided,
    fifty_digits,
)
from filters.mathematics.trees import has_branches, holds_i, symbols
from filters.mathematics.witness import at_whole_numbers, is_no_number, never_zero

MATCH = 1e-40
MOST_NAMES = 12
_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)
POINTS = 4
"""The first two are positive, in the third the signs alternate, in the last all are negative."""
_UNKNOWNS = frozenset(("x", "y", "z", "t", "u", "v", "theta", "phi", "alpha", "beta"))
"""Letters of numbers that may be negative; a, r or n may be a length or a count."""


class _OneSided(Exception):
    """Where one has a real value, the other has none."""


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
    if found is not None and found.same is not None:
        return found
    names = sorted(set(symbols(a)) | set(symbols(b)))
    if len(names) > MOST_NAMES:
        return Found(None, "too many variables")
    found = found or _by_points(a, b, names)
    if found.same is None and _differ(a, b, names):
        return Found(False)
    return found


def _by_points(a: Tree, b: Tree, names: list[str]) -> Found:
    matches, why, is_partial = 0, "", False
    for point in range(POINTS if names else 1):
        try:
            same = _same_at(a, b, names, point)
        except (Undecided, OverflowError, ZeroDivisionError) as error:
            why = str(error)
            continue
        except _OneSided:
            is_partial = True
            continue
        if same is None:
            return Found(None, "not enough digits")
        if not same:
            # Where it is negative, a root may be another one by convention.
            is_branch = point > 1 and matches and (has_branches(a) or has_branches(b))
            if is_branch and not _are_real_functions(a, b, names, point):
                return Found(None, "a branch")
            return Found(False)
        matches += 1
    if is_partial:
        return Found(None, "one has values where the other has none", is_hopeless=bool(names))
    if matches >= min(2, len(names) + 1):
        return Found(True)
    return Found(None, why or "no value", is_hopeless=why == "too large")


def _differ(a: Tree, b: Tree, names: list[str]) -> bool:
    """Whether they are shown to differ at a whole number, at zero or at infinity."""
    for x, y in at_whole_numbers(a, b, names) if names else ():
        values = _value(x), _value(y)
        if any(isinstance(value, NoValue) for value in values):
            continue
        if all(isinstance(value, Fraction) for value in values):
            if values[0] != values[1]:
                return True
        elif identical(x, y).same is False:
            return True
    for one, other in ((a, b), (b, a)):
        if _value(one) == 0 and never_zero(other):
            return True
        if is_no_number(one) and real_value(other) is not None:
            return True
    return False


def _are_real_functions(a: Tree, b: Tree, names: list[str], point: int) -> bool:
    """Whether both have real values where some variables are negative, and the letters say so."""
    at = place(names, point, DOUBLES)
    try:
        return _UNKNOWNS.issuperset(names) and _stays_real(a, at) and _stays_real(b, at)
    except Undecided:
        return False


def _stays_real(tree: Tree, at: dict[str, Any]) -> bool:
    """Whether no part of it is a root of a negative number."""
    if tree[0] in ("root", "pow") and not approximate(tree, at, DOUBLES).is_real:
        return False
    return all(_stays_real(part, at) for part in tree[1:] if isinstance(part, tuple))


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
    is_undefined = isinstance(x, NoValue) or isinstance(y, NoValue)
    if is_undefined or (isinstance(x, TooBig) and isinstance(y, TooBig | Fraction)):
        return Found(None, "too large", is_hopeless=True)
    if isinstance(y, TooBig) and isinstance(x, Fraction):
        return Found(None, "too large", is_hopeless=True)
    return None


def _is_small(tree: Tree) -> bool:
    """Whether a tree without variables has a value of ordinary size."""
    try:
        approximate(tree, {}, DOUBLES)
    except (Undecided, OverflowError, ZeroDivisionError, KeyError):
        return False
    return True


@lru_cache(maxsize=256)
def _value(tree: Tree) -> Fraction | NotExact | TooBig | NoValue:
    # From memory: in lists, each formula is compared with each.
    try:
        return exact(tree)
    except (NotExact, TooBig, NoValue) as error:
        return error.with_traceback(None)


def place(names: list[str], point: int, by: Arithmetic) -> dict[str, Any]:
    """A value for each variable: irrational, unrelated, and the same for the same names."""
    found = {}
    for number, name in enumerate(names):
        prime = by.number(Fraction(_PRIMES[number]))
        value = by.lib.sqrt(prime) + by.lib.log(prime + 1) / 7
        if point == 1:
            value = 1 / value
        elif point == 3:
            value = -(value + 1) / 2
        elif point == 2:
            value = value / 3 * (-1) ** (number + 1)
        found[name] = value
    return found


def _same_at(a: Tree, b: Tree, names: list[str], point: int) -> bool | None:
    """Whether both have the same value at one point; None where fifty digits do not tell."""
    for precision in (_doubles, fifty_digits):
        by = precision()
        at = place(names, point, by)
        x, y = _near(a, at, by), _near(b, at, by)
        off, error = float(abs(x.value - y.value)), x.error + y.error
        if off > 1000 * error:
            return _different(x, y, a, b)
    size = max(float(abs(x.value)), float(abs(y.value)))
    # Two zeros have no digits: there, forty places count.
    size = 1.0 if size <= error else size
    return True if off <= 10 * error and error <= MATCH * size else None


def _near(tree: Tree, at: dict[str, Any], by: Arithmetic) -> Near:
    try:
        return approximate(tree, at, by)
    except Outside:
        if not at:
            raise  # which value a number has is a matter of convention
        return approximate(tree, at, replace(by, is_principal=True))


def _different(x: Near, y: Near, a: Tree, b: Tree) -> bool:
    """Real values that differ are different; others may only be on different branches."""
    is_plain = (x.is_real and y.is_real) or not (has_branches(a) or has_branches(b))
    if is_plain or holds_i(a) or holds_i(b):
        return False
    if x.is_real != y.is_real:
        raise _OneSided
    raise Undecided("not real")


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
        ratios = [_ratio(f, g, names, point, DOUBLES) for point in range(3)]
        if _spread(ratios):
            return False, 0
        ratios = [_ratio(f, g, names, point, fifty_digits()) for point in range(3)]
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
