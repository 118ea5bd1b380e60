"""Rows of JSON Lines: parsed or refused with a reason, looked into by paths, written as text."""

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import orjson

from generators.errors import BadRow
from generators.records import Row

# A row longer than this is refused unread: one broken file must not take the memory of a worker.
LONGEST_ROW = 64 << 20  # bytes
DEEPEST = 200  # lists and objects in each other; JSON libraries give up at different depths


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


def as_lines(rows: Iterable[Row]) -> Iterator[bytes]:
    """Rows as JSON lines, for sources that are not files of lines already."""
    for row in rows:
        yield as_json(row) + b"\n"
