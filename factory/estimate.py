"""`factory check`: the plan of a build, what of it is done, and what it would cost."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from factory import assumed, costs, judging, measured, rows, spending, storage
from factory.making import made_reads, problems_reads
from factory.pilot import Pilot, of_build
from factory.plan import Plan
from factory.spec import Section, Source
from generators.opening import count_parquet
from generators.registry import find
from generators.sources import Files, matching

_LOOK = 64 << 20  # bytes of a file that are counted; of a larger one the rest is estimated


def as_text(plan: Plan, pilot: Pilot | None = None) -> str:
    """The plan: stages with rows and what is done; then requests and their cost.

    The cost is what the pilot measured, or what is built already tells; or else the most that it
    may be.
    """
    lines = [f"{plan.spec.name}: builds in {plan.folder}", "", "sources"]
    counted = {name: _rows(plan, source) for name, source in plan.spec.sources.items()}
    lines += [
        f"  {name:<20} {plan.spec.sources[name].reader}: {told}"
        for name, (told, _) in counted.items()
    ]
    now = rows.current(plan)
    changed = now is None and rows.known(plan) is not None
    lines += ["", "stages" + (" (what is read has changed since the last build)" * changed)]
    lines += [f"  {name:<34} {done}" for name, done in _stages(now or plan, built=now is not None)]
    return "\n".join([*lines, "", *_cost(plan, now, counted, pilot)])


def _cost(
    plan: Plan, now: Plan | None, counted: dict[str, tuple[str, int | None]], pilot: Pilot | None
) -> Iterator[str]:
    known = pilot or (of_build(now) if now is not None else None)
    if known is not None:
        found = measured.items(known)
        what = "by a pilot of" if pilot else "by what is built of"
        head = [f"cost, {what} {len(known.drawn):,} problems"]
    else:
        there = {name: number for name, (_, number) in counted.items()}
        found = assumed.items(now or plan, there, built=now is not None)
        head = ["cost", f"  {assumed.STATED}"]
    if not found:
        yield from ("cost", "  nothing is asked of a model: 0 requests")
        return
    yield from head
    for line in costs.lines(found, plan.spec.limits, measured=known is not None):
        yield f"  {line}"
    for line in spending.lines(plan):
        yield f"  so far: {line}"


def asks(plan: Plan) -> bool:
    """Whether a model is asked for anything."""
    spec = plan.spec
    judges = any(step.model for step in (*spec.problems, *spec.filters))
    return judges or any(step.asks for step in spec.generate)


def _rows(plan: Plan, source: Source) -> tuple[str, int | None]:
    """The rows a source has, in words and as a number, as far as a look can tell."""
    number: int | None
    if find("source", source.reader).argument != Files:
        number = source.settings.get("count")
        told = f"{number} rows" if number else "rows unknown until they are read"
    elif source.reader == "jsonl":
        told, number = _estimated([Path(p) for p in matching(source.argument, plan.spec.base)])
    else:
        number = count_parquet(matching(source.argument, plan.spec.base))
        told = f"{number} rows"
    limits = [limit for limit in (plan.limit, source.limit) if limit is not None]
    if not limits:
        return told, number
    return f"{told}, the first {min(limits)} taken", min([*limits, number or min(limits)])


def _estimated(files: list[Path]) -> tuple[str, int | None]:
    size = sum(path.stat().st_size for path in files)
    named = f"{len(files)} {'file' if len(files) == 1 else 'files'}, {size:,} bytes"
    if any(path.suffix == ".gz" for path in files):
        return f"{named}, packed", None
    rows, exact = 0, True
    for path in files:
        seen = lines = 0
        with path.open("rb") as file:
            while seen < _LOOK and (block := file.read(1 << 20)):
                seen, lines = seen + len(block), lines + block.count(b"\n")
        whole = path.stat().st_size
        exact = exact and seen == whole
        rows += lines * whole // seen if seen else 0
    return f"{named}, {'' if exact else 'about '}{rows} rows", rows


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
