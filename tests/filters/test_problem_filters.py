"""Filters of problems: difficulty (by samples), answerable (by the text), diversity (by quota)."""

import json
import os
import random
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from filters.answerable import LOOKED_AT, answerable
from filters.difficulty import difficulty
from filters.diversity import Signature, decide, diversity, topic
from filters.verdict import Group, Verdict, keep, reject, unknown
from generators.records import Kind, Problem, Sample
from generators.registry import find

DATA = Path(os.environ.get("FACTORY_DATA") or Path(__file__).parents[3] / "shared" / "data")
TRAIN = DATA / "real/problems/math_train_7500/math.json"

YES, NO, OPEN = keep(), reject("wrong_answer"), unknown("undecided")


def group(*judged: Verdict) -> Group:
    verdicts = {str(number): verdict for number, verdict in enumerate(judged)}
    samples = [Sample(name) for name, verdict in verdicts.items() if verdict.outcome == "keep"]
    return Group(Problem("p"), samples or [Sample("x")], {"verify": verdicts})


@pytest.mark.parametrize(
    ("right", "wrong", "settings", "outcome", "reason"),
    [
        (0, 4, {}, "reject", "unsolved"),
        (0, 4, {"bands": ["unsolved"]}, "keep", ""),
        (1, 3, {}, "keep", ""),
        (1, 3, {"bands": ["medium"]}, "reject", "hard"),
        (2, 6, {"bands": ["medium"], "hard": 0.24}, "keep", ""),
        (2, 2, {"bands": ["easy", "hard"]}, "reject", "medium"),
        (3, 1, {}, "reject", "easy"),
        (3, 1, {"easy": 0.76}, "keep", ""),
        (4, 0, {"bands": ["easy"]}, "keep", ""),
        (3, 0, {}, "unknown", "too_few"),
        (3, 0, {"fewest": 3, "bands": ["easy"]}, "keep", ""),
    ],
)
def test_difficulty(
    right: int, wrong: int, settings: dict[str, Any], outcome: str, reason: str
) -> None:
    some = group(*[YES] * right, *[NO] * wrong, OPEN)
    verdicts = difficulty(some, **settings)
    assert set(verdicts) == {sample.id for sample in some.samples}
    for verdict in verdicts.values():
        assert (verdict.outcome, verdict.reason) == (outcome, reason)
        if outcome != "unknown":
            assert verdict.score == right / (right + wrong)


PROOFS = [
    ("Prove that there are infinitely many primes.", ""),
    ("Let n be even. Show that n^2 is even.", ""),
    ("Prove: the sum is 5.", ""),
    ("Let $a > 0$, and prove that $a^2 > 0$.", "proof"),
    ("Is it so? See.", "See solution"),
    ("已知 a>0，求证：a^2>0。", ""),
    ("设 n 为偶数，证明 n^2 为偶数。", ""),
    ("Disprove the claim that every odd number is prime.", ""),
    ("Derive the quadratic formula.", ""),
    ("Sea $n$ par. Demuestra que $n^2$ es par.", ""),
    ("Sei $n$ gerade. Beweisen Sie, dass $n^2$ gerade ist.", ""),
    ("Soit $n$ pair. Montrer que $n^2$ est pair.", ""),
    ("Пусть $n$ чётно. Докажите, что $n^2$ чётно.", ""),
    ("Seja $n$ par. Prove que $n^2$ é par.", ""),
    ("Sia $n$ pari. Si dimostri che $n^2$ è pari.", ""),
]
PARTS = [
    ("Let x = 2. (a) Find x^2. (b) Find x^3.", "4, 8"),
    ("1. What is 2 + 2?\n2. What is 3 + 3?", ""),
    ("(i) Compute f(1). (ii) Compute f(2).", ""),
    ("(1) 求 a 的值；(2) 求 b 的值。", ""),
    ("What is the sum of the roots? What is their product?", "3, 2"),
]
FIGURES = [
    ("In the figure, AB = 3. Find BC.", "4"),
    ("The triangle shown has sides 3 and 4. Find the third.", "5"),
    ("Squares are inscribed as shown. What is the area?", "7"),
    ("Find the area of the shaded region ![image](https://a.b/c.png)", "7"),
    ("Refer to the diagram below. How long is AB?", "7"),
    ("According to the table below, how many books were sold?", "7"),
    ("Fig. Q3a has a circuit in it. Find its resistance.", "7"),
    ("如图，AB=3，求BC。", "4"),
    ("Given the chart above, how many days were dry?", "7"),
    ("Look at the picture and find x.", "5"),
]
NO_OPTIONS = [
    ("Which of the following is a prime number?", "7"),
    ("下列说法正确的是", "A"),
]
YES_NO = [
    ("Is 91 a prime number?", "No"),
    ("True or false: every group is abelian.", ""),
    ("Does the series converge?", ""),
    ("Can n be even?", "Yes, for n = 2."),
    ("91 是否为质数？", "否"),
]
OPEN_ENDED = [
    ("Explain the difference between speed and velocity.", ""),
    ("Describe the water cycle.", "It rains."),
    ("Sketch the graph.", ""),
    ("简述牛顿第一定律。", ""),
]
ANSWERABLE = [
    ("What is 2 + 2?", "4"),
    ("Show that 7 is prime, and find the next prime.", "11"),
    ("It can be shown that every such number is even. How many are there?", "5"),
    ("In what year will the census show that there are fewer?", "2009"),
    ("A proof that is 3 pages long is read. How many words?", "900"),
    ("小明证明了这个定理，用了几分钟？", "5"),
    ("Prove a lemma, then find the least prime.", "2"),
    ("Derive the formula for the sum of the first n odd numbers.", "n^2"),
    ("Demuestra que 7 es primo y halla el siguiente primo.", "11"),
    ("Zeigen Sie, dass 7 prim ist, und bestimmen Sie die nächste Primzahl.", "11"),
    ("La prueba que hizo Ana tiene 3 partes. ¿Cuántas horas dura?", "2"),
    ("Die Uhr zeigt: 3 Uhr. Wie viele Minuten sind es bis 4?", "60"),
    ("Маша доказала, что 7 простое. Сколько минут прошло?", "5"),
    # numbered conditions, rules and options are no parts
    ("f satisfies: (1) f(0) = 1. (2) f is even, which holds for all x. What is f(0)?", "1"),
    ("Rules: 1) One chooses a column. 2) One shoots. In how many orders?", "560"),
    ("How many are even? (A) 1 (B) 2 (C) 3", "2"),
    ("Let f(a) = b, f(b) = c. Find c.", "3"),
    ("How many ways are there? That is, in how many orders can they stand?", "24"),
    ("Ann asks, \"What is it?\" Bob asks, \"Who is it?\" How many words did they say, and what are "
     "they?", "6, many"),
    # figures that are there, and graphs that are none
    ("In the figure, find AB. [asy] draw((0,0)--(1,0)); [/asy]", "1"),
    ("The table below has it.\n| a | b |\n|---|---|\n| 1 | 2 |\nWhat is b?", "2"),
    ("The graph of y = x^2 is shifted up by 1, so it can be drawn. Find the vertex.", "(0, 1)"),
    ("How many points lie below the line?", "5"),
    ("Find the area of the region under the graph above the x-axis.", "5"),
    ("Ann will look at the picture for 5 minutes. How many seconds?", "300"),
    ("A square is drawn in a circle of radius 1. What is its area?", "2"),
    ("Evaluate the expression below: $2 + 2$", "4"),
    # options that are there
    ("Which of the following is prime? (A) 4 (B) 7", "B"),
    ("Which of the following points is farthest: $(0,5)$, $(1,2)$, $(3,-4)$?", "(0,5)"),
    ("Which of the following is prime?\n1. four\n2. seven", "2"),
    ("下列说法正确的是 A. 甲 B. 乙", "A"),
    # neither yes nor no
    ("Is 7 or 8 prime?", "7"),
    ("If so, is it what we want, and how many are there?", ""),
    ("Explain why, then find x if x + 1 = 3.", "2"),
    ("Draw two cards. What is the probability of two aces?", "1/221"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("question", "answer", "reason"),
    [
        *((*row, "proof") for row in PROOFS),
        *((*row, "several_parts") for row in PARTS),
        *((*row, "needs_figure") for row in FIGURES),
        *((*row, "no_options") for row in NO_OPTIONS),
        *((*row, "yes_no") for row in YES_NO),
        *((*row, "open_ended") for row in OPEN_ENDED),
        *((*row, "") for row in ANSWERABLE),
    ],
)
def test_answerable(question: str, answer: str, reason: str) -> None:
    verdict = answerable(Problem("p", question, answer, "math"))
    assert verdict.reason == reason, verdict.detail
    assert verdict.score == (0 if reason else 1)


@pytest.mark.parametrize("kind", ["code", "general", "logic", "json", "instruction"])
def test_only_what_is_compared_must_be_answerable(kind: Kind) -> None:
    assert answerable(Problem("p", "Prove that it is so.", "", kind)).outcome == "keep"


def test_the_spec_says_what_is_dropped() -> None:
    problem = Problem("p", "Is 91 a prime number?", "No", "math")
    assert answerable(problem, drop=["proof", "needs_figure"]).outcome == "keep"
    assert answerable(problem, drop=["yes_no"]).outcome == "reject"


def test_options_may_stand_in_the_check() -> None:
    question = "Which of the following is prime?"
    listed = Problem("p", question, "B", "choice", check='{"options": {"A": "4", "B": "7"}}')
    assert answerable(listed).outcome == "keep"
    assert answerable(Problem("p", question, "B", "choice", check="{")).reason == "no_options"


@pytest.mark.parametrize(
    "text",
    ["(a) ", "[asy]", "? what ", "show that ", " " * 20, "\n", "is is, ", "图", "(1) find x? "],
)
def test_hostile_questions_end(text: str) -> None:
    answerable(Problem("p", text * (2 * LOOKED_AT // len(text)), "", "math"))


def test_real_problems_are_answerable() -> None:
    """MATH's training questions were made to be compared: next to none is dropped."""
    if not TRAIN.is_file():
        pytest.skip(f"no real data at {TRAIN} (set FACTORY_DATA)")
    rows = json.loads(TRAIN.read_text("utf-8"))
    reasons = Counter(
        answerable(Problem("p", row["problem"], str(row["answer"]), "math")).reason for row in rows
    )
    assert reasons[""] >= 0.998 * len(rows), reasons


def signed(problems: list[Problem], **settings: Any) -> pl.DataFrame:
    rows = [{"id": problem.id, **diversity(problem)} for problem in problems]
    defaults: dict[str, Any] = find("filter", "diversity").check(settings, "")
    return decide(pl.DataFrame(rows), **defaults)


def made(number: int) -> Problem:
    check = json.dumps({"topic": ["algebra", "geometry", "counting"][number % 3]})
    question = "x" * (10 + number)
    return Problem(f"id{number}", question, "1", "math", ["math", "stem"][number % 2], check=check)


def test_quotas() -> None:
    problems = [made(number) for number in range(240)]
    judged = signed(problems, by=["domain", "topic"], at_most=10)
    kept = judged.filter(outcome="keep")
    assert len(kept) == 6 * 10
    assert set(judged.filter(outcome="reject")["reason"]) == {"over_quota"}
    assert set(judged["score"]) == {0.0, 1.0}
    assert judged.filter(pl.col("detail").str.starts_with("1 of 40 in math, algebra")).height == 1
    # Where there is room for all, all stay.
    assert set(signed(problems)["outcome"]) == {"keep"}


def test_the_same_ones_in_any_order() -> None:
    problems = [made(number) for number in range(100)]
    shuffled = random.Random(1).sample(problems, 100)
    one, other = (signed(some, at_most=3).sort("id") for some in (problems, shuffled))
    assert one.equals(other)


def test_lengths_are_parted_evenly() -> None:
    problems = [made(number) for number in range(100)]
    judged = signed(problems, by=["length"], at_most=5, lengths=4)
    assert judged["outcome"].to_list().count("keep") == 20
    details = judged["detail"].str.extract(r"(length \d of 4)").value_counts()["count"]
    assert sorted(details) == [25, 25, 25, 25]
    # Questions of one length are one bucket.
    same = [Problem(f"id{number}", "y" * 7) for number in range(8)]
    assert signed(same, by=["length"], at_most=3)["outcome"].to_list().count("keep") == 3


def test_a_share_of_all() -> None:
    problems = [made(number) for number in range(100)]
    judged = signed(problems, by=["domain"], share=0.1)
    assert judged["outcome"].to_list().count("keep") == 20
    # At least one of each.
    assert signed(problems, by=["domain"], share=0.0)["outcome"].to_list().count("keep") == 2


def test_no_problems() -> None:
    empty = pl.DataFrame(schema=dict.fromkeys(("id", "domain", "topic", "order"), pl.String))
    empty = empty.with_columns(length=pl.lit(None, pl.Int64))
    assert len(decide(empty, by=["domain", "length"], at_most=1, share=1.0, lengths=4)) == 0


@pytest.mark.parametrize(
    ("check", "told"),
    [
        ('{"topic": "algebra"}', "algebra"),
        ('{"subject": "algebra", "level": 5}', "algebra"),
        ('{"family": "chain"}', "chain"),
        ('{"topic": 7}', ""),
        ('["topic"]', ""),
        ("{", ""),
        ("", ""),
    ],
)
def test_topics(check: str, told: str) -> None:
    assert topic(Problem("p", check=check)) == told


def test_a_signature_is_small() -> None:
    told = diversity(Problem("p", "What?", domain="math"))
    assert set(told) == set(Signature.__annotations__)
    assert told["length"] == 5
