"""What a build would take, by what a pilot took: from the journal, problem by problem."""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, fields
from statistics import variance

from factory import asked_filters
from factory.asking import CUT_OFF, answers, requests
from factory.costs import Item
from factory.pilot import Pilot
from factory.plan import Backends
from factory.show import SECTIONS
from factory.spec import Filter, Generate, Section
from generators.asking import Completion, Request
from generators.journal import Journal


@dataclass
class Took:
    """What was asked about one problem, or in all."""

    requests: float = 0.0
    first: float = 0.0
    """Of the first round."""
    answered: float = 0.0
    cut_off: float = 0.0
    prompt: float = 0.0
    completion: float = 0.0
    """Tokens, those of attempts that brought nothing too."""

    def count(self, said: Completion | None, *, first: bool = False) -> None:
        """One more request, and what came of it."""
        self.requests += 1
        self.first += first
        if said is not None:
            self.answered += 1
            self.cut_off += said.finish == CUT_OFF
            self.prompt += said.prompt_tokens
            self.completion += said.completion_tokens + said.discarded_tokens


def items(pilot: Pilot) -> list[Item]:
    """Each generator and each filter that asks, with what it would take for all problems."""
    spec = pilot.plan.spec
    made = [
        _item(pilot, f"{step.name} ({step.stream})", f"generate {step.name} {step.stream}", step,
              _generated(pilot, number), step.budget if step.rounds > 1 else None)
        for number, step in enumerate(spec.generate) if step.asks
    ]  # fmt: skip
    for section in SECTIONS:
        for number, judge in enumerate(pilot.plan.steps(section)):
            if judge.model:
                took = _judged(pilot, section, number)
                name = f"{section} {judge.name}"
                made.append(_item(pilot, f"{judge.name} ({section})", name, judge, took, None))
    return made


def _generated(pilot: Pilot, number: int) -> dict[str, Took]:
    plan, step = pilot.plan, pilot.plan.spec.generate[number]
    asked = [request for request, _ in requests(plan, number, 0, Backends(plan).of(step).model)]
    found = answers(plan, step, asked)
    took: defaultdict[str, Took] = defaultdict(Took)
    samples = int(step.settings.get("samples", 1))
    for request in asked:
        one = took[request.problem.id]
        one.count(found.said.get(request.key), first=one.first < samples)
        if (again := found.instead.get(request.key)) is not None:
            one.count(found.said.get(again.key))
    return took


def _judged(pilot: Pilot, section: Section, number: int) -> dict[str, Took]:
    plan, step = pilot.plan, pilot.plan.steps(section)[number]
    asked = asked_filters.asked(plan, section, number, 0, Backends(plan).of(step).model)
    took: defaultdict[str, Took] = defaultdict(Took)
    found = _said(pilot, asked)
    for request in asked:
        took[request.problem.id].count(found.get(request.key))
    return took


def _said(pilot: Pilot, asked: list[Request]) -> dict[str, Completion]:
    if not asked:
        return {}
    journal = Journal(pilot.plan.journal, readonly=True)
    try:
        return journal.get(request.key for request in asked)
    finally:
        journal.close()


def _item(
    pilot: Pilot, name: str, stage: str, step: Generate | Filter, took: Mapping[str, Took],
    budget: int | None,
) -> Item:  # fmt: skip
    sources = _sources(pilot, step)
    drawn = {problem: source for problem, source in pilot.drawn.items() if source in sources}
    there = Counter({s: n for s, n in pilot.there.items() if s in sources})
    asked = round(sum(one.requests for one in took.values()))
    model = pilot.plan.spec.models[step.model]
    if asked and not any(one.answered for one in took.values()):
        return Item(name, model, None, of=f"none of {asked} requests was answered")
    total, spread = scaled(took, drawn, there)
    # What failed is asked again, and will take what the others took.
    grown = total.requests / total.answered if total.answered else 1.0
    if budget is not None and total.requests:
        grown *= min(1.0, max(budget, total.first) / total.requests)
        total.requests = min(total.requests, max(budget, total.first))
    return Item(
        name=name,
        model=model,
        requests=total.requests,
        prompt=total.prompt * grown,
        completion=total.completion * grown,
        spread=spread,
        cut_off=total.cut_off / total.answered if total.answered else 0.0,
        speed=pilot.speeds.get(stage),
        of=f"{there.total():,} problems",
    )


def _sources(pilot: Pilot, step: Generate | Filter) -> set[str]:
    """The sources whose problems it is asked about, be it through the samples of others."""
    spec = pilot.plan.spec
    if isinstance(step, Filter):
        return set(spec.sources)
    if not step.origins:
        return set(step.sources)
    return {name for n in step.origins for name in _sources(pilot, spec.generate[n])}


def scaled(
    took: Mapping[str, Took], drawn: Mapping[str, str], there: Mapping[str, int]
) -> tuple[Took, float]:
    """What all problems would take; and two standard errors of its completion tokens, as a share.

    Source by source, for one may be asked of more problems than another: the mean over the drawn
    problems (nothing for one that was not asked) times the problems there are. A source of which
    none was drawn counts as the mean of all.
    """
    each: defaultdict[str, list[Took]] = defaultdict(list)
    for problem, source in drawn.items():
        each[source].append(took.get(problem, Took()))
    every = [one for some in each.values() for one in some]
    total, squares = Took(), 0.0
    for source, number in there.items():
        some = each.get(source) or every
        if not some:
            continue
        for name in _NAMES:
            mean = sum(getattr(one, name) for one in some) / len(some)
            setattr(total, name, getattr(total, name) + number * mean)
        tokens = [one.completion for one in (some if len(some) > 1 else every)]
        if len(tokens) > 1:
            seen = len(each.get(source, ()))
            squares += number * (number - seen) * variance(tokens) / len(some)
    spread = 2 * math.sqrt(squares) / total.completion if total.completion else 0.0
    return total, spread


_NAMES = [one.name for one in fields(Took)]
