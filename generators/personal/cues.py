"""Words that betray what a text may hold: all of them are looked for in one pass over its words.

Each module that has rules of its own says once, when it is imported, which words it waits for; its
rules then look only at texts, and only at places, that have one.
"""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from generators.texts.words import REMEMBERED, words

_BITS = np.uint64(0xFFFF)
_cues_of: dict[int, tuple[str, ...]] = {}
# By the last bits of a hash: most words of a text are told at once to be none of them.
_may_be = np.zeros(int(_BITS) + 1, np.bool_)


def wait_for(written: Mapping[str, str]) -> None:
    """Makes cues known: the name of each, and the words (parted by blanks) that betray it.

    A Han character or kana is a word of its own, so that such a cue is betrayed by its first one.
    """
    for cue, told in written.items():
        for one in words(told).hashes.tolist():
            if cue not in _cues_of.get(one, ()):
                _cues_of[one] = (*_cues_of.get(one, ()), cue)
                _may_be[one & int(_BITS)] = True
    places.cache_clear()


@lru_cache(maxsize=REMEMBERED)
def places(text: str) -> Mapping[str, list[int]]:
    """Each cue that the text has, and where its words begin (characters)."""
    told = words(text)
    at = np.flatnonzero(_may_be[told.hashes & _BITS])
    found: dict[str, list[int]] = {}
    for one, start in zip(told.hashes[at].tolist(), told.starts[at].tolist(), strict=True):
        for cue in _cues_of.get(one, ()):
            found.setdefault(cue, []).append(start)
    return found
