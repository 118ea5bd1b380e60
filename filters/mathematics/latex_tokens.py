"""The words of a formula: numerals, names and signs of LaTeX and of plain syntax."""

import re
from fractions import Fraction
from typing import NamedTuple


class NotRead(ValueError):
    """The text is no formula that is known here, or not as a whole."""


_FUNCTIONS = """
sin cos tan cot sec csc arcsin arccos arctan asin acos atan sinh cosh tanh ln lg log exp abs
floor ceil cbrt sqrt gcd lcm max min binom mod
"""
_GREEK = """
alpha beta gamma delta epsilon varepsilon zeta eta theta iota kappa lambda mu nu xi rho sigma
tau phi varphi chi psi omega Gamma Delta Theta Lambda Sigma Phi Psi Omega ell
"""
FUNCTIONS = frozenset(_FUNCTIONS.split())
GREEK = frozenset(_GREEK.split())

OPEN = {
    "(": ")", "[": "]", "{": "}", "\\{": "\\}", "\\lfloor": "\\rfloor", "\\lceil": "\\rceil",
    "\\lvert": "\\rvert", "\\lbrace": "\\rbrace",
}  # fmt: skip
"""Brackets, and what closes them."""


class Token(NamedTuple):
    """A numeral, a name (always with its backslash) or a sign."""

    kind: str  # num, word, char, begin (of a matrix)
    text: str
    spaced: bool
    """Whether space stands before it."""


_SPELLED = [*FUNCTIONS, "pi", "infinity", "infty", "oo", *(name for name in GREEK if len(name) > 3)]
_NAME = re.compile("|".join(sorted(_SPELLED, key=len, reverse=True)) + "|[A-Za-z]")
_NUMBER = r"(?:\d+(?:\.\d*)?|\.\d+)"
_PLAIN = re.compile(_NUMBER)
# The digits that repeat: a bar over them, a point over the first and the last, or in brackets.
_REPEATED = (
    r"\\(?:overline|bar) ?(?:\{\d{1,40}\}|\d)|"
    r"\\dot ?(?:\{\d\}|\d)(?:\d{0,40}\\dot ?(?:\{\d\}|\d))?|"
    r"(?<=\.)\(\d{1,40}\)"
)
_BEGIN = r"\\begin\{(?:[a-z]*matrix|array)\}(?:(?<=y\})\{[lcr| ]*\})?"
_TOKEN = re.compile(
    rf"(?P<space>[\s\u2009]+)|(?P<repeats>\d*\.\d*(?:{_REPEATED}))|"
    r"(?P<scientific>\d+(?:\.\d+)?E[-+]?\d{1,3})|"
    rf"(?P<grouped>[1-9]\d{{0,2}}(?:[,\u2009]\d{{3}})+(?!\d)(?:\.\d+)?)|(?P<num>{_NUMBER})|"
    rf"(?P<begin>{_BEGIN})|"
    r"(?P<char>\\[{}]|\*\*|\\\\|\\end\{[a-z]+\}|[-+*/^_!()\[\]{}|,=°%'&])|"
    r"\\(?P<word>[A-Za-z]+)|(?P<run>[A-Za-z]+)"
)


def tokens(text: str) -> list[Token]:
    """All of a text as tokens; NotRead where a character is none."""
    found: list[Token] = []
    at = depth = 0
    spaced = False
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise NotRead(f"what is {text[at : at + 10]!r}?")
        kind, said = token.lastgroup or "", token[0]
        if kind == "grouped" and depth and (token := _PLAIN.match(text, at)) is not None:
            said = token[0]  # max(1,234) has two arguments
        at += len(said)
        if kind == "space":
            spaced = True
            continue
        if kind == "run":
            found += _split(said, spaced)
        elif kind in ("word", "begin"):
            found.append(Token(kind, said, spaced))
        elif kind == "char":
            depth += (said in "([") - (said in ")]")
            found.append(Token("char", "^" if said == "**" else said, spaced))
        else:
            found.append(Token("num", said, spaced))
        spaced = False
    return found


def _split(run: str, spaced: bool) -> list[Token]:
    """Letters that stand together: names that are known, else a product of single letters."""
    names = _NAME.findall(run)
    if len(run) > 3 and all(len(name) == 1 for name in names) and list(run) != sorted(set(run)):
        raise NotRead(f"{run!r} is a word")
    return [
        Token("word", "\\" + name if len(name) > 1 else name, spaced and not n)
        for n, name in enumerate(names)
    ]


_REPEATS = re.compile(r"[\\(]")


def value_of(numeral: str) -> Fraction:
    """Exact value of a numeral: grouped, decimal, with repeating digits."""
    numeral = numeral.replace(",", "").replace("\u2009", "")
    numeral, _, power = numeral.partition("E")
    mark = _REPEATS.search(numeral)
    fixed = numeral[: mark.start()] if mark else numeral
    whole, _, places = fixed.partition(".")
    value = Fraction(int((whole or "0") + places), 10 ** len(places))
    if mark:
        digits = "".join(re.findall(r"\d", numeral[mark.start() :]))
        value += Fraction(int(digits), (10 ** len(digits) - 1) * 10 ** len(places))
    return value * Fraction(10) ** int(power or 0)


def mixed_at(found: list[Token], at: int) -> tuple[Fraction, int] | None:
    """Value and length of the 2\\frac{1}{3} or 2 1/3 that stands here."""
    words = [token.text for token in found[at : at + 8]]
    if words[1:3] == ["\\frac", "{"] and words[4:6] == ["}", "{"] and words[7:] == ["}"]:
        over, under, length = words[3], words[6], 8
    elif len(words) > 3 and words[2] == "/" and found[at + 1].spaced:
        over, under, length = words[1], words[3], 4
    else:
        return None
    if not all(map(str.isdigit, (words[0], over, under))) or not 0 < int(over) < int(under):
        return None  # 3 7/2 is no mixed number
    return int(words[0]) + Fraction(int(over), int(under)), length
