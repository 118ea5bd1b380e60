"""What a model has already said, read from files: the way the recipe collects R1-Zero's outputs."""

from collections.abc import Mapping
from typing import Any

from generators.asking import Completion
from generators.json_rows import Paths, field, text_of
from generators.records import Row, digest
from generators.registry import register
from generators.transcript import message, split

# What `fields` may map; each stands in the row under its own name unless mapped.
OUTPUT_FIELDS = (
    "problem", "response", "reasoning", "message", "model", "finish", "prompt_tokens",
    "completion_tokens",
)  # fmt: skip


@register("generator")
def recorded(
    row: Row, *, fields: Mapping[str, Paths] | None = None, prefilled: bool = False
) -> Completion | None:
    """Outputs that stand in the source's own rows, or in `outputs: {jsonl: FILE}` beside them.

    `fields` maps response, reasoning, model, finish, prompt_tokens, completion_tokens to paths in
    the row ("usage.completion_tokens"), or to a list of which the first that is there counts;
    "=stop" is a constant. `message` may name an OpenAI-style
    message instead of response and reasoning. With `outputs`, `problem` names the field that says
    which problem is answered: it holds the question, or the value of the source's field `key`.
    `prefilled`: the prompt opened the thought, so a text without closing tag is all thought.

    Returns None where the row holds no output.
    """
    named = fields or {}

    def get(name: str) -> Any:
        return field(row, named.get(name, name))

    said = get("message")
    response, reasoning = get("response"), get("reasoning")
    if said is None and response is None and reasoning is None:
        return None
    if isinstance(said, dict):
        parts = message(said, prefilled=prefilled)
    else:
        thought = None if reasoning is None else text_of(reasoning)
        parts = split(text_of(response), thought, prefilled=prefilled)
    return Completion(
        key="",
        reasoning=parts.reasoning,
        response=parts.response,
        model=text_of(get("model")),
        finish=text_of(get("finish")),
        prompt_tokens=_count(get("prompt_tokens")),
        completion_tokens=_count(get("completion_tokens")),
    )


def recorded_as(said: Completion) -> str:
    """Hash that stands for the request of a recorded output: nobody knows what was sent."""
    return digest("recorded", said.model, said.finish, said.reasoning, said.response)


def _count(value: Any) -> int:
    """A count of tokens; tables with gaps hold them as 12.0."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 2**63:
        return 0
    return int(value)
