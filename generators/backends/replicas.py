"""Several servers of one model: which to ask next, how many requests each bears, which are away.

Times are seconds of one monotonic clock, so a changed wall clock changes nothing.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from generators.backends.faults import GONE, Fault
from generators.backends.retries import growing

_LOSSES = 3  # in a row, without an answer in between: a server that is gone
_PROBE_PAUSE = 30.0  # seconds between two attempts at a server that is away, at most


@dataclass
class Server:
    """One base URL, and what is known of it."""

    url: str
    most: int
    """Requests in flight that it may ever have."""
    limit: float = 0.0
    """Requests in flight that it may have now."""
    bears: float = 0.0
    """Requests in flight that it may soon bear again: below it the limit grows by one an answer."""
    in_flight: int = 0
    ready: float = 0.0
    """When it may be asked again."""
    away: bool = False
    """It does not answer; one request at a time tries whether it is back."""
    why: str = ""
    since: float = 0.0
    refusals: int = 0
    """In a row, one sent after the other."""
    losses: int = 0
    answered: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    discarded_tokens: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    _cut: float = 0.0
    _heard: float = 0.0
    _refused_at: float = 0.0

    def __post_init__(self) -> None:
        self.limit = self.limit or float(self.most)
        self.bears = self.bears or self.limit

    def free(self, now: float) -> bool:
        """Whether one more request may be sent to it now."""
        most = 1 if self.away else max(1, int(self.limit))
        return now >= self.ready and self.in_flight < most

    def succeeded(self, sent: float, now: float) -> bool:
        """An answer came to what was sent then; returns whether that brings the server back."""
        back = self.away
        if back:
            self.away, self.ready = False, 0.0
        self.answered += 1
        self.losses = 0
        self._heard = now
        if sent >= self._refused_at:
            self.refusals = 0
        more = 1.0 if self.limit < self.bears else 1.0 / self.limit
        self.limit = min(float(self.most), self.limit + more)
        return back

    def failed(self, fault: Fault, sent: float, now: float, rng: random.Random) -> bool:
        """No answer came to what was sent then; returns whether that takes the server away."""
        self.faults[fault.reason] += 1
        self.discarded_tokens += fault.tokens
        if fault.cost == "refused":
            self._refuse(fault, sent, now, rng)
            return False
        if fault.cost != "unreachable" and fault.reason not in GONE:
            self.losses = 0  # it answers, if only nonsense
            return False
        if self.away and sent < self.ready:
            return False  # sent before the last attempt failed: nothing new is learnt
        if fault.reason == "timeout" and self._overloaded(sent, now):
            self.limit = max(1.0, 0.8 * self.limit)
        # A server that answered others meanwhile is there, however many requests it lost.
        self.losses += fault.cost == "unreachable" or self._heard < sent
        gone = self.away or fault.cost == "unreachable" or self.losses >= _LOSSES
        return gone and self._leave(fault, now, rng)

    def _refuse(self, fault: Fault, sent: float, now: float, rng: random.Random) -> None:
        """What is in flight besides is what it bears: 64 requests at a server for 50 become 50.

        From there on one more per round, as TCP does (additive increase).
        """
        self.losses = 0
        self._overloaded(sent, now)
        self.limit = max(1.0, min(self.limit, self.in_flight))
        if sent >= self._refused_at:  # not sent together with the one that was refused before
            self.refusals += 1
            self._refused_at = now
        again = self.refusals > 1 and fault.pause is not None
        if again or not self.in_flight:  # it bears nothing at all: it wants to be left alone
            pause = fault.pause or growing(self.refusals - 1, rng, most=60.0)
            self.ready = max(self.ready, now + pause)
            self.why = fault.reason

    def _overloaded(self, sent: float, now: float) -> bool:
        """Whether this is a new overload; half of what was borne before is soon tried again."""
        anew = sent >= self._cut
        if anew:
            self.bears = min(self.bears, self.limit) / 2
            self._cut = now
        return anew

    def _leave(self, fault: Fault, now: float, rng: random.Random) -> bool:
        new = not self.away
        if new:
            self.away, self.since, self.losses = True, now, 0
        self.why = fault.reason
        self.ready = now + growing(self.losses, rng, most=_PROBE_PAUSE)
        return new


def pick(servers: Sequence[Server], now: float, avoid: Server | None = None) -> Server | None:
    """The free server with the fewest requests in flight, if possible another than `avoid`."""
    best: Server | None = None
    for server in servers:
        if server.free(now) and (best is None or _rank(server, avoid) < _rank(best, avoid)):
            best = server
    return best


def _rank(server: Server, avoid: Server | None) -> tuple[bool, int, int]:
    return server is avoid, server.in_flight, server.answered
