"""An editor model rewrites a right but rough thought into prose that reads well, with a summary."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from generators.asking import Completion, Message
from generators.errors import UserError
from generators.files import ExistingFile, changed_at, numbered_rows
from generators.prompt_files import filled, language_name, prompt
from generators.records import Sample, digest
from generators.registry import Count, register
from generators.texts.fenced import fenced, harmless
from generators.texts.text import language_of
from generators.transcript import Transcript, split

PARTS = ("thought", "summary")
"""The tags of a reply, in order. Not <think>: a thinking editor has a thought of its own."""


def read(sample: Sample, said: Completion, **settings: Any) -> tuple[str, str] | None:
    """Thought and summary of the editor's reply; None where it has not the form it was asked for.

    That is: it was cut off, a part is missing, empty or there twice, or text stands beside them.
    """
    rest = said.response.strip()
    if said.finish != "stop":
        return None
    found = []
    for name in PARTS:
        opening, closing = f"<{name}>", f"</{name}>"
        if rest.count(opening) != 1 or rest.count(closing) != 1 or not rest.startswith(opening):
            return None
        inside, _, rest = rest.removeprefix(opening).partition(closing)
        found.append(inside.strip())
        rest = rest.strip()
    if rest or not all(found):
        return None
    return found[0], found[1]


@register("generator", read=read)
def refine(
    sample: Sample, *, edits: ExistingFile | None = None, shots: Count = 2
) -> Iterator[tuple[Message, ...]]:
    """Rewrites kept thoughts in first-person prose in the question's language (R1, B.3.2).

    The new sample's response is a summary that is faithful to the thought; the filter `refined`
    checks that. `edits`: JSON lines of before and after, each the text of a turn or an object of
    reasoning and response, with the question and its language where they are known; `shots` of
    them show the editor how a person did it. Samples without a thought are left alone.
    """
    problem = sample.problem
    if not sample.reasoning.strip():
        return
    # Nobody can write a text that holds the hash of itself.
    mark = digest("refine", sample.id, problem.question, sample.reasoning, sample.response)
    blocks = {"QUESTION": problem.question, "THOUGHT": sample.reasoning, "ANSWER": sample.response}
    shown = "" if edits is None else _shown(_chosen(edits, sample, shots), problem.language, mark)
    asked = filled(
        prompt("refine", "ask", problem.language),
        mark=mark,
        language=language_name(problem.language),
        blocks="\n\n".join(fenced(name, text, mark) for name, text in blocks.items()),
        examples=shown,
    )
    yield ({"role": "user", "content": asked},)


# --- a person's edits -----------------------------------------------------------------------


def _chosen(path: str, sample: Sample, shots: int) -> list[tuple[Transcript, Transcript]]:
    """Edits for this sample: in its language, of other questions, others for each sample."""
    found = [
        (digest("edit", sample.id, after.reasoning, after.response), before, after)
        for question, language, before, after in _read_edits(path, *changed_at(path))
        if language == sample.problem.language and question != sample.problem.question
    ]
    return [(before, after) for _, before, after in sorted(found, key=lambda one: one[0])[:shots]]


def _shown(edits: list[tuple[Transcript, Transcript]], language: str, mark: str) -> str:
    if not edits:
        return ""
    told = []
    for before, after in edits:
        told.append(fenced("BEFORE", f"{before.reasoning}\n\n{before.response}", mark))
        thought, summary = (harmless(text) for text in (after.reasoning, after.response))
        told.append(
            f"BEGIN AFTER {mark}\n<thought>\n{thought}\n</thought>\n"
            f"<summary>\n{summary}\n</summary>\nEND AFTER {mark}"
        )
    text = filled(prompt("refine", "examples", language), edits="\n\n".join(told))
    return f"\n{text}\n"


@lru_cache(maxsize=8)
def _read_edits(
    path: str, changed: int, size: int
) -> tuple[tuple[str, str, Transcript, Transcript], ...]:
    found = []
    for at, row in numbered_rows(Path(path)):
        before, after = (_turn(row.get(name), f"{at}: {name!r}") for name in ("before", "after"))
        question = str(row.get("question") or "")
        language = row.get("language") or language_of(question or after.reasoning)
        found.append((question, str(language), before, after))
    return tuple(found)


def _turn(value: Any, at: str) -> Transcript:
    """A turn of an edit; UserError where it has not both a thought and a response."""
    match value:
        case {"reasoning": str(reasoning), "response": str(response)}:
            turn = Transcript(reasoning.strip(), response.strip())
        case str():
            turn = split(value)
        case _:
            raise UserError(f"{at} is neither text nor an object of reasoning and response")
    if not turn.reasoning or not turn.response:
        raise UserError(f"{at} has not both a thought and a response")
    return turn
