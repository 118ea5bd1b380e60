"""`factory check --pilot`: a few problems are asked, through the run's journal, and measured."""

import json
import re
import signal
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from conftest import Desk

pytest.importorskip("aiohttp", reason="the extra [openai] is not installed")

from serving import Asked, Send, Server, refuse, say, serving

from factory import pilot as piloting
from factory.estimate import as_text
from factory.measured import Took, scaled
from factory.pilot import piloted
from factory.pipeline import planned
from factory.plan import Plan
from factory.progress import Quiet
from generators.errors import Stopped, UserError

ONCE = {"stream": "reasoning", "from": ["mine"], "model": "big", "prompt": "plain"}
PRICE = {"input": 1.0, "output": 2.0}


def _solve(asked: Asked) -> Send:
    if "BEGIN RESPONSE" in asked.prompt:
        return say('{"analysis": "It is right.", "correctness": 1.0}')
    if "BEGIN THOUGHT" in asked.prompt:
        return say("<thought>I take it three times.</thought><summary>Done.</summary>")
    number = int(asked.prompt.split()[3])
    right = number % 2 == 0 or asked.body["seed"] % 2 == 0
    return say({"reasoning": "Three times it.", "content": f"\\boxed{{{3 * number * right}}}"})


def _spec(desk: Desk, server: Server | str, problems: int = 60, **more: Any) -> None:
    desk.lines(
        "q.jsonl",
        [{"question": f"What is 3 {n} times", "answer": 3 * n} for n in range(1, problems + 1)],
    )
    url = server if isinstance(server, str) else server.url
    model = {"backend": "openai", "url": url, "model": "tiny", "canary": 0, "price": PRICE}
    desk.spec(**{
        "models": {"big": {**model, **more.pop("model", {})}},
        "sources": {"mine": {"jsonl": "q.jsonl", "kind": "math"}},
        "generate": [{"teacher": {**ONCE, "samples": 2}}],
        "filters": ["complete", "verify"],
        **more,
    })  # fmt: skip


def _plan(desk: Desk) -> Plan:
    return planned(desk.folder / "spec.yaml", desk.folder / "runs", None)


def _check(desk: Desk) -> str:
    return as_text(_plan(desk))


def _pilot(desk: Desk, count: int) -> str:
    """What the command prints, in this process."""
    return as_text(_plan(desk), piloted(_plan(desk), count, Quiet(), 1))


def test_the_build_asks_for_nothing_of_the_pilot_again(desk: Desk) -> None:
    with serving(_solve) as server:
        _spec(desk, server)
        out = desk.factory("check", "--spec", "spec.yaml", "--pilot", "-n", 5).stdout
        assert len(server.asked) == 10
        assert "cost, by a pilot of 5 problems\n" in out
        assert "teacher (reasoning): 60 problems, about 120 requests, 360 + 840 tokens, " in out
        assert re.search(r" with \d+ in flight|that were measured", out)
        assert "$0.00" in out
        assert "so far: asked big in all: 10 requests, 10 attempts, 30 + 70 tokens" in out
        again = _pilot(desk, 5)
        assert len(server.asked) == 10
        assert [_lines(again)[-2], "that were measured" in again] == [_lines(out)[-2], True]
        _pilot(desk, 8)
        assert len(server.asked) == 16
        desk.quick_build()
        assert len(server.asked) == 120
        assert set(Counter(json.dumps(a.body) for a in server.asked).values()) == {1}
        assert "cost, by what is built of 60 problems\n" in _check(desk)
    assert not (desk.folder / "runs/run/pilot/dataset").exists()


def _lines(text: str) -> list[str]:
    return [re.sub(r", [^,]* measured[^,]*", "", line) for line in text.splitlines()]


def test_a_pilot_of_all_says_what_the_build_takes(desk: Desk) -> None:
    rounds = {**ONCE, "samples": 2, "rounds": 3, "enough": 2}
    edit = {"refine": {"stream": "edited", "from": ["teacher"], "model": "big"}}
    judge = {"judge": {"model": "big", "at_least": 0.5}}
    with serving(_solve) as server:
        _spec(desk, server, 12, generate=[{"teacher": rounds}, edit],
              filters=["complete", {"verify": {"only": ["reasoning"]}}, judge])  # fmt: skip
        out = _pilot(desk, 20)
        asked = len(server.asked)
        told = dict(re.findall(r"^  (\S+ \(\w+\)|in all): .*?about ([\d,]+) requests", out, re.M))
        assert set(told) == {"teacher (reasoning)", "refine (edited)", "judge (filters)", "in all"}
        assert int(told["teacher (reasoning)"]) > 24
        assert int(told["refine (edited)"]) > 0
        assert int(told["in all"]) == asked
        desk.quick_build()
        assert len(server.asked) == asked


def test_a_build_after_a_pilot_is_the_same_build(desk: Desk) -> None:
    """With inputs that are packed, made or recorded, of which a pilot reads a few rows."""
    rows = [{"question": f"What is {n} plus {n}?", "answer": 2 * n, "said": f"<think>\nTwice {n}.\n"
             f"</think>\n\n\\boxed{{{2 * n}}}", "finish": "stop"} for n in range(700)]  # fmt: skip
    desk.lines("rows.jsonl.gz", rows)
    desk.spec(
        models={"pretended": {"backend": "scripted", "cut_off": 0.3}},
        sources={"packed": {"jsonl": "rows.jsonl.gz", "kind": "math"},
                 "made": {"procedural": ["chain"], "count": 50}},
        generate=[
            {"recorded": {"stream": "o", "from": ["packed"],
                          "fields": {"response": "said", "finish": "finish"}}},
            {"teacher": {"stream": "r", "from": ["packed", "made"], "model": "pretended",
                         "samples": 2, "rounds": 2, "if_cut_off": {"max_tokens": 40_000}}},
        ],
        filters=["complete", "verify", "dedup"],
    )  # fmt: skip
    desk.quick_build("alone")
    out = _pilot(desk, 30)
    assert "teacher (r): 750 problems, about " in out
    # 30 for those that read of `packed` alone, more than that for those that read of both.
    assert "cost, by a pilot of 3" in out
    desk.quick_build()
    tree = desk.tree()
    assert {path: h for path, h in tree.items() if not path.startswith("pilot/")} == (
        desk.tree("alone")
    )
    assert "pilot/problems/part-00000.parquet" in tree


def test_a_budget_bounds_the_rounds(desk: Desk) -> None:
    rounds = {**ONCE, "rounds": 8, "budget": 70}
    with serving(lambda asked: say("\\boxed{0}")) as server:
        _spec(desk, server, generate=[{"teacher": rounds}])
        assert "about 70 requests, 210 + 490 tokens" in _pilot(desk, 4)


@pytest.mark.parametrize(
    ("limits", "model", "told"),
    [
        ({"cost": 0.0011}, {}, "about $0.0020, and $0.0011 allowed: the build would stop at 54%"),
        ({"cost": 5}, {}, "limits.cost: about $0.0020, and $5.00 allowed: enough"),
        ({"tokens": 600}, {}, "tokens: about 1,200, and 600 allowed: the build would stop at 50%"),
        ({}, {"price": None}, "price of big unknown"),
    ],
)  # fmt: skip
def test_limits_and_prices(
    desk: Desk, limits: dict[str, Any], model: dict[str, Any], told: str
) -> None:
    with serving(_solve) as server:
        _spec(desk, server, limits=limits, model=model)
        out = _pilot(desk, 5)
    assert told in out
    assert ("$" in out) == ("price" not in model)
    assert ("limits." in out) == bool(limits)


def test_without_a_pilot_it_says_what_it_assumes(desk: Desk) -> None:
    rounds = {**ONCE, "samples": 2, "rounds": 3, "if_cut_off": {"max_tokens": 2000},
              "sampling": {"max_tokens": 1000}}  # fmt: skip
    judge = {"judge": {"model": "big", "sampling": {"max_tokens": 100}}}
    edit = {"refine": {"stream": "edited", "from": ["teacher"], "model": "big"}}
    _spec(desk, "http://127.0.0.1:9/v1", generate=[{"teacher": rounds}, edit],
          filters=["verify", judge], limits={"cost": 1})  # fmt: skip
    out = _check(desk)
    assert "assumed: prompts of 300 tokens" in out
    # 60 problems, 2 samples, 3 rounds; each again where it is cut off.
    assert "teacher (reasoning): 60 problems, at most 720 requests, 216,000 + 1.1 M tokens" in out
    assert "refine (edited): at most 360 requests" in out
    assert "judge (filters): 2 requests for each record that reaches it, at most 1,440 req" in out
    assert "time unknown" in out
    assert "$1.00 allowed: the build would stop there, if it came so" in out
    assert not (desk.folder / "runs").exists()


def test_a_limit_that_is_met_stops_the_pilot(desk: Desk) -> None:
    with serving(_solve) as server:
        _spec(desk, server, limits={"tokens": 20})
        with pytest.raises(Stopped, match=r"^limits\.tokens: "):
            _pilot(desk, 50)


def test_no_key(desk: Desk) -> None:
    with serving(_solve) as server:
        _spec(desk, server, model={"key": "LACKING_KEY"})
        with pytest.raises(UserError, match="LACKING_KEY"):
            _pilot(desk, 5)
        assert server.asked == []


def test_a_wrong_key(desk: Desk) -> None:
    with serving(lambda asked: refuse(401)) as server:
        _spec(desk, server, model={"key": "SOME_KEY"})
        words = ("check", "--spec", "spec.yaml", "--pilot")
        done = desk.factory(*words, exits=2, env={"SOME_KEY": "no"})
    assert "refuses the key in the environment variable SOME_KEY" in done.stderr.splitlines()[-1]


def test_a_server_that_is_not_there(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(_solve) as server:
        _spec(desk, server)
    monkeypatch.setattr(piloting, "PATIENCE", 1.5)
    with pytest.raises(Stopped, match=rf"no server can be asked: {server.url}: unreachable since"):
        _pilot(desk, 5)


def test_what_is_never_answered_is_not_free(desk: Desk) -> None:
    with serving(lambda asked: refuse(400, "not so")) as server:
        _spec(desk, server)
        out = _pilot(desk, 3)
    assert "teacher (reasoning): none of 6 requests was answered" in out
    assert "tokens and cost unknown" in out
    assert "$" not in out.split("so far")[0]


def test_ctrl_c_keeps_what_came(desk: Desk) -> None:
    with serving(lambda asked: say("\\boxed{0}", seconds=0.4)) as server:
        _spec(desk, server, 400, model={"concurrency": 4})
        process = desk.start("check", "--spec", "spec.yaml", "--pilot", "-n", 200)
        _until(lambda: len(server.asked) > 8)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=30)
        assert (process.returncode, "Traceback" in told) == (130, False), told
        asked = len(server.asked)
        assert asked < 60
        server.behave = lambda asked: say("\\boxed{0}")
        _pilot(desk, 200)
        assert len(server.asked) == 400


def _until(what: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not what() and time.monotonic() < end:
        time.sleep(0.02)
    assert what()


def test_each_source_counts_by_its_own_problems() -> None:
    took = {"a": Took(requests=4, completion=100), "b": Took(requests=2, completion=10)}
    drawn = {"a": "long", "b": "short", "c": "short"}
    total, _ = scaled(took, drawn, {"long": 10, "short": 100})
    assert (total.requests, total.completion) == (10 * 4 + 100 * 1, 10 * 100 + 100 * 5)
    # Of a third source none was drawn: it counts as the mean of all.
    total, _ = scaled(took, drawn, {"long": 10, "short": 100, "other": 3})
    assert total.requests == 140 + 3 * 2


def test_the_spread_shrinks_with_the_number_and_is_nothing_where_all_were_asked() -> None:
    took = {str(n): Took(completion=100 + n % 7) for n in range(100)}
    few = {str(n): "s" for n in range(10)}
    many = {str(n): "s" for n in range(100)}
    spreads = [scaled(took, drawn, {"s": 1000})[1] for drawn in (few, many)]
    assert spreads[0] > 2 * spreads[1] > 0
    assert scaled(took, many, {"s": 100})[1] == 0
