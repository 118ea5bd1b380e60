"""Asking more: after all samples are judged, who is asked again, and which samples are edited.

A round begins when all of the round before is judged, so the result does not depend on the order in
which answers came. What was decided once is kept: it was paid for.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from factory import storage
from factory.plan import Plan, reads_group
from factory.spec import Filter, Generate
from factory.survivors import dropped, surviving_problems
from generators.registry import find

_TABLE = pa.schema(
    [
        ("record", pa.string()),  # a problem, or the sample to be edited
        ("round", pa.int32()),  # the round that was asked last
        ("kept", pa.int32()),  # samples of it that all filters kept
        ("decision", pa.string()),
    ]
)
MORE = ("at_edge", "unserved", "kept")
"""Decisions to ask: some of its samples were kept and too few; none was; the sample was kept."""


def granted(plan: Plan, number: int) -> dict[str, int]:
    """How many rounds each record has been granted; a problem that is not named has one."""
    path = plan.rounds(number)
    if not path.exists():
        return {}
    return _granted(path, path.stat().st_mtime_ns, plan.spec.generate[number].edits)


@lru_cache(maxsize=32)
def _granted(path: Path, written: int, edits: bool) -> dict[str, int]:
    rows = storage.read(path, ["record", "decision"]).to_pylist()
    counts = Counter(row["record"] for row in rows if row["decision"] in MORE)
    return {record: count + (not edits) for record, count in counts.items()}


@dataclass(frozen=True)
class Kept:
    """What the filters kept of a part: samples per problem, or the samples that may be edited."""

    problems: dict[str, int]
    samples: tuple[str, ...] = ()
    sound: tuple[str, ...] = ()
    """Samples that no filter of single samples dropped, whatever groups and the corpus said."""


def decide(plan: Plan, each: Callable[..., Any], meter: Any) -> dict[str, Counter[str]]:
    """Decide for each generator who is asked more; returns what is new, by generator and reason.

    An editor waits until the generators that it reads from are done asking.
    """
    found: dict[str, Counter[str]] = {}
    busy: set[int] = set()
    for number, step in enumerate(plan.spec.generate):
        if not (step.edits or step.rounds > 1) or busy & set(step.origins):
            busy |= {number} if busy & set(step.origins) else set()
            continue
        tasks = [(plan, number, part) for part in range(plan.parts)]
        parts = [kept for _, kept in each(kept_part, tasks, meter)]
        new = (_edits if step.edits else _rounds)(plan, number, parts)
        if new:
            busy.add(number)
            found[f"{step.name} {step.stream}"] = new
    return found


def kept_part(plan: Plan, number: int, part: int) -> Kept:
    """What the filters kept of a part, as far as a generator's next round depends on it."""
    step = plan.spec.generate[number]
    gone = dropped(plan, part, "filters")
    if step.edits:
        single = dropped(plan, part, "filters", _judges_one)
        ids = [i for n in step.origins for i, _ in _samples(plan, n, part)]
        kept = tuple(i for i in ids if i not in gone)
        return Kept({}, kept, tuple(i for i in ids if i not in single))
    asked = surviving_problems(plan, part).values()
    counts = {problem.id: 0 for problem in asked if problem.source in step.sources}
    for sample, problem in _samples(plan, number, part):
        if sample not in gone:
            counts[problem] += 1
    return Kept(counts)


def _judges_one(step: Filter) -> bool:
    entry = find("filter", step.name)
    return not reads_group(entry) and entry.decide is None


def _samples(plan: Plan, number: int, part: int) -> Iterator[tuple[str, str]]:
    table = storage.read(plan.samples(number, part), ["id", "problem"])
    yield from zip(table["id"].to_pylist(), table["problem"].to_pylist(), strict=True)


def _rounds(plan: Plan, number: int, parts: list[Kept]) -> Counter[str]:
    """Problems that are asked again: those at the edge first, each in the order of their ids."""
    step = plan.spec.generate[number]
    before = granted(plan, number)
    kept = {problem: count for part in parts for problem, count in part.problems.items()}
    left = _left(step, [before.get(problem, 1) for problem in kept])
    rows = []
    for problem, count in sorted(kept.items(), key=lambda one: (one[1] == 0, one[0])):
        done = before.get(problem, 1)
        if count >= step.enough:
            decision = "served"
        elif done >= step.rounds:
            decision = "rounds_over"
        elif left is not None and left < _samples_each(step):
            decision = "budget_over"
        else:
            decision = "at_edge" if count else "unserved"
            left = None if left is None else left - _samples_each(step)
        rows.append({"record": problem, "round": done, "kept": count, "decision": decision})
    return _written(plan, number, rows, [])


def _left(step: Generate, done: list[int]) -> int | None:
    """Requests that the budget still allows."""
    return None if step.budget is None else step.budget - sum(done) * _samples_each(step)


def _samples_each(step: Generate) -> int:
    return int(step.settings.get("samples", 1))


def _edits(plan: Plan, number: int, parts: list[Kept]) -> Counter[str]:
    """Samples that are edited: those that all filters kept. One found wrong since is let go."""
    before = granted(plan, number)
    sound = {sample for part in parts for sample in part.sound}
    new = sorted({sample for part in parts for sample in part.samples} - before.keys())
    rows = [{"record": sample, "round": 0, "kept": 1, "decision": "kept"} for sample in new]
    return _written(plan, number, rows, sorted(before.keys() - sound))


def _written(
    plan: Plan, number: int, rows: list[dict[str, Any]], revoked: list[str]
) -> Counter[str]:
    """Keep the decisions: all to ask more that were ever taken, and the last of the others."""
    path = plan.rounds(number)
    old = storage.read(path).to_pylist() if path.exists() else []
    gone = set(revoked)
    held = [r for r in old if r["decision"] in MORE and r["record"] not in gone]
    table = sorted([*held, *rows], key=lambda row: (row["record"], row["round"]))
    if table != old:
        storage.write_part(path, pa.Table.from_pylist(table, schema=_TABLE), "")
    new = Counter(row["decision"] for row in rows if row["decision"] in MORE)
    if revoked:
        new["taken_back"] = len(revoked)
    return new
