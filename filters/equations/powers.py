"""Powers, square roots and binomials, worked out exactly where they are not too large."""

import math
from fractions import Fraction

Number = int | Fraction

LARGEST = 4096  # bits of a power
GREATEST_FACTORIAL = 100


class Unread(ValueError):
    """What stands there has no value that can be told here."""


def chosen(top: Number, bottom: Number) -> int:
    """The number of ways to choose so many of so many."""
    if not isinstance(top, int) or not isinstance(bottom, int):
        raise Unread("no whole number")
    if not 0 <= bottom <= top <= GREATEST_FACTORIAL:
        raise Unread("a binomial of other numbers")
    return math.comb(top, bottom)


def raised(base: Number, exponent: Number) -> Number:
    """A whole power of at most LARGEST bits."""
    if exponent != int(exponent):
        raise Unread("a root")
    exponent = int(exponent)
    if _bits(base) * abs(exponent) > LARGEST:
        raise Unread("too large")
    return base**exponent if exponent >= 0 else Fraction(base) ** exponent


def _bits(value: Number) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def root(value: Number) -> Fraction:
    """The square root of a square."""
    if value < 0:
        raise Unread("a root of a negative number")
    top, bottom = math.isqrt(value.numerator), math.isqrt(value.denominator)
    if top * top != value.numerator or bottom * bottom != value.denominator:
        raise Unread("no square")
    return Fraction(top, bottom)
