"""Filters that ask a model: asked by the line as generators are, their answers read in workers."""

import threading
from collections.abc import Iterator
from typing import Any

from factory.plan import Backends, Plan
from factory.spec import Filter, Section
from factory.survivors import alive, load
from factory.unanswered import ask_missing
from factory.watching import Watch
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
    watch: Watch,
) -> None:
    """Ask for what the journal does not hold yet, about the records of these parts."""
    step = plan.steps(section)[number]
    backend = backends.of(step)

    def batch(part: int) -> list[Request]:
        return asked(plan, section, number, part, backend.model)

    ask_missing(plan, step.model, backend, batch, parts, stop, watch)


def asked(plan: Plan, section: Section, number: int, part: int, model: str) -> list[Request]:
    """All that a filter asks about the records of a part that reach it."""
    step = plan.steps(section)[number]
    records = alive(load(plan, part, section, number), step)
    told = dict(_asked(step, records, model)).values()
    return [one for some in told if isinstance(some, tuple) for one in some]


Said = list[Completion] | Exception | None


def answers(plan: Plan, step: Filter, records: list[Any]) -> dict[str, Said]:
    """What the model said about each record, by its id.

    None where an answer is missing, an exception where the filter raised one instead of asking.
    """
    wanted = dict(_asked(step, records, Backends(plan).of(step).model))
    keys = [one.key for some in wanted.values() if isinstance(some, tuple) for one in some]
    if not keys:
        return {i: some if isinstance(some, Exception) else [] for i, some in wanted.items()}
    journal = Journal(plan.journal, readonly=True)
    found = journal.get(keys)
    journal.close()
    told: dict[str, Said] = {}
    for identity, some in wanted.items():
        if isinstance(some, Exception):
            told[identity] = some
        else:
            said = [found[one.key] for one in some if one.key in found]
            told[identity] = said if len(said) == len(some) else None
    return told
