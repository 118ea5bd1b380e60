"""Scripts of a text: which letters are Latin, Han or Cyrillic, and where the script changes.

Letters that stand for something else than words are of no script: mathematical alphabets, phonetic
signs, ohm and micro, emoji. One look-up per character; a text in ASCII has Latin letters only.
"""

import unicodedata
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Scripts = npt.NDArray[np.uint8]
Places = npt.NDArray[np.bool_]

REMEMBERED = 8
"""Texts whose scripts are kept at hand: a sample's, for whoever asks next."""

# Blocks of Unicode 15 (unicode.org/Public/15.0.0/ucd/Blocks.txt) in which a script has letters.
_BLOCKS: dict[str, tuple[tuple[int, int], ...]] = {
    "Latin": (
        *((0x41, 0x5A), (0x61, 0x7A), (0xC0, 0x24F), (0x1E00, 0x1EFF), (0x2C60, 0x2C7F)),
        *((0xA720, 0xA7FF), (0xFB00, 0xFB06), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A)),
    ),
    "Greek": ((0x370, 0x3FF), (0x1F00, 0x1FFF)),
    "Cyrillic": ((0x400, 0x52F), (0x1C80, 0x1C8F), (0x2DE0, 0x2DFF), (0xA640, 0xA69F)),
    "Armenian": ((0x530, 0x58F), (0xFB13, 0xFB17)),
    "Hebrew": ((0x590, 0x5FF), (0xFB1D, 0xFB4F)),
    "Arabic": ((0x600, 0x6FF), (0x750, 0x77F), (0x870, 0x8FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFE)),
    "Devanagari": ((0x900, 0x97F), (0xA8E0, 0xA8FF)),
    "Bengali": ((0x980, 0x9FF),),
    "Gurmukhi": ((0xA00, 0xA7F),),
    "Gujarati": ((0xA80, 0xAFF),),
    "Odia": ((0xB00, 0xB7F),),
    "Tamil": ((0xB80, 0xBFF),),
    "Telugu": ((0xC00, 0xC7F),),
    "Kannada": ((0xC80, 0xCFF),),
    "Malayalam": ((0xD00, 0xD7F),),
    "Sinhala": ((0xD80, 0xDFF),),
    "Thai": ((0xE00, 0xE7F),),
    "Lao": ((0xE80, 0xEFF),),
    "Tibetan": ((0xF00, 0xFFF),),
    "Burmese": ((0x1000, 0x109F), (0xA9E0, 0xA9FF), (0xAA60, 0xAA7F)),
    "Georgian": ((0x10A0, 0x10FF), (0x1C90, 0x1CBF), (0x2D00, 0x2D2F)),
    "Ethiopic": ((0x1200, 0x139F), (0x2D80, 0x2DDF), (0xAB00, 0xAB2F)),
    "Khmer": ((0x1780, 0x17FF),),
    "Mongolian": ((0x1800, 0x18AF),),
    "Hangul": ((0x1100, 0x11FF), (0x3130, 0x318F), (0xA960, 0xA97F), (0xAC00, 0xD7FF)),
    "Han": (
        (0x3005, 0x3007),
        (0x3100, 0x312F),
        (0x3400, 0x4DBF),
        (0x4E00, 0x9FFF),
        (0xF900, 0xFAFF),
    ),
    "kana": ((0x3041, 0x309F), (0x30A1, 0x30FF), (0x31F0, 0x31FF), (0xFF66, 0xFF9F)),
}
# Letters by their category, but signs by their use: phonetic and modifier letters, superscripts,
# letter-like symbols, variation selectors.
_SIGNS = ((0x80, 0xBF), (0x250, 0x36F), (0x1D00, 0x1DFF), (0x2070, 0x214F), (0xFE00, 0xFE2F))
_RARE_HAN = (0x20000, 0x33480)

NONE = 0
OTHER = "another script"
NAMES: tuple[str, ...] = ("", *_BLOCKS, OTHER)
"""Of the scripts, by number; 0 is what is no letter of a word."""
NUMBERS = {name: number for number, name in enumerate(NAMES)}
_STOP = 255
_ASCII = bytes(NUMBERS["Latin"] if chr(point).isalpha() else NONE for point in range(128)) + bytes(
    128
)


class Runs(NamedTuple):
    """Stretches of letters of one script with no letter of another between them."""

    scripts: Scripts
    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    """Behind the last letter of each."""


@lru_cache(maxsize=REMEMBERED)
def scripts(text: str) -> Scripts:
    """The script of each character of a text, as a number: `NAMES[number]`."""
    if text.isascii():
        told = np.frombuffer(text.encode("ascii").translate(_ASCII), np.uint8)
    else:
        points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        told = _table()[np.minimum(points, 0xFFFF)]
        if (beyond := points > 0xFFFF).any():
            han = (points >= _RARE_HAN[0]) & (points < _RARE_HAN[1])
            told[beyond] = np.where(han, NUMBERS["Han"], NONE)[beyond]
    told.flags.writeable = False
    return told


def letters_of(told: Scripts, names: frozenset[str] | set[str]) -> Places:
    """Which characters are of these scripts."""
    found = np.zeros(len(told), np.bool_)
    for name in names:
        found |= told == NUMBERS[name]
    return found


def counts(text: str) -> dict[str, int]:
    """How many letters each script has in a text, most first."""
    told = np.bincount(scripts(text), minlength=len(NAMES)).tolist()
    order = sorted(range(1, len(NAMES)), key=lambda number: -told[number])
    return {NAMES[number]: told[number] for number in order if told[number]}


def runs(text: str, ended_by: Places | None = None) -> Runs:
    """The runs of a text, in order: a run ends where a letter of another script stands.

    So it does at the characters, other than letters, for which `ended_by` is true.
    """
    told = scripts(text)
    if ended_by is not None:
        told = np.where(ended_by & (told == NONE), np.uint8(_STOP), told)
    letters = np.flatnonzero(told)
    of = told[letters]
    is_first = np.append(True, of[1:] != of[:-1])[: len(of)]
    is_last = np.append(of[1:] != of[:-1], True)[: len(of)]
    found = of[is_first] != _STOP
    return Runs(of[is_first][found], letters[is_first][found], letters[is_last][found] + 1)


@lru_cache(maxsize=1)
def _table() -> Scripts:
    """The script of each character of the first plane."""
    kinds = [unicodedata.category(chr(point)) for point in range(0x10000)]
    letters = np.array([kind[0] in "LM" for kind in kinds])
    # Modifier letters are part of words (ー, 々) in the scripts that are known here only.
    alone = np.array([kind == "Lm" for kind in kinds])
    table = np.where(letters & ~alone, NUMBERS[OTHER], NONE).astype(np.uint8)
    for name, blocks in _BLOCKS.items():
        for first, last in blocks:
            block = slice(first, last + 1)
            table[block] = np.where(letters[block], NUMBERS[name], NONE)
    for first, last in _SIGNS:
        table[first : last + 1] = NONE
    return table
