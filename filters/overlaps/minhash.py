"""Sets of shingles, their Jaccard similarity, and MinHash bands that find the similar ones.

A shingle is four consecutive words. One changed word in a text of 72 leaves a similarity of 0.89;
with shingles of five, as web pages are compared by, short questions fall apart at once.
Broder, "On the resemblance and containment of documents" (1997); bands as in Leskovec, Rajaraman,
Ullman, "Mining of Massive Datasets", section 3.4. All hashes are fixed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from generators.texts.words import grams, mixed

SHINGLE = 4  # words
SKETCH = 256
"""Shingles that a sketch keeps: exact up to there, beyond it the similarity is an estimate with a
standard deviation of at most 0.03 (0.02 at 0.9)."""
HASHES = 128
"""At most so many MinHashes a text."""
FOUND = 0.995
"""Chance that a pair at the threshold shares a band."""
WINDOW = 32
"""In a band a text is compared with so many neighbours; smaller buckets are compared whole."""
_TEXTS = 4096  # hashed at a time: their shingles stay in the processor's cache

_UNDERRATED = 0.2  # by which MinHashes may err: more than four standard deviations

Unsigned = TypeVar("Unsigned", np.uint32, np.uint64)
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Sets:
    """Sets of shingles, one after the other: set i is `shingles[bounds[i]:bounds[i + 1]]`."""

    shingles: U32
    bounds: Ints
    cut: npt.NDArray[np.bool_]
    """Which are sketches that may have left some out."""

    def __len__(self) -> int:
        return len(self.bounds) - 1


def sketch(hashes: U64) -> U32:
    """The smallest of the shingles of a text, SKETCH at most (a bottom-k sketch)."""
    told = _short(grams(hashes, SHINGLE))
    for times in (2, 8):  # few are below a small bound: nothing else has to be sorted
        bound = np.uint32(min((times * SKETCH << 32) // max(len(told), 1), (1 << 32) - 1))
        least = _once(told[(told <= bound).nonzero()[0]])
        if len(least) >= SKETCH:
            return least[:SKETCH]
    return _once(told)[:SKETCH]


def _once(values: npt.NDArray[Unsigned]) -> npt.NDArray[Unsigned]:
    """Each value once, ascending: what np.unique does, in a tenth of its time for a few hundred."""
    ordered = np.sort(values)
    first = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered[first]


def joined(texts: pl.DataFrame) -> Sets:
    """The sets of texts: of their `words` where these are at hand, else as their `sketch` says.

    Both columns hold numbers of 32 bits as bytes.
    """
    held = pl.col("words").bin.size() // 4 - (SHINGLE - 1)
    counts = texts.select(pl.when(held > 0).then(held).otherwise(pl.col("sketch").bin.size() // 4))
    room = np.empty(int(counts.to_series().sum()), np.uint32)
    bounds = np.zeros(len(texts) + 1, np.int64)
    at = 0
    for first in range(0, len(texts), _TEXTS):
        part = texts.slice(first, _TEXTS)
        values, sizes = _unique(*_shingles(part), len(part))
        room[at : at + len(values)] = values
        bounds[first + 1 : first + 1 + len(sizes)] = at + np.cumsum(sizes)
        at += len(values)
    sketched = (texts["words"].bin.size() == 0).to_numpy()
    return Sets(room[:at], bounds, sketched & (np.diff(bounds) == SKETCH))


def _shingles(texts: pl.DataFrame) -> tuple[U32, Ints]:
    """Shingles of some texts, and of which text each is."""
    words, counts = numbers(texts["words"])
    told = _short(grams(words.astype(np.uint64), SHINGLE))
    # Shingles that begin in the last words of a text end in the next one.
    owner = np.repeat(np.arange(len(texts)), counts)[: len(told)]
    whole = np.arange(len(told)) + SHINGLE <= np.cumsum(counts)[owner]
    sketch, sizes = numbers(texts["sketch"])
    return (
        np.concatenate([told[whole], sketch]),
        np.concatenate([owner[whole], np.repeat(np.arange(len(texts)), sizes)]),
    )


def numbers(column: pl.Series) -> tuple[U32, Ints]:
    """Numbers of 32 bits out of a column of bytes, and how many stand in each row."""
    sizes = column.bin.size().to_numpy().astype(np.int64) // 4
    return np.frombuffer(b"".join(column.to_list()), "<u4"), sizes


def _unique(values: U32, owner: Ints, texts: int) -> tuple[U32, Ints]:
    """Each text's shingles once and ascending, and how many each text has."""
    keys = _once(_coded(owner, values))
    sizes = np.bincount((keys >> np.uint64(32)).astype(np.int64), minlength=texts)
    return (keys & np.uint64(0xFFFFFFFF)).astype(np.uint32), sizes


def _short(hashes: U64) -> U32:
    return (hashes >> np.uint64(32)).astype(np.uint32)


def bands(threshold: float) -> tuple[int, int]:
    """Bands, and rows of each: the most selective that still finds FOUND of the pairs there."""
    for rows in range(16, 0, -1):
        count = HASHES // rows
        if 1 - (1 - threshold**rows) ** count >= FOUND:
            return count, rows
    return HASHES, 1


def signatures(sets: Sets, threshold: float) -> tuple[U64, npt.NDArray[np.uint8]]:
    """Key of each text in each band (bands x texts), and a byte of each MinHash (texts x hashes).

    Every set has a shingle at least.
    """
    count, rows = bands(threshold)
    seeds = _short(mixed(np.arange(1, count * rows + 1, dtype=np.uint64))) | np.uint32(1)
    turns = _short(mixed(np.arange(1, count * rows + 1, dtype=np.uint64) << np.uint64(20)))
    keys = np.zeros((count, len(sets)), np.uint64)
    bytes_ = np.empty((len(sets), count * rows), np.uint8)
    for first in range(0, len(sets), _TEXTS):
        last = min(first + _TEXTS, len(sets))
        low, high = sets.bounds[first], sets.bounds[last]
        some, starts = sets.shingles[low:high], sets.bounds[first:last] - low
        for number, (seed, turn) in enumerate(zip(seeds, turns, strict=True)):
            turned = (some ^ turn) * seed
            turned ^= turned >> np.uint32(15)  # the low bits of a product depend on few
            turned *= np.uint32(0x85EBCA6B)
            least = np.minimum.reduceat(turned, starts)
            bytes_[first:last, number] = (least >> np.uint32(9)) & np.uint32(0xFF)
            band = keys[number // rows, first:last]
            band *= np.uint64(0x9E3779B97F4A7C15)
            band += least
    return mixed(keys), bytes_


def candidates(sets: Sets, threshold: float, values: Ints, apart: Ints) -> tuple[Ints, Ints]:
    """Pairs of sets (the smaller number first) that are worth comparing at this threshold.

    Sets of which `apart` differs are never compared; for `values` see `neighbours`.
    """
    if not len(sets):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    keys, told = signatures(sets, threshold)
    found = np.empty(0, np.uint64)
    for band in keys:
        band ^= mixed(apart.astype(np.uint64))
        near = [found]
        for first, second in neighbours(band, values):
            alike = _agreement(told, first, second) >= threshold - _UNDERRATED
            near.append(_coded(first[alike], second[alike]))
        found = np.unique(np.concatenate(near))
    first = (found >> np.uint64(32)).astype(np.int64)
    return first, (found & np.uint64(0xFFFFFFFF)).astype(np.int64)


def _coded(high: Ints, low: Ints | U32) -> U64:
    """Two numbers in one, to be sorted by the first and then the second."""
    return (high.astype(np.uint64) << np.uint64(32)) | low.astype(np.uint64)


def _agreement(told: npt.NDArray[np.uint8], first: Ints, second: Ints) -> npt.NDArray[np.float32]:
    """Share of the MinHashes that two sets have in common: about their similarity."""
    shares = np.empty(len(first), np.float32)
    for at in range(0, len(first), _TEXTS):
        a, b = first[at : at + _TEXTS], second[at : at + _TEXTS]
        shares[at : at + _TEXTS] = (told[a] == told[b]).mean(1)
    return shares


def neighbours(keys: U64, values: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Pairs of texts that share the key of one band.

    In a crowd (a bucket of more than WINDOW texts: made problems of one template) only texts of
    equal `values` are paired, each with its next WINDOW.
    """
    order = np.argsort(keys, kind="stable")
    same = keys[order[1:]] == keys[order[:-1]]
    order = order[np.append(same, False) | np.append(False, same)]
    order = order[np.lexsort((values[order], keys[order]))]
    key, value = keys[order], values[order]
    _, bucket, sizes = np.unique(key, return_inverse=True, return_counts=True)
    crowded = sizes[bucket] > WINDOW
    for step in range(1, min(WINDOW, len(order) - 1) + 1):
        near = key[step:] == key[:-step]
        near &= ~crowded[step:] | (value[step:] == value[:-step])
        if not near.any():
            continue
        first, second = order[:-step][near], order[step:][near]
        yield np.minimum(first, second), np.maximum(first, second)


def jaccard(sets: Sets, first: Ints, second: Ints) -> npt.NDArray[np.float64]:
    """Similarity of pairs of sets: exact, unless one of them is a sketch that left some out."""
    told = np.empty(len(first))
    for at in range(0, len(first), _TEXTS):
        told[at : at + _TEXTS] = _jaccard(sets, first[at : at + _TEXTS], second[at : at + _TEXTS])
    return told


def _jaccard(sets: Sets, first: Ints, second: Ints) -> npt.NDArray[np.float64]:
    a, of_a, last_a = _taken(sets, first)
    b, of_b, last_b = _taken(sets, second)
    # Of two sketches only what is below the end of both can be compared.
    end = np.minimum(last_a, last_b)
    a_in, b_in = a <= end[of_a], b <= end[of_b]
    keys = np.concatenate([_coded(of_a[a_in], a[a_in]), _coded(of_b[b_in], b[b_in])])
    keys.sort()
    both = keys[1:][keys[1:] == keys[:-1]] >> np.uint64(32)
    shared = np.bincount(both.astype(np.int64), minlength=len(first))
    total = np.bincount((keys >> np.uint64(32)).astype(np.int64), minlength=len(first))
    return np.asarray(shared / np.maximum(total - shared, 1))


def _taken(sets: Sets, which: Ints) -> tuple[U32, Ints, U32]:
    """The shingles of some sets, of which of them each is, and where each set ends."""
    starts, sizes = sets.bounds[which], sets.bounds[which + 1] - sets.bounds[which]
    owner = np.repeat(np.arange(len(which)), sizes)
    inside = np.arange(len(owner)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    values = sets.shingles[np.repeat(starts, sizes) + inside]
    ends = np.full(len(which), 0xFFFFFFFF, np.uint32)
    cut = sets.cut[which]
    ends[cut] = sets.shingles[starts[cut] + SKETCH - 1]
    return values, owner, ends
