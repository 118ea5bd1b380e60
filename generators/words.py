"""Words of a text as numbers: split and hashed once, and shared by all filters that compare words.

A word is a run of letters and digits, folded: case, accents, full width and other typography aside.
Han characters and kana are words of their own, since nothing stands between them. Spacing
commands and size prefixes of LaTeX (\\, \\left \\dfrac) are no words, so that a formula that
was typeset again has the words it had. Hashes are fixed: the same in every process and run.
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
Offsets = npt.NDArray[np.int64]

REMEMBERED = 8
"""Texts whose words are kept at hand: a sample's, for the next filter that asks for them."""

_NOTHING, _WORD, _ALONE, _OPERATOR, _IGNORED = range(5)
_OPERATORS = "+-*/=<>^%|!"
_SEED = 0x9E3779B97F4A7C15
# Odd, so that no power of it is 0.
_BASE = np.uint64(0xD6E8FEB86659FD93)
_INVERSE = np.uint64(pow(0xD6E8FEB86659FD93, -1, 1 << 64))


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one text, in order, and where they stand in it (characters, end exclusive)."""

    hashes: Hashes
    starts: Offsets
    ends: Offsets
    operators: npt.NDArray[np.bool_]
    """Which of them are signs such as + and =: no words, but two problems may differ in one."""

    def __len__(self) -> int:
        return len(self.hashes)


@lru_cache(maxsize=REMEMBERED)
def signs(text: str) -> Words:
    """Words and operators of a text: "2 + 3" and "2 - 3" are different."""
    codes, kinds = _read(text)
    where: Offsets | None = None
    if (ignored := kinds == _IGNORED).any():
        where = np.flatnonzero(~ignored)
        codes, kinds = codes[where], kinds[where]
    inside = kinds == _WORD
    goes_on = np.zeros(len(codes), np.bool_)
    np.logical_and(inside[1:], inside[:-1], out=goes_on[1:])
    starts = np.flatnonzero((kinds != _NOTHING) & ~goes_on)
    if not len(starts):
        return Words(np.empty(0, np.uint64), starts, starts, np.empty(0, np.bool_))
    ends = _ends(inside, starts)
    hashes = _hash(codes, kinds != _NOTHING, starts)
    if where is not None:
        told = _words(hashes, where[starts], where[ends - 1] + 1, kinds[starts])
    else:
        told = _words(hashes, starts, ends, kinds[starts])
    return _without_typesetting(told)


@lru_cache(maxsize=REMEMBERED)
def words(text: str) -> Words:
    """Words of a text without the operators, which comparing across typography leaves out."""
    told = signs(text)
    return _some(told, ~told.operators) if told.operators.any() else told


def grams(hashes: Hashes, n: int) -> Hashes:
    """A hash for each run of `n` words, by where it starts; none where there are fewer words."""
    if n < 1:
        raise ValueError("n is at least 1")
    if len(hashes) < n:
        return np.empty(0, np.uint64)
    # By doubling: a run of 2k words is one of k words, moved up, and the one behind it.
    rolled, length = hashes, 1
    for bit in bin(n)[3:]:
        rolled = rolled[:-length] * np.uint64(pow(int(_BASE), length, 1 << 64)) + rolled[length:]
        length *= 2
        if bit == "1":
            rolled = rolled[:-1] * _BASE + hashes[length:]
            length += 1
    return mixed(rolled)


def mixed(values: Hashes) -> Hashes:
    """Each value spread over all 64 bits (splitmix64's last steps)."""
    values = values ^ (values >> np.uint64(30))
    values *= np.uint64(0xBF58476D1CE4E5B9)
    values ^= values >> np.uint64(27)
    values *= np.uint64(0x94D049BB133111EB)
    values ^= values >> np.uint64(31)
    return values


def _read(text: str) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint8]]:
    """Folded code points, and what each of them is."""
    if text.isascii():
        read = np.frombuffer(text.encode("ascii"), np.uint8)
        return _ASCII[0][read], _ASCII[1][read]
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    folded, kinds = _planes()
    inside = np.minimum(points, len(folded) - 1)
    beyond = points >= len(folded)
    if not beyond.any():
        return folded[points], kinds[points]
    # Beyond the first plane: rare Han as words of their own, all else part of words.
    han = beyond & (points >= 0x20000) & (points < 0x33480)
    pictures = beyond & (points >= 0x1F000) & (points < 0x1FB00)
    kinds = np.where(beyond, np.where(han, _ALONE, _WORD), kinds[inside]).astype(np.uint8)
    kinds[pictures] = _NOTHING
    styled = beyond & (points >= 0x1D400) & (points < 0x1D800)
    folded = np.where(beyond, points, folded[inside])
    for place in np.flatnonzero(styled):
        folded[place] = _folded(chr(points[place]))
    return folded, kinds


def _ends(inside: npt.NDArray[np.bool_], starts: Offsets) -> Offsets:
    """Where each word ends: a run of letters at its last one, anything else after itself."""
    stops = np.flatnonzero(inside & ~np.append(inside[1:], False)) + 1
    ends = starts + 1
    runs = inside[starts]
    ends[runs] = stops
    return ends


def _hash(codes: npt.NDArray[np.uint32], heard: npt.NDArray[np.bool_], starts: Offsets) -> Hashes:
    """A polynomial of the letters of each word; those that are not `heard` count nothing."""
    powers, inverses = _powers(len(codes))
    letters = codes.astype(np.uint64)
    letters += np.uint64(_SEED)
    letters *= heard
    letters *= powers[: len(codes)]
    sums = np.add.reduceat(letters, starts)
    sums *= inverses[starts]  # so that it does not matter where the word stands
    return mixed(sums)


_held = np.ones((2, 1), np.uint64)


def _powers(count: int) -> tuple[Hashes, Hashes]:
    """Powers of the base and of its inverse, at least that many."""
    global _held
    if _held.shape[1] >= count:
        return _held[0], _held[1]
    made = np.ones((2, max(1 << 15, count)), np.uint64)
    made[0, 1:] = _BASE
    made[1, 1:] = _INVERSE
    np.cumprod(made, axis=1, out=made)
    if made.shape[1] <= 1 << 20:  # those for a text of megabytes are not worth keeping
        _held = made
    return made[0], made[1]


def _words(hashes: Hashes, starts: Offsets, ends: Offsets, kinds: npt.NDArray[np.uint8]) -> Words:
    return Words(hashes, starts, ends, kinds == _OPERATOR)


def _some(told: Words, which: npt.NDArray[np.bool_]) -> Words:
    return Words(told.hashes[which], told.starts[which], told.ends[which], told.operators[which])


def _folded(letter: str) -> int:
    """The code point that stands for a letter: lower case, without accents and typography."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", letter).casefold())
    if len(plain) == 1 and ord(plain) < 0x3000:
        parts = unicodedata.normalize("NFD", plain)
        plain = parts[0] if all(map(unicodedata.combining, parts[1:])) else plain
    return ord(plain) if len(plain) == 1 else ord(letter)


def _kind(point: int) -> int:
    letter = chr(point)
    category = unicodedata.category(letter)
    if letter in _OPERATORS or chr(_folded(letter)) in _OPERATORS or letter in "−×÷·≤≥≠":
        return _OPERATOR
    if category in ("Me", "Cf") or (category == "Mn" and point < 0x900):
        return _IGNORED  # accents and points; the vowel signs of Indic scripts are letters
    # Han, kana, and superscripts: x² has the words of x^2.
    if 0x3040 <= point <= 0x30FF or 0x3400 <= point <= 0x9FFF or 0xF900 <= point <= 0xFAFF:
        return _ALONE if category[0] == "L" else _NOTHING
    if category == "No":
        return _ALONE
    return _WORD if category[0] in "LNM" else _NOTHING


_ASCII = (
    np.array([_folded(chr(point)) for point in range(128)], np.uint32),
    np.array([_kind(point) for point in range(128)], np.uint8),
)


@lru_cache(maxsize=1)
def _planes() -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint8]]:
    points = range(0x10000)
    folded = [point if 0xD800 <= point < 0xE000 else _folded(chr(point)) for point in points]
    for sign, plain in zip("−×÷·≤≥≠", "-*/*<>=", strict=True):
        folded[ord(sign)] = ord(plain)
    return np.array(folded, np.uint32), np.array([_kind(p) for p in points], np.uint8)


# What LaTeX writes around things to set them, and nobody reads as a word.
_TYPESETTING = (
    "left right quad qquad displaystyle textstyle text textbf textit textrm mathrm mathbf mathit "
    "mathsf mbox operatorname limits nolimits big bigl bigr biggl biggr"
)
_SAME = {"dfrac": "frac", "tfrac": "frac", "cfrac": "frac", "dbinom": "binom", "tbinom": "binom"}


def _of(told: str) -> Hashes:
    codes, kinds = _read(told)
    heard = kinds == _WORD
    return _hash(codes, heard, np.flatnonzero(heard & ~np.append(False, heard[:-1])))


_DROPPED = np.sort(_of(_TYPESETTING))
_FROM, _TO = _of(" ".join(_SAME)), _of(" ".join(_SAME.values()))


# By the first bits of a hash: nearly all words are told by one look to be none of these.
_SOME = np.zeros(1 << 16, np.bool_)
_SOME[np.concatenate((_DROPPED, _FROM)) >> np.uint64(48)] = True


def _without_typesetting(told: Words) -> Words:
    hashes = told.hashes
    at = np.flatnonzero(_SOME[hashes >> np.uint64(48)])
    if not len(at):
        return told
    some = hashes[at]
    for old, new in zip(_FROM, _TO, strict=True):
        hashes[at[some == old]] = new
    dropped = at[np.isin(some, _DROPPED)]
    if not len(dropped):
        return told
    kept = np.ones(len(hashes), np.bool_)
    kept[dropped] = False
    return _some(told, kept)
