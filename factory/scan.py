"""A look at every row: what it is for, where it stands, and why it was refused. No text is kept."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl

from factory import buckets
from factory.buckets import Buckets
from factory.inputs import limit_of, name_of
from factory.plan import Input, Plan
from factory.workers import Pool
from generators.errors import BadRow
from generators.json_rows import LONGEST_ROW, parse_row, text_of
from generators.json_rows import field as field_of
from generators.mapping import read_asked
from generators.records import digest

_PIECE = 32 << 20  # bytes of a file that one task scans
_BUFFER = 1 << 20  # bytes read at once: a long trace is several of the usual buffers
SHOWN = 300  # characters of a refused row that are kept to be shown
_MOST_SHOWN = 1000  # refused rows of a piece of a file that keep them

_AT_ONCE = 10_000  # rows that are held as Python's objects, which are large
_SCANNED = {
    "number": pl.Int64,
    "offset": pl.Int64,
    "length": pl.Int64,
    "problem": pl.String,
    "gold": pl.String,
    "key": pl.String,
}


@dataclass
class Scanned:
    """All rows of all inputs, in their order, and the refused ones apart."""

    sources: Buckets
    """By the problem that a row is for."""
    outputs: Buckets
    """Recorded outputs, by what joins them to a problem, which they do not know yet."""
    bad: list[dict[str, Any]] = field(default_factory=list)
    lines: Counter[str] = field(default_factory=Counter)
    """Rows of each source, the refused ones too."""


def scanned(plan: Plan, pool: Pool, folder: Path) -> Scanned:
    """Look at every row of all inputs; what is found about them is written to a folder."""
    tasks: list[tuple[Any, ...]] = []
    total = 0
    for number, one in enumerate(plan.inputs):
        for place, path in enumerate(one.files):
            size = path.stat().st_size
            total += size
            # A limited source is read from its start until it has enough rows, by one task.
            step = _PIECE if limit_of(plan, one.source) is None else max(size, 1)
            tasks += [
                (plan, number, place, start, min(start + step, size), folder)
                for start in range(0, max(size, 1), step)
            ]
    results = {task[1:4]: found for task, found in pool.run(_scan, tasks)}
    bits = buckets.bits_for(total)
    done = Scanned(
        Buckets(folder, "sources", "problem", bits), Buckets(folder, "outputs", "key", bits)
    )
    before: Counter[tuple[int, int]] = Counter()  # lines of a file before a piece of it
    for _, number, place, start, *_ in tasks:
        path, refused, count = results.pop((number, place, start))
        skipped = before[number, place]
        before[number, place] += count
        refused = [{**row, "number": row["number"] + skipped} for row in refused]
        one = plan.inputs[number]
        name = one.source.name
        limit = limit_of(plan, one.source)
        last = None if limit is None else _last(path, refused, limit - done.lines[name])
        for table in buckets.read(path):
            rows = table.with_columns(
                pl.col("number") + skipped,
                input=pl.lit(number, pl.Int32),
                file=pl.lit(place, pl.Int32),
            )
            rows = rows if last is None else rows.filter(pl.col("number") <= last)
            (done.sources if one.outputs_of is None else done.outputs).add(rows)
            done.lines[name] += rows.height
        path.unlink()
        refused = [row for row in refused if last is None or row["number"] <= last]
        done.lines[name] += len(refused)
        told = {"source": name, "file": name_of(plan, number, place)}
        done.bad += [{**told, **row} for row in refused]
    return done


def _last(path: Path, bad: list[dict[str, Any]], most: int) -> int:
    """Number of the line that ends the first `most` rows of a file, refused ones included."""
    good = [number for table in buckets.read(path) for number in table["number"]]
    numbers = sorted([*good, *(row["number"] for row in bad)])[:most]
    return numbers[-1] if numbers else 0


def _scan(
    plan: Plan, number: int, place: int, start: int, end: int, folder: Path
) -> tuple[Path, list[dict[str, Any]], int]:
    """Rows that begin in [start, end) of a file: where the good ones lie, the refused, the lines.

    What is found stays on disk, for a piece that comes before may be long in coming.
    """
    one = plan.inputs[number]
    limit = limit_of(plan, one.source)
    tables = [pl.DataFrame(schema=_SCANNED)]
    found: list[tuple[Any, ...]] = []
    good = 0
    bad: list[dict[str, Any]] = []
    count = 0
    with one.files[place].open("rb", buffering=_BUFFER) as file:
        for offset, line, length in _lines(file, start, end):
            count += 1
            if not line.strip(b" \t\r\n\xef\xbb\xbf"):
                continue
            if limit is not None and len(bad) + good >= limit:
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
            good += 1
            found.append((count, offset, length, *told))
            if len(found) == _AT_ONCE:
                tables.append(pl.DataFrame(found, schema=_SCANNED, orient="row"))
                found.clear()
    tables.append(pl.DataFrame(found, schema=_SCANNED, orient="row"))
    path = folder / f"piece-{number}-{place}-{start}.arrow"
    buckets.write(tables, path)
    return path, bad, count


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
        return "", "", digest(text_of(field_of(row, fields.get("problem", "problem"))))
    asked = read_asked(row, source.fields, source.defaults)
    key = source.fields.get("key")
    joins = text_of(field_of(row, key)) if key else asked.plain
    gold = digest(asked.answer, asked.kind, asked.check)
    return asked.id(source.name), gold, digest(joins)
