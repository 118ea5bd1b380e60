"""Sends jobs to servers from within one event loop: who is asked when, and what becomes of a fault.

No job holds a server's place while it waits, and one clock tick serves all limits of time: a timer
per request or per chunk would cost more than the rest.
"""

import asyncio
import heapq
import itertools
import random
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from generators.asking import Completion
from generators.backends.canary import Canary
from generators.backends.faults import Cost, Fault, fatal
from generators.backends.flight import Ask, Flight, Job
from generators.backends.keys import Secret, hide, shown
from generators.backends.openai_answer import Answer
from generators.backends.replicas import Server, pick
from generators.backends.reply import failed, read
from generators.backends.stalls import NONE, Stall, no_server, pausing, silence
from generators.errors import Stopped

TICK = 0.1  # seconds
_FORBIDDEN = 10  # in a row: it is the key, and not what was asked
_AGAIN = 60.0  # seconds until the same stall is told again

Deliver = Callable[[Completion], None]
End = Callable[[Exception], None]


@dataclass(frozen=True)
class Terms:
    """What a run allows."""

    key: Secret
    key_name: str
    idle_timeout: float
    retries: int
    longest_pause: float
    streams: bool


@dataclass(eq=False)
class Dispatch:
    """The jobs of a run. All of it runs in one event loop but `status`, which only reads."""

    servers: Sequence[Server]
    ask: Ask
    models: Callable[[str], Awaitable[list[str]]]
    terms: Terms
    canary: Canary
    rng: random.Random
    deliver: Deliver
    """Called with every completion."""
    end: End
    """Called once, with why the run cannot go on."""
    tell: Callable[[str], None]
    """Called with a line for the user."""
    waiting: deque[Job] = field(default_factory=deque)
    flights: set[Flight] = field(default_factory=set)
    attempts: int = 0
    retried: int = 0
    failed: int = 0
    _later: list[tuple[float, int, Job, Server]] = field(default_factory=list)
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    _forbidden: int = 0
    _told: tuple[str, float, float] = ("", 0.0, 0.0)
    """The stall that was told last, when, and when it began."""
    _ending: bool = False
    ended: bool = False

    def add(self, jobs: Sequence[Job]) -> None:
        """Take in jobs; each comes back by `deliver`, or the run ends."""
        try:
            self.waiting.extend(jobs)
            self._send(_now())
        except Exception as error:  # noqa: BLE001  ours: it must end the run in the user's thread
            self._end(error)

    def pending(self) -> int:
        """Jobs that wait for a server or for their next attempt."""
        return len(self.waiting) + len(self._later)

    async def tick(self, stop: Callable[[], bool]) -> None:
        """Runs as long as the run: ends what is overdue, sends what was paused."""
        try:
            while True:
                await asyncio.sleep(TICK)
                self._look(_now(), stop())
        except Exception as error:  # noqa: BLE001  ours, as above
            self._end(error)

    def _look(self, now: float, stopped: bool) -> None:
        for flight in list(self.flights):
            flight.overdue = flight.overdue or self._overdue(flight, now)
            if flight.overdue and flight.task is not None:
                flight.task.cancel()
        if stopped:
            self._give_back()
        while self._later and self._later[0][0] <= now:
            _, _, job, server = heapq.heappop(self._later)
            self._start(job, now, server)
        self._send(now)
        self._tell_stall(now)

    def _overdue(self, flight: Flight, now: float) -> str:
        if self.terms.streams and now - flight.heard > self.terms.idle_timeout:
            return "timeout"
        if now - flight.began > flight.job.limit:
            return "too_slow" if flight.stream.chunks else "timeout"
        return ""

    def _send(self, now: float) -> None:
        while self.waiting and not self.ended:
            server = pick(self.servers, now)
            if server is None:
                return
            self._fly(self.waiting.popleft(), server, now)

    def _start(self, job: Job, now: float, avoid: Server) -> None:
        """Send a job again, before those that were never sent."""
        server = pick(self.servers, now, avoid)
        if server is None or self.ended:
            self.waiting.appendleft(job)
        else:
            self._fly(job, server, now)

    def _fly(self, job: Job, server: Server, now: float) -> None:
        job.tries.attempts += 1
        self.attempts += 1
        server.in_flight += 1
        flight = Flight(job, server, now, now)
        self.flights.add(flight)
        flight.task = asyncio.get_running_loop().create_task(self._attempt(flight))

    async def _attempt(self, flight: Flight) -> None:
        try:
            fault = await self._answered(flight)
            if fault is not None and not self.ended:
                await self._failed(flight, fault)
            self._send(_now())
        except Exception as error:  # noqa: BLE001  ours: it must end the run in the user's thread
            self._end(error)

    async def _answered(self, flight: Flight) -> Fault | None:
        """Send and read; what went wrong, if anything did."""
        try:
            answer = await self.ask(flight)
            said = read(flight, answer, self.terms.key)
        except Fault as fault:
            return fault
        except asyncio.CancelledError:
            if not flight.overdue:
                raise
            cost: Cost = "sample" if flight.overdue == "too_slow" else "failed"
            return Fault(flight.overdue, "", cost, tokens=flight.stream.chunks)
        finally:
            flight.server.in_flight -= 1
            self.flights.discard(flight)
        if not self.ended:
            self._landed(flight, answer, said)
        return None

    async def _failed(self, flight: Flight, fault: Fault) -> None:
        if self._lost(flight, fault, _now()) and not self._ending:
            self._ending = True
            url = flight.server.url
            offered = await self.models(url) if fault.reason == "not_found" else []
            offered = [self._shown(name) for name in offered[:20]]
            self._end(fatal(fault, url, self.terms.key_name, offered))

    def _landed(self, flight: Flight, answer: Answer, said: Completion) -> None:
        server = flight.server
        self._forbidden = 0
        if server.succeeded(flight.began, _now()):
            self.tell(f"{server.url} is back after {_now() - server.since:.0f} s")
        server.prompt_tokens += said.prompt_tokens
        server.completion_tokens += said.completion_tokens
        self.deliver(said)
        why = self.canary.answered(flight.job.request, said, answer.message)
        if why:
            self._end(Stopped(f"the model {said.model}: {hide(why, self.terms.key)}"))

    def _lost(self, flight: Flight, fault: Fault, now: float) -> bool:
        """An attempt failed: the job goes on, or is given up; returns whether the run must end."""
        server, job = flight.server, flight.job
        fault.words = self._shown(fault.words)
        self._judge(fault, server)
        if server.failed(fault, flight.began, now, self.rng):
            words = f" ({fault.words})" if fault.words else ""
            self.tell(f"{server.url} is away: {fault.reason}{words}; tried again until it is back")
        if fault.cost == "run":
            return True
        pause = job.tries.again(fault, self.terms.retries, self.rng)
        if pause is None:
            self._give_up(job, fault, server)
            return False
        self.retried += 1
        if fault.pause is not None and fault.pause > self.terms.longest_pause:
            server.ready, server.why, pause = now + fault.pause, fault.reason, 0.0
            self._end_if_all_wait(now)
        if (
            pause
            and fault.cost == "refused"
            and any(other.free(now) for other in self.servers if other is not server)
        ):
            pause = 0.0  # it is this server that is busy
        if pause:
            heapq.heappush(self._later, (now + pause, next(self._numbers), job, server))
        else:
            self._start(job, now, server)
        return False

    def _judge(self, fault: Fault, server: Server) -> None:
        """What would end the run may concern one request or one server, if others were answered."""
        if fault.reason == "forbidden" and server.answered:
            self._forbidden += 1
            if self._forbidden < _FORBIDDEN:
                fault.cost = "sample"  # some gateways say so of a prompt that they will not serve
        elif fault.reason in ("not_found", "redirected") and server.answered:
            fault.cost = "unreachable"  # it served this model before: a gateway without a server

    def _give_up(self, job: Job, fault: Fault, server: Server) -> None:
        self.failed += 1
        self.deliver(failed(job, fault.reason, fault.words, server.url))
        if fault.cost == "sample" and (why := self.canary.rejected(fault.words)):
            self._end(Stopped(why))

    def _give_back(self) -> None:
        """The user stops: what is not on its way is not sent."""
        jobs = [*self.waiting, *(job for _, _, job, _ in self._later)]
        self.waiting.clear()
        self._later.clear()
        for job in jobs:
            last = job.tries.last
            self.deliver(failed(job, "stopped", last.words if last else "", ""))

    def _end_if_all_wait(self, now: float) -> None:
        soonest = min(server.ready for server in self.servers) - now
        if soonest > self.terms.longest_pause:
            why = no_server(self.servers, now).words
            self._end(Stopped(f"{why}; run the same command again then, it goes on from here"))

    def _end(self, why: Exception) -> None:
        if not self.ended:
            self.ended = True
            self.end(why)

    def _shown(self, words: str) -> str:
        return shown(words, self.terms.key)

    def stalled(self, now: float) -> Stall:
        """What holds all of it up; may be called from another thread."""
        flights = list(self.flights)
        if flights:
            limit = self.terms.idle_timeout if self.terms.streams else None
            stall = silence(flights, now, limit)
            if stall.kind or not all(server.away for server in self.servers):
                return stall
        elif not self.pending():
            return NONE
        stall = no_server(self.servers, now)
        if flights:  # these try whether the servers are back
            return stall
        later = [(at, job.tries) for at, _, job, _ in list(self._later)]
        return stall if stall.kind or self.waiting else pausing(later, now)

    def _tell_stall(self, now: float) -> None:
        stall = self.stalled(now)
        before, at, since = self._told
        if stall.kind and (stall.kind != before or now - at > _AGAIN):
            self._told = (stall.kind, now, since if before else now)
            self.tell(stall.words)
        elif before and self.flights and not stall.kind:
            self._told = ("", 0.0, 0.0)
            if now - since > _AGAIN:
                self.tell(f"it goes on after {now - since:.0f} s")


def _now() -> float:
    return asyncio.get_running_loop().time()
