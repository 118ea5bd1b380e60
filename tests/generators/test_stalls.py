"""Why nothing comes in: told by its cause, once a minute, and in the progress line."""

import random
import re
import threading
import time
from typing import Any

import pytest

pytest.importorskip("aiohttp", reason="the extra [openai] is not installed")

from serving import Asked, Send, hang, refuse, say, serving

from generators.asking import Request
from generators.backends import stalls
from generators.backends.faults import Fault
from generators.backends.flight import Flight, Job
from generators.backends.openai import openai
from generators.backends.replicas import Server
from generators.backends.retries import Tries
from generators.backends.stalls import clock, no_server, pausing, silence
from generators.records import Problem

CLOCK = r"\d\d:\d\d:\d\d"


def _server(url: str, **more: Any) -> Server:
    server = Server(url, 8)
    for name, value in more.items():
        setattr(server, name, value)
    return server


def _flight(server: Server, heard: float) -> Flight:
    request = Request(Problem(), (), "m", {}, 0)
    return Flight(Job("k", request, "m", b"", "", False, 60.0), server, heard, heard)


def test_servers_that_are_away_or_busy() -> None:
    dead = _server("http://a", away=True, why="unreachable", since=40.0, ready=112.0)
    busy = _server("http://b", why="rate_limited", ready=155.0)
    free = _server("http://c")
    stall = no_server([dead, busy], 100.0)
    assert re.fullmatch(
        rf"no server can be asked: http://a: unreachable since {CLOCK}, again in 12 s; "
        rf"http://b: rate_limited until {CLOCK}, again in 55 s",
        stall.words,
    )
    assert no_server([dead, busy, free], 100.0).words == ""
    # Later it is the same stall, and with another cause another one.
    assert no_server([dead, busy], 103.0).kind == stall.kind
    busy.why = "overloaded"
    assert no_server([dead, busy], 103.0).kind != stall.kind
    many = [_server(f"http://{n}", away=True, why="timeout") for n in range(9)]
    assert no_server(many, 1.0).words.endswith("; and 5 more")


@pytest.mark.parametrize(("now", "told"), [(129.0, False), (131.0, True)])
def test_a_server_that_is_silent(now: float, told: bool) -> None:
    flights = [_flight(_server("http://a"), 100.0), _flight(_server("http://b"), 40.0)]
    stall = silence(flights, now, 300.0)
    assert bool(stall.kind) == told
    if told:
        assert re.fullmatch(
            rf"no byte from http://a, http://b since {CLOCK}, 31 s ago "
            r"\(2 requests in flight; cut off after 300 s\)",
            stall.words,
        )
        assert "not streamed" in silence(flights, now, None).words


def test_what_waits_to_be_sent_again() -> None:
    tries = [Tries(last=Fault(reason)) for reason in ("server_error", "not_json", "server_error")]
    later = [(at, one) for at, one in zip((120.0, 108.0, 130.0), tries, strict=True)]
    assert re.fullmatch(
        r"3 requests wait to be sent again \(server_error 2, not_json 1\), "
        rf"the first until {CLOCK}, in 8 s",
        pausing(later, 100.0).words,
    )
    assert pausing(later, 104.0).words == ""  # soon enough


def test_the_time_of_day_has_its_date_where_it_is_far_off() -> None:
    assert re.fullmatch(CLOCK, clock(-3600.0))
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", clock(86_400.0))


# ---------------------------------------------------------------- at a server


def _request(number: int) -> Request:
    messages = ({"role": "user", "content": f"q{number}"},)
    return Request(Problem(id=str(number)), messages, "tiny", {"max_tokens": 50}, 0)


def _told(behave: Any, seconds: float, **settings: Any) -> tuple[list[str], list[dict[str, Any]]]:
    """Lines for the user, and what the status said, while a few requests are tried."""
    lines: list[str] = []
    seen: list[dict[str, Any]] = []
    with serving(behave) as server:
        made: Any = openai("tiny", url=server.url, canary=0, **settings)
        made.tell = lines.append
        done = threading.Event()

        def ask() -> None:
            list(made.complete(map(_request, range(4))))
            done.set()

        threading.Thread(target=ask, daemon=True).start()
        end = time.monotonic() + seconds
        while not done.wait(0.05) and time.monotonic() < end:
            seen.append(made.status())
        made.stop.set()
        server.behave = lambda asked: say("four")
        assert done.wait(15)
    return lines, seen


def test_silence_is_told_and_so_is_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stalls, "SILENT", 0.5)
    lines, seen = _told(lambda asked: hang(1.5), 4.0, idle_timeout=2.0, retries=0)
    assert len([line for line in lines if line.startswith("no byte from http://127")]) == 1
    assert any("4 requests in flight; cut off after 2 s" in one["stalled"] for one in seen)
    assert seen[0]["stalled"] == ""


def test_a_limit_of_rate_is_told_with_its_end() -> None:
    def behave(asked: Asked) -> Send:
        return refuse(429, "slow down", Retry_After="2") if asked.attempt == 0 else say("four")

    lines, seen = _told(behave, 8.0)
    assert any(re.search(rf"127.*: rate_limited until {CLOCK}, again in", one) for one in lines)
    assert any("rate_limited until" in one["stalled"] for one in seen)
    assert {one["all_away"] for one in seen} == {0.0}


def test_failures_that_wait_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stalls, "_SHORT", 0.2)
    lines, _ = _told(lambda asked: refuse(500), 3.0, retries=4)
    told = [line for line in lines if line.startswith("4 requests wait to be sent again")]
    assert told
    assert "(server_error 4)" in told[0]


def test_how_long_all_servers_have_been_away() -> None:
    with serving(lambda asked: say("four")) as server:
        url = server.url
    made: Any = openai("tiny", url=url, canary=0)
    thread = threading.Thread(target=lambda: list(made.complete([_request(1)])), daemon=True)
    thread.start()
    time.sleep(1.2)
    told = made.status()
    assert 0.5 < told["all_away"] < 5
    assert f"no server can be asked: {url}: unreachable since" in told["stalled"]
    made.stop.set()
    thread.join(15)
    assert not thread.is_alive()


def test_a_refusal_with_a_pause_is_a_stall() -> None:
    """A refusal that asks for a pause leaves a server alone until then."""
    server = _server("http://a")
    server.failed(Fault("rate_limited", cost="refused", pause=60.0), 1.0, 1.0, random.Random(1))
    assert "rate_limited until" in no_server([server], 5.0).words
