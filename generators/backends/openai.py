"""Any server that speaks OpenAI's protocol: vLLM, SGLang, llama.cpp, and most that are paid for."""

import asyncio
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field

from generators.asking import Backend, Completion, Request
from generators.backends.canary import Canary, Reasoning
from generators.backends.dispatch import Dispatch, Terms
from generators.backends.keys import read_key
from generators.backends.lazy_window import Deliver, through_loop
from generators.backends.openai_body import Body, Template
from generators.backends.replicas import Server
from generators.backends.stalls import NONE
from generators.errors import UserError
from generators.registry import Count, Seconds, register

Natural = Annotated[int, Field(ge=0)]
Client = Literal["aiohttp", "openai"]
_MISSING = "openai: run pip install 'reasoning-factory[openai]'"
_RATE = 20.0  # seconds over which tokens per second are told


@register("backend", needs="openai")
def openai(
    model: str,
    *,
    url: str | list[str] = "https://api.openai.com/v1",
    key: str = "",
    concurrency: Count = 64,
    stream: bool = True,
    idle_timeout: Seconds = 300.0,
    timeout: Seconds | None = None,
    retries: Natural = 5,
    longest_pause: Seconds = 3600.0,
    template: Template = "chat",
    prefilled: bool = False,
    reasoning: Reasoning = "any",
    canary: Natural = 20,
    seed: bool = True,
    stop_loops: bool = True,
    max_tokens_as: Literal["max_tokens", "max_completion_tokens"] = "max_tokens",
    leave_out: list[str] | None = None,
    extra: dict[str, Any] | None = None,
    client: Client = "aiohttp",
    batch: bool = False,
    batch_size: Count = 5000,
    batch_poll: Seconds = 30.0,
    batch_folder: str = "",
) -> Backend:
    """Asks one or several OpenAI-compatible servers, the one with the fewest requests in flight.

    - url: base URLs, each with its /v1; key: the environment variable that holds the key.
    - concurrency: requests in flight per server at most; refusals lower it while they last.
    - idle_timeout: seconds without a byte of a stream; timeout: seconds for one attempt, by default
      five minutes and what max_tokens take at 5 tokens a second.
    - retries: of attempts that failed; waiting for a busy or absent server is not counted.
      longest_pause: seconds that a server may ask to wait before the run stops.
    - template: "raw" sends the text itself to /completions, for a base model; prefilled: the
      server's template opens the thought.
    - reasoning: stop if each of the first `canary` answers lacks the thought that is expected.
    - extra: more for the body; leave_out: parameters that a provider refuses; both enter the keys
      of requests. seed: send one per sample. stop_loops: close a stream that repeats itself.
    - batch: by the Batch API, within a day for less money; batch_folder: where the ids of
      unfinished batches are kept, so that they are fetched and not sent again.
    """
    urls = [url] if isinstance(url, str) else url
    body = Body(
        model, template, stream and not batch, seed, prefilled, timeout, max_tokens_as,
        tuple(leave_out or ()), extra or {},
    )  # fmt: skip
    return OpenAI(
        body=body,
        servers=[Server(_checked(one), concurrency) for one in dict.fromkeys(urls)],
        key=key,
        idle_timeout=idle_timeout,
        retries=retries,
        longest_pause=longest_pause,
        stop_loops=stop_loops,
        client=client,
        batch=(batch_size, batch_poll) if batch else None,
        canary=Canary(canary, reasoning),
        folder=Path(batch_folder) if batch_folder else None,
    )


@dataclass
class OpenAI:
    """A model behind one or several servers. Nothing is opened before there is something to ask."""

    body: Body
    servers: list[Server]
    key: str
    """Name of the environment variable that holds it."""
    idle_timeout: float
    retries: int
    longest_pause: float
    stop_loops: bool
    client: Client
    batch: tuple[int, float] | None
    canary: Canary
    stop: threading.Event = field(default_factory=threading.Event)
    """May be replaced by the line's own: once set, nothing more is sent, and what is on its way is
    waited for."""
    tell: Callable[[str], None] = lambda line: None
    """May be replaced: is called, from another thread, with lines for the user."""
    folder: Path | None = None
    """May be set: where the ids of unfinished batches are kept."""
    _now: Dispatch | None = field(default=None, repr=False)
    _speed: "deque[tuple[float, int]]" = field(default_factory=deque)

    @property
    def model(self) -> str:
        """The model and what changes its answers: it enters the keys of requests."""
        return self.body.name

    def complete(self, requests: Iterable[Request]) -> Iterator[Completion]:
        """Completions as they come; failed ones say why. UserError or Stopped ends all of them."""
        asked = iter(requests)
        for first in asked:
            yield from self._complete(chain([first], asked))

    def _complete(self, requests: Iterator[Request]) -> Iterator[Completion]:
        terms = Terms(
            read_key(self.key), self.key, self.idle_timeout, self.retries, self.longest_pause,
            streams=self.body.stream,
        )  # fmt: skip
        if self.batch is not None:
            by_batch = _batches()

            yield from by_batch(self, terms, requests, *self.batch)
            return
        most = sum(server.most for server in self.servers)
        jobs = map(self.body.job, requests)
        yield from through_loop(jobs, most + max(32, most // 2), self._session(terms))

    def _session(self, terms: Terms) -> Callable[[Deliver], Any]:
        make = _client(self, terms)

        async def opened(deliver: Deliver) -> _Session:
            client = make()
            for server in self.servers:
                server.in_flight, server.ready = 0, 0.0
            self._now = Dispatch(
                servers=self.servers,
                ask=client.ask,
                models=client.models,
                terms=terms,
                canary=self.canary,
                rng=random.Random(self.body.model),
                deliver=deliver,
                end=deliver,
                tell=self.tell,
            )
            return _Session(self._now, client, self.stop.is_set)

        return opened

    def status(self) -> dict[str, Any]:
        """What goes on, for a line of progress; `servers` is the ledger of all attempts so far.

        Ages in seconds. `stalled` is "" or says why nothing comes; `all_away` is for how long no
        server has been there.
        """
        now, run = time.monotonic(), self._now
        flights = list(run.flights) if run else []
        tokens = sum(s.completion_tokens + s.discarded_tokens for s in self.servers)
        tokens += sum(flight.stream.chunks for flight in flights)
        away = [now - server.since for server in self.servers if server.away]
        return {
            "in_flight": len(flights),
            "oldest": max((now - flight.began for flight in flights), default=0.0),
            "waiting": run.pending() if run else 0,
            "attempts": run.attempts if run else 0,
            "retried": run.retried if run else 0,
            "failed": run.failed if run else 0,
            "tokens": tokens,
            "tokens_per_second": self._rate(now, tokens),
            "stalled": (run.stalled(now) if run else NONE).words,
            "all_away": min(away) if len(away) == len(self.servers) else 0.0,
            "servers": [_ledger(server) for server in self.servers],
        }

    def _rate(self, now: float, tokens: int) -> float:
        self._speed.append((now, tokens))
        while len(self._speed) > 2 and now - self._speed[0][0] > _RATE:
            self._speed.popleft()
        since, before = self._speed[0]
        return (tokens - before) / (now - since) if now > since else 0.0


class _Session:
    """A dispatch and its clock, as long as there is something to ask."""

    def __init__(self, dispatch: Dispatch, client: Any, stop: Callable[[], bool]) -> None:
        self._dispatch, self._client = dispatch, client
        self.add = dispatch.add
        self._clock = asyncio.create_task(dispatch.tick(stop))

    async def close(self) -> None:
        """Drop what is under way and let go of all connections."""
        self._dispatch.ended = True
        tasks = [self._clock, *(f.task for f in list(self._dispatch.flights) if f.task)]
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
        await self._client.close()
        await asyncio.sleep(0)  # for the sockets' own last steps


def _client(backend: OpenAI, terms: Terms) -> Callable[[], Any]:
    path, loops = backend.body.path, backend.stop_loops
    try:
        if backend.client == "openai":
            from generators.backends.openai_client import OpenAIClient

            most = sum(server.most for server in backend.servers)
            return lambda: OpenAIClient(terms.key, path, watch_loops=loops, connections=most)
        from generators.backends.aiohttp_client import AiohttpClient
    except ImportError:
        raise UserError(_MISSING) from None
    return lambda: AiohttpClient(terms.key, path, watch_loops=loops)


def _batches() -> Any:
    try:
        from generators.backends.openai_batch import by_batch
    except ImportError:
        raise UserError(_MISSING) from None
    return by_batch


def _checked(url: str) -> str:
    """The base URL without a slash at its end; UserError where it is none or holds a password."""
    parts = urlsplit(url)
    if parts.username or parts.password or parts.query:
        raise UserError("url: a password or key in it would be shown; use `key: MY_KEY`")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UserError(f"url: {url!r} is no URL such as http://localhost:8000/v1")
    return url.rstrip("/")


def _ledger(server: Server) -> dict[str, Any]:
    return {
        "url": server.url,
        "away": server.away,
        "limit": int(server.limit),
        "in_flight": server.in_flight,
        "answered": server.answered,
        "faults": dict(server.faults),
        "prompt_tokens": server.prompt_tokens,
        "completion_tokens": server.completion_tokens,
        "discarded_tokens": server.discarded_tokens,
    }
