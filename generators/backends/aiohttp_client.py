"""Talks to OpenAI-style servers by aiohttp: of all clients the cheapest per request and chunk."""

import asyncio
from contextlib import suppress

import aiohttp
from yarl import URL

from generators.backends.faults import Fault, of_status
from generators.backends.flight import Flight
from generators.backends.keys import Secret
from generators.backends.openai_answer import LARGEST, Answer, whole
from generators.backends.repetition_stop import RepetitionStop

_CONNECT = 10.0  # seconds until a server that does not take the connection is away
_LOOK = 16  # pieces of text between two thoughts about a loop


class AiohttpClient:
    """Connections that are kept for the next request. To be made and used within one event loop."""

    def __init__(self, key: Secret, path: str, *, watch_loops: bool) -> None:
        self._path = path
        self._watch_loops = watch_loops
        # No redirect is followed and no cookie kept: the key goes nowhere but where the spec says.
        self._headers = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
        if key:
            self._headers["Authorization"] = Secret(f"Bearer {key!s}")
        self._urls: dict[str, URL] = {}
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, ttl_dns_cache=300),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT),
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def ask(self, flight: Flight) -> Answer:
        """Send and read one answer; Fault whatever goes wrong.

        The errors of aiohttp hold the headers of the request and so the key: none gets out.
        """
        url = flight.server.url
        target = self._urls.get(url)
        if target is None:
            target = self._urls[url] = URL(url + self._path)
        try:
            async with self._session.post(
                target, data=flight.job.body, headers=self._headers, allow_redirects=False
            ) as reply:
                flight.heard = asyncio.get_running_loop().time()
                if not 200 <= reply.status < 300:
                    raise of_status(reply.status, reply.headers, await _read(reply, flight))
                if reply.content_type == "text/event-stream":
                    return await self._streamed(reply, flight)
                return whole(await _read(reply, flight))
        except (aiohttp.ClientError, OSError, ValueError) as error:
            fault = _fault(error, flight)
        raise fault

    async def _streamed(self, reply: aiohttp.ClientResponse, flight: Flight) -> Answer:
        stream, content = flight.stream, reply.content
        now = asyncio.get_running_loop().time
        watch = RepetitionStop()
        while not stream.done:
            data = await content.readany()
            if not data:
                break
            flight.heard = now()
            stream.feed(data)
            if len(stream.fresh) >= _LOOK:
                if self._watch_loops and watch.grew(stream.fresh):
                    reply.close()  # so that the server stops as well
                    return Answer(stream.message(), "repetition", 0, stream.chunks)
                stream.fresh.clear()
        answer = stream.answer()
        if stream.done and not content.at_eof():
            with suppress(TimeoutError):  # read to the end, so that the connection can be kept
                async with asyncio.timeout(0.5):
                    await content.readany()
        return answer

    async def models(self, url: str) -> list[str]:
        """Names of the models that a server offers; none where it does not say."""
        try:
            async with asyncio.timeout(_CONNECT):
                async with self._session.get(
                    URL(url + "/models"), headers=self._headers, allow_redirects=False
                ) as reply:
                    told = await reply.json(content_type=None)
            return [str(one["id"]) for one in told["data"]]
        except (aiohttp.ClientError, OSError, ValueError, LookupError, TypeError):
            return []

    async def close(self) -> None:
        """Let go of all connections."""
        await self._session.close()


async def _read(reply: aiohttp.ClientResponse, flight: Flight) -> bytes:
    now = asyncio.get_running_loop().time
    pieces: list[bytes] = []
    size = 0
    while piece := await reply.content.readany():
        flight.heard = now()
        pieces.append(piece)
        size += len(piece)
        if size > LARGEST:
            raise Fault("too_large", f"more than {LARGEST} bytes")
    return b"".join(pieces)


def _fault(error: Exception, flight: Flight) -> Fault:
    words = getattr(error, "strerror", None) or type(error).__name__
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return Fault("unreachable", words, "unreachable")
    return Fault("disconnected", words, tokens=flight.stream.chunks)
