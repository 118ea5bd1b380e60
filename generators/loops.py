"""Loops: the end of a text that says the same again and again, word for word or nearly so.

Models that are not stopped fall into them (DeepSeek-R1's report sees "endless repetition" in
R1-Zero, section 2.2.3 of v1). A list of cases is none: what it says of each case is new.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from generators.words import Hashes, Offsets, grams, words

Flags = npt.NDArray[np.bool_]

LONGEST_PERIOD = 20_000
"""Characters: how far back an exact repetition is looked for."""
WINDOW = 50_000
"""Words at the end among which near loops are looked for."""

# What looks like a loop but is short is a figure of speech, a rule of dashes, a row of a matrix.
_TIMES, _EXACT, _SYMBOLS = 3.0, 200, 600
_NEAR_TIMES, _NEAR = 5.0, 1_000
_COUNTED_TIMES, _COUNTED = 16.0, 1_500

_PIECE = 32  # characters of an anchor
_STEP = 150  # characters between two anchors
_ANCHOR = 6  # words of an anchor
_BACK = (0, 7, 14, 28, 56, 112)  # words between the end and an anchor
_LAGS = 3
_PENALTY = 4.0  # one word that differs costs as much as four that do not: 80 % must agree
_CHANGED = 0.2
_SAID = 8  # words of a run
_FRESH = 0.2  # share of runs of words not said before in the loop: more is an enumeration
_SLOTS = 400  # changed numbers that are read, of the last blocks
_MOST = 0.9
_NUMBER = np.uint64(0x6E756D6265720001)  # what stands for all numbers


@dataclass(frozen=True, slots=True)
class Loop:
    """A stretch of text that repeats itself; offsets and period in characters."""

    start: int
    end: int
    period: int
    near: bool
    """Whether the blocks differ a little: a word, a counter."""

    @property
    def times(self) -> float:
        """How often the block stands there, the first time and a last part included."""
        return (self.end - self.start) / max(self.period, 1)


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a loop, by position."""

    hashes: Hashes
    numbers: Flags
    starts: Offsets
    ends: Offsets


def exact_loop(text: str, *, after: int = 1_000) -> Loop | None:
    """A block that is repeated to the character, three times or more, at the end of a text.

    At most `after` characters follow the loop. A loop has 200 characters or more, one without
    letters 600. Linear time.
    """
    length = len(text.rstrip())
    for end in range(length, max(length - after - 1, 2 * _PIECE), -_STEP):
        piece = text[end - _PIECE : end]
        longest = min(LONGEST_PERIOD, int(length / _TIMES))
        found = text.rfind(piece, max(0, end - _PIECE - longest), end - 1)
        if found < 0:
            continue
        period = end - _PIECE - found
        stop = end + _agrees(text, end, period, length)
        start = end - _agreed(text, end, period) - period
        block = text[stop - period : stop]
        shortest = _EXACT if any(map(str.isalpha, block)) else _SYMBOLS
        if stop - start >= max(shortest, _TIMES * period) and length - stop <= after:
            return Loop(start, stop, period, near=False)
    return None


def near_loop(text: str, *, after: int = 1_000) -> Loop | None:
    """A block of words that is repeated with small changes at the end of a text.

    Four words of five stay in their places from block to block, and what changes says nothing
    new: four of five runs of eight words are in earlier blocks (5 blocks, 1,000 characters), or
    would be but for a counter (16 blocks, 1,500 characters). An enumeration whose blocks say
    something new of each case, words or numbers that are not just counted, is no loop. At most
    `after` characters follow.
    """
    told = words(text)
    first = max(0, len(told) - WINDOW)
    hashes, starts, ends = told.hashes[first:], told.starts[first:], told.ends[first:]
    if len(hashes) < _ANCHOR * _NEAR_TIMES or ends[-1] - starts[0] < _NEAR:
        return None
    numbers = _numbers(text, starts, ends)
    shapes = np.where(numbers, _NUMBER, hashes)
    for at, lag in _lags(shapes, ends, after):
        same = shapes[lag:] == shapes[:-lag]
        before = longest_suffix(same[: at + 1 - lag])
        a, b = at + 1 - before - lag, at + 1 + longest_suffix(same[at + 1 - lag :][::-1])
        start, end = int(starts[a]), int(ends[b - 1])
        times = (b - a) / lag
        if ends[-1] - end > after or times < _NEAR_TIMES or end - start < _NEAR:
            continue
        loop = _Words(hashes[a:b], numbers[a:b], starts[a:b], ends[a:b])
        kind = _kind(text, loop, lag)
        counted = times >= _COUNTED_TIMES and end - start >= _COUNTED
        if kind == "same" or (kind == "counter" and counted):
            return Loop(start, end, round((end - start) / times), near=True)
    return None


def longest_suffix(flags: Flags, penalty: float = _PENALTY) -> int:
    """Length of the longest end of `flags` that is nearly all true: each false costs `penalty`."""
    gains = np.where(flags[::-1], 1.0, -penalty).cumsum()
    if not len(gains) or gains.max() <= 0:
        return 0
    return int(gains.argmax()) + 1


def _agrees(text: str, at: int, period: int, length: int) -> int:
    """How many characters from `at` on are those a period before them."""
    told, step = 0, 64
    while step and at + told < length:
        step = min(step, length - at - told)
        here = at + told
        if text[here : here + step] == text[here - period : here - period + step]:
            told += step
            step *= 2
        else:
            step //= 2
    return told


def _agreed(text: str, at: int, period: int) -> int:
    """How many characters before `at` are those a period before them."""
    told, step = 0, 64
    while step and at - told > period:
        step = min(step, at - told - period)
        here = at - told
        if text[here - step : here] == text[here - step - period : here - period]:
            told += step
            step *= 2
        else:
            step //= 2
    return told


def _numbers(text: str, starts: Offsets, ends: Offsets) -> Flags:
    """Which words begin and end with a digit."""
    base = int(starts[0])
    piece = text[base : int(ends[-1])]
    if piece.isascii():
        codes: npt.NDArray[np.unsignedinteger] = np.frombuffer(piece.encode("ascii"), np.uint8)
    else:
        codes = np.frombuffer(piece.encode("utf-32-le", "surrogatepass"), np.uint32)
    digits = (codes >= 48) & (codes <= 57)
    told: Flags = digits[starts - base] & digits[ends - base - 1]
    return told


def _lags(shapes: Hashes, ends: Offsets, after: int) -> Iterator[tuple[int, int]]:
    """Words near the end that stood there before, and how many words before; each lag once."""
    # A block that stands there five times is no longer than a fifth.
    near = int(len(shapes) / _NEAR_TIMES) + _BACK[-1] + _ANCHOR
    runs = grams(shapes[-near:], _ANCHOR)
    told: set[int] = set()
    for back in _BACK:
        first = len(runs) - 1 - back
        at = len(shapes) - 1 - back
        if first < 0 or ends[-1] - ends[at] > after:
            return
        for place in np.flatnonzero(runs[:first] == runs[first])[-_LAGS:][::-1]:
            lag = first - int(place)
            if lag not in told and _promises(shapes, at, lag):
                yield at, lag
            told.add(lag)


def _promises(shapes: Hashes, at: int, lag: int) -> bool:
    """Whether the last few blocks before an anchor agree: a cheap look before the thorough one."""
    first = at + 1 - 3 * lag
    if first < lag:
        return False
    same = shapes[first : at + 1] == shapes[first - lag : at + 1 - lag]
    return bool(np.count_nonzero(same) >= (1 - 1.5 * _CHANGED) * len(same))


def _kind(text: str, loop: _Words, lag: int) -> str:
    """What changes from block to block: "same" (nothing new), "counter", or "new"."""
    if _fresh(loop.hashes, lag) <= _FRESH:
        return "same"
    if _fresh(np.where(loop.numbers, _NUMBER, loop.hashes), lag) > _FRESH:
        return "new"
    numbers = loop.numbers[lag:] & loop.numbers[:-lag]
    changed = loop.hashes[lag:] != loop.hashes[:-lag]
    return (
        "counter"
        if _is_counter(text, loop, np.flatnonzero(changed & numbers) + lag, lag)
        else "new"
    )


def _fresh(hashes: Hashes, lag: int) -> float:
    """Share of the runs of eight words after the first two blocks that no run before equals."""
    runs = grams(hashes, _SAID)
    first = np.zeros(len(runs), np.bool_)
    first[np.unique(runs, return_index=True)[1]] = True
    return float(first[2 * lag :].mean())


def _is_counter(text: str, loop: _Words, slots: Offsets, lag: int) -> bool:
    """Whether the numbers in these places are one number that grows by a fixed step.

    All changed numbers of one block must lie within two steps of each other (a counter and its
    neighbours): a second progression beside it, such as 2n + 1, is something said of the case.
    """
    slots = slots[-_SLOTS:]
    if not len(slots):
        return False
    values = _values(text, loop, slots)
    steps = values - _values(text, loop, slots - lag)
    kinds, counts = np.unique(steps, return_counts=True)
    step = float(kinds[counts.argmax()])
    if not np.isfinite(step) or step == 0 or counts.max() < _MOST * len(slots):
        return False
    blocks = (slots - slots[0]) // lag
    cuts = np.flatnonzero(np.diff(blocks, prepend=-1))
    spans = np.maximum.reduceat(values, cuts) - np.minimum.reduceat(values, cuts)
    return bool(np.mean(spans <= 2 * abs(step)) >= _MOST)


def _values(text: str, loop: _Words, slots: Offsets) -> npt.NDArray[np.float64]:
    """The numbers at these words; NaN for what is too long for one or has letters in it."""
    spans = zip(loop.starts[slots], loop.ends[slots], strict=True)
    return np.array([_value(text[start:end]) for start, end in spans])


def _value(word: str) -> float:
    return float(word) if len(word) <= 15 and word.isdigit() and word.isascii() else float("nan")
