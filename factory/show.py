"""One sample with every verdict on it; some of what a stage dropped; the clusters of duplicates."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from factory import storage, tables
from factory.plan import Plan
from factory.selection import selection_path
from factory.spec import Section
from factory.survivors import read_verdicts
from filters.dedup import decided
from filters.overlaps.clusters import report
from filters.verdict import Verdict
from generators.errors import UserError
from generators.records import Problem, Sample
from generators.registry import nearest

SECTIONS: tuple[Section, ...] = ("problems", "filters")


def record(plan: Plan, start: str) -> tuple[Problem | Sample, list[tuple[str, Verdict]]]:
    """The sample or problem whose id begins with `start`, and its verdicts in order.

    UserError where no id or more than one begins so.
    """
    found = dict(_find(plan, start))
    if len(found) != 1:
        told = "no sample or problem has an id" if not found else f"{len(found)} ids begin"
        raise UserError(
            f"{told} {'beginning ' if not found else ''}with {start!r} in {plan.folder}"
        )
    identity, (part, number) = next(iter(found.items()))
    problems = tables.read_problems(plan.problems(part))
    verdicts = list(_verdicts(plan, part, identity))
    if number is None:
        return problems[identity], verdicts
    samples = tables.read_samples(plan.samples(number, part), problems)
    sample = next(s for s in samples if s.id == identity)
    return sample, [*_verdicts(plan, part, sample.problem.id), *verdicts]


def _find(plan: Plan, start: str) -> Iterator[tuple[str, tuple[int, int | None]]]:
    for part in range(plan.parts):
        for number in (None, *range(len(plan.spec.generate))):
            path = plan.problems(part) if number is None else plan.samples(number, part)
            if path.exists():
                for identity in storage.read(path, ["id"])["id"].to_pylist():
                    if identity.startswith(start):
                        yield identity, (part, number)


def _stages(plan: Plan, part: int) -> Iterator[tuple[str, Path]]:
    for section in SECTIONS:
        for step in plan.steps(section):
            yield step.name, plan.verdicts(step, part)
    yield "corpus", selection_path(plan, part)


def _verdicts(plan: Plan, part: int, identity: str) -> Iterator[tuple[str, Verdict]]:
    for name, path in _stages(plan, part):
        if path.exists() and (verdict := read_verdicts(path).get(identity)):
            yield name, verdict


def dropped(plan: Plan, stage: str, reason: str | None, most: int) -> Iterator[tuple[str, Verdict]]:
    """Up to `most` ids that a filter (or "corpus") did not keep, with the verdicts."""
    names = [name for name, _ in _stages(plan, 0)]
    if stage not in names:
        known = [*names, *plan.spec.sources, *(step.name for step in plan.spec.generate)]
        raise UserError(f"no stage called {stage!r}{nearest(stage, known)}")
    shown = 0
    for part in range(plan.parts):
        for name, path in _stages(plan, part):
            if name != stage or not path.exists():
                continue
            for identity, verdict in read_verdicts(path).items():
                if verdict.outcome != "keep" and reason in (None, verdict.reason):
                    yield identity, verdict
                    shown += 1
                    if shown >= most:
                        return


def rejected(plan: Plan, stage: str, reason: str | None, most: int, *, full: bool) -> Iterator[str]:
    """Up to `most` of what a filter, a source, recorded outputs or the corpus dropped, as text."""
    if stage in [*plan.spec.sources, *(step.name for step in plan.spec.generate)]:
        for row in bad_rows(plan, stage, reason, most):
            yield row_as_text(row)
    else:
        for identity, _ in dropped(plan, stage, reason, most):
            yield as_text(*record(plan, identity), full=full) + "\n"


def none_of(plan: Plan, stage: str, reason: str | None) -> str:
    """What to say where nothing was dropped; of a reason that never occurred, which ones did."""
    if reason is None:
        return f"{stage} has dropped nothing"
    told = nearest(reason, reasons(plan, stage))
    return f"{stage} has dropped nothing for {reason!r}{told}"


def reasons(plan: Plan, stage: str) -> set[str]:
    """The reasons that a stage has dropped something for."""
    path = plan.folder / "ledger.json"
    stages = json.loads(path.read_text()) if path.exists() else []
    here = [one for one in stages if stage in one["name"].split()]
    kinds = ("rejected", "unknown", "failed")
    return {reason for one in here for kind in kinds for reason in one[kind]}


def clusters(plan: Plan, most: int) -> Iterator[str]:
    """Of each `dedup` of a run how many clusters of duplicates it found, and the `most` largest.

    UserError where there is none, or where it has not judged yet.
    """
    steps = [(section, step) for section in SECTIONS for step in plan.steps(section)]
    steps = [(section, step) for section, step in steps if step.name == "dedup"]
    if not steps:
        raise UserError("no filter of the spec is dedup, which finds clusters")
    for section, step in steps:
        paths = [plan.verdicts(step, part) for part in range(plan.parts)]
        if not all(path.exists() for path in paths):
            raise UserError(f"{section} dedup has not judged yet; run `factory build` first")
        told = pl.concat(pl.DataFrame(storage.read(path)) for path in paths)
        yield clusters_as_text(f"{section} dedup", report(decided(told), most))


_LARGE = 10  # records of a cluster; how many there are of each size is told of smaller ones


def clusters_as_text(name: str, told: dict[str, Any]) -> str:
    """A report of `filters.overlaps.clusters` for a person to read."""
    sizes = {size: count for size, count in told["by_size"].items() if size < _LARGE}
    shown = [f"{count:,} of {size}" for size, count in sizes.items()]
    if larger := told["clusters"] - sum(sizes.values()):
        shown.append(f"{larger:,} of {_LARGE} or more")
    head = f"{name}: {told['records']:,} records, {told['dropped']:,} dropped"
    lines = [f"{head}; clusters: {', '.join(shown) or 'none'}"]
    for one in told["largest"]:
        more = one["size"] - 1 - len(one["others"])
        others = " ".join(one["others"]) + (f" and {more:,} more" if more else "")
        lines.append(
            f"  {one['kept']} is kept for {one['size'] - 1:,}, at least {one['least']:g} like it: "
            f"{others}"
        )
    return "\n".join(lines)


def bad_rows(plan: Plan, name: str, reason: str | None, most: int) -> list[dict[str, Any]]:
    """Up to `most` rows of a source, or of what a generator read or was answered, refused."""
    table = pl.read_parquet(plan.rows() / "bad.parquet")
    if name in plan.spec.sources:
        table = table.filter(pl.col("source") == name)
    else:
        numbers = [n for n, step in enumerate(plan.spec.generate) if step.name == name]
        own = [
            step.outputs.name for step in plan.spec.generate if step.name == name and step.outputs
        ]
        paths = [plan.refused(n, part) for n in numbers for part in range(plan.parts)]
        refused = [pl.read_parquet(path) for path in paths if path.exists()]
        table = pl.concat([table.filter(pl.col("source").is_in(own)), *refused])
    if reason is not None:
        table = table.filter(pl.col("reason") == reason)
    return table.head(most).to_dicts()


def row_as_text(row: dict[str, Any]) -> str:
    """A row that was refused, where it stands and why."""
    line = f", line {row['number']}" if row["number"] else ""
    place = f"{row['file']}{line}: {row['reason']} ({row['detail']})"
    return f"{safe(place)}\n{_indented(row['shown'].rstrip(), full=True)}"


def as_text(record: Problem | Sample, verdicts: list[tuple[str, Verdict]], *, full: bool) -> str:
    """A record and its verdicts for a person to read. Control characters are shown, not obeyed."""
    problem = record if isinstance(record, Problem) else record.problem
    lines = []
    if isinstance(record, Sample):
        lines += [
            f"sample    {record.id}  ({record.stream}, by {record.generator}, "
            f"{safe(record.model)})",
            f"finish    {safe(record.finish) or 'not recorded'}, {record.prompt_tokens} + "
            f"{record.completion_tokens} tokens",
        ]
    lines += [
        f"problem   {problem.id}  ({safe(problem.source)}, {problem.kind}, "
        f"{safe(problem.domain)}, {safe(problem.language)})",
        "",
        "question",
        _indented(problem.question, full=full),
        "answer    " + safe(problem.answer),
    ]
    if isinstance(record, Sample):
        lines += ["reasoning", _indented(record.reasoning, full=full)]
        lines += ["response", _indented(record.response, full=full)]
    lines += ["", "verdicts"]
    for name, v in verdicts:
        score = "" if v.score is None else f"  score {v.score:g}"
        lines.append(
            f"  {name:<14} {v.outcome:<8}{safe(v.reason):<18}{score}  {safe(v.detail)}".rstrip()
        )
    return "\n".join(lines)


_SHORT = 1200  # characters of a text that are shown without --full


def _indented(text: str, *, full: bool) -> str:
    if not full and len(text) > _SHORT:
        half = _SHORT // 2
        left_out = f"[... {len(text) - _SHORT} characters; --full shows them ...]"
        text = f"{text[:half]}\n{left_out}\n{text[-half:]}"
    return "\n".join("  " + safe(line) for line in text.split("\n"))


def safe(text: str) -> str:
    """Text with control characters made visible: a sample must not drive the terminal."""
    return "".join(c if c.isprintable() or c == "\t" else f"\\x{ord(c):02x}" for c in text)
