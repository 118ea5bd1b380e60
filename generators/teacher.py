"""Many samples per problem for rejection sampling: the recipe's 600k reasoning samples."""

from collections.abc import Iterator
from importlib.resources import files
from typing import Literal

from generators.asking import Message
from generators.records import Problem
from generators.registry import Count, register


@register("generator")
def teacher(
    problem: Problem, *, samples: Count = 1, prompt: Literal["boxed", "plain"] = "boxed"
) -> Iterator[tuple[Message, ...]]:
    """Asks a model `samples` times and leaves it to the filters to keep what is right.

    `prompt` names a text of generators/prompts: "boxed" asks for steps and a boxed answer, as the
    report's evaluation does; "plain" sends the question alone.
    """
    text = files("generators.prompts").joinpath(f"teacher_{prompt}.txt").read_text("utf-8")
    # Plain substitution: a question may hold braces, and a template must never evaluate data.
    asked = text.rstrip("\n").replace("{question}", problem.question)
    for _ in range(samples):
        yield ({"role": "user", "content": asked},)
