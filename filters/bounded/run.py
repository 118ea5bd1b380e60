"""Run a function in a killable process with time and memory limits.

    with Bounded(workers=2) as pool:
        result = pool.run("math:factorial", 20, seconds=1.0)

Arguments and results are plain JSON values, and the function is named by its import path, so a
worker needs nothing of the caller: it is forked by a clean server of one thread, which was started
by exec and has imported the function already, and never by a process full of threads. The caller
holds the deadline, kills, and has another forked; no signal handler, no alarm. It is a limit, not a
sandbox: what must not run at all must not be sent here. POSIX only.
"""

import contextlib
import math
import os
import queue
import threading
import time
import weakref
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from filters.bounded.frames import frame
from filters.bounded.process import Outcome, Result, Worker
from filters.bounded.server import Server, ServerLost

__all__ = ["WAIT", "Bounded", "Outcome", "Result", "shared"]

WAIT = 0.25
"""Seconds that a case may take beyond its limit, to have a process started or to wait for a free
one; what takes longer is taken from the case's own time."""


class Bounded:
    """A bounded number of warm workers that may be called from any thread.

    Workers are started as calls overlap, replaced when a call kills them, and after `recycle`
    calls. `memory` is each one's address space in bytes. They end with this object, and with this
    process however it ends.
    """

    def __init__(self, workers: int = 1, memory: int = 1 << 30, recycle: int = 1000) -> None:
        if workers < 1 or recycle < 1:
            raise ValueError("workers and recycle are at least 1")
        self.workers = workers
        self.recycle = recycle
        self._pool = _Pool(memory)
        self._owner = os.getpid()
        self._lock = threading.Lock()
        self._calls = 0  # in flight
        self._started = 0  # workers there are, or will be
        self._end = weakref.finalize(self, _end, self._pool, self._owner)

    def run(
        self, function: str, *args: Any, seconds: float = 5.0, within: float = math.inf
    ) -> Result:
        """Call "module:function" with these arguments; it has `seconds`, once it has a worker.

        Starting a worker, or waiting for a free one, is not counted; `within` limits the whole.
        Whatever the function does is a Result; TypeError where the arguments are no JSON.
        """
        if not 0 < seconds < math.inf or not within > 0:
            raise ValueError("seconds must be a positive number")
        call = frame({"function": function, "args": args, "seconds": seconds})
        end = time.monotonic() + within
        with self._lock:
            self._calls += 1
            self._order(function)
        try:
            result, lost = self._run(function, call, seconds, end)
            # A server that was killed takes its workers along: not this call's doing, so once more.
            return self._run(function, call, seconds, end)[0] if lost else result
        finally:
            with self._lock:
                self._calls -= 1

    def start(self, function: str) -> None:
        """Have the first worker started and the function imported, while the caller goes on."""
        with self._lock:
            self._order(function, ahead=1)

    def _order(self, function: str, ahead: int = 0) -> None:
        """Order a worker where there are more calls than workers."""
        if os.getpid() != self._owner:
            raise RuntimeError("a Bounded cannot be used in a forked child: make one there")
        self._pool.functions.setdefault(function)
        if max(self._calls, ahead) > self._started and self._started < self.workers:
            self._started += 1
            self._pool.order()

    def _run(self, function: str, call: bytes, seconds: float, end: float) -> tuple[Result, bool]:
        """What became of a call, and whether that was because the worker was lost."""
        began = time.monotonic()
        worker = self._pool.take(end)
        if worker is None:
            waited = time.monotonic() - began
            return Result("timeout", detail=f"no worker within {waited:.3g} s"), False
        if isinstance(worker, OSError):
            self._pool.order()
            return Result("crashed", detail=f"no worker could be started: {worker}"), False
        try:
            result = worker.call(function, call, seconds, end)
        except BaseException:  # Ctrl-C: the worker is in the middle of a call
            self._pool.replace(worker)
            raise
        if result.outcome in ("ok", "error") and worker.calls < self.recycle:
            self._pool.give(worker)
        else:
            self._pool.replace(worker)
        return result, result.outcome == "crashed" and worker.lost and not self._pool.closed

    def close(self) -> None:
        """End the workers. A call in flight comes back as crashed; a later one is refused."""
        self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


_shared: dict[int, Bounded] = {}


def shared() -> Bounded:
    """The pool that the filters of this process share, made at the first call."""
    # By process: a forked child must not talk over the pipes it inherits from its parent. A worker
    # is started only where calls overlap; so many threads Python's own pools have.
    return _shared.get(os.getpid()) or _shared.setdefault(
        os.getpid(), Bounded(workers=min(32, (os.cpu_count() or 1) + 4))
    )


@dataclass
class _Pool:
    """What the calling threads and the starting thread share."""

    memory: int
    idle: queue.SimpleQueue[Worker | OSError | None] = field(default_factory=queue.SimpleQueue)
    orders: queue.SimpleQueue[tuple[Worker, ...] | None] = field(default_factory=queue.SimpleQueue)
    functions: dict[str, bool | None] = field(default_factory=dict)
    """What has been called so far, and whether the server may import it: None, not tried yet."""
    server: Server | None = None
    alive: set[Worker] = field(default_factory=set)
    starter: threading.Thread | None = None
    closed: bool = False

    def order(self, *dead: Worker) -> None:
        """Have the dead buried and a worker started, while the caller goes on."""
        self.orders.put(dead)
        if self.starter is None and not self.closed:
            self.starter = threading.Thread(target=self._start, name="bounded", daemon=True)
            self.starter.start()

    def _start(self) -> None:
        # One thread that lives as long as the pool: on Linux the server is killed when the thread
        # that started it ends, and the calling threads come and go.
        while (dead := self.orders.get()) is not None:
            for worker in dead:
                worker.end()
            try:
                worker = self._worker()
            except OSError as error:
                self.idle.put(error)
                continue
            self.alive.add(worker)
            self.give(worker)

    def _worker(self) -> Worker:
        wanted = [name for name, safe in list(self.functions.items()) if safe is not False]
        try:
            worker = Worker(self._served(), wanted)
        except ServerLost:
            # Where an import kills the server or takes for ever, each worker imports by itself.
            self.functions.update({name: bool(self.functions[name]) for name in wanted})
            worker = Worker(self._served(), [name for name in wanted if self.functions[name]])
        self.functions.update(dict.fromkeys(worker.imported, True))
        return worker

    def _served(self) -> Server:
        """The server; another one where it has ended."""
        if self.closed:
            raise ServerLost("closed")
        if self.server is None or not self.server.alive:
            if self.server is not None:
                self.server.end()
            self.server = Server(self.memory)
            if self.closed:
                self.server.end()
        return self.server

    def take(self, end: float) -> Worker | OSError | None:
        """The next free worker, or why there can be none; None where there is none before `end`."""
        left = end - time.monotonic()
        try:
            worker = self.idle.get(timeout=max(0.0, left) if left < math.inf else None)
        except queue.Empty:
            return None
        if worker is None:
            self.idle.put(None)  # for the next one who waits
            raise RuntimeError("this Bounded is closed")
        return worker

    def give(self, worker: Worker) -> None:
        """A worker is free."""
        if self.closed:
            worker.end()
        else:
            self.idle.put(worker)

    def replace(self, worker: Worker) -> None:
        """Kill a worker and order another."""
        worker.kill()
        self.alive.discard(worker)
        self.order(worker)


def _end(pool: _Pool, owner: int) -> None:
    if os.getpid() != owner:
        return  # a forked child exits: the workers are its parent's
    pool.closed = True
    # Before the starting thread ends, and with it the server: what a worker has started is killed
    # by the worker's group, which nobody can name once the worker is gone.
    for worker in list(pool.alive):
        worker.kill()
    pool.orders.put(None)
    with contextlib.suppress(queue.Empty):
        while True:
            free = pool.idle.get_nowait()
            if isinstance(free, Worker):
                free.end()
    if pool.server is not None:
        pool.server.end()
    pool.idle.put(None)
