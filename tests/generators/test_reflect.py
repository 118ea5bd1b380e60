"""Cold start by asking outright: what is asked for, and that the answer to it is read."""

import pytest

from filters import complete, think_format, verify
from generators.asking import Request, to_sample
from generators.backends.scripted import Scripted
from generators.records import Problem
from generators.reflect import reflect


def problem(question: str = "What is 2 + 3?", language: str = "en") -> Problem:
    return Problem("p", question, "5", "math", "math", "mine", language)


def test_it_asks_for_reflection_verification_and_a_summary() -> None:
    requests = list(reflect(problem(), samples=2))
    assert len(requests) == 2
    assert requests[0] == requests[1]
    ((message,), _) = requests
    assert message["role"] == "user"
    text = message["content"]
    assert text.startswith("What is 2 + 3?")
    for word in ("reflection", "Verify", "summary", "<thinking>", "English"):
        assert word in text


@pytest.mark.parametrize(
    ("language", "word"),
    [("zh", "中文"), ("fr", "French"), ("und", "the language of the question")],
)
def test_the_questions_language_is_asked_for(language: str, word: str) -> None:
    ((message,),) = reflect(problem(language=language))
    assert word in message["content"]


def test_a_question_is_never_evaluated() -> None:
    ((message,),) = reflect(problem("What is {language} {0} %s ${x}?"))
    assert message["content"].startswith("What is {language} {0} %s ${x}?")


def test_what_it_asks_for_passes_the_filters() -> None:
    def reply(request: Request) -> tuple[str, str]:
        assert "What is 2 + 3?" in request.messages[0]["content"]
        return "<thinking>\nI add: 5. Check: 5 - 3 = 2.\n</thinking>\n\nSo \\boxed{5}.", "stop"

    backend = Scripted("m", reply)
    requests = [Request(problem(), one, "m", {}, 0) for one in reflect(problem())]
    (said,) = backend.complete(requests)
    sample = to_sample(problem(), said, requests[0].content, 0, "cold_start", "reflect")
    assert sample.reasoning == "I add: 5. Check: 5 - 3 = 2."
    assert {judge(sample).outcome for judge in (complete, think_format, verify)} == {"keep"}
