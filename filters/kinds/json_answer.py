"""Kind json: a reply that is JSON, against a schema, a reference, or the calls expected of it."""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from filters.bounded.run import WAIT, shared
from filters.kinds.function_calls import function_calls
from filters.kinds.json_field import json_field
from filters.kinds.json_values import NotJson, candidates, difference, fences, read
from filters.kinds.reply import LONGEST, reply, shown
from filters.verdict import Verdict, keep, reject, unknown
from generators.records import Problem

SECONDS = 5.0
"""Wall time that a schema with patterns or references may take."""
REMEMBERED = 100_000
"""Characters of a check: a longer one is read again for each response."""


@dataclass(frozen=True, slots=True)
class _Check:
    """What the check of a problem asks for."""

    schema: Any = None
    is_dear: bool = False
    calls: Any = None
    field: str = ""
    kind: str = ""
    strict: bool = False


def json_answer(problem: Problem, response: str, seconds: float = SECONDS) -> Verdict:
    """Read the reply's JSON and compare it with what the check and the reference ask for.

    The whole reply, else its last fence of JSON, else the last balanced value. The check says what
    is asked for: {"schema": {...}}, {"calls": [...]} (see `function_calls`), or {"field": "answer",
    "kind": "math"}: one field judged as an answer of that kind (see `json_field`). Without calls
    or a field the problem's answer is a value to be equal to. With "strict": true only the whole
    reply counts, or a fence that is all of it.

    Reasons: no_answer, not_json, duplicate_key, schema_mismatch, wrong_answer, and those of
    `function_calls`; unknown where it cannot be told: bad_check, no_reference, too_deep, too_long,
    too_large, and timeout, memory, crashed or error of a schema.
    """
    is_long = len(problem.check) > REMEMBERED
    check = (_check.__wrapped__ if is_long else _check)(problem.check)
    if isinstance(check, str):
        return unknown("bad_check", check)
    if len(response) > LONGEST:
        return unknown("too_long", f"{len(response)} characters")
    if check.calls is not None:
        return function_calls(check.calls, reply(response))
    if check.schema is None and not problem.answer.strip():
        return unknown("bad_check", "neither a schema, nor calls, nor a reference")
    text = reply(response)
    if not text:
        return reject("no_answer")
    reference = "" if check.field else problem.answer.strip()
    try:
        wanted = read(reference) if reference else None
    except NotJson as error:
        return unknown("no_reference", f"the reference is no JSON: {error}")
    verdict = keep()
    if check.schema is not None or reference:
        try:
            part, value = found(text, _opening(check.schema, reference), strict=check.strict)
        except NotJson as error:
            return _not_json(error)
        if check.schema is not None:
            verdict = _by_schema(check, part, seconds)
        if reference and verdict.outcome == "keep":
            differs = difference(value, wanted)
            verdict = (
                reject("wrong_answer", shown(differs, 300)) if differs else keep(detail="equal")
            )
    if check.field and verdict.outcome == "keep":
        return json_field(problem, text, check.field, check.kind, seconds)
    return verdict


def found(text: str, opening: str = "", *, strict: bool = False) -> tuple[str, Any]:
    """The reply's JSON as text and value; NotJson where there is none.

    A broken block is not passed over for an earlier one: it was the last word. `opening` is the
    bracket that the value should begin with, where that is known.
    """
    first: NotJson | None = None
    texts = candidates(text, lambda span: span.startswith(opening))
    for number, candidate in enumerate(_strictly(text) if strict else texts):
        try:
            return candidate, read(candidate)
        except NotJson as error:
            first = first or error
            if number or error.reason != "not_json":
                raise
    raise first or NotJson("empty")


def _strictly(text: str) -> list[str]:
    blocks = fences(text) if text.startswith(("```", "~~~")) and text.endswith(text[:3]) else []
    return [text, blocks[0][1]] if len(blocks) == 1 and blocks[0][0] in ("json", "") else [text]


def _not_json(error: NotJson) -> Verdict:
    is_limit = error.reason in ("too_deep", "too_large")
    detail = shown(str(error), 300)
    return unknown(error.reason, detail) if is_limit else reject(error.reason, detail)


def _by_schema(check: _Check, text: str, seconds: float) -> Verdict:
    try:
        value = read(text, exact=False)
    except NotJson as error:
        return _not_json(error)
    if check.is_dear:
        result = shared().run(
            "filters.kinds.json_schema:fault",
            check.schema,
            value,
            seconds=seconds,
            within=seconds + WAIT,
        )
        if result.outcome != "ok":
            is_deep = result.detail.startswith("RecursionError")
            reason = {"error": "too_deep" if is_deep else "bad_check"}.get(result.outcome)
            return unknown(reason or result.outcome, shown(result.detail, 300))
        told = str(result.value)
    else:
        from filters.kinds.json_schema import fault  # loads jsonschema, which only a schema needs

        try:
            told = fault(check.schema, value)
        except ValueError as error:
            return unknown("bad_check", shown(str(error), 300))
        except RecursionError:
            return unknown("too_deep", "for the schema")
    return reject("schema_mismatch", shown(told, 300)) if told else keep(detail="fits the schema")


def _opening(schema: Any, answer: str) -> str:
    """The bracket that a right value begins with; "" where it is not known."""
    first = answer.strip()[:1]
    if first in ("{", "["):
        return first
    kind = schema.get("type") if isinstance(schema, dict) else None
    return {"object": "{", "array": "["}.get(kind, "") if isinstance(kind, str) else ""


@lru_cache(maxsize=256)
def _check(text: str) -> _Check | str:
    try:
        # A schema's numbers are floats, as its library has them; those of calls are exact.
        told = read(text, exact=False) if text else {}
        calls = read(text).get("calls") if isinstance(told, dict) and "calls" in told else None
    except NotJson as error:
        return f"no JSON: {error}"
    if not isinstance(told, dict):
        return "no JSON object"
    if other := told.keys() - {"schema", "calls", "field", "kind", "strict"}:
        return f"{min(other)!r} is none of schema, calls, field, kind, strict"
    field, kind, strict = told.get("field", ""), told.get("kind", ""), told.get("strict", False)
    if not isinstance(strict, bool) or not isinstance(field, str) or not isinstance(kind, str):
        return '"strict" is true or false, "field" and "kind" are words'
    if bool(field) != bool(kind):
        return '"field" and "kind" go together'
    schema = told.get("schema")
    if not isinstance(schema, dict | bool | None):
        return "a schema is an object, true or false"
    return _Check(schema, _is_dear(schema), calls, field, kind, strict)


# Words that make a check take more than a few looks at each value: a pattern may backtrack, a
# reference may lead to many others, and all items are compared with each other.
_DEAR = ("pattern", "patternProperties", "$ref", "$dynamicRef", "$recursiveRef", "uniqueItems")


def _is_dear(schema: Any) -> bool:
    """Whether checking against the schema may take long, and belongs into a bounded process."""
    text = json.dumps(schema)
    return any(f'"{word}"' in text for word in _DEAR)
