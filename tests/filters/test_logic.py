"""Kind logic: reasoning-gym's scorers decide, bounded, and run nothing that an answer says."""

import importlib.util
import json
import time
from pathlib import Path
from typing import Any

import pytest

from filters.answers.final import stated_answer
from filters.kinds.logic import logic, readings
from filters.verdict import Verdict
from generators.records import Problem

GRID = "_ Q _ _\n_ _ _ Q\nQ _ _ _\n_ _ Q _"


def make(family: str, metadata: Any, answer: str = "", question: str = "?") -> Problem:
    check = json.dumps({"family": family, "metadata": metadata})
    return Problem("p", question, answer, "logic", "logic", "made", "en", check)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"So \boxed{\text{Alice}}.", ["Alice"]),
        (r"<answer>$\mathbf{12}$</answer>", ["12"]),
        ("<answer>\n```\n1 2\n3 4\n```\n</answer>", ["1 2\n3 4"]),
        ("`up down`", ["up down"]),
        ("up down", ["up down"]),
        ("The answer is Alice", ["Alice", "The answer is Alice"]),
        ("The answer is:\n1 2\n3 4", ["1 2", "1 2\n3 4"]),
        ("Answer: He came.", ["He came", "He came.", "Answer: He came."]),
    ],
)
def test_what_a_response_may_mean(text: str, expected: list[str]) -> None:
    assert readings(text, stated_answer(text)) == expected


@pytest.mark.parametrize("check", ["", "[]", "{}", '{"family": "ab"}', '{"family": 1}', "{"])
def test_a_check_that_is_none(check: str) -> None:
    problem = Problem("p", "?", "a", "logic", "logic", "made", "en", check)
    assert _short(logic(problem, r"\boxed{a}")) == "unknown: bad_check"


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    verdict = logic(make("countdown", {}), r"\boxed{1}")
    assert _short(verdict) == "unknown: setup"
    assert "reasoning-factory[gym]" in verdict.detail


def _short(verdict: Verdict) -> str:
    return f"{verdict.outcome}: {verdict.reason}".removesuffix(": ")


@pytest.fixture
def gym() -> None:
    pytest.importorskip("reasoning_gym", exc_type=ImportError)


SLACK = 30.0  # seconds: a loaded machine is no wrong answer
COUNTDOWN = {"numbers": [3, 5, 7], "target": 22}
QUEENS = {"puzzle": [], "solutions": [], "valid_answers": [GRID]}


@pytest.mark.gym
@pytest.mark.usefixtures("gym")
@pytest.mark.parametrize(
    ("family", "metadata", "answer", "response", "expected"),
    [
        ("countdown", COUNTDOWN, "3*5+7", r"\boxed{3*5+7}", "keep"),
        ("countdown", COUNTDOWN, "3*5+7", r"\boxed{5*3 + 7}", "keep"),
        ("countdown", COUNTDOWN, "3*5+7", r"\boxed{3+5+7}", "reject: wrong_answer"),
        ("countdown", COUNTDOWN, "3*5+7", r"\boxed{22}", "reject: wrong_answer"),
        ("countdown", COUNTDOWN, "3*5+7", "", "reject: no_answer"),
        ("countdown", COUNTDOWN, "3*5+7", "I give up", "unknown: no_answer"),
        ("countdown", COUNTDOWN, "3*5+7", "3*5+7", "keep"),
        ("countdown", COUNTDOWN, "3*5+7", "The answer is:\n3+5\nor so", "unknown: undecided"),
        ("countdown", COUNTDOWN, "3*5+7", r"\boxed{3*5", "unknown: undecided"),
        ("n_queens", QUEENS, GRID, f"<answer>\n{GRID}\n</answer>", "keep"),
        ("n_queens", QUEENS, GRID, f"The answer is:\n{GRID}", "keep"),
        ("n_queens", QUEENS, GRID, f"<answer>{GRID[8:]}</answer>", "reject: wrong_answer"),
        # This scorer compares the truth of two texts, so that it takes anything.
        ("game_of_life_halting", {}, "False", "<answer>False</answer>", "keep"),
        ("game_of_life_halting", {}, "False", "<answer>True</answer>", "reject: wrong_answer"),
        # And this one fails on what is no number.
        ("prime_factorization", {"factors": [2, 2]}, "2 × 2", r"\boxed{2 × 2}", "keep"),
        ("prime_factorization", {"factors": [2, 2]}, "2 × 2", r"\boxed{a}", "unknown: error"),
        ("no_such_family", {}, "a", r"\boxed{a}", "unknown: error"),
    ],
)
def test_scorers_decide(
    family: str, metadata: Any, answer: str, response: str, expected: str
) -> None:
    assert _short(logic(make(family, metadata, answer), response, SLACK)) == expected


@pytest.mark.gym
@pytest.mark.usefixtures("gym")
@pytest.mark.parametrize(
    ("family", "metadata"),
    [
        ("countdown", COUNTDOWN),
        ("puzzle24", {"numbers": [1, 2, 3, 4]}),
        ("n_queens", QUEENS),
        ("binary_matrix", {}),
        ("spiral_matrix", {}),
        ("string_insertion", {}),
        ("simple_integration", {"variable": "x", "integrand": "2*x"}),
        ("polynomial_multiplication", {"result": "x**2"}),
    ],
)
@pytest.mark.parametrize(
    "code",
    [
        "__import__('os').system('touch {marker}')",
        "exec(\"open('{marker}', 'w')\")",
        "[open('{marker}', 'w')]",
        "().__class__.__base__.__subclasses__()[0].__init__(open('{marker}', 'w'))",
        "lambdify('x', 'open(\"{marker}\", \"w\")')(1)",
        "Symbol('x', **{{'a': open('{marker}', 'w')}})",
        'sympify(\'open("{marker}", "w")\')',
        "(lambda: open('{marker}', 'w'))()",
        "[open('{marker}', 'w') for x in [1]]",
    ],
)
def test_code_in_an_answer_does_not_run(
    family: str, metadata: Any, code: str, tmp_path: Path
) -> None:
    marker = tmp_path / "ran"
    verdict = logic(make(family, metadata, "x"), f"<answer>{code.format(marker=marker)}</answer>")
    assert verdict.outcome != "keep"
    assert not marker.exists()


@pytest.mark.gym
@pytest.mark.usefixtures("gym")
def test_an_answer_that_never_ends() -> None:
    problem = make("countdown", COUNTDOWN, "3*5+7")
    assert logic(problem, r"\boxed{3*5+7}", SLACK).outcome == "keep"
    start = time.monotonic()
    verdict = logic(problem, r"\boxed{factorial(9**9)}", seconds=1.0)
    assert verdict.outcome == "unknown"
    assert verdict.reason in ("timeout", "memory")
    assert time.monotonic() - start < 4.0
    assert logic(problem, r"\boxed{3*5+7}", SLACK).outcome == "keep"
