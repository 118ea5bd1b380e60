"""What reached the limit of tokens is no sample: it is counted, and asked again where set."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from conftest import Desk

pytest.importorskip("aiohttp", reason="the extra [openai] is not installed")

from serving import Asked, Send, refuse, say, serving

from factory import read_spec
from generators.errors import UserError


def _behave(asked: Asked) -> Send:
    """Every third problem needs more than 100 tokens, every sixth more than 200."""
    number = int(asked.prompt.split()[3])
    needs = 300 if number % 6 == 0 else 200 if number % 3 == 0 else 50
    if asked.body["max_tokens"] < needs:
        return say({"reasoning": "Let me see", "content": ""}, "length")
    return say({"reasoning": "Three times it.", "content": f"\\boxed{{{3 * number}}}"})


def _spec(desk: Desk, url: str, *more: Any, **teacher: Any) -> Path:
    desk.lines(
        "q.jsonl", [{"question": f"What is 3 {n} times", "answer": 3 * n} for n in range(1, 13)]
    )
    price = {"input": 1.0, "output": 2.0}
    return desk.spec(
        models={"big": {"backend": "openai", "url": url, "model": "tiny", "price": price}},
        sampling={"max_tokens": 100},
        sources={"mine": {"jsonl": "q.jsonl", "kind": "math"}},
        generate=[{"teacher": {"stream": "r", "from": ["mine"], "model": "big",
                               "prompt": "plain", "samples": 2, **teacher}}, *more],
        filters=["verify"],
    )  # fmt: skip


def _samples(desk: Desk) -> pl.DataFrame:
    parts = (desk.folder / "runs" / "run" / "samples").glob("*/part-*.parquet")
    return pl.concat([pl.read_parquet(part) for part in parts])


def _stage(desk: Desk, name: str = "generate teacher r") -> tuple[int, int, dict[str, int]]:
    stage = desk.ledger()[name]
    return stage["rows_in"], stage["kept"], stage["rejected"]


def _asked(desk: Desk) -> dict[str, tuple[int, int, float]]:
    rows = json.loads((desk.folder / "runs/run/asked.json").read_text())
    return {r["finish"]: (r["requests"], r["completion_tokens"], r["cost"]) for r in rows}


def test_it_is_counted_and_never_kept(desk: Desk) -> None:
    with serving(_behave) as server:
        _spec(desk, server.url)
        desk.quick_build()
        assert len(server.asked) == 24
    assert _stage(desk) == (24, 16, {"cut_off": 8})
    assert set(_samples(desk)["finish"]) == {"stop"}
    assert {kind: one[0] for kind, one in _asked(desk).items()} == {"stop": 16, "length": 8}
    shown = desk.factory("show", "--spec", "spec.yaml", "--rejected", "teacher", "-n", 1).stdout
    assert ", sample 1: cut_off (after 7 tokens)\n  Let me see\n" in shown


LONGER = {"if_cut_off": {"max_tokens": 200}}


def test_it_is_asked_once_more_where_that_is_set(desk: Desk) -> None:
    with serving(_behave) as server:
        _spec(desk, server.url, **LONGER)
        desk.quick_build()
        # Those of every third problem, of which every sixth is cut off again.
        assert Counter(a.body["max_tokens"] for a in server.asked) == {100: 24, 200: 8}
        assert len({a.body["seed"] for a in server.asked}) == 32
        tree = desk.tree()
        desk.quick_build()
        assert len(server.asked) == 32
    assert desk.tree() == tree
    assert _stage(desk) == (24, 20, {"cut_off": 4})
    samples = _samples(desk)
    assert (samples.height, samples["id"].n_unique()) == (20, 20)
    # What was thrown away is in the ledger and in the cost.
    assert _asked(desk) == {
        "stop": (20, 140, pytest.approx((20 * 3 + 2 * 140) / 1e6)),
        "length": (12, 84, pytest.approx((12 * 3 + 2 * 84) / 1e6)),
    }


def test_set_later_it_asks_for_the_cut_ones_alone(desk: Desk) -> None:
    with serving(_behave) as server:
        _spec(desk, server.url)
        desk.quick_build()
        _spec(desk, server.url, **LONGER)
        desk.quick_build()
        assert Counter(a.body["max_tokens"] for a in server.asked) == {100: 24, 200: 8}
        _spec(desk, server.url, if_cut_off={"max_tokens": 300})
        desk.quick_build()
        assert Counter(a.body["max_tokens"] for a in server.asked) == {100: 24, 200: 8, 300: 8}
        assert _stage(desk) == (24, 24, {})
        _spec(desk, server.url)
        desk.quick_build()
        assert len(server.asked) == 40
    assert _stage(desk) == (24, 16, {"cut_off": 8})


def test_what_failed_the_second_time_is_asked_by_the_next_run(desk: Desk) -> None:
    down = True

    def behave(asked: Asked) -> Send:
        if down and asked.body["max_tokens"] == 200:
            return refuse(400, "not now")
        return _behave(asked)

    with serving(behave) as server:
        _spec(desk, server.url, **LONGER)
        desk.quick_build()
        stage = desk.ledger()["generate teacher r"]
        assert (stage["kept"], stage["failed"], stage["rejected"]) == (16, {"not_answered": 8}, {})
        down = False
        desk.quick_build()
        assert Counter(a.body["max_tokens"] for a in server.asked) == {100: 24, 200: 16}
    assert _stage(desk) == (24, 20, {"cut_off": 4})


def test_a_loop_that_was_stopped_is_not_asked_again(desk: Desk) -> None:
    with serving(lambda asked: say({"reasoning": "and so on " * 2000, "content": ""})) as server:
        _spec(desk, server.url, **LONGER)
        desk.quick_build()
        assert {a.body["max_tokens"] for a in server.asked} == {100}
    assert set(_asked(desk)) == {"repetition"}
    assert set(_samples(desk)["finish"]) == {"repetition"}


def test_an_editor_that_was_cut_off_is_asked_again(desk: Desk) -> None:
    def behave(asked: Asked) -> Send:
        if "BEGIN THOUGHT" not in asked.prompt:
            return _behave(asked)
        if asked.body["max_tokens"] == 100:
            return say("<thought>It is", "length")
        return say("<thought>It is three times that.</thought><summary>So be it.</summary>")

    edit: dict[str, Any] = {"stream": "e", "from": ["teacher"], "model": "big"}
    with serving(behave) as server:
        _spec(desk, server.url, {"refine": edit})
        desk.quick_build()
        assert _stage(desk, "generate refine e") == (16, 0, {"cut_off": 16})
        _spec(desk, server.url, {"refine": {**edit, **LONGER}})
        desk.quick_build()
        assert _stage(desk, "generate refine e") == (16, 16, {})
    edited = _samples(desk).filter(stream="e")
    assert edited["origin"].n_unique() == 16


def test_a_cut_answer_serves_no_problem(desk: Desk) -> None:
    """It is asked again in the next round, as what was not kept."""
    with serving(_behave) as server:
        _spec(desk, server.url, rounds=2)
        desk.quick_build()
        asked = Counter(int(a.prompt.split()[3]) for a in server.asked)
    assert asked == {n: 4 if n % 3 == 0 else 2 for n in range(1, 13)}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"if_cut_off": {"max_tokens": 100}},
         "if_cut_off.max_tokens: 100 is not more than the 100 of the first time"),
        ({"if_cut_off": {"max_tokens": 150}, "sampling": {"max_tokens": 160}}, "150 is not more"),
        ({"if_cut_off": {"tokens": 200}}, "cut_off.tokens: unknown setting 'tokens'; did you mean"),
        ({"if_cut_off": {"max_tokens": "200"}}, "if_cut_off.max_tokens: should be a valid integer"),
        ({"if_cut_off": 200}, "if_cut_off: should be a valid dictionary"),
        ({"if_cutoff": {"max_tokens": 200}}, "'if_cutoff'; did you mean 'if_cut_off'"),
    ],
)  # fmt: skip
def test_faults(desk: Desk, changes: dict[str, Any], told: str) -> None:
    with pytest.raises(UserError, match=told):
        read_spec.load(_spec(desk, "http://127.0.0.1:9/v1", **changes))


def test_what_reads_recorded_outputs_asks_nothing_again(desk: Desk) -> None:
    path = _spec(
        desk, "http://127.0.0.1:9/v1", {"recorded": {"stream": "o", "from": ["mine"], **LONGER}}
    )
    with pytest.raises(UserError, match=r"recorded\.if_cut_off: no model is asked"):
        read_spec.load(path)


def test_the_resolved_spec_names_it(desk: Desk) -> None:
    spec = read_spec.load(_spec(desk, "http://127.0.0.1:9/v1", **LONGER))
    assert spec.resolved["generate"][0]["teacher"]["if_cut_off"] == {"max_tokens": 200}
    assert spec.generate[0].if_cut_off == spec.generate[0].sampling.model_copy(
        update={"max_tokens": 200}
    )
