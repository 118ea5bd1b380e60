"""Multiple choice: what is stated counts; what only looks like a choice does not."""

import json

import pytest

from filters.kinds.choice import choice
from filters.kinds.options import offered
from generators.records import Problem

CITIES = "Which city lies on the Seine?\nA. London\nB. Rome\nC. Paris\nD. Athens\nE. None of these"
NUMBERED = (
    "Facts:\n1. Ann is Bob's mother.\n2. Bob is Cid's father.\nWhat is Ann to Cid?\n"
    "1. Ann is Cid's mother.\n2. Ann is Cid's sister.\n3. Ann is Cid's grandmother.\n4. Nothing."
)
VALUES = "What is 2 + 2?\n(A) 2 (B) 4 (C) 6 (D) 8"


def problem(question: str, answer: str, check: str = "") -> Problem:
    return Problem("p", question, answer, "choice", "", "", "en", check)


def judged(question: str, answer: str, response: str, check: str = "") -> str:
    verdict = choice(problem(question, answer, check), response)
    return verdict.reason or verdict.outcome


STATED = [
    # In so many words.
    "The answer is C.",
    "Answer: C",
    "**Answer: C**",
    "**Answer:** C",
    "**Answer**: **C**",
    "Final answer: (C)",
    "The final answer is **C**.",
    "### Answer\n\nC",
    "The correct answer is:\n\n**C. Paris**",
    "So the correct option is C.",
    "The right choice is (C) Paris.",
    "The option that lies on the Seine is C.",
    "My choice is C",
    "the final option is C",
    "Our selection is option C. #### C",
    "C is the correct option",
    "C is the right choice",
    "#### C",
    "c",
    "Option C is correct. Option A is in England and is incorrect.",
    "(C) is the right answer.",
    "Hence option C is the best answer.",
    "I would choose C.",
    "I'll go with option C, Paris.",
    "Answer: C, because the others lie elsewhere. It can't be A or B.",
    "The answer is for sure C, it can't be A or B",
    "The answer is (c)",
    "The answer is $\\boxed{\\text{C}}$.",
    "The answer is the city of light (C).",
    "Final Answer C",
    # Tags, whole and damaged.
    "<answer>C</answer>",
    "<ANSWER> (C) </ANSWER>",
    "<answer>C. Paris</answer>",
    "<answer>Paris</answer>",
    "<answer>The answer is C</answer>",
    "<answer>C</answer",
    "<answer>C",
    "</answer>C</answer>",
    "**ANSWER**C</ANSWER>",
    "Answer:C</ANSWER>\n\nAs stated above.",
    # Boxes.
    "\\boxed{C}",
    "\\[ \\boxed{\\textbf{(C)}\\ \\text{Paris}} \\]",
    "\\boxed{\\text{Paris}}",
    "\\boxed{C. \\text{Paris}}",
    "\\boxed{\\text{The answer is C}}",
    # A last line of its own.
    "Paris lies on the Seine.\n\nC",
    "Paris lies on the Seine.\n\n**(C) Paris**",
    "C",
    "C. It is the only one in France.",
    "C) Paris",
    # The option's text.
    "The answer is Paris.",
    "It must be this one:\n\nParis",
    # Chinese.
    "【答案】C <eoa>",
    "【答案】: C",
    "答案是C。",
    "因此答案为（C）",
    "综上所述，故选C。",
    "故选：C",
    # Said again, and better.
    "The answer is A. Wait, that is in England. The answer is C.",
    "<answer>A</answer> No, I was wrong. <answer>C</answer>",
    "Answer: B\n\nHmm, Rome lies on the Tiber, which I mistook for it at first, as one does in a "
    "hurry. Let me correct this.\n\n\\boxed{C}",
    # Letters that are no choice.
    "Let \\boxed{A = 5} be its area. Answer: C",
    "A careful look shows the answer is C.",
    "I think the answer is C",
    "Answer: C\n\nA map would have shown it. I looked at one. B and D are far away.",
    "The answer is C.\n\nWhy not the others:\nA. London lies on the Thames.\nB. Rome does not.\n"
    "D. Athens does not.",
    "Is the answer A? No. Could the answer be B? No. The answer is C.",
    "If the answer is A, then it must be in England, so C is the answer.",
    "Option D would be correct if Athens were in France. The answer is C. Option A is incorrect.",
    "The answer is not A. The answer is C. Option B is not correct either.",
]


@pytest.mark.parametrize("response", STATED)
def test_a_stated_choice_is_found(response: str) -> None:
    assert judged(CITIES, "C", response) == "keep"
    assert judged(CITIES, "B", response) == "wrong_answer"


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        # Nothing stated: a mention may be more than we understand, nothing at all is wrong.
        ("I do not know.", "no_choice"),
        ("It could be A, but C is also near a river.", "no_choice"),
        ("Answer: A long story.", "no_choice"),
        ("Answer: I am not sure.", "no_choice"),
        ("The options are A, B, C, D and E.", "no_choice"),
        ("The answer is not C.", "no_choice"),
        ("If the answer is C, then", "no_choice"),
        ("The answer is C if Paris moved.", "no_choice"),
        ("\\boxed{C = 2\\pi r}", "no_choice"),
        ("The answer is F.", "no_choice"),
        ("<answer>maybe</answer>", "no_choice"),
        ("Answer: C'", "no_choice"),
        # Two things at once.
        ("The answer is B or C.", "conflicting_choice"),
        ("<answer>C. Rome</answer>", "conflicting_choice"),
        ("The answer is A.\n\n\\boxed{C}", "conflicting_choice"),
        ("Answer: C\n\n<answer>B</answer>", "conflicting_choice"),
        ("The answer is C.\n\nThe Romans called it Lutetia.\n\nB", "conflicting_choice"),
        # Several, where one is right.
        ("The answer is B and C.", "wrong_answer"),
        ("Answer: A, C, D", "wrong_answer"),
        ("The answers are B, C.", "wrong_answer"),
        ("\\boxed{C, G}", "wrong_answer"),
        # One, with a word about another.
        ("The answer is C, B is wrong.", "keep"),
        ("The answer is C and B is wrong.", "keep"),
        ("The answer is C, I think.", "keep"),
    ],
)  # fmt: skip
def test_what_is_not_one_clear_choice(response: str, expected: str) -> None:
    assert judged(CITIES, "C", response) == expected


def test_no_choice_is_wrong_only_where_no_option_is_mentioned() -> None:
    assert choice(problem(CITIES, "C"), "Sorry, no idea.").outcome == "reject"
    assert choice(problem(CITIES, "C"), "It may be C, who knows.").outcome == "unknown"
    assert choice(problem(CITIES, "C"), "Sorry, perhaps near paris.").outcome == "unknown"
    # Without options, nobody can say that none was mentioned.
    assert choice(problem("Which city?", "C"), "Sorry, no idea.").outcome == "unknown"


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ("<ANSWER>3</ANSWER>", "keep"),
        ("<ANSWER>3</ANSWER", "keep"),
        ("<ANSWER>2</ANSWER>", "wrong_answer"),
        ("So option 3 is correct.\n\nANSWER: 3", "keep"),
        ("The correct answer is **3. Ann is Cid's grandmother.**", "keep"),
        ("Ann is Cid's grandmother.", "keep"),
        ("I put it in the <ANSWER> tag as asked.\n\n\\[ \\boxed{3} \\]", "keep"),
        ("\\boxed{3}", "keep"),
        # Amounts and parts of numbers are no labels.
        ("The answer is 3 generations.", "no_choice"),
        ("The answer is 3.5", "no_choice"),
        ("The answer is 3/4.", "no_choice"),
        ("The answer is 30.", "no_choice"),
        ("<ANSWER>7</ANSWER>", "no_choice"),
    ],
)
def test_numbers_as_labels(response: str, expected: str) -> None:
    assert judged(NUMBERED, "3", response) == expected


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("C", {"C"}),
        ("(C)", {"C"}),
        ("\\textbf{(C)}", {"C"}),
        ("c", {"C"}),
        ("C.", {"C"}),
        ("C. Paris", {"C"}),
        ("C Paris", {"C"}),
        ("Paris", {"C"}),
        ("paris.", {"C"}),
        ("A, C, D", {"A", "C", "D"}),
        ("A and C", {"A", "C"}),
        ("ACD", {"A", "C", "D"}),
        ('["A", "C"]', {"A", "C"}),
        ("['C']", {"C"}),
        ("F", set()),
        ("Berlin", set()),
        ("7", set()),
    ],
)
def test_references(reference: str, expected: set[str]) -> None:
    offer = offered(CITIES, "", reference)
    assert not isinstance(offer, str)
    assert offer.right == expected


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ("Answer: A, C, D", "keep"),
        ("Answer: A, C and D.", "keep"),
        ("The correct options are A, C, and D.", "keep"),
        ("\\boxed{ACD}", "keep"),
        ("\\boxed{A}, \\boxed{C} and \\boxed{D}", "keep"),
        ("答案：A、C、D", "keep"),
        ("<answer>D, C, A</answer>", "keep"),
        ("Answer: (A)(C)(D)", "keep"),
        ("Answer: A, C", "wrong_answer"),
        ("Answer: C", "wrong_answer"),
    ],
)
def test_several_right_labels_are_a_set(response: str, expected: str) -> None:
    assert judged(CITIES, "ACD", response) == expected


@pytest.mark.parametrize(
    ("question", "check", "labels", "third"),
    [
        (CITIES, "", "ABCDE", "paris"),
        (NUMBERED, "", "1234", "ann is cid's grandmother"),
        (VALUES, "", "ABCD", "6"),
        ("Pick one.\n- **A)** x\n- **B)** y\n- **C)** z", "", "ABC", "z"),
        ("When?\nA. 3:00 A.M.\nB. 4:00 A.M.\nC. 5:00 P.M.\nD. 6:00 P.M.", "", "ABCD", "5:00 p.m"),
        ("最小的数是()\nA.-2  B.0  C. -3  D. -1/2", "", "ABCD", "-3"),
        ("$\\textbf{(A)}\\ 1\\qquad\\textbf{(B)}\\ 2\\qquad\\textbf{(C)}\\ 3$", "", "ABC", "3"),
        ("Which?", {"options": ["x", "y", "z"]}, "ABC", "z"),
        ("Which?", {"options": ["(A)x", "(B)y", "(C)z"]}, "ABC", "z"),
        ("Which?", {"options": {"a": "x", "b": "y", "c": "z"}}, "ABC", "z"),
        ("Which?\n1. x\n2. y\n3. z", {"options": ["x", "y", "z"]}, "123", "z"),
        ("Which?\nA. x\nB. y\nC. z", {"options": {"1": "x", "2": "y", "3": "z"}}, "123", "z"),
    ],
)
def test_what_is_offered(question: str, check: object, labels: str, third: str) -> None:
    offer = offered(question, json.dumps(check) if check else "", labels[0])
    assert not isinstance(offer, str)
    assert "".join(offer.labels) == labels
    assert offer.texts[labels[2]] == third


def test_ten_options_and_more() -> None:
    question = "Which?\n" + "\n".join(f"{label}. text {label}" for label in "ABCDEFGHIJKL")
    assert judged(question, "J", "The answer is J.") == "keep"
    assert judged(question, "L", "\\boxed{L}") == "keep"
    assert judged(question, "I", "The answer is I.") == "keep"
    assert judged(question, "I", "Answer: I believe it is J") == "no_choice"
    question = "Which?\n" + "\n".join(f"{number}. text {number}" for number in range(1, 13))
    assert judged(question, "12", "The answer is 12.") == "keep"
    assert judged(question, "1", "The answer is 12.") == "wrong_answer"


def test_a_value_is_read_as_the_option_it_is() -> None:
    assert judged(VALUES, "B", "\\boxed{4}") == "keep"
    assert judged(VALUES, "B", "The answer is 6.") == "wrong_answer"
    assert judged(VALUES, "B", "\\boxed{5}") == "no_choice"
    # 2 is the second label and the text of the first.
    question = "What is 1 + 1?\n1. 2\n2. 3\n3. 4"
    assert judged(question, "2", "The answer is 3") == "no_reference"
    assert judged(question, "1", "<answer>2</answer>") == "conflicting_choice"


def test_options_that_cannot_be_used() -> None:
    for check in ('{"options": 3}', "not JSON", "[1]"):
        verdict = choice(problem("Which?", "A", check), "A")
        assert (verdict.outcome, verdict.reason) == ("unknown", "bad_check")
    assert judged(CITIES, "Berlin", "Answer: C") == "no_reference"
    # Nobody says whether 2 is the second or, from 0, the third; a letter or a text is clear.
    options = json.dumps({"options": ["x", "y", "z"]})
    assert judged("Which?", "2", "C", options) == "bad_check"
    assert judged("Which?", "C", "C", options) == "keep"
    assert judged("Which?", "z", "C", options) == "keep"


def test_the_verdict_says_what_it_saw() -> None:
    verdict = choice(problem(CITIES, "C"), "Answer: B")
    assert (verdict.score, verdict.detail) == (0.0, "got B, wanted C (rung: choice)")
    assert choice(problem(CITIES, "C"), "Answer: C").score == 1.0
    assert choice(problem(CITIES, "C"), "B or C, I mean, the answer is B or C").score is None
