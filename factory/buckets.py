"""Tables too large for memory: cut by the first bits of a hash, so that like stands with like.

To join two tables, one bucket of each is read at a time, and nothing else.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import polars as pl
import pyarrow as pa

from factory import storage

_BYTES = 8 << 20  # of input for a bucket: its rows then take a few megabytes
_MOST_BITS = 8
_TOGETHER = 50_000  # rows of a file, which holds some of each bucket
_HEAD = 8  # hex digits


def bits_for(size: int) -> int:
    """How many bits make buckets that fit in memory easily, for so many bytes of input."""
    return min((size // _BYTES).bit_length(), _MOST_BITS)


def head(name: str) -> pl.Expr:
    """The first 32 bits of a hash in hex digits."""
    return pl.col(name).str.slice(0, _HEAD).str.to_integer(base=16, dtype=pl.Int64)


def first_bits(head: pl.Expr, bits: int) -> pl.Expr:
    """The first bits of a head: the number of a bucket, or of a part."""
    return head // (1 << (32 - bits))


@dataclass
class Buckets:
    """A table on disk: all rows are added, in order, and then read bucket by bucket."""

    folder: Path
    name: str
    by: str
    """The column with the hash."""
    bits: int
    """There are 2**bits buckets."""
    _files: list[Path] = field(default_factory=list)
    _held: list[pl.DataFrame] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Whether anything was added, be it without rows."""
        return bool(self._files or self._held)

    def add(self, rows: pl.DataFrame) -> None:
        """Rows that follow on those before."""
        self._held.append(rows)
        if sum(table.height for table in self._held) >= _TOGETHER:
            self._write()

    def _write(self) -> None:
        rows = pl.concat(self._held)
        self._held.clear()
        bucket = rows.select(first_bits(head(self.by), self.bits)).to_series()
        path = self.folder / f"{self.name}-{len(self._files)}.arrow"
        write((rows.filter(bucket == number) for number in range(1 << self.bits)), path)
        self._files.append(path)

    def read(self, bucket: int) -> pl.DataFrame:
        """The rows of a bucket, in order."""
        if self._held:
            self._write()
        return pl.concat([table for path in self._files for table in read(path, bucket)])


def write(tables: Iterable[pl.DataFrame], path: Path) -> None:
    """Tables of the same columns, at least one, as a file that is whole but not durable."""
    coming = iter(tables)
    first = next(coming)
    schema = first.to_arrow().schema
    none = pa.RecordBatch.from_pylist([], schema=schema)
    with (
        storage.written(path, durable=False) as beside,
        pa.OSFile(str(beside), "wb") as file,
        pa.ipc.new_file(file, schema) as out,
    ):
        for table in chain([first], coming):
            out.write(table.to_arrow().combine_chunks() if table.height else none)


def read(path: Path, only: int | None = None) -> Iterator[pl.DataFrame]:
    """The tables of a file, or one of them."""
    with pa.OSFile(str(path)) as file, pa.ipc.open_file(file) as tables:
        for number in range(tables.num_record_batches) if only is None else [only]:
            batch = pa.Table.from_batches([tables.get_batch(number)])
            yield pl.DataFrame(pl.from_arrow(batch))
