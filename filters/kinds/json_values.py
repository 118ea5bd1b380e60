"""JSON as a response gives it: found, read strictly, and compared by value.

Strictly is what RFC 8259 says, and no name twice in an object: NaN, a comma too many, single
quotes and a line break inside a string are no JSON. Everything here is linear in the text.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

DEEPEST = 100
"""Arrays and objects within each other; real answers have a few."""


class NotJson(ValueError):
    """The text is no JSON; `reason` is the word for a verdict."""

    def __init__(self, message: str, reason: str = "not_json") -> None:
        super().__init__(message)
        self.reason = reason


def read(text: str, *, exact: bool = True) -> Any:
    """The value of a JSON text; NotJson where it is none.

    Numbers are exact (int or Decimal), else int or float. Reasons: not_json, duplicate_key,
    too_deep (it may be JSON), too_large (a number that no float holds).
    """
    _check_depth(text)
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_float=Decimal if exact else _float,
            parse_int=_integer if exact else _short_integer,
            parse_constant=_constant,
        )
    except NotJson:
        raise
    except (ValueError, ArithmeticError) as error:
        raise NotJson(str(error)) from None


# The closing quote may be missing: then the rest is passed once, and not from every quote in it.
_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)


def _check_depth(text: str) -> None:
    depth = 0
    for token in _BRACKET.finditer(text):
        if token[0] in "[{":
            depth += 1
            if depth > DEEPEST:
                raise NotJson(f"more than {DEEPEST} levels", "too_deep")
        elif token[0] in "]}":
            depth -= 1


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise NotJson(f"the name {twice[:60]!r} stands twice", "duplicate_key")
    return value


def _constant(word: str) -> Any:
    raise NotJson(f"{word} is no JSON number")


def _integer(digits: str) -> int | Decimal:
    # Python reads at most 4,300 digits as an int, and takes their square in time.
    return int(digits) if len(digits) < 1000 else Decimal(digits)


def _short_integer(digits: str) -> int:
    if len(digits) >= 1000:
        raise NotJson("an integer of 1,000 digits or more", "too_large")
    return int(digits)


def _float(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise NotJson("a number that no float holds", "too_large")
    return value


# --- comparing ------------------------------------------------------------------------------


def difference(got: Any, wanted: Any, at: str = "$") -> str:
    """Where two values differ first and how, or "": 1 is 1.0 and not true, names in any order."""
    if isinstance(wanted, dict) and isinstance(got, dict):
        for name in wanted:
            if name not in got:
                return f"at {at}: {name!r} is missing"
        for name in got:
            if name not in wanted:
                return f"at {at}: {name!r} is not wanted"
        parts = ((name, f"{at}.{name}") for name in wanted)
        told = (difference(got[name], wanted[name], place) for name, place in parts)
        return next(filter(None, told), "")
    if isinstance(wanted, list) and isinstance(got, list):
        if len(got) != len(wanted):
            return f"at {at}: {len(got)} items, wanted {len(wanted)}"
        pairs = enumerate(zip(got, wanted, strict=True))
        told = (difference(a, b, f"{at}[{i}]") for i, (a, b) in pairs)
        return next(filter(None, told), "")
    if same_scalar(got, wanted):
        return ""
    return f"at {at}: got {_brief(got)}, wanted {_brief(wanted)}"


def same_scalar(got: Any, wanted: Any) -> bool:
    """Equal strings, numbers, booleans or nulls; True is no number."""
    if isinstance(got, bool) or isinstance(wanted, bool):
        return got is wanted
    if isinstance(got, int | Decimal | float) and isinstance(wanted, int | Decimal | float):
        return bool(got == wanted)
    return type(got) is type(wanted) and bool(got == wanted)


def _brief(value: Any) -> str:
    text = str(value) if isinstance(value, Decimal) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


# --- finding --------------------------------------------------------------------------------


def candidates(text: str, fits: Callable[[str], bool] = bool) -> Iterator[str]:
    """The texts that may be a reply's JSON, the likeliest first.

    The whole reply; the content of its last fence that is one of JSON; from the right, what stands
    between balanced brackets. `fits` says of a text that begins with a bracket whether it may be
    meant: a reference like [1] after an object is not.
    """
    yield text
    blocks = [block for block in fences(text) if block[0] in ("json", "")]
    for language, block in reversed(blocks):
        if language or _BEGINS.match(block):
            yield block
    yield from (span for span in balanced(text) if _BEGINS.match(span) and fits(span))


# What begins JSON, or what somebody took for JSON; not {name} and not [sic].
_BEGINS = re.compile(r"""\s*(?:\{\s*["'}]|\[\s*(?:["'\]\[{\d-]|true|false|null))""")


def fences(text: str) -> list[tuple[str, str]]:
    """(language, content) of the code fences of a text.

    A fence begins its line, as no line of a JSON string does: a string has no line breaks.
    """
    found: list[tuple[str, str]] = []
    mark, language, start = "", "", 0
    for line in _FENCE.finditer(text):
        marks, info = line[1], line[2].strip()
        if not mark:
            mark, language, start = marks, info.lower(), line.end() + 1
        elif marks.startswith(mark) and not info:
            found.append((language, text[start : line.start()].strip()))
            mark = ""
    if not found and text.startswith("```") and text.endswith("```") and len(text) > 6:
        content = re.sub(r"^[A-Za-z]{1,10}\b", "", text.strip("`"))
        return [("json" if text[3:7].lower() == "json" else "", content.strip())]
    return found


_FENCE = re.compile(r"^[ \t]{0,8}(`{3,20}|~{3,20})([^`\n]{0,60})$", re.MULTILINE)

_TOKEN = re.compile(r'["{}\[\]]')
_OPENING = {"}": "{", "]": "["}
MOST_FAILURES = 4
MOST_SPANS = 1_000
"""Brackets from the end of a text: what stands before so many others is not its answer."""


def balanced(text: str) -> Iterator[str]:
    """What stands between balanced brackets, from the last to the first, none inside another.

    It is read from the right: whatever quotes and brackets the prose before has, they are not
    looked at before the value has been passed.
    """
    tokens = [match.start() for match in _TOKEN.finditer(text)]
    last = len(tokens) - 1
    failures = spans = 0
    while failures < MOST_FAILURES and spans < MOST_SPANS:
        while last >= 0 and text[tokens[last]] not in "]}":
            last -= 1
        if last < 0:
            return
        first = _opened(text, tokens, last)
        if first is None:
            failures += 1  # each of them may have gone through all of the text
            last -= 1
        else:
            yield text[tokens[first] : tokens[last] + 1]
            spans += 1
            last = first - 1


def _opened(text: str, tokens: list[int], last: int) -> int | None:
    """Index of the token that opens what the token `last` closes."""
    stack: list[str] = []
    in_string = False
    for index in range(last, -1, -1):
        token = text[tokens[index]]
        if token == '"':
            in_string ^= in_string is False or not _is_escaped(text, tokens[index])
        elif in_string:
            continue
        elif token in _OPENING:
            stack.append(_OPENING[token])
        elif stack.pop() != token:
            return None
        elif not stack:
            return index
    return None


def _is_escaped(text: str, at: int) -> bool:
    before = at
    while before and text[before - 1] == "\\":
        before -= 1
    return (at - before) % 2 == 1
