"""The filter steps: what it recomputes, what it leaves alone, and real chains."""

import json
import os
from fractions import Fraction
from pathlib import Path

import pytest

from filters.equations.arithmetic import read
from filters.equations.claims import FARTHEST, LONGEST, chains
from filters.steps import checked, steps
from filters.verdict import Verdict
from generators.records import Problem, Sample

DATA = Path(os.environ.get("FACTORY_DATA") or Path(__file__).parents[3] / "shared" / "data")
R1 = DATA / "real/long_cot/math500_r1_traces/math500_deepseek_r1_parsed.jsonl"


def judged(thought: str, response: str = "", question: str = "", **settings: float) -> Verdict:
    return steps(Sample("s", Problem("p", question), thought, response), **settings)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2+3*4", "14"),
        ("(1 + 2)(3 + 4)", "21"),
        ("2(3)^2", "18"),
        ("7/2", "7/2"),
        ("1,234 + 1", "1235"),
        ("1{,}000 + 1\\,000", "2000"),
        ("2^3^2", "512"),
        ("2**-1", "1/2"),
        ("3² + 4²", "25"),
        ("√16 + \\sqrt{9}", "7"),
        ("\\frac{1}{2} \\times \\dfrac34", "3/8"),
        ("\\left(3 - 5\\right) \\cdot 2", "-4"),
        ("2\\frac{1}{2} + 1 3/4", "17/4"),
        ("20% × 50", "10"),
        ("\\boxed{5}", "5"),
        ("4!", "24"),
        ("90^\\circ + 90°", "180"),
        ("-3^2", "-9"),
    ],
)
def test_what_a_side_is_worth(text: str, value: str) -> None:
    side = read(text)
    assert side is not None
    assert side.value == Fraction(value)


@pytest.mark.parametrize(
    "text",
    [
        "", "-", "3 4", "2 + x", "1/0", "0^-1", "\\sqrt{2}", "√-4", "9^9^9", "2^5000", "1000!",
        "6/2(3)", "1 + ... + 9", "1/3...", "(" * 99 + "1" + ")" * 99, "1+" * 200 + "1", "12,34",
        "10 (5 - 3)", "4^{1/2}", "{5}{2}",
    ],
)  # fmt: skip
def test_what_has_no_value_here(text: str) -> None:
    assert read(text) is None


HOLD = [
    "4! = 4 * 3!",
    "so 2 + 3 = 5.",
    "x = 2 * 3 = 6",
    "The total is 5. 3 + 4 = 7",
    "1. 5 + 3 = 8",
    "1) 5 + 3 = 8",
    "(1) 5 + 3 = 8",
    "- 3 + 5 = 8",
    "**5 × 3 = 15**",
    "$5 + $3 = $8",
    "\\(2+3\\) = \\(5\\), then",
    "$2 + 3$ = $5$",
    "(since 3 + 4 = 7)",
    "3 x 4 = 12",
    "12 * 3\n= 36",
    "\\begin{align} 2+3 &= 5 \\\\ &= 10/2 \\end{align}",
    "\\[\\frac{1}{2} \\times 8 = \\boxed{4}\\]",
    "所以3+4=7。",
    "10/3 = 3.33",
    "2/3 = 0.66",
    "2/3 = 0.67",
    "10/3 = 3.333..., so",
    "22/7 ≈ 3.1",
    "49 * 51 ≈ 2500",
    "15/20 * 100 = 75%",
    "1/3 \\approx 33.3\\%",
    "(-3)^2 = 9 and -3² = 9",
    "12 * 5 = 60 cm",
    "12 * 5 = 60km",
    "6 * 10^3 * 2 = 1.2 * 10^4",
    "5! = 120!",
    "4! = 24",
    "24 = 4!",
]


@pytest.mark.parametrize("text", HOLD)
def test_steps_that_hold(text: str) -> None:
    assert judged(text).score == 1, judged(text)
    assert "hold" in judged(text).detail


WRONG = [
    ("7 * 8 = 54", "7 * 8 = 54"),
    ("x = 7 * 8 = 54", "7 * 8 = 54"),
    ("We get $7 \\times 8 = 54$.", "7 \\times 8 = 54"),
    ("\\[\\frac{1}{2} + \\frac13 = \\frac{2}{5}\\]", "\\frac{1}{2} + \\frac13 = \\frac{2}{5}"),
    ("3 * 4 + 5\n= 12 + 5\n= 18", "3 * 4 + 5 = 12 + 5 = 18"),
    ("10/3 = 3.34", "10/3 = 3.34"),
    ("10/3 = 3", "10/3 = 3"),
    ("22/7 ≈ 3.3", "22/7 ≈ 3.3"),
    ("$12.50 * 3 = $37.51", "12.50 * 3 = $37.51"),
    ("100 - 20 = 70%", "100 - 20 = 70%"),
    ("所以7*8=54。", "7*8=54"),
    ("If we add them, 5 + 6 = 12.", "5 + 6 = 12"),
    ("7 * 8 = 54. Wait, is n prime? Yes.", "7 * 8 = 54"),
    ("2^10 = 1025 works", "2^10 = 1025"),
]


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_wrong_steps_are_reported_with_their_place(text: str, said: str) -> None:
    verdict = judged(f"Well. {text}")
    assert verdict.outcome == "keep"
    assert verdict.score is not None
    assert verdict.score < 1
    assert repr(said) in verdict.detail
    assert "of the thought" in verdict.detail


NO_STEPS = [
    "Nothing to see.",
    "x = 5",
    "2x + 3 = 8",
    "a_1 + 2 = 4",
    "f(2) = 5",
    "C(5, 2) = 11",
    "\\binom{n}{2} = 3 + 8",
    "\\log_2 8 + 1 = 5",
    "\\pi 2 + 1 = 5",
    "x - 3 + 5 = 4",
    "5 = 7",
    "half of 6 + 2 = 5",
    "the sum of 3 and 4 = 2 + 2",
    "3 + 4 = 8x",
    "3 + 4 = 8 x",
    "3 + 4 = 8 \\pi",
    "3 * 4 = 11 - y",
    "3 + 4 \\ne 8",
    "3 + 4 != 8",
    "11:30 + 2 = 14:30",
    "1 + 2 + ... + 10 = 56",
    "|3 - 5 = 3|",
    "v1.2.3 = 1.2.4",
    "2024-01-05 = 7",
    "1:(-3/2) = 2:-3",
    "units (0) = 98",
]


@pytest.mark.parametrize("text", NO_STEPS)
def test_what_is_no_step(text: str) -> None:
    verdict = judged(text, at_least=1.0)
    assert (verdict.outcome, verdict.score) == ("keep", None), verdict.detail


# Equations that do not hold, and that nobody stands by.
DOUBTED = [
    ("Is 7 * 8 = 54?", ""),
    ("If 2 + 2 = 5 then pigs fly.", ""),
    ("Suppose 2 + 2 = 5.", ""),
    ("如果2+2=5", ""),
    ("We need 7 * 8 = 54.", ""),
    ("That gives 3 + 5 = 10, which is a contradiction.", ""),
    ("7 * 8 = 54? No.", ""),
    ("7 * 8 = 54, not right", ""),
    ("7 * 8 = 54，不对，应该是56。", ""),
    ("2 + 2 = 5 ≠ 4", ""),
    ("I read 2 + 2 = 5 as it stands", "Why is 2 + 2 = 5?"),
    ("```\n2 + 2 = 5\n```", ""),
    ("the line `2 + 2 = 5` prints", ""),
    ("17 / 5 = 3 with remainder 2", ""),
    ("17 ÷ 5 = 3 × 5 + 2", ""),
    ("Modulo 7 we have 3 * 5 = 1.", ""),
    ("so 3 * 5 = 1 there", "Work mod 7."),
    ("The last digit: 7 * 8 = 6", ""),
    ("In base 8, 7 + 1 = 10.", ""),
    ("pages 10-15 = 6 pages", ""),
    ("2 * 3 = 7", "The operation a * b is a + 2b - 1."),
    ("9 * 3 = 27 + 1 = 28", ""),
    ("1 + 2 + 3 = (1 + 2) = 3, and 3 + 3 makes 6", ""),
    ("3 * 4 = 12 million, 2 * 6 = 12000 thousand", ""),
    ("1.732 * 1.732 = 3", ""),
    ("10000/3.1416 ≈ 3183.098", ""),
    ("Substituting x = 2 into the equation: 3 * 2 + 1 = 8. Not true, as 7 is not 8.", ""),
]


@pytest.mark.parametrize(("text", "question"), DOUBTED)
def test_what_nobody_stands_by_is_not_wrong(text: str, question: str) -> None:
    verdict = judged(text, question=question, at_least=1.0)
    assert verdict.outcome == "keep", verdict.detail
    assert verdict.score in (None, 1)


MENDED = [
    "7 * 8 = 54. Then more. No, 7 * 8 = 56.",
    "7 * 8 = 54\nSo there are 54.\nWait, I made a mistake: it is 56.",
    "7 * 8 = 54。算错了，应该是56。",
]


@pytest.mark.parametrize("text", MENDED)
def test_what_is_mended_counts_as_right(text: str) -> None:
    assert judged(text).score == 1


def test_mended_in_the_response() -> None:
    assert judged("7 * 8 = 54", "7 * 8 = 56").score == 1
    # The other way round the wrong one has the last word.
    assert judged("7 * 8 = 56", "7 * 8 = 54").score == 0.5


def test_the_score_is_the_share_and_the_spec_may_reject() -> None:
    text = "1 + 1 = 2. 2 + 2 = 4. 3 + 3 = 6. 7 * 8 = 54."
    assert judged(text).score == 0.75
    assert judged(text).outcome == "keep"
    assert judged(text, at_least=0.75).outcome == "keep"
    verdict = judged(text, at_least=0.76)
    assert (verdict.outcome, verdict.reason, verdict.score) == ("reject", "wrong_step", 0.75)
    assert verdict.detail == ("3 of 4 steps hold; not '7 * 8 = 54' at 33 of the thought: 7*8 is 56")


def test_places() -> None:
    text = "First 1 + 1 = 2, then\n  7 * 8\n= 54 = 9 * 6 = y."
    found = list(chains(text))
    assert [text[chain.start : chain.end] for chain in found] == [
        "1 + 1 = 2",
        "7 * 8\n= 54 = 9 * 6",
    ]
    assert [step.holds for step in checked(text)] == [True, False, True]


def test_made_chains() -> None:
    """Precision and recall where each tenth equation is spoilt: all found, nothing else."""
    signs = {"+": "+", "-": "-", "×": "*", "\\times": "*", "*": "*"}
    wrong = found = 0
    for number in range(500):
        a, b = 12 + number * 7 % 89, 3 + number * 5 % 47
        sign = list(signs)[number % len(signs)]
        value = {"+": a + b, "-": a - b, "*": a * b}[signs[sign]]
        is_wrong = number % 10 == 0
        line = f"Then x_{number} = {a} {sign} {b} = {value + is_wrong}, and we go on.\n"
        score = judged(line).score
        assert score == (0 if is_wrong else 1), line
        wrong += is_wrong
        found += score == 0
    assert (wrong, found) == (50, 50)


@pytest.mark.parametrize(
    "text",
    [
        "=" * 200_000,
        "1=" * 100_000,
        "1 = 2" + ")" * 200_000,
        "(" * 200_000 + " = 1 + 1",
        "1+" * 100_000 + "1 = 2",
        "3 + 4 = 8\n" * 20_000,
        "1 * = 2 *" * 20_000,
        "1 ab + " * 50_000 + "1 ab = 1 ab",
        "1 ab + 1 ab = 1 ab " * 20_000,
        "- 1 * 2 = 3\n" * 20_000,
        "20% of 1 times 2 " * 20_000,
        "1 = \n \n" * 50_000,
        "$1$ = $" * 50_000,
        "9^" * 100_000 + "9 = 1",
        "```\n2+2=5\n```\n" * 10_000,
    ],
)
def test_hostile_text_ends(text: str) -> None:
    steps(Sample("s", Problem("p", text[:10_000]), text, text[::-1]))


def test_what_is_too_long_is_not_read() -> None:
    assert judged("1 + " * FARTHEST + "1 = 2").score is None
    assert judged("1 + 1 = " + "1 + " * LONGEST + "1").score is None


def test_real_correct_chains() -> None:
    """R1's solutions of MATH-500: hundreds of steps, and next to none reported."""
    if not R1.is_file():
        pytest.skip(f"no real data at {R1} (set FACTORY_DATA)")
    rows = [json.loads(line) for line in R1.read_text("utf-8").splitlines()]
    scores, count = [], 0
    for row in rows:
        text = row["reasoning_trace"] or ""
        verdict = judged(text, row["answer_text"] or "", row["problem"])
        count += len(list(checked(text)))
        if verdict.score is not None:
            scores.append(verdict.score)
    assert count > 400
    assert sum(score < 1 for score in scores) <= 1
