"""Requests that the journal has no completion for: counted, asked, and what comes back kept."""

import threading
from collections.abc import Callable, Iterator, Sequence

from factory.plan import Plan
from factory.spending import Spent
from factory.watching import Watch
from generators.asking import Backend, Request
from generators.errors import Stopped
from generators.journal import Journal

STOPPED = "error:stopped"
"""How a request ends that was not sent, because the run was to stop."""
_LOOKED_AT = 8  # parts whose requests are counted before the first is sent

Batch = Callable[[int], list[Request]]
"""What is asked in a part."""


class Missing:
    """The requests of some parts that the journal has no completion for, and how many those are.

    To count them all would cost as much as to make them all. So some parts are looked at, spread
    evenly over them all, since those that an earlier run answered stand together; and each part is
    counted as it passes. Up to eight parts the count is exact from the first.
    """

    def __init__(self, journal: Journal, batch: Batch, parts: Sequence[int]) -> None:
        self._journal, self._batch, self._parts = journal, batch, parts
        self._first = self._of(0) if parts else []
        step = max(1.0, len(parts) / _LOOKED_AT)
        places = sorted({int(n * step) for n in range(min(len(parts), _LOOKED_AT))} - {0})
        self._looked = {place: len(self._of(place)) for place in places}
        self._passed = 0
        self._counted = 0

    def __iter__(self) -> Iterator[Request]:
        """The requests, part by part."""
        for place in range(len(self._parts)):
            found, self._first = self._of(place) if place else self._first, []
            self._counted += len(found)
            self._passed = place + 1
            yield from found

    def total(self) -> tuple[int, bool]:
        """How many there are, those that passed too; and whether that is an estimate."""
        if not self._passed and self._parts:
            return len(self._first) + self._after(1), self._unknown(1) > 0
        return self._counted + self._after(self._passed), self._unknown(self._passed) > 0

    def _after(self, place: int) -> int:
        ahead = [count for at, count in self._looked.items() if at >= place]
        known = ahead or list(self._looked.values())[-1:] or [0]
        return sum(ahead) + round(self._unknown(place) * sum(known) / len(known))

    def _unknown(self, place: int) -> int:
        return len(self._parts) - place - sum(at >= place for at in self._looked)

    def _of(self, place: int) -> list[Request]:
        asked = self._batch(self._parts[place])
        known = self._journal.known(request.key for request in asked)
        return [request for request in asked if request.key not in known]


def ask_missing(
    plan: Plan,
    model: str,
    backend: Backend,
    batch: Batch,
    parts: Sequence[int],
    stop: threading.Event,
    watch: Watch,
) -> None:
    """Ask for those of the requests that the journal does not hold, and keep what comes back.

    Stopped, with all that came back on disk, where the spec's limits of cost or tokens are met.
    """
    journal = Journal(plan.journal)
    spent = Spent(plan.spec, journal.asked())

    def wanted(missing: Missing) -> Iterator[Request]:
        for request in missing:
            if stop.is_set() or spent.too_much():
                return
            yield request

    try:
        missing = Missing(journal, batch, parts)
        watch.expects(missing.total)
        for completion in backend.complete(wanted(missing)):
            if completion.finish != STOPPED:
                journal.add(completion, model)
                spent.add(model, completion)
            watch.answered(completion)
    finally:
        journal.close()
    if told := spent.too_much():
        raise Stopped(told)
