"""The Batch API of the backend for OpenAI-compatible servers, against a small one of our own."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("aiohttp", reason="needs the extra [openai]")
pytest.importorskip("openai", reason="needs the extra [openai]")

from aiohttp import web
from serving import Json, Server, answer, hang, serving

from generators.asking import Request
from generators.backends.openai import OpenAI, openai
from generators.errors import Stopped, UserError
from generators.records import Problem

SAMPLING = {"temperature": 0.6, "top_p": 0.95, "max_tokens": 100}
KEY = "sk-very-secret-0123456789"


def requests(count: int) -> list[Request]:
    return [
        Request(Problem(), ({"role": "user", "content": f"q{n}"},), "tiny", SAMPLING, 0)
        for n in range(count)
    ]


class Batches:
    """What OpenAI's files and batches do, as far as it is needed here."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.batches: dict[str, Json] = {}
        self.looks = 0
        self.ready_after = 1
        """How often a batch is looked at before it has ended."""
        self.end: Callable[[Json, list[Json]], Json] = lambda batch, rows: self.answered(rows)
        self.fail: Callable[[str], web.Response | None] = lambda what: None
        self.headers: list[str] = []

    def add(self, app: web.Application) -> None:
        app.router.add_post("/v1/files", self.upload)
        app.router.add_get("/v1/files/{id}/content", self.content)
        app.router.add_post("/v1/batches", self.create)
        app.router.add_get("/v1/batches", self.listed)
        app.router.add_get("/v1/batches/{id}", self.look)

    async def upload(self, request: web.Request) -> web.Response:
        self.headers.append(request.headers.get("Authorization", ""))
        form = await request.post()
        if fault := self.fail("upload"):
            return fault
        assert form["purpose"] == "batch"
        file: Any = form["file"]
        identity = self.kept(file.file.read())
        return web.json_response({"id": identity, "object": "file", "bytes": 1, "created_at": 1,
                                  "filename": "x", "purpose": "batch"})  # fmt: skip

    def kept(self, data: bytes) -> str:
        identity = f"file-{len(self.files)}"
        self.files[identity] = data
        return identity

    async def create(self, request: web.Request) -> web.Response:
        told = await request.json()
        identity = f"batch_{len(self.batches)}"
        if (fault := self.fail("create")) and fault.status != 599:
            return fault
        self.batches[identity] = {
            "id": identity, "object": "batch", "status": "in_progress", "created_at": 1,
            "looks": 0, **told,
        }  # fmt: skip
        if fault:  # it was made, and nobody is told so
            return web.Response(status=500)
        return web.json_response(self.batches[identity])

    async def listed(self, request: web.Request) -> web.Response:
        data = list(self.batches.values())
        return web.json_response({"object": "list", "data": data, "has_more": False})

    async def look(self, request: web.Request) -> web.Response:
        self.looks += 1
        if fault := self.fail("look"):
            return fault
        batch = self.batches.get(request.match_info["id"])
        if batch is None:
            return web.json_response({"error": {"message": "no such batch"}}, status=404)
        batch["looks"] += 1
        if batch["looks"] > self.ready_after and batch["status"] == "in_progress":
            rows = [json.loads(r) for r in self.files[batch["input_file_id"]].splitlines()]
            batch |= {"status": "completed", **self.end(batch, rows)}
        return web.json_response(batch)

    async def content(self, request: web.Request) -> web.Response:
        return web.Response(body=self.files[request.match_info["id"]])

    def answered(self, rows: list[Json], *, shuffle: bool = True) -> Json:
        lines = [self.line(row) for row in (reversed(rows) if shuffle else rows)]
        return {"output_file_id": self.kept(b"\n".join(lines) + b"\n")}

    @staticmethod
    def line(row: Json, status: int = 200, body: Json | None = None) -> bytes:
        asked = row["body"]["messages"][-1]["content"]
        said = body or answer(f"<think>\nhm\n</think>\n\n{asked}")
        told = {"status_code": status, "request_id": "x", "body": said}
        return json.dumps(
            {"id": "y", "custom_id": row["custom_id"], "response": told, "error": None}
        ).encode()


@pytest.fixture
def batches() -> Batches:
    return Batches()


@pytest.fixture
def server(batches: Batches) -> Iterator[Server]:
    with serving(lambda asked: hang(), more=batches.add) as running:
        yield running


def backend(server: Server, folder: Path, **settings: Any) -> OpenAI:
    made = openai("tiny", url=server.url, batch=True, batch_poll=0.02, batch_folder=str(folder),
                  **settings)  # fmt: skip
    assert isinstance(made, OpenAI)
    return made


def test_answers_of_batches_find_their_requests(
    server: Server, batches: Batches, tmp_path: Path
) -> None:
    made = backend(server, tmp_path, batch_size=4)
    asked = requests(10)
    said = {c.key: c for c in made.complete(iter(asked))}
    assert len(said) == 10
    for request in asked:
        told = said[request.key]
        assert (told.reasoning, told.response) == ("hm", request.messages[0]["content"])
        assert (told.finish, told.attempts, told.server) == ("stop", 1, server.url)
    assert len(batches.batches) == 3
    rows = [json.loads(row) for row in batches.files["file-0"].splitlines()]
    assert [row["custom_id"] for row in rows] == [r.key for r in asked[:4]]
    assert rows[0]["body"]["messages"] == [{"role": "user", "content": "q0"}]
    assert rows[0]["body"]["temperature"] == 0.6
    assert rows[0]["body"]["seed"] == json.loads(said[asked[0].key].sent)["seed"]
    assert "stream" not in rows[0]["body"]
    assert made.status()["servers"][0]["completion_tokens"] == 70


def test_an_unfinished_batch_is_fetched_by_the_next_run(
    server: Server, batches: Batches, tmp_path: Path
) -> None:
    batches.ready_after = 10**6
    made = backend(server, tmp_path, batch_size=4)
    lines: list[str] = []
    made.tell = lines.append
    made.stop = threading.Event()
    threading.Timer(0.5, made.stop.set).start()
    said = list(made.complete(iter(requests(8))))
    assert Counter(c.finish for c in said) == {"error:stopped": 8}
    assert lines == [f"2 batches go on at {server.url}: run again to fetch them"]
    batches.ready_after = 0
    said = list(backend(server, tmp_path, batch_size=4).complete(iter(requests(10))))
    assert Counter(c.finish for c in said) == {"stop": 10}
    assert len(batches.batches) == 3  # the eight are not sent again, the two new ones are


def test_a_batch_that_was_fetched_before_a_kill_is_fetched_again(
    server: Server, batches: Batches, tmp_path: Path
) -> None:
    for _ in range(2):
        said = list(backend(server, tmp_path).complete(iter(requests(3))))
        assert {c.finish for c in said} == {"stop"}
    assert len(batches.batches) == 1


def test_a_kill_before_the_id_was_known_makes_no_second_batch(
    server: Server, batches: Batches, tmp_path: Path
) -> None:
    list(backend(server, tmp_path).complete(iter(requests(3))))
    file = tmp_path / "batches.json"
    rows = json.loads(file.read_text())
    file.write_text(json.dumps([{**rows[0], "id": "", "fetched": 0.0}]))
    said = list(backend(server, tmp_path).complete(iter(requests(3))))
    assert {c.finish for c in said} == {"stop"}
    assert len(batches.batches) == 1
    # And where the batch never came to be, the requests are sent.
    batches.batches.clear()
    file.write_text(json.dumps([{**rows[0], "id": "", "fetched": 0.0}]))
    said = list(backend(server, tmp_path).complete(iter(requests(3))))
    assert {c.finish for c in said} == {"stop"}
    assert len(batches.batches) == 1


def test_a_batch_whose_making_was_not_told_is_not_made_twice(
    server: Server, batches: Batches, tmp_path: Path
) -> None:
    faults = [web.Response(status=599)]
    batches.fail = lambda what: faults.pop() if what == "create" and faults else None
    said = list(backend(server, tmp_path).complete(iter(requests(3))))
    assert {c.finish for c in said} == {"stop"}
    assert len(batches.batches) == 1


def test_each_request_fails_for_itself(server: Server, batches: Batches, tmp_path: Path) -> None:
    bad = {"error": {"message": f"top_p is wrong, {KEY}"}}

    def end(batch: Json, rows: list[Json]) -> Json:
        good = b"\n".join([batches.line(rows[0]), b"not json", b'{"custom_id": "of nobody"}'])
        faults = b"\n".join([
            batches.line(rows[1], 400, bad), batches.line(rows[2], 500, bad),
            json.dumps({"custom_id": rows[3]["custom_id"], "response": None,
                        "error": {"code": "batch_expired", "message": "too late"}}).encode(),
            batches.line(rows[4], 200, {"choices": []}),
        ])  # fmt: skip
        return {"status": "expired", "output_file_id": batches.kept(good),
                "error_file_id": batches.kept(faults)}  # fmt: skip

    batches.end = end
    asked = requests(6)
    made = backend(server, tmp_path)
    said = {c.key: c for c in made.complete(iter(asked))}
    assert [said[r.key].finish for r in asked] == [
        "stop", "error:bad_request", "error:server_error", "error:not_answered",
        "error:no_choices", "error:batch_expired",
    ]  # fmt: skip
    assert said[asked[1].key].detail == "top_p is wrong, ***"
    # What failed is asked again, what was answered is not.
    batches.end = lambda batch, rows: batches.answered(rows)
    again = list(backend(server, tmp_path).complete(iter(asked)))
    assert Counter(c.finish for c in again) == {"stop": 6}
    last = batches.batches["batch_1"]["input_file_id"]
    assert len(batches.files[last].splitlines()) == 5


def test_a_batch_that_the_server_forgot_is_asked_again(
    server: Server, batches: Batches, tmp_path: Path
) -> None:
    list(backend(server, tmp_path).complete(iter(requests(3))))
    batches.batches.clear()
    said = list(backend(server, tmp_path).complete(iter(requests(3))))
    assert {c.finish for c in said} == {"error:batch_gone"}
    said = list(backend(server, tmp_path).complete(iter(requests(3))))
    assert {c.finish for c in said} == {"stop"}


@pytest.mark.parametrize("what", ["upload", "create", "look"])
@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_server_is_asked_again(
    what: str, status: int, server: Server, batches: Batches, tmp_path: Path
) -> None:
    faults = [web.Response(status=status)]
    batches.fail = lambda at: faults.pop() if at == what and faults else None
    said = list(backend(server, tmp_path).complete(iter(requests(3))))
    assert {c.finish for c in said} == {"stop"}
    assert len(batches.batches) == 1
    assert not faults


@pytest.mark.parametrize("what", ["upload", "create", "look"])
def test_a_wrong_key_stops_without_showing_it(
    what: str, server: Server, batches: Batches, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_KEY", KEY)
    told = json.dumps({"error": {"message": f"wrong key {KEY}"}})
    batches.fail = lambda at: web.Response(status=401, text=told) if at == what else None
    with pytest.raises(UserError, match="environment variable TEST_KEY") as raised:
        list(backend(server, tmp_path, key="TEST_KEY").complete(iter(requests(3))))
    assert KEY not in str(raised.value)
    assert batches.headers[0] == f"Bearer {KEY}"
    assert all(KEY.encode() not in path.read_bytes() for path in tmp_path.iterdir())


def test_ids_need_a_place(server: Server, tmp_path: Path) -> None:
    made = openai("tiny", url=server.url, batch=True)
    with pytest.raises(UserError, match="batch_folder"):
        list(made.complete(iter(requests(1))))
    (tmp_path / "batches.json").write_text("{")
    with pytest.raises(Stopped, match=r"batches\.json cannot be read"):
        list(backend(server, tmp_path).complete(iter(requests(1))))
