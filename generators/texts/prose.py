"""The prose of a text: code, mathematics and addresses are blanked out, and offsets stay.

A trace is half notation, and what counts words, sentences or languages must not read it. Each
pattern here stops at the next opening of its own kind, so that any text is read in linear time.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

REMEMBERED = 8
"""Texts whose prose is kept at hand: a sample's, for the next filter that asks for it."""


class Block(NamedTuple):
    """A fenced code block: where it stands (end exclusive), and whether it was closed."""

    start: int
    end: int
    is_closed: bool


@lru_cache(maxsize=REMEMBERED)
def prose(text: str) -> str:
    """The text with spaces for code, mathematics, URLs and e-mail addresses; newlines stay.

    The result is as long as the text. Code is fenced or in backticks, mathematics stands in
    dollars (as pandoc reads them: "$5 and $6" is money), \\(..\\), \\[..\\] and environments.
    Elsewhere the name of a LaTeX command is blanked and its argument stays. What is opened and
    never closed is prose, but for a fence, which goes on to the end (CommonMark 4.5).
    """
    if blocks := code_blocks(text):
        text = _blanked(text, ((start, end) for start, end, _ in blocks))
    if "[asy]" in text:
        text = _DRAWING.sub(_spaces, text)
    if "\\" in text or "$" in text or "`" in text:
        text = _NOTATION.sub(_spaces, text)
    if "://" in text or "www." in text:
        text = _URL.sub(_spaces, text)
    if "@" in text:
        text = _blanked(text, map(_address, _DOMAIN.finditer(text)))
    return text


@lru_cache(maxsize=REMEMBERED)
def code_blocks(text: str) -> tuple[Block, ...]:
    """The fenced code blocks of a text: fences begin their line, and one of text may be indented.

    A block ends at a line of as many backticks (or tildes) as opened it, or with the text.
    """
    # A search for one sign is ten times as fast as one for three.
    if not (("`" in text and "```" in text) or ("~" in text and "~~~" in text)):
        return ()
    blocks = []
    start, opening = 0, ""
    for fence in _FENCE.finditer(text):
        mark, rest = fence[1], fence[2]
        if not opening:
            # A line such as ```x``` is inline code.
            if mark[0] == "~" or "`" not in rest:
                start, opening = fence.start(), mark
        elif mark[0] == opening[0] and len(mark) >= len(opening) and not rest.strip():
            blocks.append(Block(start, fence.end(), True))
            opening = ""
    if opening:
        blocks.append(Block(start, len(text), False))
    return tuple(blocks)


_FENCE = re.compile(r"^[ \t]*+(`{3,}+|~{3,}+)([^\n]*+)", re.MULTILINE)
_DRAWING = re.compile(r"\[asy\][^\[]{0,20000}+(?:\[(?!/?asy\])[^\[]{0,20000}+){0,1000}\[/asy\]")

_ENVIRONMENTS = (
    "equation eqnarray align aligned alignat gather gathered multline split math displaymath "
    "array matrix pmatrix bmatrix Bmatrix vmatrix Vmatrix smallmatrix cases dcases rcases tabular "
    "verbatim lstlisting minted algorithmic tikzpicture asy"
)
# The one set of characters that all begin with, and a look back at which it was: what searches
# for a set is eight times as fast as what tries alternatives everywhere. Of each kind, the first
# alternatives read what is closed. The last takes an opening alone as read where it is not:
# searching goes on behind it. Repetitions are bounded, for each costs memory.
_NOTATION = re.compile(
    r"[`$\\](?:"
    r"(?<=`) (?: `(?!`)(?:[^`\n]|`(?!`)){1,500}``(?!`) | `*+[^`\n]{1,1000}+`++ | `*+ )"
    r"|(?<=\$) (?: \$[^$]{1,5000}+\$\$ | (?![\s$])[^$\n]{1,2000}+(?<!\s)\$(?!\d) | \$*+ )"
    r"| \( [^\\\n]{0,2000}+ (?:\\[^()\n][^\\\n]{0,2000}+){0,500} \\\)"
    r"| \[ [^\\]{0,2000}+ (?:\\[^\[\]][^\\]{0,2000}+){0,1000} \\\]"
    rf"| begin\{{({'|'.join(_ENVIRONMENTS.split())})\*?\}}"
    r"  [^\\]{0,5000}+ (?:\\(?!begin\{|end\{)[\s\S][^\\]{0,5000}+){0,1000} \\end\{\1\*?\}"
    r"| (?:begin|end)\{[A-Za-z]{1,20}+\*?\} | [A-Za-z]++ | .)",
    re.VERBOSE,
)
# Ends where Chinese goes on without a space.
_URL = re.compile(r"(?:https?|ftp)://[!-~]++|www\.[!-~]++")
_DOMAIN = re.compile(r"@[A-Za-z0-9-]{1,63}+(?:\.[A-Za-z0-9-]{1,63}+){1,8}")
_LOCAL = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._%+-"
_LONGEST_LOCAL = 64


def _address(domain: "re.Match[str]") -> tuple[int, int]:
    """Where the e-mail address that ends in this domain stands."""
    start = domain.start()
    before = domain.string[max(0, start - _LONGEST_LOCAL) : start]
    return start - len(before) + len(before.rstrip(_LOCAL)), domain.end()


def _spaces(found: "re.Match[str]") -> str:
    """As many spaces; newlines stay, and so does what opens nothing."""
    span = found[0]
    if span[0] in "$`" and not span.strip("$`"):
        return span
    return _blank(span)


def _blank(span: str) -> str:
    if "\n" not in span:
        return " " * len(span)
    return "\n".join(" " * len(line) for line in span.split("\n"))


def _blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    pieces, at = [], 0
    for start, end in spans:
        start = max(start, at)
        pieces += [text[at:start], _blank(text[start:end])]
        at = end
    return "".join([*pieces, text[at:]])
