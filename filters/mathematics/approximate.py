"""The value of a formula at a point: walks the tree, with numbers that know their error."""

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from filters.mathematics.exact import NotExact, NoValue, TooBig, exact
from filters.mathematics.latex import Tree
from filters.mathematics.near import (
    FUNCTIONS,
    Arithmetic,
    Near,
    Outside,
    Undecided,
    exp,
    ln,
    over,
    sine,
    sum_of,
    times,
)

LARGEST_EXPONENT = 10**12


def approximate(tree: Tree, at: Mapping[str, Any], by: Arithmetic) -> Near:
    """The value of a tree where its variables have the values `at`."""
    kind = tree[0]
    if kind == "num":
        return by.near(by.number(tree[1]))
    if kind == "sym":
        return by.near(at[tree[1]])
    if kind == "const":
        return _constant(tree[1], by)
    if kind == "big":
        raise Undecided("a sum or an integral")
    if kind == "pow" and tree[1] == ("const", "e"):
        return exp(approximate(tree[2], at, by), by)
    if kind in ("pow", "root"):
        return _raised(tree, approximate(tree[1], at, by), at, by)
    parts = [approximate(part, at, by) for part in tree[1:] if not isinstance(part, str)]
    if kind == "neg":
        return Near(-parts[0].value, parts[0].error)
    if kind == "add":
        return sum_of(parts, by)
    if kind == "mul":
        product = parts[0]
        for factor in parts[1:]:
            product = times(product, factor, by)
        return product
    if kind == "div":
        return over(parts[0], parts[1], by)
    if kind == "call":
        return _opaque(tree[1], parts, by)
    if tree[1] in FUNCTIONS:
        return FUNCTIONS[tree[1]](*parts, by)
    try:
        return by.near(by.number(exact(tree)))
    except (NotExact, TooBig, NoValue):
        raise Undecided(tree[1]) from None


def _constant(name: str, by: Arithmetic) -> Near:
    if name == "oo":
        raise Undecided("infinite")
    value = {"pi": by.lib.pi, "e": by.lib.e, "i": 1j}[name]
    return by.near(value * by.number(Fraction(1)))


def _raised(tree: Tree, base: Near, at: Mapping[str, Any], by: Arithmetic) -> Near:
    """A power or a root. A root that is written as one is real where it can be."""
    try:
        exponent = exact(tree[2])
    except (NotExact, TooBig, NoValue):
        exponent = None
    if tree[0] == "root":
        if exponent is None or exponent.denominator != 1 or not 2 <= exponent <= 1_000:
            raise Undecided("a root")
        if base.is_real and float(base.value.real) < 0 and not base.is_zero:
            positive = _power(Near(-base.value, base.error), 1 / exponent, by)
            if exponent % 2:
                return Near(-positive.value, positive.error)
            if exponent != 2:
                return _power(base, 1 / exponent, by)
            return Near(positive.value * 1j, positive.error)
        return _power(base, 1 / exponent, by)
    if exponent is not None:
        return _power(base, exponent, by)
    if base.is_zero:
        raise Undecided("a power of zero")
    if base.is_real and float(base.value.real) < 0:
        raise Undecided("a branch")
    return exp(times(approximate(tree[2], at, by), ln(base, by), by), by)


def _power(base: Near, exponent: Fraction, by: Arithmetic) -> Near:
    size = float(abs(base.value))
    if abs(exponent) > LARGEST_EXPONENT:
        raise Undecided("too large")
    if base.is_zero:
        if exponent <= 0:
            raise Undecided("a power of zero")
        return Near(by.number(Fraction(0)), (size + base.error) ** min(float(exponent), 40.0))
    if abs(float(exponent) * math.log(size)) > 138:
        raise Undecided("too large")
    if exponent.denominator == 1:
        value = base.value ** int(exponent)
    elif base.is_real and float(base.value.real) < 0:
        if exponent.denominator % 2:
            raise Undecided("a branch")  # an odd root has a real value as well
        if not by.is_principal:
            raise Outside("a branch")
        value = by.lib.exp(by.lib.log(base.value) * by.number(exponent))
    else:
        value = by.lib.exp(by.lib.log(base.value) * by.number(exponent))
    steps = abs(float(exponent)) * (base.error / (size - base.error) + 4 * by.epsilon)
    if steps > 0.1:
        raise Undecided("not precise")
    return by.near(value, 2 * steps * float(abs(value)))


def _opaque(name: str, arguments: list[Near], by: Arithmetic) -> Near:
    """Any one smooth function for one that is only named: f(x+1) is f(1+x) and nothing else."""
    total = by.near(by.number(Fraction(sum(map(ord, name)), 97)))
    for number, argument in enumerate(arguments, 3):
        weight = by.near(by.number(Fraction(7, 5 * number)))
        total = sum_of([total, times(argument, weight, by)], by)
    return sine(total, by)
