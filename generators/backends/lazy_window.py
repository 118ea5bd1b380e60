"""Between a lazy iterator of jobs and an event loop in a thread of its own: a bounded window.

The iterator is pulled and completions are handed out in the caller's thread, which may commit to a
disk meanwhile; the loop sends and receives without waiting for it.
"""

import asyncio
import queue
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, Protocol, TypeVar

from generators.asking import Completion
from generators.backends.flight import Job

T = TypeVar("T")
Deliver = Callable[[Completion | Exception], None]
_BATCH = 16  # jobs that are handed to the loop at once: waking it costs more than the jobs
_PATIENCE = 15.0  # seconds for the loop to open or close


class Session(Protocol):
    """What runs in the loop."""

    def add(self, jobs: list[Job]) -> None:
        """Take in jobs; each comes back as a completion, unless an exception ends the run."""
        ...

    async def close(self) -> None:
        """Drop what is under way and let go of all connections."""
        ...


Open = Callable[[Deliver], Awaitable[Session]]
"""Called in the loop, with where completions go."""


def through_loop(jobs: Iterator[Job], size: int, open_session: Open) -> Iterator[Completion]:
    """Completions as they come, with at most `size` jobs out of the iterator at a time.

    Whoever stops reading closes the session: what is under way is dropped.
    """
    out: queue.SimpleQueue[Completion | Exception] = queue.SimpleQueue()
    with _loop_in_thread() as loop:

        async def opened() -> Session:
            return await open_session(out.put)

        session = _call(loop, opened())
        try:
            yield from _pump(jobs, size, out, loop, session)
        finally:
            _call(loop, session.close())


def _pump(
    jobs: Iterator[Job],
    size: int,
    out: "queue.SimpleQueue[Completion | Exception]",
    loop: asyncio.AbstractEventLoop,
    session: Session,
) -> Iterator[Completion]:
    held = 0
    more = True
    while held or more:
        while more and held <= size - min(_BATCH, size):
            some = list(islice(jobs, min(_BATCH, size)))
            more = bool(some)
            held += len(some)
            if some:
                loop.call_soon_threadsafe(session.add, some)
            if not out.empty():
                break  # what has come must not wait for what is slow to make
        if not held:
            continue
        said = out.get()
        if isinstance(said, Exception):
            raise said
        held -= 1
        yield said


@contextmanager
def _loop_in_thread() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="asking", daemon=True)
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(_PATIENCE)
        if not thread.is_alive():
            loop.close()


def _call(loop: asyncio.AbstractEventLoop, coroutine: Coroutine[Any, Any, T]) -> T:
    return asyncio.run_coroutine_threadsafe(coroutine, loop).result(_PATIENCE)
