"""Cold start by asking outright: a detailed answer with reflection and verification."""

from collections.abc import Iterator

from generators.asking import Message
from generators.prompt_files import filled, language_name, prompt
from generators.records import Problem
from generators.registry import Count, register


@register("generator")
def reflect(problem: Problem, *, samples: Count = 1) -> Iterator[tuple[Message, ...]]:
    """Asks for a detailed chain with reflection, verification and a summary (R1, section 2.3.1).

    The thought is asked for between <thinking> tags, in the question's language. For models that do
    not think by themselves: a reasoning model is asked by `teacher`.
    """
    asked = filled(
        prompt("reflect", "ask", problem.language),
        question=problem.question,
        language=language_name(problem.language),
    )
    for _ in range(samples):
        yield ({"role": "user", "content": asked},)
