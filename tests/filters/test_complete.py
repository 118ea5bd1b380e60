import json
import os
from collections import Counter
from pathlib import Path

import pytest

from filters.complete import complete
from filters.verdict import keep, reject, unknown
from generators.records import Problem, Sample
from generators.registry import find
from generators.transcript import split

DATA = Path(os.environ.get("FACTORY_DATA", Path(__file__).parents[3] / "shared" / "data"))
PROBLEM = Problem("p", "1 + 1?", "2", "math", "math", "test", "en")


def sample(reasoning: str, response: str, finish: str = "stop", tokens: int = 0) -> Sample:
    return Sample(
        "s", PROBLEM, reasoning, response, "reasoning", "test", "m", "r", "",
        completion_tokens=tokens, finish=finish,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "finish", "outcome", "reason"),
    [
        ("<think>a</think>b", "stop", "keep", ""),
        ("b", "stop", "keep", ""),
        ("<think></think>b", "stop", "keep", ""),
        ("<think>a</think>`<think>` opens it.", "stop", "keep", ""),
        ("<think>a</think>b<|im_end|>", "stop", "keep", ""),
        # how it ended comes first
        ("<think>a", "length", "reject", "cut_off"),
        ("<think>a</think>b", "length", "reject", "cut_off"),
        ("<think>a</think>", "length", "reject", "cut_off"),
        ("<think>a</think>b", "repetition", "reject", "repetition"),
        ("<think>a</think>b", "error:timeout", "reject", "error"),
        ("<think>a</think>b", "error", "reject", "error"),
        ("<think>a</think>b", "content_filter", "reject", "not_stopped"),
        ("", "tool_calls", "reject", "not_stopped"),
        # then the tags
        ("<think>a", "stop", "reject", "thought_not_closed"),
        ("<think>a", "", "reject", "thought_not_closed"),
        ("<think>a</think>b</think>c", "stop", "reject", "thought_closed_twice"),
        ("<think>a</think>b<|end_of_thought|>", "stop", "reject", "thought_closed_twice"),
        ("<think>a<think>b</think>c", "stop", "reject", "nested_thought"),
        ("x<think>a</think>b", "stop", "reject", "text_before_thought"),
        (
            "<|begin_of_thought|>a<|end_of_thought|><|begin_of_solution|>b",
            "stop", "reject", "response_not_closed",
        ),
        # then the response
        ("<think>a</think> \n", "stop", "reject", "no_response"),
        ("", "stop", "reject", "no_response"),
        ("<think>a</think>", "", "reject", "no_response"),
        # and whole to look at is not known to be whole
        ("<think>a</think>b", "", "unknown", "finish_unknown"),
        ("<think>a</think>b", "eos", "unknown", "finish_unknown"),
    ],
)  # fmt: skip
def test_complete(text: str, finish: str, outcome: str, reason: str) -> None:
    turn = split(text)
    verdict = complete(sample(turn.reasoning, turn.response, finish))
    assert (verdict.outcome, verdict.reason) == (outcome, reason)
    assert verdict.score == {"keep": 1.0, "reject": 0.0, "unknown": None}[outcome]


def test_details_say_why() -> None:
    assert complete(sample("a", "b")) == keep(1.0)
    assert complete(sample("a", "", "length", 512)).detail == "after 512 tokens"
    assert complete(sample("a", "", "length")).detail == "after ? tokens"
    assert complete(sample("a", "b", "error:no route to host")) == reject(
        "error", "no route to host"
    )
    assert complete(sample("a", "b", "tool_calls")) == reject("not_stopped", "tool_calls")
    assert complete(sample("a", "b", "EOS")) == unknown("finish_unknown", "EOS")
    assert complete(sample("a", "b</think>c")) == reject("thought_closed_twice", "</think>")


def test_white_space_is_no_response() -> None:
    assert complete(sample("a", "\u3000\n")).reason == "no_response"


def test_registered_without_settings() -> None:
    entry = find("filter", "complete")
    assert entry.judges(Sample)
    assert entry.check({}, "filters.complete") == {}


@pytest.mark.parametrize(
    ("name", "outcomes"),
    [
        ("lineage_bench_open_models/qwen3-32b", {"": 156, "cut_off": 4}),
        ("dev_slices/lineage_minimax-m2_length-stops", {"": 38, "cut_off": 7, "finish_unknown": 2}),
        ("dev_slices/lineage_deepseek-r1-0528_size8-128", {"": 120}),
    ],
)
def test_real_outputs_end_as_their_servers_said(name: str, outcomes: dict[str, int]) -> None:
    path = DATA / "real" / "long_cot" / f"{name}.jsonl"
    if not path.exists():
        pytest.skip(f"no real data at {path} (set FACTORY_DATA)")
    found: Counter[str] = Counter()
    for row in map(json.loads, path.read_bytes().splitlines()):
        turn = split(row["content"], row["reasoning"])
        found[
            complete(sample(turn.reasoning, turn.response, row["finish_reason"] or "")).reason
        ] += 1
    assert found == outcomes
