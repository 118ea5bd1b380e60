"""Messages between `bounded.py` and its processes: JSON behind four bytes of length.

Deadlines are times of the monotonic clock.
"""

import contextlib
import json
import math
import os
import select
import struct
import time
from typing import Any

from filters.bounded.worker import LONGEST_REPLY


def frame(message: Any) -> bytes:
    """A message as it goes over a pipe."""
    data = json.dumps(message).encode()
    return struct.pack(">I", len(data)) + data


def send(descriptor: int, data: bytes, deadline: float) -> None:
    """Write all of it. TimeoutError at the deadline; BrokenPipeError where nobody reads."""
    rest = memoryview(data)
    while rest:
        _wait(descriptor, select.POLLOUT, deadline)
        with contextlib.suppress(BlockingIOError):
            rest = rest[os.write(descriptor, rest) :]


def receive(descriptor: int, deadline: float) -> Any:
    """The next message. TimeoutError at the deadline, EOFError where the other end is gone.

    ValueError or RecursionError where it is no message.
    """
    (length,) = struct.unpack(">I", _read(descriptor, 4, deadline))
    if length > LONGEST_REPLY:
        raise ValueError(f"{length} bytes are announced")
    return json.loads(_read(descriptor, length, deadline))


def _read(descriptor: int, length: int, deadline: float) -> bytes:
    parts = []
    while length:
        _wait(descriptor, select.POLLIN, deadline)
        try:
            part = os.read(descriptor, min(length, 1 << 20))
        except ConnectionResetError:
            part = b""
        if not part:
            raise EOFError
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def _wait(descriptor: int, event: int, deadline: float) -> None:
    # poll, for select fails above 1024 descriptors.
    poll = select.poll()
    poll.register(descriptor, event)
    left = max(0.0, deadline - time.monotonic())
    while not poll.poll(min(math.ceil(left * 1000), 1 << 30)):
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
