"""The ways of asking that are compared, each in a process of its own.

    python benchmarks/asking_ways.py WAY URL COUNT CONCURRENCY [stream | FILE]

Prints as JSON what it cost: seconds, CPU seconds, answers or events, memory before and at most. A
file gets a line {"id", "text"} for each answer.
"""

import asyncio
import importlib
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from generators.asking import Request
    from generators.journal import Journal

SAMPLING = {"temperature": 0.6, "top_p": 0.95, "max_tokens": 1024}


def question(number: int) -> str:
    return f"[#{number}] Compute {number} + {number * 7 % 1000}. Put the answer in \\boxed{{}}."


async def bare(url: str, count: int, concurrency: int, stream: bool, out: Path | None) -> int:
    """aiohttp in a loop: about the least that HTTP costs in Python. A fault ends it."""
    import aiohttp
    import orjson

    numbers = iter(range(count))
    chunks = 0
    connector = aiohttp.TCPConnector(limit=concurrency)
    place = out or Path(os.devnull)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def worker() -> None:
            nonlocal chunks
            for number in numbers:
                messages = [{"role": "user", "content": question(number)}]
                body = {"model": "mock", "messages": messages, "stream": stream, **SAMPLING}
                async with session.post(url + "/chat/completions", json=body) as reply:
                    if not stream:
                        said = (await reply.json())["choices"][0]["message"]["content"]
                        sink.write(row(number, said))
                        chunks += 1
                        continue
                    async for line in reply.content:
                        if line.startswith(b"data: {"):
                            orjson.loads(line[6:])["choices"][0]["delta"].get("content")
                            chunks += 1

        with place.open("w", encoding="utf-8") as sink:
            await asyncio.gather(*(worker() for _ in range(concurrency)))
    return chunks


async def library(url: str, count: int, concurrency: int, stream: bool) -> int:
    """OpenAI's library in a loop."""
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


def ours(
    url: str, count: int, concurrency: int, stream: bool, client: str, out: Path | None
) -> int:
    """The backend, with the journal that makes each completion durable."""
    from generators.backends.openai import openai
    from generators.journal import Journal

    # The peers' drivers give an attempt 5 seconds, so ours has no more.
    backend = openai(
        "mock", url=url, concurrency=concurrency, stream=stream, client=client, canary=0,
        timeout=5.0,
    )  # fmt: skip
    chunks = 0
    with tempfile.TemporaryDirectory(dir=os.environ.get("ASKING_FOLDER")) as folder:
        journal = Journal(Path(folder))
        for completion in backend.complete(requests(backend.model, range(count))):
            journal.add(completion)
            if completion.finish == "stop":
                chunks += completion.completion_tokens if stream else 1
        journal.flush()
        if out is not None:
            out.write_text("".join(written(journal, backend.model, count)), "utf-8")
        journal.close()
    return chunks


def requests(model: str, numbers: Iterable[int]) -> "Iterator[Request]":
    from generators.asking import Request
    from generators.records import Problem

    problem = Problem()
    for number in numbers:
        messages = ({"role": "user", "content": question(number)},)
        yield Request(problem, messages, model, SAMPLING, 0)


def written(journal: "Journal", model: str, count: int) -> Iterator[str]:
    """What the journal holds, as lines."""
    for start in range(0, count, 500):
        numbers = range(start, min(start + 500, count))
        keys = [request.key for request in requests(model, numbers)]
        found = journal.get(keys)
        for number, key in zip(numbers, keys, strict=True):
            if key in found:
                yield row(number, found[key].response)


def row(number: int, text: str) -> str:
    return json.dumps({"id": number, "text": text}) + "\n"


def main(way: str, url: str, count: int, concurrency: int, more: str) -> None:
    # What is imported is no part of what asking costs.
    names = ["generators.backends.aiohttp_client", "generators.backends.openai",
             "generators.journal"]  # fmt: skip
    for name in {"bare": ["aiohttp", "orjson"], "library": ["openai"]}.get(way, names):
        importlib.import_module(name)
    stream = more == "stream"
    out = Path(more) if more and not stream else None
    idle = resource.getrusage(resource.RUSAGE_SELF)
    began = time.perf_counter()
    match way:
        case "bare":
            chunks = asyncio.run(bare(url, count, concurrency, stream, out))
        case "library":
            chunks = asyncio.run(library(url, count, concurrency, stream))
        case _:
            client = "openai" if way == "ours by the library" else "aiohttp"
            chunks = ours(url, count, concurrency, stream, client, out)
    wall = time.perf_counter() - began
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = used.ru_utime + used.ru_stime - idle.ru_utime - idle.ru_stime
    memory = (idle.ru_maxrss / 1024, used.ru_maxrss / 1024)
    print(json.dumps({"wall": wall, "cpu": cpu, "chunks": chunks, "memory": memory}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), "".join(sys.argv[5:]))
