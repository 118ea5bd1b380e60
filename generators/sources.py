"""Rows of somebody's file or dataset, and how they become Problems.

A source either names files of JSON lines, which the line reads in place, or yields rows. The
mapping from their field names to ours stands in the spec and is applied here, once, for all.
"""

import glob
import json
import os
import re
import string
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import orjson
from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from generators.errors import BadRow, UserError
from generators.opening import parquet_file
from generators.records import KINDS, NEEDS_ANSWER, Problem, Row, problem_id
from generators.registry import nearest, register
from generators.text import language_of

# A row longer than this is refused unread: one broken file must not take the memory of a worker.
LONGEST_ROW = 64 << 20  # bytes
DEEPEST = 200  # lists and objects in each other; JSON libraries give up at different depths

# What a source's `fields` may map; each stands in the row under its own name unless mapped.
PROBLEM_FIELDS = (
    "question", "answer", "kind", "domain", "language", "options", "check", "context", "key",
)  # fmt: skip


def matching(patterns: list[str], base: Path) -> list[str]:
    """The files that paths or patterns lead to, in order; ValueError where one leads nowhere.

    ${NAME} and ${NAME:-default} are taken from the environment; relative paths start at `base`.
    """
    found: list[str] = []
    for pattern in patterns:
        full = os.path.join(base, os.path.expanduser(from_environment(pattern)))
        # A file whose own name holds a pattern's characters stands for itself.
        plain = os.path.isfile(full) or not glob.has_magic(full)
        names = [full] if plain else sorted(glob.glob(full, recursive=True))
        names = [name for name in names if os.path.isfile(name)]
        if not names:
            raise ValueError(f"no file at {full}{_of_environment(pattern)}")
        found += names
    return found


_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")


def from_environment(text: str) -> str:
    """Text with ${NAME} and ${NAME:-default} filled in; ValueError where NAME is not set."""

    def value(found: re.Match[str]) -> str:
        name, default = found.groups()
        told = os.environ.get(name) or default
        if told is None:
            raise ValueError(f"set the environment variable {name}")
        return told

    return _VARIABLE.sub(value, text)


def _of_environment(pattern: str) -> str:
    names = [name for name, _ in _VARIABLE.findall(pattern)]
    return f"; the environment variable {names[0]} can name another folder" if names else ""


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _must_match(patterns: list[str], info: ValidationInfo) -> list[str]:
    matching(patterns, Path((info.context or {}).get("base") or "."))
    return patterns  # as written: a resolved spec must not hold the paths of one machine


# One path, a pattern, or a list of them; relative to the spec; each must lead to a file.
Files = Annotated[
    list[str], BeforeValidator(_as_list), Field(min_length=1), AfterValidator(_must_match)
]


@register("source")
def jsonl(files: Files) -> list[Path]:
    """Rows of JSON Lines files, plain or .gz: one path, a pattern with *, or a list of them."""
    return [Path(name) for name in files]


@register("source")
def parquet(files: Files, *, columns: list[str] | None = None) -> Iterator[Row]:
    """Rows of Parquet files: one path, a pattern with *, or a list of them."""
    for name in files:
        with parquet_file(name) as file:
            for column in columns or ():
                if column.split(".")[0] not in file.schema_arrow.names:
                    told = nearest(column, file.schema_arrow.names)
                    raise UserError(f"{name}: no column called {column!r}{told}")
            for batch in file.iter_batches(batch_size=64, columns=columns):
                yield from batch.to_pylist()


@register("source")
def hub(
    repository: str,
    *,
    split: str = "train",
    config: str | None = None,
    revision: str = "",
) -> Iterator[Row]:
    """Rows of a dataset on the Hugging Face Hub (or in a local folder), streamed.

    An empty revision is looked up at the first build and recorded with the run, so that a later
    build of the same run reads the same rows. Loading scripts are not run.
    """
    import datasets

    yield from datasets.load_dataset(
        repository, name=config, split=split, revision=revision or None, streaming=True
    )


def pin_revision(repository: str) -> str:
    """The commit that a Hub dataset's main branch points to now."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

    try:
        return HfApi().dataset_info(repository).sha or ""
    except (HfHubHTTPError, OfflineModeIsEnabled, OSError) as error:
        reason = str(error).splitlines()[0]
        raise UserError(f"sources: the Hub does not show {repository!r}: {reason}") from None


def parse_row(line: bytes) -> Row:
    """One line of a JSON Lines file. BadRow says what is wrong with it."""
    line = line.removeprefix(b"\xef\xbb\xbf")
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError:
        row = _parse_lenient(line)
    else:
        if any(_rounded(value) for level in islice(_levels(row), DEEPEST) for value in level):
            row = _parse_lenient(line)
    if not isinstance(row, dict):
        raise BadRow("not_an_object", f"the row is a {type(row).__name__}")
    if any(islice(_levels(row), DEEPEST, None)):
        raise BadRow("nested_too_deeply", f"more than {DEEPEST} lists or objects in each other")
    return row


def _levels(value: Any) -> Iterator[list[Any]]:
    """A value, then all that is in it, then all that is in that: a list per level."""
    level = [value]
    while level:
        yield level
        inside = (v.values() if isinstance(v, dict) else v for v in level if type(v) in _HOLDERS)
        level = [inner for values in inside for inner in values]


_HOLDERS = (dict, list)


def _rounded(value: Any) -> bool:
    """Whether it may be an integer of more than 64 bits: orjson makes rounded floats of those."""
    return type(value) is float and abs(value) >= 2**63


def _parse_lenient(line: bytes) -> Any:
    """What orjson refuses or rounds: NaN (read as null) and integers of more than 64 bits.

    BadRow says why it is no row at all.
    """
    try:
        text = line.decode()
        row = json.loads(text, parse_constant=lambda name: None)
    except UnicodeDecodeError as error:
        raise BadRow("not_utf8", f"byte {error.start} is not UTF-8") from None
    except (json.JSONDecodeError, RecursionError, ValueError) as error:
        raise BadRow("not_json", str(error)) from None
    try:
        json.dumps(row, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        # Half of a surrogate pair: text cut in the middle of a character. No file can hold it.
        raise BadRow("lone_surrogate", "an escape such as \\ud83d without its other half") from None
    return row


# Where a field of ours stands in a row: a path, or several of which the first that is there counts.
Paths = str | list[str]


def field(row: Row, path: Paths) -> Any:
    """The value at a path such as "usage.prompt_tokens" or "choices.0.text"; None where absent.

    A path that begins with "=" is a constant: "=stop" gives "stop" for every row.
    """
    if isinstance(path, list):
        there = (field(row, one) for one in path)
        return next((value for value in there if value is not None), None)
    if path.startswith("="):
        return path[1:]
    if path in row:
        return row[path]
    value: Any = row
    for step in path.split("."):
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def text_of(value: Any) -> str:
    """A field as text: numbers and lists as JSON writes them, nothing for null and NaN."""
    if value is None or isinstance(value, str):
        return value or ""
    text = as_json(value).decode()
    return "" if text == "null" else text


def as_json(value: Any) -> bytes:
    """A value as JSON on one line; whole numbers of any size, other objects as their text."""
    try:
        return orjson.dumps(value, default=str)
    except TypeError:  # an integer of more than 64 bits
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
        return text.encode()


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


def as_lines(rows: Iterable[Row]) -> Iterator[bytes]:
    """Rows as JSON lines, for sources that are not files of lines already."""
    for row in rows:
        yield as_json(row) + b"\n"
