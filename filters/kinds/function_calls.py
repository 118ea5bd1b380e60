"""Function calls of a reply against the calls that are expected.

The expected ones are written as the Berkeley Function-Calling Leaderboard writes them,
{"name": {"parameter": [acceptable, ...]}} with "" among the values of a parameter that may be left
out, or as one exact call, {"name": ..., "arguments": {...}}.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from filters.kinds.calls import Call, Unreadable, calls_in
from filters.kinds.json_values import difference, same_scalar
from filters.kinds.reply import shown
from filters.verdict import Verdict, keep, reject, unknown

MOST = 64
"""Calls in one reply."""
REMEMBERED = 2_000
"""Characters of a string."""


@dataclass(frozen=True, slots=True)
class Expected:
    """One call that is expected: each parameter's acceptable values, or the arguments exactly."""

    name: str
    arguments: dict[str, Any]
    exact: bool


def function_calls(expected: Any, text: str) -> Verdict:
    """Compare the calls of a reply with the expected ones, in any order; [] expects none.

    Reasons: no_answer (the reply is empty), no_call, wrong_number (of calls), wrong_function,
    wrong_arguments; unknown: bad_check, undecided where a call cannot be read.
    """
    wanted = _expected(expected)
    if isinstance(wanted, str):
        return unknown("bad_check", wanted)
    if not text:
        return reject("no_answer")
    try:
        got = calls_in(text)
    except Unreadable as error:
        return unknown("undecided", shown(str(error), 300))
    if not got and wanted:
        named = next((one.name for one in wanted if one.name in text), None)
        return unknown("undecided", f"{named} is named") if named else reject("no_call")
    if len(got) != len(wanted):
        return reject("wrong_number", f"{len(got)} calls, wanted {len(wanted)}")
    return _matched(got, wanted)


def _expected(calls: Any) -> list[Expected] | str:
    if not isinstance(calls, list) or len(calls) > MOST:
        return f'"calls" is a list of at most {MOST}'
    found = []
    for call in calls:
        if isinstance(call, dict) and call.keys() == {"name", "arguments"}:
            name, arguments, exact = call["name"], call["arguments"], True
        elif isinstance(call, dict) and len(call) == 1:
            (name, arguments), exact = next(iter(call.items())), False
        else:
            return f"{shown(repr(call))} is no call"
        if not isinstance(name, str) or not isinstance(arguments, dict):
            return f"{shown(repr(call))} is no call"
        if not exact and not all(isinstance(values, list) for values in arguments.values()):
            return f"{name}: a parameter has a list of acceptable values"
        found.append(Expected(name, arguments, exact))
    return found


def _matched(got: list[Call], wanted: list[Expected]) -> Verdict:
    """Give each expected call one of its own: a call may fit several, so that pairs can change."""
    faults = [[_fault(call, one) for call in got] for one in wanted]
    taken: dict[int, int] = {}  # call -> expected

    def place(one: int, seen: set[int]) -> bool:
        for index, fault in enumerate(faults[one]):
            if not fault and index not in seen:
                seen.add(index)
                if index not in taken or place(taken[index], seen):
                    taken[index] = one
                    return True
        return False

    for one in range(len(wanted)):
        if not place(one, set()):
            about = [fault for fault in faults[one] if fault and fault[0] == "wrong_arguments"]
            reason, detail = about[0] if about else ("wrong_function", _names(got, wanted[one]))
            return reject(reason, shown(detail, 300))
    return keep(detail=f"{len(wanted)} calls as expected")


def _names(got: list[Call], wanted: Expected) -> str:
    return f"got {', '.join(call.name for call in got)}, wanted {wanted.name}"


def _fault(call: Call, wanted: Expected) -> tuple[str, str] | None:
    if not _same_name(call.name, wanted.name):
        return "wrong_function", ""
    told = _arguments_fault(call.arguments, wanted)
    return ("wrong_arguments", f"{wanted.name}: {told}") if told else None


def _same_name(got: str, wanted: str) -> bool:
    """Names are the same with "_" for ".", which some interfaces do not take in a name."""
    return got == wanted or got == wanted.replace(".", "_")


def _arguments_fault(got: dict[str, Any], wanted: Expected) -> str:
    if wanted.exact:
        return difference(got, wanted.arguments)
    for name, value in got.items():
        if name not in wanted.arguments:
            return f"{name!r} is not wanted"
        if not any(accepts(one, value) for one in wanted.arguments[name]):
            return f"{name!r} is {value!r}, wanted one of {wanted.arguments[name]!r}"
    for name, values in wanted.arguments.items():
        if name not in got and "" not in values:
            return f"{name!r} is missing"
    return ""


def accepts(wanted: Any, got: Any) -> bool:
    """Whether a value is this acceptable one: text but for case and punctuation, numbers by value.

    In a dictionary each name has acceptable values of its own; a list's items are values.
    """
    if isinstance(wanted, str):
        return isinstance(got, str) and loose(got) == loose(wanted)
    if isinstance(wanted, list):
        if not isinstance(got, list) or len(got) != len(wanted):
            return False
        return all(map(accepts, wanted, got))
    if isinstance(wanted, dict):
        if not isinstance(got, dict) or not got.keys() <= wanted.keys():
            return False
        return all(
            any(accepts(one, got[name]) for one in values) if name in got else "" in values
            for name, values in ((name, _as_list(values)) for name, values in wanted.items())
        )
    return same_scalar(got, wanted)


def _as_list(values: Any) -> list[Any]:
    return values if isinstance(values, list) else [values]


_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[ ,./\-_*^]+(?=\d)")
_MINUS = re.compile(r"(?:^|(?<=[ (,]))-(?=[\d.])")
_PUNCTUATION = re.compile(r"[ ,./\-_*^]")


def loose(text: str) -> str:
    """A string as the leaderboard compares it: without blanks and ,./-_*^, in small letters.

    But for digits: 1.5 is not 15, and -5 is not 5.
    """
    return _loose(text) if len(text) <= REMEMBERED else _loose.__wrapped__(text)


@lru_cache(maxsize=4096)
def _loose(text: str) -> str:
    text = _BETWEEN_DIGITS.sub("~", _MINUS.sub("−", _THOUSANDS.sub("", text)))
    return _PUNCTUATION.sub("", text).lower().replace("'", '"')
