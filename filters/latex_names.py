"""What a name in a formula stands for: constants, functions and their arguments, sums, roots."""

from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from filters.latex_tokens import FUNCTIONS, GREEK, OPEN, NotRead

if TYPE_CHECKING:
    from filters.latex import Reader

Tree: TypeAlias = tuple[Any, ...]

_SPELLINGS = {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "tg": "tan", "ctg": "cot"}
_INVERSE = {"sin": "arcsin", "cos": "arccos", "tan": "arctan"}
_INVERSE |= {"cot": "arctan", "sec": "arccos", "csc": "arcsin"}
_TURNED = ("cot", "sec", "csc")
_ONE: Tree = ("num", Fraction(1))
_NOTHING: Tree = ("num", Fraction(0))
_OF_MANY = frozenset(("gcd", "lcm", "max", "min"))
_CONSTANTS = {"\\pi": "pi", "\\infty": "oo", "\\infinity": "oo", "\\oo": "oo", "e": "e", "i": "i"}
_CONSTANTS |= {"\\exponentialE": "e", "\\imaginaryI": "i", "\\imath": "i"}
_OPAQUE = frozenset(("overline", "vec", "hat", "bar", "angle", "triangle", "widehat", "underline"))
_BIG = {"\\sum": "sum", "\\prod": "prod", "\\int": "int"}


def product_of(factors: list[Tree]) -> Tree:
    """One tree of some factors."""
    return factors[0] if len(factors) == 1 else ("mul", *factors)


def word(reader: "Reader", name: str) -> Tree:
    """What a name stands for."""
    if name in _CONSTANTS and reader.peek() != "_" and name not in reader.bound:
        return ("const", _CONSTANTS[name])
    bare = name.lstrip("\\")
    if bare in ("frac", "cfrac") or (bare.endswith("binom") and reader.peek() != "("):
        return fraction(reader, bare)
    if bare == "lim":
        return limit(reader)
    if bare == "sqrt":
        return root(reader)
    if bare in FUNCTIONS or bare in _SPELLINGS:
        return function(reader, _SPELLINGS.get(bare, bare))
    if name in _BIG:
        return big(reader, _BIG[name])
    if bare in _OPAQUE:
        return ("sym", f"{bare} {raw_group(reader)}")
    if len(name) == 1 or bare in GREEK:
        return symbol(reader, bare)
    raise NotRead(f"{name!r} is not known")


def fraction(reader: "Reader", name: str) -> Tree:
    """\\frac{a}{b}, \\binom{a}{b}, \\frac{d}{dx} b"""
    texts = [reader.peek(ahead) for ahead in range(7)]
    if texts[:5] == ["{", "d", "}", "{", "d"] and texts[6] == "}":
        reader.at += 7
        return ("big", "diff", texts[5], _NOTHING, _NOTHING, reader.product())
    top, under = group(reader), group(reader)
    return ("fun", "binom", top, under) if name.endswith("binom") else ("div", top, under)


def limit(reader: "Reader") -> Tree:
    """\\lim_{x \\to 0} body"""
    if not (reader.take("_") and reader.take("{")):
        raise NotRead("a limit of nothing")
    variable = raw_name(reader)
    if not reader.take("\\to", "\\rightarrow"):
        raise NotRead("a limit to nothing")
    point = reader.sum()
    reader.need("}")
    reader.bound.add(variable)
    return ("big", "lim", variable, point, _NOTHING, reader.product())


def raw_name(reader: "Reader") -> str:
    """The name of a variable that is bound."""
    name = reader.peek()
    if len(name) != 1 or not name.isalpha():
        raise NotRead("no variable")
    reader.at += 1
    return name


def group(reader: "Reader") -> Tree:
    """What follows a command: in braces, or one atom."""
    if not reader.take("{"):
        return reader.atom()
    tree = reader.sum()
    reader.need("}")
    return tree


def raw_group(reader: "Reader") -> str:
    """The text of what follows, not read."""
    if not reader.take("{"):
        reader.at += 1
        return reader.peek(-1)
    start = reader.at
    while reader.peek() not in ("}", "{", ""):
        reader.at += 1
    reader.need("}")
    return "".join(token.text for token in reader.tokens[start : reader.at - 1])


def root(reader: "Reader") -> Tree:
    """\\sqrt[3]{x}, sqrt(x)"""
    degree: Tree = ("num", Fraction(2))
    if reader.take("["):
        degree = reader.sum()
        reader.need("]")
    return ("root", group(reader), degree)


def symbol(reader: "Reader", name: str) -> Tree:
    """x, x_1, x_{max}, f(x), f'"""
    if reader.take("_"):
        name = f"{name}_{raw_group(reader)}"
    while reader.take("'"):
        name += "'"
    if name[0] in "fgh" and reader.peek() == "(":
        return ("call", name, *arguments(reader))
    return ("sym", name)


def arguments(reader: "Reader") -> list[Tree]:
    """(a, b), also in other brackets"""
    bracket = reader.take("(", "[", "{", "\\{")
    if not bracket:
        raise NotRead("no arguments")
    reader.bars, outside = 0, reader.bars
    found = [reader.sum()]
    while reader.take(","):
        found.append(reader.sum())
    reader.need(OPEN[bracket])
    reader.bars = outside
    return found


def function(reader: "Reader", name: str) -> Tree:
    """\\sin x, \\sin^2 2x, \\log_2(8), \\max(a, b)"""
    base = power = None
    while mark := reader.take("_", "^"):
        if mark == "_":
            base = group(reader)
        else:
            power = reader.exponent()
    if name in _OF_MANY or name in ("mod", "binom"):
        of = arguments(reader)
        if name not in _OF_MANY and len(of) != 2:
            raise NotRead(f"{name} is of two")
        tree: Tree = ("fun", name, *of)
    elif name in ("log", "lg"):
        tree = logarithm(reader, name, base)
    elif base is not None:
        raise NotRead(f"{name} has no base")
    elif power == ("neg", _ONE) and name in _INVERSE:
        one = argument(reader)
        return ("fun", _INVERSE[name], ("div", _ONE, one) if name in _TURNED else one)
    elif name == "cbrt":
        tree = ("root", argument(reader), ("num", Fraction(3)))
    else:
        tree = ("fun", name, argument(reader))
    return tree if power is None else ("pow", tree, power)


def logarithm(reader: "Reader", name: str, base: Tree | None) -> Tree:
    """A logarithm as a quotient of natural ones."""
    of = ("fun", "ln", argument(reader))
    if base is None:
        if name == "log":
            reader.forks.add("log")
        if name == "log" and not reader.common:
            return of
        base = ("num", Fraction(10))
    return ("div", of, ("fun", "ln", base))


def argument(reader: "Reader") -> Tree:
    """What a function without brackets is of: \\sin 2x, but not further than a sign."""
    if reader.peek() in ("(", "[", "{", "\\{"):
        # The arguments' end is the argument's: \\sin(x)^2 is a square, as is (\\sin x)^2.
        found = arguments(reader)
        if len(found) > 1:
            raise NotRead("one argument too many")
        return found[0]
    factors = [reader.signed()]
    while reader.starts_factor() and reader.peek() not in ("(", "[", "|"):
        if reader.peek().lstrip("\\") in FUNCTIONS - {"sqrt"}:
            break
        factors.append(reader.power())
    return product_of(factors)


def big(reader: "Reader", name: str) -> Tree:
    """\\sum_{k=1}^{n} body, \\int_0^1 body dx"""
    variable, low, high = "", None, None
    for _ in range(2):
        if reader.take("_"):
            is_group = bool(reader.take("{"))
            if name != "int":
                variable = raw_name(reader)
                reader.need("=")
            low = reader.sum() if is_group else reader.atom()
            if is_group:
                reader.need("}")
        elif reader.take("^"):
            high = reader.exponent()
    end = len(reader.tokens)
    if name == "int":
        if end < 2 or reader.tokens[-2].text != "d":
            raise NotRead("no dx at the end")
        variable, reader.tokens = reader.tokens[-1].text, reader.tokens[:-2]
    if low is None or high is None or not variable:
        raise NotRead("without bounds")
    reader.bound.add(variable)
    body = reader.sum() if name == "int" else reader.product()
    return ("big", name, variable, low, high, body)
