"""Tells a stream that has run into a loop, while it comes: to stop paying for it.

Only a text that repeats itself letter by letter is a loop here. Lists and counters change from line
to line; whether those are worth keeping is for a filter to say.
"""

from dataclasses import dataclass, field

EVERY = 512  # characters between two looks
LONGEST = 2000  # characters of a part that is repeated
LEAST = 2400  # characters that must repeat, however short the part
TIMES = 4  # how often a part must stand there in a row
_SEEN = LONGEST * TIMES
_PROBE = 48  # characters that are looked for


@dataclass(slots=True)
class RepetitionStop:
    """The end of a text that grows."""

    _tail: str = ""
    _new: list[str] = field(default_factory=list)
    _waiting: int = 0

    def grew(self, pieces: list[str]) -> bool:
        """Take in more of the text; whether its end is a loop. Costs a look in EVERY characters."""
        self._new += pieces
        self._waiting += sum(map(len, pieces))
        if self._waiting < EVERY:
            return False
        self._tail = (self._tail + "".join(self._new))[-_SEEN:]
        self._new.clear()
        self._waiting = 0
        return loop(self._tail) > 0


def loop(text: str) -> int:
    """Length of the part that the text repeats at its end; 0 where it does not.

    The last few characters are looked for before: each place where they stand is a period that the
    text may have. The number of places tried is bounded, so the time is too.
    """
    if len(text) < LEAST:
        return 0
    probe = text[-_PROBE:]
    last = len(text) - _PROBE
    at = len(text) - 1
    for _ in range(16):
        at = text.rfind(probe, max(0, last - LONGEST), at)
        if at < 0:
            return 0
        period = last - at
        length = max(LEAST, TIMES * period) - period
        if len(text) >= length + period and text[-length:] == text[-length - period : -period]:
            return period
        at += _PROBE - 1
    return 0
