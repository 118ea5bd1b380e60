"""A rewritten text against its origin: answer, steps, and how much of it is left."""

import pytest

from filters.equations.calculations import Calculations, equations, numbers
from filters.refined import LONGEST, refined
from filters.verdict import Group, Verdict
from generators.records import Problem, Sample

PROBLEM = Problem(
    "p", "A box holds 12 rows of 15 eggs. 23 are broken. How many are whole?", "157", "math",
    "math", "mine", "en",
)  # fmt: skip
THOUGHT = """12*15 ... = 180 eggs in all. broken 23. 180-23=157. hmm check: 157+23=180 ok.
12*15: 12*10=120, 12*5=60, 120+60=180 right. so 157 whole"""
GOOD = """I am told that the box holds 12 rows of 15 eggs, so I multiply: 12 × 15 = 180 eggs in all.
To be sure of that I take it apart: $12 \\times 10 = 120$ and $12 \\times 5 = 60$, and 120 + 60 is
180. That is right. Of these, 23 are broken, so 180 - 23 = 157 are whole. I check by adding: 157 +
23 = 180, which holds."""
SUMMARY = "The box holds 12 · 15 = 180 eggs. Without the 23 broken ones, \\boxed{157} are whole."


def sample(
    reasoning: str, response: str, origin: str = "", name: str = "new", problem: Problem = PROBLEM
) -> Sample:
    return Sample(name, problem, reasoning, response, "s", "refine", "m", "r", origin=origin)


def judged(
    reasoning: str = GOOD,
    response: str = SUMMARY,
    before: str = THOUGHT,
    said: str = "<answer>157</answer>",
    problem: Problem = PROBLEM,
    **settings: float,
) -> Verdict:
    old = sample(before, said, name="old", problem=problem)
    new = sample(reasoning, response, "old", problem=problem)
    group = Group(problem, [new], {}, {"old": old})
    return refined(group, **settings)["new"]


def outcome(verdict: Verdict) -> tuple[str, str]:
    return verdict.outcome, verdict.reason


def test_a_faithful_rewriting_passes_and_is_scored() -> None:
    verdict = judged()
    assert outcome(verdict) == ("keep", "")
    assert verdict.score is not None
    assert 0.5 < verdict.score <= 1


@pytest.mark.parametrize(
    ("reasoning", "response", "reason"),
    [
        # the answer
        (GOOD, SUMMARY.replace("157", "175"), "answer_changed"),
        (GOOD, SUMMARY.replace("\\boxed{157}", "157") + " \\boxed{180}", "answer_changed"),
        # a number that is nowhere in the origin, in the thought or in the summary
        (f"{GOOD} In dozens that is 13 dozen and 1.", SUMMARY, "step_added"),
        (GOOD, f"With 30 to a tray. {SUMMARY}", "step_added"),
        # an equation whose numbers are small, or all known, but not with each other
        (f"{GOOD} Also 3 + 4 = 7.", SUMMARY, "step_added"),
        (f"{GOOD} And x = 157.", SUMMARY, "step_added"),
        (f"{GOOD} Let me try 157 * 8 = 1256 too.", SUMMARY, "step_added"),
        # another text
        ("It comes to 157 by the usual way.", "\\boxed{157}", "too_different"),
    ],
)
def test_what_is_rejected(reasoning: str, response: str, reason: str) -> None:
    assert outcome(judged(reasoning, response)) == ("reject", reason)


@pytest.mark.parametrize(
    ("reasoning", "response"),
    [
        (f"Step 11: {GOOD}", SUMMARY),
        (GOOD.replace("12 rows", "twelve rows").replace("15 eggs", "fifteen eggs"), SUMMARY),
        (GOOD.replace("180", "180.0"), SUMMARY),
        (GOOD.replace("157 +\n23 = 180", "$157+23$ is 180"), SUMMARY),
        (f"There are 2 or 3 ways, and I take 1 of them. {GOOD}", SUMMARY),
        (GOOD, SUMMARY.replace("\\boxed{157}", "\\boxed{157\\text{ eggs}}")),
        (GOOD, f"1. {SUMMARY}\n\n11. That is all of it."),
    ],
)
def test_what_is_said_in_another_way_is_no_step(reasoning: str, response: str) -> None:
    assert outcome(judged(reasoning, response)) == ("keep", "")


def test_the_share_that_must_be_left_is_a_setting() -> None:
    score = judged().score
    assert score is not None
    assert outcome(judged(at_least=score)) == ("keep", "")
    verdict = judged(at_least=score + 0.01)
    assert outcome(verdict) == ("reject", "too_different")
    assert verdict.score == score


def test_what_has_no_origin_in_sight() -> None:
    alone, lost = sample(GOOD, SUMMARY), sample(GOOD, SUMMARY, "gone", "lost")
    verdicts = refined(Group(PROBLEM, [alone, lost], {}))
    assert outcome(verdicts["new"]) == ("keep", "")  # nothing was rewritten
    assert outcome(verdicts["lost"]) == ("unknown", "no_origin")


# --- answers ----------------------------------------------------------------------------------

WITHOUT = Problem("p", PROBLEM.question, "", "math", "math", "mine", "en")
CHOICE = Problem("p", "Which?\nA. 157\nB. 180", "A", "choice", "stem", "mine", "en")
GENERAL = Problem("p", PROBLEM.question, "", "general", "general", "mine", "en")


@pytest.mark.parametrize(
    ("problem", "was", "now", "expected"),
    [
        (PROBLEM, "157", "\\boxed{157.0}", ("keep", "")),
        (PROBLEM, "\\boxed{180}", "\\boxed{180}", ("keep", "")),  # wrong, but unchanged
        (PROBLEM, "\\boxed{180}", "\\boxed{157}", ("reject", "answer_changed")),
        (WITHOUT, "<answer>157</answer>", "\\boxed{157}", ("keep", "")),
        (WITHOUT, "<answer>157</answer>", "\\boxed{180}", ("reject", "answer_changed")),
        (WITHOUT, "It is so.", "\\boxed{157}", ("unknown", "undecided")),
        (CHOICE, "<answer>A</answer>", "\\boxed{A}", ("keep", "")),
        (CHOICE, "<answer>A</answer>", "\\boxed{B}", ("reject", "answer_changed")),
        (GENERAL, "157", "So it is 157.", ("unknown", "undecided")),
        (GENERAL, "157", "157", ("keep", "")),
    ],
)
def test_answers_are_compared_by_kind(
    problem: Problem, was: str, now: str, expected: tuple[str, str]
) -> None:
    assert outcome(judged(response=now, said=was, problem=problem)) == expected


# --- another language -------------------------------------------------------------------------

CHINESE = """盒子里有12排，每排15个鸡蛋，先算总数：12 × 15 = 180个。我再拆开检查一下：
12 × 10 = 120，12 × 5 = 60，120 + 60 = 180，没有错。其中23个是破的，所以180 - 23 = 157个是完好的。
检验：157 + 23 = 180。"""
SPOKEN_ZH = Problem("p", "一盒有12排，每排15个鸡蛋，破了23个，还有多少个完好？", "157", "math",
                    "math", "mine", "zh")  # fmt: skip


def test_a_translation_is_compared_by_its_numbers() -> None:
    verdict = judged(CHINESE, "\\boxed{157}", problem=SPOKEN_ZH)
    assert outcome(verdict) == ("keep", "")
    assert verdict.score == 1.0
    short = "总共 12 × 15 = 180 个，180 - 23 = 157 个。"
    assert outcome(judged(short, "\\boxed{157}", problem=SPOKEN_ZH, at_least=0.9)) == (
        "reject", "too_different",
    )  # fmt: skip
    added = CHINESE + "另外 157 ÷ 12 约为 13.08。"
    assert outcome(judged(added, "\\boxed{157}", problem=SPOKEN_ZH)) == ("reject", "step_added")


def test_a_translation_with_few_numbers_is_unknown() -> None:
    problem = Problem("p", "是甲还是乙？", "甲", "text", "logic", "mine", "zh")
    verdict = judged(
        "甲说的是假话，所以打碎花瓶的人就是甲，没有别的可能。", "甲",
        "The first one lies, so it is the first one who broke the vase, and there is nobody else.",
        "甲", problem,
    )  # fmt: skip
    assert outcome(verdict) == ("unknown", "translated")


# --- numbers and equations --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from 1 to 10 in 3 steps", []),
        ("11 and 0.5 and .5", ["11", "0.5", "0.5"]),
        ("1,200 or 1{,}200 or 1\\,200 or 1 200", ["1200", "1200", "1200", "200"]),
        ("1，200和３０", ["200", "30"]),  # a Chinese comma separates
        ("12.50 0012.5 12.0", ["12.5", "12.5", "12"]),
        ("11. first\n12) second\nStep 13: third", []),
        ("第12步：共30个", ["30"]),
        ("in 1998.\n", ["1998"]),
    ],
)
def test_the_numbers_of_a_text(text: str, expected: list[str]) -> None:
    assert [whole for whole, *_ in numbers(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("so 3 + 4 = 7, and", [{"3", "4", "7"}]),
        ("$x^2 \\le 9$", [{"x", "2", "9"}]),
        ("a ≥ 0.50", [{"a", "0.5"}]),
        ("3 times 4 is 12", []),
        ("x = 3 + 1 = 4", [{"x", "3", "1"}, {"3", "1", "4"}]),
        ("= 12", []),
        ("3 + 4", []),
        ("1 < 2\n3 = 4 or 5", [{"1", "2"}, {"3", "4"}]),
        ("共 3 × 4 = 12 个", [{"3", "4", "12"}]),
    ],
)
def test_the_equations_of_a_text(text: str, expected: list[set[str]]) -> None:
    assert [set(one.parts) for one in equations(text)] == expected


@pytest.mark.parametrize(
    ("text", "equation", "there"),
    [
        ("three times four is twelve", "3 * 4 = 12", True),
        ("三乘以四等于十二", "3 × 4 = 12", True),
        ("twenty-one less twelve", "21 - 12 = 9", False),
        ("twenty-one less twelve is 9", "21 - 12 = 9", True),
        ("3 and 4 " + "word " * 40 + " 12", "3 * 4 = 12", True),
        ("3 and 4 " + "word " * 200 + " 12", "3 * 4 = 12", False),
        ("x is 5", "x = 5", True),
        ("it is 5", "x = 5", False),
    ],
)
def test_an_equation_is_where_its_parts_are_near(text: str, equation: str, there: bool) -> None:
    (one,) = equations(equation)
    assert Calculations(text).has(one) is there


@pytest.mark.parametrize(
    ("text", "number", "there"),
    [("50% of it", "0.5", True), ("0.5 of it", "50", True), ("12%", "0.5", False),
     ("1.25", "125", True), ("5", "500", True), ("7", "500", False)],
)  # fmt: skip
def test_a_percentage_is_its_share(text: str, number: str, there: bool) -> None:
    assert Calculations(text).has_number(number) is there


PIECES = ("1", "1,", "1,111", "=", "x = ", "1 = ", "1=2\n", "\\", "十", "step 1: ", "(", "1.")
HOSTILE = {piece: piece * (LONGEST // 8 // len(piece)) for piece in PIECES}
HOSTILE["one equation"] = "1" + "".join(f" + {n}" for n in range(9_000)) + " = 5"
HOSTILE["all different"] = "".join(f"{n}={n + 1}; " for n in range(LONGEST // 64))


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_texts_come_to_an_end(piece: str) -> None:
    text = HOSTILE[piece]
    # A text says what it says, so nothing was added, however odd it is.
    assert judged(text, SUMMARY, text, SUMMARY).reason in ("", "too_different")


def test_a_text_that_is_too_long_is_not_read() -> None:
    assert outcome(judged("a" * LONGEST, SUMMARY)) == ("unknown", "too_long")
