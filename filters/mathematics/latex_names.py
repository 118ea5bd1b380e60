"""What a name in a formula stands for: constants, functions and their arguments, sums, roots."""

from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from filters.mathematics.determinant import enclosed
from filters.mathematics.latex_calculus import big, derivative, limit
from filters.mathematics.latex_counting import counted, indexed
from filters.mathematics.latex_tokens import FUNCTIONS, GREEK, OPEN, NotRead, Token

if TYPE_CHECKING:
    from filters.mathematics.latex import Reader

Tree: TypeAlias = tuple[Any, ...]

_SPELLINGS = {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "tg": "tan", "ctg": "cot"}
_INVERSE = {"sin": "arcsin", "cos": "arccos", "tan": "arctan"}
_INVERSE |= {"cot": "arctan", "sec": "arccos", "csc": "arcsin"}
_TURNED = ("cot", "sec", "csc")
_ONE: Tree = ("num", Fraction(1))
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
    if bare == "det":
        return enclosed(reader, reader.take("(", "[", "{", "|"))
    if bare in _OPAQUE:
        return conjugate(reader) or ("sym", f"{bare} {raw_group(reader)}")
    if len(name) == 1 or bare in GREEK:
        return symbol(reader, bare)
    raise NotRead(f"{name!r} is not known")


def fraction(reader: "Reader", name: str) -> Tree:
    """\\frac{a}{b}, \\binom{a}{b}, \\frac{d}{dx} b"""
    if (found := derivative(reader)) is not None:
        return found
    top, under = digit_or_group(reader), digit_or_group(reader)
    return ("fun", "binom", top, under) if name.endswith("binom") else ("div", top, under)


def group(reader: "Reader") -> Tree:
    """What follows a command: in braces, or one atom."""
    if not reader.take("{"):
        return reader.single()
    tree = reader.inside()
    reader.need("}")
    return tree


def digit_or_group(reader: "Reader") -> Tree:
    """What follows a command of two arguments: of \\binom83 each has one figure."""
    token = reader.tokens[reader.at] if reader.at < len(reader.tokens) else None
    if token is None or token.kind != "num" or not token.text.isdigit() or len(token.text) < 2:
        return group(reader)
    first, rest = token.text[0], token.text[1:]
    parts = [Token("num", first, token.spaced), Token("num", rest, False)]
    reader.tokens = [*reader.tokens[: reader.at], *parts, *reader.tokens[reader.at + 1 :]]
    return reader.single()


def conjugate(reader: "Reader") -> Tree | None:
    """The conjugate of the number that follows under a bar; None where it is none."""
    start, depth = reader.at, reader.depth
    try:
        tree = group(reader)
    except NotRead:
        reader.depth = depth
    else:
        if _is_complex(tree):
            return _conjugated(tree)
    reader.at = start
    return None


def _is_complex(tree: Tree) -> bool:
    """Whether it holds i, and all else in it is real."""
    holds = [tree == ("const", "i")]
    parts = [tree]
    while parts:
        part = parts.pop()
        if part[0] in ("root", "pow"):
            if part[1][0] == "num" and part[1][1] >= 0 and part[2][0] == "num":
                continue
            if part[0] == "root" or part[2][0] != "num" or part[2][1].denominator != 1:
                return False
        elif part[0] not in ("num", "const", "add", "mul", "neg", "div"):
            return False
        holds += [one == ("const", "i") for one in part[1:]]
        parts += [one for one in part[1:] if isinstance(one, tuple)]
    return any(holds)


def _conjugated(tree: Tree) -> Tree:
    if tree == ("const", "i"):
        return ("neg", tree)
    return tuple(_conjugated(part) if isinstance(part, tuple) else part for part in tree)


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
    """x, x_1, x_{max}, f(x), f', C_5^2"""
    if name in ("C", "A", "P") and (tree := indexed(reader, name)) is not None:
        return tree
    if reader.take("_"):
        name = f"{name}_{raw_group(reader)}"
    while reader.take("'"):
        name += "'"
    if name in ("C", "P") and reader.peek() == "(" and (tree := counted(reader, name)) is not None:
        return tree
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
