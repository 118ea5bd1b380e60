"""`factory grade`: a row in, its verdict out, in order, whatever the row is."""

import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import Desk, Row

from factory import grade as grading
from filters.verdict import Verdict, keep, unknown
from generators.records import Problem

DATA = Path(os.environ.get("FACTORY_DATA", Path(__file__).parents[3] / "shared" / "data"))


def row(number: int, answer: str, response: str, kind: str = "math", **more: Any) -> Row:
    return {
        "id": f"r{number}", "kind": kind, "question": "How many?", "answer": answer, "check": "",
        "response": response, **more,
    }  # fmt: skip


ROWS = [
    row(0, "10", "\\boxed{10}"),
    row(1, "10", "\\boxed{11}"),
    row(2, "10", "<think>10</think>It is \\boxed{\\frac{20}{2}}."),
    row(3, "", "\\boxed{10}"),
    row(4, "Paris", "paris.", "text"),
    row(5, "B", "Answer: B", "choice", check={"options": ["one", "two"]}),
    row(6, "10", "<think>It is 10, or"),
]
OUTCOMES = [
    ("keep", ""), ("reject", "wrong_answer"), ("keep", ""), ("unknown", "no_reference"),
    ("keep", ""), ("keep", ""), ("unknown", "cut_off"),
]  # fmt: skip
BAD = [
    (b"{\n", "bad_json"),
    (b"[1]\n", ""),
    (b'{"id": 7, "kind": "maths", "response": "x"}\n', "bad_kind"),
    (b'{"id": 8, "kind": "math", "answer": "1"}\n', "no_response"),
    (b"\xff\xfe\n", "bad_json"),
]


def grade(desk: Desk, *words: object) -> list[Row]:
    told = desk.factory("grade", *words)
    return [json.loads(line) for line in told.stdout.splitlines()]


@pytest.mark.parametrize("workers", [1, 3])
def test_every_row_comes_back_in_order(desk: Desk, workers: int) -> None:
    desk.lines("rows.jsonl", ROWS * 20)
    told = grade(desk, "rows.jsonl", "--workers", workers)
    assert [r["id"] for r in told] == [r["id"] for r in ROWS] * 20
    assert [(r["outcome"], r["reason"]) for r in told] == OUTCOMES * 20
    keys = ["id", "outcome", "reason", "score", "detail", "seconds"]
    assert all(list(r) == keys for r in told)
    assert told[0]["score"] == 1.0
    assert told[1]["score"] == 0.0
    assert told[3]["score"] is None
    assert "rung: " in told[1]["detail"]
    assert all(0 <= r["seconds"] < 60 for r in told)


@pytest.mark.parametrize("workers", [1, 2])
def test_bad_lines_keep_their_place(desk: Desk, workers: int) -> None:
    lines: list[Any] = []
    for line, _ in BAD:
        lines += [line, ROWS[0]]
    desk.lines("rows.jsonl", lines)
    told = grade(desk, "rows.jsonl", "--workers", workers)
    assert len(told) == len(lines)
    assert [r["id"] for r in told[1::2]] == ["r0"] * len(BAD)
    assert {r["outcome"] for r in told[0::2]} == {"unknown"}
    assert all(r["reason"] for r in told[0::2])
    for r, (_, reason) in zip(told[0::2], BAD, strict=True):
        assert reason in ("", r["reason"]) or reason == "bad_json"
    assert told[4]["id"] == 7


def test_it_says_what_it_compared(desk: Desk) -> None:
    desk.lines("rows.jsonl", ROWS[:2])
    told = grade(desk, "rows.jsonl", "--explain")
    assert told[1]["explain"] == {"answer": "11", "where": "box", "wanted": "10"}


def test_values_of_any_type(desk: Desk) -> None:
    rows = [
        row(0, 10, "\\boxed{10}"),  # type: ignore[arg-type]
        {**row(1, "10", "\\boxed{10}"), "id": [1, None]},
        {"kind": "math", "answer": "10", "response": 10},
        row(2, "10", "\\boxed{10}", check=None, question=None),
    ]
    desk.lines("rows.jsonl", rows)
    told = grade(desk, "rows.jsonl")
    assert [r["outcome"] for r in told] == ["keep", "keep", "keep", "keep"]
    assert [r["id"] for r in told] == ["r0", [1, None], None, "r2"]


@pytest.mark.parametrize("words", [[], ["-"], ["-", "--workers", "3"]])
def test_a_row_is_out_before_the_next_is_waited_for(desk: Desk, words: list[str]) -> None:
    with desk.start("grade", *words) as process:
        process.kill()
    command = process.args
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        cwd=desk.folder, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    ) as pipe:  # type: ignore[call-overload]  # fmt: skip
        for one, (outcome, _) in zip(ROWS, OUTCOMES, strict=True):
            pipe.stdin.write(json.dumps(one).encode() + b"\n")
            pipe.stdin.flush()
            assert select.select([pipe.stdout], [], [], 60)[0], "no line within a minute"
            told = json.loads(pipe.stdout.readline())
            assert (told["id"], told["outcome"]) == (one["id"], outcome)
        out, err = pipe.communicate(timeout=60)
        assert out == b""
        assert b"7 graded, 4 kept" in err
        assert pipe.returncode == 0


def test_memory_does_not_grow_with_the_input(desk: Desk) -> None:
    """A slow reader holds the rows back: of many, only a few are read ahead."""
    from factory.grade import AHEAD, graded

    read = 0

    def lines() -> Any:
        nonlocal read
        for number in range(1000):
            read += 1
            yield json.dumps(row(number, "1", "\\boxed{1}")).encode()

    coming = graded(lines(), workers=2)
    first = [next(coming) for _ in range(3)]
    time.sleep(0.5)
    assert [one["id"] for one in first] == ["r0", "r1", "r2"]
    assert read <= 3 + 2 * AHEAD + 3
    coming.close()  # type: ignore[attr-defined]


KILLERS = ["9^{9^{9^{9}}}", "\\sum_{k=1}^{10^{12}} \\sin(k^k)", "(x+y+z+w)^{400}", "{" * 50_000,
           "\\sqrt{" * 2000 + "2", "10^{10^{10}}!", "1+" * 20_000 + "1"]  # fmt: skip


def test_a_killer_costs_only_itself(desk: Desk) -> None:
    rows = []
    for number, killer in enumerate(KILLERS * 2):
        rows += [row(number, "10", f"\\boxed{{{killer}}}"), ROWS[0], ROWS[1]]
    desk.lines("rows.jsonl", rows)
    told = grade(desk, "rows.jsonl", "--workers", 2, "--seconds", 1)
    assert [r["outcome"] for r in told[1::3]] == ["keep"] * len(KILLERS) * 2
    assert [r["outcome"] for r in told[2::3]] == ["reject"] * len(KILLERS) * 2
    assert "keep" not in {r["outcome"] for r in told[0::3]}
    assert max(r["seconds"] for r in told) < 5


def forever() -> int:
    number = 0
    while True:
        number += 1


@pytest.mark.skipif(sys.platform != "linux", reason="the clock of a thread is Linux's")
@pytest.mark.parametrize("workers", [1, 3])
def test_a_row_that_computes_for_ever_is_broken_off(
    workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a filter's handlers do: it stands for a loop that nobody has thought of."""
    real = grading.verify_response

    def judge(problem: Problem, response: str, **settings: Any) -> Verdict:
        if response == "loop":
            try:
                forever()
            except Exception:  # noqa: BLE001 - a filter's own handler
                return unknown("undecided")
        return real(problem, response, **settings)

    monkeypatch.setattr(grading, "verify_response", judge)
    rows = [row(0, "10", "loop"), ROWS[0], row(1, "10", "loop"), ROWS[1], ROWS[2]]
    lines = [json.dumps(one).encode() for one in rows]
    told = list(grading.graded(lines, workers=workers, seconds=0.2))
    assert [one["id"] for one in told] == [one["id"] for one in rows]
    outcomes = [(one["outcome"], one["reason"]) for one in told]
    assert outcomes[0] == outcomes[2] == ("unknown", "timeout")
    assert [outcomes[n] for n in (1, 3, 4)] == OUTCOMES[:3]


def test_a_row_that_waits_is_not_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wait for another process has a limit of its own."""

    def judge(problem: Problem, response: str, **settings: Any) -> Verdict:
        time.sleep(1.0)
        return keep()

    monkeypatch.setattr(grading, "verify_response", judge)
    (told,) = grading.graded([json.dumps(ROWS[0]).encode()], seconds=0.01)
    assert told["outcome"] == "keep"


def test_the_limit_holds_from_the_first_row_on(desk: Desk) -> None:
    """Starting another process and importing sympy there is not added to a row's limit."""
    killer = "\\boxed{\\int_0^{1} e^{-x^{x^{x}}} \\sin(x^{x}) dx}"
    desk.lines(
        "rows.jsonl", [row(0, "10", killer), row(1, "\\frac13", "\\boxed{\\int_0^1 x^2 dx}")]
    )
    told = grade(desk, "rows.jsonl", "--seconds", 30)
    assert told[1]["outcome"] == "keep"
    told = grade(desk, "rows.jsonl", "--seconds", 1)
    assert (told[0]["outcome"], told[0]["reason"]) == ("unknown", "timeout")
    assert told[0]["seconds"] < 1.5


def test_a_missing_file_is_one_line(desk: Desk) -> None:
    assert "no file at nothing.jsonl" in desk.factory("grade", "nothing.jsonl", exits=2).stderr


def test_the_labelled_pairs_pass_through(desk: Desk) -> None:
    path = DATA / "equivalence.jsonl"
    if not path.exists():
        pytest.skip(f"no data at {path}; FACTORY_DATA can name it")
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()[:200]]
    desk.lines("rows.jsonl", [row(n, "1", str(one)) for n, one in enumerate(lines)])
    assert len(grade(desk, "rows.jsonl", "--workers", 2, "--seconds", 1)) == len(lines)
