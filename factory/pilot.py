"""A pilot: the line itself on a few problems drawn by chance, before the many are paid for.

It asks, judges and asks again as a build does, in a folder of its own and through the run's one
journal: the build asks for nothing of it again.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pyarrow.compute as pc

from factory import inputs, rows, spending, storage
from factory.ledger import Ledger
from factory.plan import Plan
from factory.plugins import load_plugins
from factory.progress import Quiet
from factory.run import Run
from factory.stopping import interruptible
from factory.storage import hash_of, part_path
from factory.tables import ROWS
from factory.watching import Speed
from factory.workers import default_workers, pool

PATIENCE = 20.0
"""Seconds that a pilot waits for a server that is not there; a build waits as long as it takes."""


@dataclass(frozen=True)
class Pilot:
    """What was run, and of how many problems of each source."""

    plan: Plan
    """Its first part holds the drawn problems and no others."""
    drawn: dict[str, str]
    """The source of each problem by its id."""
    there: Counter[str]
    """Problems of each source in the whole."""
    speeds: dict[str, Speed]
    """By the name of the stage; of the last pilot that asked for anything there."""


def piloted(plan: Plan, count: int, show: Quiet, workers: int | None = None) -> Pilot:
    """Run the line on at least `count` problems of each generator; all there are, if fewer.

    Stopped where no server is there, or where a limit of cost or tokens is met. The limits of what
    is unknown or failed are for the many: here they stop nothing.
    """
    storage.inside(plan.folder, plan.folder.parent)
    with storage.locked(plan.folder), interruptible() as stop:
        storage.sweep(plan.folder)
        with (
            pool(workers or default_workers(), load_plugins, plan.spec, stop) as many,
            show.stage("rows", None),
        ):
            whole = inputs.readable(rows.prepare(plan, many).plan, many)
        small, drawn, there = _drawn(whole, count)
        with pool(1, load_plugins, plan.spec, stop) as one:
            run = Run(small, one, show, Ledger(), stop, patience=PATIENCE)
            try:
                run.problems()
                run.judge("problems", len(drawn))
                run.ask_and_judge()
            finally:
                spending.write(plan)
                speeds = _kept(plan.folder, run.speeds)
    return Pilot(small, drawn, there, speeds)


def of_build(plan: Plan) -> Pilot | None:
    """The first part of a build as its pilot; None where that part is not made to its end."""
    steps = (*plan.spec.problems, *plan.spec.filters)
    made = [plan.samples(number, 0) for number in range(len(plan.spec.generate))]
    if not all(path.exists() for path in (*made, *(plan.verdicts(step, 0) for step in steps))):
        return None
    there: Counter[str] = Counter()
    for part in range(plan.parts):
        if not plan.problems(part).exists():
            return None
        there.update(storage.read(plan.problems(part), ["source"])["source"].to_pylist())
    drawn = storage.read(plan.problems(0), ["id", "source"]).to_pylist()
    return Pilot(plan, {row["id"]: row["source"] for row in drawn}, there, _held(plan.folder))


def _drawn(whole: Plan, count: int) -> tuple[Plan, dict[str, str], Counter[str]]:
    """The plan of the drawn problems, each with its source, and how many each source has.

    The ids are hashes: the first ones are as good as any, and the same every time. More of them
    are the same ones and others.
    """
    wanted = {frozenset(step.sources): count for step in whole.spec.generate if not step.origins}
    drawn: dict[str, str] = {}
    there: Counter[str] = Counter()
    for problem, source in _problems(whole):
        there[source] += 1
        short = [names for names, left in wanted.items() if left and source in names]
        if short:
            drawn[problem] = source
            wanted.update({n: left - 1 for n, left in wanted.items() if left and source in n})
    spec = whole.spec
    limits = spec.limits.model_copy(update={"unknown": None, "failed": None})
    key = hash_of("pilot", whole.rows_key, sorted(drawn))
    small = replace(
        whole, spec=replace(spec, limits=limits), folder=whole.folder / "pilot",
        rows_key=key, bits=0, whole=whole.folder,
    )  # fmt: skip
    path = part_path(small.rows(), 0)
    if storage.told(path).get("reads") != key:
        parts = [storage.read(part_path(whole.rows(), part)) for part in _parts_of(whole, drawn)]
        chosen = [t.filter(pc.is_in(t["problem"], pc.pa.array(list(drawn)))) for t in parts]
        table = pc.pa.concat_tables(chosen) if chosen else ROWS.empty_table()
        storage.write_part(path, table, key)
    return small, drawn, there


def _parts_of(whole: Plan, drawn: dict[str, str]) -> list[int]:
    return sorted({int(problem[:8], 16) >> (32 - whole.bits) for problem in drawn})


def _problems(whole: Plan) -> Iterator[tuple[str, str]]:
    """The id and the source of every problem, in the order of the ids."""
    names = [one.source.name for one in whole.inputs]
    for part in range(whole.parts):
        table = storage.read(part_path(whole.rows(), part), ["problem", "source", "first"])
        first = table.filter(table["first"])
        yield from sorted(
            (problem, names[source])
            for problem, source in zip(
                first["problem"].to_pylist(), first["source"].to_pylist(), strict=True
            )
        )


def _kept(whole: Path, speeds: dict[str, Speed]) -> dict[str, Speed]:
    """The speeds, with those of earlier pilots where this one found everything answered."""
    held = _held(whole)
    held.update({name: speed for name, speed in speeds.items() if speed.tokens})
    with storage.written(_speeds(whole)) as beside:
        beside.write_text(json.dumps({name: asdict(speed) for name, speed in held.items()}))
    return held


def _held(whole: Path) -> dict[str, Speed]:
    return {name: Speed(**told) for name, told in storage.read_json(_speeds(whole)).items()}


def _speeds(whole: Path) -> Path:
    return whole / "pilot" / "speeds.json"
