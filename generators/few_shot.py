"""Cold start by example: long worked chains, then one more question."""

from collections.abc import Iterator

from generators.asking import Message
from generators.exemplars import chosen, read_exemplars
from generators.files import ExistingFile
from generators.prompt_files import filled, language_name, prompt
from generators.records import Problem
from generators.registry import Count, register


@register("generator")
def few_shot(
    problem: Problem,
    *,
    samples: Count = 1,
    exemplars: ExistingFile | None = None,
    shots: Count = 2,
    nearest: bool = False,
) -> Iterator[tuple[Message, ...]]:
    """Shows a model a few long chains of thought and asks for one more (R1, section 2.3.1).

    `exemplars`: JSON lines of question, reasoning, response, domain and language; without it, those
    of the package. `shots` of them are chosen by language and domain, and where `nearest` is set by
    the words they share with the question; see `generators.exemplars.chosen`. A problem for which
    none is left but itself is not asked.

    For models that do not think by themselves: a reasoning model is asked by `teacher`.
    """
    # One message and not turns: templates take the thoughts out of earlier turns, which are all
    # that there is to imitate. <thinking> and not <think>: servers look for </think> in the prompt
    # as well, and some then take the whole answer for what comes after a thought.
    found = chosen(read_exemplars(exemplars), problem, shots, nearest=nearest)
    if not found:
        return
    example = prompt("few_shot", "example", problem.language)
    shown = "\n\n".join(
        filled(
            example,
            number=str(number),
            question=one.question,
            reasoning=one.reasoning,
            response=one.response,
        )
        for number, one in enumerate(found, 1)
    )
    asked = filled(
        prompt("few_shot", "ask", problem.language),
        examples=shown,
        question=problem.question,
        language=language_name(problem.language),
    )
    for _ in range(samples):
        yield ({"role": "user", "content": asked},)
