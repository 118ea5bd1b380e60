"""`factory check`: the plan of a build, what of it is done, and what the rest would cost."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from factory import asked_filters, judging, rows, storage
from factory.making import made_reads, problems_reads
from factory.plan import Plan
from factory.show import SECTIONS
from factory.spec import Filter, Generate, Section, Source
from factory.survivors import load
from generators.opening import count_parquet
from generators.registry import find
from generators.sources import Files, matching

_LOOK = 64 << 20  # bytes of a file that are counted; of a larger one the rest is estimated


def as_text(plan: Plan) -> str:
    """The plan: stages with rows and what is done; then requests and their cost."""
    lines = [f"{plan.spec.name}: builds in {plan.folder}", "", "sources"]
    for source in plan.spec.sources.values():
        lines.append(f"  {source.name:<20} {source.reader}: {_rows(plan, source)}")
    now = rows.current(plan)
    changed = now is None and rows.known(plan) is not None
    lines += ["", "stages" + (" (what is read has changed since the last build)" * changed)]
    lines += [f"  {name:<34} {done}" for name, done in _stages(now or plan, built=now is not None)]
    lines += ["", "cost", *(f"  {told}" for told in _cost(now or plan, built=now is not None))]
    return "\n".join(lines)


def _rows(plan: Plan, source: Source) -> str:
    """The number of rows a source has, as far as a look can tell."""
    if find("source", source.reader).argument != Files:
        count = source.settings.get("count")
        told = f"{count} rows" if count else "rows unknown until they are read"
    elif source.reader == "jsonl":
        told = _estimated([Path(p) for p in matching(source.argument, plan.spec.base)])
    else:
        files = matching(source.argument, plan.spec.base)
        told = f"{count_parquet(files)} rows"
    limits = [limit for limit in (plan.limit, source.limit) if limit is not None]
    return told + (f", the first {min(limits)} taken" if limits else "")


def _estimated(files: list[Path]) -> str:
    size = sum(path.stat().st_size for path in files)
    named = f"{len(files)} {'file' if len(files) == 1 else 'files'}, {size:,} bytes"
    if any(path.suffix == ".gz" for path in files):
        return f"{named}, packed"
    rows, exact = 0, True
    for path in files:
        seen = lines = 0
        with path.open("rb") as file:
            while seen < _LOOK and (block := file.read(1 << 20)):
                seen, lines = seen + len(block), lines + block.count(b"\n")
        whole = path.stat().st_size
        exact = exact and seen == whole
        rows += lines * whole // seen if seen else 0
    return f"{named}, {'' if exact else 'about '}{rows} rows"


def _stages(plan: Plan, *, built: bool) -> Iterator[tuple[str, str]]:
    """Each stage, and how many of its parts need not be made again."""
    parts = range(plan.parts)

    def told(count: int) -> str:
        return f"{count} of {len(parts)} parts done" if built else "to do"

    def made(path: Path, reads: str) -> bool:
        return built and storage.told(path).get("reads") == reads

    def filtered(section: Section) -> Iterator[tuple[str, str]]:
        done = [judging.done(plan, part, section) if built else 0 for part in parts]
        for number, step in enumerate(plan.steps(section)):
            only = f" ({', '.join(step.only)})" if step.only else ""
            yield f"{section}: {step.name}{only}", told(sum(n > number for n in done))

    yield "problems", told(sum(made(plan.problems(p), problems_reads(plan, p)) for p in parts))
    yield from filtered("problems")
    for number, step in enumerate(plan.spec.generate):
        there = sum(
            plan.samples(number, p).exists() if step.asks
            else made(plan.samples(number, p), made_reads(plan, number, p))
            for p in parts
        )  # fmt: skip
        yield f"generate: {step.name} ({step.stream})", told(there)
    yield from filtered("filters")
    yield "dataset", f"{_held(plan)} samples" if _held(plan) is not None else "to do"


def _held(plan: Plan) -> int | None:
    """Samples in the dataset as it is now; None where there is none."""
    path = plan.folder / "ledger.json"
    stages: list[dict[str, Any]] = json.loads(path.read_text()) if path.exists() else []
    return next((stage["kept"] for stage in stages if stage["name"] == "corpus"), None)


def _cost(plan: Plan, *, built: bool) -> Iterator[str]:
    asking = [step for step in plan.spec.generate if step.asks]
    if not asking and not any(s.model for s in (*plan.spec.problems, *plan.spec.filters)):
        yield "nothing is asked of a model: 0 requests"
    for step in asking:
        asked = _requests(plan, step, built=built)
        yield f"{step.name} ({step.stream}): {asked}, {_price(plan, step)}"
    for section in SECTIONS:
        for number, judge in enumerate(plan.steps(section)):
            if judge.model:
                yield f"{judge.name}: {_judgements(plan, section, number)}, {_price(plan, judge)}"


def _judgements(plan: Plan, section: Section, number: int) -> str:
    """How many requests a filter that asks a model has, where what reaches it is known."""
    step = plan.steps(section)[number]
    here = [storage.told(plan.verdicts(s, p)) for s in plan.steps(section)[:number]
            for p in range(plan.parts)]  # fmt: skip
    there = [path.exists() for part in range(plan.parts) for path in _read_by(plan, section, part)]
    if not there or not all([*here, *there]):
        return "asks about each record that reaches it, how many is not known yet"
    wanted = 0
    for part in range(plan.parts):
        wanted += asked_filters.wanted(plan, load(plan, part, section, number), step)
    return f"{wanted} requests"


def _read_by(plan: Plan, section: Section, part: int) -> list[Path]:
    made = range(len(plan.spec.generate)) if section == "filters" else []
    return [plan.problems(part), *(plan.samples(number, part) for number in made)]


def _requests(plan: Plan, step: Generate, *, built: bool) -> str:
    each = step.settings.get("samples", 1)
    if not built:
        return f"{each} requests per problem"
    number = plan.spec.generate.index(step)
    problems = answered = 0
    for part in range(plan.parts):
        if plan.problems(part).exists():
            told = storage.read(plan.problems(part), ["source"])["source"].to_pylist()
            problems += sum(name in step.sources for name in told)
        answered += storage.counts_of(storage.told(plan.samples(number, part)))["keep"]
    return f"{problems} problems, at most {problems * each} requests, {answered} answered"


def _price(plan: Plan, step: Generate | Filter) -> str:
    assert step.sampling is not None
    model = plan.spec.models[step.model]
    if model.price is None:
        return f"price of {model.name} unknown"
    dearest = step.sampling.max_tokens * model.price.output / 1e6
    return f"at most ${dearest:.4f} of output a request, at the limit of tokens"
