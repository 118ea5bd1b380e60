"""Which records have passed everything so far: read from the verdict tables, never stored twice."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import xxhash

from factory import storage, tables
from factory.plan import Plan
from factory.spec import Filter, Section
from filters.verdict import Verdict
from generators.records import Problem, Sample


def surviving_problems(plan: Plan, part: int) -> dict[str, Problem]:
    """Problems of a part that every filter of `problems:` has kept."""
    problems = tables.read_problems(plan.problems(part))
    gone = dropped(plan, part, "problems")
    return {i: p for i, p in problems.items() if i not in gone}


def dropped(
    plan: Plan, part: int, section: Section, counts: Callable[[Filter], bool] = lambda step: True
) -> set[str]:
    """What the filters of a section have dropped, and none has taken up again as a fallback.

    `counts` says which of the filters are asked.
    """
    dropped: set[str] = set()
    for step in filter(counts, plan.steps(section)):
        table = storage.read(plan.verdicts(step, part), ["id", "outcome"])
        kept = pc.field("outcome") == "keep"
        if step.fallback_for:
            dropped -= set(table.filter(kept)["id"].to_pylist())
        dropped |= set(table.filter(~kept)["id"].to_pylist())
    return dropped


_OF_PROBLEM = attrgetter(*Problem.__slots__)
_OF_SAMPLE = attrgetter(*(name for name in Sample.__slots__ if name != "problem"))


def _fingerprint(record: Problem | Sample) -> str:
    problem = record if isinstance(record, Problem) else record.problem
    told = list(_OF_PROBLEM(problem))
    if isinstance(record, Sample):
        told += map(str, _OF_SAMPLE(record))
    return xxhash.xxh3_64_hexdigest("\0".join(told).encode())


@dataclass
class Records:
    """The records of a part and what the filters before have said of them."""

    problems: dict[str, Problem]
    samples: list[Sample] = field(default_factory=list)
    verdicts: dict[str, dict[str, Verdict]] = field(default_factory=dict)
    """Filter name -> record id -> verdict."""
    dropped: set[str] = field(default_factory=set)

    fingerprints: dict[str, str] = field(default_factory=dict)

    def fingerprint(self, record: Problem | Sample) -> str:
        """Hash of all that a filter can read in a record, made once."""
        told = self.fingerprints.get(record.id)
        if told is None:
            told = self.fingerprints[record.id] = _fingerprint(record)
        return told

    def learn(self, step: Filter, verdicts: dict[str, Verdict]) -> None:
        """Take in what a filter said. As a fallback it may take up again what was dropped."""
        self.verdicts.setdefault(step.name, {}).update(verdicts)
        if step.fallback_for:
            self.dropped -= {i for i, v in verdicts.items() if v.outcome == "keep"}
        self.dropped.update(i for i, v in verdicts.items() if v.outcome != "keep")


def load(plan: Plan, part: int, section: Section, before: int) -> Records:
    """The records of a part with the verdicts of the first `before` filters of a section."""
    problems = tables.read_problems(plan.problems(part))
    records = Records(problems)
    if section == "filters":
        for number in range(len(plan.spec.generate)):
            records.samples += tables.read_samples(plan.samples(number, part), problems)
        records.samples.sort(key=lambda sample: sample.id)
    for step in plan.steps(section)[:before]:
        records.learn(step, read_verdicts(plan.verdicts(step, part)))
    return records


def alive(records: Records, step: Filter) -> list[Problem] | list[Sample]:
    """Records that a filter sees: those that survived, of the streams it is for.

    A fallback sees those that the filter right before could not tell.
    """
    if step.fallback_for:
        told = records.verdicts.get(step.fallback_for, {})
        seen = {i for i, v in told.items() if v.outcome == "unknown" and not is_failure(v)}
    else:
        seen = {*records.problems, *(s.id for s in records.samples)} - records.dropped
    if step.section == "problems":
        return [p for i, p in records.problems.items() if i in seen]
    return [s for s in records.samples if s.id in seen and (not step.only or s.stream in step.only)]


def is_failure(verdict: Verdict) -> bool:
    """Whether a filter raised instead of judging, or was never answered."""
    return verdict.outcome == "unknown" and verdict.reason.startswith("error:")


def read_verdicts(path: Path) -> dict[str, Verdict]:
    """A part of what a filter said, by record id."""
    rows = storage.read(path, ["id", "outcome", "reason", "score", "detail"]).to_pylist()
    return {row.pop("id"): Verdict(**row) for row in rows}


def inputs_of(plan: Plan, part: int, section: Section) -> list[str | None]:
    """Digests of the parts that a section's filters read."""
    paths = [plan.problems(part)]
    if section == "filters":
        paths += [plan.samples(number, part) for number in range(len(plan.spec.generate))]
    return [storage.told(path).get("digest") for path in paths]


def surviving_ids(plan: Plan, part: int) -> Iterator[tuple[str, str, str, int]]:
    """Sample, problem, stream and mean size (in bytes) of what every filter has kept."""
    gone = dropped(plan, part, "filters")
    for number in range(len(plan.spec.generate)):
        path = plan.samples(number, part)
        group = pq.read_metadata(path)
        held = sum(group.row_group(n).total_byte_size for n in range(group.num_row_groups))
        size = held // max(1, group.num_rows)
        for row in storage.read(path, ["id", "problem", "stream"]).to_pylist():
            if row["id"] not in gone:
                yield row["id"], row["problem"], row["stream"], size
