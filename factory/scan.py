"""A look at every row: what it is for, where it stands, and why it was refused. No text is kept."""

from collections import Counter
from collections.abc import Iterator
from itertools import accumulate
from typing import Any, BinaryIO

import polars as pl
import pyarrow as pa

from factory.inputs import limit_of, name_of
from factory.plan import Input, Plan
from factory.workers import Pool
from generators.errors import BadRow
from generators.json_rows import LONGEST_ROW, field, parse_row, text_of
from generators.mapping import read_asked
from generators.records import digest

_PIECE = 32 << 20  # bytes of a file that one task scans
_BUFFER = 1 << 20  # bytes read at once: a long trace is several of the usual buffers
SHOWN = 300  # characters of a refused row that are kept to be shown
_MOST_SHOWN = 1000  # refused rows of a piece of a file that keep them

_SCANNED = pa.schema(
    [
        ("number", pa.int64()),
        ("offset", pa.int64()),
        ("length", pa.int64()),
        ("problem", pa.string()),
        ("gold", pa.string()),
        ("key", pa.string()),
    ]
)


def scanned(plan: Plan, pool: Pool) -> tuple[pl.DataFrame, list[dict[str, Any]], dict[str, int]]:
    """All rows of all inputs in order, the refused ones apart, and the count of lines."""
    tasks: list[tuple[Plan, int, int, int, int | None]] = []
    for number, one in enumerate(plan.inputs):
        for place, path in enumerate(one.files):
            size = path.stat().st_size
            # A limited source is read from its start until it has enough rows, by one task.
            step = _PIECE if limit_of(plan, one.source) is None else max(size, 1)
            tasks += [
                (plan, number, place, start, min(start + step, size))
                for start in range(0, max(size, 1), step)
            ]
    results = {task[1:4]: found for task, found in pool.run(_scan, tasks)}
    tables: list[pl.DataFrame] = []
    bad: list[dict[str, Any]] = []
    lines: Counter[str] = Counter()
    for (number, place), group in _by_file(tasks):
        one = plan.inputs[number]
        found = [results[task[1:4]] for task in group]
        table, refused = _numbered(found)
        limit = limit_of(plan, one.source)
        if limit is not None:
            table, refused = _first(table, refused, limit - lines[one.source.name])
        lines[one.source.name] += table.height + len(refused)
        tables.append(
            table.with_columns(input=pl.lit(number, pl.Int32), file=pl.lit(place, pl.Int32))
        )
        told = {"source": one.source.name, "file": name_of(plan, number, place)}
        bad += [{**told, **row} for row in refused]
    return pl.concat(tables), bad, lines


def _numbered(found: list[Any]) -> tuple[pl.DataFrame, list[dict[str, Any]]]:
    """Rows of the pieces of a file, with the numbers of their lines in the whole file."""
    before = [0, *accumulate(count for _, _, count in found)]
    tables, bad = [], []
    for (table, refused, _), start in zip(found, before, strict=False):
        tables.append(pl.DataFrame(pl.from_arrow(table)).with_columns(pl.col("number") + start))
        bad += [{**row, "number": row["number"] + start} for row in refused]
    return pl.concat(tables), bad


def _first(
    table: pl.DataFrame, bad: list[dict[str, Any]], most: int
) -> tuple[pl.DataFrame, list[dict[str, Any]]]:
    """The first `most` rows of a file, refused ones included."""
    numbers = sorted([*table["number"].to_list(), *(row["number"] for row in bad)])[:most]
    last = numbers[-1] if numbers else 0
    return table.filter(pl.col("number") <= last), [row for row in bad if row["number"] <= last]


def _by_file(tasks: list[Any]) -> Iterator[tuple[tuple[int, int], list[Any]]]:
    files: dict[tuple[int, int], list[Any]] = {}
    for task in tasks:
        files.setdefault(task[1:3], []).append(task)
    yield from files.items()


def _scan(
    plan: Plan, number: int, place: int, start: int, end: int
) -> tuple[pa.Table, list[dict[str, Any]], int]:
    """Rows that begin in [start, end) of a file: what they are for, and the refused ones."""
    one = plan.inputs[number]
    limit = limit_of(plan, one.source)
    found: dict[str, list[Any]] = {name: [] for name in _SCANNED.names}
    bad: list[dict[str, Any]] = []
    count = 0
    with one.files[place].open("rb", buffering=_BUFFER) as file:
        for offset, line, length in _lines(file, start, end):
            count += 1
            if not line.strip(b" \t\r\n\xef\xbb\xbf"):
                continue
            if limit is not None and len(bad) + len(found["number"]) >= limit:
                break
            try:
                told = _read(plan, one, line, length)
            except BadRow as error:
                shown = line[:SHOWN].decode(errors="replace") if len(bad) < _MOST_SHOWN else ""
                bad.append(
                    {"number": count, "reason": error.reason, "detail": error.detail,
                     "shown": shown}
                )  # fmt: skip
                continue
            for name, value in zip(_SCANNED.names, (count, offset, length, *told), strict=True):
                found[name].append(value)
    return pa.table(found, schema=_SCANNED), bad, count


def _lines(file: BinaryIO, start: int, end: int) -> Iterator[tuple[int, bytes, int]]:
    """Offset, bytes and length of each line that begins in [start, end).

    Split at newline bytes only: U+2028 and its kin belong to the text. Of a line longer than
    LONGEST_ROW only the beginning is held.
    """
    offset = start
    if start:
        file.seek(start - 1)
        offset += _skip(file, file.readline(LONGEST_ROW)) - 1
    while offset < end and (line := file.readline(LONGEST_ROW)):
        length = _skip(file, line)
        yield offset, line, length
        offset += length


def _skip(file: BinaryIO, line: bytes) -> int:
    """Length in bytes of a whole line of which `line` is the beginning; its rest is passed over."""
    length = len(line)
    while line and not line.endswith(b"\n"):
        line = file.readline(LONGEST_ROW)
        length += len(line)
    return length


def _read(plan: Plan, one: Input, line: bytes, length: int) -> tuple[str, str, str]:
    """Id of the problem, hash of its reference, and what recorded outputs are joined by."""
    if length > LONGEST_ROW:
        raise BadRow("row_too_long", f"{length:,} bytes; at most {LONGEST_ROW:,}")
    row = parse_row(line)
    source = one.source
    if one.outputs_of is not None:
        fields = plan.spec.generate[one.outputs_of].settings.get("fields") or {}
        return "", "", digest(text_of(field(row, fields.get("problem", "problem"))))
    asked = read_asked(row, source.fields, source.defaults)
    key = source.fields.get("key")
    joins = text_of(field(row, key)) if key else asked.plain
    gold = digest(asked.answer, asked.kind, asked.check)
    return asked.id(source.name), gold, digest(joins)
