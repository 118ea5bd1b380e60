"""The backend for OpenAI-compatible servers, against a real one: vLLM's, of a model of noise."""

from collections import Counter
from typing import Any

import orjson
import pytest
from served_model import CONTEXT

pytest.importorskip("aiohttp", reason="needs the extra [openai]")

from generators.asking import Backend, Request
from generators.backends.openai import openai
from generators.errors import UserError
from generators.records import Problem

pytestmark = [pytest.mark.vllm, pytest.mark.timeout(900), pytest.mark.filterwarnings("ignore")]

SAMPLING = {"temperature": 1.0, "top_p": 0.95, "max_tokens": 48}
# vLLM's server fills in what its model's authors advise (here a top_k of 1) where nothing is sent.
PLAIN = {"top_k": 0, "min_p": 0.0, "repetition_penalty": 1.0}


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
def test_answers_come_with_thought_and_counts(served_model: str, settings: dict[str, Any]) -> None:
    if settings.get("client") == "openai":
        pytest.importorskip("openai", reason="needs the extra [openai]")
    asked = [request(f"What is {n} + 3?", index) for n in range(10) for index in range(2)]
    said = list(asking(served_model, **settings).complete(iter(asked)))
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


def test_a_sample_comes_again_the_same(served_model: str) -> None:
    asked = [request("What is 5 + 3?", index) for index in range(6)]
    said = [
        {one.key: (one.reasoning, one.response) for one in asking(served_model, stream=stream)
         .complete(iter(asked))}
        for stream in (True, False)
    ]  # fmt: skip
    assert said[0] == said[1]


def test_a_prompt_too_long_costs_that_sample_only(served_model: str) -> None:
    long = request("word " * CONTEXT)
    said = {
        one.key: one for one in asking(served_model).complete([long, request("a"), request("b")])
    }
    assert said[long.key].finish == "error:prompt_too_long"
    assert said[long.key].attempts == 1
    assert len(said) == 3
    assert sum(one.finish in ("stop", "length", "error:empty") for one in said.values()) == 2


def test_a_model_it_has_not_ends_the_run_and_names_those_it_has(served_model: str) -> None:
    with pytest.raises(UserError, match=r"knows no such model.*tiny"):
        list(asking(served_model, model="large").complete([request("a")]))


def test_a_raw_prompt_is_continued(served_model: str) -> None:
    asked = [request(f"{n} User: 2 + 3? Assistant: <think>", role="prompt") for n in range(24)]
    said = list(asking(served_model, template="raw").complete(iter(asked)))
    assert len(said) == 24
    assert all(one.prompt_tokens < 30 for one in said if one.finish in ("stop", "length"))
    assert any(one.reasoning.startswith("<think>") for one in said)  # opened, and never closed


def test_what_was_sent_tells_every_parameter(served_model: str) -> None:
    [said] = asking(served_model).complete([request("a", ignore_eos=True)])
    told = orjson.loads(said.sent)
    assert told | {**SAMPLING, **PLAIN, "ignore_eos": True} == told
    assert said.completion_tokens == 48


def test_what_is_not_sent_is_filled_in_by_the_server(served_model: str) -> None:
    asked = [request("a", index, ignore_eos=True) for index in range(12)]
    texts = [
        {
            (one.reasoning, one.response)
            for one in asking(served_model, extra=extra).complete(iter(asked))
        }
        for extra in ({}, PLAIN)
    ]
    # The likeliest token each time; two may be equally likely in bfloat16.
    assert len(texts[0]) <= 4
    assert len(texts[1]) == 12
