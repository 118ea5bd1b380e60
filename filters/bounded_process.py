"""The caller's end of one worker process: start it, ask it with a deadline, kill it.

A worker belongs to one thread at a time, save that any thread may kill it.
"""

import contextlib
import json
import math
import os
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from filters.bounded_worker import LONGEST_REPLY

Outcome = Literal["ok", "timeout", "memory", "crashed", "error"]

# Starting an interpreter and importing are not the call's fault: they have a deadline of their own.
START_SECONDS = 60.0

_WORKER = Path(__file__).with_name("bounded_worker.py")

# Nothing of the caller's environment, for it holds keys. One thread per worker; and a fixed hash
# seed, so that a function that walks through a set says the same thing every time.
_ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
_NEEDED_TO_START = ("LD_LIBRARY_PATH",)  # some interpreters do not find their own library without


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
    """A process that runs `bounded_worker.py`, and the two pipes to it.

    `functions` are imported before the first call, while the caller goes on.
    """

    def __init__(self, memory: int, functions: list[str]) -> None:
        environment = {name: os.environ[name] for name in _NEEDED_TO_START if name in os.environ}
        command = [sys.executable, "-s", "-P", "-B", "-X", "utf8", str(_WORKER)]
        self._process = subprocess.Popen(
            [*command, str(memory), str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env=environment | _ENVIRONMENT,
            start_new_session=True,  # so that a kill takes along what a function has started
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in = self._process.stdin.fileno()
        self._out = self._process.stdout.fileno()
        os.set_blocking(self._in, False)
        os.set_blocking(self._out, False)
        self._kill_lock = threading.Lock()
        self.calls = 0
        self.imported: dict[str, str] = {}  # function -> why it could not be imported, or ""
        self._awaited = ["", *functions]  # what the worker was told and has not yet confirmed
        hello = frame([os.path.abspath(entry) for entry in sys.path])
        try:
            self._send(hello + b"".join(map(_import, functions)), time.monotonic() + START_SECONDS)
        except BrokenPipeError:
            pass  # it is dead: the first call will tell
        except BaseException:
            self.end()
            raise

    def call(self, function: str, request: bytes, seconds: float) -> Result:
        """Send a framed request and wait for the answer; the worker is of no more use unless the
        outcome is "ok" or "error".
        """
        self.calls += 1
        start = time.monotonic()
        limit = START_SECONDS
        try:
            self._import(function, start + limit)
            if fault := self.imported[function]:
                return Result("error", detail=fault)
            start, limit = time.monotonic(), seconds
            reply = self._ask(request, start + limit)
        except TimeoutError:
            self.end()
            what = "" if limit == seconds else f" to start and import {function}"
            return Result("timeout", None, f"{limit:g} s{what}", time.monotonic() - start)
        except (EOFError, ValueError, RecursionError) as error:
            how = self.end() if isinstance(error, EOFError) else f"unreadable answer: {error}"
            outcome: Outcome = "timeout" if how == "SIGXCPU" else "crashed"
            return Result(outcome, None, how, time.monotonic() - start)
        elapsed = time.monotonic() - start
        return Result(reply["outcome"], reply.get("value"), reply.get("detail", ""), elapsed)

    def kill(self) -> None:
        """Kill the process and what it has started, from any thread. Its owner has to `end` it."""
        with self._kill_lock:
            # Once waited for, the number may belong to somebody else.
            if self._process.returncode is None:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(self._process.pid, signal.SIGKILL)

    def end(self) -> str:
        """Kill, bury and close. Says how it ended, if it had: "SIGSEGV", "exit status 3"."""
        self.kill()
        with self._kill_lock:
            code = self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        if code >= 0:
            return f"exit status {code}"
        try:
            return signal.Signals(-code).name
        except ValueError:
            return f"signal {-code}"

    def _import(self, function: str, deadline: float) -> None:
        if function not in self.imported and function not in self._awaited:
            self._send(_import(function), deadline)
            self._awaited.append(function)
        while self._awaited:
            reply = json.loads(self._receive(deadline))
            name = self._awaited.pop(0)
            self.imported[name] = "" if reply["outcome"] == "ok" else reply["detail"]

    def _ask(self, request: bytes, deadline: float) -> dict[str, Any]:
        with contextlib.suppress(BrokenPipeError):  # it may have answered before it ended
            self._send(request, deadline)
        reply = json.loads(self._receive(deadline))
        if not isinstance(reply, dict) or reply.get("outcome") not in ("ok", "memory", "error"):
            raise ValueError("not an answer")
        return reply

    def _send(self, data: bytes, deadline: float) -> None:
        rest = memoryview(data)
        while rest:
            _wait(self._in, select.POLLOUT, deadline)
            with contextlib.suppress(BlockingIOError):
                rest = rest[os.write(self._in, rest) :]

    def _receive(self, deadline: float) -> bytes:
        (length,) = struct.unpack(">I", self._read(4, deadline))
        if length > LONGEST_REPLY:
            raise ValueError(f"{length} bytes are announced")
        return self._read(length, deadline)

    def _read(self, length: int, deadline: float) -> bytes:
        parts = []
        while length:
            _wait(self._out, select.POLLIN, deadline)
            part = os.read(self._out, min(length, 1 << 20))
            if not part:
                raise EOFError
            parts.append(part)
            length -= len(part)
        return b"".join(parts)


def frame(message: Any) -> bytes:
    """A message as it goes over the pipe."""
    data = json.dumps(message).encode()
    return struct.pack(">I", len(data)) + data


def _import(function: str) -> bytes:
    return frame({"function": function})


def _wait(descriptor: int, event: int, deadline: float) -> None:
    # poll, for select fails above 1024 descriptors.
    poll = select.poll()
    poll.register(descriptor, event)
    left = max(0.0, deadline - time.monotonic())
    while not poll.poll(min(math.ceil(left * 1000), 1 << 30)):
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
