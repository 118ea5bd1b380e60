"""Which records have passed everything so far: read from the verdict tables, never stored twice."""

from collections.abc import Iterator
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
    for step in plan.spec.problems:
        dropped = _dropped(plan.verdicts(step, part))
        problems = {i: p for i, p in problems.items() if i not in dropped}
    return problems


def _dropped(path: Path) -> set[str]:
    table = storage.read(path, ["id", "outcome"])
    gone: set[str] = set(table.filter(pc.field("outcome") != "keep")["id"].to_pylist())
    return gone


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

    def learn(self, name: str, verdicts: dict[str, Verdict]) -> None:
        """Take in what a filter said."""
        self.verdicts.setdefault(name, {}).update(verdicts)
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
        records.learn(step.name, read_verdicts(plan.verdicts(step, part)))
    return records


def alive(records: Records, step: Filter) -> list[Problem] | list[Sample]:
    """Records that a filter sees: those that survived, of the streams it is for."""
    if step.section == "problems":
        return [p for i, p in records.problems.items() if i not in records.dropped]
    return [
        s for s in records.samples
        if s.id not in records.dropped and (not step.only or s.stream in step.only)
    ]  # fmt: skip


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
    dropped: set[str] = set()
    for step in plan.spec.filters:
        dropped |= _dropped(plan.verdicts(step, part))
    for number in range(len(plan.spec.generate)):
        path = plan.samples(number, part)
        group = pq.read_metadata(path)
        held = sum(group.row_group(n).total_byte_size for n in range(group.num_row_groups))
        size = held // max(1, group.num_rows)
        for row in storage.read(path, ["id", "problem", "stream"]).to_pylist():
            if row["id"] not in dropped:
                yield row["id"], row["problem"], row["stream"], size
