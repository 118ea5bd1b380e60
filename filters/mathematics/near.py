"""Numbers that know how far off they may be, in doubles or to fifty digits, and their functions.

Undecided is raised where a value would be a matter of convention (a branch of a power), of more
digits (0/0) or of more work than an answer is worth.
"""

import cmath
import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

DIGITS = 50
LARGEST = 1e60
FARTHEST = 1e-25
"""A term smaller than this share of a sum would be lost in it."""


class Undecided(Exception):
    """Its value cannot be told here."""


class Outside(Undecided):
    """It has no real value: a logarithm or an even root of a negative number."""


@dataclass(frozen=True, slots=True)
class Near:
    """A complex number and how far off it may be."""

    value: Any
    error: float

    @property
    def is_zero(self) -> bool:
        """Whether it may be zero."""
        return float(abs(self.value)) <= self.error

    @property
    def is_real(self) -> bool:
        """Whether it may be real."""
        return abs(float(self.value.imag)) <= self.error


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Functions of complex numbers at some precision: cmath, or an own context of mpmath."""

    lib: Any
    epsilon: float
    number: Callable[[Fraction], Any]
    is_principal: bool = False
    """Whether logarithms and even roots of negative numbers have their principal value."""

    def near(self, value: Any, error: float = 0.0) -> Near:
        """A value with its own rounding added to the error; Undecided where it is out of bounds."""
        size = float(abs(value))
        if not size < LARGEST or not error < LARGEST:
            raise Undecided("too large")
        return Near(value, float(error) + 4 * self.epsilon * size)


def _double(value: Fraction) -> complex:
    try:
        return complex(value)
    except OverflowError:
        raise Undecided("too large") from None


DOUBLES = Arithmetic(cmath, 2.0**-52, _double)
_local = threading.local()


def fifty_digits() -> Arithmetic:
    """Arithmetic to fifty digits; a context is no two threads' at once."""
    found: Arithmetic | None = getattr(_local, "arithmetic", None)
    if found is None:
        import mpmath  # it takes a tenth of a second to import, and most answers need none of it

        context = mpmath.MPContext()
        context.dps = DIGITS
        found = Arithmetic(
            context,
            10.0 ** (1 - DIGITS),
            lambda value: context.mpc(context.mpf(value.numerator) / value.denominator),
        )
        _local.arithmetic = found
    return found


def sum_of(terms: list[Near], by: Arithmetic) -> Near:
    sizes = [float(abs(term.value)) for term in terms]
    largest = max(sizes)
    for term, size in zip(terms, sizes, strict=True):
        if term.error < size < largest * FARTHEST:
            raise Undecided("a term too small to be seen")
    total = sum(term.value for term in terms)
    error = sum(term.error for term in terms)
    return by.near(total, error + len(terms) * by.epsilon * largest)


def times(a: Near, b: Near, by: Arithmetic) -> Near:
    error = float(abs(a.value)) * b.error + float(abs(b.value)) * a.error + a.error * b.error
    return by.near(a.value * b.value, error)


def over(a: Near, b: Near, by: Arithmetic) -> Near:
    size = float(abs(b.value))
    if size <= 4 * b.error:
        raise Undecided("division by zero")
    value = a.value / b.value
    return by.near(value, (a.error + float(abs(value)) * b.error) / (size - b.error))


def exp(a: Near, by: Arithmetic) -> Near:
    if abs(float(a.value.real)) > 130 or a.error > 1:
        raise Undecided("too large")
    value = by.lib.exp(a.value)
    return by.near(value, 2 * a.error * float(abs(value)))


def ln(a: Near, by: Arithmetic) -> Near:
    if a.is_zero:
        raise Undecided("logarithm of zero")
    if a.is_real and float(a.value.real) < 0 and not by.is_principal:
        raise Outside("a branch")
    return by.near(by.lib.log(a.value), 2 * a.error / float(abs(a.value)))


def _bounded(a: Near) -> float:
    """How much a sine or cosine may magnify an error; Undecided where the angle is not known."""
    if float(abs(a.value)) > 1e8 or abs(float(a.value.imag)) > 100 or a.error > 0.01:
        raise Undecided("too large")
    return 2 * math.exp(abs(float(a.value.imag)))


def sine(a: Near, by: Arithmetic) -> Near:
    return by.near(by.lib.sin(a.value), _bounded(a) * (a.error + by.epsilon * abs(a.value)))


def _cosine(a: Near, by: Arithmetic) -> Near:
    return by.near(by.lib.cos(a.value), _bounded(a) * (a.error + by.epsilon * abs(a.value)))


def _inverse(name: str) -> Callable[[Near, Arithmetic], Near]:
    def function(a: Near, by: Arithmetic) -> Near:
        x = float(a.value.real)
        if not a.is_real or (name != "atan" and abs(x) > 1 + a.error):
            raise Undecided("a branch")
        edge = 1 - x * x
        error = a.error if name == "atan" else math.sqrt(2 * a.error + by.epsilon)
        if name != "atan" and edge > 1e-6:
            error = a.error / math.sqrt(edge)
        real = a.value.real
        if name != "atan" and abs(real) > 1:
            real = real / abs(real)
        return by.near(getattr(by.lib, name)(real + 0j), 2 * error)

    return function


def _hyperbolic(sign: int) -> Callable[[Near, Arithmetic], Near]:
    def function(a: Near, by: Arithmetic) -> Near:
        mirrored = exp(_negative(a), by)
        both = sum_of([exp(a, by), Near(sign * mirrored.value, mirrored.error)], by)
        return Near(both.value / 2, both.error)

    return function


_sinh, _cosh = _hyperbolic(-1), _hyperbolic(1)


def _real(a: Near) -> float:
    if not a.is_real:
        raise Undecided("not real")
    return float(a.value.real)


def _floor(a: Near, by: Arithmetic) -> Near:
    value = _real(a)
    if abs(value) > 1e15 or abs(value - round(value)) <= max(a.error, 1e-12):
        raise Undecided("at a step")
    return by.near(by.number(Fraction(math.floor(value))))


def _negative(a: Near) -> Near:
    return Near(-a.value, a.error)


def _extreme(sign: int) -> Callable[..., Near]:
    def function(*parts: Any) -> Near:
        found: Near = max(parts[:-1], key=lambda part: sign * _real(part))
        return found

    return function


_ONE = Fraction(1)
FUNCTIONS: dict[str, Callable[..., Near]] = {
    "sin": sine,
    "cos": _cosine,
    "tan": lambda a, by: over(sine(a, by), _cosine(a, by), by),
    "cot": lambda a, by: over(_cosine(a, by), sine(a, by), by),
    "sec": lambda a, by: over(by.near(by.number(_ONE)), _cosine(a, by), by),
    "csc": lambda a, by: over(by.near(by.number(_ONE)), sine(a, by), by),
    "arcsin": _inverse("asin"),
    "arccos": _inverse("acos"),
    "arctan": _inverse("atan"),
    "sinh": _sinh,
    "cosh": _cosh,
    "tanh": lambda a, by: over(_sinh(a, by), _cosh(a, by), by),
    "exp": exp,
    "ln": ln,
    "abs": lambda a, by: by.near(abs(a.value) * by.number(_ONE), a.error),
    "floor": _floor,
    "ceil": lambda a, by: _negative(_floor(_negative(a), by)),
    "max": _extreme(1),
    "min": _extreme(-1),
}
