"""Which batches a server works on for us: a small file, so that none is paid for twice.

A batch takes up to a day; whoever asked for it may be gone by then, and comes back for it.
"""

import os
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from generators.errors import Stopped

_KEPT = (
    2 * 86400
)  # seconds that a fetched batch is remembered, should its answers get lost after all


@dataclass
class Batch:
    """One batch at a server."""

    name: str
    """Ours, which the server keeps as well, as metadata."""
    url: str
    model: str
    keys: list[str]
    """Keys of the requests in it that are not known to have failed."""
    id: str = ""
    """The server's; "" until it has told it."""
    fetched: float = 0.0
    """When all of it was fetched, by the wall clock; 0 while it is not."""


class BatchFile:
    """The batches of a run folder. UserError and Stopped tell what is wrong with the file."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "batches.json"
        self.batches: dict[str, Batch] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for row in orjson.loads(self._path.read_bytes()):
                self.batches[row["name"]] = Batch(**row)
        except FileNotFoundError:
            pass
        except (OSError, ValueError, TypeError, LookupError) as error:
            raise Stopped(
                f"{self._path} cannot be read ({error}): move it away, and what its batches "
                "brought is asked again"
            ) from None

    def keep(self, batches: Iterable[Batch] = ()) -> None:
        """Write the file, with these batches in it."""
        self.batches |= {batch.name: batch for batch in batches}
        old = time.time() - _KEPT
        rows = [
            asdict(batch)
            for batch in self.batches.values()
            if batch.keys and not 0 < batch.fetched < old
        ]
        beside = self._path.with_suffix(".tmp")
        try:
            with beside.open("wb") as file:
                file.write(orjson.dumps(rows))
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._path)
        except OSError as error:
            raise Stopped(f"{self._path}: {error.strerror}") from None
