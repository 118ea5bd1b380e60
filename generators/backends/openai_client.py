"""Talks to OpenAI-style servers by OpenAI's own library: dearer, for providers with quirks.

https://github.com/openai/openai-python. Its own retries are off: ours are counted.
"""

import asyncio
import json
from typing import Any

import httpx2
import openai
import orjson

from generators.backends.faults import Fault, of_error, of_status
from generators.backends.flight import Flight
from generators.backends.keys import Secret
from generators.backends.openai_answer import Answer, of_object
from generators.backends.repetition_stop import RepetitionStop

# What the library takes by name; anything else goes into the body by way of extra_body.
_NAMED = ("model", "messages", "prompt", "stream")


class OpenAIClient:
    """One client of the library per server. To be made and used within one event loop."""

    def __init__(self, key: Secret, path: str, *, watch_loops: bool, connections: int) -> None:
        self._key = key
        self._chat = path == "/chat/completions"
        self._watch_loops = watch_loops
        self._connections = connections
        self._clients: dict[str, openai.AsyncOpenAI] = {}

    def _client(self, url: str) -> openai.AsyncOpenAI:
        if url not in self._clients:
            many = httpx2.Limits(max_connections=None, max_keepalive_connections=self._connections)
            http = openai.DefaultAsyncHttpx2Client(follow_redirects=False, limits=many)
            self._clients[url] = openai.AsyncOpenAI(
                base_url=url,
                api_key=str(self._key) or "none",
                max_retries=0,
                timeout=httpx2.Timeout(None, connect=10.0),  # overdue answers are ours to end
                http_client=http,
            )
        return self._clients[url]

    async def ask(self, flight: Flight) -> Answer:
        """Send and read one answer; Fault whatever goes wrong."""
        client = self._client(flight.server.url)
        body = orjson.loads(flight.job.body)
        named = {name: body.pop(name) for name in _NAMED if name in body}
        create: Any = client.chat.completions.create if self._chat else client.completions.create
        try:
            told = await create(**named, extra_body=body)
            if not named.get("stream"):
                return of_object(told if isinstance(told, str) else told.model_dump(warnings=False))
            async with told:
                return await self._streamed(told, flight)
        except (openai.OpenAIError, httpx2.HTTPError, json.JSONDecodeError) as error:
            fault = fault_of(error, flight.stream.chunks)
        raise fault

    async def _streamed(self, events: Any, flight: Flight) -> Answer:
        stream = flight.stream
        now = asyncio.get_running_loop().time
        watch = RepetitionStop()
        async for event in events:
            flight.heard = now()
            stream.take(event.model_dump(warnings=False))
            if self._watch_loops and watch.grew(stream.fresh):
                return Answer(stream.message(), "repetition", 0, stream.chunks)
            stream.fresh.clear()
        stream.done = True  # the library takes the last event away
        return stream.answer()

    async def models(self, url: str) -> list[str]:
        """Names of the models that a server offers; none where it does not say."""
        try:
            return [model.id async for model in self._client(url).models.list()]
        except openai.OpenAIError:
            return []

    async def close(self) -> None:
        """Let go of all connections."""
        for client in self._clients.values():
            await client.close()


def fault_of(error: Exception, chunks: int = 0) -> Fault:
    """An error of the library, without the request and the key that it holds."""
    match error:
        case openai.APIStatusError():
            answer = error.response
            return of_status(error.status_code, answer.headers, answer.content)
        case openai.APITimeoutError():
            return Fault("unreachable", type(error).__name__, "unreachable")
        case openai.APIConnectionError():
            if isinstance(error.__cause__, httpx2.ConnectError | httpx2.ConnectTimeout):
                return Fault("unreachable", type(error.__cause__).__name__, "unreachable")
            return Fault("disconnected", type(error.__cause__).__name__, tokens=chunks)
        case openai.APIError(body=body) if body is not None:
            fault = of_error(body)
            fault.tokens = chunks
            return fault
        case json.JSONDecodeError():
            return Fault("not_json", str(error), tokens=chunks)
        case _:
            return Fault("disconnected", type(error).__name__, tokens=chunks)
