"""Puzzles by their solution grid: in which shapes a response gives it, and what is right."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from filters.verdict import Verdict
from filters.verify import verify_response
from generators.records import Problem

DATA = Path(os.environ.get("FACTORY_DATA") or Path(__file__).parents[3] / "shared" / "data")
ZEBRA = DATA / "real" / "problems" / "zebra_logic" / "zebra_logic_test.json"

HEADER = ["House", "Name", "CarModel", "Nationality"]
ROWS = [["1", "Ann", "tesla model 3", "brit"], ["2", "Bob", "ford f150", "dane"]]
GRID = {"header": HEADER, "rows": ROWS}
TABLE = "| House | Name | Car Model | Nationality |\n|:--|---|---|--:|\n"
RIGHT = TABLE + "| 1 | Ann | Tesla Model 3 | Brit |\n| 2 | Bob | Ford F-150 | Dane |"
WRONG = TABLE + "| 1 | Bob | Tesla Model 3 | Brit |\n| 2 | Ann | Ford F-150 | Dane |"


def judged(response: str, grid: Any) -> Verdict:
    check = json.dumps({"grid": grid})
    return verify_response(Problem("p", "?", "", "logic", "", "", "en", check), response)


def short(verdict: Verdict) -> str:
    return f"{verdict.outcome}: {verdict.reason}".removesuffix(": ")


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (RIGHT, "keep"),
        (f"So:\n\n{RIGHT}\n\nThat fits all clues.", "keep"),
        (f"{WRONG}\n\nNo, clue 2 fails.\n\n{RIGHT}", "keep"),
        (RIGHT.replace("| 1 |", "| **House 1** |"), "keep"),
        (RIGHT.replace("Brit |", "British |"), "keep"),
        (RIGHT.replace("Tesla Model 3", "Tesla"), "keep"),
        (RIGHT.replace("Car Model", "Vehicle"), "keep"),
        ("| Name | House | Nationality | CarModel |\n|---|---|---|---|\n"
         "| Bob | 2 | dane | ford f150 |\n| Ann | 1 | brit | tesla model 3 |", "keep"),
        ("| | House 1 | House 2 |\n|---|---|---|\n| Name | Ann | Bob |\n"
         "| Nationality | brit | dane |\n| Car model | tesla model 3 | ford f150 |", "keep"),
        (json.dumps(GRID), "keep"),
        (json.dumps([HEADER, *ROWS]), "keep"),
        (json.dumps([dict(zip(HEADER[::-1], row[::-1], strict=True)) for row in ROWS]), "keep"),
        # Other cells.
        (WRONG, "reject: wrong_answer"),
        (f"{RIGHT}\n\nNo, rather:\n\n{WRONG}", "reject: wrong_answer"),
        (RIGHT.replace("Brit", "Dane"), "reject: wrong_answer"),
        (RIGHT.replace("Brit", "?"), "reject: wrong_answer"),
        (RIGHT.replace("Brit", "Swede"), "reject: wrong_answer"),
        (RIGHT.rpartition("\n")[0], "reject: wrong_answer"),
        # A word that the solution does not have, and that may be its.
        (RIGHT.replace("Dane", "Danish"), "unknown: undecided"),
        (RIGHT.replace("Dane", "Danish").replace("Ann", "Bob"), "reject: wrong_answer"),
        # No grid.
        ("Ann, who is a Brit, lives in the first house.", "unknown: no_answer"),
        ("I give up.", "reject: no_answer"),
        ("", "reject: no_answer"),
    ],
)  # fmt: skip
def test_shapes_and_cells(response: str, expected: str) -> None:
    verdict = judged(response, GRID)
    assert short(verdict) == expected
    assert verdict.score == {"keep": 1.0, "reject": 0.0}.get(verdict.outcome)


def test_the_detail_has_the_share_of_cells() -> None:
    assert judged(RIGHT, GRID).detail == "6 of 6 cells"
    assert judged(WRONG, GRID).detail == "4 of 6 cells; 1/name: got bob, wanted ann"


@pytest.mark.parametrize(
    "grid",
    [
        None,
        [],
        {"header": HEADER},
        {"header": HEADER, "rows": []},
        {"header": ["House"], "rows": [["1"]]},
        {"header": HEADER, "rows": [["1", "Ann"]]},
        {"header": HEADER, "rows": [ROWS[0], ROWS[0]]},
        {"header": ["House", "Name", "name"], "rows": [["1", "a", "b"]]},
    ],
)
def test_a_grid_that_is_none(grid: Any) -> None:
    assert short(judged(RIGHT, grid)) == "unknown: bad_check"


@pytest.mark.parametrize(
    "unit", ["|", "|a|b|\n", "[[", '[["1"]],', '{"1": ', "|1|\n|-|\n\n", "- |"]
)
def test_hostile_responses_end_soon(unit: str) -> None:
    start = time.process_time()
    assert judged(unit * (900_000 // len(unit)), GRID).outcome != "keep"
    assert time.process_time() - start < 8


def shapes(header: list[str], rows: list[list[str]]) -> Iterator[str]:
    """The ways in which models give a grid."""
    lines = [f"| {' | '.join(row)} |" for row in (header, ["---"] * len(header), *rows)]
    yield "The solution:\n\n" + "\n".join(lines) + "\n\nAll clues hold."
    first, *turned = zip(header, *rows, strict=True)
    lines = [f"| {' | '.join(row)} |" for row in (first, ["---"] * len(first), *turned)]
    yield "\n".join(lines)
    yield json.dumps({"header": header, "rows": rows})
    yield f"```json\n{json.dumps([dict(zip(header, row, strict=True)) for row in rows])}\n```"
    houses = {f"House {row[0]}": dict(zip(header[1:], row[1:], strict=True)) for row in rows}
    yield json.dumps({"reasoning": "Clue 1 says so.", "solution": houses})


@pytest.mark.skipif(not ZEBRA.is_file(), reason=f"no puzzles at {ZEBRA}")
def test_zebra_puzzles() -> None:
    puzzles = json.loads(ZEBRA.read_text("utf-8"))
    assert len(puzzles) == 200
    for puzzle in puzzles:
        header, rows = puzzle["solution"]["header"], puzzle["solution"]["rows"]
        swapped = [list(row) for row in rows]
        swapped[0][-1], swapped[1][-1] = swapped[1][-1], swapped[0][-1]
        loud = [[row[0], *(f"**{cell.upper()}**" for cell in row[1:])] for row in rows]
        for right, loudly, wrong in zip(
            shapes(header, rows), shapes(header, loud), shapes(header, swapped), strict=True
        ):
            assert short(judged(right, puzzle["solution"])) == "keep", puzzle["id"]
            assert short(judged(loudly, puzzle["solution"])) == "keep", puzzle["id"]
            assert short(judged(wrong, puzzle["solution"])) == "reject: wrong_answer", puzzle["id"]
