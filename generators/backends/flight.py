"""One request on its way: what is sent, where, and when something was last heard of it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from generators.asking import Request
from generators.backends.openai_answer import Answer, Stream
from generators.backends.replicas import Server
from generators.backends.retries import Tries
from generators.records import Problem

_NOTHING = Request(Problem(), (), "", {}, 0)


@dataclass(eq=False, slots=True)
class Job:
    """A request until it is answered or given up."""

    key: str
    request: Request
    model: str
    body: bytes
    """What is sent, as JSON."""
    sent: str
    """What is sent besides the messages, as JSON, for the record."""
    prefilled: bool
    """Whether the prompt opens the thought already."""
    limit: float
    """Seconds that one attempt may take."""
    tries: Tries = field(default_factory=Tries)

    def forget(self) -> None:
        """Let go of what is asked, once a server has it for a day."""
        self.body, self.request = b"", _NOTHING


@dataclass(eq=False, slots=True)
class Flight:
    """One attempt at a job."""

    job: Job
    server: Server
    began: float
    heard: float
    """When the last byte came, on the loop's clock."""
    stream: Stream = field(default_factory=Stream)
    overdue: str = ""
    task: "asyncio.Task[None] | None" = None


Ask = Callable[[Flight], Awaitable[Answer]]
"""The one seam between us and a client library: sends what a flight carries, or raises Fault."""
