"""Formulas as trees: a small reader of the LaTeX and the plain syntax that answers are written in.

It reads the whole of a short text or nothing. A tree is a tuple, its kind and then its parts:
("num", Fraction), ("sym", name), ("const", "pi" | "e" | "i" | "oo"), ("add" | "mul" | "div" |
"pow", a, b), ("neg", a), ("root", a, n), ("fun", name, *arguments), ("call", name, *arguments),
and ("big", name, variable, low, high, body) for sums, products, integrals, limits, derivatives.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeAlias

from filters.mathematics.determinant import determinant, enclosed
from filters.mathematics.latex_counting import prefixed, written_between
from filters.mathematics.latex_names import product_of, word
from filters.mathematics.latex_tokens import OPEN, NotRead, Token, mixed_at, tokens, value_of

__all__ = ["LONGEST", "NotRead", "Reader", "Reading", "Tree", "read"]

LONGEST = 1_500
DEEPEST = 60
"""Nested brackets, powers and signs."""

Tree: TypeAlias = tuple[Any, ...]
Reading: TypeAlias = tuple[frozenset[str], Tree]

_TIMES = ("*", "\\cdot", "\\times", "\\ast")
_OVER = ("/", "\\div")
_MODULO = ("\\mod", "\\bmod")
_FUNCTION_OF = {"\\lfloor": "floor", "\\lceil": "ceil", "\\lvert": "abs"}
_SPLITS = {"\\choose": "binom", "\\over": "div"}
_NO_FACTOR = frozenset((*_TIMES, *_OVER, *_MODULO, *_SPLITS, *OPEN.values(), "\\end"))


@lru_cache(maxsize=1024)
def read(text: str) -> tuple[Reading, ...]:
    """All ways to read a canonical text, each with the conventions it needs; NotRead if none.

    Conventions: 1/2x is 1/2 x ("loose") or 1/(2x) ("tight"); log is natural ("ln") or "common".
    """
    if len(text) > LONGEST:
        raise NotRead("too long")
    words = tokens(text)
    first = Reader(words)
    tree = first.whole()
    if not first.forks:
        return ((frozenset(), tree),)
    found: list[Reading] = []
    for slash in ("loose", "tight") if "slash" in first.forks else ("",):
        for log in ("ln", "common") if "log" in first.forks else ("",):
            reader = Reader(words, slash == "tight", log == "common")
            found.append((frozenset((slash, log)) - {""}, reader.whole()))
    return tuple(found)


@dataclass
class Reader:
    """Recursive descent over the tokens; `forks` collects what could be read in two ways."""

    tokens: list[Token]
    tight: bool = False
    common: bool = False
    at: int = 0
    depth: int = 0
    bars: int = 0
    bound: set[str] = field(default_factory=set)
    forks: set[str] = field(default_factory=set)

    def whole(self) -> Tree:
        """The tree of all tokens."""
        tree = self.inside()
        if self.at < len(self.tokens):
            raise NotRead(f"a rest: {self.tokens[self.at].text!r}")
        return tree

    def peek(self, ahead: int = 0) -> str:
        """The text of a token to come, "" after the last."""
        at = self.at + ahead
        return self.tokens[at].text if at < len(self.tokens) else ""

    def take(self, *texts: str) -> str:
        """Step over the next token if it is one of these."""
        found = self.peek()
        if not found or found not in texts:
            return ""
        self.at += 1
        return found

    def need(self, text: str) -> None:
        """Step over the token that must be next."""
        if not self.take(text):
            raise NotRead(f"{text!r} is missing")

    def deeper(self) -> None:
        """One level down, if that is allowed."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise NotRead("too deep")

    # --- sums and products --------------------------------------------------------------------

    def inside(self) -> Tree:
        """All that may stand in brackets: a sum, a \\over b, n \\choose k."""
        tree = self.sum()
        if sign := self.take(*_SPLITS):
            under = self.sum()
            return ("div", tree, under) if sign == "\\over" else ("fun", "binom", tree, under)
        return tree

    def sum(self) -> Tree:
        """a + b - c"""
        self.deeper()
        terms = [self.product()]
        while sign := self.take("+", "-"):
            right = self.product()
            terms.append(("neg", right) if sign == "-" else right)
        self.depth -= 1
        return terms[0] if len(terms) == 1 else ("add", *terms)

    def product(self) -> Tree:
        """a * b / c, with or without signs between"""
        factors = [self.signed()]
        while True:
            if self.take(*_TIMES):
                factors.append(self.signed())
            elif self.take(*_OVER):
                is_first = len(factors) == 1 and factors[0][0] != "div"
                over = factors.pop() if is_first else ("num", Fraction(1))
                factors.append(("div", over, self.denominator()))
            elif self.take(*_MODULO):
                self.deeper()  # and never up again: a chain of them is deep
                factors = [("fun", "mod", product_of(factors), self.signed())]
            elif self.starts_factor():
                factors.append(self.power())
            else:
                return product_of(factors)

    def denominator(self) -> Tree:
        """What stands under a slash: in 1/2x it is not clear how far that goes."""
        factors = [self.signed()]
        while self.starts_factor():
            self.forks.add("slash")
            if not self.tight:
                break
            factors.append(self.power())
        return product_of(factors)

    def signed(self) -> Tree:
        """-a"""
        if sign := self.take("-", "+"):
            self.deeper()
            tree = self.signed()
            self.depth -= 1
            return ("neg", tree) if sign == "-" else tree
        return self.power()

    def starts_factor(self) -> bool:
        """Whether a factor follows without a sign. Two numerals in a row are no product."""
        if self.at >= len(self.tokens):
            return False
        token = self.tokens[self.at]
        if token.kind == "num":
            if token.spaced and self.peek(1) == "\\frac":
                return mixed_at(self.tokens, self.at) is not None
            return self.tokens[self.at - 1].kind != "num"
        if token.kind == "word":
            return token.text not in _NO_FACTOR
        if token.kind == "begin":
            return "vmatrix" in token.text
        return token.text in OPEN or (token.text == "|" and not self.bars)

    # --- powers, and what they are made of ----------------------------------------------------

    def power(self) -> Tree:
        """a^b, a!"""
        self.deeper()
        tree = self.postfixed(self.atom())
        if self.take("^"):
            tree = self.postfixed(("pow", tree, self.exponent()))
        self.depth -= 1
        return tree

    def postfixed(self, tree: Tree) -> Tree:
        """With the signs that stand after it: 5!, 30°, 20%"""
        for _ in range(2):
            sign = self.take("!", "°", "%")
            if not sign:
                break
            if sign == "°":
                tree = ("mul", tree, ("div", ("const", "pi"), ("num", Fraction(180))))
            elif sign == "%":
                tree = ("div", tree, ("num", Fraction(100)))
            elif self.take("!"):
                tree = ("fun", "factorial2", tree)
            else:
                tree = ("fun", "factorial", tree)
        return tree

    def exponent(self) -> Tree:
        """What is raised; 2^3^4 is read from the right."""
        self.deeper()
        if self.take("-"):
            tree: Tree = ("neg", self.exponent())
        else:
            tree = self.single()
            if self.take("^"):
                tree = ("pow", tree, self.exponent())
        self.depth -= 1
        return tree

    def atom(self) -> Tree:
        """A numeral, a name, or something in brackets."""
        if self.at >= len(self.tokens):
            raise NotRead("it ends early")
        token = self.tokens[self.at]
        if token.kind == "num":
            return self.numeral()
        self.at += 1
        if token.text in OPEN:
            if token.text == "{" and self.peek() == "}" and self.peek(1) in ("_", "^"):
                self.at += 1
                return prefixed(self)
            self.bars, outside = 0, self.bars
            tree = self.inside()
            self.need(OPEN[token.text])
            self.bars = outside
            name = _FUNCTION_OF.get(token.text)
            return ("fun", name, tree) if name else tree
        if token.kind == "begin" and "vmatrix" in token.text:
            return determinant(self)
        if (
            token.text == "|"
            and self.at < len(self.tokens)
            and self.tokens[self.at].kind == "begin"
        ):
            return enclosed(self, "|")
        if token.text in ("_", "^"):
            self.at -= 1
            return prefixed(self)
        if token.text == "|":
            self.bars += 1
            tree = self.sum()
            self.need("|")
            self.bars -= 1
            return ("fun", "abs", tree)
        if token.kind == "word":
            return word(self, token.text)
        raise NotRead(f"{token.text!r} is out of place")

    def single(self) -> Tree:
        """What stands unbraced after a sign or a command: 2^3\\frac12 holds no mixed number."""
        if self.at < len(self.tokens) and self.tokens[self.at].kind == "num":
            self.at += 1
            if self.peek() == "_":
                raise NotRead("a base")
            return ("num", value_of(self.tokens[self.at - 1].text))
        return self.atom()

    def numeral(self) -> Tree:
        """12, 1.5, 2 1/3, 5C2"""
        if (found := mixed_at(self.tokens, self.at)) is not None:
            self.at += found[1]
            return ("num", found[0])
        self.at += 1
        if self.peek() == "_":
            raise NotRead("a base")
        if self.peek() in ("C", "P") and (chosen := written_between(self)) is not None:
            return chosen
        return ("num", value_of(self.tokens[self.at - 1].text))
