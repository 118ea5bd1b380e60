"""Every completion, once: what was paid for is on disk and is never paid for again.

SQLite in WAL mode: its log survives a kill at any moment. Completions are committed in groups,
since a sync per completion would cost more than the completion; each carries a checksum, since a
disk may flip what a database believes.
"""

import sqlite3
import threading
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from generators.asking import Completion
from generators.errors import Stopped

GROUP = 32  # completions per commit, at most
PATIENCE = 1.0  # seconds that an uncommitted completion may wait
_LOOKUP = 500  # keys per query; SQLite allows at least 999 variables
_LARGEST = 1 << 30  # bytes of a completion: a flipped bit in a size must not take the memory


class Journal:
    """The completions of a run, by request key. One process writes, any number read."""

    def __init__(self, folder: Path, *, readonly: bool = False) -> None:
        self._path = path = folder / "completions.sqlite"
        self._writing = threading.RLock()
        self._waiting = 0
        self._timer: threading.Timer | None = None  # a slow model must not keep one waiting
        self._fault: Stopped | None = None
        # Not immutable=1: the log of a writer that was killed must still be read.
        place = f"{path.resolve().as_uri()}?mode={'ro' if readonly else 'rwc'}"
        with _stopping(path):
            if not readonly:
                folder.mkdir(parents=True, exist_ok=True)
            # The timer commits as well, from a thread of its own.
            self._db = sqlite3.connect(place, uri=True, check_same_thread=False)
            self._db.text_factory = bytes  # a damaged key is no text
            if not readonly:
                self._prepare()

    def _prepare(self) -> None:
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = full")
        self._db.execute(
            "create table if not exists completions"
            " (key text primary key, checksum integer, size integer, body blob) without rowid"
        )
        self._db.commit()

    def add(self, completion: Completion) -> None:
        """Keep a completion; durable within PATIENCE seconds or GROUP completions."""
        body = orjson.dumps(asdict(completion))
        packed = pa.compress(body, codec="zstd", asbytes=True)
        with self._writing, _stopping(self._path):
            self._db.execute(
                "insert or replace into completions values (?, ?, ?, ?)",
                (completion.key, zlib.crc32(body), len(body), packed),
            )
            self._waiting += 1
            if self._waiting >= GROUP or self._fault is not None:
                self.flush()
            elif self._timer is None:
                self._timer = threading.Timer(PATIENCE, self._flush_late)
                self._timer.daemon = True
                self._timer.start()

    def flush(self) -> None:
        """Make everything added so far durable."""
        with self._writing, _stopping(self._path):
            if self._fault is not None:
                raise self._fault
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            self._db.commit()
            self._waiting = 0

    def _flush_late(self) -> None:
        try:
            self.flush()
        except Stopped as fault:
            self._fault = fault  # told by the next call, in a thread that has a user

    def known(self, keys: Iterable[str]) -> set[str]:
        """Those of the keys that have a completion, and an undamaged one."""
        return set(self.get(keys))

    def get(self, keys: Iterable[str]) -> dict[str, Completion]:
        """The completions of these keys; a damaged one is left out, so that it is asked again."""
        found = {}
        for key, checksum, size, body in self._select(keys):
            completion = _restore(checksum, size, body)
            if completion is not None and completion.key.encode() == key:
                found[completion.key] = completion
        return found

    def _select(self, keys: Iterable[str]) -> Iterator[Any]:
        wanted = list(keys)
        for start in range(0, len(wanted), _LOOKUP):
            some = wanted[start : start + _LOOKUP]
            marks = ",".join("?" * len(some))
            with _stopping(self._path):
                yield from self._db.execute(
                    f"select key, checksum, size, body from completions where key in ({marks})",
                    some,
                )

    def close(self) -> None:
        """Commit what waits and let go of the file."""
        try:
            self.flush()
        finally:
            self._db.close()


@contextmanager
def _stopping(path: Path) -> Iterator[None]:
    """What SQLite cannot do, as one line for the user."""
    try:
        yield
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        match getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF:
            # ERROR is a fault in our SQL; it has none, so it is the schema in the file that has.
            case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_ERROR:
                mend = "is damaged: restore it, or move it away and what it held is asked again"
            case sqlite3.SQLITE_FULL:
                mend = "finds no room on the disk: free some and run the same command again"
            case _:
                mend = f"could not be read or written: {error}"
        raise Stopped(f"the journal {path} {mend}") from None
    except OSError as error:
        raise Stopped(f"the journal {path} could not be made: {error.strerror}") from None


def _restore(checksum: Any, size: Any, body: Any) -> Completion | None:
    if not (isinstance(size, int) and 0 < size <= _LARGEST and isinstance(body, bytes)):
        return None
    try:
        text = pa.decompress(body, decompressed_size=size, codec="zstd", asbytes=True)
    except (OSError, ValueError, MemoryError):
        return None  # a flipped bit inside the compressed frame
    return Completion(**orjson.loads(text)) if zlib.crc32(text) == checksum else None
