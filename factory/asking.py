"""Samples that a model is asked for: the requests of a generator, and what came back."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from factory import rounds, storage, tables
from factory.making import samples_reads, write_samples
from factory.plan import Backends, Plan
from factory.spec import Generate
from factory.spending import Spent
from factory.storage import hash_of
from factory.survivors import surviving_problems
from generators.asking import Backend, Completion, Message, Request, to_sample
from generators.errors import BadRow, Stopped, UserError
from generators.journal import Journal
from generators.records import Problem, Sample
from generators.registry import find

Answered = Callable[[Completion], None]
STOPPED = "error:stopped"
"""How a request ends that was not sent, because the run was to stop."""

Asked = tuple[Request, Sample | None]
"""A request, and the sample that it asks to have rewritten."""


def requests(
    plan: Plan, number: int, part: int, model: str, failed: Counter[str] | None = None
) -> Iterator[Asked]:
    """What a generator asks in a part: one request per sample that it is to make.

    A record that it cannot ask about is counted in `failed`.
    """
    step = plan.spec.generate[number]
    failed = Counter() if failed is None else failed
    settings = plan.settings(number)
    sampling = step.sampling.model_dump()
    granted = rounds.granted(plan, number)
    seen: dict[str, Counter[str]] = {}

    def request(problem: Problem, messages: Iterable[Message]) -> Request:
        made = Request(problem, tuple(messages), model, sampling, 0)
        before = seen.setdefault(problem.id, Counter())
        before[made.content] += 1
        return replace(made, index=before[made.content] - 1)

    problems = surviving_problems(plan, part)
    if step.edits:
        for origin in step.origins:
            for sample in tables.read_samples(
                plan.samples(origin, part), tables.read_problems(plan.problems(part))
            ):
                if sample.id in granted and sample.problem.id in problems:
                    for messages in _asked_of(step, sample, settings, failed):
                        yield request(sample.problem, messages), sample
        return
    for problem in problems.values():
        if problem.source in step.sources:
            for messages in _asked_of(step, problem, settings, failed):
                yield request(problem, messages), None
            for _ in range(granted.get(problem.id, 1) - 1):
                for messages in _asked_of(step, problem, settings, Counter()):
                    yield request(problem, messages), None


def _asked_of(
    step: Generate, record: Problem | Sample, settings: dict[str, Any], failed: Counter[str]
) -> list[Sequence[Message]]:
    """The messages of all that is asked about a record; none where that raised."""
    try:
        return list(find("generator", step.name).function(record, **settings))
    except UserError:
        raise
    except BadRow as error:
        failed[f"failed:{error.reason}"] += 1
    except Exception as error:  # noqa: BLE001  the row boundary: one odd row must not end a run
        failed[f"failed:{type(error).__name__}"] += 1
    return []


def ask(
    plan: Plan,
    number: int,
    backends: Backends,
    stop: threading.Event,
    answered: Answered,
) -> None:
    """Ask for every completion of a generator that the journal does not hold yet.

    A completion with an error is not kept, so that the next run asks again. Ends early, with all
    that came back on disk, once `stop` is set.
    """
    step = plan.spec.generate[number]
    backend = backends.of(step)
    batches = (
        [request for request, _ in requests(plan, number, part, backend.model)]
        for part in range(plan.parts)
    )
    ask_missing(plan, step.model, backend, batches, stop, answered)


def ask_missing(
    plan: Plan,
    model: str,
    backend: Backend,
    batches: Iterator[list[Request]],
    stop: threading.Event,
    answered: Answered,
) -> None:
    """Ask for those of the requests that the journal does not hold, and keep what comes back.

    Stopped, with all that came back on disk, where the spec's limits of cost or tokens are met.
    """
    journal = Journal(plan.journal)
    spent = Spent(plan.spec, journal.asked())

    def missing() -> Iterator[Request]:
        for asked in batches:
            known = journal.known(request.key for request in asked)
            for request in asked:
                if stop.is_set() or spent.too_much():
                    return
                if request.key not in known:
                    yield request

    try:
        for completion in backend.complete(missing()):
            if completion.finish != STOPPED:
                journal.add(completion, model)
                spent.add(model, completion)
            answered(completion)
    finally:
        journal.close()
    if told := spent.too_much():
        raise Stopped(told)


def asked_part(plan: Plan, number: int, part: int) -> Counter[str]:
    """Write one part of the samples that a model was asked for, from the journal alone."""
    step = plan.spec.generate[number]
    backend = Backends(plan).of(step)
    failed: Counter[str] = Counter()
    asked = list(requests(plan, number, part, backend.model, failed))
    journal = Journal(plan.journal, readonly=True)
    found = journal.get(request.key for request, _ in asked)
    journal.close()
    reads = samples_reads(plan, part, hash_of(sorted(found), [r.key for r, _ in asked]))
    held = storage.told(plan.samples(number, part))
    if held.get("reads") == reads:
        return storage.counts_of(held)
    counts = failed
    samples = []
    for request, origin in asked:
        said = found.get(request.key)
        if said is None:
            counts["failed:not_answered"] += 1
            continue
        sample = to_sample(
            request.problem, said, request.content, request.index,
            step.stream, step.name, plan.entry(number),
        )  # fmt: skip
        if origin is not None:
            try:
                sample = _edited(plan, number, sample, origin, said)
            except BadRow as error:
                counts[f"failed:{error.reason}"] += 1
                continue
        samples.append(sample)
        counts["keep"] += 1
    write_samples(plan, number, part, samples, reads, counts)
    return counts


def _edited(plan: Plan, number: int, sample: Sample, origin: Sample, said: Completion) -> Sample:
    """The sample with the texts that the editor made of its origin; BadRow where it made none."""
    read = find("generator", plan.spec.generate[number].name).read
    assert read is not None
    try:
        texts: tuple[str, str] | None = read(origin, said, **plan.settings(number))
    except (BadRow, UserError):
        raise
    except Exception as error:  # noqa: BLE001  the row boundary: one odd row must not end a run
        raise BadRow(type(error).__name__, str(error)) from None
    if texts is None:
        raise BadRow("unreadable", "the editor's reply has not the form asked for")
    return replace(sample, reasoning=texts[0], response=texts[1], origin=origin.id)
