"""As little of an OpenAI-style server as will do, so that whoever asks it is what is measured.

    python benchmarks/answering.py PORT [tail]

With "tail" the answers take times that are log-normal: most come at once, few take very long.
"""

import asyncio
import json
import math
import random
import re
import sys
from collections.abc import Iterator
from typing import Any

FILLER = "First I restate the problem, then I try a small case: 12 + 30 = 42, so the sum holds. "
_SPREAD = math.log(20) / 2.326  # of 100 answers the slowest takes 20 times as long as most do
_NUMBER = re.compile(r"\[#(\d+)\]")


def tail_seconds(number: int) -> float:
    """How long the answer to a question takes, always the same; half of them at most 0.02 s."""
    return random.Random(number).lognormvariate(math.log(0.02), _SPREAD)


class Answering(asyncio.Protocol):
    """One connection."""

    latency = 0.05
    chunks = 400
    characters = 2000
    tail = False

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
            asyncio.get_running_loop().call_later(self.seconds(question), later, question)

    def seconds(self, question: str) -> float:
        number = _NUMBER.match(question) if self.tail else None
        return tail_seconds(int(number[1])) if number else self.latency

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


if __name__ == "__main__":
    Answering.tail = "tail" in sys.argv[2:]
    asyncio.run(serve(int(sys.argv[1])))
