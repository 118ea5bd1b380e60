"""Sentences said over and over in any order, and what only looks like it."""

import random

import numpy as np
import pytest
from test_loops import GOOD, LISTS, WORDS, prose

from generators.texts.going_round import among, goes_round, said_again, said_often


def turns(sentences: int, count: int, seed: int) -> str:
    chance = random.Random(seed)
    told = [" ".join(chance.choices(WORDS.split(), k=10)) for _ in range(sentences)]
    return "".join(f" {one}." for one in chance.choices(told, k=count))


@pytest.mark.parametrize("sentences", [3, 4, 5, 6])
@pytest.mark.parametrize("before", [0, 20_000])
def test_a_few_sentences_in_any_order(sentences: int, before: int) -> None:
    for seed in range(5):
        text = GOOD[:before] + turns(sentences, 70, seed)
        found = goes_round(text)
        assert found is not None
        assert abs(found[0] - before) < 400
        assert found[1] >= len(text) - 2
        assert goes_round(text + " " + prose(900, 5))
        assert goes_round(text + " " + prose(1_500, 5)) is None


WAYS = "".join(random.Random(2).choices(["Go left. ", "Go right. ", "Go on. "], k=400))


@pytest.mark.parametrize(
    "text",
    ["", "so " * 300, GOOD, GOOD + turns(5, 15, 1), GOOD + turns(80, 160, 1), GOOD + WAYS,
     *(GOOD + "\n" + told for told in LISTS.values())],
)  # fmt: skip
def test_what_does_not_go_round(text: str) -> None:
    assert goes_round(text) is None


@pytest.mark.parametrize("size", [0, 1, 50, 3_000, 70_000])
def test_said_again_loses_none(size: int) -> None:
    chance = np.random.default_rng(4)
    hashes = chance.integers(0, 1 << 64, size, np.uint64)
    hashes[size // 2 :][:9] = hashes[:9][: len(hashes[size // 2 :][:9])]
    kinds, counts = np.unique(hashes, return_counts=True)
    told = said_again(hashes)
    assert (told[1:] >= told[:-1]).all()
    assert set(kinds[counts > 1].tolist()) <= set(told.tolist())
    assert len(said_often(told, 2)) == int((counts - 1).sum())
    assert not len(said_often(told, 3))


def test_among() -> None:
    some = np.array([2, 5, 9], np.uint64)
    assert among(np.array([1, 2, 9, 10], np.uint64), some).tolist() == [False, True, True, False]
    assert not among(some, some[:0]).any()
