"""Random draws that are the same on every machine and in every year, and what is drawn."""

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Draft:
    """A problem as its family makes it: still without a name or an index."""

    question: str
    answer: str
    steps: list[str]
    """How one gets there, a line each; the last one does not state the answer as such."""
    kind: str = "math"
    domain: str = "math"
    options: tuple[str, ...] = ()


class Draw:
    """A stream of random numbers that depends on nothing but the words it is made from.

    The standard library promises no more than the sequence of `random()`; what `randrange` or
    `shuffle` make of it has changed before. So: BLAKE2b in counter mode, eight draws a block.
    """

    def __init__(self, *words: str, chinese: float = 0.25) -> None:
        self._key = hashlib.blake2b("\0".join(words).encode(), digest_size=32).digest()
        self._blocks = 0
        self._ready: list[int] = []
        self.language = "zh" if self.integer(0, 99) < 100 * chinese else "en"

    def integer(self, low: int, high: int) -> int:
        """Between low and high, both included. (64 bits modulo the range: no bias that shows.)"""
        if not self._ready:
            block = hashlib.blake2b(self._blocks.to_bytes(8, "little"), key=self._key)
            self._ready = list(struct.unpack("<8Q", block.digest()))
            self._blocks += 1
        return low + self._ready.pop() % (high - low + 1)

    def choice(self, items: Sequence[T]) -> T:
        """One of the items."""
        return items[self.integer(0, len(items) - 1)]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """The items in another order (Fisher and Yates)."""
        mixed = list(items)
        for last in range(len(mixed) - 1, 0, -1):
            other = self.integer(0, last)
            mixed[last], mixed[other] = mixed[other], mixed[last]
        return mixed

    def distinct(self, count: int, low: int, high: int) -> list[int]:
        """So many different integers between low and high."""
        found: dict[int, None] = {}
        while len(found) < count:
            found[self.integer(low, high)] = None
        return list(found)

    def say(self, english: str, chinese: str) -> str:
        """The text in the language of this problem."""
        return chinese if self.language == "zh" else english

    def wording(self, *pairs: tuple[str, str]) -> str:
        """One of several ways to say it, in the language of this problem."""
        return self.say(*self.choice(pairs))
