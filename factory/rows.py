"""Which row of which file belongs to which part: found once, so that parts are read alone."""

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from factory import buckets, storage
from factory.inputs import identity, name_of, opened, readable
from factory.joined import Joined, joined
from factory.plan import LAYOUT, Input, Plan
from factory.scan import SHOWN, scanned
from factory.storage import hash_of
from factory.tables import BAD_ROWS, ROWS
from factory.workers import Pool

PROBLEMS_PER_PART = 512
BYTES_PER_PART = 64 << 20  # of input rows: bounds a worker's memory
_MOST_BITS = 20  # a million parts


@dataclass(frozen=True)
class Prepared:
    """What scanning found: the plan with its parts, and the count of what became of each row."""

    plan: Plan
    counts: dict[str, Counter[str]]
    """Per source: "keep" and "failed:<reason>", over all its rows."""
    problems: int


def prepare(plan: Plan, pool: Pool) -> Prepared:
    """Find the rows of all sources and cut the problems into parts; what is done is not redone."""
    inputs, key = _keyed(plan)
    table_path = plan.rows() / "sources.json"
    known = storage.read_json(table_path)
    plan = plan.cut(inputs=inputs, rows_key=key)
    if known.get("key") != key or not _all_there(plan, known["bits"]):
        known = _find(plan, pool)
        with storage.written(table_path) as beside:
            beside.write_text(json.dumps(known, indent=1))
    return Prepared(
        plan.cut(bits=known["bits"]),
        {name: Counter(counts) for name, counts in known["counts"].items()},
        known["problems"],
    )


def _all_there(plan: Plan, bits: int) -> bool:
    """Whether every part of the rows is there and of these inputs.

    A run killed while it wrote those of other inputs leaves some of both.
    """
    paths = (storage.part_path(plan.rows(), part) for part in range(1 << bits))
    whole = all(storage.told(path).get("reads") == plan.rows_key for path in paths)
    return whole and (plan.rows() / "bad.parquet").exists()


def _find(plan: Plan, pool: Pool) -> dict[str, Any]:
    """Scan all inputs, cut the problems into parts, and write for each part its rows."""
    plan = readable(plan, pool)
    with _scratch(plan) as folder:
        rows = scanned(plan, pool, folder)
        by_problem = joined(plan, rows, folder)
        counts: dict[str, Counter[str]] = {one.source.name: Counter() for one in plan.inputs}
        bits = _bits(by_problem)
        for part, table in _parts(by_problem, bits):
            for number, count in table.group_by("input").len().iter_rows():
                counts[plan.inputs[number].source.name]["keep"] += count
            _write(plan, part, table)
    for leftover in plan.rows().glob("part-*.parquet"):
        if int(leftover.stem.removeprefix("part-")) >= 1 << bits:
            leftover.unlink()
    bad = [*rows.bad, *_gold_differs(plan, by_problem), *_lost(plan, by_problem)]
    with storage.written(plan.rows() / "bad.parquet") as beside:
        bad.sort(key=lambda row: (row["source"], row["file"], row["number"]))
        pq.write_table(pa.Table.from_pylist(bad, schema=BAD_ROWS), beside)
    for row in bad:
        outcome = "reject" if row["reason"] == "no_problem" else "failed"
        counts[row["source"]][f"{outcome}:{row['reason']}"] += 1
    return {
        "key": plan.rows_key,
        "bits": bits,
        "problems": by_problem.problems,
        "counts": {name: dict(sorted(count.items())) for name, count in counts.items()},
        "sources": [_told(one, rows.lines) for one in plan.inputs],
    }


@contextmanager
def _scratch(plan: Plan) -> Iterator[Path]:
    """A folder for what lies on disk only until the rows are found."""
    folder = plan.rows() / "found"
    shutil.rmtree(folder, ignore_errors=True)  # of a run that was killed
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _told(one: Input, lines: dict[str, int]) -> dict[str, Any]:
    """One row of the table of sources: where rows came from and under which licence."""
    return {
        "name": one.source.name,
        "reader": one.source.reader,
        "argument": one.source.argument,
        "settings": one.source.settings,
        "revision": one.revision,
        "licence": one.source.licence,
        "rows": lines[one.source.name],
        "digests": list(one.digests),
    }


def _bits(rows: Joined) -> int:
    """How many first bits of an id make parts of at most 512 problems and 64 MB of rows.

    A problem whose own rows are larger than that has a part to itself and is left at that.
    """
    most = 0
    whole: list[pl.DataFrame] = []
    for table in rows.buckets():
        problems = table.group_by("problem").agg(size=pl.col("length").sum())
        sizes = problems.select("size", head=buckets.head("problem"), count=pl.lit(1, pl.Int64))
        most = max(most, _least(sizes, rows.bits))
        whole.append(_cells(sizes, rows.bits))
    # A cell of a bucket's bits is the bucket: where all are parts already, some may be one.
    return most if most > rows.bits else _least(pl.concat(whole), 0)


def _cells(sizes: pl.DataFrame, bits: int) -> pl.DataFrame:
    """How much begins with the same bits; `head` is one of those that do."""
    return sizes.group_by(buckets.first_bits(pl.col("head"), bits).alias("cell")).agg(
        pl.col("head").first(), pl.col("count").sum(), pl.col("size").sum()
    )


def _least(sizes: pl.DataFrame, least: int) -> int:
    """The fewest bits, but at least so many, of which no part is too large."""
    crowded = (pl.col("count") > PROBLEMS_PER_PART) | (
        (pl.col("size") > BYTES_PER_PART) & (pl.col("count") > 1)
    )
    for bits in range(least, _MOST_BITS):
        if not _cells(sizes, bits).filter(crowded).height:
            return bits
    return _MOST_BITS


def _parts(rows: Joined, bits: int) -> Iterator[tuple[int, pl.DataFrame]]:
    """Each part with its rows, in the order of problems, sources, files and lines."""
    part = buckets.first_bits(buckets.head("problem"), bits)
    coming = rows.buckets()
    # A part is a bucket, or one of several of a bucket, or several buckets.
    parts, several = 1 << max(0, bits - rows.bits), 1 << max(0, rows.bits - bits)
    for first in range(0, 1 << bits, parts):
        table = pl.concat(islice(coming, several)).with_columns(part=part)
        table = table.sort("problem", "input", "file", "number")
        for number in range(first, first + parts):
            yield number, table.filter(pl.col("part") == number)


def _gold_differs(plan: Plan, rows: Joined) -> Iterator[dict[str, Any]]:
    for row in rows.differing.iter_rows(named=True):
        detail = f"line {row['number_first']} has the same question with another answer"
        yield _refused(plan, row, "gold_differs", detail)


def _lost(plan: Plan, rows: Joined) -> Iterator[dict[str, Any]]:
    for row in rows.lost.iter_rows(named=True):
        number = plan.inputs[row["input"]].outputs_of
        assert number is not None
        names = ", ".join(plan.spec.generate[number].sources)
        yield _refused(plan, row, "no_problem", f"no problem of {names} has it")


def _refused(plan: Plan, row: dict[str, Any], reason: str, detail: str) -> dict[str, Any]:
    one = plan.inputs[row["input"]]
    with one.files[row["file"]].open("rb") as file:
        file.seek(row["offset"])
        shown = file.read(min(SHOWN, row["length"])).decode(errors="replace")
    return {
        "source": one.source.name,
        "file": name_of(plan, row["input"], row["file"]),
        "number": row["number"],
        "reason": reason,
        "detail": detail,
        "shown": shown,
    }


def _write(plan: Plan, part: int, table: pl.DataFrame) -> None:
    """The rows of a part in a file of their own."""
    table = table.rename({"input": "source"}).select(ROWS.names)
    storage.write_part(
        storage.part_path(plan.rows(), part),
        pa.table(table.to_dict(as_series=False), schema=ROWS),
        reads=plan.rows_key,
    )


def known(plan: Plan) -> Plan | None:
    """The plan as the last build of its run folder cut it; None where rows were never read."""
    bits = storage.read_json(plan.rows() / "sources.json").get("bits")
    return None if bits is None else plan.cut(bits=bits)


def current(plan: Plan) -> Plan | None:
    """The plan as the last build cut it, if its inputs are still the same; else None."""
    cut = known(plan)
    if cut is None:
        return None
    inputs, key = _keyed(plan)
    there = storage.read_json(plan.rows() / "sources.json")["key"]
    return cut.cut(inputs=inputs, rows_key=key) if key == there else None


def _keyed(plan: Plan) -> tuple[tuple[Input, ...], str]:
    inputs = tuple(opened(plan))
    return inputs, hash_of(LAYOUT, plan.limit, [identity(plan, one) for one in inputs])


def source_table(plan: Plan) -> list[dict[str, Any]]:
    """The table of sources of a prepared run: name, reader, revision, licence, rows.

    Names and licences are today's: they may change without a row being read again.
    """
    counted = storage.read_json(plan.rows() / "sources.json")["sources"]
    lines = Counter({told["name"]: told["rows"] for told in counted})
    return [_told(one, lines) for one in plan.inputs]
