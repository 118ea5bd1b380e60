"""Problems and samples, part by part: from rows of files, or from a model's completions."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from factory import storage, tables
from factory.inputs import name_of
from factory.plan import Plan
from factory.scan import SHOWN
from factory.storage import hash_of, part_path
from factory.survivors import surviving_problems
from factory.tables import BAD_ROWS
from generators.asking import Completion, to_sample
from generators.errors import BadRow, Stopped, UserError
from generators.json_rows import parse_row
from generators.mapping import read_problem
from generators.recorded import recorded_as
from generators.records import Row, Sample
from generators.registry import find

_COLUMNS = ["problem", "source", "file", "number", "offset", "length", "first"]


def problems_reads(plan: Plan, part: int) -> str:
    """Key of what a part of the problems is made from: all that decides its rows."""
    rows = storage.told(part_path(plan.rows(), part))
    return hash_of(rows.get("digest"), plan.rows_key)


def problems_part(plan: Plan, part: int) -> int:
    """Write one part of the problems; returns how many there are."""
    problems = []
    for row, content in _read_rows(plan, part, first=True):
        source = plan.inputs[row["source"]].source
        problem = read_problem(content, source.name, source.fields, source.defaults)
        if problem.id != row["problem"]:
            raise _changed(plan, row)
        problems.append(problem)
    table = tables.problems_table(sorted(problems, key=lambda p: p.id))
    storage.write_part(plan.problems(part), table, problems_reads(plan, part))
    return len(problems)


def _read_rows(
    plan: Plan, part: int, *, first: bool = False, sources: set[int] | None = None
) -> Iterator[tuple[dict[str, Any], Row]]:
    """The rows of a part, parsed, each with where it stands: file by file, one open at a time."""
    rows = [
        row
        for row in storage.read(part_path(plan.rows(), part), _COLUMNS).to_pylist()
        if (row["first"] or not first) and (sources is None or row["source"] in sources)
    ]
    rows.sort(key=itemgetter("source", "file", "offset"))
    for (source, place), some in groupby(rows, key=itemgetter("source", "file")):
        with plan.inputs[source].files[place].open("rb", buffering=0) as file:
            for row in some:
                file.seek(row["offset"])
                try:
                    parsed = parse_row(file.read(row["length"]))
                except BadRow:
                    raise _changed(plan, row) from None
                yield row, parsed


def _changed(plan: Plan, row: dict[str, Any]) -> Stopped:
    name = name_of(plan, row["source"], row["file"])
    return Stopped(f"{name} changed while it was read: run the same command again")


def samples_reads(plan: Plan, part: int, answered: str = "") -> str:
    """Key of what a part of the samples is made from.

    `answered`: hash of the completions in the journal, for a generator that asks a model.
    """
    problems = storage.told(plan.problems(part)).get("digest")
    judged = [
        storage.told(plan.verdicts(step, part)).get("digest") for step in plan.spec.problems
    ]  # fmt: skip
    return hash_of(problems_reads(plan, part), problems, judged, answered)


def made_reads(plan: Plan, number: int, part: int) -> str:
    """Key of what a generator makes a part of without asking: rows, or samples to rewrite."""
    origins = plan.spec.generate[number].origins
    if not origins:
        return samples_reads(plan, part)
    return hash_of([storage.told(plan.samples(n, part)).get("digest") for n in origins])


def recorded_part(plan: Plan, number: int, part: int) -> Counter[str]:
    """Write one part of the samples that a generator of recorded outputs makes."""
    step = plan.spec.generate[number]
    function = find("generator", step.name).function
    problems = surviving_problems(plan, part)
    counts: Counter[str] = Counter()
    seen: Counter[tuple[str, str]] = Counter()
    samples: list[Sample] = []
    bad: list[dict[str, Any]] = []
    for row, content in _read_rows(plan, part, sources=_sources(plan, number)):
        problem = problems.get(row["problem"])
        if problem is None:
            counts["reject:problem_rejected"] += 1
            continue
        try:
            said = _said(function, content, step.settings)
        except BadRow as error:
            counts[f"failed:{error.reason}"] += 1
            bad.append(_refused(plan, row, content, error))
            continue
        request = recorded_as(said)
        index = seen[problem.id, request]
        seen[problem.id, request] += 1
        samples.append(
            to_sample(problem, said, request, index, step.stream, step.name, plan.entry(number))
        )
        counts["keep"] += 1
    write_refused(plan.refused(number, part), bad)
    write_samples(plan, number, part, samples, samples_reads(plan, part), counts)
    return counts


def write_refused(path: Path, bad: list[dict[str, Any]]) -> None:
    """Write what a generator could not read, with reasons; no file where there is nothing."""
    if not bad:
        path.unlink(missing_ok=True)
        return
    with storage.written(path) as beside:
        pq.write_table(pa.Table.from_pylist(bad, schema=BAD_ROWS), beside)


def _said(function: Callable[..., Any], row: Row, settings: dict[str, Any]) -> Completion:
    try:
        said: Completion | None = function(row, **settings)
    except (BadRow, UserError):
        raise
    except Exception as error:  # noqa: BLE001  the row boundary: one odd row must not end a run
        raise BadRow(type(error).__name__, str(error)) from None
    if said is None:
        raise BadRow("no_output", "none of the fields of an output is in the row")
    return said


def _refused(plan: Plan, row: dict[str, Any], content: Row, error: BadRow) -> dict[str, Any]:
    return {
        "source": plan.inputs[row["source"]].source.name,
        "file": name_of(plan, row["source"], row["file"]),
        "number": row["number"],
        "reason": error.reason,
        "detail": error.detail,
        "shown": storage.json_text(content)[:SHOWN],
    }


def _sources(plan: Plan, number: int) -> set[int]:
    """Inputs that hold the outputs of a generator: its own file of them, or its sources' rows."""
    step = plan.spec.generate[number]
    if step.outputs is not None:
        return {n for n, one in enumerate(plan.inputs) if one.outputs_of == number}
    return {
        n for n, one in enumerate(plan.inputs)
        if one.outputs_of is None and one.source.name in step.sources
    }  # fmt: skip


def write_samples(
    plan: Plan, number: int, part: int, samples: list[Sample], reads: str, counts: Counter[str]
) -> None:
    """Write one part of what a generator made, in the order of the ids."""
    table = tables.samples_table(sorted(samples, key=lambda s: s.id))
    storage.write_part(plan.samples(number, part), table, reads, counts)
