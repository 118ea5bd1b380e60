"""Filters over parts: row by row or group by group in workers, corpus filters once for all.

A row is judged again only when the filter, its settings, or the content that it judged has changed.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import Any, get_args

import pyarrow as pa

from factory import storage
from factory.asked_filters import NOT_ANSWERED, Said, answers
from factory.corpus_filters import sign_part
from factory.ledger import tally
from factory.plan import Plan, reads_group
from factory.spec import Filter, Section
from factory.storage import hash_of
from factory.survivors import Records, alive, inputs_of, load, read_verdicts
from factory.tables import VERDICTS
from filters.verdict import Group, Outcome, Verdict
from generators.errors import UserError
from generators.records import Sample
from generators.registry import Entry, find


def judge_part(
    plan: Plan, part: int, section: Section, first: int, last: int, sign: bool
) -> tuple[list[Counter[str]], str]:
    """Judge a part by the filters number `first` to `last` - 1; returns the counts of each.

    With `sign`, filter number `last` is a corpus filter: what it compares is written while the
    records are at hand, and the digest of that comes back too.
    """
    steps = plan.steps(section)
    inputs = inputs_of(plan, part, section)
    before = [storage.told(plan.verdicts(step, part)).get("digest") for step in steps[:first]]
    records: Records | None = None
    counts = []
    for number in range(first, last):
        step, path = steps[number], plan.verdicts(steps[number], part)
        reads = hash_of(inputs, before)
        footer = storage.told(path)
        if not _up_to_date(footer, reads):
            records = records or load(plan, part, section, number)
            table = _judge(plan, records, step, part)
            told = tally(
                zip(table["outcome"].to_pylist(), table["reason"].to_pylist(), strict=True)
            )
            if told["failed:not_answered"]:
                reads += " unanswered"  # so that the next run asks again
            before.append(storage.write_part(path, table, reads, told))
            counts.append(told)
        else:
            before.append(footer["digest"])
            counts.append(storage.counts_of(footer))
        if records is not None:
            records.learn(step, read_verdicts(path))
    if not sign:
        return counts, ""
    return counts, sign_part(plan, part, section, last, hash_of(inputs, before), records)


# What was lacking then may be there now: such rows are judged again by every build.
_LACKING = "setup"


def _up_to_date(footer: dict[str, str], reads: str) -> bool:
    return footer.get("reads") == reads and not storage.counts_of(footer)[f"unknown:{_LACKING}"]


def held(
    plan: Plan, part: int, section: Section, first: int, last: int, sign: bool
) -> tuple[list[Counter[str]], str] | None:
    """What `judge_part` would return, where all of it is on disk and up to date; else None."""
    steps = plan.steps(section)
    inputs = inputs_of(plan, part, section)
    before = [storage.told(plan.verdicts(step, part)).get("digest") for step in steps[:first]]
    counts = []
    for step in steps[first:last]:
        footer = storage.told(plan.verdicts(step, part))
        if not _up_to_date(footer, hash_of(inputs, before)):
            return None
        before.append(footer["digest"])
        counts.append(storage.counts_of(footer))
    if not sign:
        return counts, ""
    footer = storage.told(plan.signatures(steps[last], part))
    return (counts, footer["digest"]) if footer.get("reads") == hash_of(inputs, before) else None


def done(plan: Plan, part: int, section: Section) -> int:
    """How many of a section's filters, from the first on, a part need not be judged by again."""
    inputs = inputs_of(plan, part, section)
    before: list[str | None] = []
    for number, step in enumerate(plan.steps(section)):
        whole = find("filter", step.name).decide is not None
        footer = storage.told(plan.verdicts(step, part))
        read = storage.told(plan.signatures(step, part)) if whole else footer
        if not footer or not _up_to_date(read, hash_of(inputs, before)):
            return number
        before.append(footer["digest"])
    return len(before)


def _judge(plan: Plan, records: Records, step: Filter, part: int) -> pa.Table:
    """What a filter says of the surviving records, in the order of their ids."""
    return _table(_told(plan, records, step, _judged(plan, step, part)))


def _told(plan: Plan, records: Records, step: Filter, old: "Judged") -> "Judged":
    entry = find("filter", step.name)
    made: Judged = {}
    if reads_group(entry):
        judged = _by_group(records, entry, step, old)
    else:
        judged = _by_row(plan, records, entry, step, old)
    for told in judged:
        made.update(told)
    return made


def judged_anew(plan: Plan, records: Records, step: Filter) -> pa.Table:
    """What a filter says of the surviving records, whatever it said before."""
    return _table(_told(plan, records, step, {}))


def _judged(plan: Plan, step: Filter, part: int) -> dict[str, tuple[Verdict, str]]:
    """What the filter said before, by id: of this part, or of the larger one it was cut from."""
    for fewer in range(plan.bits + 1):
        path = plan.cut(bits=plan.bits - fewer).verdicts(step, part >> fewer)
        if storage.told(path):
            rows = storage.read(path).to_pylist()
            return {row["id"]: (_verdict(row), row["input"]) for row in rows}
    return {}


def _verdict(row: dict[str, Any]) -> Verdict:
    return Verdict(row["outcome"], row["reason"], row["score"], row["detail"])


def _table(made: dict[str, tuple[Verdict, str]]) -> pa.Table:
    rows = sorted(made.items())
    columns: dict[str, list[Any]] = {"id": [i for i, _ in rows]}
    for name in ("outcome", "reason", "score", "detail"):
        columns[name] = [getattr(verdict, name) for _, (verdict, _) in rows]
    columns["input"] = [told for _, (_, told) in rows]
    return pa.table(columns, schema=VERDICTS)


Judged = dict[str, tuple[Verdict, str]]


def _by_row(
    plan: Plan, records: Records, entry: Entry, step: Filter, old: Judged
) -> Iterator[Judged]:
    todo = []
    for record in alive(records, step):
        held = old.get(record.id)
        same = held is not None and held[1] == records.fingerprint(record)
        if held is not None and same and held[0].reason not in (_LACKING, NOT_ANSWERED):
            yield {record.id: held}
        else:
            todo.append(record)
    said = answers(plan, step, todo) if entry.read is not None else {}
    for record in todo:
        verdict = judge(entry, record, step.settings, said.get(record.id))
        yield {record.id: (verdict, records.fingerprint(record))}


def judge(entry: Entry, record: Any, settings: dict[str, Any], said: Said = None) -> Verdict:
    """Call a filter on one record; with what a model `said`, where it asks one.

    An exception in it costs its record and is counted as failed.
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


def _by_group(records: Records, entry: Entry, step: Filter, old: Judged) -> Iterator[Judged]:
    """Groups of one problem and stream; rejected samples are seen through their verdicts."""
    seen: list[Sample] = alive(records, step)  # type: ignore[assignment]
    surviving = {sample.id for sample in seen}

    def place(sample: Sample) -> tuple[str, str]:
        return sample.problem.id, sample.stream

    everyone = [s for s in records.samples if not step.only or s.stream in step.only]
    for _, some in groupby(sorted(everyone, key=place), key=place):
        members = list(some)
        group = Group(
            members[0].problem,
            [s for s in members if s.id in surviving],
            {
                name: {s.id: verdicts[s.id] for s in members if s.id in verdicts}
                for name, verdicts in records.verdicts.items()
            },
        )
        if not group.samples:
            continue
        told = _group_fingerprint(records, group)
        held = {s.id: old.get(s.id) for s in group.samples}
        if all(h is not None and h[1] == told for h in held.values()):
            yield {i: h for i, h in held.items() if h is not None}
        else:
            verdicts = judge_group(entry, group, step.settings)
            yield {s.id: (verdicts[s.id], told) for s in group.samples}


def judge_group(entry: Entry, group: Group, settings: dict[str, Any]) -> dict[str, Verdict]:
    """Call a group filter; it must give a verdict for each surviving sample."""
    try:
        verdicts = entry.function(group, **settings)
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


def _group_fingerprint(records: Records, group: Group) -> str:
    verdicts = {
        name: sorted((i, v.outcome, v.reason, v.score, v.detail) for i, v in told.items())
        for name, told in group.verdicts.items()
    }
    return hash_of([records.fingerprint(sample) for sample in group.samples], verdicts)
