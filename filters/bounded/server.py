"""The caller's end of the server that forks workers: a clean interpreter started by exec.

It has one thread and imports what the workers need before it forks them, so that a worker that was
killed is replaced in milliseconds. The caller itself, which may be full of threads, never forks.
"""

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from filters.bounded.frames import frame, receive

# Starting an interpreter and importing are not the call's fault: they have a deadline of their own.
START_SECONDS = 60.0
_END_SECONDS = 2.0

_PROGRAM = Path(__file__).with_name("worker.py")

# Nothing of the caller's environment, for it holds keys. One thread per worker; and a fixed hash
# seed, so that a function that walks through a set says the same thing every time.
_ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
_NEEDED_TO_START = ("LD_LIBRARY_PATH",)  # some interpreters do not find their own library without


class ServerLost(OSError):
    """The server ended, or did not answer in time."""


class Server:
    """A process that runs `worker.py`, and the socket to it.

    On Linux it is killed when the thread that made it ends.
    """

    def __init__(self, memory: int) -> None:
        environment = {name: os.environ[name] for name in _NEEDED_TO_START if name in os.environ}
        python = [sys.executable, "-s", "-P", "-B", "-X", "utf8"]
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                self._process = subprocess.Popen(
                    [*python, str(_PROGRAM), str(memory), str(os.getpid())],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    env=environment | _ENVIRONMENT,
                    start_new_session=True,  # Ctrl-C at the terminal is the caller's to hear
                )
            except BaseException:
                ours.close()
                raise
        self._socket = ours
        # Reentrant: a pool may be collected, and so ended, in the middle of a conversation.
        self._talking = threading.RLock()
        self._ended = False
        self._has_workers = False
        with contextlib.suppress(OSError):  # it is dead: the first question will tell
            ours.sendall(frame([os.path.abspath(entry) for entry in sys.path]))

    @property
    def alive(self) -> bool:
        """Whether it can be asked."""
        return not self._ended and self._process.poll() is None

    def fork(self, functions: list[str], ends: list[int]) -> tuple[int, dict[str, str]]:
        """The process number of a new worker that has the two `ends` of pipes to read and write.

        And of each function why it could not be imported, or "". OSError where there can be none.
        """
        reply = self._ask({"functions": functions}, ends)
        if "pid" not in reply:
            raise OSError(reply["detail"])
        self._has_workers = True
        return reply["pid"], reply["imported"]

    def bury(self, pid: int) -> int | None:
        """Wait for a worker that was killed; how it ended, as `Popen.returncode` says it.

        Nobody else waits for it, so until then its number is not given to another process.
        """
        try:
            status: int = self._ask({"bury": pid}, [])["status"]
        except OSError:
            return None
        return status

    def _ask(self, message: dict[str, Any], descriptors: list[int]) -> dict[str, Any]:
        deadline = time.monotonic() + START_SECONDS
        with self._talking:
            if self._ended:
                raise ServerLost("it has ended")
            try:
                # Small enough for the socket's buffer, which is empty: one question at a time.
                socket.send_fds(self._socket, [frame(message)], descriptors)
                reply: dict[str, Any] = receive(self._socket.fileno(), deadline)
            except (OSError, EOFError, ValueError) as error:
                self._process.kill()  # what it says from now on would answer an older question
                self._process.wait()
                raise ServerLost(f"the server of the workers: {error!r}") from None
        return reply

    def end(self) -> None:
        """Have it end its workers and itself, from any thread."""
        if self._ended:
            return
        self._ended = True
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes a thread that waits for an answer
        if not self._has_workers:  # nobody is waited for, least of all its first import
            self._process.kill()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:  # in the middle of an import
            self._process.kill()
            self._process.wait()
        with self._talking:
            self._socket.close()
