"""Kind logic: a solution grid, or reasoning-gym's own scorer for the family, bounded."""

import importlib.util
import json
import re
from typing import Any

from filters.answers.final import Answer, response_tail, stated_answer
from filters.bounded.run import Result, shared
from filters.kinds.grid import grid
from filters.verdict import Verdict, keep, reject, unknown
from generators.records import Problem

SECONDS = 5.0
"""Wall time that one scorer may take."""


def logic(problem: Problem, response: str, seconds: float = SECONDS) -> Verdict:
    """Compare with the check's "grid", or score the final answer as reasoning-gym does.

    Only the full score is right. Reasons: wrong_answer, no_answer; unknown where it cannot be told:
    undecided (the answer's end is unclear), bad_check, setup (the extra is missing), timeout,
    memory, crashed, error; and those of `filters.kinds.grid`.
    """
    check = _check(problem.check)
    if check is None:
        return unknown("bad_check", 'no JSON object with "grid", or with "family" and "metadata"')
    if "grid" in check:
        return grid(check["grid"], response)
    if importlib.util.find_spec("reasoning_gym") is None:
        return unknown("setup", "run pip install 'reasoning-factory[gym]'")
    text = response_tail(response)
    if not text:
        return reject("no_answer")
    answer = stated_answer(text)
    entry = {
        "question": problem.question,
        "answer": problem.answer or None,
        "metadata": check["metadata"],
    }
    result = shared().run(
        "filters.kinds.logic_scorer:score", check["family"], readings(text, answer), entry,
        seconds=seconds,
    )  # fmt: skip
    if result.outcome != "ok":
        return unknown(result.outcome, f"{check['family']}: {result.detail}")
    return _judged(result, text, answer)


def _judged(result: Result, text: str, answer: Answer | None) -> Verdict:
    detail = f"score {result.value:g}"
    if result.value >= 1.0:
        return keep(detail=detail)
    if answer is None:
        return unknown("no_answer", detail)
    if answer.where == "broken_box":
        return unknown("undecided", detail)
    # A sentence was read up to its end; the answer may be in the lines that follow it.
    if answer.where in _IN_WORDS and "\n" in text[answer.start :].strip():
        return unknown("undecided", detail)
    return reject("wrong_answer", detail)


_IN_WORDS = ("phrase", "sentence")


def readings(text: str, answer: Answer | None) -> list[str]:
    """What the response may mean as its answer, without wrappers; without a statement, all of it.

    After "the answer is" there may come a grid, a list of moves or a sentence with its full stop,
    so that what follows is read as a whole too.
    """
    if answer is None:
        return [_unwrapped(text)]
    found = [answer.text]
    if answer.where in _IN_WORDS:
        line = text.rfind("\n", 0, answer.start) + 1
        found += [text[answer.start :], text[line:]]
    return list(dict.fromkeys(map(_unwrapped, found)))


_WRAPPER = re.compile(
    r"(?:\\(?:text|textbf|mathrm|mathbf|texttt)\s?\{(.*)\}|\$(.*)\$|`([^`]*)`)", re.S
)
_FENCE = re.compile(r"```\w*\n(.*?)\n?```", re.S)


def _unwrapped(text: str) -> str:
    """Without what marks text up and is no part of it: LaTeX text, dollars, a code fence."""
    text = text.strip()
    if fence := _FENCE.fullmatch(text):
        return fence[1]
    for _ in range(4):
        wrapper = _WRAPPER.fullmatch(text)
        if wrapper is None:
            break
        text = next(inner for inner in wrapper.groups() if inner is not None).strip()
    return text


def _check(text: str) -> dict[str, Any] | None:
    try:
        told = json.loads(text)
    except ValueError:
        return None
    if not isinstance(told, dict) or "grid" in told:
        return told if isinstance(told, dict) else None
    return told if isinstance(told.get("family"), str) and "metadata" in told else None
