"""Sympy's view of two formulas. Imported in the workers of `bounded.py` and nowhere else.

A formula comes as a tree of our own reading in JSON; every power and sum is measured first.
"""

from typing import Any

import sympy

LARGEST_POWER = 1_000
LARGEST_FACTORIAL = 1_000


class TooMuch(Exception):
    """It is not worth building."""


def decide(mode: str, got: Any, wanted: Any) -> bool | None:
    """True, False or None for two encoded trees. Runs where it can be killed."""
    try:
        a, b = built(got), built(wanted)
    except TooMuch:
        return None
    if mode == "equation":
        return _same_equation(a, b)
    if a.has(sympy.zoo, sympy.nan) or b.has(sympy.zoo, sympy.nan):
        return None
    off = a - b
    if off.is_number:
        value = off.evalf(30)
        size = abs(b.evalf(30)) if b.is_number else 0
        if value.is_number and abs(value) > 1e-15 * (1 + size):
            return False
    off = off.doit()
    if off.has(sympy.factorial, sympy.binomial, sympy.gamma):
        off = sympy.gammasimp(off)
    if sympy.simplify(off) == 0:
        return True
    return False if _differ_somewhere(a.doit(), b.doit()) else None


_PLACES = ((2, 3, 5, 7, 11), (13, 17, 19, 23, 29))
_UNDONE = (sympy.Integral, sympy.Sum, sympy.Product, sympy.Limit, sympy.Derivative)


def _differ_somewhere(a: Any, b: Any) -> bool:
    """Whether both are real and different at some whole numbers; that they are not proves nothing.

    Whole and positive, so that it holds whatever the names stand for.
    """
    names = sorted(a.free_symbols | b.free_symbols, key=str)
    if not 0 < len(names) <= len(_PLACES[0]) or a.has(*_UNDONE) or b.has(*_UNDONE):
        return False
    for place in _PLACES:
        at = dict(zip(names, place, strict=False))
        x, y = a.subs(at).evalf(30), b.subs(at).evalf(30)
        is_real = all(one.is_Float or one.is_Rational for one in (x, y))
        if is_real and bool(abs(x - y) > 1e-12 * (1 + abs(y))):
            return True
    return False


def _same_equation(a: Any, b: Any) -> bool | None:
    """Whether the numerators are the same up to a number that is not zero."""
    over, other = (sympy.numer(sympy.together(one)) for one in (a, b))
    if over == 0 or other == 0:
        return None
    quotient = sympy.cancel(over / other)
    return True if quotient.is_number and quotient.is_nonzero else None


def built(told: Any) -> Any:
    """The sympy expression of an encoded tree; TooMuch where a power or a sum is too long."""
    kind = told[0]
    if kind == "num":
        return sympy.Rational(int(told[1][0]), int(told[1][1]))
    if kind == "sym":
        return sympy.Symbol(told[1], real=True)
    if kind == "const":
        return {"pi": sympy.pi, "e": sympy.E, "i": sympy.I, "oo": sympy.oo}[told[1]]
    if kind == "big":
        return _big(*told[1:])
    if kind == "call":
        return sympy.Function(told[1])(*map(built, told[2:]))
    parts = [built(part) for part in told[1:] if isinstance(part, list)]
    if kind == "neg":
        return -parts[0]
    if kind in ("add", "mul"):
        return (sympy.Add if kind == "add" else sympy.Mul)(*parts)
    if kind == "div":
        return parts[0] / parts[1]
    if kind == "root":
        return sympy.real_root(*parts) if parts[1] in (3, 5, 7) else _power(parts[0], 1 / parts[1])
    if kind == "pow":
        return _power(*parts)
    return _function(told[1], parts)


def _power(base: Any, exponent: Any) -> Any:
    if exponent.is_number and not abs(exponent.evalf(10)) <= LARGEST_POWER:
        raise TooMuch
    return base**exponent


def _function(name: str, parts: list[Any]) -> Any:
    if name.startswith("factorial") and parts[0].is_number and not parts[0] <= LARGEST_FACTORIAL:
        raise TooMuch
    if name in ("gcd", "lcm"):
        whole = parts[0]
        for part in parts[1:]:
            whole = getattr(sympy, name)(whole, part)
        return whole
    known = {
        "arcsin": "asin", "arccos": "acos", "arctan": "atan", "ln": "log", "abs": "Abs",
        "ceil": "ceiling", "binom": "binomial", "mod": "Mod", "max": "Max", "min": "Min",
    }  # fmt: skip
    return getattr(sympy, known.get(name, name))(*parts)


def _big(name: str, variable: str, *parts: Any) -> Any:
    low, high, body = map(built, parts)
    symbol = sympy.Symbol(variable, real=True)
    if name == "diff":
        return sympy.diff(body, symbol)
    if name == "lim":
        # From one side, or from both: then they must agree, or there is none.
        side = {0: "+-", 1: "+", -1: "-"}[int(high)]
        try:
            return sympy.limit(body, symbol, low, side if low.is_finite else "+")
        except ValueError:
            raise TooMuch from None
    if name == "int":
        return sympy.Integral(body, (symbol, low, high)).doit()
    return (sympy.Sum if name == "sum" else sympy.Product)(body, (symbol, low, high)).doit()
