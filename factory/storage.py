"""Parts on disk: declared schemas, whole or absent, each with the key of what it was made from.

A part is written beside its place, synced, and renamed into it, so that a file with its final name
is complete. Its footer holds `reads` (hash of everything that went in: equal means up to date),
`digest` (hash of its content: what the next stage's `reads` is made of) and `counts`.
"""

import errno
import fcntl
import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import xxhash

from generators.errors import Stopped, UserError

# Text compresses by zstd, not by dictionaries: a dictionary of long unique texts only costs.
# Level 3 would be a tenth smaller and take twice the time, which was a tenth of a whole build's.
_WRITE: dict[str, Any] = {
    "compression": "zstd",
    "compression_level": 1,
    "write_page_index": True,
    "write_page_checksum": True,
    "store_schema": True,
}
_PLAIN = {"outcome", "reason", "source", "kind", "domain", "language", "stream", "generator",
          "model", "finish", "split", "licence"}  # fmt: skip


def hash_of(*values: Any) -> str:
    """Hash of plain values, for keys."""
    return xxhash.xxh3_128_hexdigest(json.dumps(values, sort_keys=True).encode())


def part_path(folder: Path, part: int) -> Path:
    """Where a part of a stage lies."""
    return folder / f"part-{part:05}.parquet"


def writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """A Parquet writer with the settings of this project."""
    dictionaries: Any = [field.name for field in schema if field.name in _PLAIN] or False
    return pq.ParquetWriter(path, schema, use_dictionary=dictionaries, **_WRITE)


@contextmanager
def written(path: Path, *, durable: bool = True) -> Iterator[Path]:
    """A path to write to; when the block ends it is synced and renamed to `path`.

    Not `durable`: it is not synced, for it is of no use to another run.
    Stopped, with the path and the mend, where the disk is full or may not be written.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield beside
        if durable:
            sync(beside)
        beside.replace(path)
        if durable:
            sync(path.parent)
    except OSError as error:
        size = beside.stat().st_size if beside.exists() else 0
        raise _stopped(path, error, size) from None
    finally:
        with suppress(FileNotFoundError, NotADirectoryError):
            beside.unlink()


def _stopped(path: Path, error: OSError, size: int) -> Stopped:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Stopped(
            f"no room on the disk for {path} ({size:,} bytes of it were written): free some and "
            "run the same command again; everything finished so far is kept"
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Stopped(f"may not write {path}: {error.strerror}; give another folder by --runs")
    return Stopped(f"could not write {path}: {error.strerror or error}")


def sync(path: Path) -> None:
    """fsync a file or a folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_part(
    path: Path, table: pa.Table, reads: str, counts: Mapping[str, int] | None = None
) -> str:
    """Write one part; returns the digest of its content."""
    digest = content_digest(table)
    told = {"reads": reads, "digest": digest, "counts": json.dumps(counts or {}, sort_keys=True)}
    with written(path) as beside, writer(beside, table.schema) as out:
        out.write_table(table)
        out.add_key_value_metadata(footer(table.schema, table.num_rows, told))
    return digest


def content_digest(table: pa.Table) -> str:
    """Hash of the content of a table, whatever it is stored as."""
    h = xxhash.xxh3_128(str(table.num_rows).encode())
    for column in table.combine_chunks().columns:
        for chunk in column.chunks:
            h.update(str(chunk.offset).encode())  # the buffers of a slice are its whole parent's
            for buffer in chunk.buffers():
                h.update(b"-" if buffer is None else buffer)
    return h.hexdigest()


def told(path: Path) -> dict[str, str]:
    """What the footer of a part says; {} where the part is absent or its footer damaged."""
    try:
        state = path.stat()
    except FileNotFoundError:
        return {}
    return dict(_told(path, state.st_ino, state.st_mtime_ns, state.st_size))


@lru_cache(maxsize=1 << 16)
def _told(path: Path, *state: int) -> dict[str, str]:
    """A stage asks for the footers of the stages before it: each is read once while it stands."""
    try:
        with pq.ParquetFile(path) as file:
            return _footer(file)
    except _DAMAGE as error:
        if getattr(error, "errno", None) not in (None, errno.ENOENT):
            raise _unreadable(path, error) from None
        return {}


# What a flipped bit in a footer can end in.
_DAMAGE = (OSError, pa.ArrowException, UnicodeDecodeError)


def footer(schema: pa.Schema, rows: int, told: Mapping[str, str]) -> dict[str, str]:
    """What goes into a footer. Parquet has checksums of pages, but none of a footer: ours has."""
    # Parquet has its own names inside of nested types.
    types = [[f.name, "" if pa.types.is_nested(f.type) else str(f.type)] for f in schema]
    check = hash_of(types, rows, dict(told))
    return {f"factory.{key}": value for key, value in {**told, "check": check}.items()}


def _footer(file: pq.ParquetFile) -> dict[str, str]:
    metadata = {k.decode(): v.decode() for k, v in (file.metadata.metadata or {}).items()}
    ours = {k: v for k, v in metadata.items() if k.startswith("factory.")}
    told = {k.removeprefix("factory."): v for k, v in ours.items() if k != "factory.check"}
    if ours != footer(file.schema_arrow, file.metadata.num_rows, told):
        raise pa.ArrowInvalid("the checksum of the footer differs")
    return told


def read(path: Path, columns: list[str] | None = None) -> pa.Table:
    """The content of a part. Stopped where it is missing or damaged: parts can be made again."""
    try:
        # A quarter of the cost of pq.read_table, which looks for folders of partitions first.
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            _footer(file)
            table = file.read(columns=columns, use_threads=False)
            if table.num_rows != file.metadata.num_rows:
                raise pa.ArrowInvalid("the footer tells of another number of rows")
            return table
    except _DAMAGE as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: Exception) -> Stopped:
    number = getattr(error, "errno", None)
    if number == errno.ENOENT:
        return Stopped(f"{path} is missing: run the same command again to make it")
    if number is not None:
        return Stopped(f"could not read {path}: {os.strerror(number)}")
    what = ascii(str(error).partition("\n")[0])
    return Stopped(f"{path} is damaged ({what}): delete it and run the same command again")


def inside(folder: Path, root: Path) -> Path:
    """`folder`, which must lie in `root` also after following links; UserError where it leaves."""
    if not folder.resolve().is_relative_to(root.resolve()):
        raise UserError(f"{folder} leads out of {root}: the run folder must lie inside it")
    return folder


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Be the one writer of a run folder; UserError naming the process that is it already.

    The lock belongs to the open file, so the kernel drops it when its process dies, however.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise _stopped(folder, error, 0) from None
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(handle, 200).decode(errors="replace").strip() or "another process"
            raise UserError(
                f"{folder} is being written by {holder}: wait for it, or end it and try again"
            ) from None
        os.ftruncate(handle, 0)
        try:
            os.pwrite(handle, f"process {os.getpid()}\n".encode(), 0)
        except OSError as error:
            raise _stopped(folder / ".lock", error, 0) from None
        try:
            yield
        finally:
            sweep(folder)  # of workers that were ended in the middle of a part
        os.ftruncate(handle, 0)
    finally:
        os.close(handle)


def sweep(folder: Path) -> None:
    """Remove what a killed run left half-written. Only the holder of the lock may."""
    for leftover in folder.rglob(".*.[0-9]*"):
        if leftover.suffix[1:].isdigit():
            leftover.unlink(missing_ok=True)


def counts_of(footer: Mapping[str, str]) -> Counter[str]:
    """The counts in a part's footer."""
    return Counter(json.loads(footer.get("counts", "{}")))


def json_text(value: Any) -> str:
    """A free-form value as JSON text, which stands in a column without giving it a shape."""
    return json.dumps(value, ensure_ascii=False)


def read_json(path: Path) -> dict[str, Any]:
    """A JSON file of the run folder; {} where it is absent or damaged, as all can be made again."""
    try:
        value = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}
