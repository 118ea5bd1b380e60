"""Sums, products, integrals, limits and derivatives in a formula, with the names that they bind."""

import re
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from filters.mathematics.latex_tokens import GREEK, NotRead, Token

if TYPE_CHECKING:
    from filters.mathematics.latex import Reader

Tree: TypeAlias = tuple[Any, ...]

_NOTHING: Tree = ("num", Fraction(0))
_ONE: Tree = ("num", Fraction(1))
_ORDER = r"(?: \^(?: (\d)| \{ (\d) \}))?"
_OPERATOR = re.compile(rf"\{{ (d|\\partial){_ORDER} \}} \{{ \1 (\\?[a-zA-Z]+){_ORDER} \}}(?: |$)")
_QUOTIENT = re.compile(
    rf"\{{ (d|\\partial){_ORDER} ([a-zA-Z]) \}} \{{ \1 (\\?[a-zA-Z]+){_ORDER} \}}(?: |$)"
)
_OF_BRACKET = re.compile(r"\{ (d|\\partial) [({\[\\].* \} \{ \1 \\?[a-zA-Z]+ \}")
LONGEST_OPERATOR = 40
"""Tokens."""


def derivative(reader: "Reader") -> Tree | None:
    """\\frac{d}{dx} body, \\frac{\\partial^2}{\\partial x^2} body; None for other fractions.

    \\frac{dy}{dx} is a name: what y is, is not said.
    """
    if reader.peek(1) not in ("d", "\\partial"):
        return None
    ahead = reader.tokens[reader.at : reader.at + LONGEST_OPERATOR]
    text = " ".join(token.text for token in ahead)
    if (found := _OPERATOR.match(text)) is not None:
        order, other = int(found[2] or found[3] or 1), int(found[5] or found[6] or 1)
        name = bound_name(found[4])
        if order != other or not 1 <= order <= 4:
            raise NotRead("no derivative")
        reader.at += found[0].rstrip().count(" ") + 1
        body = reader.product()
        for _ in range(order):
            body = ("big", "diff", name, _NOTHING, _NOTHING, body)
        return body
    if (found := _QUOTIENT.match(text)) is not None:
        reader.at += found[0].rstrip().count(" ") + 1
        return ("sym", found[0].replace(" ", ""))
    if _OF_BRACKET.match(text):
        raise NotRead("a derivative of what is in brackets")
    return None


def bound_name(text: str) -> str:
    """The name of a variable that is bound: a letter, Latin or Greek."""
    name = text.removeprefix("\\")
    if len(text) == 1 and text.isalpha():
        return text
    if name not in GREEK or name == text:
        raise NotRead("no variable")
    return name


def _bound(reader: "Reader") -> str:
    name = bound_name(reader.peek())
    reader.at += 1
    return name


def limit(reader: "Reader") -> Tree:
    """\\lim_{x \\to 0^+} body"""
    if not (reader.take("_") and reader.take("{")):
        raise NotRead("a limit of nothing")
    variable = _bound(reader)
    if not reader.take("\\to", "\\rightarrow"):
        raise NotRead("a limit to nothing")
    side, point = _NOTHING, _point(reader)
    for sign, value in (("+", 1), ("-", -1)):
        for marks in (("^", sign, "}"), ("^", "{", sign, "}", "}")):
            if tuple(map(reader.peek, range(len(marks)))) == marks:
                reader.at += len(marks) - 1
                side = ("num", Fraction(value))
    reader.need("}")
    reader.bound.add(variable)
    return ("big", "lim", variable, point, side, reader.product())


def _point(reader: "Reader") -> Tree:
    """Where a limit goes to; 0^+ is no power."""
    if reader.peek(1) == "^" and {reader.peek(2), reader.peek(3)} & {"+", "-"}:
        return reader.single()
    return reader.sum()


def big(reader: "Reader", name: str) -> Tree:
    """\\sum_{k=1}^{n} body, \\int_0^1 body dx"""
    variable, low, high = "", None, None
    for _ in range(2):
        if reader.take("_"):
            is_group = bool(reader.take("{"))
            if name != "int":
                variable = _bound(reader)
                reader.need("=")
            low = reader.sum() if is_group else reader.single()
            if is_group:
                reader.need("}")
        elif reader.take("^"):
            high = reader.exponent()
    if low is None or high is None or not (variable or name == "int"):
        raise NotRead("without bounds")
    if name == "int":
        variable, body = _integrand(reader)
        return ("big", name, variable, low, high, body)
    reader.bound.add(variable)
    return ("big", name, variable, low, high, reader.product())


def _integrand(reader: "Reader") -> tuple[str, Tree]:
    """The variable of an integral and what is integrated: x dx, \\frac{dx}{x}."""
    at, depth = _differential(reader)
    found, name = reader.tokens, bound_name(reader.tokens[at + 1].text)
    reader.bound.add(name)
    if depth:
        alone = found[at - 1].text == "{" and found[at + 2 : at + 3] == [Token("char", "}", False)]
        filler = [Token("num", "1", False)] if alone else []
        reader.tokens = [*found[:at], *filler, *found[at + 2 :]]
        return name, reader.product()
    if at == reader.at:
        reader.at += 2
        return name, _ONE
    inner = replace(reader, tokens=found[reader.at : at], at=0)
    body = inner.sum()
    if inner.at < len(inner.tokens):
        raise NotRead("no integrand")
    reader.at = at + 2
    return name, body


def _differential(reader: "Reader") -> tuple[int, int]:
    """Where the dx of this integral stands, and in how many brackets."""
    integrals, depth = 1, 0
    for at in range(reader.at, len(reader.tokens) - 1):
        token, after = reader.tokens[at], reader.tokens[at + 1]
        depth += (token.text in ("(", "[", "{")) - (token.text in (")", "]", "}"))
        if token.text == "\\int":
            integrals += 1
        elif token.text == "d" and after.kind == "word" and not after.spaced:
            integrals -= 1
            if not integrals:
                return at, depth
        if depth < 0:
            break
    raise NotRead("no dx")
