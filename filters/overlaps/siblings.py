"""What makes two problems siblings: other values in the same words.

Values are numbers, in figures or words, signs, the letters of variables and points, and words such
as largest and smallest, of which one turns a question round as another number does.
"""

from collections.abc import Iterator
from difflib import SequenceMatcher

import numpy as np
import numpy.typing as npt

from filters.words import NUMERALS
from generators.texts.words import Words, signs, words

_WORD, _NUMBER, _SIGN, _LETTER = range(4)
_OPPOSITES = """
maximum minimum maximal minimal max min largest smallest greatest least most fewest highest lowest
longest shortest sum product difference quotient ratio increasing decreasing increase decrease
increases decreases more less fewer greater smaller odd even positive negative first last before
after inside outside above below with without union intersection rational irrational true false
parallel perpendicular area perimeter volume mean median mode clockwise counterclockwise not
am pm 大 小 多 少 奇 偶 正 负 上 下
"""
_AMOUNTS = """
half halves third thirds quarter quarters second fourth fourths fifth fifths sixth sixths seventh
sevenths eighth eighths ninth ninths tenth tenths twelfth hundred thousand million billion dozen
once twice thrice double triple quadruple doubles triples doubled tripled 半 倍 百 千 万
"""
_NUMERALS = np.unique(words(" ".join([*NUMERALS, _OPPOSITES, _AMOUNTS])).hashes)


def marked(text: str, told: Words) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint64]]:
    """Words in 32 bits, of which the lowest two are the kind, and the kinds: 0 for no value."""
    at = np.minimum(np.searchsorted(_NUMERALS, told.hashes), len(_NUMERALS) - 1)
    spans = zip(told.starts.tolist(), told.ends.tolist(), strict=True)
    kinds = np.array([_kind(text[start:end]) for start, end in spans], np.uint64)
    kinds[_NUMERALS[at] == told.hashes] = _NUMBER
    kinds[told.operators] = _SIGN
    return ((told.hashes >> np.uint64(34) << np.uint64(2)) | kinds).astype("<u4"), kinds


def _kind(word: str) -> int:
    if word[0].isdecimal():
        return _NUMBER
    return _LETTER if len(word) == 1 or (len(word) <= 4 and word.isupper()) else _WORD


def _marks(text: str) -> list[int]:
    return [int(mark) for mark in marked(text, signs(text))[0]]


_MINUS = _marks("-")
_SPOKEN = frozenset(_marks(" ".join([*NUMERALS, _AMOUNTS])))
# "a third of", "twice", "three times as": what stands around an amount in words.
_AROUND = frozenset(_marks("a an the of as times"))
_ONE = _marks("one")[0]
_SAME_AMOUNT = dict(
    zip(_marks("once twice double thrice triple"), _marks("one two two three three"), strict=True)
)


def siblings(a: list[int], b: list[int]) -> bool:
    """Whether two problems, as `marked` gives them, differ in more values than places of words."""
    values = [_values(x, y) for x, y in differences(a, b)]
    return sum(values) > values.count(0)


def _values(a: list[int], b: list[int]) -> int:
    """How many values of a place stand against others of their kind; 0 where words differ too.

    A minus may stand against nothing. Other values that only one text has prove nothing: words may
    have been left out.
    """
    if not a or not b:
        return int(a + b == _MINUS)
    if len(a) == len(b):
        pairs = list(zip(a, b, strict=True))
        if all(x & 3 == y & 3 != _WORD for x, y in pairs if x != y):
            unlike = [x != y for x, y in pairs]
            # Values side by side count once: 2.5 is two words.
            return sum(
                here and not before for before, here in zip([False, *unlike], unlike, strict=False)
            )
    x, y = _amount(a), _amount(b)
    return int(x != y and bool(x) and bool(y) and _SPOKEN.issuperset(x + y))


def _amount(part: list[int]) -> list[int]:
    """An amount in words as what sets it apart: half is one half, and twice is two times."""
    told = [_SAME_AMOUNT.get(mark, mark) for mark in part if mark not in _AROUND]
    return told[1:] if len(told) > 1 and told[0] == _ONE else told


def differences(a: list[int], b: list[int]) -> Iterator[tuple[list[int], list[int]]]:
    """The places where two texts differ; what is less than three words apart is one place.

    Words that both begin or end with belong to no place, however few they are.
    """
    start_a = start_b = 0
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    for at_a, at_b, size in matcher.get_matching_blocks():
        first = at_a == 0 and at_b == 0
        last = at_a + size == len(a) and at_b + size == len(b)
        if size < 3 and not first and not last:
            continue
        if start_a < at_a or start_b < at_b:
            yield a[start_a:at_a], b[start_b:at_b]
        start_a, start_b = at_a + size, at_b + size
