"""Filters that judge several records at once: pass_rate, best_of, dedup."""

import polars as pl
import pytest

from filters import (
    Group,
    Problem,
    Sample,
    Verdict,
    best_of,
    dedup,
    keep,
    pass_rate,
    reject,
    unknown,
)
from filters.dedup import decide

PROBLEM = Problem("p", "What is 1 + 1?", "2", "math", "math", "made", "en")


def sample(name: str, reasoning: str = "", response: str = "2") -> Sample:
    return Sample(name, PROBLEM, reasoning, response, "s", "g", "m", "r")


def group(*judged: Verdict) -> Group:
    """Samples a, b, c ...; those that `verify` kept survive."""
    names = "abcdefgh"[: len(judged)]
    verdicts = dict(zip(names, judged, strict=True))
    survivors = [sample(name) for name, verdict in verdicts.items() if verdict.outcome == "keep"]
    return Group(PROBLEM, survivors, {"verify": verdicts})


YES, NO, OPEN = keep(), reject("wrong_answer"), unknown("undecided")


@pytest.mark.parametrize(
    ("judged", "settings", "outcome", "reason", "score"),
    [
        ((YES, NO), {}, "keep", "", 0.5),
        ((YES, YES, NO), {"at_most": 0.67}, "keep", "", 2 / 3),
        ((YES, YES, NO), {"at_most": 0.66}, "reject", "too_easy", 2 / 3),
        ((YES, NO, NO, NO), {"at_least": 0.25}, "keep", "", 0.25),
        ((YES, NO, NO, NO), {"at_least": 0.26}, "reject", "too_hard", 0.25),
        ((YES, OPEN, OPEN), {}, "keep", "", 1.0),
        ((YES, OPEN), {"fewest": 2}, "unknown", "too_few", None),
        ((YES, NO), {"fewest": 2}, "keep", "", 0.5),
    ],
)
def test_pass_rate(
    judged: tuple[Verdict, ...], settings: dict[str, float], outcome: str, reason: str,
    score: float | None,
) -> None:  # fmt: skip
    some = group(*judged)
    verdicts = pass_rate(some, **settings)  # type: ignore[arg-type]
    assert set(verdicts) == {s.id for s in some.samples}
    for verdict in verdicts.values():
        assert (verdict.outcome, verdict.reason) == (outcome, reason)
        assert verdict.score == pytest.approx(score)


def test_pass_rate_by_another_filter() -> None:
    some = Group(PROBLEM, [sample("a")], {"judge": {"a": YES, "b": NO}, "verify": {"a": YES}})
    assert pass_rate(some, by="judge")["a"].score == 0.5


LENGTHS = {"a": 30, "b": 10, "c": 20, "d": 10}


@pytest.mark.parametrize(
    ("prefer", "most", "kept"),
    [
        ("shortest", 1, {"b"}),
        ("shortest", 2, {"b", "d"}),
        ("shortest", 3, {"b", "c", "d"}),
        ("longest", 2, {"a", "c"}),
        ("any", 2, {"a", "b"}),
        ("any", 9, {"a", "b", "c", "d"}),
    ],
)
def test_best_of(prefer: str, most: int, kept: set[str]) -> None:
    samples = [sample(name, "x" * length) for name, length in LENGTHS.items()]
    for order in (samples, samples[::-1]):
        verdicts = best_of(Group(PROBLEM, order, {}), keep_at_most=most, prefer=prefer)  # type: ignore[arg-type]
        assert {i for i, v in verdicts.items() if v.outcome == "keep"} == kept
        assert {v.reason for i, v in verdicts.items() if i not in kept} <= {"not_best"}


def signed(*records: Problem | Sample) -> pl.DataFrame:
    return pl.DataFrame([{"id": record.id, **dedup(record)} for record in records])


def test_dedup_keeps_the_smallest_id_in_any_order() -> None:
    records = [sample("c", "same"), sample("a", "same"), sample("b", "other"), sample("d", "same")]
    for order in (records, records[::-1]):
        told = {row["id"]: row for row in decide(signed(*order)).to_dicts()}
        assert {i: row["outcome"] for i, row in told.items()} == {
            "a": "keep", "b": "keep", "c": "reject", "d": "reject",
        }  # fmt: skip
        assert told["c"]["reason"] == "duplicate"
        assert told["d"]["detail"] == "same text as a"


def test_dedup_of_samples_tells_thought_from_response() -> None:
    told = decide(signed(sample("a", "xy", "z"), sample("b", "x", "yz")))
    assert told["outcome"].to_list() == ["keep", "keep"]


@pytest.mark.parametrize(
    ("question", "same"),
    [
        ("What is  1 + 1?", True),
        ("what IS 1 + 1?", True),
        ("What is\u00a01 + 1?\n", True),
        ("What is 1 + 2?", False),
        ("What is 1 + 1", False),
    ],
)
def test_dedup_of_problems_looks_at_the_question(question: str, same: bool) -> None:
    other = Problem("q", question, "2", "math", "math", "elsewhere", "en")
    outcomes = decide(signed(PROBLEM, other))["outcome"].to_list()
    assert outcomes == ["keep", "reject" if same else "keep"]
