"""Records as tables and back: the declared schemas of what lies in a run folder."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from factory.storage import read
from generators.records import Problem, Sample

_text = pa.large_string()

ROWS = pa.schema(
    [
        ("problem", pa.string()),  # id
        ("source", pa.int32()),  # place of the source in the table of sources
        ("file", pa.int32()),  # place of the file within its source
        ("number", pa.int64()),  # line number, from 1
        ("offset", pa.int64()),  # bytes
        ("length", pa.int64()),  # bytes
        ("first", pa.bool_()),  # whether the problem is read from this row
    ]
)
BAD_ROWS = pa.schema(
    [
        ("source", pa.string()),
        ("file", pa.string()),
        ("number", pa.int64()),
        ("reason", pa.string()),
        ("detail", _text),
        ("shown", _text),
    ]
)
PROBLEMS = pa.schema([(name, _text) for name in Problem.__slots__])
SAMPLES = pa.schema(
    [
        (name, pa.int64() if name.endswith("_tokens") else _text)
        for name in Sample.__slots__
    ]
)  # fmt: skip
VERDICTS = pa.schema(
    [
        ("id", _text),
        ("outcome", pa.string()),
        ("reason", pa.string()),
        ("score", pa.float64()),
        ("detail", _text),
        ("input", pa.string()),  # hash of what was judged: the row is judged again when it changes
    ]
)


def problems_table(problems: Iterable[Problem]) -> pa.Table:
    """Problems as a table."""
    return _columns(problems, PROBLEMS)


def samples_table(samples: Iterable[Sample]) -> pa.Table:
    """Samples as a table; `problem` is the problem's id."""
    rows = list(samples)
    columns = {n: [getattr(s, n) for s in rows] for n in SAMPLES.names if n != "problem"}
    columns["problem"] = [s.problem.id for s in rows]
    return pa.table({n: columns[n] for n in SAMPLES.names}, schema=SAMPLES)


def _columns(records: Iterable[Any], schema: pa.Schema) -> pa.Table:
    rows = list(records)
    return pa.table({n: [getattr(r, n) for r in rows] for n in schema.names}, schema=schema)


def read_problems(path: Path) -> dict[str, Problem]:
    """Problems of a part by id, in order."""
    return {row["id"]: Problem(**row) for row in read(path).to_pylist()}


def read_samples(path: Path, problems: Mapping[str, Problem]) -> list[Sample]:
    """Samples of a part, with their problems."""
    rows = read(path).to_pylist()
    return [Sample(**{**row, "problem": problems[row["problem"]]}) for row in rows]
