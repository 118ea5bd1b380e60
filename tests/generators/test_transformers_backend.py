"""The backend that runs a small model with transformers, on a model of noise."""

import importlib.util
import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from generators.asking import Completion, Request
from generators.backends.pace import Pace
from generators.backends.transformers_model import Transformers, transformers
from generators.errors import UserError
from generators.records import Problem
from generators.transcript import split
from tests.generators.tiny_model import tiny_model

CONTEXT = 512
SAMPLING = {"temperature": 1.0, "top_p": 0.95, "max_tokens": 40}
WORDS = ["sum", "of", "two", "train", "noon", "is", "x", "=", "12", "Wait,", "问题"]


def real(test: Callable[..., None]) -> Callable[..., None]:
    """A test that runs a model. What its libraries warn of is theirs."""
    return pytest.mark.models(pytest.mark.filterwarnings("ignore")(test))


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("torch", reason="needs the extra [transformers]")
    pytest.importorskip("transformers", reason="needs the extra [transformers]")
    return tiny_model(tmp_path_factory.mktemp("tiny"), stops=12, context=CONTEXT)


def backend(folder: Path, **settings: Any) -> Transformers:
    made = transformers(str(folder), device="cpu", **settings)
    assert isinstance(made, Transformers)
    return made


def request(text: str = "What is 2 + 3?", index: int = 0, **sampling: Any) -> Request:
    messages = ({"role": "user", "content": text},)
    return Request(Problem(), messages, "tiny", {**SAMPLING, **sampling}, index)


def raw(text: str, stop: str = "", **sampling: Any) -> Request:
    message = {"role": "prompt", "content": text, **({"stop": stop} if stop else {})}
    return Request(Problem(), (message,), "tiny", {**SAMPLING, **sampling}, 0)


def requests(count: int, **sampling: Any) -> list[Request]:
    """Prompts of all lengths, two samples of each."""
    rng = random.Random(0)
    texts = [" ".join(rng.choices(WORDS, k=rng.randint(1, 60))) for _ in range(count)]
    return [request(text, index, **sampling) for text in texts for index in range(2)]


def by_key(said: Iterator[Completion]) -> dict[str, tuple[str, str, str, int]]:
    return {one.key: (one.reasoning, one.response, one.finish, one.completion_tokens)
            for one in said}  # fmt: skip


@real
def test_a_request_gets_the_same_answer_in_any_batch(folder: Path) -> None:
    asked = requests(20)
    alone = by_key(backend(folder, batch=1).complete(asked))
    assert set(alone) == {one.key for one in asked}
    assert {said[2] for said in alone.values()} == {"stop", "length"}
    assert len({said[:2] for said in alone.values()}) > 30  # noise
    for batch, order in ((7, asked[::-1]), (40, random.Random(1).sample(asked, 40))):
        assert by_key(backend(folder, batch=batch).complete(iter(order))) == alone


@real
def test_the_likeliest_is_what_the_library_itself_finds(folder: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    prompts = ["two", "two and three is", "Wait, is that right? " * 10]
    asked = [raw(text, temperature=0.0) for text in prompts]
    said = by_key(backend(folder).complete(asked))
    for one, text in zip(asked, prompts, strict=True):
        ids = tokenizer(text, return_tensors="pt")
        out = model.generate(**ids, max_new_tokens=40, do_sample=False, top_k=None)[0]
        told = out[ids["input_ids"].shape[1] :].tolist()
        ended = told[-1] in model.generation_config.eos_token_id
        thought = split(tokenizer.decode(told[:-1] if ended else told, skip_special_tokens=False))
        finish = "stop" if ended else "length"
        assert said[one.key] == (thought.reasoning, thought.response, finish, len(told))


@real
def test_answers_come_as_they_finish(folder: Path) -> None:
    asked = [request(f"q{number}", max_tokens=number) for number in (30, 2, 1)]
    said = list(backend(folder, batch=3).complete(asked))
    assert [one.completion_tokens for one in said] == sorted(o.completion_tokens for o in said)


@real
def test_it_tells_what_goes_on(folder: Path) -> None:
    made = backend(folder, batch=4)
    asked = [request(f"q{number}", max_tokens=number) for number in (1, 5, 9, 9, 9)]
    answers = made.complete(asked)
    next(answers)
    assert 0 < made.status()["in_flight"] <= 3
    assert made.status()["tokens"] == 4
    rest = list(answers)
    assert made.status()["in_flight"] == 0
    assert made.status()["tokens"] == 1 + sum(one.completion_tokens for one in rest)
    next(again := made.complete(asked))
    again.close()
    assert made.status()["in_flight"] == 0


def test_the_pace_is_that_of_the_last_minute() -> None:
    now = 100.0
    pace = Pace(clock=lambda: now)
    nothing = {"in_flight": 0, "oldest": 0, "tokens": 0, "tokens_per_second": 0, "stalled": ""}
    assert pace.status() == nothing
    pace.began("a")
    now = 110.0
    pace.began("b")
    pace.spoke(50)
    at_work = {"in_flight": 2, "oldest": 10, "tokens": 50, "tokens_per_second": 5}
    assert pace.status() == {**at_work, "stalled": ""}
    pace.ended("a")
    now = 170.0
    assert pace.status()["stalled"] == ""
    now = 200.0
    assert pace.status()["oldest"] == 90
    assert pace.status()["stalled"] == "no token for 90 s"
    now = 240.0
    pace.stepped()
    now = 250.0
    assert pace.status()["stalled"] == ""
    pace.spoke(100)
    told = pace.status()
    assert (told["tokens"], told["tokens_per_second"]) == (150, 2)


@real
def test_few_requests_are_taken_ahead(folder: Path) -> None:
    pulled = 0

    def asked() -> Iterator[Request]:
        nonlocal pulled
        for number in range(500):
            pulled += 1
            yield request(f"q{number}", max_tokens=2)

    answers = backend(folder, batch=4).complete(asked())
    next(answers)
    assert pulled <= 64
    assert Counter(one.key for one in answers).most_common(1)[0][1] == 1
    assert pulled == 500


@real
def test_a_prompt_too_long_is_set_aside_and_the_rest_answered(folder: Path) -> None:
    long = request("word " * CONTEXT)
    said = {one.key: one for one in backend(folder).complete([long, request(), raw("")])}
    assert said[long.key].finish == "error:prompt_too_long"
    assert f"of {CONTEXT} for prompt and answer" in said[long.key].detail
    assert said[raw("").key].finish == "error:prompt_empty"
    assert said[request().key].finish in ("stop", "length")


@real
def test_an_answer_ends_where_the_context_does(folder: Path) -> None:
    told = [backend(folder, context=60).complete([request(index=n, max_tokens=999)])
            for n in range(12)]  # fmt: skip
    said = [one for some in told for one in some]
    cut = [one for one in said if one.finish == "length"]
    assert cut
    assert {one.prompt_tokens + one.completion_tokens for one in cut} == {60}


@real
def test_a_raw_prompt_goes_untemplated_and_ends_at_its_stop(folder: Path) -> None:
    asked = [raw(f"{number} Assistant: <think>", stop="is", max_tokens=400) for number in range(20)]
    said = list(backend(folder).complete(asked))
    assert not any("is" in one.reasoning + one.response for one in said)
    assert all(one.reasoning.startswith("<think>") or one.response for one in said
               if one.completion_tokens > 4 and one.reasoning)  # fmt: skip
    told = orjson.loads(said[0].sent)
    assert (told["template"], told["stop"]) == ("", ["is"])


@real
def test_a_thought_that_the_template_opens(folder: Path) -> None:
    opened = backend(folder, template_arguments={"prefill": True})
    said = list(opened.complete(requests(30)))
    cut = [one for one in said if one.reasoning.startswith("<think>")]
    assert cut
    assert all(one.response == "" for one in cut)
    assert any(one.reasoning and one.response for one in said if one not in cut)


@real
def test_messages_that_the_template_refuses(folder: Path) -> None:
    made = backend(folder)
    next(made.complete([request(max_tokens=1)]))
    made._tokenizer.chat_template = "{{ raise_exception('roles must take turns') }}"
    [said] = made.complete([request()])
    assert (said.finish, said.detail) == ("error:template", "roles must take turns")
    made._tokenizer.chat_template = None
    with pytest.raises(UserError, match="has no chat template"):
        list(made.complete([request()]))
    assert len(list(made.complete([raw("two and")]))) == 1


@real
def test_what_was_sent_is_recorded(folder: Path) -> None:
    [said] = backend(folder).complete([request()])
    told = orjson.loads(said.sent)
    assert told | SAMPLING == told
    assert told["model"] == said.model == str(folder)
    assert len(told["template"]) == 24
    assert said.prompt_tokens > 20


@real
def test_an_unknown_parameter_ends_the_run(folder: Path) -> None:
    with pytest.raises(UserError, match="transformers knows no top_k"):
        list(backend(folder).complete([request(top_k=2)]))


@real
def test_a_model_that_is_not_there_is_named(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="did not load"):
        list(backend(tmp_path / "none").complete([request()]))


@real
def test_tokens_are_drawn_as_often_as_they_are_likely() -> None:
    torch = pytest.importorskip("torch", reason="needs the extra [transformers]")
    from generators.backends.token_sampling import choose

    shares = [0.5, 0.3, 0.15, 0.05]
    logits = torch.tensor([shares]).log()
    rng = random.Random(0)
    drawn = [rng.random() for _ in range(20000)]

    def counts(top_p: float, temperature: float = 1.0) -> list[float]:
        rows = logits.expand(len(drawn), -1)
        many = len(drawn)
        found = Counter(choose(rows, [temperature] * many, [top_p] * many, drawn))
        return [round(found[token] / many, 2) for token in range(4)]

    assert counts(1.0) == pytest.approx(shares, abs=0.011)
    assert counts(0.8) == pytest.approx([0.625, 0.375, 0, 0], abs=0.011)
    assert counts(0.81) == pytest.approx([0.526, 0.316, 0.158, 0], abs=0.011)
    assert counts(0.01) == [1, 0, 0, 0]
    assert counts(1.0, 0.0) == [1, 0, 0, 0]
    assert counts(1.0, 0.5) == pytest.approx([0.685, 0.247, 0.062, 0.007], abs=0.011)


@real
def test_a_nucleus_wider_than_the_first_look() -> None:
    torch = pytest.importorskip("torch", reason="needs the extra [transformers]")
    from generators.backends.token_sampling import choose

    flat = torch.zeros(1, 1000)
    peaked = torch.zeros(1, 1000)
    peaked[0, 7] = 50
    many = 300
    drawn = [(number + 0.5) / many for number in range(many)]
    rows = torch.cat([flat, peaked]).repeat(many // 2, 1)
    found = choose(rows, [1.0] * many, [0.9] * many, drawn)
    assert max(found[::2]) > 890
    assert set(found[1::2]) == {7}
    # The largest number below one takes the last token, not one after it.
    assert choose(flat, [1.0], [1.0], [1 - 2**-53]) == [999]


def test_without_the_library_it_says_what_to_install() -> None:
    if importlib.util.find_spec("transformers") and importlib.util.find_spec("torch"):
        pytest.skip("transformers is there")
    with pytest.raises(UserError, match=r"pip install 'reasoning-factory\[transformers\]'"):
        list(transformers("tiny").complete([request()]))


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({}, "m"),
        ({"device": "cpu", "batch": 4, "context": 99}, "m"),
        ({"revision": "abc", "dtype": "bfloat16"}, 'm:{"dtype":"bfloat16","revision":"abc"}'),
        ({"template_arguments": {"enable_thinking": True}},
         'm:{"template_arguments":{"enable_thinking":true}}'),
    ],
)  # fmt: skip
def test_the_name_holds_what_changes_answers(settings: dict[str, Any], name: str) -> None:
    assert transformers("m", **settings).model == name
