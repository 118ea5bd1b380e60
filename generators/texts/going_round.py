"""Going round: the end of a text that says a few sentences over and over, in no fixed order.

It has no period, so that `generators.texts.loops` does not see it.
"""

import numpy as np

from generators.texts.enumerations import Flags, covered, listed, symbols
from generators.texts.loops import longest_suffix, span
from generators.texts.words import Hashes, Words, grams, words

_RUN = 6  # words: what a sentence has
_OFTEN = 4
_LEAST = 1_200  # characters
_LOOKED_AT = 10_000
# Runs that stand so often at the end of a text that goes round: nearly all others have fewer.
_TWICE, _OFTEN_ENOUGH = 20, 60
_VOCABULARY = 12  # words; what has fewer is a table of true and false, or a way left and right
_SLOTS = 1 << 16


def goes_round(text: str, *, after: int = 1_000) -> tuple[int, int] | None:
    """Where a text says the same few sentences over and over in any order, at its end.

    Of 1,200 characters or more, four words of five are in runs of six that stand four times or
    more in the last 10,000 characters; `after` characters may follow. Grids of signs, and sentences
    that are filled in with other symbols each time, are enumerations. (Of correct traces of R1,
    QwQ and Qwen3, the longest such end has 860 characters.)
    """
    length = len(text.rstrip())
    if length < _LEAST:
        return None
    told = words(text)
    for size, times, least in ((_LEAST + after, 2, _TWICE), (_LOOKED_AT, _OFTEN, _OFTEN_ENOUGH)):
        end = span(told, int(told.starts.searchsorted(length - size)), len(told))
        runs = grams(end.hashes, _RUN)
        often = said_often(said_again(runs), times)
        if len(often) < least:
            return None
    said = covered(among(runs, often), _RUN)
    found = _suffix(text, end, said, after)
    if found is not None:
        # The thorough look, which few texts need.
        said &= ~covered(listed(end.hashes, symbols(text, end), _RUN), _RUN)
        found = _suffix(text, end, said, after)
    return found


def _suffix(text: str, told: Words, said: Flags, after: int) -> tuple[int, int] | None:
    """The longest end that is nearly all `said` often, where it is long enough and of sentences."""
    last = int(np.flatnonzero(np.append(True, said))[-1])
    first = last - longest_suffix(said[:last])
    if len(np.unique(told.hashes[first:last])) < _VOCABULARY:
        return None
    start, stop = int(told.starts[first]), int(told.ends[last - 1])
    is_end = stop - start >= _LEAST and len(text.rstrip()) - stop <= after
    return (start, stop) if is_end else None


def among(hashes: Hashes, ordered: Hashes) -> Flags:
    """Which of the hashes are among some sorted ones."""
    if not len(ordered):
        return np.zeros(len(hashes), np.bool_)
    places = np.minimum(ordered.searchsorted(hashes), len(ordered) - 1)
    found: Flags = ordered[places] == hashes
    return found


def said_again(hashes: Hashes) -> Hashes:
    """Sorted, all hashes that stand there more than once, and a few of the others.

    Sorting all would take longer than the rest of a filter: most texts say next to nothing again,
    and a table of the first bits shows it.
    """
    if not _SLOTS > len(hashes) > _SLOTS >> 6:
        return np.sort(hashes)
    slots = (hashes >> np.uint64(48)).view(np.int64)
    places = np.arange(len(hashes), dtype=np.int32)
    last = np.empty(_SLOTS, np.int32)
    last[slots] = places
    held = last[slots]
    several = held != places
    several[held[several]] = True
    return np.sort(hashes[several])


def said_often(ordered: Hashes, times: int) -> Hashes:
    """Of sorted hashes, those that stand there `times` times or more, once for each time more."""
    same = ordered[times - 1 :] == ordered[: len(ordered) - times + 1]
    often: Hashes = ordered[times - 1 :][same]
    return often
