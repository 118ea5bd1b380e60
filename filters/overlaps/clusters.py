"""Clusters of near-duplicates: which record stays, which others it stands for, and a report."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

Ints = npt.NDArray[np.int64]
Similarity = Callable[[Ints, Ints], npt.NDArray[np.float64]]

PIVOTS = 256
"""So many records of a large heap are compared with all others of it."""
LARGE = 32
"""Records of a heap in which not every pair of duplicates need be known."""


def stars(count: int, first: Ints, second: Ints, similar: Similarity) -> Ints:
    """For each of `count` records the one that it is a duplicate of, itself where it stays.

    Records are numbered in the order of their ids. `first` and `second` are pairs of duplicates.
    In order, a record stays unless it is a duplicate of one that has stayed: so each that is
    dropped resembles the one that stands for it, which a chain of pairs does not promise.
    `similar` gives the similarity of pairs, 0 of those that are no duplicates: it is asked in large
    heaps, of which not all pairs are known.
    """
    kept = np.arange(count)
    near = _adjacent(first, second)
    for heap in _heaps(near):
        rest = np.array(heap)
        if len(heap) > LARGE:
            rest = _by_pivots(rest, kept, similar)
        stays = set(rest.tolist())
        for record in rest.tolist():
            if record in stays:
                for other in near[record]:
                    if other > record and other in stays:
                        stays.remove(other)
                        kept[other] = record
    return kept


def _by_pivots(rest: Ints, kept: Ints, similar: Similarity) -> Ints:
    """Drop what resembles the first records that stay; returns what is left to look at."""
    for _ in range(PIVOTS):
        if len(rest) < 2:
            break
        pivot, rest = rest[0], rest[1:]
        found = similar(np.full(len(rest), pivot), rest) > 0
        kept[rest[found]] = pivot
        rest = rest[~found]
    return rest


def _adjacent(first: Ints, second: Ints) -> dict[int, list[int]]:
    near: dict[int, list[int]] = {}
    for a, b in zip(first.tolist(), second.tolist(), strict=True):
        near.setdefault(a, []).append(b)
        near.setdefault(b, []).append(a)
    return near


def _heaps(near: dict[int, list[int]]) -> list[list[int]]:
    """The connected components, each ascending."""
    seen: set[int] = set()
    heaps = []
    for start in sorted(near):
        if start in seen:
            continue
        seen.add(start)
        heap = [start]
        for record in heap:  # grows while it is gone through
            new = [other for other in near[record] if other not in seen]
            seen.update(new)
            heap += dict.fromkeys(new)
        heaps.append(sorted(heap))
    return heaps


def report(clusters: pl.DataFrame, examples: int = 5) -> dict[str, Any]:
    """How many clusters there are of each size, and some of the largest.

    `clusters` has the columns id, kept (the id that stays) and similarity (to it), as
    `filters.dedup.clusters` returns it.
    """
    sizes = clusters.group_by("kept").agg(
        size=pl.len(), dropped=(pl.col("id") != pl.col("kept")).sum()
    )
    several = sizes.filter(pl.col("size") > 1).sort(["size", "kept"], descending=[True, False])
    by_size = several.group_by("size").len().sort("size")
    shown = []
    for kept, size in several.select("kept", "size").head(examples).iter_rows():
        others = clusters.filter((pl.col("kept") == kept) & (pl.col("id") != kept)).sort("id")
        shown.append(
            {
                "kept": kept,
                "size": size,
                "least": round(min(others["similarity"].to_list()), 3),
                "others": others["id"].head(10).to_list(),
            }
        )
    return {
        "records": len(clusters),
        "dropped": int(sizes["dropped"].sum()),
        "clusters": len(several),
        "by_size": dict(by_size.iter_rows()),
        "largest": shown,
    }
