"""Filters that ask a model: asked by the line as generators are, their answers read in workers."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

from factory.asking import ask_missing
from factory.plan import Backends, Plan
from factory.spec import Filter, Section
from factory.survivors import Records, alive, load
from generators.asking import Completion, Request
from generators.journal import Journal
from generators.records import Problem, Sample
from generators.registry import find

NOT_ANSWERED = "error:not_answered"
"""Reason of an unknown verdict on a record whose requests have no answer yet: asked again."""

Asked = tuple[Request, ...]


def requests(step: Filter, record: Problem | Sample, model: str) -> Asked:
    """What a filter asks about one record, in order."""
    assert step.sampling is not None
    problem = record if isinstance(record, Problem) else record.problem
    sampling = step.sampling.model_dump()
    made: list[Request] = []
    for messages in find("filter", step.name).function(record, **step.called):
        request = Request(problem, tuple(messages), model, sampling, 0)
        index = sum(request.content == one.content for one in made)
        made.append(
            Request(problem, request.messages, model, sampling, index) if index else request
        )
    return tuple(made)


def _asked(step: Filter, records: list[Any], model: str) -> Iterator[tuple[str, Asked | Exception]]:
    for record in records:
        try:
            yield record.id, requests(step, record, model)
        except Exception as error:  # noqa: BLE001  the row boundary, as in `calling.judge`
            yield record.id, error


def ask(
    plan: Plan,
    section: Section,
    number: int,
    parts: list[int],
    backends: Backends,
    stop: threading.Event,
    answered: Callable[[Completion], None],
) -> None:
    """Ask for what the journal does not hold yet, about the records of these parts."""
    step = plan.steps(section)[number]
    backend = backends.of(step)

    def batches() -> Iterator[list[Request]]:
        for part in parts:
            records = alive(load(plan, part, section, number), step)
            told = dict(_asked(step, records, backend.model)).values()
            yield [one for some in told if isinstance(some, tuple) for one in some]

    ask_missing(plan, step.model, backend, batches(), stop, answered)


Said = list[Completion] | Exception | None


def answers(plan: Plan, step: Filter, records: list[Any]) -> dict[str, Said]:
    """What the model said about each record, by its id.

    None where an answer is missing, an exception where the filter raised one instead of asking.
    """
    asked = dict(_asked(step, records, Backends(plan).of(step).model))
    keys = [one.key for some in asked.values() if isinstance(some, tuple) for one in some]
    if not keys:
        return {i: some if isinstance(some, Exception) else [] for i, some in asked.items()}
    journal = Journal(plan.journal, readonly=True)
    found = journal.get(keys)
    journal.close()
    told: dict[str, Said] = {}
    for identity, some in asked.items():
        if isinstance(some, Exception):
            told[identity] = some
        else:
            said = [found[one.key] for one in some if one.key in found]
            told[identity] = said if len(said) == len(some) else None
    return told


def wanted(plan: Plan, records: Records, step: Filter) -> int:
    """How many requests a filter has for the records that reach it."""
    asked = _asked(step, alive(records, step), Backends(plan).of(step).model)
    return sum(len(some) for _, some in asked if isinstance(some, tuple))
