"""`factory grade`: JSON Lines of problems and responses in, a verdict for each out, in order.

It is a pipe: the line of a row is out before the next row is waited for, and no row costs another.
"""

import json
import queue
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from filters.answers import response_tail, stated_answer
from filters.ending import last_value
from filters.verdict import Verdict, unknown
from filters.verify import reference, verify_response
from generators.errors import BadRow
from generators.json_rows import parse_row, text_of
from generators.records import KINDS, Problem, problem_id
from generators.registry import nearest
from generators.text import language_of

AHEAD = 4
"""Rows per worker that may be read before the first of them is written."""

Graded = dict[str, Any]


def graded(
    lines: Iterable[bytes], *, workers: int = 1, seconds: float = 5.0, explain: bool = False
) -> Iterator[Graded]:
    """What each line comes to, in order; a line that is no row keeps its place as unknown.

    `seconds` limits one case. Several workers judge rows that stand near each other at once, in
    threads: what takes long or may not end runs in the processes of `filters.bounded`.
    """
    rows = (line for line in lines if line.strip())
    if workers == 1:
        for line in rows:
            yield grade(line, seconds, explain=explain)
        return
    with ThreadPoolExecutor(workers, "grade") as pool:
        for future in _ahead(pool, rows, workers * AHEAD, seconds, explain):
            yield future.result()


def _ahead(
    pool: ThreadPoolExecutor, rows: Iterator[bytes], most: int, seconds: float, explain: bool
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
                put(pool.submit(grade, line, seconds, explain=explain))
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


def grade(line: bytes, seconds: float, *, explain: bool = False) -> Graded:
    """Judge one line."""
    began = time.perf_counter()
    identity = None
    why: Graded = {}
    try:
        row = parse_row(line)
        identity = row.get("id")
        problem, response = _read(row)
        verdict = verify_response(problem, response, seconds=seconds)
        why = {"explain": _explained(problem, response)} if explain else {}
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
