"""One field of a reply in JSON, judged as an answer of another kind.

The answer is judged, and not the form: models write LaTeX and line breaks into strings as they
stand, and what they meant can be told. Who wants the form too asks for a schema.
"""

import re
from decimal import Decimal
from typing import Any

from filters.kinds.json_values import NotJson, candidates, read
from filters.kinds.reply import shown
from filters.verdict import Verdict, reject, unknown
from generators.records import Problem


def json_field(problem: Problem, text: str, field: str, kind: str, seconds: float) -> Verdict:
    """Judge the field's value as the kind judges an answer.

    Reasons: those of the kind, and no_answer: unknown where the field is named and cannot be read.
    """
    from filters.verify import KINDS, TIMED  # which have this kind among theirs

    verifier = KINDS.get(kind) if kind != "json" else None
    if verifier is None:
        return unknown("bad_check", f"a field cannot be of kind {kind!r}")
    value = field_of(text, field)
    if value is None:
        is_named = f'"{field}"' in text or f"'{field}'" in text
        return (
            unknown("no_answer", f"{field!r} cannot be read") if is_named else reject("no_answer")
        )
    said = _with_latex(value) if kind == "math" else value
    if not said.strip():
        return reject("no_answer", f"{field!r} is empty")
    boxed = said if "boxed" in said else f"\\boxed{{{said}}}"
    verdict = verifier(problem, boxed, *((seconds,) if kind in TIMED else ()))
    if verdict.reason == "undecided" and not _is_closed(said):
        return unknown("undecided", shown(said))
    return verdict


def field_of(text: str, field: str) -> str | None:
    """The value of the field as text, of the last JSON object that has it."""
    for number, candidate in enumerate(candidates(text, lambda span: span.startswith("{"))):
        for form in (candidate, repaired(candidate)):
            try:
                value = read(form)
            except NotJson:
                continue
            if isinstance(value, dict) and field in value:
                return _as_text(value[field])
        if number:
            break  # the last one that looked like JSON is what counts
    return _written(text, field)


def _as_text(value: Any) -> str | None:
    if value is None or isinstance(value, dict):
        return None
    if isinstance(value, list):
        parts = [_as_text(item) for item in value]
        return None if None in parts else ", ".join(map(str, parts))
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, Decimal):
        return format(value, "f") if abs(value.adjusted()) < 400 else str(value)
    return str(value)


# --- broken JSON ----------------------------------------------------------------------------

_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)
# Where the last one never closes, its rest is passed once, and not from every quote in it.
_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_BROKEN = re.compile(r'\\(?:u[0-9a-fA-F]{4}|["\\/bfnrt])|\\|[\x00-\x1f]')


def repaired(text: str) -> str:
    """With line breaks in strings escaped, and backslashes that escape nothing."""
    return _STRINGS.sub(lambda string: _BROKEN.sub(_escape, string[0]), text)


def _escape(found: re.Match[str]) -> str:
    text = found[0]
    if text == "\\":
        return "\\\\"
    return text if text[0] == "\\" else f"\\u{ord(text):04x}"


_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?(?:/\d+)?")


def _written(text: str, field: str) -> str | None:
    """The string or number after the last `"field":` of JSON that is beyond repair."""
    at = text.rfind(f'"{field}"')
    if at < 0:
        return None
    rest = text[at + len(field) + 2 :].lstrip()
    if not rest.startswith(":"):
        return None
    rest = rest[1:].lstrip()
    if string := _STRING.match(rest):
        after = rest[string.end() :].lstrip()
        # A quote inside the string ended it too soon, unless the object goes on or ends here.
        if after and after[0] not in ",}":
            return None
        return _as_text(read(repaired(string[0])))
    number = _NUMBER.match(rest)
    if number is None or not re.match(r"\s*[,}\n]", rest[number.end() :]):
        return None
    return number[0]


_EATEN = {ord("\b"): "\\b", ord("\f"): "\\f", ord("\t"): "\\t", ord("\r"): "\\r"}


def _with_latex(text: str) -> str:
    """With the commands back that JSON reads as control characters: \\frac, \\boxed, \\text."""
    return text.translate(_EATEN)


def _is_closed(text: str) -> bool:
    return text.count("{") == text.count("}")
