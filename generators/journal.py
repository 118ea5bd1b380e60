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
from typing import Any, NamedTuple

import orjson
import pyarrow as pa

from generators.asking import Completion
from generators.errors import Stopped

GROUP = 32  # completions per commit, at most
PATIENCE = 1.0  # seconds that an uncommitted completion may wait
_LOOKUP = 500  # keys per query; SQLite allows at least 999 variables


class Asked(NamedTuple):
    """Requests to one server that ended in one way, and what they took."""

    model: str
    """Its name in the spec."""
    server: str
    """Base URL; "" for a backend without servers."""
    finish: str
    requests: int
    attempts: int
    prompt_tokens: int
    completion_tokens: int
    discarded_tokens: int
    """Of attempts that brought nothing, as far as the servers told."""


_COUNTED = """
    insert into asked values (?, ?, ?, 1, ?, ?, ?, ?)
    on conflict do update set requests = requests + 1, attempts = attempts + excluded.attempts,
    prompt_tokens = prompt_tokens + excluded.prompt_tokens,
    completion_tokens = completion_tokens + excluded.completion_tokens,
    discarded_tokens = discarded_tokens + excluded.discarded_tokens
"""


def _counts(said: Completion) -> tuple[str, str, int, int, int, int]:
    return (
        said.server, said.finish, said.attempts, said.prompt_tokens, said.completion_tokens,
        said.discarded_tokens,
    )  # fmt: skip


class Journal:
    """The completions of a run, by request key. One process writes, any number read.

    Stopped, with the path and the mend, where the disk is full or the file is damaged as a whole.
    """

    def __init__(self, folder: Path, *, readonly: bool = False) -> None:
        self._path = folder / "completions.sqlite"
        self._writing = threading.RLock()
        self._waiting = 0
        self._timer: threading.Timer | None = None  # a slow model must not keep one waiting
        self._fault: Stopped | None = None
        # Not immutable=1: the log of a writer that was killed must still be read.
        place = f"{self._path.resolve().as_uri()}?mode={'ro' if readonly else 'rwc'}"
        with self._told():
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
        self._db.execute(
            "create table if not exists asked (model text, server text, finish text,"
            " requests integer, attempts integer, prompt_tokens integer,"
            " completion_tokens integer, discarded_tokens integer,"
            " primary key (model, server, finish)) without rowid"
        )
        self._db.commit()

    def add(self, completion: Completion, model: str = "") -> None:
        """Keep a completion; durable within PATIENCE seconds or GROUP completions.

        `model` is the name by which its cost is counted. One that ended in an error is counted
        and not kept, so that it is asked again.
        """
        with self._writing, self._told():
            self._db.execute(_COUNTED, (model, *_counts(completion)))
            if completion.finish.startswith("error:"):
                return self._commit_soon()
            self._keep(completion)

    def _keep(self, completion: Completion) -> None:
        key = completion.key
        text = orjson.dumps(asdict(completion))
        body = pa.compress(text, codec="zstd", asbytes=True)
        row = (key, _checksum(key.encode(), len(text), body), len(text), body)
        self._db.execute("insert or replace into completions values (?, ?, ?, ?)", row)
        self._commit_soon()

    def _commit_soon(self) -> None:
        self._waiting += 1
        if self._waiting >= GROUP or self._fault is not None:
            self.flush()
        elif self._timer is None:
            self._timer = threading.Timer(PATIENCE, self._flush_late)
            self._timer.daemon = True
            self._timer.start()

    def flush(self) -> None:
        """Make everything added so far durable."""
        with self._writing, self._told():
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
        """Those of the keys that have a sound completion; a damaged one counts as missing."""
        return {key for key, _, _ in self._sound(keys)}

    def get(self, keys: Iterable[str]) -> dict[str, Completion]:
        """The completions of these keys; a damaged one is left out, so that it is asked again."""
        return {
            key: Completion(**orjson.loads(pa.decompress(body, size, "zstd", asbytes=True)))
            for key, size, body in self._sound(keys)
        }

    def asked(self) -> list[Asked]:
        """What was asked so far, of which model and server, and how it ended."""
        with self._told():
            rows = self._db.execute("select * from asked").fetchall()
        # The text of this file comes back as bytes, see above.
        return [Asked(*(text.decode() for text in row[:3]), *row[3:]) for row in rows]

    def _sound(self, keys: Iterable[str]) -> Iterator[tuple[str, int, bytes]]:
        wanted = list(keys)
        for start in range(0, len(wanted), _LOOKUP):
            some = wanted[start : start + _LOOKUP]
            marks = ",".join("?" * len(some))
            query = f"select key, size, body, checksum from completions where key in ({marks})"
            with self._told():
                rows = self._db.execute(query, some).fetchall()
            for key, size, body, checksum in rows:
                if checksum == _checksum(key, size, body):
                    yield key.decode(), size, body

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What SQLite cannot do, as one line for the user."""
        try:
            yield
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            match getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF:
                case sqlite3.SQLITE_FULL:
                    mend = "no room on the disk: free some and run the same command again"
                # ERROR is a fault in the SQL; ours has none, so it is the schema in the file.
                case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_ERROR:
                    mend = (
                        "it is damaged: save what is sound by `sqlite3 FILE .recover`, or move it "
                        "away and what it held is asked again"
                    )
                case _:
                    mend = str(error)
            raise Stopped(f"the journal {self._path}: {mend}") from None
        except OSError as error:
            raise Stopped(f"the journal {self._path}: {error.strerror}") from None

    def close(self) -> None:
        """Commit what waits and let go of the file."""
        try:
            self.flush()
        finally:
            self._db.close()


def _checksum(key: Any, size: Any, body: Any) -> int | None:
    """Over all of a row, so that no flipped bit is taken for what was said; None for other types.

    What comes back from a damaged file may be of any type.
    """
    if not (isinstance(key, bytes) and isinstance(size, int) and isinstance(body, bytes)):
        return None
    return zlib.crc32(b"%b %d %b" % (key, size, body))
