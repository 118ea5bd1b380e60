"""MinHash: sets of shingles, exact and sketched similarity, and what the bands find."""

import random

import numpy as np
import polars as pl
import pytest

from filters.overlaps.minhash import (
    FOUND,
    SHINGLE,
    SKETCH,
    WINDOW,
    Sets,
    bands,
    candidates,
    jaccard,
    joined,
    neighbours,
    sketch,
)

U32 = np.ndarray


def table(words: list[list[int]], sketches: list[list[int]] | None = None) -> pl.DataFrame:
    def packed(rows: list[list[int]]) -> list[bytes]:
        return [np.array(row, "<u4").tobytes() for row in rows]

    return pl.DataFrame(
        {"words": packed(words), "sketch": packed(sketches or [[] for _ in words])},
        schema={"words": pl.Binary, "sketch": pl.Binary},
    )


def shingles(words: list[int]) -> set[tuple[int, ...]]:
    return {tuple(words[at : at + SHINGLE]) for at in range(len(words) - SHINGLE + 1)}


def similarity(a: list[int], b: list[int]) -> float:
    return len(shingles(a) & shingles(b)) / len(shingles(a) | shingles(b))


def changed(words: list[int], times: int, rng: random.Random) -> list[int]:
    told = list(words)
    for _ in range(times):
        told[rng.randrange(len(told))] = rng.getrandbits(32)
    return told


def test_similarity_is_the_jaccard_of_the_shingles() -> None:
    rng = random.Random(1)
    texts = [[rng.getrandbits(32) for _ in range(rng.randint(20, 200))] for _ in range(50)]
    pairs = [(text, changed(text, rng.randint(0, 9), rng)) for text in texts]
    pairs += [(texts[0] * 2, texts[0]), (texts[1], texts[2])]
    sets = joined(table([text for pair in pairs for text in pair]))
    first = np.arange(0, 2 * len(pairs), 2)
    told = jaccard(sets, first, first + 1)
    assert told == pytest.approx([similarity(a, b) for a, b in pairs])


def test_a_text_does_not_reach_into_the_next() -> None:
    text = list(range(1, 30))
    alone = joined(table([text]))
    among = joined(table([[7] * 25, text, [9] * 25]))
    assert np.array_equal(alone.shingles, among.shingles[among.bounds[1] : among.bounds[2]])


def test_sketches_estimate_the_similarity() -> None:
    rng = random.Random(2)
    off = []
    for times in (0, 20, 60, 150, 400) * 8:
        a = [rng.getrandbits(32) for _ in range(4000)]
        b = changed(a, times, rng)
        told = [sketch(np.array(text, np.uint64)).tolist() for text in (a, b)]
        sets = joined(table([[], []], told))
        assert sets.cut.all()
        found = jaccard(sets, np.array([0]), np.array([1]))[0]
        off.append(found - similarity(a, b))
    assert np.abs(off).max() < 0.12
    assert abs(np.mean(off)) < 0.02


def test_a_sketch_holds_the_smallest_shingles_and_of_short_texts_all() -> None:
    rng = np.random.default_rng(3)
    long, short = (rng.integers(0, 1 << 60, n).astype(np.uint64) for n in (5000, 100))
    assert len(sketch(long)) == SKETCH
    assert len(sketch(short)) == 100 - SHINGLE + 1
    assert len(sketch(np.concatenate([short] * 40))) < 2 * 100
    assert sketch(long).tolist() == sorted(sketch(long).tolist())
    assert len(sketch(short[:2])) == 0


@pytest.mark.parametrize("threshold", [0.5, 0.68, 0.78, 0.9, 0.95])
def test_bands_find_the_pairs_at_the_threshold(threshold: float) -> None:
    count, rows = bands(threshold)
    assert 1 - (1 - threshold**rows) ** count >= FOUND
    assert count * rows <= 128
    assert 1 - (1 - (threshold - 0.3) ** rows) ** count < 0.8


@pytest.mark.parametrize(
    ("edits", "least", "most"), [(2, 0.99, 1.0), (4, 0.95, 1.0), (40, 0, 0.01)]
)
def test_candidates_are_the_similar_ones(edits: int, least: float, most: float) -> None:
    rng = random.Random(4)
    texts = [[rng.getrandbits(32) for _ in range(120)] for _ in range(300)]
    sets = joined(table([t for text in texts for t in (text, changed(text, edits, rng))]))
    nothing = np.zeros(len(sets), np.int64)
    first, second = candidates(sets, 0.75, nothing, nothing)
    found = sum(b == a + 1 and a % 2 == 0 for a, b in zip(first, second, strict=True))
    assert least <= found / len(texts) <= most
    apart = np.arange(len(sets))
    assert len(candidates(sets, 0.75, nothing, apart)[0]) == 0


def test_no_texts_have_no_candidates() -> None:
    none = Sets(np.empty(0, np.uint32), np.zeros(1, np.int64), np.empty(0, np.bool_))
    nothing = np.empty(0, np.int64)
    assert [len(one) for one in candidates(none, 0.8, nothing, nothing)] == [0, 0]


def pairs_of(keys: list[int], values: list[int]) -> set[tuple[int, int]]:
    told = neighbours(np.array(keys, np.uint64), np.array(values, np.int64))
    return {(int(a), int(b)) for first, second in told for a, b in zip(first, second, strict=True)}


def test_small_buckets_are_paired_whole_and_crowds_by_their_values() -> None:
    assert pairs_of([5, 6, 5, 7, 5], [1, 2, 3, 4, 5]) == {(0, 2), (0, 4), (2, 4)}
    crowd = WINDOW + 10
    assert pairs_of([5] * crowd, list(range(crowd))) == set()
    assert pairs_of([5] * crowd, [*range(crowd - 1), 0]) == {(0, crowd - 1)}
    one = pairs_of([5] * 1000, [1] * 1000)
    assert len(one) < 1000 * WINDOW
    assert (0, 1) in one
