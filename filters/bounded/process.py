"""The caller's end of one worker process: ask it with a deadline, kill it.

A worker belongs to one thread at a time, save that any thread may kill it.
"""

import contextlib
import os
import signal
import threading
import time
from dataclasses import dataclass
from typing import Any, Literal

from filters.bounded.frames import frame, receive, send
from filters.bounded.server import START_SECONDS, Server

Outcome = Literal["ok", "timeout", "memory", "crashed", "error"]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one call."""

    outcome: Outcome
    """"error": the function raised. "crashed": its process ended without an answer."""
    value: Any = None
    """What the function returned, as it comes back from JSON."""
    detail: str = ""
    seconds: float = 0.0
    """Wall time of the call alone, without starting a worker or waiting for one."""


class Worker:
    """A process that the server has forked, and the two pipes to it.

    `functions` are imported by the server before, so that all workers after this one have them too.
    """

    def __init__(self, server: Server, functions: list[str]) -> None:
        self._server = server
        self._kill_lock = threading.Lock()
        self._buried = False
        self._code: int | None = None
        self.calls = 0
        theirs_in, self._in = os.pipe()
        self._out, theirs_out = os.pipe()
        try:
            # Function -> why it could not be imported, or "".
            self._pid, self.imported = server.fork(functions, [theirs_in, theirs_out])
        except BaseException:
            os.close(self._in)
            os.close(self._out)
            raise
        finally:
            os.close(theirs_in)
            os.close(theirs_out)
        os.set_blocking(self._in, False)
        os.set_blocking(self._out, False)

    @property
    def lost(self) -> bool:
        """Whether its server has ended, and so ended it."""
        return not self._server.alive

    def call(self, function: str, request: bytes, seconds: float, end: float) -> Result:
        """Send a framed request and wait for the answer, for so many seconds and not beyond `end`
        on the monotonic clock; the worker is of no more use unless the outcome is "ok" or "error".
        """
        self.calls += 1
        start = time.monotonic()
        limit, what = min(START_SECONDS, end - start), f" to start and import {function}"
        try:
            self._import(function, start + limit)
            if fault := self.imported[function]:
                return Result("error", detail=fault)
            start = time.monotonic()
            limit, what = min(seconds, end - start), ""
            reply = self._ask(request, start + limit)
        except TimeoutError:
            self.kill()
            return Result("timeout", None, f"{limit:.3g} s{what}", time.monotonic() - start)
        except (EOFError, BrokenPipeError, ValueError, RecursionError) as error:
            gone = isinstance(error, EOFError | BrokenPipeError)
            how = self.end() if gone else f"unreadable answer: {error}"
            outcome: Outcome = "timeout" if how == "SIGXCPU" else "crashed"
            return Result(outcome, None, how, time.monotonic() - start)
        elapsed = time.monotonic() - start
        return Result(reply["outcome"], reply.get("value"), reply.get("detail", ""), elapsed)

    def kill(self) -> None:
        """Kill the process and what it has started, from any thread. Its owner has to `end` it."""
        with self._kill_lock:
            # Once buried (by init, where the server is gone), its number may be somebody else's.
            if self._buried or self.lost:
                return
            try:
                os.killpg(self._pid, signal.SIGKILL)
            except ProcessLookupError:  # it has not yet come to lead a group of its own
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self._pid, signal.SIGKILL)

    def end(self) -> str:
        """Kill, bury and close. Says how it ended, if it had: "SIGSEGV", "exit status 3"."""
        self.kill()
        with self._kill_lock:
            if not self._buried:
                self._buried = True
                self._code = self._server.bury(self._pid)
                os.close(self._in)
                os.close(self._out)
        if self._code is None:
            return "killed with its server"
        if self._code >= 0:
            return f"exit status {self._code}"
        try:
            return signal.Signals(-self._code).name
        except ValueError:
            return f"signal {-self._code}"

    def _import(self, function: str, deadline: float) -> None:
        """Have the worker import what the server had not when it forked."""
        if function not in self.imported:
            send(self._in, frame({"function": function}), deadline)
            reply = receive(self._out, deadline)
            self.imported[function] = "" if reply["outcome"] == "ok" else reply["detail"]

    def _ask(self, request: bytes, deadline: float) -> dict[str, Any]:
        with contextlib.suppress(BrokenPipeError):  # it may have answered before it ended
            send(self._in, request, deadline)
        reply = receive(self._out, deadline)
        if not isinstance(reply, dict) or reply.get("outcome") not in ("ok", "memory", "error"):
            raise ValueError("not an answer")
        return reply
