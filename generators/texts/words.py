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
Codes = npt.NDArray[np.unsignedinteger]
Flags = npt.NDArray[np.bool_]

REMEMBERED = 8
"""Texts whose words are kept at hand: a sample's, for the next filter that asks for them."""

# What a character is, so ordered that what stands for itself is the last.
_NOTHING, _IGNORED, _OPERATOR, _ALONE, _WORD = range(5)
_OPERATORS = "+-*/=<>^%|!"
_SEED = 0x9E3779B97F4A7C15
# Odd, so that no power of it is 0.
_BASE = np.uint64(0xD6E8FEB86659FD93)
_INVERSE = np.uint64(pow(0xD6E8FEB86659FD93, -1, 1 << 64))
_MIXING = (
    (np.uint64(30), np.uint64(0xBF58476D1CE4E5B9)),
    (np.uint64(27), np.uint64(0x94D049BB133111EB)),
)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one text, in order, and where they stand in it (characters, end exclusive)."""

    hashes: Hashes
    starts: Offsets
    ends: Offsets
    operators: Flags
    """Which of them are signs such as + and =: no words, but two problems may differ in one."""

    def __len__(self) -> int:
        return len(self.hashes)


@lru_cache(maxsize=REMEMBERED)
def signs(text: str) -> Words:
    """Words and operators of a text: "2 + 3" and "2 - 3" are different."""
    return _split(text, _OPERATOR)


@lru_cache(maxsize=REMEMBERED)
def words(text: str) -> Words:
    """Words of a text without the operators, which comparing across typography leaves out."""
    return _split(text, _ALONE)


def _split(text: str, least: int) -> Words:
    """What is of at least this kind."""
    codes, kinds = _read(text)
    where: Offsets | None = None
    if not text.isascii() and (ignored := kinds == _IGNORED).any():
        where = (~ignored).nonzero()[0]
        codes, kinds = codes[where], kinds[where]
    starts, ends = _bounds(kinds, least)
    hashes = _hash(codes, starts, ends)
    kept = _without_typesetting(hashes)
    if kept is not None:
        hashes, starts, ends = hashes[kept], starts[kept], ends[kept]
    none = np.zeros(len(starts), np.bool_)
    operators = kinds[starts] == _OPERATOR if least == _OPERATOR else none
    if where is not None:
        starts, ends = where[starts], where[ends - 1] + 1
    return Words(hashes, starts, ends, operators)


def grams(hashes: Hashes, n: int) -> Hashes:
    """A hash for each run of `n` words, by where it starts; none where there are fewer words."""
    if n < 1:
        raise ValueError("n is at least 1")
    if len(hashes) < n:
        return np.empty(0, np.uint64)
    # By doubling: a run of 2k words is one of k words, moved up, and the one behind it.
    powers = _powers(n)[0]
    rolled, length = hashes, 1
    for bit in bin(n)[3:]:
        ends = rolled[length:]
        rolled = rolled[:-length] * powers[length]
        rolled += ends
        length *= 2
        if bit == "1":
            rolled = rolled[:-1] * _BASE
            rolled += hashes[length:]
            length += 1
    return mixed(rolled)


def mixed(values: Hashes) -> Hashes:
    """Each value spread over all 64 bits (splitmix64's last steps)."""
    for shift, factor in _MIXING:
        values = values ^ (values >> shift)
        values *= factor
    return values ^ (values >> np.uint64(31))


def _read(text: str) -> tuple[Codes, npt.NDArray[np.uint8]]:
    """Folded code points, and what each of them is."""
    if text.isascii():
        raw = text.encode("ascii")
        return _codes(raw.translate(_ASCII[0])), _codes(raw.translate(_ASCII[1]))
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    folded, kinds = _planes()
    if points.max() >= len(folded):
        return _beyond(points)
    at = points.astype(np.intp)  # once for both
    return folded[at], kinds[at]


def _codes(raw: bytes) -> npt.NDArray[np.uint8]:
    return np.frombuffer(raw, np.uint8)


def _beyond(points: npt.NDArray[np.uint32]) -> tuple[Codes, npt.NDArray[np.uint8]]:
    """The same where some are beyond the first plane: rare Han as words of their own, pictures as
    none, all else part of words."""
    folded, kinds = _planes()
    inside = np.minimum(points, len(folded) - 1)
    beyond = points >= len(folded)
    han = beyond & (points >= 0x20000) & (points < 0x33480)
    pictures = beyond & (points >= 0x1F000) & (points < 0x1FB00)
    kinds = np.where(beyond, np.where(han, _ALONE, _WORD), kinds[inside]).astype(np.uint8)
    kinds[pictures] = _NOTHING
    styled = beyond & (points >= 0x1D400) & (points < 0x1D800)
    folded = np.where(beyond, points, folded[inside])
    letters, which = np.unique(points[styled], return_inverse=True)
    folded[styled] = np.array([_folded(chr(letter)) for letter in letters], np.uint32)[which]
    return folded, kinds


def _bounds(kinds: npt.NDArray[np.uint8], least: int) -> tuple[Offsets, Offsets]:
    """Where words begin and end: a run of letters is one, anything else of that kind is its own."""
    heard, inside = kinds >= least, kinds == _WORD
    joined = inside[1:] & inside[:-1]
    first, last = heard, heard.copy()
    np.greater(last[:-1], joined, out=last[:-1])
    np.greater(first[1:], joined, out=first[1:])
    return first.nonzero()[0], last.nonzero()[0] + 1


def _hash(codes: Codes, starts: Offsets, ends: Offsets) -> Hashes:
    """A polynomial of the letters of each word, all of them by the differences of one sum."""
    powers, inverses, lengths = _powers(len(codes) + 1)
    sums = np.empty(len(codes) + 1, np.uint64)
    sums[0] = 0
    np.multiply(codes, powers[: len(codes)], out=sums[1:])
    np.cumsum(sums, out=sums)
    told = sums[ends]
    told -= sums[starts]
    told *= inverses[starts]  # so that it does not matter where the word stands
    told += lengths[ends - starts]  # so that a letter 0 counts
    return mixed(told)


_held = np.ones((3, 1), np.uint64)


def _powers(count: int) -> Hashes:
    """At least that many powers of the base and of its inverse, and sums of those before each."""
    global _held
    if _held.shape[1] >= count:
        return _held
    made = np.ones((3, max(1 << 15, count)), np.uint64)
    made[0, 1:] = _BASE
    made[1, 1:] = _INVERSE
    np.cumprod(made[:2], axis=1, out=made[:2])
    made[2, 0] = 0
    np.cumsum(made[0, :-1] * np.uint64(_SEED), out=made[2, 1:])
    if made.shape[1] <= 1 << 19:  # those for a text of megabytes are not worth keeping
        _held = made
    return made


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


# For bytes.translate; of the other half there are none.
_ASCII = (
    bytes([*(_folded(chr(point)) for point in range(128)), *range(128, 256)]),
    bytes([*(_kind(point) for point in range(128)), *[_NOTHING] * 128]),
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
    return _hash(codes, *_bounds(kinds, _WORD))


_TOLD = np.concatenate((_of(_TYPESETTING), _of(" ".join(_SAME))))
_ORDER = np.argsort(_TOLD)
_KNOWN = _TOLD[_ORDER]
# What stands for each of them; 0 for nothing.
_PLAIN = np.append(np.zeros(len(_TYPESETTING.split()), np.uint64), _of(" ".join(_SAME.values())))[
    _ORDER
]
# By the first bits of a hash: nearly all words are told by one look to be none of these.
_SOME = np.zeros(1 << 16, np.bool_)
_SOME[_KNOWN >> np.uint64(48)] = True


def _without_typesetting(hashes: Hashes) -> Offsets | None:
    """Puts the plain words for their variants, and says which words are left, where not all are."""
    at = _SOME[(hashes >> np.uint64(48)).view(np.int64)].nonzero()[0]
    if not len(at):
        return None
    place = np.searchsorted(_KNOWN[:-1], hashes[at])
    same = _KNOWN[place] == hashes[at]
    at, plain = at[same], _PLAIN[place[same]]
    hashes[at] = plain
    if plain.all():
        return None
    kept = np.ones(len(hashes), np.bool_)
    kept[at[plain == 0]] = False
    return kept.nonzero()[0]
