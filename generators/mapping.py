"""How a row with somebody's field names becomes a Problem: done here, once, for all sources."""

import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from generators.errors import BadRow
from generators.json_rows import Paths, field, text_of
from generators.records import KINDS, NEEDS_ANSWER, Problem, Row, problem_id
from generators.texts.text import language_of

# What a source's `fields` may map; each stands in the row under its own name unless mapped.
PROBLEM_FIELDS = (
    "question", "answer", "kind", "domain", "language", "options", "check", "context", "key",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """The part of a problem that makes it this problem: cheap to read, enough to place a row."""

    plain: str
    """The question as it stands in its field."""
    question: str
    """With its options under it, where they stand in a field of their own."""
    answer: str
    kind: str
    check: str
    context: str

    def id(self, source: str) -> str:
        """Id of the problem, if it is of this source."""
        return problem_id(source, self.question, self.context)


def read_asked(row: Row, fields: Mapping[str, Paths], defaults: Mapping[str, str]) -> Asked:
    """Question, reference and kind of a row. BadRow: no_question, no_answer, unknown_kind."""
    get = _getter(row, fields)
    question = get("question")
    if not question.strip():
        raise BadRow("no_question", f"field {fields.get('question', 'question')!r} is empty")
    kind = defaults.get("kind") or get("kind")
    if kind not in KINDS:
        raise BadRow("unknown_kind", f"{kind!r} is none of {', '.join(KINDS)}")
    answer = get("answer")
    if kind in NEEDS_ANSWER and not answer.strip():
        raise BadRow("no_answer", f"field {fields.get('answer', 'answer')!r} is empty")
    options = field(row, fields.get("options", "options"))
    check = _check(get("check"), options)
    return Asked(question, with_options(question, options), answer, kind, check, get("context"))


def with_options(question: str, options: Any) -> str:
    """A question with its options listed under it, unless they stand in it already.

    `options`: texts by label, or a list of texts, which get the labels A, B, C ...
    """
    if not options or not isinstance(options, dict | list):
        return question
    letters = string.ascii_uppercase if len(options) <= 26 else range(1, len(options) + 1)
    listed = options if isinstance(options, dict) else dict(zip(letters, options, strict=False))
    texts = {label: text_of(text).strip() for label, text in listed.items()}
    if all(text in question for text in texts.values()):
        return question
    return f"{question}\n\n" + "\n".join(f"{label}. {text}" for label, text in texts.items())


def read_problem(
    row: Row, source: str, fields: Mapping[str, Paths], defaults: Mapping[str, str]
) -> Problem:
    """The problem in a row. `defaults` gives kind, domain and language where the row does not.

    BadRow: no_question, no_answer, unknown_kind, check_not_json.
    """
    asked = read_asked(row, fields, defaults)
    get = _getter(row, fields)
    return Problem(
        id=asked.id(source),
        question=asked.question,
        answer=asked.answer,
        kind=asked.kind,
        domain=defaults.get("domain") or get("domain") or asked.kind,
        source=source,
        language=defaults.get("language") or get("language") or language_of(asked.question),
        check=asked.check,
        context=asked.context,
    )


def _getter(row: Row, fields: Mapping[str, Paths]) -> Callable[[str], str]:
    return lambda name: text_of(field(row, fields.get(name, name)))


def _check(check: str, options: Any) -> str:
    if options is None:
        return check
    try:
        told = orjson.loads(check) if check else {}
    except orjson.JSONDecodeError as error:
        raise BadRow("check_not_json", str(error)) from None
    if not isinstance(told, dict):
        raise BadRow("check_not_json", "the field check holds no JSON object")
    return text_of({**told, "options": options})
