"""Ends processes that this one has started once it is gone, however that came: killed, too.

An engine that outlives its run keeps computing and keeps the memory that the next run needs.
"""

import subprocess
import sys
from collections.abc import Sequence

# It holds the processes themselves and not their numbers, which may be another's by then.
_WATCH = """
import os, signal, sys
held = []
for number in sys.argv[1:]:
    try:
        held.append(os.pidfd_open(int(number)))
    except OSError:
        pass
sys.stdin.read()
for one in held:
    try:
        signal.pidfd_send_signal(one, signal.SIGKILL)
    except OSError:
        pass
"""


class ChildWatch:
    """A process that does nothing but wait for our end. Linux."""

    def __init__(self, processes: Sequence[int]) -> None:
        # In a session of its own, where no Ctrl-C reaches it.
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _WATCH, *map(str, processes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def end(self) -> None:
        """End the processes now, those that are still there."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
