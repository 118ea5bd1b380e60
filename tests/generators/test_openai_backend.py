"""The backend for OpenAI-compatible servers, against a server that fails in every way there is."""

import dataclasses
import json
import random
import string
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("aiohttp", reason="needs the extra [openai]")
pytest.importorskip("openai", reason="needs the extra [openai]")

from serving import (
    Asked,
    Json,
    Send,
    cut_body,
    events,
    hang,
    raw,
    refuse,
    say,
    serving,
    stream,
)

from generators.asking import Completion, Request
from generators.backends.openai import OpenAI, openai
from generators.errors import Stopped, UserError
from generators.journal import Journal
from generators.records import Problem

SAMPLING = {"temperature": 0.6, "top_p": 0.95, "max_tokens": 100}
KEY = "sk-very-secret-0123456789"
THOUGHT = "<think>\nlet me see\n</think>\n\nfour"
CLIENTS = ["aiohttp", "openai"]


def request(text: str = "What is 2 + 2?", index: int = 0, **sampling: Any) -> Request:
    messages = ({"role": "user", "content": text},)
    return Request(Problem(), messages, "tiny", {**SAMPLING, **sampling}, index)


def requests(count: int) -> Iterator[Request]:
    return (request(f"q{number}") for number in range(count))


def backend(url: str | list[str], **settings: Any) -> OpenAI:
    made = openai("tiny", url=url, **{"idle_timeout": 5.0, "canary": 0, **settings})
    assert isinstance(made, OpenAI)
    return made


def one(made: OpenAI, asked: Request | None = None) -> Completion:
    [said] = made.complete([asked or request()])
    return said


def first_time(fault: Send, then: Send | None = None) -> Callable[[Asked], Send]:
    return lambda asked: (then or say(THOUGHT)) if asked.attempt else fault


# What a message may look like, and the thought and the response in it.
SHAPES: list[tuple[Json | str, tuple[str, str]]] = [
    (THOUGHT, ("let me see", "four")),
    ("let me see</think>four", ("let me see", "four")),
    ({"reasoning": "let me see", "content": "four"}, ("let me see", "four")),
    ({"reasoning_content": "let me see", "content": "four"}, ("let me see", "four")),
    ({"thinking": "let me see", "content": "four"}, ("let me see", "four")),
    ({"reasoning": "a", "reasoning_content": "a", "content": "four"}, ("a", "four")),
    ({"reasoning": "let me see", "content": None}, ("let me see", "")),
    ({"reasoning_details": [{"type": "reasoning.text", "text": "see", "index": 0}],
      "content": "four"}, ("see", "four")),
    ({"reasoning": "see", "reasoning_details": [{"type": "x", "text": "see", "index": 0}],
      "content": "four"}, ("see", "four")),
    ({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "see"}]},
                  {"type": "text", "text": "four"}]}, ("see", "four")),
    ("four", ("", "four")),
    ("<think>\nnever ends", ("<think>\nnever ends", "")),
    ("naïve 四 \U0001f600 text\r\ndata: [DONE]\n\nmore",
     ("", "naïve 四 \U0001f600 text\r\ndata: [DONE]\n\nmore")),
]  # fmt: skip


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize(("message", "expected"), SHAPES)
def test_a_stream_says_the_same_as_a_whole_answer(
    message: Json | str, expected: tuple[str, str], client: str
) -> None:
    finish = "length" if expected[1] == "" else "stop"
    with serving(lambda asked: say(message, finish)) as server:
        said = [one(backend(server.url, stream=s, client=client)) for s in (True, False)]
    for completion in said:
        assert (completion.reasoning, completion.response) == expected
        assert completion.finish == finish
        assert (completion.prompt_tokens, completion.completion_tokens) == (3, 7)
        assert (completion.key, completion.model) == (request().key, "tiny")


def test_an_answer_is_put_together_from_any_pieces() -> None:
    whole = b"".join(events({"reasoning": "thöught", "content": "four 四"}))
    rng = random.Random(1)

    def pieces(asked: Asked) -> Send:
        cuts = sorted(rng.sample(range(len(whole)), 40))
        text = whole.replace(b"\n", b"\r\n") if asked.attempt else whole
        places = zip([0, *cuts], [*cuts, len(text)], strict=True)
        return stream(iter([b": comment\n\n", *(text[a:b] for a, b in places)]))

    with serving(pieces) as server:
        made = backend(server.url)
        for _ in range(2):
            said = one(made)
            assert (said.reasoning, said.response) == ("thöught", "four 四")


FAULTS: dict[str, Send] = {
    "rate_limited": refuse(429),
    "overloaded": refuse(503),
    "server_error": refuse(500),
    "bad_gateway": raw(b"<html>no</html>", 502),
    "timeout": hang(),
    "not_json": raw(b'{"choices": [}'),
    "wrong_shape": raw(b'["choices"]'),
    "no_choices": raw(b'{"choices": []}'),
    "error_in_answer": raw(b'{"error": {"message": "CUDA out of memory"}}'),
    "disconnected": cut_body(),
    "empty": say(""),
}
STREAMED: dict[str, Send] = {
    "disconnected": stream(iter([*events("half of it")][:3]), cut=True),
    "not_json": stream(iter([b'data: {"choices": [}\n\n', b"data: [DONE]\n\n"])),
    "wrong_shape": stream(iter([b"data: [1]\n\n"])),
    "error_in_answer": stream(iter([*[*events("half")][:3], b'data: {"error": "no room"}\n\n'])),
    "empty": stream(events("")),
}


def drip_then_hang() -> Send:
    async def send(request: Any, asked: Asked) -> Any:
        await stream(iter([*events("half of it")][:3]))(request, asked)
        return await hang()(request, asked)

    return send


@pytest.mark.parametrize("streamed", [True, False])
@pytest.mark.parametrize("reason", FAULTS)
def test_a_fault_is_tried_again_and_counted(reason: str, streamed: bool) -> None:
    settings: Json = {"stream": streamed, "idle_timeout": 0.4}
    if not streamed:
        settings["timeout"] = 0.4
    with serving(first_time(FAULTS[reason])) as server:
        made = backend(server.url, **settings)
        said = one(made)
    assert (said.finish, said.response, said.attempts) == ("stop", "four", 2)
    ledger = made.status()["servers"][0]
    assert (ledger["answered"], ledger["faults"]) == (1, {reason: 1})
    assert made.status()["retried"] == 1


@pytest.mark.parametrize("reason", STREAMED)
def test_a_stream_that_breaks_is_tried_again_and_its_tokens_are_counted(reason: str) -> None:
    pieces = {"disconnected": 2, "error_in_answer": 1, "timeout": 2}

    def behave(asked: Asked) -> Send:
        if asked.attempt:
            return say(THOUGHT)
        return {
            "timeout": drip_then_hang(),
            "disconnected": stream(iter([*events("half of it")][:3]), cut=True),
            "error_in_answer": stream(
                iter([*[*events("half")][:2], b'data: {"error": "no room"}\n\n'])
            ),
        }.get(reason, STREAMED[reason])

    with serving(behave) as server:
        made = backend(server.url, idle_timeout=0.4)
        said = one(made)
    assert (said.finish, said.response, said.attempts) == ("stop", "four", 2)
    assert made.status()["servers"][0]["faults"] == {reason: 1}
    if reason in pieces:
        assert said.discarded_tokens == pieces[reason]
        assert made.status()["servers"][0]["discarded_tokens"] == pieces[reason]


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("reason", ["server_error", "not_json", "no_choices", "disconnected"])
def test_what_never_works_is_given_up_with_the_reason(reason: str, client: str) -> None:
    with serving(lambda asked: FAULTS[reason]) as server:
        made = backend(server.url, retries=1, stream=False, client=client)
        said = one(made)
        assert len(server.asked) == 2
    assert (said.finish, said.attempts) == (f"error:{reason}", 2)
    assert (said.reasoning, said.response) == ("", "")
    assert made.status()["failed"] == 1


def test_prompts_that_always_fail_are_reported_and_all_others_are_answered() -> None:
    poisoned = {f"q{number}" for number in range(0, 300, 50)}

    def behave(asked: Asked) -> Send:
        return refuse(500, "poison") if asked.prompt in poisoned else say(asked.prompt)

    with serving(behave) as server:
        keys = {r.key: r.messages[0]["content"] for r in requests(300)}
        said = {keys[c.key]: c for c in backend(server.url, retries=1).complete(requests(300))}
    assert len(said) == 300
    assert {name for name, c in said.items() if c.finish != "stop"} == poisoned
    assert all(said[name].detail == "poison" for name in poisoned)
    assert all(c.response == name for name, c in said.items() if name not in poisoned)


def test_all_faults_together_end_with_every_sample_answered_or_failed() -> None:
    faults = [*FAULTS.values(), stream(iter([*events("half of it")][:3]), cut=True)]

    def behave(asked: Asked) -> Send:
        number = int(asked.prompt[1:])
        if asked.attempt or number % 2:
            return say(
                f"<think>\nI ask\n</think>\n\n{number}", "length" if number % 9 == 0 else "stop"
            )
        return faults[number // 2 % len(faults)]

    with serving(behave) as server:
        said = list(backend(server.url, idle_timeout=0.5).complete(requests(240)))
        assert len(server.asked) <= 2 * 240
    keys = {r.key: int(r.messages[0]["content"][1:]) for r in requests(240)}
    assert Counter(keys[c.key] for c in said) == Counter(range(240))
    for completion in said:
        number = keys[completion.key]
        assert completion.response == str(number)
        assert completion.finish == ("length" if number % 9 == 0 else "stop")


@pytest.mark.parametrize(
    ("status", "words", "reason"),
    [
        (400, "top_p is wrong", "bad_request"),
        (422, "no such field", "bad_request"),
        (400, "This model's maximum context length is 2048 tokens", "prompt_too_long"),
        (413, "too large", "prompt_too_long"),
    ],
)
@pytest.mark.parametrize("client", CLIENTS)
def test_a_bad_request_costs_that_sample_only(
    status: int, words: str, reason: str, client: str
) -> None:
    def behave(asked: Asked) -> Send:
        return refuse(status, words) if asked.prompt == "q3" else say(THOUGHT)

    with serving(behave) as server:
        said = list(backend(server.url, client=client).complete(requests(6)))
        assert len(server.asked) == 6
    assert Counter(c.finish for c in said) == {"stop": 5, f"error:{reason}": 1}
    assert next(c.detail for c in said if c.finish != "stop") == words


@pytest.mark.parametrize(
    ("headers", "least"),
    [({"Retry_After": "1"}, 1.0), ({"retry_after_ms": "700"}, 0.7)],
)
def test_a_server_is_given_the_pause_it_asks_for(headers: dict[str, str], least: float) -> None:
    with serving(first_time(refuse(429, **headers))) as server:
        assert one(backend(server.url)).response == "four"
        first, second = server.asked
    assert second.at - first.at >= least


def test_a_pause_that_is_too_long_ends_the_run() -> None:
    with serving(lambda asked: refuse(429, Retry_After="7200")) as server:
        with pytest.raises(Stopped, match=r"rate_limited until .* in 7200 s.*same command again"):
            one(backend(server.url))
        assert len(server.asked) == 1


def test_another_server_takes_over_while_one_is_busy() -> None:
    with serving(lambda asked: refuse(429, Retry_After="7200")) as busy, \
            serving(lambda asked: say(THOUGHT)) as free:  # fmt: skip
        said = list(backend([busy.url, free.url]).complete(requests(50)))
    assert {c.finish for c in said} == {"stop"}
    assert {c.server for c in said} == {free.url}
    assert len(busy.asked) <= 32


def test_requests_in_flight_settle_at_what_the_server_bears() -> None:
    with serving(lambda asked: say(THOUGHT, seconds=0.02)) as server:
        sound = server.behave
        server.behave = lambda asked: refuse(429) if server.busy > 10 else sound(asked)
        made = backend(server.url, concurrency=64)
        said = list(made.complete(requests(1500)))
    assert {c.finish for c in said} == {"stop"}
    ledger = made.status()["servers"][0]
    assert 6 <= ledger["limit"] <= 16
    assert ledger["faults"]["rate_limited"] <= 300


def test_a_slow_drip_is_read_to_its_end() -> None:
    with serving(lambda asked: say("a" * 60, pause=0.1)) as server:
        said = one(backend(server.url, idle_timeout=0.5))
        assert (said.response, said.attempts, len(server.asked)) == ("a" * 60, 1, 1)


def test_an_answer_that_takes_longer_than_allowed_is_not_paid_for_again() -> None:
    with serving(lambda asked: say("a" * 500, pause=0.1)) as server:
        said = one(backend(server.url, timeout=0.6))
        assert (said.finish, said.attempts, len(server.asked)) == ("error:too_slow", 1, 1)
        assert said.discarded_tokens > 2
        wait_until(lambda: server.closed == 1)  # so that it does not go on for nothing


def test_a_silent_server_is_left_and_told_so() -> None:
    with serving(lambda asked: hang()) as server:
        said = one(backend(server.url, idle_timeout=0.3, retries=0))
        assert said.finish == "error:timeout"
        wait_until(lambda: server.closed == 1)


def wait_until(true: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_how_an_answer_ended_is_kept() -> None:
    for word, expected in [("length", "length"), ("max_tokens", "length"), ("eos", "stop"),
                           ("end_turn", "stop"), (None, ""), ("content_filter", "content_filter"),
                           ("<script>", "")]:  # fmt: skip
        for streamed in (True, False):
            with serving(lambda asked, word=word: say(THOUGHT, word)) as server:
                assert one(backend(server.url, stream=streamed)).finish == expected


FATAL: list[tuple[Send, type[Exception], str]] = [
    (refuse(401, f"Incorrect API key provided: {KEY}"), UserError,
     "refuses the key in the environment variable TEST_KEY"),
    (refuse(403, f"no access with {KEY}"), UserError, "the environment variable TEST_KEY"),
    (refuse(402, f"pay, {KEY}"), Stopped, "no credit left"),
    (refuse(429, f"quota of {KEY}", "insufficient_quota"), Stopped, "no credit left"),
    (refuse(404, "no such model"), UserError, "knows no such model.*it offers big, small"),
    (raw(f"{KEY}".encode(), 307, Location=f"http://evil.invalid/{KEY}"), UserError, "elsewhere"),
]  # fmt: skip


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize(("fault", "error", "words"), FATAL)
def test_what_is_wrong_for_all_stops_at_once_without_the_key(
    fault: Send, error: type[Exception], words: str, client: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_KEY", KEY)
    with serving(lambda asked: fault, models=["big", "small"]) as server:
        made = backend(server.url, key="TEST_KEY", concurrency=4, client=client)
        with pytest.raises(error, match=words) as raised:
            list(made.complete(requests(1000)))
        assert len(server.asked) <= 20
        assert server.asked[0].headers["Authorization"] == f"Bearer {KEY}"
    assert "\n" not in str(raised.value)
    assert KEY not in everything(raised.value)


def everything(error: BaseException) -> str:
    """All that a traceback could show, locals and suppressed causes included."""
    told = traceback.TracebackException.from_exception(error, capture_locals=True)
    told.__suppress_context__ = False
    local = [
        repr(value)
        for frame, _ in traceback.walk_tb(error.__traceback__)
        if "/generators/" in frame.f_code.co_filename and "/tests/" not in frame.f_code.co_filename
        for value in frame.f_locals.values()
    ]
    causes = [repr(error.__context__), repr(error.__cause__)]
    return "".join([*told.format_exception_only(), *local, *causes, repr(error)])


def test_a_redirect_is_not_followed() -> None:
    with serving(lambda asked: say(THOUGHT)) as other:
        to = other.url + "/chat/completions"
        with serving(lambda asked: raw(b"", 307, Location=to)) as server:
            for client in CLIENTS:
                with pytest.raises(UserError, match=to):
                    one(backend(server.url, client=client))
        assert other.asked == []


def test_403_for_a_prompt_after_others_were_answered_costs_that_sample() -> None:
    def behave(asked: Asked) -> Send:
        return refuse(403, "flagged") if asked.prompt == "q40" else say(THOUGHT)

    with serving(behave) as server:
        said = list(backend(server.url, concurrency=4).complete(requests(60)))
    assert Counter(c.finish for c in said) == {"stop": 59, "error:forbidden": 1}


@pytest.mark.parametrize("client", CLIENTS)
def test_no_key_in_anything_that_is_written(
    client: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("TEST_KEY", KEY)
    echoes = [
        say(f"<think>\nthe key is {KEY}\n</think>\n\nit is {KEY}"),
        refuse(400, f"Bearer {KEY} is no good"),
        refuse(500, KEY),
        raw(f"{KEY}".encode(), 200),
        raw(json.dumps({"error": {"message": KEY}}).encode()),
        raw(json.dumps({"choices": [{"message": {"content": {KEY: KEY}}}]}).encode()),
        say({KEY: "x", "content": "y" * 300}, KEY),
    ]
    lines: list[str] = []
    with serving(lambda asked: echoes[int(asked.prompt[1:]) % len(echoes)]) as server:
        made = backend(server.url, key="TEST_KEY", retries=0, client=client, canary=4,
                       reasoning="any")  # fmt: skip
        made.tell = lines.append
        journal = Journal(tmp_path)
        said = []
        for completion in made.complete(requests(2 * len(echoes))):
            journal.add(completion)
            said.append(completion)
            lines.append(repr(made) + json.dumps(made.status()))
        journal.close()
    assert len(said) == 2 * len(echoes)
    written = "".join([*lines, *map(repr, said), caplog.text])
    assert KEY not in written
    assert "very-secret" not in written
    assert "it is ***" in written
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    kept += b"".join(json.dumps(dataclasses.asdict(c)).encode() for c in said)
    assert KEY.encode() not in kept


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("TEST_KEY", None, "environment variable TEST_KEY is not set"),
        ("TEST_KEY", "  ", "environment variable TEST_KEY is not set"),
        ("TEST_KEY", "a\nb: c", "environment variable TEST_KEY holds cannot be sent"),
        ("my-literal-key", None, "names an environment variable"),
    ],
)
def test_a_key_comes_from_the_environment_by_name(
    name: str, value: str | None, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if value is None:
        monkeypatch.delenv(name, raising=False)
    else:
        monkeypatch.setenv(name, value)
    made = backend("http://127.0.0.1:9/v1", key=name)
    with pytest.raises(UserError, match=words) as raised:
        one(made)
    assert "literal" not in str(raised.value)
    assert list(made.complete([])) == []  # nothing to ask: no key is needed


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://x/v1", "http://me:pass@host/v1",
                                 "http://host/v1?api_key=pass"])  # fmt: skip
def test_a_url_that_is_none_or_holds_a_password_is_refused(url: str) -> None:
    with pytest.raises(UserError, match=r"^url: ") as raised:
        backend(url)
    assert "pass@" not in str(raised.value)
    assert "=pass" not in str(raised.value)


def test_of_two_servers_the_one_with_fewer_in_flight_is_asked() -> None:
    with serving(lambda asked: say(THOUGHT, seconds=0.2)) as slow, \
            serving(lambda asked: say(THOUGHT, seconds=0.01)) as fast:  # fmt: skip
        made = backend([slow.url, fast.url], concurrency=8)
        said = list(made.complete(requests(200)))
    assert {c.finish for c in said} == {"stop"}
    assert 8 <= len(slow.asked) < len(fast.asked)
    assert slow.peak <= 8
    assert fast.peak <= 8


def test_a_server_that_dies_does_not_stop_the_rest_and_may_come_back() -> None:
    with serving(lambda asked: say(THOUGHT, seconds=0.02)) as one_, \
            serving(lambda asked: say(THOUGHT, seconds=0.02)) as other:  # fmt: skip
        lines: list[str] = []
        made = backend([one_.url, other.url], concurrency=4)
        made.tell = lines.append
        said: list[Completion] = []
        before = 0
        for completion in made.complete(requests(3000)):
            said.append(completion)
            if len(said) == 100:
                other.down()
                before = len(other.asked)
            if len(said) == 300:
                other.up()
            if len(said) > 300 and len(other.asked) > before + 50:
                break
    assert {c.finish for c in said} == {"stop"}
    assert len(other.asked) > before + 50
    assert any(f"{other.url} is away: " in line for line in lines)
    assert any(f"{other.url} is back after" in line for line in lines)
    assert len([line for line in lines if "is away" in line]) == 1


def test_with_all_servers_away_it_waits_and_says_so() -> None:
    with serving(lambda asked: say(THOUGHT)) as server:
        server.down()
        lines: list[str] = []
        made = backend(server.url)
        made.tell = lines.append
        threading.Timer(1.2, server.up).start()
        said = list(made.complete(requests(20)))
    assert {c.finish for c in said} == {"stop"}
    assert any(f"no server can be asked: {server.url}: unreachable" in line for line in lines)
    assert made.status()["stalled"] == ""


def test_what_goes_on_is_told() -> None:
    with serving(lambda asked: say("a" * 200, pause=0.05)) as server:
        made = backend(server.url, concurrency=2)
        told: list[Json] = []

        def look() -> None:
            while not done.wait(0.05):
                told.append(made.status())

        done = threading.Event()
        watcher = threading.Thread(target=look)
        watcher.start()
        assert len(list(made.complete(requests(4)))) == 4
        done.set()
        watcher.join()
    assert max(one["in_flight"] for one in told) == 2
    assert max(one["waiting"] for one in told) == 2
    assert max(one["oldest"] for one in told) > 0.5
    assert max(one["tokens"] for one in told) > 7
    assert max(one["tokens_per_second"] for one in told) > 0
    assert made.status()["in_flight"] == 0


def test_a_run_without_thoughts_is_stopped_by_its_first_answers() -> None:
    with serving(lambda asked: say({"content": "four", "annotations": "x"})) as server:
        made = backend(server.url, reasoning="expected", canary=20, concurrency=8)
        with pytest.raises(Stopped, match=r"none of the first 20 answers holds a thought; "
                                          r"fields seen: content \(20\), annotations"):  # fmt: skip
            list(made.complete(requests(1000)))
        assert len(server.asked) < 100
    for behave, settings in [
        (say("four"), {"reasoning": "any"}),
        (say(THOUGHT), {"reasoning": "expected"}),
        (say("four"), {"reasoning": "expected", "canary": 0}),
        (say("four"), {"reasoning": "none"}),
    ]:
        with serving(lambda asked, behave=behave: behave) as server:
            made = backend(server.url, **{"canary": 20, **settings})
            assert len(list(made.complete(requests(60)))) == 60


def test_thoughts_where_none_are_wanted_stop_the_run() -> None:
    why = "each of the first 20 answers holds a thought"
    with serving(lambda asked: say(THOUGHT)) as server, pytest.raises(Stopped, match=why):
        list(backend(server.url, canary=20, reasoning="none").complete(requests(100)))


@pytest.mark.parametrize(
    ("text", "temperature", "stops"),
    [("long " * 60, 0.6, True), ("long " * 60, 0.0, False), ("short", 0.6, False)],
)
def test_answers_to_one_prompt_that_are_all_alike_stop_the_run(
    text: str, temperature: float, stops: bool
) -> None:
    asked = [request("same", index, temperature=temperature) for index in range(30)]
    with serving(lambda asked: say(text)) as server:
        made = backend(server.url, canary=20, concurrency=2)
        if stops:
            with pytest.raises(Stopped, match=r"letter by letter, at temperature 0\.6"):
                list(made.complete(asked))
        else:
            assert len(list(made.complete(asked))) == 30


def test_a_server_that_takes_every_request_for_wrong_stops_the_run() -> None:
    with serving(lambda asked: refuse(400, "top_p is not supported")) as server:
        made = backend(server.url, canary=20, concurrency=4)
        with pytest.raises(Stopped, match=r"first 20 requests was rejected.*top_p is not"):
            list(made.complete(requests(500)))
        assert len(server.asked) < 60


@pytest.mark.parametrize("client", CLIENTS)
def test_a_loop_is_ended_by_closing_the_stream(client: str) -> None:
    begin = "I think of what was asked, and of how to do it. "
    text = begin + "Wait, no, I had that before. " * 20_000
    with serving(lambda asked: stream(events({"reasoning": text}, size=9))) as server:
        said = one(backend(server.url, client=client))
        wait_until(lambda: server.busy == 0)
    assert said.finish == "repetition"
    assert text.startswith(said.reasoning)
    assert len(said.reasoning) < len(begin) + 20_000
    assert said.completion_tokens > 0
    with serving(
        lambda asked: stream(events({"reasoning": text[:50_000]}, "length", 99))
    ) as server:
        assert one(backend(server.url, stop_loops=False, client=client)).finish == "length"


def test_a_long_list_is_no_loop() -> None:
    text = "\n".join(f"Case {n}: {n} * {n} = {n * n}, which is no prime." for n in range(1, 400))
    with serving(lambda asked: stream(events(text, size=50))) as server:
        said = one(backend(server.url))
    assert (said.finish, said.response) == ("stop", text)


def test_many_queued_requests_are_pulled_as_they_are_needed() -> None:
    pulled = 0

    def queued() -> Iterator[Request]:
        nonlocal pulled
        for one_ in requests(5000):
            pulled += 1
            yield one_

    most = got = 0
    with serving(lambda asked: say("yes")) as server:
        for _ in backend(server.url, stream=False, concurrency=64).complete(queued()):
            got += 1
            most = max(most, pulled - got)
    assert got == pulled == 5000
    assert most <= 64 + 32 + 16


def test_every_parameter_is_sent_and_recorded() -> None:
    with serving(lambda asked: say(THOUGHT)) as server:
        made = backend(server.url, extra={"top_k": 20}, leave_out=["top_p"],
                       max_tokens_as="max_completion_tokens")  # fmt: skip
        asked = [request(index=index) for index in range(3)]
        said = {c.key: json.loads(c.sent) for c in made.complete(asked)}
        bodies = [one_.body for one_ in server.asked]
        again = [json.loads(c.sent)["seed"] for c in made.complete(asked[:1])]
    assert sorted(map(json.dumps, said.values())) == sorted(
        json.dumps({k: v for k, v in body.items() if k != "messages"}) for body in bodies
    )
    for body in bodies:
        assert body["messages"] == [{"role": "user", "content": "What is 2 + 2?"}]
        assert body["temperature"] == 0.6
        assert body["max_completion_tokens"] == 100
        assert body["top_k"] == 20
        assert body["stream_options"] == {"include_usage": True}
        assert not {"top_p", "max_tokens"} & set(body)
    seeds = [body["seed"] for body in bodies]
    assert len(set(seeds)) == 3
    assert all(0 <= seed < 2**31 for seed in seeds)
    assert again == [said[asked[0].key]["seed"]]


def test_what_changes_the_answer_is_part_of_the_model() -> None:
    names = [backend("http://h/v1", **settings).model for settings in (
        {}, {"extra": {"top_k": 20}}, {"leave_out": ["top_p"]}, {"template": "raw"},
    )]  # fmt: skip
    assert names[0] == "tiny"
    assert len(set(names)) == 4
    same: list[Json] = [{"concurrency": 9}, {"retries": 1}, {"stream": False}, {"timeout": 5.0}]
    assert {backend("http://other/v1", **settings).model for settings in same} == {"tiny"}


def test_a_base_model_goes_on_from_the_text_itself() -> None:
    def behave(asked: Asked) -> Send:
        assert asked.prompt == "User: 2 + 2? Assistant: <think>\n"
        choice = {"index": 0, "text": "let me see</think>four", "finish_reason": "stop"}
        told = json.dumps({"choices": [choice]}).encode()
        if asked.body.get("stream"):
            return stream(iter([b"data: " + told + b"\n\n", b"data: [DONE]\n\n"]))
        return raw(told)

    with serving(behave) as server:
        for streamed in (True, False):
            made = backend(server.url, template="raw", stream=streamed)
            said = one(made, request("User: 2 + 2? Assistant: <think>\n"))
            assert (said.reasoning, said.response) == ("let me see", "four")


def test_a_template_that_opens_the_thought_is_a_setting() -> None:
    with serving(lambda asked: say("let me see", "length")) as server:
        assert one(backend(server.url)).response == "let me see"
        said = one(backend(server.url, prefilled=True))
    assert (said.reasoning, said.response) == ("<think>\nlet me see", "")


def test_a_stop_sends_nothing_more_and_waits_for_what_is_on_its_way() -> None:
    with serving(lambda asked: say(THOUGHT, seconds=0.5)) as server:
        made = backend(server.url, concurrency=4)
        stop = made.stop = threading.Event()

        def until_stopped() -> Iterator[Request]:
            for one_ in requests(1000):
                if stop.is_set():
                    return
                yield one_

        threading.Timer(0.2, stop.set).start()
        said = list(made.complete(until_stopped()))
        assert len(server.asked) == 4
    counts = Counter(c.finish for c in said)
    assert counts["stop"] == 4
    assert set(counts) == {"stop", "error:stopped"}


def test_who_stops_reading_leaves_nothing_behind() -> None:
    with serving(lambda asked: say(THOUGHT) if asked.prompt == "q0" else hang()) as server:
        said = backend(server.url, concurrency=4).complete(requests(100))
        assert next(said).response == "four"
        assert "asking" in {thread.name for thread in threading.enumerate()}
        said.close()  # type: ignore[attr-defined]
        wait_until(lambda: server.busy == 0)
    assert "asking" not in {thread.name for thread in threading.enumerate()}


def test_a_fault_of_ours_ends_the_run_with_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any) -> Completion:
        raise ZeroDivisionError("ours")

    monkeypatch.setattr("generators.backends.dispatch.read", broken)
    with (
        serving(lambda asked: say(THOUGHT)) as server,
        pytest.raises(ZeroDivisionError, match="ours"),
    ):
        list(backend(server.url).complete(requests(50)))


def test_a_fault_in_telling_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(line: str) -> None:
        raise ZeroDivisionError(line)

    with serving(lambda asked: say(THOUGHT)) as server:
        server.down()
        made = backend(server.url)
        made.tell = broken
        with pytest.raises(ZeroDivisionError, match="is away"):
            list(made.complete(requests(5)))
        server.up()


def test_a_fault_in_the_requests_reaches_whoever_made_them() -> None:
    def broken() -> Iterator[Request]:
        yield from requests(3)
        raise ZeroDivisionError("theirs")

    with (
        serving(lambda asked: say(THOUGHT)) as server,
        pytest.raises(ZeroDivisionError, match="theirs"),
    ):
        list(backend(server.url).complete(broken()))


def test_the_journal_reads_completions_from_before_and_keeps_all_of_one(tmp_path: Path) -> None:
    old = {"key": "k", "reasoning": "r", "response": "s", "model": "m", "finish": "stop",
           "prompt_tokens": 1, "completion_tokens": 2}  # fmt: skip
    assert Completion(**old).attempts == 1  # type: ignore[arg-type]
    with serving(first_time(refuse(500))) as server:
        said = one(backend(server.url))
    journal = Journal(tmp_path)
    journal.add(said)
    assert journal.get([said.key]) == {said.key: said}
    journal.close()
    assert (said.attempts, said.server) == (2, server.url)


def test_hostile_answers_are_faults_and_nothing_worse() -> None:
    rng = random.Random(3)
    letters = string.printable.encode()
    bodies = [
        b"", b"null", b"0", b"[]", b"{}", b'"x"', b"\xff\xfe", b'{"choices": 3}', b"[" * 100_000,
        b'{"choices": [3]}', b'{"choices": [{"message": 3}]}', b'{"choices": [{"message": {}}]}',
        b'{"choices": [{"message": {"content": 3}}]}', b'{"choices": {"a": 1}}',
        b'{"choices": [{"index": 1, "message": {"content": "x"}}]}',
        b'{"choices": [{"message": {"content": "\\ud83d"}, "finish_reason": "stop"}]}',
        *(bytes(rng.choices(letters, k=50)) for _ in range(20)),
    ]  # fmt: skip
    kinds = [lambda body: raw(body), lambda body: stream(iter([b"data: " + body + b"\n\n"])),
             lambda body: raw(body, 400), lambda body: raw(body, 500)]  # fmt: skip
    for kind in kinds:
        with serving(lambda asked, kind=kind: kind(bodies[int(asked.prompt[1:])])) as server:
            said = list(backend(server.url, retries=0).complete(requests(len(bodies))))
        assert len(said) == len(bodies)
        assert [c for c in said if not c.finish.startswith("error:") and c.response] == []
