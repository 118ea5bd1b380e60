"""Loops: the end of a text that says the same again and again, word for word or nearly so.

Models that are not stopped fall into them (DeepSeek-R1's report sees "endless repetition" in
R1-Zero, section 2.2.3 of v1). A list of cases is none: what it says of each case is new, or a
counter or a state in it advances and comes to an end (`generators.texts.enumerations`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from generators.texts import enumerations
from generators.texts.enumerations import SYMBOL, Flags
from generators.texts.words import Hashes, Words, grams, words

LONGEST_PERIOD = 20_000
"""Characters: how far back an exact repetition is looked for."""
WINDOW = 50_000
"""Words at the end among which near loops are looked for."""

# What looks like a loop but is short is a figure of speech, a rule of dashes, a row of a matrix.
_TIMES, _EXACT, _SYMBOLS = 3.0, 200, 600
_GRID = 15_000  # rows of numbers that come to an end are a grid
_NEAR_TIMES, _NEAR = 5.0, 1_000
_COUNTED_TIMES, _COUNTED = 16.0, 1_500
_FILLED_TIMES = 8.0
_WITHIN_TIMES, _WITHIN, _OF_SENTENCES = 20, 2_000, 3

_PIECE = 32  # characters of an anchor
_STEP = 150  # characters between two anchors
_ANCHOR = 6  # words of an anchor
_BACK = (0, 7, 14, 28, 56, 112)  # words between the end and an anchor
_LAGS = 3
_PENALTY = 4.0  # one word that differs costs as much as four that do not: 80 % must agree
_CHANGED = 0.2
_SAID = 8  # words of a run
_LISTED = 0.5  # share of them that are rows of one list, filled in anew
_MOST = 0.9
_COMMAND = re.compile(r"\\[A-Za-z]++")
_FRESH = 0.2  # share of runs of words not said before in the loop: more is an enumeration


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


def exact_loop(text: str, *, after: int = 1_000, closed: bool = False) -> Loop | None:
    """A block that is repeated to the character, three times or more, at the end of a text.

    At most `after` characters follow the loop. A loop has 200 characters or more, one without
    letters 600; one of numbers 15,000 if it comes to an end: something follows, or the text was
    `closed` and does not look cut off. Linear time.
    """
    length = len(text.rstrip())
    for end in range(length, max(length - after - 1, 2 * _PIECE), -_STEP):
        loop = _repeated_at(text, end, length, min(LONGEST_PERIOD, int(length / _TIMES)))
        if loop is None:
            continue
        block, least = text[loop.end - loop.period : loop.end], _EXACT
        if not any(map(str.isalpha, _without_commands(block))):
            ends = loop.end < length or (closed and not enumerations.breaks_off(text))
            is_grid = "&" in block or any(map(str.isdigit, block))
            least = _GRID if ends and is_grid else _SYMBOLS
        if loop.end - loop.start < max(least, _TIMES * loop.period):
            continue
        if length - loop.end <= after:
            return loop
    return None


def loop_within(text: str) -> Loop | None:
    """A block that is repeated to the character, 20 times or more, anywhere in a text.

    Such a loop has 2,000 characters or more, and its block three words that are no symbols: a
    table of true and false has fewer. Linear time.
    """
    told = words(text)
    runs = grams(told.hashes, _SAID)
    # Half as often: of its last rounds, some runs end otherwise.
    ordered, times = np.sort(runs), _WITHIN_TIMES // 2
    kinds = ordered[times:][ordered[times:] == ordered[:-times]]
    if not len(kinds):
        return None
    often = np.isin(runs, np.unique(kinds))
    bounds = np.flatnonzero(np.diff(often, prepend=False, append=False))
    starts, ends = told.starts[bounds[::2]], told.ends[bounds[1::2] + (_SAID - 2)]
    for first, last in zip(starts.tolist(), ends.tolist(), strict=True):
        longest = min(LONGEST_PERIOD, (last - first) // _WITHIN_TIMES)
        # A step of half a loop meets each of them.
        end = first + _WITHIN // 2
        while end <= last and last - first >= _WITHIN:
            loop = _repeated_at(text, end, last, longest)
            end += _WITHIN // 2
            if loop is None:
                continue
            size = loop.end - loop.start
            if size >= max(_WITHIN, _WITHIN_TIMES * loop.period) and _says(text, told, loop):
                return loop
            end = max(end, loop.end)
    return None


def near_loop(text: str, *, after: int = 1_000, closed: bool = False) -> Loop | None:
    """A block of words that is repeated with small changes at the end of a text.

    Four words of five stay in their places from block to block, and what changes says nothing
    new: four of five runs of eight words are in earlier blocks (5 blocks, 1,000 characters), or
    would be but for a counter (16 blocks, 1,500 characters). At most `after` characters follow.

    So are numbers of no list that take turns in a wordy block (8 blocks, 1,500 characters).

    An enumeration is no loop: its blocks say something new of each case, words or numbers that are
    not just counted; or a counter or a state in them advances and comes to an end, which is to say
    that something follows, or that the text was `closed` and does not look cut off.
    """
    told = words(text)
    told = span(told, max(0, len(told) - WINDOW), len(told))
    if len(told) < _ANCHOR * _NEAR_TIMES or told.ends[-1] - told.starts[0] < _NEAR:
        return None
    shapes: Hashes | None = None
    lists: list[int] = []
    for at, lag in _lags(text, told, after):
        # What is a list by its rows is one by two rows, too.
        if any(lag % row == 0 for row in lists):
            continue
        if shapes is None:
            shapes = _shapes(text, told)
        same = shapes[lag:] == shapes[:-lag]
        a = at + 1 - longest_suffix(same[: at + 1 - lag]) - lag
        b = at + 1 + longest_suffix(same[at + 1 - lag :][::-1])
        loop = span(told, a, b)
        start, end = int(loop.starts[0]), int(loop.ends[-1])
        times = (b - a) / lag
        if told.ends[-1] - end > after or times < _NEAR_TIMES or end - start < _NEAR:
            continue
        # Of the word that a text broke off in, a piece may follow.
        ends = b < len(told) - 1 or (closed and not enumerations.breaks_off(text))
        if _is_loop(text, loop, lag, ends):
            return Loop(start, end, round((end - start) / times), near=True)
        lists.append(lag)
    return None


def span(told: Words, first: int, last: int) -> Words:
    """Some of the words of a text."""
    some = slice(first, last)
    return Words(told.hashes[some], told.starts[some], told.ends[some], told.operators[some])


def longest_suffix(flags: Flags, penalty: float = _PENALTY) -> int:
    """Length of the longest end of `flags` that is nearly all true: each false costs `penalty`."""
    gains = np.where(flags[::-1], 1.0, -penalty).cumsum()
    if not len(gains) or gains.max() <= 0:
        return 0
    return int(gains.argmax()) + 1


def _repeated_at(text: str, end: int, length: int, longest: int) -> Loop | None:
    """The stretch around `end` that repeats itself with the shortest period seen before it."""
    piece = text[max(0, end - _PIECE) : end]
    found = text.rfind(piece, max(0, end - _PIECE - longest), end - 1)
    if found < 0:
        return None
    period = end - len(piece) - found
    start = end - _agreed(text, end, period) - period
    return Loop(start, end + _agrees(text, end, period, length), period, near=False)


def _says(text: str, told: Words, loop: Loop) -> bool:
    """Whether the block of a loop is of words, not of symbols."""
    first, last = told.starts.searchsorted((loop.end - loop.period, loop.end)).tolist()
    block = span(told, first, last)
    kinds = np.unique(block.hashes[~enumerations.symbols(text, block)])
    return len(kinds) >= _OF_SENTENCES


def _without_commands(block: str) -> str:
    """A block of an array (it has cells) without LaTeX's commands, which stand for signs."""
    if "&" not in block:
        return block
    at = max(block.find("\\"), 0)  # a block may begin amid a command
    return _COMMAND.sub("", block[at:] + block[:at])


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


def _shapes(text: str, told: Words) -> Hashes:
    """The words, all numbers alike."""
    return np.where(enumerations.numbers(text, told), SYMBOL, told.hashes)


def _lags(text: str, told: Words, after: int) -> Iterator[tuple[int, int]]:
    """Words near the end that stood there before, and how many words before; each lag once."""
    # A block that stands there five times is no longer than a fifth.
    near = int(len(told) / _NEAR_TIMES) + _BACK[-1] + _ANCHOR
    shapes = _shapes(text, span(told, max(0, len(told) - near), len(told)))
    runs = grams(shapes, _ANCHOR)
    last = len(runs) - 1
    firsts = [last - back for back in _BACK if back <= last]
    found = runs == runs[firsts, None]
    if np.count_nonzero(found) == len(firsts):
        return
    tried: set[int] = set()
    for first, same in zip(firsts, found, strict=True):
        at = len(told) - 1 - (last - first)
        if told.ends[-1] - told.ends[at] > after:
            return
        for place in np.flatnonzero(same[:first])[-_LAGS:][::-1]:
            lag = first - int(place)
            if lag not in tried and _promises(shapes[: first + _ANCHOR], lag):
                yield at, lag
            tried.add(lag)


def _promises(shapes: Hashes, lag: int) -> bool:
    """Whether the blocks before an anchor agree: a cheap look before the thorough one."""
    same = shapes[lag:] == shapes[:-lag]
    same = same[-3 * lag :]
    return bool(np.count_nonzero(same) >= (1 - 1.5 * _CHANGED) * len(same))


def _is_loop(text: str, loop: Words, lag: int, ends: bool) -> bool:
    """Whether what changes from block to block says nothing new, and no list comes to an end."""
    size = int(loop.ends[-1] - loop.starts[0])
    counted = len(loop) >= _COUNTED_TIMES * lag and size >= _COUNTED
    if _fresh(loop.hashes, lag) <= _FRESH:
        symbol = enumerations.symbols(text, loop)
        if np.mean(symbol) > _MOST:
            return not ends or size >= _GRID
        row = enumerations.listed(loop.hashes, symbol, _SAID)
        return not ends or float(row.mean()) < _LISTED
    filled = len(loop) >= _FILLED_TIMES * lag and size >= _COUNTED
    number = enumerations.numbers(text, loop)
    if not filled or _fresh(np.where(number, SYMBOL, loop.hashes), lag) > _FRESH:
        return False
    changed = loop.hashes[lag:] != loop.hashes[:-lag]
    slots = np.flatnonzero(changed & number[lag:] & number[:-lag]) + lag
    if enumerations.arbitrary(text, loop, slots, lag, ends):
        return True
    step = enumerations.counter(text, loop, slots, lag)
    return (
        counted
        and step != 0
        and (not ends or enumerations.numbers_items(text, loop, slots, lag, step))
    )


def _fresh(hashes: Hashes, lag: int) -> float:
    """Share of the runs of eight words after the first two blocks that no run before equals."""
    runs = grams(hashes, _SAID)
    first = np.zeros(len(runs), np.bool_)
    first[np.unique(runs, return_index=True)[1]] = True
    return float(first[2 * lag :].mean())
