"""Single words of another language: English discourse in other prose, letters of another alphabet.

"Wait" and "therefore" name nothing, so that one alone shows what language a chain slipped into. A
word that is spelled with look-alikes of another alphabet ("cаse" with a Cyrillic а) is of none.
"""

import re
from itertools import islice

import numpy as np

from filters.languages.names import SCRIPTS
from filters.languages.phrases import NOTATION
from generators.texts.scripts import NUMBERS, scripts

_MOST = 5_000
"""Words that are looked at in one text."""

# Capitals are acronyms: SO(3). What is a term elsewhere ("wait" of a semaphore, "now") shows by
# the comma behind it.
_ALONE = """[Bb]ut [Ss]o [Ww]e [Hh]mm+ [Oo]kay [Tt]herefore [Hh]owever [Bb]ecause [Aa]ctually
    [Mm]aybe [Pp]erhaps [Aa]lternatively [Hh]ence [Tt]hus [Aa]lthough [Tt]hough [Mm]oreover
    [Ff]urthermore [Aa]nyway [Ii]nstead [Yy]eah [Oo]ops"""
_LETTER = "A-Za-zÀ-ɏ"
_DISCOURSE = re.compile(
    rf"(?<![{_LETTER}0-9_./\\'’-])(?:(?:{'|'.join(_ALONE.split())})"
    r"|[Ll]et(?:['’]s| me| us)(?: see| check| think| verify)?"
    r"|Wait|(?:wait|[Ww]ell|[Nn]ow|[Aa]lright|[Oo]h)(?=\s?(?:[,，…!！]|\.\.)(?!\s?[A-Za-z])))"
    rf"(?![{_LETTER}0-9_('’-])(?!\s?[=+*/^<>|_])(?!\.[A-Za-z])"
)
_TITLE_BEFORE = re.compile(r"[A-Za-zÀ-ɏ] \Z")
_TITLE_BEHIND = re.compile(r" [A-Z][a-z]")

_MIXED = re.compile(r"[A-Za-zЀ-ӿο]+")
_LONGEST = 40
# Letters that look like one of the other alphabet.
_LOOK = {
    "Latin": frozenset("aceopxyijsABCEHKMOPTXYIJS"),
    "Cyrillic": frozenset("асеорхуіјѕАВСЕНКМОРТХУІЈЅ"),
    "Greek": frozenset("ο"),
}


def discourse(clean: str, target: str) -> list[tuple[int, int]]:
    """Where English discourse words stand in the prose of a language of another script."""
    if "Latin" in SCRIPTS[target]:
        return []
    is_latin = np.concatenate(([False], scripts(clean) == NUMBERS["Latin"], [False]))
    starts = np.flatnonzero(is_latin[1:] & ~is_latin[:-1])
    sizes = np.flatnonzero(is_latin[:-1] & ~is_latin[1:]) - starts
    places = starts[(sizes > 1) & (sizes <= _LONGEST)].tolist()
    found = filter(None, (_DISCOURSE.match(clean, place) for place in places))
    spans = (one.span() for one in islice(found, _MOST))
    return [span for span in spans if not _is_titled(clean, *span)]


def look_alikes(clean: str, target: str) -> list[tuple[int, int, str]]:
    """Words with letters of another alphabet in place of the target's own, and that alphabet."""
    own = SCRIPTS[target]
    if len(own) > 1 or not own & {"Latin", "Cyrillic"}:
        return []
    found: list[tuple[int, int, str]] = []
    last = 0
    for place in _meetings(clean):
        if place < last:
            continue
        start = place
        while start > max(last, place - _LONGEST) and _MIXED.match(clean[start - 1]):
            start -= 1
        word = _MIXED.match(clean, start)
        last = word.end() if word else place + 1
        if word and (script := _spelled(word[0], next(iter(own)))):
            found.append((start, last, script))
        if len(found) >= _MOST:
            break
    return found


def _meetings(clean: str) -> list[int]:
    """Where a Latin letter and one of another alphabet stand side by side."""
    told = scripts(clean)
    others = told == NUMBERS["Cyrillic"]
    if "ο" in clean:
        others |= told == NUMBERS["Greek"]
    if not others.any():
        return []
    latin = told == NUMBERS["Latin"]
    meets = (latin[:-1] & others[1:]) | (others[:-1] & latin[1:])
    return [int(place) for place in np.flatnonzero(meets)]


def _spelled(word: str, own: str) -> str:
    """The alphabet of the look-alikes in a word; "" where it is a symbol, or letters side by side.

    Both "sinх" and "n-й" are written: the letters around make a word without the look-alikes.
    """
    if not 3 <= len(word) <= _LONGEST or word.isupper():
        return ""
    of = ["Latin" if "A" <= c <= "z" else "Greek" if c == "ο" else "Cyrillic" for c in word]
    others = {script for script in of if script != own}
    rest = "".join(letter for letter, script in zip(word, of, strict=True) if script == own)
    if len(others) != 1 or len(rest) < 2 or rest.lower() in NOTATION:
        return ""
    other = others.pop()
    looks = (c in _LOOK[other] for c, script in zip(word, of, strict=True) if script == other)
    return other if all(looks) else ""


def _is_titled(text: str, start: int, end: int) -> bool:
    """Whether a capitalised word stands in a title, as in "So What" and "Here We Go"."""
    if not text[start].isupper():
        return False
    before = text[max(0, start - 2) : start]
    return bool(_TITLE_BEFORE.search(before) or _TITLE_BEHIND.match(text, end))
