"""The worker of `bounded.py`: a clean interpreter that runs one function at a time on request.

Started by path, so it imports nothing of ours, and nothing else but the standard library. Messages
are JSON behind a length of four bytes, in over what was stdin and out over what was stdout.
"""

import ctypes
import importlib
import json
import os
import resource
import signal
import struct
import sys
import time
from collections.abc import Callable
from typing import Any, BinaryIO

LONGEST_REPLY = 16 << 20
"""Bytes. Nothing longer is sent, and the parent reads nothing longer."""

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Serve requests until the parent closes the pipe."""
    memory, parent = int(sys.argv[1]), int(sys.argv[2])
    _die_with(parent)
    _limit(memory)
    requests = os.fdopen(os.dup(0), "rb")
    replies = os.fdopen(os.dup(1), "wb")
    # What a function prints must not end up between two messages, nor on the user's screen.
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    sys.path[:] = _read(requests)
    _write(replies, {"outcome": "ok"})
    functions: dict[str, Callable[..., Any]] = {}
    while True:
        try:
            request = _read(requests)
        except EOFError:
            return
        except MemoryError:
            _write(replies, {"outcome": "memory", "detail": "the arguments do not fit"})
            return
        _write(replies, _answer(request, functions))


def _answer(request: dict[str, Any], functions: dict[str, Callable[..., Any]]) -> dict[str, Any]:
    name = request["function"]
    try:
        if "args" not in request:
            functions[name] = _import(name)
            return {"outcome": "ok"}
        _limit_cpu(request["seconds"])
        return {"outcome": "ok", "value": functions[name](*request["args"])}
    except MemoryError:
        return {"outcome": "memory", "detail": "MemoryError"}
    except BaseException as error:  # noqa: BLE001 - whatever a function raises is its result
        return {"outcome": "error", "detail": _describe(error)}


def _import(name: str) -> Callable[..., Any]:
    module, _, attribute = name.partition(":")
    function: Callable[..., Any] = getattr(importlib.import_module(module), attribute)
    return function


def _describe(error: BaseException) -> str:
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 - an exception of a foreign library may not print
        text = "(it cannot be printed)"
    return f"{type(error).__name__}: {text}"[:1000]


def _die_with(parent: int) -> None:
    """End when the parent does, even in the middle of a call that holds the interpreter's lock."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the line above
        sys.exit(1)


def _limit(memory: int) -> None:
    if sys.platform != "darwin":  # where it is neither kept nor always settable
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        if hard == resource.RLIM_INFINITY or memory < hard:
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Values come back over the pipe: a function run here has no file to write.
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _limit_cpu(seconds: float) -> None:
    """Where a parent's death is not signalled, a call that never ends must still end.

    The margin is wide, for the parent's deadline is the one that counts.
    """
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    soft = int(time.process_time() + 4 * seconds) + 10
    if hard == resource.RLIM_INFINITY or soft < hard:
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _read(stream: BinaryIO) -> Any:
    head = stream.read(4)
    if len(head) < 4:
        raise EOFError
    return json.loads(stream.read(struct.unpack(">I", head)[0]))


def _write(stream: BinaryIO, reply: dict[str, Any]) -> None:
    data = _encode(reply)
    stream.write(struct.pack(">I", len(data)) + data)
    stream.flush()


def _encode(reply: dict[str, Any]) -> bytes:
    try:
        data = json.dumps(reply).encode()
    except MemoryError:
        reply = {"outcome": "memory", "detail": "MemoryError in the returned value"}
        return json.dumps(reply).encode()
    except (TypeError, ValueError, RecursionError) as error:
        reply = {"outcome": "error", "detail": f"the returned value is no JSON: {error}"[:1000]}
        return json.dumps(reply).encode()
    if len(data) > LONGEST_REPLY:
        detail = f"the returned value has {len(data)} bytes, more than {LONGEST_REPLY}"
        return json.dumps({"outcome": "error", "detail": detail}).encode()
    return data


if __name__ == "__main__":
    main()
