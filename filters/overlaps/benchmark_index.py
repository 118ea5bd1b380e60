"""The index of benchmark texts: which short runs of words lead to which question or solution.

It is made once per content of the benchmarks and kept as memory-mapped arrays, which all workers
of a machine share, in FACTORY_CACHE or else in the user's folder of caches.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import xxhash

from filters.overlaps.benchmarks import Benchmark, Passage, passages_of, revision
from generators.texts.words import Hashes, grams, signs, words

FORMAT = 1
"""Raised when the same benchmarks lead to other arrays."""
SHORT_SEED = 3
"""Words that must agree for two short questions to be compared."""

Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Seeds:
    """Runs of words and where they stand: ascending by hash."""

    size: int
    """Words of a run."""
    hashes: Hashes
    passages: Ints
    places: Ints
    """Number of the run's first word in its passage."""
    bits: npt.NDArray[np.uint8]
    """A set of the first bits of the hashes: most of what is asked for is not in it."""

    def find(self, asked: Hashes) -> tuple[npt.NDArray[np.int64], Ints, Ints]:
        """Of runs that are asked for: which are known, in which passages, at which places."""
        at, first = self._known(asked)
        if not len(at):
            return at, np.empty(0, np.int32), np.empty(0, np.int32)
        count = np.searchsorted(self.hashes, asked[at], "right") - first
        rows = np.repeat(first - np.cumsum(count) + count, count) + np.arange(count.sum())
        return np.repeat(at, count), self.passages[rows], self.places[rows]

    def _known(self, asked: Hashes) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Which are known, and where each of these stands first."""
        if not len(self.hashes) or not len(asked):
            return np.empty(0, np.int64), np.empty(0, np.int64)
        slot = (asked >> np.uint64(64 - (len(self.bits) * 8 - 1).bit_length())).view(np.int64)
        held = self.bits[slot >> 3]
        at = (held != 0).nonzero()[0]  # one in seven at most goes on to its bit
        at = at[(held[at] >> (slot[at] & 7)) & 1 == 1]
        first = np.searchsorted(self.hashes[:-1], asked[at])
        known = self.hashes[first] == asked[at]
        return at[known], first[known]


@dataclass(frozen=True, eq=False)
class Index:
    """All that is known of some benchmarks."""

    passages: tuple[Passage, ...]
    long: Seeds
    """Of passages that are as long as a seed; those of boilerplate left out."""
    short: Seeds
    """Of short passages, to compare them with whole questions."""
    sizes: Ints
    """Words of each passage."""
    seeded: Ints
    """Runs by which each passage can be found."""
    boilerplate: Hashes
    """Runs of words that many problems share: no sign of contamination. Ascending."""

    def same(self, text: str) -> int | None:
        """Number of the passage whose words and signs are those of a text, if there is one."""
        if _spoken(text) not in self._all_spoken:
            return None  # most texts: their signs need not be read
        return self._exact.get(whole(text))

    @cached_property
    def _all_spoken(self) -> frozenset[int]:
        return frozenset(_spoken(passage.text) for passage in self.passages)

    @cached_property
    def _exact(self) -> dict[str, int]:
        return {told: n for n, p in enumerate(self.passages) if (told := whole(p.text))}


def among(hashes: Hashes, known: Hashes) -> npt.NDArray[np.bool_]:
    """Which hashes are among the known, which are ascending."""
    if not len(known):
        return np.zeros(len(hashes), np.bool_)
    at = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
    return np.asarray(known[at] == hashes)


def _spoken(text: str) -> int:
    """Hash of all words of a text."""
    return xxhash.xxh3_64_intdigest(words(text).hashes.tobytes())


def whole(text: str) -> str:
    """Hash of all words and signs of a text; "" where it has no words."""
    told = signs(text).hashes
    return xxhash.xxh3_128_hexdigest(told.tobytes()) if len(told) else ""


# --- making ------------------------------------------------------------------------------------


def made(passages: Sequence[Passage], ngram: int, common: int) -> Index:
    """The index of these passages.

    Seeds are runs of half of `ngram` words, which one changed word leaves in all but the shortest
    texts. Runs in more than `common` different questions, or solutions, are boilerplate.
    """
    size = max(SHORT_SEED, ngram // 2)
    told = [words(passage.text).hashes for passage in passages]
    runs = [grams(one, size) for one in told]
    boilerplate = _boilerplate(passages, told, runs, common)
    kept = [_without(run, boilerplate) for run in runs]
    short = [
        _all(grams(one, SHORT_SEED)) if len(one) < ngram and passage.part == "question" else _NONE
        for passage, one in zip(passages, told, strict=True)
    ]
    return Index(
        tuple(passages),
        _seeds(size, kept),
        _seeds(SHORT_SEED, short),
        np.array([len(one) for one in told], np.int32),
        np.array([len(hashes) for hashes, _ in kept], np.int32),
        boilerplate,
    )


_NONE = (np.empty(0, np.uint64), np.empty(0, np.int32))
Run = tuple[Hashes, Ints]


def _all(run: Hashes) -> Run:
    hashes, first = np.unique(run, return_index=True)
    return hashes, first.astype(np.int32)


def _without(run: Hashes, boilerplate: Hashes) -> Run:
    hashes, first = _all(run)
    good = ~among(hashes, boilerplate)
    return hashes[good], first[good]


def _boilerplate(
    passages: Sequence[Passage], told: list[Hashes], runs: list[Hashes], common: int
) -> Hashes:
    """Runs that stand in more than so many texts; a text that is there twice counts once."""
    different = {
        (passage.part, one.tobytes()): run
        for passage, one, run in zip(passages, told, runs, strict=True)
    }
    found = []
    for part in ("question", "solution"):
        some = [np.unique(run) for (p, _), run in different.items() if p == part]
        if some:
            hashes, times = np.unique(np.concatenate(some), return_counts=True)
            found.append(hashes[times > common])
    return np.unique(np.concatenate(found)) if found else _NONE[0]


def _seeds(size: int, runs: Sequence[Run]) -> Seeds:
    hashes = np.concatenate([_NONE[0], *(run for run, _ in runs)])
    places = np.concatenate([_NONE[1], *(place for _, place in runs)])
    passages = np.repeat(np.arange(len(runs), dtype=np.int32), [len(run) for run, _ in runs])
    order = np.argsort(hashes, kind="stable")
    bits = np.zeros(1 << max(10, (4 * len(hashes)).bit_length()), np.uint8)
    slot = hashes >> np.uint64(64 - (len(bits) * 8 - 1).bit_length())
    flags = np.uint8(1) << (slot & np.uint64(7)).astype(np.uint8)
    np.bitwise_or.at(bits, (slot >> np.uint64(3)).astype(np.int64), flags)
    return Seeds(size, hashes[order], passages[order], places[order], bits)


# --- keeping -----------------------------------------------------------------------------------


def index_of(benchmarks: Sequence[Benchmark | dict[str, Any]], ngram: int, common: int) -> Index:
    """The index of benchmarks as a spec names them: made, or read where it was made before."""
    told = orjson.dumps(benchmarks, default=Benchmark.model_dump)
    return _index(told, ngram, common)


@lru_cache(maxsize=4)
def _index(benchmarks: bytes, ngram: int, common: int) -> Index:
    told = [Benchmark.model_validate(one) for one in orjson.loads(benchmarks)]
    read = [one.model_dump_json() + revision(one) for one in told]
    told_apart = "\0".join([str(FORMAT), str(ngram), str(common), *read])
    folder = _cache() / "benchmarks" / xxhash.xxh3_128_hexdigest(told_apart.encode())
    if not folder.is_dir():
        index = made([passage for one in told for passage in passages_of(one)], ngram, common)
        try:
            _write(index, folder)
        except OSError:  # nowhere to keep it: it is made in each process
            return index
    return _read(folder)


def _cache() -> Path:
    told = os.environ.get("FACTORY_CACHE")
    if told:
        return Path(told)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "reasoning-factory"


def _write(index: Index, folder: Path) -> None:
    """Written beside and renamed: whoever comes second finds it there and drops its own."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(dir=folder.parent))
    try:
        arrays: dict[str, npt.NDArray[Any]] = {
            "sizes": index.sizes,
            "seeded": index.seeded,
            "boilerplate": index.boilerplate,
        }
        for name, seeds in (("long", index.long), ("short", index.short)):
            for part in _PARTS:
                arrays[f"{name}_{part}"] = getattr(seeds, part)
        for name, array in arrays.items():
            np.save(beside / f"{name}.npy", array)
        told = {"size": index.long.size, "passages": [asdict(one) for one in index.passages]}
        (beside / "passages.json").write_text(json.dumps(told), "utf-8")
        if not folder.is_dir():
            beside.rename(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


_PARTS = ("hashes", "passages", "places", "bits")


def _read(folder: Path) -> Index:
    def array(name: str) -> Any:
        path = folder / f"{name}.npy"
        small = path.stat().st_size < 4096  # an empty one cannot be mapped
        return np.asarray(np.load(path, mmap_mode=None if small else "r"))

    def seeds(name: str, size: int) -> Seeds:
        return Seeds(size, *(array(f"{name}_{part}") for part in _PARTS))

    told = json.loads((folder / "passages.json").read_text("utf-8"))
    return Index(
        tuple(Passage(**one) for one in told["passages"]),
        seeds("long", told["size"]),
        seeds("short", SHORT_SEED),
        array("sizes"),
        array("seeded"),
        array("boilerplate"),
    )
