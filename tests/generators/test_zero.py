"""R1-Zero's template, as the paper prints it, sent as one text."""

import pytest

from filters import complete, think_format, verify
from generators.asking import Request, to_sample
from generators.backends.scripted import Scripted
from generators.records import Problem
from generators.zero import zero

PROBLEM = Problem("p", "What is 6 · 7?", "42", "math", "math", "mine", "en")


def test_the_template_is_the_papers() -> None:
    ((message,),) = zero(PROBLEM)
    assert message["role"] == "prompt"  # not a chat
    text = message["content"]
    assert text.startswith(
        "A conversation between User and Assistant. The user asks a question, and the Assistant "
        "solves it. The assistant first thinks about the reasoning process in the mind"
    )
    assert "<think> reasoning process here </think> <answer> answer here </answer>." in text
    assert text.endswith(" User: What is 6 · 7?. Assistant:")
    assert not text.endswith("\n")


def test_the_next_turn_of_the_user_ends_it() -> None:
    ((message,),) = zero(PROBLEM)
    assert message["stop"] == "User:"
    # It stands in the part that a base model would go on to write.
    assert message["stop"] in message["content"]


@pytest.mark.parametrize("question", ["{prompt}", "Is {x} a set?", "你好？"])
def test_the_question_stands_as_it_is(question: str) -> None:
    ((message,),) = zero(Problem("p", question, language="zh"))
    assert f"User: {question}. Assistant:" in message["content"]
    assert message["content"].isascii() is question.isascii()  # English, whatever is asked


def test_there_is_a_chinese_one_for_models_trained_with_it() -> None:
    ((message,), (same,)) = zero(PROBLEM, samples=2, template="zh")
    assert message == same
    assert "对话" in message["content"]
    assert message["content"].endswith("Assistant:")


def test_the_answer_keeps_its_tags_and_is_verified() -> None:
    def reply(request: Request) -> tuple[str, str]:
        return " <think> 6 · 7 = 42 </think> <answer> 42 </answer>", "stop"

    (messages,) = zero(PROBLEM)
    request = Request(PROBLEM, messages, "m", {}, 0)
    (said,) = Scripted("m", reply).complete([request])
    sample = to_sample(PROBLEM, said, request.content, 0, "zero", "zero")
    assert sample.response == "<answer> 42 </answer>"
    assert {judge(sample).outcome for judge in (complete, think_format, verify)} == {"keep"}
