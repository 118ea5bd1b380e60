"""A server that answers as OpenAI's do, and fails in every way that a test asks for.

    with serving(lambda asked: say("four")) as server: ...

It runs in a thread of its own. What it does for a request is a function of what was asked; a
prompt's attempts are counted, so that a fault can be of the first attempt alone.
"""

import asyncio
import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Json = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """One request as it reached the server."""

    body: Json
    headers: dict[str, str]
    attempt: int
    """How often this very body came before."""
    at: float

    @property
    def prompt(self) -> str:
        """The last message, or the text to go on from."""
        return str(self.body["messages"][-1]["content"] if "messages" in self.body
                   else self.body["prompt"])  # fmt: skip


Send = Callable[[web.Request, Asked], Awaitable[web.StreamResponse]]
Behave = Callable[[Asked], Send]


@dataclass
class Server:
    """A running server and what it saw."""

    behave: Behave
    port: int = 0
    models: list[str] = field(default_factory=lambda: ["tiny"])
    asked: list[Asked] = field(default_factory=list)
    closed: int = 0
    """Requests whose client went away before the end."""
    busy: int = 0
    peak: int = 0
    more: Callable[[web.Application], None] | None = None
    _counts: Counter[str] = field(default_factory=Counter)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """The base URL to give to a client."""
        return f"http://127.0.0.1:{self.port}/v1"

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        body = json.loads(raw)
        asked = Asked(body, dict(request.headers), self._counts[raw.decode()], time.monotonic())
        self._counts[raw.decode()] += 1
        self.asked.append(asked)
        self.busy += 1
        self.peak = max(self.peak, self.busy)
        try:
            return await self.behave(asked)(request, asked)
        except (asyncio.CancelledError, ConnectionResetError):
            self.closed += 1
            raise
        finally:
            self.busy -= 1

    async def _list(self, request: web.Request) -> web.Response:
        return web.json_response({"data": [{"id": name} for name in self.models]})

    async def _open(self) -> None:
        app = web.Application(client_max_size=1 << 28)
        app.router.add_post("/v1/chat/completions", self._answer)
        app.router.add_post("/v1/completions", self._answer)
        app.router.add_get("/v1/models", self._list)
        if self.more is not None:
            self.more(app)
        self._runner = web.AppRunner(
            app, handler_cancellation=True, access_log=None, shutdown_timeout=0.1
        )
        await self._runner.setup()
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        self.port = listener.getsockname()[1]
        await web.SockSite(self._runner, listener, backlog=1024).start()

    def up(self) -> None:
        """Start to answer, on the same port as before."""
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(10)

    def down(self) -> None:
        """Stop as if killed: no connection is left."""

        async def close() -> None:
            assert self._runner is not None
            for protocol in list(self._runner.server.connections if self._runner.server else ()):
                if protocol.transport is not None:
                    protocol.transport.abort()
            await self._runner.cleanup()

        asyncio.run_coroutine_threadsafe(close(), self._loop).result(10)


@contextmanager
def serving(behave: Behave, **options: Any) -> Iterator[Server]:
    """A server for the time of a test."""
    server = Server(behave, **options)
    thread = threading.Thread(target=server._loop.run_forever, daemon=True)
    thread.start()
    try:
        server.up()
        yield server
    finally:
        server.down()
        server._loop.call_soon_threadsafe(server._loop.stop)
        thread.join(10)
        server._loop.close()


def answer(message: Json | str, finish: str | None = "stop", tokens: int = 7) -> Json:
    """A whole answer."""
    told = {"role": "assistant", **({"content": message} if isinstance(message, str) else message)}
    return {
        "id": "x", "object": "chat.completion", "created": 1, "model": "tiny",
        "choices": [{"index": 0, "message": told, "finish_reason": finish}],
        "usage": {"prompt_tokens": 3, "completion_tokens": tokens, "total_tokens": tokens + 3},
    }  # fmt: skip


def events(message: Json | str, finish: str | None = "stop", size: int = 5) -> Iterator[bytes]:
    """The same answer as events, a few characters each."""
    told = {"content": message} if isinstance(message, str) else message
    head = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "tiny"}

    def event(delta: Json, finish: str | None = None) -> bytes:
        choices = [{"index": 0, "delta": delta, "finish_reason": finish}]
        return _event({**head, "choices": choices})

    yield event({"role": "assistant", "content": ""})
    for name, text in told.items():
        if not isinstance(text, str):
            yield event({name: text})
            continue
        for start in range(0, len(text), size):
            yield event({name: text[start : start + size]})
    yield event({}, finish)
    yield _event({**head, "choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 7}})
    yield b"data: [DONE]\n\n"


def _event(told: Json) -> bytes:
    return b"data: " + json.dumps(told).encode() + b"\n\n"


def say(
    message: Json | str, finish: str | None = "stop", *, seconds: float = 0, pause: float = 0
) -> Send:
    """A sound answer: after some seconds, and when streamed with a pause before each event."""

    async def send(request: web.Request, asked: Asked) -> web.StreamResponse:
        await asyncio.sleep(seconds)
        if not asked.body.get("stream"):
            return web.json_response(answer(message, finish))
        return await stream(events(message, finish), pause)(request, asked)

    return send


def stream(pieces: Iterator[bytes], pause: float = 0, *, cut: bool = False) -> Send:
    """Pieces of a stream as they are; with `cut` the connection is reset after them."""

    async def send(request: web.Request, asked: Asked) -> web.StreamResponse:
        reply = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await reply.prepare(request)
        for piece in pieces:
            await asyncio.sleep(pause)
            await reply.write(piece)
        if cut:
            assert request.transport is not None
            request.transport.abort()
            await asyncio.sleep(0)
        return reply

    return send


def raw(body: bytes, status: int = 200, **headers: str) -> Send:
    """Any bytes under any status."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    async def send(request: web.Request, asked: Asked) -> web.StreamResponse:
        kind = None if "Content-Type" in named else "application/json"
        return web.Response(body=body, status=status, headers=named, content_type=kind)

    return send


def refuse(status: int, words: str = "no", code: str = "", **headers: str) -> Send:
    """An error in OpenAI's shape."""
    error = {"message": words, "type": "some_error", "code": code or None}
    return raw(json.dumps({"error": error}).encode(), status, **headers)


def hang(seconds: float = 60) -> Send:
    """Takes the request and says nothing."""

    async def send(request: web.Request, asked: Asked) -> web.StreamResponse:
        await asyncio.sleep(seconds)
        return web.Response()

    return send


def cut_body() -> Send:
    """Half of a whole answer, and then a reset."""

    async def send(request: web.Request, asked: Asked) -> web.StreamResponse:
        body = json.dumps(answer("half")).encode()
        reply = web.StreamResponse(headers={"Content-Length": str(len(body))})
        await reply.prepare(request)
        await reply.write(body[: len(body) // 2])
        assert request.transport is not None
        request.transport.abort()
        return reply

    return send
