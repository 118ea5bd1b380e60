"""The exact value of a formula without variables, where that is a rational number of bounded size.

Every power and factorial is measured before it is computed.
"""

import math
from collections.abc import Callable
from fractions import Fraction

from filters.mathematics.latex import Tree

BITS = 65_536
"""The largest numerator or denominator."""
LARGEST_FACTORIAL = 5_000


class NotExact(Exception):
    """It has variables, or a value that is not rational, or nothing is known about it."""


class TooBig(Exception):
    """Its value takes too many bits. `is_sure` where it is larger than all that can be read."""

    def __init__(self, is_sure: bool = False) -> None:
        super().__init__("too big")
        self.is_sure = is_sure


class NoValue(Exception):
    """Division by zero: there is no such number."""


def exact(tree: Tree) -> Fraction:
    """The value; NotExact, TooBig or NoValue where there is none."""
    kind = tree[0]
    if kind == "num":
        value: Fraction = tree[1]
        return value
    if kind == "neg":
        return -exact(tree[1])
    if kind == "add":
        total = _inside(tree[1])
        for term in tree[2:]:
            total = fitting(total + _inside(term))
        return total
    if kind == "mul":
        return _product(tree)
    if kind == "div":
        under = _inside(tree[2])
        if not under:
            _inside(tree[1])
            raise NoValue
        return fitting(_inside(tree[1]) / under)
    if kind == "pow":
        return _power(_inside(tree[1]), _exponent(tree))
    if kind == "root":
        return _root(_inside(tree[1]), _inside(tree[2]))
    if kind == "fun" and tree[1] in _FUNCTIONS:
        return fitting(_FUNCTIONS[tree[1]](*map(_inside, tree[2:])))
    raise NotExact(kind)


def _inside(tree: Tree) -> Fraction:
    """The value of a part: where that is too big, the whole need not be."""
    try:
        return exact(tree)
    except TooBig as error:
        raise TooBig from error


def _exponent(tree: Tree) -> Fraction:
    """The exponent of a power; a whole number above one makes it as big as the exponent is."""
    try:
        return exact(tree[2])
    except TooBig as error:
        base = tree[1]
        raise TooBig(error.is_sure and base[0] == "num" and abs(base[1]) >= 2) from error


def fitting(value: Fraction) -> Fraction:
    """The value itself; TooBig where it takes too many bits."""
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > BITS:
        raise TooBig
    return value


def _product(tree: Tree) -> Fraction:
    value = Fraction(1)
    too_big: TooBig | None = None
    for factor in tree[1:]:
        try:
            value = fitting(value * exact(factor))
        except TooBig as error:
            too_big = error
    if too_big is not None:
        # A whole factor makes what is too big no smaller.
        raise TooBig(too_big.is_sure and value.denominator == 1 and value != 0)
    return value


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    if exponent.denominator != 1:
        if exponent.denominator > 64 or base < 0:
            raise NotExact("a root")
        return _power(_root(base, Fraction(exponent.denominator)), Fraction(exponent.numerator))
    n = exponent.numerator
    if base in (0, 1, -1):
        if not base and n <= 0:
            raise NoValue
        return base ** (n % 2 if base == -1 else min(n, 1))
    bits = math.log2(max(abs(base.numerator), base.denominator))
    if abs(n) > BITS or abs(n) * bits > BITS:  # the base is at least 2, or its denominator
        raise TooBig(is_sure=n > 0 and base.denominator == 1)
    return base**n


def _root(base: Fraction, degree: Fraction) -> Fraction:
    if degree.denominator != 1 or not 2 <= degree <= 64:
        raise NotExact("a root")
    n = degree.numerator
    if base < 0:
        if n % 2 == 0:
            raise NotExact("not real")
        return -_root(-base, degree)
    over, under = _whole_root(base.numerator, n), _whole_root(base.denominator, n)
    if over is None or under is None:
        raise NotExact("irrational")
    return Fraction(over, under)


def _whole_root(value: int, n: int) -> int | None:
    if n == 2 or value < 2:
        root = math.isqrt(value)
        return root if root**n == value else None
    # By Newton's steps from a little above: each doubles the digits, where halving adds a bit.
    log = math.log2(value) / n
    shift = max(0, int(log) - 60)
    root = (int(2 ** (log - shift) * (1 + 1e-9)) + 1) << shift
    while (nearer := ((n - 1) * root + value // root ** (n - 1)) // n) < root:
        root = nearer
    return root if root**n == value else None


def _whole(value: Fraction) -> int:
    if value.denominator != 1:
        raise NotExact("not whole")
    return value.numerator


def _factorial(value: Fraction) -> Fraction:
    n = _whole(value)
    if n < 0:
        raise NoValue
    if n > LARGEST_FACTORIAL:
        raise TooBig(n > 2 * BITS)
    return Fraction(math.factorial(n))


def _double_factorial(value: Fraction) -> Fraction:
    n = _whole(value)
    if n < -1:
        raise NotExact("a double factorial")
    if n > LARGEST_FACTORIAL:
        raise TooBig(n > 2 * BITS)
    return Fraction(math.prod(range(n, 1, -2)))


def _binomial(over: Fraction, under: Fraction) -> Fraction:
    n, k = _whole(over), _whole(under)
    if n < 0 or n > 10 * LARGEST_FACTORIAL or min(k, n - k) > LARGEST_FACTORIAL:
        raise NotExact("a binomial coefficient")
    return Fraction(math.comb(n, k)) if 0 <= k <= n else Fraction(0)


def _gcd(*values: Fraction) -> Fraction:
    over = math.gcd(*(value.numerator for value in values))
    return Fraction(over, math.lcm(*(value.denominator for value in values)))


def _lcm(*values: Fraction) -> Fraction:
    over = math.lcm(*(value.numerator for value in values))
    return Fraction(over, math.gcd(*(value.denominator for value in values)))


def _modulo(value: Fraction, by: Fraction) -> Fraction:
    if not by:
        raise NoValue
    return value % by


_FUNCTIONS: dict[str, Callable[..., Fraction]] = {
    "factorial": _factorial,
    "factorial2": _double_factorial,
    "binom": _binomial,
    "gcd": _gcd,
    "lcm": _lcm,
    "mod": _modulo,
    "abs": lambda value: abs(value),
    "floor": lambda value: Fraction(math.floor(value)),
    "ceil": lambda value: Fraction(math.ceil(value)),
    "max": lambda *values: max(values),
    "min": lambda *values: min(values),
}
