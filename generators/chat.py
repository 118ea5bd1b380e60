"""Prompts as token ids: messages rendered by the chat template that comes with a model's tokenizer.

Rendering here, and not in an engine, gives the ids that are sent, tells whether the template opened
the thought, and leaves a hash by which a changed template is noticed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from generators.errors import BadRow, UserError
from generators.records import digest
from generators.transcript import OPENING


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model reads, and what its answer must be read with."""

    ids: list[int]
    prefilled: bool
    """Whether it ends in the tag that opens the thought."""
    stop: tuple[str, ...] = ()
    """Texts at which generation ends; they are not part of the answer."""
    raw: bool = False
    """Whether it was sent as it stands, without a template."""


def render(
    tokenizer: Any, messages: Sequence[Mapping[str, str]], arguments: Mapping[str, Any]
) -> Prompt:
    """The messages as a Hugging Face tokenizer renders them; `arguments` go to its template.

    A message of the role "prompt" is sent as it stands, to a base model, and may hold a text to
    "stop" at. UserError where the model has no template; BadRow "template" where the template
    refuses these messages.
    """
    if any(message["role"] == "prompt" for message in messages):
        text = "".join(message["content"] for message in messages)
        stop = tuple(message["stop"] for message in messages if message.get("stop"))
        ids = tokenizer.encode(text, add_special_tokens=True)
        return Prompt(ids, _opened(text), stop, raw=True)
    if not tokenizer.chat_template:
        raise UserError("the model has no chat template: ask it with `zero` or another raw prompt")
    from jinja2 import TemplateError

    try:
        text = tokenizer.apply_chat_template(
            list(messages), tokenize=False, add_generation_prompt=True, **arguments
        )
    except (TemplateError, TypeError, KeyError) as error:
        raise BadRow("template", " ".join(str(error).split())[:300]) from None
    # The template has put in what begins a text; the tokenizer must not put it in again.
    return Prompt(tokenizer.encode(text, add_special_tokens=False), _opened(text))


def fitting(prompt: Prompt, context: int) -> Prompt:
    """The prompt, if a context of that many tokens leaves it room for an answer.

    BadRow where it does not: prompt_too_long, prompt_empty.
    """
    if not prompt.ids:
        raise BadRow("prompt_empty", "there is nothing to go on from")
    if len(prompt.ids) >= context:
        words = f"{len(prompt.ids)} tokens, of {context} for prompt and answer together"
        raise BadRow("prompt_too_long", words)
    return prompt


def template_hash(tokenizer: Any) -> str:
    """Hash of the chat template; "" where there is none."""
    template = tokenizer.chat_template
    return digest("template", orjson.dumps(template).decode()) if template else ""


def _opened(text: str) -> bool:
    return text.rstrip().endswith(OPENING)
