"""Files that may be broken: opened, or refused in one line that names them."""

import gzip
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from generators.errors import UserError


@contextmanager
def unpacked(path: Path) -> Iterator[BinaryIO]:
    """The content of a .gz file; UserError where it is none or ends too soon."""
    try:
        with gzip.open(path) as file:
            yield cast(BinaryIO, file)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise UserError(f"{path} is damaged: {error}") from None


@contextmanager
def parquet_file(path: str) -> Iterator[Any]:
    """An open `pyarrow.parquet.ParquetFile`; UserError where it is none or is damaged."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            yield file
    except (OSError, pa.ArrowInvalid) as error:
        what = str(error).splitlines()[0]
        raise UserError(f"{path} cannot be read as Parquet: {what}") from None


def count_parquet(paths: Iterable[str]) -> int:
    """Rows of Parquet files, as their footers tell."""
    count = 0
    for path in paths:
        with parquet_file(path) as file:
            count += file.metadata.num_rows
    return count
