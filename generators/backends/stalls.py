"""Why nothing comes in, in words for a person: a silent server, dead ones, a limit of rate."""

import time
from collections import Counter
from collections.abc import Collection, Sequence
from typing import NamedTuple

from generators.backends.flight import Flight
from generators.backends.replicas import Server
from generators.backends.retries import Tries

SILENT = 30.0
"""Seconds without a byte after which that is told."""
_SHORT = 5.0  # seconds: a pause that is not worth a word
_NAMED = 4  # servers, at most


class Stall(NamedTuple):
    """What holds a run up."""

    kind: str
    """The same for the same cause, however long it lasts; "" where nothing does."""
    words: str


NONE = Stall("", "")


def no_server(servers: Sequence[Server], now: float) -> Stall:
    """All servers are away or want to be left alone; NONE where one may be asked."""
    waiting = [server for server in servers if server.away or server.ready > now]
    if len(waiting) < len(servers):
        return NONE
    told = "; ".join(_waits(server, now) for server in waiting[:_NAMED])
    more = f"; and {len(waiting) - _NAMED} more" if len(waiting) > _NAMED else ""
    kind = ",".join(sorted({f"{server.away}:{server.why}" for server in waiting}))
    return Stall(kind, f"no server can be asked: {told}{more}")


def _waits(server: Server, now: float) -> str:
    again = max(0.0, server.ready - now)
    if server.away:
        return (
            f"{server.url}: {server.why} since {clock(server.since - now)}, again in {again:.0f} s"
        )
    return f"{server.url}: {server.why} until {clock(again)}, again in {again:.0f} s"


def silence(flights: Collection[Flight], now: float, limit: float | None) -> Stall:
    """Requests are on their way and no byte of any comes; `limit` cuts a stream off, in seconds."""
    heard = max((flight.heard for flight in flights), default=now)
    if now - heard < SILENT:
        return NONE
    urls = list(dict.fromkeys(flight.server.url for flight in flights))
    cut = "the answers are not streamed" if limit is None else f"cut off after {limit:.0f} s"
    return Stall(
        "silent",
        f"no byte from {', '.join(urls[:_NAMED])} since {clock(heard - now)}, "
        f"{now - heard:.0f} s ago ({len(flights)} requests in flight; {cut})",
    )


def pausing(later: Sequence[tuple[float, Tries]], now: float) -> Stall:
    """All that is left waits to be sent again: each with when, and what went wrong before."""
    first = min((at for at, _ in later), default=now) - now
    if first < _SHORT:
        return NONE
    causes = Counter(tries.last.reason for _, tries in later if tries.last is not None)
    told = ", ".join(f"{reason} {count}" for reason, count in causes.most_common(3))
    return Stall(
        f"pausing:{','.join(sorted(causes))}",
        f"{len(later)} requests wait to be sent again ({told}), "
        f"the first until {clock(first)}, in {first:.0f} s",
    )


def clock(seconds: float) -> str:
    """The time of day in so many seconds, or so many ago; for the eye alone."""
    near = abs(seconds) < 12 * 3600
    return time.strftime(
        "%H:%M:%S" if near else "%Y-%m-%d %H:%M", time.localtime(time.time() + seconds)
    )
