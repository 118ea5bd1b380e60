"""A reference that cannot tell right from wrong is set aside, and a good one is not."""

import json
import os
from collections import Counter
from pathlib import Path

import pytest

from filters.gold_check import gold_check
from generators.records import Problem

DATA = Path(os.environ.get("FACTORY_DATA", Path(__file__).parents[3] / "shared" / "data"))
OPTIONS = "Which is largest?\n(A) one\n(B) two\n(C) three"


def problem(
    answer: str, kind: str = "math", question: str = "What is x?", check: str = ""
) -> Problem:
    return Problem("p", question, answer, kind, "", "", "en", check)


@pytest.mark.parametrize(
    ("answer", "kind", "question", "reason"),
    [
        ("5", "math", "What is 2 + 3?", ""),
        ("\\frac{7}{2}", "math", "What is 7 over 2?", ""),
        ("1,234", "math", "How many?", ""),
        ("It is 5.\n#### 5", "math", "How many?", ""),
        ("Adding up we get $\\boxed{12}$.", "math", "How many?", ""),
        ("", "math", "What is 2 + 3?", "no_reference"),
        ("  ", "math", "What is 2 + 3?", "no_reference"),
        ("??", "math", "What is 2 + 3?", "no_reference"),
        ("N/A", "math", "What is 2 + 3?", "no_reference"),
        ("proof", "math", "Prove that 2 + 2 = 4.", "proof"),
        ("5", "math", "Show that the sum of two odd numbers is even.", "proof"),
        ("5", "math", "Show that n is odd, and find n.", ""),
        ("See solution.", "math", "What is x?", "proof"),
        ("证明略", "math", "求证：两数之和为偶数。", "proof"),
        ("(a) 3 (b) 5", "math", "What are the roots?", "several_parts"),
        ("a) 3; b) 5", "math", "What are the roots?", "several_parts"),
        ("(1) 12; (2) 15", "math", "What are the sums?", "several_parts"),
        ("① 3 ② 5", "math", "求值？", "several_parts"),
        ("12", "math", "(a) Find x. (b) Find y.", "several_parts"),
        ("12", "math", "Points (a) and (b) are on a line. Find x.", ""),
        ("the function is increasing", "math", "Is f increasing?", "prose"),
        ("it is increasing on the whole line", "math", "Is f increasing?", "prose"),
        ("3k + 2m", "math", "Find x in terms of m.", "undefined_symbol"),
        ("3m + 2", "math", "Find it in terms of m.", ""),
        ("b", "choice", OPTIONS, ""),
        ("(C)", "choice", OPTIONS, ""),
        ("three", "choice", OPTIONS, ""),
        ("D", "choice", OPTIONS, "not_an_option"),
        ("four", "choice", OPTIONS, "not_an_option"),
        ("B", "choice", "Which is largest?", "not_checkable"),
        ("", "choice", OPTIONS, "no_reference"),
        ("Paris", "text", "What is the capital?", ""),
        ("", "text", "What is the capital?", "no_reference"),
        (" ".join(["word"] * 30), "text", "Why?", "prose"),
        ("", "general", "Write a poem.", ""),
    ],
)
def test_reasons(answer: str, kind: str, question: str, reason: str) -> None:
    if answer == "3m + 2":
        pytest.skip("needs the rungs for symbols") if not _symbols() else None
    verdict = gold_check(problem(answer, kind, question))
    assert (verdict.outcome, verdict.reason) == ("reject" if reason else "keep", reason), verdict


def _symbols() -> bool:
    from filters.mathematics.equal import compare

    return compare("3m + 7919", "3m + 2")[0] is False


def test_a_check_that_cannot_be_read() -> None:
    assert gold_check(problem("1", "logic", check="{")).reason == "bad_check"
    assert gold_check(problem("", "logic")).reason == "no_reference"
    assert gold_check(problem("Paris", "text", check="[1]")).reason == "bad_check"


SEEDED = [
    *(("The claim follows by induction.", q) for q in ("Prove that a > b.", "What is x?")),
    *((a, "What is x?") for a in (
        "proof", "Proof omitted", "QED", "see above", "As shown above", "unknown", "none", "null",
        "(a) 1, (b) 2", "(i) x = 1 (ii) x = 2", "a. 4 b. 5", "1. 4 2. 5", "Part A: 3, Part B: 4",
        "x is any number for which it holds", "it depends on the value of the constant",
        "the sequence converges", "there is no such function because f is even",
        "q + 7r", "\\frac{w}{h}", "\\mu_{?}k+3", "f_k(m)", "5\\", "\\frac{1}{", "((3,", "???",
    )),
]  # fmt: skip


def test_nine_of_ten_seeded_bad_references_are_set_aside() -> None:
    passed = [a for a, q in SEEDED if gold_check(problem(a, question=q)).outcome == "keep"]
    assert len(passed) <= len(SEEDED) // 10, passed


def _rows(name: str, question: str) -> list[Problem]:
    path = DATA / "real" / "problems" / name
    if not path.exists():
        pytest.skip(f"no data at {path}; FACTORY_DATA can name it")
    text = path.read_text("utf-8")
    rows = json.loads(text) if path.suffix == ".json" else map(json.loads, text.splitlines())
    return [
        problem(str(r["answer"]), question=r[question]) for r in rows if r["answer"] is not None
    ]


@pytest.mark.parametrize(
    ("name", "question", "most"),
    [
        ("math500/test.jsonl", "problem", 0.01),
        ("gsm8k/test.jsonl", "question", 0.0),
        ("math_train_7500/math.json", "problem", 0.01),
    ],
)
def test_good_references_are_not_set_aside(name: str, question: str, most: float) -> None:
    if most and not _symbols():
        pytest.skip("needs the rungs for symbols")
    problems = _rows(name, question)[:2000]
    reasons = Counter(v.reason for v in map(gold_check, problems) if v.outcome != "keep")
    print(f"{name}: {sum(reasons.values())} of {len(problems)} set aside: {dict(reasons)}")
    assert sum(reasons.values()) <= most * len(problems), reasons
