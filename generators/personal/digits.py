"""Where the digits of a text stand: found in one pass, so that rules look only near them."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from generators.texts.words import REMEMBERED


class Digits(NamedTuple):
    """The digits 0 to 9 of a text, in order."""

    codes: npt.NDArray[np.uint32]
    """Code points of the whole text."""
    places: npt.NDArray[np.int64]
    """Where the digits stand in it (characters)."""
    gaps: npt.NDArray[np.int64]
    """From each digit to the next: 1 where they are neighbours."""


@lru_cache(maxsize=REMEMBERED)
def digits(text: str) -> Digits:
    """The digits of a text, and how far apart they stand."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    places = np.flatnonzero((codes - np.uint32(ord("0"))) < 10)  # what is smaller wraps around
    return Digits(codes, places, np.diff(places))


def runs(told: Digits, fewest: int, widest: int) -> list[tuple[int, int]]:
    """First and last digit of each run of so many digits with no wider gap between them."""
    if len(told.places) < fewest:
        return []
    spread = told.places[fewest - 1 :] - told.places[: 1 - fewest]
    if not (spread <= widest * (fewest - 1)).any():
        return []
    edges = np.flatnonzero(told.gaps > widest)
    first = np.append(0, edges + 1)
    last = np.append(edges, len(told.places) - 1)
    is_long = last - first + 1 >= fewest
    starts, ends = told.places[first[is_long]], told.places[last[is_long]]
    return list(zip(starts.tolist(), ends.tolist(), strict=True))
