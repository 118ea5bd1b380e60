"""Asks by the Batch API: a file of requests goes up, a file of answers comes down within a day.

https://platform.openai.com/docs/guides/batch, by OpenAI's own library. Half the price; no answer
before the whole batch is done. Batches go on at the server while nobody waits for them.
"""

import random
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import httpx2
import openai
import orjson

from generators.asking import Completion, Request
from generators.backends.batch_file import Batch, BatchFile
from generators.backends.dispatch import Terms
from generators.backends.faults import Fault, fatal, of_status
from generators.backends.flight import Flight, Job
from generators.backends.keys import Secret, shown
from generators.backends.openai_answer import of_object
from generators.backends.openai_client import fault_of
from generators.backends.replicas import Server
from generators.backends.reply import failed, read
from generators.backends.retries import growing
from generators.errors import Stopped, UserError

if TYPE_CHECKING:
    from generators.backends.openai import OpenAI

T = TypeVar("T")
_OPEN = 16  # batches at the server at a time
_BYTES = 150 << 20  # of one file; OpenAI takes 200 MB
_ENDED = frozenset({"completed", "failed", "expired", "cancelled"})


def by_batch(
    backend: "OpenAI", terms: Terms, requests: Iterator[Request], size: int, poll: float
) -> Iterator[Completion]:
    """Completions of all the requests, in batches of `size`."""
    if backend.folder is None:
        raise UserError("batch: name a batch_folder, where the ids of unfinished batches are kept")

    def wait(seconds: float) -> bool:
        return backend.stop.wait(seconds) if seconds else backend.stop.is_set()

    desk = BatchDesk(
        server=backend.servers[0],
        key=terms.key,
        key_name=terms.key_name,
        path=backend.body.path,
        file=BatchFile(backend.folder),
        poll=poll,
        wait=wait,
        tell=backend.tell,
    )
    with desk.client:
        yield from desk.complete(map(backend.body.job, requests), size)


@dataclass
class BatchDesk:
    """What it takes to send batches to one server and to fetch them."""

    server: Server
    key: Secret
    key_name: str
    path: str
    file: BatchFile
    poll: float
    """Seconds between two looks at the batches that are under way."""
    wait: Callable[[float], bool]
    """Waits so many seconds, or until the user stops; returns whether he has."""
    tell: Callable[[str], None]
    client: openai.OpenAI = field(init=False)
    jobs: dict[str, Job] = field(default_factory=dict)
    """What was asked and is not yet answered, by key."""
    rng: random.Random = field(default_factory=lambda: random.Random(0))

    def __post_init__(self) -> None:
        self.client = openai.OpenAI(
            base_url=self.server.url,
            api_key=str(self.key) or "none",
            max_retries=0,
            http_client=openai.DefaultHttpx2Client(follow_redirects=False),
        )

    def complete(self, jobs: Iterator[Job], size: int) -> Iterator[Completion]:
        """Completions, batch by batch; jobs that an earlier run sent are not sent again."""
        under_way = {key: batch for batch in self._known() for key in batch.keys}
        followed: dict[str, Batch] = {}
        group: list[Job] = []
        weight = 0
        for job in jobs:
            self.jobs[job.key] = job
            if (batch := under_way.get(job.key)) is not None:
                followed[batch.name] = batch
                job.forget()
                continue
            group.append(job)
            weight += len(job.body)
            if len(group) >= size or weight > _BYTES:
                self._send(group, followed)
                group, weight = [], 0
            while len(followed) >= _OPEN and not self.wait(0):
                yield from self._settle(followed)
        if group and not self.wait(0):
            self._send(group, followed)
        while followed and not self.wait(0):
            yield from self._settle(followed)
        if followed:
            self.tell(
                f"{len(followed)} batches go on at {self.server.url}: run again to fetch them"
            )
        for job in list(self.jobs.values()):
            yield self._failed(job, "stopped", "")

    def _known(self) -> list[Batch]:
        """Batches of earlier runs at this server; one that never came to be is forgotten."""
        batches = [b for b in self.file.batches.values() if b.url == self.server.url]
        for batch in batches:
            if not batch.id:
                batch.id = self._sent_before(batch)
                batch.keys = batch.keys if batch.id else []
        return batches

    def _send(self, jobs: list[Job], followed: dict[str, Batch]) -> None:
        keys = [job.key for job in jobs]
        batch = Batch(uuid.uuid4().hex, self.server.url, jobs[0].model, keys)
        self.file.keep([batch])  # before it exists: after a kill it is found by its name
        batch.id = self._created(batch, jobs)
        self.file.keep()
        followed[batch.name] = batch
        for job in jobs:
            job.forget()

    def _created(self, batch: Batch, jobs: list[Job]) -> str:
        with tempfile.TemporaryFile() as lines:
            for job in jobs:
                row = {"custom_id": job.key, "method": "POST", "url": f"/v1{self.path}"}
                lines.write(orjson.dumps({**row, "body": orjson.Fragment(job.body)}) + b"\n")

            def upload() -> str:
                lines.seek(0)
                name = f"{batch.name}.jsonl"
                return str(self.client.files.create(file=(name, lines), purpose="batch").id)

            uploaded = self._tried(upload)

        def create() -> str:
            endpoint: Any = f"/v1{self.path}"
            made = self.client.batches.create(
                input_file_id=uploaded, endpoint=endpoint, completion_window="24h",
                metadata={"name": batch.name},
            )  # fmt: skip
            return str(made.id)

        def create_once() -> str:
            # An answer that got lost may have made a batch: one more would be paid twice.
            return self._sent_before(batch) or create()

        try:
            return self._called(create)
        except Fault as fault:
            if fault.cost in ("run", "sample"):
                raise self._fatal(fault) from None
            return self._tried(create_once)

    def _sent_before(self, batch: Batch) -> str:
        """The id of a batch of this name at the server; "" where there is none."""
        for one in self._tried(lambda: self.client.batches.list(limit=100)):
            if (one.metadata or {}).get("name") == batch.name:
                return str(one.id)
        return ""

    def _settle(self, followed: dict[str, Batch]) -> Iterator[Completion]:
        """Look at each batch once and fetch those that have ended; then wait."""
        for batch in list(followed.values()):
            told = self._looked(batch)
            if told is not None and told.status not in _ENDED:
                continue
            del followed[batch.name]
            yield from self._fetched(batch, told)
        if followed:
            self.wait(self.poll)

    def _looked(self, batch: Batch) -> Any:
        """What the server says of a batch; None where it knows of none."""
        try:
            return self._tried(lambda: self.client.batches.retrieve(batch.id), missing=True)
        except Fault:
            return None

    def _fetched(self, batch: Batch, told: Any) -> Iterator[Completion]:
        """Answers of a batch that has ended, and a failure for each request without one."""
        lost: list[str] = []
        for name in ("output_file_id", "error_file_id"):
            if identity := getattr(told, name, None):
                yield from self._read(identity, set(batch.keys), lost)
        why = f"batch_{told.status}" if told is not None else "batch_gone"
        errors = getattr(getattr(told, "errors", None), "data", None) or []
        words = "; ".join(str(error.message) for error in errors[:3])
        for key in batch.keys:
            if (job := self.jobs.get(key)) is not None:
                lost.append(key)
                yield self._failed(job, "not_answered" if why == "batch_completed" else why, words)
        gone = set(lost)
        batch.keys = [key for key in batch.keys if key not in gone]  # those are asked again
        batch.fetched = time.time()
        self.file.keep()

    def _read(self, identity: str, keys: set[str], lost: list[str]) -> Iterator[Completion]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "answers.jsonl")

            def download() -> None:
                with self.client.files.with_streaming_response.content(identity) as answer:
                    answer.stream_to_file(path)

            self._tried(download)
            with path.open("rb") as lines:
                for line in lines:
                    completion = self._of_line(line, keys, lost)
                    if completion is not None:
                        yield completion

    def _of_line(self, line: bytes, keys: set[str], lost: list[str]) -> Completion | None:
        """The completion in a line of answers; None where it is not to be had from this batch."""
        try:
            row = orjson.loads(line)
            job, answer = self.jobs.get(row["custom_id"]), row.get("response")
        except (orjson.JSONDecodeError, LookupError, TypeError, AttributeError):
            return None  # whose it was cannot be told: its request counts as not answered
        if job is None or job.key not in keys:
            return None  # not asked for in this run, or failed here before and sent once more
        job.tries.attempts = 1
        try:
            if not isinstance(answer, dict):
                raise Fault("not_answered", str(row.get("error") or ""))
            if answer.get("status_code") != 200:
                raise of_status(
                    int(answer.get("status_code") or 0), {}, orjson.dumps(answer.get("body"))
                )
            said = read(Flight(job, self.server, 0.0, 0.0), of_object(answer.get("body")), self.key)
        except Fault as fault:
            lost.append(job.key)
            return self._failed(job, fault.reason, fault.words)
        del self.jobs[job.key]
        self.server.answered += 1
        self.server.prompt_tokens += said.prompt_tokens
        self.server.completion_tokens += said.completion_tokens
        return said

    def _failed(self, job: Job, reason: str, words: str) -> Completion:
        self.jobs.pop(job.key, None)
        self.server.faults[reason] += 1
        return failed(job, reason, shown(words, self.key), self.server.url)

    def _tried(self, call: Callable[[], T], *, missing: bool = False) -> T:
        """The call's result, however long the server is busy or away.

        Fault where it knows no such thing and `missing` allows for that; UserError and Stopped
        where it will never do.
        """
        for times in range(1 << 30):
            try:
                return self._called(call)
            except Fault as fault:
                if missing and fault.status == 404:
                    raise
                if fault.cost in ("run", "sample"):
                    raise self._fatal(fault) from None
                pause = max(fault.pause or 0.0, growing(times, self.rng))
                if times % 8 == 2:
                    words = shown(fault.words, self.key)
                    self.tell(f"{self.server.url}: {fault.reason} ({words}), again and again")
                if self.wait(pause):
                    why = f"{self.server.url} does not answer: {fault.reason}"
                    raise Stopped(f"{why}; run again to go on from here") from None
        raise AssertionError("a range without end has ended")

    def _called(self, call: Callable[[], T]) -> T:
        try:
            return call()
        except (openai.OpenAIError, httpx2.HTTPError) as error:
            fault = fault_of(error)
        raise fault

    def _fatal(self, fault: Fault) -> Exception:
        fault.words = shown(fault.words, self.key)
        return fatal(fault, self.server.url, self.key_name, [])
