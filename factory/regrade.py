"""`factory regrade`: what a filter, as it is now, says of a finished run; no model is asked."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from factory import judging, rows, storage
from factory.ledger import tally
from factory.plan import Plan
from factory.plugins import load_plugins
from factory.stopping import interruptible
from factory.storage import hash_of
from factory.survivors import inputs_of, load, read_verdicts
from factory.workers import Pool, default_workers, pool
from filters.verdict import Verdict
from generators.errors import UserError
from generators.registry import find, nearest


@dataclass(frozen=True)
class Flip:
    """A sample that is judged otherwise now."""

    id: str
    was: Verdict
    now: Verdict


@dataclass
class Regraded:
    """What became of the samples of a run."""

    judged: int = 0
    new: int = 0
    """Judged now and not then, so that they flip nothing."""
    flips: list[Flip] = field(default_factory=list)
    reasons: int = 0
    """Same outcome, another reason."""

    def add(self, other: "Regraded") -> None:
        """Take in what became of the samples of one part."""
        self.judged += other.judged
        self.new += other.new
        self.reasons += other.reasons
        self.flips += other.flips


def regraded(plan: Plan, name: str, workers: int | None = None, *, write: bool) -> Regraded:
    """Judge all samples of a run again by one filter, and compare with what it said then.

    With `write` the new verdicts take the place of the old ones; the next build goes on from them.
    """
    known = rows.known(plan)
    if known is None:
        raise UserError(f"{plan.spec.name}: not built yet; there is nothing to judge again")
    with ExitStack() as held:
        if write:
            held.enter_context(storage.locked(known.folder))
        stop = held.enter_context(interruptible())
        made = pool(workers or default_workers(), load_plugins, known.spec, stop)
        return _regraded(known, name, held.enter_context(made), write=write)


def _regraded(known: Plan, name: str, workers: Pool, *, write: bool) -> Regraded:
    numbers = [n for n, step in enumerate(known.spec.filters) if step.name == name]
    if not numbers:
        there = sorted({step.name for step in known.spec.filters})
        raise UserError(f"no filter called {name!r} in this spec{nearest(name, there)}")
    whole = Regraded()
    for number in numbers:
        step = known.spec.filters[number]
        if step.model or find("filter", name).decide is not None:
            raise UserError(f"{name} cannot judge again row by row without asking")
        was = _was(known, number)
        tasks = [(known, part, number, str(was), write) for part in range(known.parts)]
        told = {task[1]: result for task, result in workers.run(regrade_part, tasks)}
        for part in range(known.parts):
            whole.add(told[part])
    return whole


def _was(plan: Plan, number: int) -> Path:
    """The folder of the last verdicts of a filter: of its present settings, else the newest."""
    step = plan.spec.filters[number]
    last = plan.verdicts(step, plan.parts - 1).name
    present = plan.stage(step)
    if (present / last).exists():
        return present
    others = [p.parent for p in present.parent.glob(f"{step.name}-*/{last}")]
    if not others:
        raise UserError(f"{step.name} has judged nothing in {plan.folder} yet: run the build first")
    return max(others, key=lambda folder: (folder / last).stat().st_mtime_ns)


def regrade_part(plan: Plan, part: int, number: int, was: str, write: bool) -> Regraded:
    """Judge the samples of one part again, in a worker."""
    step = plan.spec.filters[number]
    path = plan.verdicts(step, part)
    old = read_verdicts(Path(was) / path.name)
    told = Regraded()
    records = load(plan, part, "filters", number)
    table = judging.judged_anew(plan, records, step)
    told.judged = table.num_rows
    for row in table.drop_columns(["input"]).to_pylist():
        identity = row.pop("id")
        now, before = Verdict(**row), old.get(identity)
        if before is None:
            told.new += 1
        elif before.outcome != now.outcome:
            told.flips.append(Flip(identity, before, now))
        else:
            told.reasons += before.reason != now.reason
    if write:
        steps = plan.spec.filters[:number]
        before_digests = [storage.told(plan.verdicts(s, part)).get("digest") for s in steps]
        reads = hash_of(inputs_of(plan, part, "filters"), before_digests)
        counts = tally(zip(table["outcome"].to_pylist(), table["reason"].to_pylist(), strict=True))
        storage.write_part(path, table, reads, counts)
    return told


def lines(told: Regraded) -> Iterator[str]:
    """Each flip, then the counts, for a person or `grep`."""
    for flip in told.flips:
        yield f"{flip.id}  {_shown(flip.was)} -> {_shown(flip.now)}"
    ways = Counter(f"{flip.was.outcome} -> {flip.now.outcome}" for flip in told.flips)
    each = ", ".join(f"{way} {count}" for way, count in sorted(ways.items()))
    yield (
        f"{told.judged} judged, {len(told.flips)} flipped{f' ({each})' if each else ''}"
        + (f", {told.reasons} for another reason" if told.reasons else "")
        + (f", {told.new} not judged before" if told.new else "")
    )


def _shown(verdict: Verdict) -> str:
    from factory.show import safe

    reason = f" {verdict.reason}" if verdict.reason else ""
    return f"{verdict.outcome}{reason} ({safe(verdict.detail)})"
