"""Where a text holds a passage of a benchmark: found by seeds, decided by an alignment of words."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import Match, SequenceMatcher
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from filters.overlaps.benchmark_index import SHORT_SEED, Index, among, whole
from filters.words import NUMERALS
from generators.texts.words import Words, grams, words

FEWEST = 5
"""Words of a passage that is looked for inside of texts; shorter ones only as a whole question."""
ONE_PLACE = 0.4
"""Of a question of which one word stands for something else, so much must be left."""
_LONGEST = 2000  # words of a passage that are aligned: of a longer one the first
_BLOCK = 3  # words in a row that agree, to count as taken over
_MOST = 32  # passages that are aligned with one text, those of most seeds first

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Overlap:
    """A passage that stands in a text."""

    passage: int
    share: float
    """Of the passage's words, boilerplate aside: those that stand in the text in one place."""
    start: int
    end: int
    """Where the text holds it, in characters."""
    sibling: bool
    """Another number or name stands where the passage has its own: the same with other data."""


def overlaps(index: Index, text: str, ngram: int, share: float, question: bool) -> list[Overlap]:
    """The passages that a text holds, those with the largest share first.

    `question`: the text is a whole question, of which a short one is compared as such.
    """
    told = words(text)
    exact = index.same(text) if question and len(told) <= 2 * ngram else None
    if exact is not None:
        return [Overlap(exact, 1.0, 0, len(text), False)]
    found = []
    for passage, low, high in _places(index, told, ngram, question):
        aligned = _aligned(index, passage, text, told, low, high, question)
        if aligned and _enough(index, aligned, text, told, ngram, share, question):
            found.append(aligned.overlap)
    return sorted(found, key=lambda one: (one.sibling, -one.share, one.passage))


# --- candidates ------------------------------------------------------------------------------


def _places(
    index: Index, told: Words, ngram: int, question: bool
) -> Iterator[tuple[int, int, int]]:
    """Passages of which enough seeds stand in one place in about their order; words from and to."""
    at, passages, places = index.long.find(grams(told.hashes, index.long.size))
    yield from _gathered(index, at, passages, places, _needed(index, ngram), len(told))
    if question and len(told) <= 2 * ngram:
        at, passages, places = index.short.find(grams(told.hashes, SHORT_SEED))
        one = np.ones(len(index.sizes), np.int64)
        yield from _gathered(index, at, passages, places, one, len(told))


@lru_cache(maxsize=4)
def _needed(index: Index, ngram: int) -> Ints:
    """Seeds of each passage that must be found for it to be aligned.

    Of a passage shorter than an n-gram all; of others a quarter of what one change leaves.
    """
    seeds = index.seeded.astype(np.int64)
    least = np.maximum(1, (seeds - 7) // 4)
    return np.where(index.sizes < ngram, np.maximum(seeds, 1), least)


def _gathered(
    index: Index, at: Ints, passages: npt.NDArray[np.int32], places: npt.NDArray[np.int32],
    needed: Ints, size: int,
) -> Iterator[tuple[int, int, int]]:  # fmt: skip
    if not len(at):
        return
    counts = np.bincount(passages, minlength=len(needed))
    likely = np.flatnonzero((counts >= needed) & (counts > 0))
    likely = likely[np.argsort(-counts[likely], kind="stable")][:_MOST]
    for passage in likely.tolist():
        mine = passages == passage
        length = int(index.sizes[passage])
        shift, place = at[mine] - places[mine], places[mine]
        order = np.argsort(shift, kind="stable")
        shift, place = shift[order], place[order]
        last = np.searchsorted(shift, shift + max(8, length // 4), "right")
        best = int(np.argmax(last - np.arange(len(shift))))
        near = slice(best, int(last[best]))
        if len(np.unique(place[near])) >= needed[passage]:
            yield passage, max(0, int(shift[best])), min(size, int(shift[near][-1]) + length)


# --- alignment -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Aligned:
    overlap: Overlap
    longest: int
    """Words in a row."""
    size: int
    all: float
    """Share of all words, boilerplate too."""
    one_word: bool
    """The whole text is the passage, but for a word that is no value in one place."""


def _aligned(
    index: Index, passage: int, text: str, told: Words, low: int, high: int, question: bool
) -> _Aligned | None:
    """A passage beside the words `low` to `high` of a text."""
    theirs = index.passages[passage].text
    wanted = words(theirs)
    low, high = max(0, low - 3), min(len(told), high + 3)
    a, b = wanted.hashes[:_LONGEST].tolist(), told.hashes[low:high].tolist()
    blocks = SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()
    alone = question and len(told) <= len(a) + _BLOCK
    least = min(_BLOCK, max(1, len(a) // (5 if alone else 3)))
    blocks = [block for block in blocks if block.size >= least]
    if not blocks:
        return None
    covered = np.zeros(len(a), np.bool_)
    for block in blocks:
        covered[block.a : block.a + block.size] = True
    sibling, changes = False, []
    for (a0, a1), (b0, b1) in _between(blocks, len(a), len(b)):
        mine = _parts(text, told, low + b0, low + b1)
        their = _parts(theirs, wanted, a0, a1)
        mine, their = [*map(_in_figures, mine)], [*map(_in_figures, their)]
        if "".join(mine).lower() == "".join(their).lower():  # 2x and 2 x, three and 3
            covered[a0:a1] = True
            continue
        changes.append(mine)
        ours, others = Counter(filter(_value, mine)), Counter(filter(_value, their))
        sibling |= bool(ours - others) and bool(others - ours)
    telling = _telling(index, wanted)[:_LONGEST]
    share = float(covered[telling].mean()) if telling.any() else float(covered.all())
    first, last = blocks[0], blocks[-1]
    start, end = told.starts[low + first.b], told.ends[low + last.b + last.size - 1]
    overlap = Overlap(passage, share, int(start), int(end), sibling)
    longest = max(block.size for block in blocks)
    other = len(told) - sum(block.size for block in blocks)
    one_word = len(changes) == 1 and other < 2 and not any(map(_value, changes[0]))
    return _Aligned(overlap, longest, len(a), float(covered.mean()), one_word)


def _between(
    blocks: list[Match], size_a: int, size_b: int
) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """The places before, between and after blocks; at the ends no more of b than of a."""
    head, tail = blocks[0], blocks[-1]
    yield (0, head.a), (max(0, head.b - head.a), head.b)
    for one, next_ in pairwise(blocks):
        yield (one.a + one.size, next_.a), (one.b + one.size, next_.b)
    a, b = tail.a + tail.size, tail.b + tail.size
    yield (a, size_a), (b, min(size_b, b + size_a - a))


def _parts(text: str, told: Words, first: int, last: int) -> list[str]:
    spans = zip(told.starts[first:last].tolist(), told.ends[first:last].tolist(), strict=True)
    return [text[start:end] for start, end in spans]


def _in_figures(word: str) -> str:
    """A numeral as its digits: whoever writes three for 3 has not changed the problem."""
    return str(NUMERALS.get(word.lower(), word))


def _value(word: str) -> bool:
    """Whether it is a number, or a name in capitals: of points, or a word that is spoken of."""
    if word[0].isdecimal() or word.lower() in NUMERALS:
        return True
    return len(word) > 1 and word.isupper()


def _telling(index: Index, wanted: Words) -> npt.NDArray[np.bool_]:
    """Words of a passage that stand in a run that is no boilerplate."""
    size = index.long.size
    runs = grams(wanted.hashes, size)
    own = ~among(runs, index.boilerplate)
    telling = np.zeros(len(wanted), np.bool_)
    for step in range(size):
        telling[step : step + len(own)] |= own
    return telling


def _enough(
    index: Index, found: _Aligned, text: str, told: Words, ngram: int, share: float, question: bool
) -> bool:
    """Whether what was found says that the passage is there."""
    size, overlap = found.size, found.overlap
    if question and found.one_word and FEWEST <= size <= 2 * ngram:
        return found.all >= ONE_PLACE
    if found.all < (0.5 if size >= 2 * ngram else share):
        return False  # a common phrase that is all that a benchmark's template leaves
    if size >= ngram:
        return overlap.share >= share and found.longest >= min(ngram, (size - 3) // 2)
    if question and size >= FEWEST and len(told) <= size + _BLOCK:
        return overlap.share >= share
    if size < FEWEST or found.longest < size:
        return False
    theirs = words(index.passages[overlap.passage].text)
    inner = index.passages[overlap.passage].text[theirs.starts[0] : theirs.ends[-1]]
    return whole(inner) == whole(text[overlap.start : overlap.end])
