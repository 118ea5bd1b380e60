"""Which row of which file belongs to which part: found once, so that parts are read alone."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from factory import storage
from factory.inputs import identity, name_of, opened, readable
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
    good, bad, lines = scanned(plan, pool)
    sources, outputs = _roles(plan)
    ours = good.filter(pl.col("input").is_in(sources))
    first = ours.group_by("problem", maintain_order=True).first()
    ours = ours.join(
        first.select("problem", gold_first="gold", number_first="number"), on="problem"
    )
    differs = pl.col("gold") != pl.col("gold_first")
    bad += list(_gold_differs(plan, ours.filter(differs)))
    ours = ours.filter(~differs)
    answers, lost = _joined(plan, good.filter(pl.col("input").is_in(outputs)), first)
    bits = _bits(pl.concat([table.select("problem", "length") for table in (ours, answers)]))
    bad += lost
    _write(plan, bits, ours, answers, first, pool)
    with storage.written(plan.rows() / "bad.parquet") as beside:
        bad.sort(key=lambda row: (row["source"], row["file"], row["number"]))
        pq.write_table(pa.Table.from_pylist(bad, schema=BAD_ROWS), beside)
    counts: dict[str, Counter[str]] = {one.source.name: Counter() for one in plan.inputs}
    for row in bad:
        outcome = "reject" if row["reason"] == "no_problem" else "failed"
        counts[row["source"]][f"{outcome}:{row['reason']}"] += 1
    for table in (ours, answers):
        for number, count in table.group_by("input").len().iter_rows():
            counts[plan.inputs[number].source.name]["keep"] += count
    return {
        "key": plan.rows_key,
        "bits": bits,
        "problems": first.height,
        "counts": {name: dict(sorted(count.items())) for name, count in counts.items()},
        "sources": [_told(one, lines) for one in plan.inputs],
    }


def _roles(plan: Plan) -> tuple[list[int], list[int]]:
    numbers = range(len(plan.inputs))
    sources = [n for n in numbers if plan.inputs[n].outputs_of is None]
    return sources, [n for n in numbers if n not in sources]


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


def _bits(rows: pl.DataFrame) -> int:
    """How many first bits of an id make parts of at most 512 problems and 64 MB of rows.

    A problem whose own rows are larger than that has a part to itself and is left at that.
    """
    if not rows.height:
        return 0
    each = rows.group_by("problem").agg(size=pl.col("length").sum())
    heads = each.select(
        head=pl.col("problem").str.slice(0, 8).str.to_integer(base=16, dtype=pl.UInt32),
        size=pl.col("size"),
    )
    for bits in range(_MOST_BITS):
        parts = heads.group_by(pl.col("head").cast(pl.UInt64) // (1 << (32 - bits))).agg(
            count=pl.len(), size=pl.col("size").sum()
        )
        crowded = (pl.col("count") > PROBLEMS_PER_PART) | (
            (pl.col("size") > BYTES_PER_PART) & (pl.col("count") > 1)
        )
        if not parts.filter(crowded).height:
            return bits
    return _MOST_BITS


def _joined(
    plan: Plan, outputs: pl.DataFrame, first: pl.DataFrame
) -> tuple[pl.DataFrame, list[dict[str, Any]]]:
    """Recorded outputs with the problems they answer; and those that answer none."""
    made = [outputs.clear()]
    bad: list[dict[str, Any]] = []
    for number, one in enumerate(plan.inputs):
        if one.outputs_of is None:
            continue
        names = plan.spec.generate[one.outputs_of].sources
        asked = [n for n, i in enumerate(plan.inputs) if i.source.name in names]
        problems = first.filter(pl.col("input").is_in(asked)).select("key", found="problem")
        rows = outputs.filter(pl.col("input") == number).join(
            problems.unique("key", keep="first", maintain_order=True), on="key", how="left"
        )
        made.append(
            rows.filter(pl.col("found").is_not_null()).with_columns(problem="found").drop("found")
        )
        for row in rows.filter(pl.col("found").is_null()).iter_rows(named=True):
            bad.append(
                _refused(plan, row, "no_problem", f"no problem of {', '.join(names)} has it")
            )
    return pl.concat(made), bad


def _gold_differs(plan: Plan, rows: pl.DataFrame) -> Iterator[dict[str, Any]]:
    for row in rows.iter_rows(named=True):
        detail = f"line {row['number_first']} has the same question with another answer"
        yield _refused(plan, row, "gold_differs", detail)


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


def _write(
    plan: Plan,
    bits: int,
    ours: pl.DataFrame,
    answers: pl.DataFrame,
    first: pl.DataFrame,
    pool: Pool,
) -> None:
    """One file of rows per part, in the order of problems, sources, files and lines."""
    names = ["problem", "source", "file", "number", "offset", "length"]
    rows = pl.concat([ours.select(answers.columns), answers]).rename({"input": "source"})
    starts = first.select(
        "problem", source="input", file="file", number="number", first=pl.lit(value=True)
    )
    rows = (
        rows.join(starts, on=["problem", "source", "file", "number"], how="left")
        .with_columns(
            pl.col("first").fill_null(value=False),
            part=pl.col("problem").str.slice(0, 8).str.to_integer(base=16, dtype=pl.UInt32)
            .cast(pl.UInt64) // (1 << (32 - bits)),
        )
        .sort("part", "problem", "source", "file", "number")
    )  # fmt: skip
    held = dict(rows.partition_by("part", as_dict=True, include_key=False).items())
    none = rows.clear()
    for part in range(1 << bits):
        table = held.get((part,), none).select([*names, "first"])
        storage.write_part(
            storage.part_path(plan.rows(), part),
            pa.table(table.to_dict(as_series=False), schema=ROWS),
            reads=plan.rows_key,
        )
    for leftover in plan.rows().glob("part-*.parquet"):
        if int(leftover.stem.removeprefix("part-")) >= 1 << bits:
            leftover.unlink()


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
