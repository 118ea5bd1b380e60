"""Filters over parts: row by row or group by group in workers, corpus filters once for all.

A row is judged again only when the filter, its settings, or the content that it judged has changed.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

import pyarrow as pa

from factory import storage
from factory.asked_filters import NOT_ANSWERED, answers
from factory.calling import judge, judge_group
from factory.corpus_filters import Row, sign_part, signed
from factory.ledger import tally
from factory.plan import Plan, reads_group
from factory.spec import Filter, Section
from factory.storage import hash_of
from factory.survivors import Records, alive, inputs_of, load, read_verdicts
from factory.tables import VERDICTS
from filters.verdict import Group, Verdict
from generators.records import Problem, Sample
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
    counts: list[Counter[str]] = []
    made: dict[str, Row] = {}
    while (number := first + len(counts)) < last:
        footer = storage.told(plan.verdicts(steps[number], part))
        if _up_to_date(footer, hash_of(inputs, before)):
            together = 1
            before.append(footer["digest"])
            counts.append(storage.counts_of(footer))
        else:
            records = records or load(plan, part, section, number)
            together = _in_a_row(steps[number:last])
            run = steps[number : number + together]
            then = steps[last] if sign and number + together == last else None
            for step, table in _judge(plan, records, run, part, then, made):
                told = tally(
                    zip(table["outcome"].to_pylist(), table["reason"].to_pylist(), strict=True)
                )
                reads = hash_of(inputs, before)
                if told["failed:not_answered"]:
                    reads += " unanswered"  # so that the next run asks again
                before.append(storage.write_part(plan.verdicts(step, part), table, reads, told))
                counts.append(told)
        if records is not None:
            for step in steps[number : number + together]:
                records.learn(step, read_verdicts(plan.verdicts(step, part)))
    if not sign:
        return counts, ""
    return counts, sign_part(plan, part, section, last, hash_of(inputs, before), records, made)


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


def _in_a_row(steps: list[Filter]) -> int:
    """How many filters, from the first on, judge a record each by itself."""
    for number, step in enumerate(steps):
        entry = find("filter", step.name)
        if reads_group(entry) or entry.read is not None or step.fallback_for:
            return number or 1
    return len(steps)


def _judge(
    plan: Plan, records: Records, steps: list[Filter], part: int,
    then: Filter | None, signatures: dict[str, Row],
) -> list[tuple[Filter, pa.Table]]:  # fmt: skip
    """What filters say of the surviving records, in the order of their ids.

    `then` is a corpus filter that comes next: its `signatures` are made along the way.
    """
    before = [_judged(plan, step, part) for step in steps]

    def kept(record: Problem | Sample) -> None:
        if then is not None:
            signatures[record.id] = signed(then, records, record)

    told = _told(plan, records, steps, before, kept)
    return [(step, _table(one)) for step, one in zip(steps, told, strict=True)]


def _told(
    plan: Plan, records: Records, steps: list[Filter], before: list["Judged"], kept: "Kept"
) -> list["Judged"]:
    entry = find("filter", steps[0].name)
    if reads_group(entry):
        return [_merged(_by_group(records, entry, steps[0], before[0]))]
    if entry.read is not None:
        return [_merged(_asked(plan, records, entry, steps[0], before[0]))]
    return _in_turn(records, steps, before, kept)


def _merged(judged: Iterator["Judged"]) -> "Judged":
    return {i: verdict for told in judged for i, verdict in told.items()}


def judged_anew(plan: Plan, records: Records, step: Filter) -> pa.Table:
    """What a filter says of the surviving records, whatever it said before."""
    return _table(_told(plan, records, [step], [{}], lambda record: None)[0])


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
Kept = Callable[[Problem | Sample], None]
"""Called with a record that all filters of a run have kept, while its text is at hand."""


def _in_turn(
    records: Records, steps: list[Filter], before: list[Judged], kept: Kept
) -> list[Judged]:
    """Each record through all filters before the next record, until one drops it.

    So filters share the work of reading a text: `generators.texts.words` knows the last few.
    """
    entries = [find("filter", step.name) for step in steps]
    seen = [alive(records, step) for step in steps]
    ids = [{record.id for record in some} for some in seen]
    made: list[Judged] = [{} for _ in steps]
    for record in {record.id: record for some in seen for record in some}.values():
        told = records.fingerprint(record)
        for number, step in enumerate(steps):
            if record.id not in ids[number]:
                continue
            verdict = _held(before[number], record, told)
            if verdict is None:
                verdict = judge(entries[number], record, step.called)
            made[number][record.id] = (verdict, told)
            if verdict.outcome != "keep":
                break
        else:
            kept(record)
    return made


def _held(before: Judged, record: Problem | Sample, told: str) -> Verdict | None:
    """What was said of the very same record, unless something was lacking to judge it."""
    held = before.get(record.id)
    if held is None or held[1] != told or held[0].reason in (_LACKING, NOT_ANSWERED):
        return None
    return held[0]


def _asked(
    plan: Plan, records: Records, entry: Entry, step: Filter, before: Judged
) -> Iterator[Judged]:
    todo = []
    for record in alive(records, step):
        told = records.fingerprint(record)
        if (held := _held(before, record, told)) is not None:
            yield {record.id: (held, told)}
        else:
            todo.append(record)
    said = answers(plan, step, todo)
    for record in todo:
        verdict = judge(entry, record, step.called, said.get(record.id))
        yield {record.id: (verdict, records.fingerprint(record))}


def _by_group(records: Records, entry: Entry, step: Filter, old: Judged) -> Iterator[Judged]:
    """Groups of one problem and stream; rejected samples are seen through their verdicts."""
    seen: list[Sample] = alive(records, step)  # type: ignore[assignment]
    surviving = {sample.id for sample in seen}

    def place(sample: Sample) -> tuple[str, str]:
        return sample.problem.id, sample.stream

    everyone = [s for s in records.samples if not step.only or s.stream in step.only]
    by_id = {s.id: s for s in records.samples}
    for _, some in groupby(sorted(everyone, key=place), key=place):
        members = list(some)
        named = [s.origin for s in members if s.origin]
        group = Group(
            members[0].problem,
            [s for s in members if s.id in surviving],
            {
                name: {s.id: verdicts[s.id] for s in members if s.id in verdicts}
                for name, verdicts in records.verdicts.items()
            },
            {i: by_id[i] for i in named if i in by_id},
        )
        if not group.samples:
            continue
        told = _group_fingerprint(records, group)
        held = {s.id: old.get(s.id) for s in group.samples}
        if all(h is not None and h[1] == told for h in held.values()):
            yield {i: h for i, h in held.items() if h is not None}
        else:
            verdicts = judge_group(entry, group, step.called)
            yield {s.id: (verdicts[s.id], told) for s in group.samples}


def _group_fingerprint(records: Records, group: Group) -> str:
    verdicts = {
        name: sorted((i, v.outcome, v.reason, v.score, v.detail) for i, v in told.items())
        for name, told in group.verdicts.items()
    }
    read = [records.fingerprint(sample) for sample in group.samples]
    origins = [records.fingerprint(sample) for sample in group.origins.values()]
    return hash_of(read, verdicts, *([origins] if origins else []))
