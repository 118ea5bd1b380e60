"""The processes behind `bounded.py`: a clean server, and the workers that it forks.

Started by path, so it imports nothing of ours, and nothing else but the standard library. The
server imports what the workers need and forks them; it has one thread and runs no call itself. A
worker runs one function at a time on request. Messages are JSON behind a length of four bytes.
Somebody waits for the first of them: what a function does not need is not imported.
"""

import ctypes
import gc
import importlib
import importlib.util
import json
import os
import resource
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, BinaryIO

LONGEST_REPLY = 16 << 20
"""Bytes. Nothing longer is sent, and the parent reads nothing longer."""

_PR_SET_PDEATHSIG = 1

Functions = dict[str, Callable[..., Any]]


def main() -> None:
    """Fork a worker on each request, until the caller closes the socket or is gone."""
    memory, parent = int(sys.argv[1]), int(sys.argv[2])
    _die_with(parent)
    control = socket.socket(fileno=os.dup(0))
    # What an import or a function prints must not end up on the user's screen.
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    functions: Functions = {}
    workers: set[int] = set()
    _defer_package()
    try:
        sys.path[:] = _asked(control)[0]
        while True:
            request, ends = _asked(control)
            if "bury" in request:
                workers.discard(request["bury"])
                reply = {"status": _bury(request["bury"])}
            else:
                reply = _fork(request["functions"], ends, functions, memory, control)
                workers.update([reply["pid"]] if "pid" in reply else [])
            control.sendall(_encode(reply))
    except (EOFError, OSError):
        for pid in workers:
            _kill(pid)
            _bury(pid)


def _defer_package() -> None:
    """Have modules of our package imported without its __init__, which imports all the others.

    It is run where a name of the package itself is asked for.
    """
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    name, init = os.path.basename(here), os.path.join(here, "__init__.py")
    spec = importlib.util.spec_from_file_location(name, init, submodule_search_locations=[here])
    if spec is None or spec.loader is None:
        return
    package, loader = importlib.util.module_from_spec(spec), spec.loader

    def whole(asked: str) -> Any:
        if asked.startswith("__"):
            raise AttributeError(asked)
        vars(package).pop("__getattr__", None)
        loader.exec_module(package)
        return getattr(package, asked)

    vars(package)["__getattr__"] = whole
    sys.modules[name] = package


def _asked(control: socket.socket) -> tuple[Any, list[int]]:
    """The next request of the caller, and the descriptors that came with it."""
    head, ends, _, _ = socket.recv_fds(control, 4, 2)
    if not head:
        raise EOFError
    head += _received(control, 4 - len(head))
    return json.loads(_received(control, struct.unpack(">I", head)[0])), ends


def _received(control: socket.socket, length: int) -> bytes:
    """So many bytes and no more: the next request is read together with its descriptors."""
    data = b""
    while len(data) < length:
        part = control.recv(length - len(data))
        if not part:
            raise EOFError
        data += part
    return data


def _fork(
    names: list[str], ends: list[int], functions: Functions, memory: int, control: socket.socket
) -> dict[str, Any]:
    faults = {}
    gc.disable()  # most of what an import makes stays: looking through it again and again is slow
    for name in names:
        faults[name] = "" if name in functions else _answer({"function": name}, functions)["detail"]
    gc.enable()
    gc.freeze()  # what was imported is for all workers and no garbage: leave its pages shared
    server = os.getpid()
    try:
        pid = os.fork()
        if not pid:
            control.close()
            _begin(ends, functions, memory, server)
    except OSError as error:
        return {"detail": str(error)}
    finally:
        for end in ends:
            os.close(end)
    return {"pid": pid, "imported": faults}


def _kill(pid: int) -> None:
    for kill in (os.killpg, os.kill):
        with suppress(ProcessLookupError):
            kill(pid, signal.SIGKILL)


def _bury(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


# --- a worker --------------------------------------------------------------------------------


def _begin(ends: list[int], functions: Functions, memory: int, server: int) -> None:
    """Serve, in the forked process, and never return."""
    status = 1
    try:
        os.setsid()  # so that a kill takes along what a function has started
        _die_with(server)
        _limit(memory)
        _serve(os.fdopen(ends[0], "rb"), os.fdopen(ends[1], "wb"), functions)
        status = 0
    finally:
        os._exit(status)


def _serve(requests: BinaryIO, replies: BinaryIO, functions: Functions) -> None:
    """Answer requests until the caller closes the pipe."""
    while True:
        try:
            request = _read(requests)
        except EOFError:
            return
        except MemoryError:
            _write(replies, {"outcome": "memory", "detail": "the arguments do not fit"})
            return
        _write(replies, _answer(request, functions))


def _answer(request: dict[str, Any], functions: Functions) -> dict[str, Any]:
    name = request["function"]
    try:
        if "args" not in request:
            functions[name] = _import(name)
            return {"outcome": "ok", "detail": ""}
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
    stream.write(_encode(reply))
    stream.flush()


def _encode(reply: dict[str, Any]) -> bytes:
    data = _json(reply)
    return struct.pack(">I", len(data)) + data


def _json(reply: dict[str, Any]) -> bytes:
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
