"""`factory grade`: JSON Lines of problems and responses in, a verdict for each out, in order.

It is a pipe: the line of a row is out before the next row is waited for, and no row costs another.
"""

import ctypes
import json
import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from typing import Any

from filters.answers.ending import last_value
from filters.answers.final import response_tail, stated_answer
from filters.mathematics import algebra
from filters.verdict import Verdict, unknown
from filters.verify import reference, verify_response
from generators.errors import BadRow
from generators.json_rows import parse_row, text_of
from generators.records import KINDS, Problem, problem_id
from generators.registry import nearest
from generators.texts.text import language_of

AHEAD = 4
"""Rows per worker that may be read before the first of them is written."""
OWN_SECONDS = 0.4
"""Processor time that a row may take here beyond its limit; what is known to take long is asked of
another process."""
_TICK = 0.05

Graded = dict[str, Any]


def graded(
    lines: Iterable[bytes], *, workers: int = 1, seconds: float = 5.0, explain: bool = False
) -> Iterator[Graded]:
    """What each line comes to, in order; a line that is no row keeps its place as unknown.

    `seconds` limits one case. Several workers judge rows that stand near each other at once, in
    threads: what takes long or may not end runs in the processes of `filters.bounded`.
    """
    algebra.start()  # it takes half a second: the first row that needs it should not have to wait
    rows = (line for line in lines if line.strip())
    with _Watch(seconds + OWN_SECONDS) as watch:
        if workers == 1:
            for line in rows:
                yield grade(line, seconds, explain=explain, watch=watch)
            return

        def judge(line: bytes) -> Graded:
            return grade(line, seconds, explain=explain, watch=watch)

        with ThreadPoolExecutor(workers, "grade") as pool:
            for future in _ahead(pool, rows, workers * AHEAD, judge):
                yield future.result()


def _ahead(
    pool: ThreadPoolExecutor, rows: Iterator[bytes], most: int, judge: Callable[[bytes], Graded]
) -> "Iterator[Future[Graded]]":
    """Hands rows out as they come, from a thread of its own: this one waits for results."""
    coming: queue.Queue[Future[Graded] | BaseException | None] = queue.Queue(most)
    over = threading.Event()

    def put(one: Any) -> None:
        while not over.is_set():
            try:
                return coming.put(one, timeout=0.1)
            except queue.Full:
                continue

    def read() -> None:
        try:
            for line in rows:
                if over.is_set():
                    return
                put(pool.submit(judge, line))
        except BaseException as error:  # noqa: BLE001  it is raised where the results are awaited
            put(error)
        else:
            put(None)

    threading.Thread(target=read, daemon=True).start()
    try:
        while (one := coming.get()) is not None:
            if isinstance(one, BaseException):
                raise one
            yield one
    finally:
        over.set()


class _TooLong(BaseException):
    """Raised in the thread of a row from outside; no handler of a filter's may take it."""


class _Watch:
    """Breaks rows off whose own thread has computed for longer than `limit` seconds.

    It counts the processor time of that thread, so waiting for another process costs a row nothing,
    and a busy machine breaks nothing off. Python is interrupted between two of its instructions: a
    single call of C is not, and the filters give none a text or a number of unbounded size.
    """

    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._rows: dict[int, tuple[int, float]] = {}  # thread -> its clock, and when to end
        self._lock = threading.Lock()
        self._over = threading.Event()

    def __enter__(self) -> "_Watch":
        if hasattr(time, "pthread_getcpuclockid"):  # not on macOS
            threading.Thread(target=self._look, name="watch", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()

    @contextmanager
    def row(self) -> Iterator[None]:
        """The time of one row, in this thread. _TooLong may come out of it."""
        thread = threading.get_ident()
        if hasattr(time, "pthread_getcpuclockid"):
            clock = time.pthread_getcpuclockid(thread)
            with self._lock:
                self._rows[thread] = clock, time.clock_gettime(clock) + self._limit
        try:
            yield
        finally:
            with self._lock:
                if self._rows.pop(thread, None) is None:
                    _raise(thread, None)  # it came too late, if it has not come

    def _look(self) -> None:
        while not self._over.wait(_TICK):
            with self._lock:
                for thread, (clock, end) in list(self._rows.items()):
                    if time.clock_gettime(clock) > end:
                        del self._rows[thread]
                        _raise(thread, _TooLong)


def _raise(thread: int, error: type[BaseException] | None) -> None:
    """Raise it in another thread as soon as that comes to its next instruction; None: do not."""
    what = ctypes.py_object(error) if error is not None else None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), what)


def grade(
    line: bytes, seconds: float, *, explain: bool = False, watch: _Watch | None = None
) -> Graded:
    """Judge one line."""
    began = time.perf_counter()
    identity = None
    why: Graded = {}
    try:
        with watch.row() if watch else nullcontext():
            row = parse_row(line)
            identity = row.get("id")
            problem, response = _read(row)
            verdict = verify_response(problem, response, seconds=seconds)
            why = {"explain": _explained(problem, response)} if explain else {}
    except _TooLong:
        verdict = unknown("timeout", "it was computing, and not in another process")
    except BadRow as error:
        verdict = unknown(error.reason, error.detail)
    except Exception as error:  # noqa: BLE001  the row boundary: one bad row must not end a run
        verdict = unknown(f"error:{type(error).__name__}", str(error)[:500])
    return {"id": identity, **_told(verdict), "seconds": _since(began), **why}


def _told(verdict: Verdict) -> Graded:
    return {
        "outcome": verdict.outcome, "reason": verdict.reason, "score": verdict.score,
        "detail": verdict.detail,
    }  # fmt: skip


def _since(began: float) -> float:
    return round(time.perf_counter() - began, 6)


def _read(row: Graded) -> tuple[Problem, str]:
    kind = row.get("kind")
    if kind not in KINDS:
        raise BadRow("bad_kind", f"{str(kind)[:60]!r} is no kind{nearest(str(kind)[:60], KINDS)}")
    if row.get("response") is None:
        raise BadRow("no_response", "the row has no response")
    question = text_of(row.get("question"))
    problem = Problem(
        id=problem_id("", question),
        question=question,
        answer=text_of(row.get("answer")),
        kind=str(kind),
        domain="",
        source="",
        language=language_of(question),
        check=text_of(row.get("check")),
    )
    return problem, text_of(row["response"])


def _explained(problem: Problem, response: str) -> Graded:
    """What was compared: the answer found and the rule that found it, and the reference."""
    text = response_tail(response)
    answer = stated_answer(text) or last_value(text)
    found = {"answer": answer.text[:500], "where": answer.where} if answer else {"answer": None}
    return {**found, "wanted": (reference(problem.answer) or problem.answer)[:500]}


def as_line(told: Graded) -> bytes:
    """A graded row as one line. ASCII, so that half a surrogate pair ends nothing."""
    return json.dumps(told).encode() + b"\n"
