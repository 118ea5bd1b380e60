"""R1-Zero's own template, for models that were trained with it, and for base models."""

from collections.abc import Iterator
from typing import Literal

from generators.asking import Message
from generators.prompt_files import filled, prompt
from generators.records import Problem
from generators.registry import Count, register

NEXT_TURN = "User:"
"""What a base model goes on with once it has answered: generation ends there."""


@register("generator")
def zero(
    problem: Problem, *, samples: Count = 1, template: Literal["en", "zh"] = "en"
) -> Iterator[tuple[Message, ...]]:
    """Asks with R1-Zero's template (R1, table 1), as one text to be continued and not as a chat.

    The response keeps its <answer> tags, which `verify` reads and `refine` takes off. `template`
    "en" is the one of the paper, for questions of every language; "zh" is the same in Chinese, for
    models that were trained with that. The paper samples at temperature 1.
    """
    # A message of the role "prompt" is sent as it stands: no chat template is put around it.
    text = filled(prompt("zero", "template", template), prompt=problem.question)
    for _ in range(samples):
        yield ({"role": "prompt", "content": text, "stop": NEXT_TURN},)
