"""The prose in which a language shows: also whole sentences inside a formula's text or backticks.

A word there is notation ("\\text{if}", `x`); a sentence is what the model thinks in. Fenced code
stays out.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from generators.texts.prose import REMEMBERED, code_blocks, prose

_SHORTEST = 7
"""Words of a sentence."""
_SHORTEST_UNSPACED = 12
"""Characters of one where words stand without spaces."""

_TEXT = "\\text"
_ARGUMENT = re.compile(r"(?:rm|bf|it|sf|normal)?\{([^{}]{12,2000})\}")
_TICKS = re.compile(r"`([^`\n]{1,1000})`")
_UNSPACED = re.compile(r"[\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0eff]")
_WORDS = re.compile(r"[^\W\d_]{2,}")
# Of code and of formulas: a sentence has none.
_CODE = re.compile(r"[=<>{}\[\]_|\\#*/+^~&%$@;()]")


@lru_cache(maxsize=REMEMBERED)
def spoken(text: str) -> str:
    """`prose`, with the sentences that stand in a formula's text or in backticks left in."""
    clean = prose(text)
    spans = [span for span in _masked(text) if _is_sentence(text[slice(*span)])]
    spans = [span for span in spans if not clean[slice(*span)].strip()]
    if not spans:
        return clean
    code = code_blocks(text)
    pieces, at = [], 0
    for start, end in sorted(spans):
        if start >= at and not any(block.start <= start < block.end for block in code):
            pieces += [clean[at:start], text[start:end]]
            at = end
    return "".join([*pieces, clean[at:]])


def _masked(text: str) -> Iterator[tuple[int, int]]:
    """Where the texts of formulas and what is in backticks stand."""
    at = text.find(_TEXT)
    while at >= 0:
        at += len(_TEXT)
        if found := _ARGUMENT.match(text, at):
            yield found.span(1)
        at = text.find(_TEXT, at)
    if "`" in text:
        yield from (found.span(1) for found in _TICKS.finditer(text))


def _is_sentence(piece: str) -> bool:
    if len(piece) < _SHORTEST_UNSPACED or _CODE.search(piece):
        return False
    if piece.isascii() or len(_UNSPACED.findall(piece)) < _SHORTEST_UNSPACED:
        return len(_WORDS.findall(piece)) >= _SHORTEST
    return True
