"""The final answer in a response: which rule finds it, and what it must not be taken from."""

import time

import pytest

from filters.answers.final import (
    TAIL,
    boxed,
    boxes,
    last_value,
    response_tail,
    stated_answer,
    tagged,
)


def stated(text: str) -> tuple[str, str] | None:
    answer = stated_answer(response_tail(text))
    return answer and (answer.text, answer.where)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<answer>4</answer>", "4"),
        ("<ANSWER>\n 4 \n</ANSWER>", "4"),
        ("< answer >4</ answer >", "4"),
        ("<answer>1</answer> no: <answer>2</answer>", "2"),
        ("<answer>two\nlines</answer>", "two\nlines"),
        # Damaged in ways that models damage them.
        ("<ANSWER>4</ANSWER", "4"),
        ("<ANSWER>4</ANSW", "4"),
        ("<ANSWER>4", "4"),
        ("So:\n**<answer>4", "4"),
        ("</ANSWER>4</ANSWER>", "4"),
        ("<answer>3</answer>\n\n</answer>4</answer>", "4"),
        # Mentions.
        ("Put it into the <answer> tag.", None),
        ("<answer>3</answer> is my answer, in <answer> tags.", "3"),
        ("It goes between <answer></answer> as asked.", None),
        ("<answer>...</answer>", None),
        ("<answer>3</answer> as asked.\n\nI am done.</answer>", "3"),
        ("ANSWER: 4</ANSWER>", None),
        ("x <answer y", None),
        ("no tag", None),
    ],
)
def test_tags(text: str, expected: str | None) -> None:
    answer = tagged(text)
    assert (answer and answer.text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\\boxed{4}", "4"),
        ("\\fbox{4}", "4"),
        ("\\boxed {4}", "4"),
        ("\\boxed 14", "14"),
        ("\\boxed 3/4.", "3/4"),
        ("\\boxed{\\frac{1}{2}} and no more", "\\frac{1}{2}"),
        ("\\boxed{\\{1, 2\\}}", "\\{1, 2\\}"),
        ("\\boxed{\\left\\{ x \\right.}", "\\left\\{ x \\right."),
        ("\\boxed{1} ... \\boxed{2}", "2"),
        ("\\boxed{1} \\boxed{2}", "2"),
        ("\\boxed{2} is to be put in \\boxed{}", "2"),
        # A list, where only commas and "and" stand between.
        ("\\boxed{1}, \\boxed{2} and \\boxed{3}", "1, 2, 3"),
        ("$\\boxed{1}$ or $\\boxed{2}$", "1, 2"),
        ("\\[\\boxed{-2} \\quad \\text{and} \\quad \\boxed{1}.\\]", "-2, 1"),
        ("\\boxed{1}和\\boxed{2}", "1, 2"),
        ("\\boxed{1} and then \\boxed{2}", "2"),
        ("\\boxed{1}, so it is\n\n\\boxed{2}", "2"),
        ("boxed 4", None),
        ("\\boxed 5 x_{1}", None),
    ],
)
def test_boxes(text: str, expected: str | None) -> None:
    answer = boxed(text)
    assert (answer and answer.text) == expected


def test_a_box_that_never_closes_is_not_read_and_hides_the_earlier_ones() -> None:
    answer = boxed("\\boxed{1} no, \\boxed{27")
    assert answer is not None
    assert answer.where == "broken_box"
    assert [box.text for box in boxes("\\boxed{1}\\boxed{2}")] == ["2", "1"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # A tag above a box, a box above words, but the last above all.
        ("<answer>\\boxed{4}</answer>", ("4", "box")),
        ("\\boxed{3} <answer>4</answer>", ("4", "tag")),
        ("<answer>3</answer> Wait. \\boxed{4}", ("4", "box")),
        ("The answer is 3. \\boxed{4}", ("4", "box")),
        ("\\boxed{4}. The answer is correct, in case 3 you wonder.", ("4", "box")),
        ("\\boxed{3}. No. Final answer: 4", ("4", "phrase")),
        ("\\boxed{4}\n\nThe final answer is clearly highlighted.", ("4", "box")),
        ("**Final Answer**\n\n\\[ \\boxed{4} \\]", ("4", "box")),
        # After hashes.
        ("9 * 2 = 18\n#### 18", ("18", "hashes")),
        ("So it is option F. #### F ", ("F", "hashes")),
        ("#### The answer is 18", ("18", "phrase")),
        ("#### Step 4\n\nNothing yet", None),
        # In words.
        ("The answer is 4.", ("4", "phrase")),
        ("the final answer is: 4", ("4", "phrase")),
        ("**Answer:** 4", ("4", "phrase")),
        ("**Answer**: $x = 4$", ("x = 4", "phrase")),
        ("Answer:\n\n\\[ x + 1 \\]", ("x + 1", "phrase")),
        ("So the answer is **4**, as she said.", ("4", "phrase")),
        ("The answer is $5$ or $-5$.", ("$5$ or $-5$", "phrase")),
        ("The answer to question 7 is 3.5 apples. Good.", ("3.5 apples", "phrase")),
        ("The answer is 1. No! The answer is 2.", ("2", "phrase")),
        ("Final Answer: The largest $n$ is 34.", ("34", "sentence")),
        ("Final Answer: The final answer is $10,455$. I hope it is right.", ("10,455", "phrase")),
        ("The answer is not 4.", ("not 4", "phrase")),
        ("If the answer is 4, we are lost.", None),
        ("The answer isn't known.", None),
        ("答案是 42。", ("42", "phrase")),
        ("因此，答案为：\\(42\\)", ("42", "phrase")),
        ("【答案】42", ("42", "phrase")),
        ("She runs 5 laps.\nA: 5", ("5", "phrase")),
        ("No word of it.", None),
        ("", None),
    ],
)
def test_what_is_stated(text: str, expected: tuple[str, str] | None) -> None:
    assert stated(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("She pays $36 for 2.", "2"),
        ("So 9 * 2 = 18", "18"),
        ("It is 1,000.99 in all", "1,000.99"),
        ("We lose -3 points", "-3"),
        ("so 100-30 it is", "30"),
        ("The plan is 13/28", "13/28"),
        ("12升/40升/分钟=300分钟。", "300"),
        ("Hence $x = 4$.", "x = 4"),
        ("Hence \\(x = 4\\) holds.", "x = 4"),
        ("Hence $x$ is 4", "4"),
        ("The value is 25%", "25%"),
        ("7 it is.\n\nI hope this helps!", "7"),
        # A bare formula is one answer, and not the last number in it.
        ("\\frac{5}{2}", "\\frac{5}{2}"),
        ("12\\,345", "12\\,345"),
        ("3+2", "3+2"),
        # A name is no number.
        ("It is x2", None),
        ("7 it was.\n\nNo.\n\nI give up.", None),
        ("Nothing", None),
        ("", None),
    ],
)
def test_what_a_response_ends_with(text: str, expected: str | None) -> None:
    answer = last_value(text)
    assert (answer and answer.text) == expected


def test_what_is_read_of_a_response() -> None:
    assert response_tail("<think>\\boxed{1}</think>\nYes") == "Yes"
    assert response_tail("It is 5.<|im_end|> \n") == "It is 5."
    assert response_tail("4" + " " * 100_000) == "4"
    assert len(response_tail("x" * 100_000)) == TAIL
    assert stated("\\boxed{4}" + "x" * TAIL) is None
    assert stated("İİ The answer is 4") == ("4", "phrase")  # lower case of İ is longer


HOSTILE = {
    "open braces": "{" * 200_000,
    "open boxes": "\\boxed{" * 30_000,
    "nested braces": "\\boxed{" + "{" * 50_000 + "}" * 50_000 + "}",
    "boxes": "\\boxed{9} " * 20_000,
    "list of boxes": "\\boxed{9}, " * 20_000,
    "open tags": "<answer>" * 25_000,
    "closing tags": "</answer>" * 22_000,
    "less than": "<" * 200_000,
    "phrases": "the answer is " * 14_000,
    "long phrases": ("the answer " + "x" * 60 + "\n") * 2_800,
    "hashes": "#" * 200_000,
    "dollars": "$" * 200_000,
    "parentheses": "\\(" * 100_000,
    "digits": "1" * 200_000,
    "commas": "1," * 100_000,
    "spaces": "answer is" + " " * 200_000 + "x",
    "stars": "answer is " + "*" * 200_000,
    "joiners": "\\boxed{1} " + "and " * 40_000 + "\\boxed{2}",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_text_takes_long(text: str) -> None:
    times = []
    for _ in range(3):
        start = time.process_time()
        tail = response_tail(text)
        stated_answer(tail)
        last_value(tail)
        times.append(time.process_time() - start)
    assert min(times) < 0.05
