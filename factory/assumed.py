"""What a build would take at most, where no model has been asked yet: from stated assumptions."""

from collections.abc import Mapping

from factory import asked_filters, storage
from factory.costs import Item
from factory.plan import Backends, Plan
from factory.show import SECTIONS
from factory.spec import Generate, Section

PROMPT = 300
"""Tokens of a prompt, where nobody has counted any."""
STATED = (
    f"assumed: prompts of {PROMPT} tokens, answers as long as max_tokens allows, every sample and "
    "every round asked; `factory check --pilot` asks for a few and measures them"
)


def items(plan: Plan, rows: Mapping[str, int | None], *, built: bool) -> list[Item]:
    """Each generator and each filter that asks, with the most that it may take.

    `rows` are those of each source, None where nobody knows before they are read.
    """
    steps = plan.spec.generate
    problems = _problems(plan) if built else rows
    most = [_most(plan, number, problems) for number in range(len(steps))]
    made = [_generated(plan, number, most[number], problems)
            for number, step in enumerate(steps) if step.asks]  # fmt: skip
    for section in SECTIONS:
        for number, step in enumerate(plan.steps(section)):
            if step.model:
                made.append(_judged(plan, section, number, problems, most))
    return made


def _problems(plan: Plan) -> dict[str, int | None]:
    """Problems of each source as the last build found them; of none where they are not made yet."""
    counts: dict[str, int | None] = dict.fromkeys(plan.spec.sources, 0)
    for part in range(plan.parts):
        if not plan.problems(part).exists():
            return dict.fromkeys(plan.spec.sources)
        for name in storage.read(plan.problems(part), ["source"])["source"].to_pylist():
            counts[name] = (counts.get(name) or 0) + 1
    return counts


def _sum(rows: Mapping[str, int | None], names: list[str]) -> int | None:
    known = [rows.get(name) for name in names]
    return None if None in known else sum(n for n in known if n is not None)


def _most(plan: Plan, number: int, problems: Mapping[str, int | None]) -> int | None:
    """Samples that a generator may make; each asked for once, without what is cut off."""
    step = plan.spec.generate[number]
    if step.origins:
        made = [_most(plan, origin, problems) for origin in step.origins]
        return None if None in made else sum(n for n in made if n is not None)
    asked = _sum(problems, step.sources)
    if asked is None or not step.asks:
        return asked  # a row holds an output or none
    first = asked * _each(step)
    every = first * step.rounds
    return every if step.budget is None or step.rounds == 1 else min(every, max(first, step.budget))


def _each(step: Generate) -> int:
    return int(step.settings.get("samples", 1))


def _generated(
    plan: Plan, number: int, most: int | None, problems: Mapping[str, int | None]
) -> Item:
    step = plan.spec.generate[number]
    name = f"{step.name} ({step.stream})"
    model = plan.spec.models[step.model]
    again = step.if_cut_off.max_tokens if step.if_cut_off else 0
    asked = "each sample that is kept" if step.origins else "each problem"
    each = (1 if step.origins else _each(step) * step.rounds) * (2 if again else 1)
    if most is None:
        return Item(name, model, None, of=f"at most {each} requests for {asked}")
    times = 2 if again else 1
    known = _sum(problems, step.sources)
    of = f"{known:,} problems" if known is not None and not step.origins else ""
    answered = sum(
        storage.counts_of(storage.told(plan.samples(number, part)))["keep"]
        for part in range(plan.parts)
    )
    if answered:
        of += f"{', ' if of else ''}{answered:,} samples there"
    tokens = most * (step.sampling.max_tokens + again)
    return Item(name, model, most * times, most * times * PROMPT, tokens, of=of)


def _judged(
    plan: Plan, section: Section, number: int, problems: Mapping[str, int | None],
    most: list[int | None],
) -> Item:  # fmt: skip
    step = plan.steps(section)[number]
    assert step.sampling is not None
    name, model = f"{step.name} ({section})", plan.spec.models[step.model]
    asked = _counted(plan, section, number)
    if asked is None:
        what = [n for n, g in zip(most, plan.spec.generate, strict=True)
                if not step.only or g.stream in step.only]  # fmt: skip
        each = int(step.settings.get("orders", 1))
        of = f"{each} {'request' if each == 1 else 'requests'} for each record that reaches it"
        if section == "problems":
            known = _sum(problems, list(plan.spec.sources))
        else:
            known = None if None in what else sum(n for n in what if n is not None)
        if known is None or step.fallback_for:
            return Item(name, model, None, of=of)
        asked = known * each
    else:
        of = "all that reaches it is known"
    tokens = asked * step.sampling.max_tokens
    return Item(name, model, asked, asked * PROMPT, tokens, of=of)


def _counted(plan: Plan, section: Section, number: int) -> int | None:
    """How many requests a filter has, where all that reaches it is on disk."""
    before = plan.steps(section)[:number]
    made = range(len(plan.spec.generate)) if section == "filters" else []
    for part in range(plan.parts):
        read = [plan.problems(part), *(plan.samples(n, part) for n in made)]
        judged = [storage.told(plan.verdicts(step, part)) for step in before]
        if not all([*judged, *(path.exists() for path in read)]):
            return None
    model = Backends(plan).of(plan.steps(section)[number]).model
    return sum(
        len(asked_filters.asked(plan, section, number, part, model)) for part in range(plan.parts)
    )
