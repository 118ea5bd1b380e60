"""Filters that judge the whole corpus at once, such as duplicates: sign in workers, decide once."""

from collections import Counter
from pathlib import Path
from typing import get_type_hints

import polars as pl
import pyarrow as pa

from factory import storage
from factory.ledger import tally
from factory.plan import Plan
from factory.spec import Section
from factory.storage import VERDICTS, hash_of
from factory.survivors import Records, alive, load
from generators.errors import Stopped
from generators.registry import find

_HEAD = [("id", pa.large_string()), ("input", pa.string())]
_TYPES = {str: pa.large_string(), int: pa.int64(), float: pa.float64(), bytes: pa.large_binary()}


def sign_part(
    plan: Plan, part: int, section: Section, number: int, reads: str, records: Records | None
) -> str:
    """Write what a corpus filter compares, for the surviving records of a part; its digest."""
    step = plan.steps(section)[number]
    function = find("filter", step.name).function
    path = plan.signatures(step, part)
    held = storage.told(path)
    if held.get("reads") == reads:
        return held["digest"]
    hints = get_type_hints(get_type_hints(function)["return"])
    schema = pa.schema(_HEAD + [(name, _TYPES[hint]) for name, hint in hints.items()])
    records = records or load(plan, part, section, number)
    rows = [
        {"id": r.id, "input": records.fingerprint(r), **function(r, **step.settings)}
        for r in alive(records, step)
    ]
    columns = {name: [row[name] for row in rows] for name in schema.names}
    return storage.write_part(path, pa.table(columns, schema=schema), reads)


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
    judged = entry.decide(signed.drop("part", "input"), **step.settings)
    placed = signed.select("id", "input", "part").join(judged, on="id", how="left")
    if placed["outcome"].null_count() or placed.height != judged.height:
        raise Stopped(f"{step.name}: did not judge every record exactly once; please report this")
    counts = tally(placed.select("outcome", "reason").iter_rows())
    write_by_part(placed, paths, reads)
    return counts


def write_by_part(placed: pl.DataFrame, paths: list[Path], reads: str) -> None:
    """Write verdicts that were made for the whole corpus, each to the part it belongs to."""
    held = placed.partition_by("part", as_dict=True, include_key=False)
    for part, path in enumerate(paths):
        rows = held.get((part,), placed.clear().drop("part")).sort("id")
        table = pa.table(rows.select(VERDICTS.names).to_dict(as_series=False), schema=VERDICTS)
        counts = tally(rows.select("outcome", "reason").iter_rows())
        storage.write_part(path, table, reads, counts)
