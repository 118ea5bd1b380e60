"""The numbers and equations of a text, and whether another text has them too.

One text may say "3 times 4 is 12" and another 3 \\times 4 = 12: an equation is there where its
numbers and letters stand near each other. Linear in the texts, which models wrote.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from filters.mathematics.canonical import fold

NEAR = 48
"""Words and numbers in a block: the parts of an equation stand together in two neighbours."""
FREQUENT = 16
"""Blocks from which a part's bits are remembered; those of rare ones would fill the memory."""
SMALL = 10
"""Whole numbers up to this are counted and listed with, and prove no calculation by themselves."""

_TOKEN = re.compile(
    r"(?P<number>\d+(?:,\d{3}(?!\d))*(?:\.\d+)?|\.\d+)"
    r"|(?P<command>\\[A-Za-z]+)"
    r"|(?P<word>[^\W\d_]+(?:['’-][^\W\d_]+)*)"
    r"|(?P<relation>[=≈≠<>≤≥≡])"
    r"|(?P<sign>[-+*/^_(){}\[\]|%!√·×÷±°$\\&~:])"
    r"|(?P<end>[^\s\w])"
    r"|(?P<line>\n)"
)
_RELATIONS = frozenset(
    ("\\le", "\\leq", "\\ge", "\\geq", "\\lt", "\\gt", "\\ne", "\\neq", "\\approx", "\\equiv")
)
_NUMBERING = re.compile(
    r"^[ \t>*#]{0,8}(?:(?:step|case|part)[ \t]{1,4})?\(?\d{1,3}(?:[.):](?=\s|\*)|[、．])"
    r"|^[ \t>*#]{0,8}(?:step|case|part)[ \t]{1,4}\d{1,3}\b|第\s?\d{1,3}\s?[步种类部]",
    re.IGNORECASE | re.MULTILINE,
)
_GROUPED = re.compile(r"(?<=\d)(?:\{,\}|\\,|\\!|\u2009)(?=\d{3}(?!\d))")
# Folded to "." and ",", these would join the numbers that they keep apart.
_STOPS = str.maketrans(dict.fromkeys("。，；、．", " ; "))

_ONES = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9,
}  # fmt: skip
_SPELLED = {
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30,
    "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
    "hundred": 100,
}  # fmt: skip
_HAN = {digit: n for n, digit in enumerate("一二三四五六七八九", 1)} | {"两": 2}
_HAN_NUMBER = re.compile(
    "([一二两三四五六七八九])?十([一二三四五六七八九])?|[一二两三四五六七八九]"
)


@dataclass(frozen=True, slots=True)
class Equation:
    """Two sides and the relation between them."""

    parts: frozenset[str]
    """Its numbers, as decimals without trailing zeros, and its letters."""
    text: str


class Calculations:
    """Where the numbers and letters of a text stand, for asking what it has."""

    def __init__(self, text: str) -> None:
        self._blocks: dict[str, list[int]] = {}  # number or letter -> the blocks it stands in
        self._bits: dict[str, int] = {}
        for count, token in enumerate(_said(text)):
            block = count // NEAR
            for part in _readings(token):
                blocks = self._blocks.setdefault(part, [])
                if not blocks or blocks[-1] != block:
                    blocks.append(block)

    def has_number(self, number: str) -> bool:
        """Whether the number stands anywhere in the text, or as a percentage or its share."""
        return number in self._blocks or any(one in self._blocks for one in _moved(number))

    def has(self, equation: Equation) -> bool:
        """Whether all parts of the equation stand together somewhere: in a block and the next."""
        together = -1
        for part in equation.parts:
            at = self._at(part)
            together &= at | at << 1
        return bool(together)

    def _at(self, part: str) -> int:
        """The blocks of a part as bits, so that many equations are looked up in linear time."""
        if part in self._bits:
            return self._bits[part]
        blocks = self._blocks.get(part)
        if blocks is None:
            return 0
        bits = bytearray(blocks[-1] // 8 + 1)
        for block in blocks:
            bits[block >> 3] |= 1 << (block & 7)
        told = int.from_bytes(bits, "little")
        if len(blocks) > FREQUENT:
            self._bits[part] = told
        return told

    @property
    def numbers(self) -> frozenset[str]:
        """The numbers that are more than counting."""
        return frozenset(part for part in self._blocks if _is_large(part))


def numbers(text: str) -> Iterator[tuple[str, ...]]:
    """Each number that is more than counting, in every reading: 1,200 is one number or two.

    The numbers of a list are none.
    """
    for token in _said(_NUMBERING.sub(" ; ", text)):
        if token.lastgroup == "number":
            whole, *pieces = _readings(token)
            if _is_large(whole):
                yield (whole, *pieces)


def equations(text: str) -> Iterator[Equation]:
    """Each relation between numbers and letters, with both sides of it."""
    run: list[re.Match[str]] = []
    for token in _TOKEN.finditer(_one_spelling(_NUMBERING.sub(" ; ", text))):
        kind = token.lastgroup
        if kind in ("number", "command", "relation", "sign") or _is_letter(token):
            run.append(token)
            continue
        yield from _equation(run)
        run = []
    yield from _equation(run)


def _equation(run: list[re.Match[str]]) -> Iterator[Equation]:
    """Each relation of a run with what stands on its two sides, of a = b = c two equations."""
    sides: list[list[re.Match[str]]] = [[]]
    for one in run:
        if one.lastgroup == "relation" or one[0] in _RELATIONS:
            sides.append([])
        elif one.lastgroup == "number" or _is_letter(one):
            sides[-1].append(one)
    for left, right in pairwise(sides):
        # No more of a long side than what a reader has before him, and what can stand together.
        said = left[-NEAR // 2 :] + right[: NEAR // 2]
        if len(said) > 1:
            text = run[0].string[said[0].start() : said[-1].end()]
            yield Equation(frozenset(_readings(one)[0] for one in said), " ".join(text.split()))


def _said(text: str) -> Iterator[re.Match[str]]:
    """The numbers and words of a text; signs and commands of LaTeX count nothing."""
    for token in _TOKEN.finditer(_one_spelling(text)):
        if token.lastgroup in ("number", "word"):
            yield token


def _one_spelling(text: str) -> str:
    return _GROUPED.sub(",", fold(text.translate(_STOPS)))


def _is_letter(token: re.Match[str]) -> bool:
    return token.lastgroup == "word" and len(token[0]) == 1 and token[0].isascii()


def _readings(token: re.Match[str]) -> list[str]:
    """What a token may stand for in an equation: its number, its letter, a number in words."""
    text = token[0]
    if token.lastgroup == "number":
        pieces = [_plain(piece) for piece in text.split(",")] if "," in text else []
        return [_plain(text.replace(",", "")), *pieces]
    if token.lastgroup != "word":
        return []
    if len(text) == 1 and text.isascii():
        return [text]
    low = text.lower()
    tens, _, ones = low.partition("-")
    if ones in _ONES and tens in _SPELLED:
        return [str(_SPELLED[tens] + _ONES[ones])]
    if low in _SPELLED or low in _ONES:
        return [str(_SPELLED.get(low) or _ONES[low])]
    return [_han(found) for found in _HAN_NUMBER.finditer(text)]


def _han(found: re.Match[str]) -> str:
    if "十" not in found[0]:
        return str(_HAN[found[0]])
    return str(10 * (_HAN[found[1]] if found[1] else 1) + (_HAN[found[2]] if found[2] else 0))


def _plain(number: str) -> str:
    """A decimal without zeros that say nothing: 0.50 and .5 are one number."""
    whole, _, part = number.partition(".")
    whole, part = whole.lstrip("0") or "0", part.rstrip("0")
    return f"{whole}.{part}" if part else whole


def _moved(number: str) -> list[str]:
    """The number as its percentage and as the share it is a percentage of."""
    whole, _, part = number.partition(".")
    up = whole + part[:2].ljust(2, "0"), part[2:]
    down = whole[:-2], whole[-2:].rjust(2, "0") + part
    return [_plain(f"{whole}.{part}") for whole, part in (up, down)]


def _is_large(number: str) -> bool:
    """Whether a part is a number that nobody counts with."""
    if not number[0].isdigit():
        return False
    return len(number) > 2 or "." in number or int(number) > SMALL
