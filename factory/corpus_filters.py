"""Filters that judge the whole corpus at once, such as duplicates: sign in workers, decide once."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_type_hints

import polars as pl
import pyarrow as pa

from factory import storage
from factory.ledger import tally
from factory.plan import Plan
from factory.spec import Filter, Section
from factory.storage import hash_of
from factory.survivors import Records, alive, load
from factory.tables import VERDICTS
from generators.errors import UserError
from generators.records import Problem, Sample
from generators.registry import find

# "failed" says what the filter raised on a record, which is then not compared.
_HEAD = [("id", pa.large_string()), ("input", pa.string()), ("failed", pa.large_string())]
_TYPES = {str: pa.large_string(), int: pa.int64(), float: pa.float64(), bytes: pa.large_binary()}


Row = dict[str, Any]


def signed(step: Filter, records: Records, record: Problem | Sample) -> Row:
    """What a corpus filter compares of one record."""
    head = {"id": record.id, "input": records.fingerprint(record), "failed": None}
    try:
        return {**head, **find("filter", step.name).function(record, **step.called)}
    except UserError:
        raise
    except Exception as error:  # noqa: BLE001  the row boundary, as for filters of one row
        return {**head, "failed": f"{type(error).__name__}\n{error}"[:500]}


def sign_part(
    plan: Plan, part: int, section: Section, number: int, reads: str, records: Records | None,
    made: Mapping[str, Row],
) -> str:  # fmt: skip
    """Write what a corpus filter compares, for the surviving records of a part; its digest.

    `made` are rows, by id, that were made while the records were judged.
    """
    step = plan.steps(section)[number]
    function = find("filter", step.name).function
    path = plan.signatures(step, part)
    held = storage.told(path)
    if held.get("reads") == reads:
        return held["digest"]
    hints = get_type_hints(get_type_hints(function)["return"])
    schema = pa.schema(_HEAD + [(name, _TYPES[hint]) for name, hint in hints.items()])
    records = records or load(plan, part, section, number)
    rows = [made.get(record.id) or signed(step, records, record) for record in alive(records, step)]
    columns = {name: [row.get(name) for row in rows] for name in schema.names}
    table = _narrowed(step, pa.table(columns, schema=schema))
    return storage.write_part(path, table, reads)


def _narrowed(step: Filter, table: pa.Table) -> pa.Table:
    """What must still meet other parts, after the records of this one have met each other."""
    narrow = find("filter", step.name).narrow
    if narrow is None:
        return table
    rows = pl.DataFrame(table)
    sound = pl.col("failed").is_null()
    told = pl.concat([narrow(rows.filter(sound), **step.called), rows.filter(~sound)])
    return pa.table(told.select(table.column_names).to_dict(as_series=False), schema=table.schema)


def decide(plan: Plan, section: Section, number: int, digests: list[str]) -> Counter[str]:
    """Judge all signatures at once and write the verdicts of each part."""
    step = plan.steps(section)[number]
    entry = find("filter", step.name)
    reads = hash_of(digests)
    paths = [plan.verdicts(step, part) for part in range(plan.parts)]
    held = [storage.told(path) for path in paths]
    if all(one.get("reads") == reads for one in held):
        return sum((storage.counts_of(one) for one in held), Counter())
    signed = pl.concat(
        pl.DataFrame(storage.read(plan.signatures(step, part))).with_columns(
            part=pl.lit(part, pl.Int32)
        )
        for part in range(plan.parts)
    )
    assert entry.decide is not None
    sound = signed.filter(pl.col("failed").is_null()).drop("part", "input", "failed")
    judged = entry.decide(sound, **step.called)
    _check(step.name, sound, judged)
    placed = pl.concat([judged.select(*_VERDICT), _failures(signed)], how="vertical_relaxed")
    placed = signed.select("id", "input", "part").join(placed, on="id", how="left")
    counts = tally(placed.select("outcome", "reason").iter_rows())
    write_by_part(placed, paths, reads)
    return counts


_VERDICT = ("id", "outcome", "reason", "score", "detail")


def _check(name: str, signed: pl.DataFrame, judged: pl.DataFrame) -> None:
    """UserError where a corpus filter's verdicts are not one for each record, or no verdicts."""
    lacking = [column for column in _VERDICT if column not in judged.columns]
    if lacking:
        raise UserError(f"{name}: its table of verdicts has no column {lacking[0]!r}")
    if sorted(judged["id"].to_list()) != sorted(signed["id"].to_list()):
        raise UserError(f"{name}: must give one verdict for each record, and gave others")
    wrong = set(judged["outcome"].to_list()) - {"keep", "reject", "unknown"}
    if wrong:
        raise UserError(f"{name}: the outcome {wrong.pop()!r} is not keep, reject or unknown")


def _failures(signed: pl.DataFrame) -> pl.DataFrame:
    told = pl.col("failed").str.split("\n")
    return signed.filter(pl.col("failed").is_not_null()).select(
        "id",
        outcome=pl.lit("unknown"),
        reason=pl.format("error:{}", told.list.first()),
        score=pl.lit(None, pl.Float64),
        detail=told.list.slice(1).list.join("\n"),
    )


def write_by_part(placed: pl.DataFrame, paths: list[Path], reads: str) -> None:
    """Write verdicts that were made for the whole corpus, each to the part it belongs to."""
    held = placed.partition_by("part", as_dict=True, include_key=False)
    for part, path in enumerate(paths):
        rows = held.get((part,), placed.clear().drop("part")).sort("id")
        table = pa.table(rows.select(VERDICTS.names).to_dict(as_series=False), schema=VERDICTS)
        counts = tally(rows.select("outcome", "reason").iter_rows())
        storage.write_part(path, table, reads, counts)
