"""Plain equations in running text: where one stands, its sides, and what stands around it.

Only numbers, signs and brackets are read. A side that goes on in a letter, an index or an unknown
command is none: better no claim than a wrong one.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from filters.equations.edges import begins_item, closing, opening
from filters.equations.spelled import respelled

FARTHEST = 300
"""Characters an equation may reach to the left of its first sign of equality."""
LONGEST = 4000
"""Characters it may reach to the right: what is longer is no equation that people write."""

# What sides are made of: no line breaks but before the next sign of equality.
_NAMES = (
    "frac dfrac tfrac cfrac binom dbinom tbinom sqrt times cdot ast div left right boxed circ "
    "displaystyle quad"
)
_SIGNS = r"0-9.,+\-−*/×÷·⋅∙•^(){}\[\]%!√°⁰¹²³⁴⁵⁶⁷⁸⁹⁻ \t\xa0\u202f$£€¥￥&…"
_COMMAND = rf"\\(?:{'|'.join(_NAMES.split())}|approx)(?![A-Za-z])|\\[,;:!% $()]"
_BREAK = r"(?:\\\\|\r?\n)[ \t&$]*(?:\r?\n[ \t&$]*)?(?=[=≈]|\\approx)"
_TIMES = r"(?:(?<=\d)x(?=\d)|(?<=\d )x(?= \d))"
_AHEAD = re.compile(rf"(?:[{_SIGNS}=≈]+|{_COMMAND}|{_BREAK}|{_TIMES}|sqrt(?=\())+")
# The same backwards.
_DNAMMOC = "|".join(name[::-1] for name in _NAMES.split())
_BEHIND = re.compile(
    rf"[ \t&$]*(?:(?:\n\r?|\\\\)[ \t&$]*)?(?:\n\r?[ \t&$]*)?"
    rf"(?:[{_SIGNS}\\]+|(?:{_DNAMMOC})\\|{_TIMES}|(?<=\()trqs)*"
)
_EQUAL = re.compile(r"=|≈|\\approx(?![A-Za-z])")
_SIGN = re.compile(rf"({_EQUAL.pattern})")
_BRACKET = re.compile(r"[()\[\]]")
# Sides that say more than a number have one of these.
_WORKED = re.compile(r"[-+−*/×÷·⋅∙•^!√⁰¹²³⁴⁵⁶⁷⁸⁹\\]|\d ?[x(]|\) ?\(|sqrt")
# A sign of equality with the end of a number on its left and the beginning of one on its right.
_END = r"0-9)}\]%!⁰¹²³⁴⁵⁶⁷⁸⁹°$£€¥￥*\\&.…"
_ENDS, _BROKEN = rf"[{_END}\s]", rf"[{_END}\t\r\n\xa0\u202f]"
_BEGINS = (
    r"(?=[\s$£€¥￥&({\[*\\]{0,12}(?:[-−+√.\d]"
    r"|\\(?:[dtc]?frac|[dt]?binom|sqrt|boxed|left)(?![A-Za-z])|sqrt\())"
)
_BETWEEN_EQUALS = re.compile(
    rf"=(?:(?<={_BROKEN}=)|(?<={_ENDS} =)|(?<=circ =)|(?<=circ=)){_BEGINS}"
)
# A set of first characters is searched faster than alternatives.
_BETWEEN = re.compile(
    rf"[=≈\\](?:(?<={_BROKEN}[=≈])|(?<={_ENDS} [=≈])|(?<=circ [=≈])|(?<=circ[=≈])"
    rf"|(?<=\\)approx(?:(?<={_BROKEN}\\approx)|(?<={_ENDS} \\approx))){_BEGINS}"
)
# x2, a_2, x^2: what stands right at a name is part of it.
_NAMED = re.compile(r"[A-Za-zͰ-Ͽ_'|][^\s$\\]")
_DIGIT = re.compile(r"\d")
# Marks of LaTeX and of money that do not end a side.
_INSIDE = re.compile(
    r"(?<=[=≈+\-*/×(])\$(?=\d)|(?<=[=≈+\-*/×(] )\$(?=\d)|\$(?=\s*[=≈])|\\\$"
    rf"|{_BREAK}"
    r"|(?<=[=≈])\\\(|(?<=[=≈] )\\\(|\\\)(?=\s*[=≈])|&(?=[=≈])|(?<=[=≈])&"
)
_CUT = re.compile(
    r"[.,\-$\\&!=/(](?:"
    r"(?<=\.)(?<!\.\.)(?!\.)(?=[\s$)\\*]|\Z)|(?<=,)(?<!\\,)(?=[\s$]|\Z)|(?<=-)-+|(?<=[$&])"
    r"|(?<=\\)[()\[\]\\]|(?<=[!=/])=+|(?<==)/="
    # A parenthesis with an equation of its own: 12 (3 * 4 = 12).
    r"|(?<= \()(?=(?:[^()=≈]|\([^()=≈]{0,99}\))*[=≈]))"
)
_MARKER = re.compile(r"\s*(?:[-•] +|\*\*(?=[\d(])|\(?\d{1,3}\) +)(?=[\d(\\√.\-*])")
_STAR = re.compile(r"\s*\* +(?=[\d(\\√.\-])")
_STARS = re.compile(r"\A *\*{2,3}|(?<=[\d)}!%])\*{1,3} *\Z")
_BEGUN = re.compile(r"\\begin\{[A-Za-z]{1,20}\*?(?:\}\{[lcr|]{0,9})?\Z")


class Chain(NamedTuple):
    """Sides that a text says are equal: a = b = c."""

    start: int
    end: int
    sides: tuple[str, ...]
    """"" where a side is not made of numbers alone."""
    relations: str
    """One sign between each two sides: = or ≈."""
    is_loose: bool
    """Whether prose stands right before the first side, which may belong to it."""


def chains(text: str) -> Iterator[Chain]:
    """Every run of equations in which something is worked out, in order. Linear in the text."""
    text = respelled(text)
    done = 0
    # A search that begins with one sign is many times as fast.
    rough = "≈" in text or "\\approx" in text
    for found in (_BETWEEN if rough else _BETWEEN_EQUALS).finditer(text):
        at, behind_it = found.span()
        if at < done:
            continue
        ahead = _AHEAD.match(text, at, at + LONGEST)
        assert ahead is not None
        window = text[max(done, at - FARTHEST) : at][::-1]
        done = ahead.end()
        behind = _BEHIND.match(window)
        assert behind is not None
        start = at - behind.end()
        if not _WORKED.search(text, start, done):
            continue  # as most are: f(2) = 5
        is_named = not _DIGIT.search(text, start, at) or (
            _NAMED.match(text, start - 1) and not _CUT.search(text, start, at)
        )
        if is_named and not _EQUAL.search(text, behind_it, done):
            continue  # x^2 = 5
        if behind.end() < FARTHEST and done < at + LONGEST:
            yield from _parts(text, start, done)


def _parts(text: str, start: int, end: int) -> Iterator[Chain]:
    """The equations of a run, which commas, full stops and dollar signs part."""
    run = text[start:end]
    if "$" in run or "\\" in run or "&" in run:
        run = _INSIDE.sub(lambda found: " " * len(found[0]), run)
    begin = 0
    while cut := _CUT.search(run, begin):
        part = run[begin : cut.start()]
        if ("=" in part or _EQUAL.search(part)) and (
            chain := _chain(text, start, begin, part, begin == 0, False)
        ):
            yield chain
        begin = cut.end()
    part = run[begin:]
    if ("=" in part or _EQUAL.search(part)) and (
        chain := _chain(text, start, begin, part, begin == 0, True)
    ):
        yield chain


def _chain(
    text: str, start: int, begin: int, part: str, is_first: bool, is_last: bool
) -> Chain | None:
    pieces = _SIGN.split(part)
    sides = pieces[::2]
    if len([side for side in sides if _DIGIT.search(side)]) < 2:
        return None
    how = opening(text, start + begin, sides[0]) if is_first else "hard"
    marker = _MARKER.match(sides[0]) if how == "hard" else None
    if how == "hard" and not marker and is_first and begins_item(text, start + begin, sides[0]):
        marker = _STAR.match(sides[0])
    if marker:
        sides[0] = sides[0][marker.end() :]
    if sides[0].lstrip()[:2] == "**":
        sides[0] = sides[0].replace("**", "", 1)
    first = sides[0].lstrip()
    if first[:1] == "}" and _BEGUN.search(text, max(0, start - 40), start):
        sides[0] = first = first[1:].lstrip()
        how = "hard"
    if not how or first[:1] in "+*/^" or (how == "soft" and first[:2] in ("- ", "− ")):
        sides[0] = ""
    if is_last and not closing(text, start + begin + len(part), sides[-1]):
        sides[-1] = ""
    elif is_last:
        sides[-1] = sides[-1].removesuffix(" (")
    sides = [side.strip() for side in sides]
    if "*" in part:
        sides = [
            _STARS.sub("", side).strip() if side[:1] == "*" or side[-1:] == "*" else side
            for side in sides
        ]
    if _BRACKET.search(part):
        sides[0], sides[-1] = _unbracketed(sides[0], "("), _unbracketed(sides[-1], ")")
    read = [number for number, side in enumerate(sides) if side]
    if len(read) < 2:
        return None
    one, last = read[0], read[-1]
    before, until = "".join(pieces[: 2 * one]), "".join(pieces[: 2 * last + 1])
    skipped = marker.end() if marker and one == 0 else 0
    opens = pieces[2 * one][skipped:]
    return Chain(
        start + begin + len(before) + skipped + len(opens) - len(opens.lstrip()),
        start + begin + len(until.rstrip()),
        tuple(sides[one : last + 1]),
        "".join(["=" if sign == "=" else "≈" for sign in pieces[2 * one + 1 : 2 * last : 2]]),
        how == "soft" and one == 0,
    )


def _unbracketed(side: str, bracket: str) -> str:
    """Without brackets at its edge whose partners stand outside the equation."""
    over = side.count("(") + side.count("[") - side.count(")") - side.count("]")
    if bracket == "(":
        while over > 0 and side[:1] in ("(", "["):
            side, over = side[1:].lstrip(), over - 1
    else:
        while over < 0 and side[-1:] in (")", "]"):
            side, over = side[:-1].rstrip(), over + 1
    return side
