"""Filters called on one record or one group: what they raise costs that and nothing else."""

import re
from typing import Any, get_args

from factory.asked_filters import NOT_ANSWERED, Said
from filters.verdict import Group, Outcome, Verdict
from generators.errors import UserError
from generators.registry import Entry


def judge(entry: Entry, record: Any, settings: dict[str, Any], said: Said = None) -> Verdict:
    """Call a filter on one record; with what a model `said`, where it asks one.

    An exception in it costs its record and is counted as failed; a UserError ends the run.
    """
    if isinstance(said, Exception):
        return failed(said)
    if entry.read is not None and said is None:
        return Verdict("unknown", NOT_ANSWERED)
    try:
        if entry.read is None:
            verdict = entry.function(record, **settings)
        else:
            verdict = entry.read(record, said, **settings)
    except UserError:
        raise  # nothing is wrong with the record: no other would fare better
    except Exception as error:  # noqa: BLE001  the row boundary: one bad row must not end a run
        return failed(error)
    return _sound(entry, verdict)


_SURROGATE = re.compile("[\ud800-\udfff]")


def _sound(entry: Entry, verdict: Any) -> Verdict:
    """The verdict itself; UserError where it is none, or has something in it that it must not."""
    if not isinstance(verdict, Verdict):
        raise UserError(f"the filter {entry.name} returned a {type(verdict).__name__}, no Verdict")
    if (
        verdict.outcome in get_args(Outcome)
        and isinstance(verdict.reason, str)
        and isinstance(verdict.detail, str)
        and isinstance(verdict.score, int | float | None)
        and not _SURROGATE.search(verdict.reason + verdict.detail)
    ):
        return verdict
    raise UserError(
        f"the filter {entry.name} returned {verdict!r:.200}: its outcome must be keep, reject or "
        "unknown, its reason and detail text that UTF-8 can hold, and its score a number or None"
    )


def failed(error: Exception) -> Verdict:
    """The verdict on a record whose filter raised: not told, counted as failed."""
    return Verdict("unknown", f"error:{type(error).__name__}", None, str(error)[:500])


def judge_group(entry: Entry, group: Group, settings: dict[str, Any]) -> dict[str, Verdict]:
    """Call a group filter; it must give a verdict for each surviving sample."""
    try:
        verdicts = entry.function(group, **settings)
    except UserError:
        raise
    except Exception as error:  # noqa: BLE001  the row boundary, as in `judge`
        return group.all(failed(error))
    if not isinstance(verdicts, dict):
        raise UserError(
            f"the filter {entry.name} returned a {type(verdicts).__name__}; it must return a dict "
            "of the id of each of group.samples and its Verdict"
        )
    missing = [s.id for s in group.samples if s.id not in verdicts]
    if missing:
        raise UserError(
            f"the filter {entry.name} gave no verdict for sample {missing[0]}; it must give one "
            "for each of group.samples"
        )
    return {identity: _sound(entry, verdict) for identity, verdict in verdicts.items()}
