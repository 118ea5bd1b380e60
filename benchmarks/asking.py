"""What asking costs: requests per second, CPU and memory per request, events of streams per second.

    python benchmarks/asking.py                        # against a small server of our own
    python benchmarks/asking.py --mock mock_server.py  # against another, which takes --port
    python benchmarks/asking.py --queued 1000000       # memory with many requests waiting

Each way of asking runs in a process of its own against a server in another, one after the other on
the same machine: a bare aiohttp loop, which is about the least that HTTP costs in Python; our
backend, with the journal that makes each completion durable; and OpenAI's library. Numbers belong
to the machine that printed them.
"""

import argparse
import asyncio
import json
import os
import platform
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SAMPLING = {"temperature": 0.6, "top_p": 0.95, "max_tokens": 1024}
FILLER = "First I restate the problem, then I try a small case: 12 + 30 = 42, so the sum holds. "


class Answering(asyncio.Protocol):
    """As little of a server as will do, so that the client is what is measured."""

    latency = 0.05
    chunks = 400
    characters = 2000

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.data = b""

    def data_received(self, data: bytes) -> None:
        self.data += data
        while (end := self.data.find(b"\r\n\r\n")) >= 0:
            head = self.data[:end].lower()
            at = head.find(b"content-length:")
            size = int(head[at + 15 :].split(b"\r\n")[0]) if at >= 0 else 0
            if len(self.data) < end + 4 + size:
                return
            body, self.data = self.data[end + 4 : end + 4 + size], self.data[end + 4 + size :]
            asked = json.loads(body) if body else {}
            later = self.stream if asked.get("stream") else self.whole
            question = asked["messages"][-1]["content"] if asked else ""
            asyncio.get_running_loop().call_later(self.latency, later, question)

    def whole(self, question: str) -> None:
        text = (FILLER * (self.characters // len(FILLER) + 1))[: self.characters]
        said = f"<think>\n{question} {text}\n</think>\n\nThe answer is 42."
        message = {"role": "assistant", "content": said}
        told = json.dumps({
            "id": "x", "object": "chat.completion", "created": 1, "model": "mock",
            "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
            "usage": {"prompt_tokens": 40, "completion_tokens": 500, "total_tokens": 540},
        }).encode()  # fmt: skip
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(told)}"
        if not self.transport.is_closing():
            self.transport.write(head.encode() + b"\r\n\r\n" + told)

    def stream(self, question: str) -> None:
        self.transport.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )
        self.send(iter(self.events()))

    def events(self) -> Iterator[bytes]:
        head = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "mock"}
        for number in range(self.chunks):
            choice = {"index": 0, "delta": {"content": f" word{number}"}, "finish_reason": None}
            yield b"data: " + json.dumps({**head, "choices": [choice]}).encode() + b"\n\n"
        choice = {"index": 0, "delta": {}, "finish_reason": "stop"}
        yield b"data: " + json.dumps({**head, "choices": [choice]}).encode() + b"\n\n"
        yield b"data: [DONE]\n\n"

    def send(self, events: Iterator[bytes]) -> None:
        """One event per turn of the loop, as tokens come: a segment each."""
        event = next(events, b"")
        self.transport.write(f"{len(event):x}\r\n".encode() + event + b"\r\n")
        if event:
            asyncio.get_running_loop().call_soon(self.send, events)


async def serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(
        Answering, "127.0.0.1", port, backlog=4096
    )
    await server.serve_forever()


def question(number: int) -> str:
    return f"[#{number}] Compute {number} + {number * 7 % 1000}. Put the answer in \\boxed{{}}."


async def bare(url: str, count: int, concurrency: int, stream: bool) -> int:
    import aiohttp
    import orjson

    numbers = iter(range(count))
    chunks = 0
    connector = aiohttp.TCPConnector(limit=concurrency)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def worker() -> None:
            nonlocal chunks
            for number in numbers:
                messages = [{"role": "user", "content": question(number)}]
                body = {"model": "mock", "messages": messages, "stream": stream, **SAMPLING}
                async with session.post(url + "/chat/completions", json=body) as reply:
                    if not stream:
                        (await reply.json())["choices"][0]["message"]["content"]
                        chunks += 1
                        continue
                    async for line in reply.content:
                        if line.startswith(b"data: {"):
                            orjson.loads(line[6:])["choices"][0]["delta"].get("content")
                            chunks += 1

        await asyncio.gather(*(worker() for _ in range(concurrency)))
    return chunks


async def library(url: str, count: int, concurrency: int, stream: bool) -> int:
    from openai import AsyncOpenAI

    numbers = iter(range(count))
    chunks = 0
    async with AsyncOpenAI(base_url=url, api_key="none", max_retries=0) as client:

        async def worker() -> None:
            nonlocal chunks
            for number in numbers:
                told: Any = await client.chat.completions.create(
                    model="mock", messages=[{"role": "user", "content": question(number)}],
                    stream=stream, **SAMPLING,
                )  # fmt: skip
                if not stream:
                    told.choices[0].message.content  # noqa: B018
                    chunks += 1
                    continue
                async for event in told:
                    event.choices[0].delta.content  # noqa: B018
                    chunks += 1

        await asyncio.gather(*(worker() for _ in range(concurrency)))
    return chunks


def ours(url: str, count: int, concurrency: int, stream: bool, client: str) -> int:
    from generators.asking import Request
    from generators.backends.openai import openai
    from generators.journal import Journal
    from generators.records import Problem

    backend = openai(
        "mock", url=url, concurrency=concurrency, stream=stream, client=client, canary=0
    )
    problem = Problem()
    requests = (
        Request(problem, ({"role": "user", "content": question(n)},), backend.model, SAMPLING, 0)
        for n in range(count)
    )
    chunks = 0
    with tempfile.TemporaryDirectory(dir=os.environ.get("ASKING_FOLDER")) as folder:
        journal = Journal(Path(folder))
        for completion in backend.complete(requests):
            assert completion.finish == "stop", completion
            journal.add(completion)
            chunks += completion.completion_tokens if stream else 1
        journal.close()
    return chunks


def ask(way: str, url: str, count: int, concurrency: int, stream: bool) -> None:
    """One way of asking, in this process; prints what it cost."""
    import generators.backends.aiohttp_client
    import generators.backends.openai
    import generators.journal  # noqa: F401

    idle = resource.getrusage(resource.RUSAGE_SELF)
    began = time.perf_counter()
    match way:
        case "bare":
            chunks = asyncio.run(bare(url, count, concurrency, stream))
        case "library":
            chunks = asyncio.run(library(url, count, concurrency, stream))
        case _:
            client = "openai" if way == "ours by the library" else "aiohttp"
            chunks = ours(url, count, concurrency, stream, client)
    wall = time.perf_counter() - began
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = used.ru_utime + used.ru_stime - idle.ru_utime - idle.ru_stime
    memory = (idle.ru_maxrss / 1024, used.ru_maxrss / 1024)
    print(json.dumps({"wall": wall, "cpu": cpu, "chunks": chunks, "memory": memory}))


def measured(way: str, url: str, count: int, concurrency: int, stream: bool) -> dict[str, Any]:
    command = [sys.executable, __file__, "--way", way, "--url", url, "--count", str(count),
               "--concurrency", str(concurrency), *(["--stream"] if stream else [])]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def line(title: str, count: int, told: dict[str, Any], first: float) -> float:
    rate = count / told["wall"]
    idle, most = told["memory"]
    print(f"{title:34}{rate:>9.0f}{rate / (first or rate):>8.2f}"
          f"{1000 * told['cpu'] / count:>12.2f}{most - idle:>13.0f}", flush=True)  # fmt: skip
    return rate


def compare(url: str, given: argparse.Namespace) -> None:
    print(f"{'':34}{'per s':>9}{'of bare':>8}{'CPU ms each':>12}{'MB over idle':>13}")
    for concurrency in (64, 256):
        first = 0.0
        for way in ("bare", "ours", "ours by the library", "library"):
            count = given.count if way in ("bare", "ours") else max(100, given.count // 5)
            told = measured(way, url, count, concurrency, False)
            rate = line(f"{way}, {concurrency} at a time", count, told, first)
            first = first or rate
    if given.mock:
        return  # its events may hold many tokens each, and would be no measure
    print("events of streams")
    for way in ("bare", "ours", "ours by the library", "library"):
        count = given.count // 20 if way in ("bare", "ours") else max(16, given.count // 200)
        told = measured(way, url, count, 64, True)
        print(f"{way + ', 64 at a time':34}{told['chunks'] / told['wall']:>9.0f} per second, "
              f"{told['chunks'] / told['cpu']:.0f} per second and core", flush=True)  # fmt: skip


def main() -> None:
    """Start a server, ask it in each way, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=8000, help="requests")
    parser.add_argument("--queued", type=int, default=0, help="only ours, with so many requests")
    parser.add_argument("--mock", default="", help="another server's file; it takes --port")
    parser.add_argument("--serve", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--way", default="", help=argparse.SUPPRESS)
    parser.add_argument("--url", default="", help=argparse.SUPPRESS)
    parser.add_argument("--concurrency", type=int, default=64, help=argparse.SUPPRESS)
    parser.add_argument("--stream", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        asyncio.run(serve(given.serve))
    elif given.way:
        ask(given.way, given.url, given.count, given.concurrency, given.stream)
    else:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        file = [given.mock, "--port"] if given.mock else [__file__, "--serve"]
        server = subprocess.Popen([sys.executable, *file, str(port)])
        try:
            wait_for(port)
            print(f"{platform.machine()}, {os.cpu_count()} processors, "
                  f"Python {platform.python_version()}")  # fmt: skip
            url = f"http://127.0.0.1:{port}/v1"
            if given.queued:
                told = measured("ours", url, given.queued, 256, False)
                line(f"ours, {given.queued} queued", given.queued, told, 0.0)
            else:
                compare(url, given)
        finally:
            server.terminate()
            server.wait()


def wait_for(port: int) -> None:
    for _ in range(100):
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("the server does not start")


if __name__ == "__main__":
    main()
