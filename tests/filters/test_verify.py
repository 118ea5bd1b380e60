"""One judge for all kinds: right, wrong, and the reasons why it cannot tell."""

import json
import time

import pytest

from filters.verdict import Verdict
from filters.verify import KINDS, verify, verify_response
from generators.records import KINDS as ALL_KINDS
from generators.records import Problem, Sample
from generators.registry import find
from generators.transcript import split


def problem(kind: str, answer: str, check: str = "", question: str = "?") -> Problem:
    return Problem("p", question, answer, kind, "", "", "en", check)


def sample(task: Problem, response: str, finish: str = "stop", reasoning: str = "") -> Sample:
    return Sample("s", task, reasoning, response, "reasoning", "", "", "", finish=finish)


def said(verdict: Verdict) -> tuple[str, str]:
    return verdict.outcome, verdict.reason


MATH = [
    ("27", "So $\\boxed{27}$.", "keep", ""),
    ("27", "<answer>27</answer>", "keep", ""),
    ("27", "Then $9 * 3 = 27$.\n#### 27", "keep", ""),
    ("27", "The final answer is $\\boxed{26}$, as 27 is too large.", "reject", "wrong_answer"),
    ("27", "\\boxed{27}, or no: \\boxed{26}", "reject", "wrong_answer"),
    ("27", "\\boxed{26}, or no: \\boxed{27}", "keep", ""),
    ("27", "\\boxed{26} and \\boxed{27}", "reject", "wrong_answer"),
    ("27", "The thought \\boxed{26} is here.</think>\nIt is \\boxed{27}.", "keep", ""),
    ("27", "<think>27 it is, so \\boxed{27}", "unknown", "cut_off"),
    ("27", "<think>It is \\boxed{27}.</think>\nI cannot tell.", "reject", "no_answer"),
    ("1/2", "The answer is 0.5.", "keep", ""),
    ("1/2", "The answer is one half.", "unknown", "undecided"),
    ("\\frac{\\pi}{2}", "\\boxed{\\frac{ \\pi }{2}}", "keep", ""),
    ("\\frac{\\pi}{2}", "\\boxed{1.57}", "reject", "wrong_answer"),
    ("\\frac{\\pi}{2}", "\\boxed{pi/2}", "keep", ""),
    ("2\\sqrt{2}", "\\boxed{\\sqrt{8}}", "keep", ""),
    ("a", "\\boxed{\\sqrt{a^2}}", "unknown", "undecided"),
    ("(1, 2)", "\\boxed{(1,2)}", "keep", ""),
    ("(1, 2)", "\\boxed{(2,1)}", "reject", "wrong_answer"),
    ("10%", "\\boxed{10}", "keep", ""),
    ("10", "\\boxed{10\\%}", "unknown", "undecided"),
    ("10", "\\boxed{0.1}", "reject", "wrong_answer"),
    ("Evelyn", "\\boxed{\\text{Evelyn}}", "keep", ""),
    ("27", "\\boxed{27", "unknown", "undecided"),
    ("42", "The answer is 42!", "unknown", "undecided"),
    ("120", "The answer is 5!", "keep", ""),
    ("42", "The answer is 42, not 24.", "keep", ""),
    ("14", "Ответ: 14", "keep", ""),
    ("14", "La respuesta es 14.", "keep", ""),
    ("42", "\\boxed{?}", "reject", "no_answer"),
    ("42", "\\boxed{\\text{}}", "reject", "no_answer"),
    ("3:30 PM", "3:30 p.m.", "keep", ""),
    # A guess is right where it fits, and wrong only where the right one is not near.
    ("27", "So she has 27 apples.", "keep", ""),
    ("27", "So she has 26 apples.", "reject", "wrong_answer"),
    ("4.5", "So it is **-4.5**.", "reject", "wrong_answer"),
    ("27\\pi", "So the area is \\(27\\pi^2\\).", "reject", "wrong_answer"),
    ("K = 8", "So the value is 7.", "reject", "wrong_answer"),
    ("27", "So she picks 27 apples on each of 3 days.", "unknown", "undecided"),
    ("7", "So it could be 17.", "reject", "wrong_answer"),
    # No answer at all.
    ("27", "", "reject", "no_answer"),
    ("27", "I do not know.", "reject", "no_answer"),
    ("4", "There are four of them.", "unknown", "no_answer"),
    ("4", "一共四个。", "unknown", "no_answer"),
    ("0", "There is no such number.", "unknown", "no_answer"),
    ("5", "There is no such number.", "reject", "no_answer"),
    ("x + 1", "I do not know.", "unknown", "no_answer"),
    # References as sources write them.
    ("9 * 3 = 27\n#### 27", "\\boxed{27}", "keep", ""),
    ("Hence it is $\\boxed{27}$.", "\\boxed{27}", "keep", ""),
    ("Hence it is $\\boxed{27}$.", "\\boxed{28}", "reject", "wrong_answer"),
    ("", "\\boxed{27}", "unknown", "no_reference"),
    (" ", "", "unknown", "no_reference"),
    ("the function is increasing", "\\boxed{5}", "unknown", "undecided"),
]


@pytest.mark.parametrize(("answer", "response", "outcome", "reason"), MATH)
def test_math(answer: str, response: str, outcome: str, reason: str) -> None:
    verdict = verify_response(problem("math", answer), response)
    assert said(verdict) == (outcome, reason)
    assert verdict.score == {"keep": 1.0, "reject": 0.0, "unknown": None}[outcome]


TEXT = [
    ("Paris", "<answer>paris.</answer>", "keep", ""),
    ("Paris", "\\boxed{\\text{Paris}}", "keep", ""),
    ("Paris", "The answer is **Paris**.", "keep", ""),
    ("Paris", "Paris", "keep", ""),
    ("Paris", "We looked.\n" * 30 + "\nParis", "keep", ""),
    ("Paris", "<answer>London</answer>", "reject", "wrong_answer"),
    ("Paris", "London", "reject", "wrong_answer"),
    ("Paris", "<answer>London, not Paris</answer>", "reject", "wrong_answer"),
    ("Paris", "The answer is Parisian.", "reject", "wrong_answer"),
    ("Paris", "The answer is Paris, on the Seine.", "unknown", "undecided"),
    ("Paris", "It is Paris or London.", "unknown", "undecided"),
    ("Paris", "We looked.\n" * 30 + "\nLondon", "unknown", "no_answer"),
    ("Paris", "", "reject", "no_answer"),
    ("", "Paris", "unknown", "no_reference"),
    ("1,000", "1000", "reject", "wrong_answer"),
    ("hello world", "<think>Hm.</think>  Hello \n World ", "keep", ""),
]


@pytest.mark.parametrize(("answer", "response", "outcome", "reason"), TEXT)
def test_text(answer: str, response: str, outcome: str, reason: str) -> None:
    assert said(verify_response(problem("text", answer), response)) == (outcome, reason)


def test_text_with_more_accepted_forms() -> None:
    task = problem("text", "UK", json.dumps({"accept": ["United Kingdom", "Britain"]}))
    assert said(verify_response(task, "Answer: united kingdom")) == ("keep", "")
    assert said(verify_response(task, "Answer: UK")) == ("keep", "")
    assert said(verify_response(task, "Answer: England")) == ("reject", "wrong_answer")
    for check in ("no JSON", "[]", '{"accept": "UK"}'):
        assert said(verify_response(problem("text", "UK", check), "UK")) == ("unknown", "bad_check")


def test_choice_goes_to_the_choice_verifier() -> None:
    task = problem("choice", "B", question="Which?\nA. x\nB. y")
    assert said(verify_response(task, "Answer: B")) == ("keep", "")
    assert said(verify_response(task, "Answer: A")) == ("reject", "wrong_answer")
    assert said(verify_response(problem("choice", ""), "B")) == ("unknown", "no_reference")


def test_a_kind_without_a_verifier_is_unknown() -> None:
    assert set(KINDS) == {"math", "text", "choice", "json", "logic", "instruction"}
    for kind in set(ALL_KINDS) - set(KINDS):
        verdict = verify(sample(problem(kind, "x"), "x", finish="length"))
        assert said(verdict) == ("unknown", "no_verifier")


@pytest.mark.parametrize(
    ("finish", "response", "outcome", "reason"),
    [
        ("stop", "\\boxed{27}", "keep", ""),
        ("stop", "\\boxed{26}", "reject", "wrong_answer"),
        ("stop", "No idea.", "reject", "no_answer"),
        ("stop", "", "reject", "no_answer"),
        # Whatever a cut turn holds, its last word was not heard.
        ("length", "\\boxed{27}", "unknown", "cut_off"),
        ("length", "\\boxed{26}", "unknown", "cut_off"),
        ("length", "", "unknown", "cut_off"),
        ("repetition", "\\boxed{27}", "unknown", "cut_off"),
        ("error: timeout", "\\boxed{27}", "unknown", "cut_off"),
        ("content_filter", "\\boxed{27}", "unknown", "cut_off"),
        # Where nobody says how it ended, what is there counts and what is not is unknown.
        ("", "\\boxed{27}", "keep", ""),
        ("", "\\boxed{26}", "reject", "wrong_answer"),
        ("", "No idea.", "unknown", "no_answer"),
        ("", "", "unknown", "no_answer"),
        ("eos", "No idea.", "unknown", "no_answer"),
        ("eos", "\\boxed{27}", "keep", ""),
    ],
)
def test_how_the_turn_ended(finish: str, response: str, outcome: str, reason: str) -> None:
    verdict = verify(sample(problem("math", "27"), response, finish))
    assert said(verdict) == (outcome, reason)


def test_a_thought_is_never_read() -> None:
    task = problem("math", "27")
    right = "It is \\boxed{27}."
    assert said(verify(sample(task, "I give up.", reasoning=right))) == ("reject", "no_answer")
    cut = split("<think>" + right)
    assert said(verify(sample(task, cut.response, "", cut.reasoning))) == ("unknown", "cut_off")
    whole = split("<think>It is \\boxed{26}.</think>" + right)
    assert said(verify(sample(task, whole.response, "stop", whole.reasoning))) == ("keep", "")


def test_no_choice_in_a_turn_that_may_have_been_cut() -> None:
    task = problem("choice", "B", question="Which?\nA. x1\nB. y1")
    assert said(verify(sample(task, "No idea."))) == ("reject", "no_choice")
    assert said(verify(sample(task, "No idea.", finish=""))) == ("unknown", "no_choice")


def test_the_detail_is_for_a_person() -> None:
    verdict = verify_response(problem("math", "7/2"), "\\boxed{12}")
    assert verdict.detail == "got 12, wanted 7/2 (rung: number)"
    verdict = verify_response(problem("math", "7/2"), "\\boxed{" + "x " * 1_000 + "}")
    assert len(verdict.detail) < 200


def test_what_the_registry_knows_of_it() -> None:
    entry = find("filter", "verify")
    assert entry.reads is Sample
    assert set(entry.settings.model_fields) == {"seconds"}
    assert entry.doc.startswith("Keeps samples whose final answer is the reference")


@pytest.mark.parametrize(
    "answer",
    ["27", "7/2", "\\frac{\\pi}{2}", "(1, 2)", "x = 5", "10\\%", "Evelyn", "[0, 1)", "\\{1, 2\\}",
     "1,234", "3\\sqrt{13}", "2^{2005}", "\\text{no solution}", "5!", "x^2 + y^2 = 1", "4210_{7}"],
)  # fmt: skip
def test_every_reference_is_equal_to_itself(answer: str) -> None:
    for response in (f"\\boxed{{{answer}}}", f"<answer>{answer}</answer>", f"#### {answer}"):
        assert said(verify_response(problem("math", answer), response)) == ("keep", "")


def test_speed() -> None:
    """A bound ten times what is measured on an idle core, for machines that are busy."""
    words = "so that the sum $x_1 + 2$ is \\( \\frac{3}{4} y \\), and therefore "
    for size, bound in ((2_000, 600e-6), (20_000, 1_000e-6)):
        text = words * (size // len(words)) + "\n\nThe answer is $\\boxed{27}$."
        for kind in ("math", "choice"):
            task = problem(kind, "3", question="Which?\n1. a\n2. b\n3. c")
            times = []
            for _ in range(50):
                start = time.process_time()
                verify_response(task, text)
                times.append(time.process_time() - start)
            assert sorted(times)[25] < bound


@pytest.mark.parametrize("kind", ["math", "text", "choice"])
@pytest.mark.parametrize(
    "text",
    [
        "answer is " + "A, " * 60_000,
        "answer is " + "1, " * 60_000,
        "answer is " + "(1)" * 60_000,
        "option 1 is correct if " * 9_000,
        "选" * 200_000,
        "答案" * 100_000,
        "1." * 100_000,
        "{" * 200_000,
        "\\boxed{" + "9" * 200_000 + "}",
        "\\boxed{" + "1," * 20_000 + "}",
    ],
)
def test_hostile_responses_end_soon_and_are_not_right(kind: str, text: str) -> None:
    task = problem(kind, "3", question="Which?\n1. a\n2. b\n3. c")
    start = time.process_time()
    verdict = verify_response(task, text)
    assert time.process_time() - start < 0.25
    assert verdict.outcome != "keep"
