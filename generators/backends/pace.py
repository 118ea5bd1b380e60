"""What goes on in an engine of this process, for a line of progress."""

import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

_WINDOW = 60.0  # seconds over which tokens per second are told
_SILENT = 60.0  # seconds without a step after which that is told


@dataclass
class Pace:
    """Requests under way and tokens so far. `status` may be called from another thread."""

    clock: Any = time.monotonic
    tokens: int = 0
    _began: dict[str, float] = field(default_factory=dict)
    _heard: float = 0.0
    _seen: "deque[tuple[float, int]]" = field(default_factory=deque)

    def began(self, number: str) -> None:
        """A request is under way."""
        self._heard = self._began[number] = self.clock()

    def spoke(self, tokens: int) -> None:
        """So many tokens have been generated."""
        self.tokens += tokens
        self.stepped()

    def stepped(self) -> None:
        """The engine is at work: it may tell of its tokens many steps later."""
        self._heard = self.clock()

    def ended(self, *numbers: str) -> None:
        """Requests are no longer under way."""
        for number in numbers:
            self._began.pop(number, None)

    def status(self) -> dict[str, Any]:
        """Requests in flight, the age of the oldest in seconds, tokens in all and per second.

        The speed is that since the look a minute ago, or the first one. `stalled` is "" or says
        that nothing comes.
        """
        now = self.clock()
        began = list(self._began.values())
        self._seen.append((now, self.tokens))
        while len(self._seen) > 2 and now - self._seen[0][0] > _WINDOW:
            self._seen.popleft()
        since, before = self._seen[0]
        silent = now - self._heard if began else 0.0
        return {
            "in_flight": len(began),
            "oldest": now - min(began, default=now),
            "tokens": self.tokens,
            "tokens_per_second": (self.tokens - before) / (now - since) if now > since else 0.0,
            "stalled": f"no token for {silent:.0f} s" if silent > _SILENT else "",
        }
