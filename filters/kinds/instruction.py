"""Kind instruction: how many of a prompt's countable instructions a response follows."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from filters.kinds.constraints import CONSTRAINTS
from filters.kinds.json_values import NotJson, read
from filters.kinds.reply import LONGEST, reply, shown
from filters.verdict import Verdict, keep, reject, unknown
from generators.records import Problem

REMEMBERED = 100_000
"""Characters of a check: a longer one is read again for each response."""


def instruction(problem: Problem, response: str) -> Verdict:
    """Count the constraints that the response meets: kept where it meets all of them.

    The check is {"instruction_id_list": [...], "kwargs": [{...}, ...]} as IFEval's rows have it,
    with the ids of `filters.kinds.constraints`. The score is the share of them that are met.

    Reasons: no_answer, not_followed; unknown: bad_check, too_long, undecided (none is broken, and
    one of them cannot be told).
    """
    is_long = len(problem.check) > REMEMBERED
    asked = (_asked.__wrapped__ if is_long else _asked)(problem.check)
    if isinstance(asked, str):
        return unknown("bad_check", asked)
    if len(response) > LONGEST:
        return unknown("too_long", f"{len(response)} characters")
    text = reply(response)
    if not text:
        return reject("no_answer")
    met: dict[str, list[bool | None]] = {}
    for one in asked:
        try:
            met.setdefault(one.name, []).append(CONSTRAINTS[one.name](text, **one.settings))
        except ValidationError as error:
            return unknown("bad_check", shown(f"{one.name}: {error.errors()[0]['msg']}", 300))
    told = [one for several in met.values() for one in several]
    followed = sum(one is True for one in told)
    share = f"{followed} of {len(told)}"
    if broken := [name for name, several in met.items() if False in several]:
        return reject("not_followed", f"{share}; not {', '.join(broken)}", followed / len(told))
    if followed < len(told):
        open_ones = ", ".join(name for name, several in met.items() if None in several)
        return unknown("undecided", f"{share}; {open_ones} cannot be told")
    return keep(detail=share)


@dataclass(frozen=True, slots=True)
class _Asked:
    """One constraint of a check."""

    name: str
    settings: dict[str, Any]


@lru_cache(maxsize=256)
def _asked(check: str) -> list[_Asked] | str:
    try:
        told = read(check, exact=False) if check else {}
    except NotJson as error:
        return f"no JSON: {error}"
    names = told.get("instruction_id_list") if isinstance(told, dict) else None
    if not isinstance(names, list) or not names:
        return 'no JSON object with a list "instruction_id_list"'
    settings = told.get("kwargs", [{}] * len(names))
    if not isinstance(settings, list) or len(settings) != len(names):
        return '"kwargs" has not one object for each id'
    found = []
    for name, given in zip(names, settings, strict=True):
        if name not in CONSTRAINTS:
            return f"there is no constraint {name!r}"
        if not isinstance(given, dict | None):
            return f"{name}: its kwargs are no object"
        # Some publish each row with the names of all constraints, null where they do not apply.
        used = {key: value for key, value in (given or {}).items() if value is not None}
        found.append(_Asked(name, used))
    return found
