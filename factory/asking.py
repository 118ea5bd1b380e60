"""Samples that a model is asked for: the requests of a generator, and what came back."""

import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from factory import rounds, storage, tables
from factory.making import samples_reads, write_refused, write_samples
from factory.plan import Backends, Plan
from factory.scan import SHOWN
from factory.spec import Generate
from factory.storage import hash_of
from factory.survivors import surviving_problems
from factory.unanswered import ask_missing
from factory.watching import Watch
from generators.asking import Completion, Message, Request, to_sample
from generators.errors import BadRow, UserError
from generators.journal import Journal
from generators.records import Problem, Sample
from generators.registry import find

CUT_OFF = "length"
"""How an answer ends that reached the limit of tokens. A loop that was stopped ends otherwise."""
_VERSION = 2  # raised when the same completions may make other samples

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


def ask(plan: Plan, number: int, backends: Backends, stop: threading.Event, watch: Watch) -> None:
    """Ask for every completion of a generator that the journal does not hold yet.

    A completion with an error is not kept, so that the next run asks again. Ends early, with all
    that came back on disk, once `stop` is set.
    """
    step = plan.spec.generate[number]
    backend = backends.of(step)
    parts = range(plan.parts)

    def first(part: int) -> list[Request]:
        return [request for request, _ in requests(plan, number, part, backend.model)]

    def longer(part: int) -> list[Request]:
        asked = first(part)
        found = answers(plan, step, asked)
        return [again for one in asked if (again := found.instead.get(one.key)) is not None]

    ask_missing(plan, step.model, backend, first, parts, stop, watch)
    if step.if_cut_off is not None and not stop.is_set():
        ask_missing(plan, step.model, backend, longer, parts, stop, watch)


@dataclass(frozen=True)
class Answers:
    """What the journal has to say to some requests."""

    said: dict[str, Completion]
    """Completions by their own keys, those that were cut off and asked again too."""
    instead: dict[str, Request]
    """By the key of a request whose answer was cut off: the same with a larger limit of tokens."""

    def of(self, request: Request) -> tuple[Request, Completion | None]:
        """The request that counts, and its completion; None where it has none yet."""
        request = self.instead.get(request.key, request)
        return request, self.said.get(request.key)


def answers(plan: Plan, step: Generate, asked: Sequence[Request]) -> Answers:
    """What the journal holds of these requests of a generator."""
    if not (plan.journal / "completions.sqlite").exists():
        return Answers({}, {})
    journal = Journal(plan.journal, readonly=True)
    try:
        said = journal.get(request.key for request in asked)
        if step.if_cut_off is None:
            return Answers(said, {})
        sampling = step.if_cut_off.model_dump()
        instead = {
            request.key: replace(request, sampling=sampling)
            for request in asked
            if request.key in said and said[request.key].finish == CUT_OFF
        }
        return Answers({**said, **journal.get(one.key for one in instead.values())}, instead)
    finally:
        journal.close()


def asked_part(plan: Plan, number: int, part: int) -> Counter[str]:
    """Write one part of the samples that a model was asked for, from the journal alone.

    What was cut off at the limit of tokens makes none: it is counted, and stands in the part of
    what was refused.
    """
    step = plan.spec.generate[number]
    backend = Backends(plan).of(step)
    counts: Counter[str] = Counter()
    asked = list(requests(plan, number, part, backend.model, counts))
    found = answers(plan, step, [request for request, _ in asked])
    keys = [request.key for request, _ in asked], [one.key for one in found.instead.values()]
    reads = samples_reads(plan, part, hash_of(_VERSION, sorted(found.said), *keys))
    held = storage.told(plan.samples(number, part))
    before = storage.counts_of(held)
    whole = not before["reject:cut_off"] or plan.refused(number, part).exists()
    if held.get("reads") == reads and whole:
        return before
    samples = []
    refused = []
    for first, origin in asked:
        request, said = found.of(first)
        if said is None:
            counts["failed:not_answered"] += 1
            continue
        if said.finish == CUT_OFF:
            counts["reject:cut_off"] += 1
            refused.append(_refused(request, said))
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
    write_refused(plan.refused(number, part), refused)
    write_samples(plan, number, part, samples, reads, counts)
    return counts


def _refused(request: Request, said: Completion) -> dict[str, Any]:
    text = f"{said.reasoning}\n{said.response}"
    return {
        "source": request.problem.source,
        "file": f"problem {request.problem.id}, sample {request.index + 1}",
        "number": 0,
        "reason": "cut_off",
        "detail": f"after {said.completion_tokens or '?'} tokens",
        "shown": text if len(text) <= SHOWN else f"...{text[-SHOWN:]}",
    }


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
