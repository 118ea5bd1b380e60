"""Near-duplicates among samples of one problem: none where their final answers differ."""

import random

import polars as pl
import pytest

from filters.dedup import decide, dedup, narrow
from generators.records import Problem, Sample


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("7", "8", ""),
        ("So it is 7.", "It is 8.", ""),
        ("So it is 7.", "It is $7$.", "near_duplicate"),
        ("The answer is \\boxed{7}.", "**Answer:** 7", "near_duplicate"),
        ("We found \\boxed{[0,1]}.", "We found \\boxed{(0,1)}.", ""),
        ("We found \\boxed{5}.", "We found \\boxed{.5}.", ""),
        ("Lisbon", "Porto", ""),
        ("Lisbon", "lisbon.", "near_duplicate"),
        ("7", "", ""),
    ],
)
def test_samples_with_other_final_answers_are_apart(one: str, other: str, reason: str) -> None:
    rng = random.Random(17)
    thought = " ".join("".join(rng.choices("abcdefgh", k=5)) for _ in range(500))
    problem = Problem(id="p")
    samples = [
        Sample(id="a", problem=problem, reasoning=thought, response=one),
        Sample(id="b", problem=problem, reasoning=thought + " end", response=other),
    ]
    rows = [{"id": each.id, **dedup(each, threshold=0.8)} for each in samples]
    whole = pl.DataFrame(rows, schema_overrides={"values": pl.Int64})
    for signatures in (whole, narrow(whole, threshold=0.8)):
        told = decide(signatures, threshold=0.8).sort("id")
        assert told["reason"].to_list() == ["", reason]
