"""What a person sees while models are asked: how much there is, how fast it goes, what holds it."""

import io
import json
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Desk

from factory import progress, unanswered, watching
from factory.plan import Backends
from factory.progress import InPipe, Meter, Quiet, lasting
from factory.sections import Prices
from factory.unanswered import Missing
from factory.watching import Speed, Watch
from generators.asking import Completion, Request
from generators.journal import Journal
from generators.records import Problem


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.4, "0 s"), (99, "99 s"), (100, "2 min"), (3540, "59 min"), (3600, "1 h 0 min"),
     (12_000, "3 h 20 min"), (47.9 * 3600, "47 h 54 min"), (52 * 3600, "2 d 4 h")],
)  # fmt: skip
def test_durations(seconds: float, told: str) -> None:
    assert lasting(seconds) == told


# ---------------------------------------------------------------- how much there is


def _requests(part: int, count: int = 10) -> list[Request]:
    return [Request(Problem(id=f"{part}-{n}"), (), f"m{part}", {}, n) for n in range(count)]


def _answer(journal: Journal, request: Request) -> None:
    journal.add(Completion(request.key, "", "four", "m", "stop"))


def _journal(tmp_path: Path, answered: Callable[[int, int], bool], parts: int) -> Journal:
    journal = Journal(tmp_path)
    for part in range(parts):
        for number, request in enumerate(_requests(part)):
            if answered(part, number):
                _answer(journal, request)
    return journal


@pytest.mark.parametrize("parts", [1, 2, 8])
def test_up_to_eight_parts_are_counted(tmp_path: Path, parts: int) -> None:
    journal = _journal(tmp_path, lambda part, number: number < part, parts)
    missing = Missing(journal, _requests, range(parts))
    exact = sum(10 - part for part in range(parts))
    assert missing.total() == (exact, False)
    assert len([missing.total() == (exact, False) for _ in missing]) == exact
    assert missing.total() == (exact, False)


@pytest.mark.parametrize(
    ("answered", "near"),
    [
        (lambda part, number: False, 0),
        (lambda part, number: number < 5, 0),
        # An earlier run that ended in the middle.
        (lambda part, number: part < 20, 60),
        (lambda part, number: part < 35, 60),
    ],
)
def test_of_more_parts_some_are_looked_at(
    tmp_path: Path, answered: Callable[[int, int], bool], near: int
) -> None:
    journal = _journal(tmp_path, answered, 40)
    made: list[int] = []

    def batch(part: int) -> list[Request]:
        made.append(part)
        return _requests(part)

    missing = Missing(journal, batch, range(40))
    assert len(made) == 8
    total, about = missing.total()
    exact = sum(not answered(part, number) for part in range(40) for number in range(10))
    assert about
    assert abs(total - exact) <= near
    assert len(list(missing)) == exact
    assert missing.total() == (exact, False)


def test_nothing_is_asked_of_no_parts(tmp_path: Path) -> None:
    missing = Missing(Journal(tmp_path), _requests, [])
    assert (list(missing), missing.total()) == ([], (0, False))


# ---------------------------------------------------------------- the line


class _Line(Meter):
    """What a meter was told last."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.expected: tuple[int, bool] = (0, False)

    def expect(self, total: int, *, about: bool) -> None:
        self.expected = (total, about)

    def note(self, text: str) -> None:
        self.notes.append(text)


class _Engine:
    """A backend that says what it is told to say."""

    model = "tiny"

    def __init__(self, **status: Any) -> None:
        self.told = {"in_flight": 3, "oldest": 41.2, "tokens_per_second": 1234.5, **status}

    def status(self) -> dict[str, Any]:
        return self.told


class _Served(_Engine):
    """One that talks of its servers itself."""

    tell: Any = None


class _Said(Quiet):
    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, text: str) -> None:
        self.lines.append(text)


def _watch(*made: _Engine, patience: float | None = None) -> tuple[Watch, _Line, _Said]:
    backends = Backends(None, made={str(n): one for n, one in enumerate(made)})  # type: ignore[arg-type,misc]
    line, said = _Line(), _Said()
    price = Prices(input=1.0, output=2.0)
    return Watch(line, backends, said, price, threading.Event(), patience), line, said


def _done(finish: str = "stop", tokens: int = 500_000) -> Completion:
    return Completion("k", "", "four", "m", finish, 1000, tokens, discarded_tokens=7)


def test_the_line_says_all_of_it() -> None:
    watch, line, _ = _watch(_Engine())
    watch.expects(lambda: (8, True))
    assert line.expected == (8, True)
    for finish in ("stop", "length", "stop", "stop"):
        watch.answered(_done(finish))
    watch.look()
    assert line.notes == [
        "3 in flight, oldest 41 s, 1,234 tokens/s, 25.0% cut off, $4.00"
    ]  # fmt: skip
    watch.expects(lambda: (2, False))  # asked again with a larger limit: besides the four
    assert line.expected == (6, False)


def test_a_stall_stands_first_in_the_line() -> None:
    why = "no server can be asked: http://a: rate_limited until 14:03:20, again in 55 s"
    watch, line, said = _watch(_Served(in_flight=0, stalled=why))
    watch.look()
    assert line.notes[0].startswith(f"{why}, 0 in flight")
    assert said.lines == []  # the backend has told it already


def test_an_engine_that_says_nothing_is_told_once() -> None:
    engine = _Engine(stalled="no token for 61 s")
    watch, _, said = _watch(engine)
    watch.look()
    engine.told["stalled"] = "no token for 62 s"
    watch.look()
    assert said.lines == ["nothing comes in: no token for 61 s"]
    engine.told["stalled"] = ""
    watch.look()
    engine.told["stalled"] = "no token for 70 s"
    watch.look()
    assert len(said.lines) == 2


@pytest.mark.parametrize(("away", "gone"), [(9.0, ""), (10.5, "no server")])
def test_patience_is_lost_where_no_server_is_there(away: float, gone: str) -> None:
    watch, _, _ = _watch(_Served(stalled="no server", all_away=away), patience=10.0)
    watch.look()
    assert (watch.gone, watch.stop.is_set()) == (gone, bool(gone))
    # A build waits for as long as it takes.
    watch, _, _ = _watch(_Served(stalled="no server", all_away=away))
    watch.look()
    assert not watch.stop.is_set()


def test_speeds_add_up() -> None:
    both = Speed(10.0, 100, 4.0).then(Speed(30.0, 500, 8.0))
    assert both == Speed(40.0, 600, 7.0)
    assert Speed().then(Speed()) == Speed()


def test_lines_in_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_EVERY", 0.0)
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    out = io.StringIO()
    with InPipe(out).stage("generate", None, "completions") as meter:
        meter.expect(16_000, about=True)
        now[0] += 10
        meter.advance({"finish:stop": 1}, 40)
        meter.expect(40, about=False)
        meter.note("0 in flight")
    first, last = out.getvalue().splitlines()
    assert first == "generate: 40 of about 16000 completions, 4.0/s, 1 h 6 min left  stop 1"
    assert last == "generate: 40 of 40 completions, 4.0/s  0 in flight, stop 1"


# ---------------------------------------------------------------- from end to end


def test_a_build_says_how_much_is_left(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("aiohttp", reason="the extra [openai] is not installed")
    from serving import say, serving

    monkeypatch.setattr(progress, "_EVERY", 0.0)
    monkeypatch.setattr(watching, "EVERY", 0.05)
    monkeypatch.setattr(unanswered, "_LOOKED_AT", 2)
    rows = [{"question": f"What is {n} and {n}?", "answer": 2 * n} for n in range(30)]
    desk.lines("q.jsonl", rows)
    out = io.StringIO()
    with serving(lambda asked: say("\\boxed{0}", seconds=0.05)) as server:
        model = {"backend": "openai", "url": server.url, "model": "tiny", "concurrency": 4}
        step = {"stream": "r", "from": ["mine"], "model": "big", "samples": 2, "rounds": 2}
        desk.spec(
            models={"big": model}, sources={"mine": {"jsonl": "q.jsonl", "kind": "math"}},
            generate=[{"teacher": step}], filters=["verify"],
        )  # fmt: skip
        desk.quick_build(progress=InPipe(out))
    found = re.findall(r"^generate teacher r: (\d+) of (\d+) completions", out.getvalue(), re.M)
    # One is right from the first; the second round is of all others.
    assert {int(total) for _, total in found} == {60, 58}
    assert any(
        re.search(r"4 in flight, oldest \d s, \d+ tokens/s", t) for t in out.getvalue().splitlines()
    )
    assert re.search(r"completions, \d+\.\d/s, \d+ s left  ", out.getvalue())
    assert json.loads((desk.folder / "runs/run/asked.json").read_text())[0]["requests"] == 118
