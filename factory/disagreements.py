"""Where the samples agree with each other and not with the reference: it may be the one that errs.

Found after the filters, from the verdicts of `verify` and the texts of the samples.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

import pyarrow as pa

from factory import storage, tables
from factory.plan import Plan
from factory.progress import Quiet
from factory.storage import hash_of, part_path
from factory.survivors import inputs_of, read_verdicts
from filters.answers.ending import last_value
from filters.answers.final import response_tail, stated_answer
from filters.kinds.choice import stated_choice
from filters.kinds.options import READ, Offer, offered
from filters.mathematics.equal import compare
from filters.verdict import Verdict
from generators.records import Problem, Sample

FEWEST = 2
"""Samples that must give the same other answer, which also must be more than half of all that
`verify` could judge."""
JUDGE = "verify"
_VERSION = 1  # raised when the same samples may make another list
_TABLE = pa.schema(
    [
        ("problem", pa.large_string()),  # id
        ("source", pa.string()),
        ("kind", pa.string()),
        ("question", pa.large_string()),
        ("reference", pa.large_string()),
        ("answer", pa.large_string()),  # that the samples agree on
        ("agree", pa.int64()),
        ("right", pa.int64()),
        ("judged", pa.int64()),
        ("samples", pa.large_string()),  # JSON: ids of those that agree
    ]
)


def path(plan: Plan) -> Path:
    """The list of a run: JSON Lines, most agreement first."""
    return plan.folder / "disagreements.jsonl"


def _part(plan: Plan, part: int) -> Path:
    return part_path(plan.folder / "disagreements", part)


def _reads(plan: Plan, part: int) -> str:
    verdicts = [
        storage.told(plan.verdicts(step, part)).get("digest")
        for step in plan.spec.filters
        if step.name == JUDGE
    ]
    return hash_of(_VERSION, inputs_of(plan, part, "filters"), verdicts)


def find(plan: Plan, show: Quiet, each: Callable[..., Any]) -> None:
    """Find them in the parts that have changed, and say how many there are in all.

    `each` runs a function over tasks in workers.
    """
    tasks = [(plan, part) for part in _stale(plan)]
    with show.stage("disagreements", len(tasks)) as meter:
        for _ in each(find_part, tasks, meter):
            pass
    if told := _gather(plan):
        show.say(told)


def _stale(plan: Plan) -> list[int]:
    """The parts whose samples or verdicts have changed since they were looked at."""
    if all(step.name != JUDGE for step in plan.spec.filters):
        return []
    return [
        part for part in range(plan.parts)
        if storage.told(_part(plan, part)).get("reads") != _reads(plan, part)
    ]  # fmt: skip


def find_part(plan: Plan, part: int) -> int:
    """Write the disagreements of a part; returns how many there are."""
    verdicts: dict[str, Verdict] = {}
    for step in plan.spec.filters:
        if step.name == JUDGE:
            verdicts |= read_verdicts(plan.verdicts(step, part))
    problems = tables.read_problems(plan.problems(part))
    samples: list[Sample] = []
    for number in range(len(plan.spec.generate)):
        samples += tables.read_samples(plan.samples(number, part), problems)
    samples = [s for s in samples if s.id in verdicts]
    samples.sort(key=lambda s: (s.problem.id, s.id))
    found = [
        told for _, some in groupby(samples, key=attrgetter("problem.id"))
        if (told := disagreement(list(some), verdicts)) is not None
    ]  # fmt: skip
    table = pa.Table.from_pylist(found, schema=_TABLE)
    storage.write_part(_part(plan, part), table, _reads(plan, part))
    return len(found)


def disagreement(samples: list[Sample], verdicts: dict[str, Verdict]) -> dict[str, Any] | None:
    """What the samples of one problem agree on instead of its reference; None where they do not."""
    right = [s for s in samples if verdicts[s.id].outcome == "keep"]
    wrong = [s for s in samples if verdicts[s.id].reason == "wrong_answer"]
    judged = len(right) + len(wrong)
    if len(wrong) < FEWEST or 2 * len(wrong) <= judged:
        return None
    problem = samples[0].problem
    answer, agree = max(_clusters(problem, wrong), key=lambda c: len(c[1]), default=("", []))
    if len(agree) < FEWEST or 2 * len(agree) <= judged:
        return None
    return {
        "problem": problem.id, "source": problem.source, "kind": problem.kind,
        "question": problem.question, "reference": problem.answer, "answer": answer,
        "agree": len(agree), "right": len(right), "judged": judged,
        "samples": json.dumps([sample.id for sample in agree]),
    }  # fmt: skip


def _clusters(problem: Problem, samples: Iterable[Sample]) -> list[tuple[str, list[Sample]]]:
    """Samples of the same answer together; the answer is the one that came first."""
    made: list[tuple[str, list[Sample]]] = []
    placed: dict[str, list[Sample]] = {}  # by the very words
    for sample in samples:
        answer = _answer(problem, sample.response)
        if answer is None:
            continue
        members = placed.get(answer)
        if members is None:
            same = (some for first, some in made if compare(answer, first)[0])
            members = next(same, None)
            if members is None:
                members = []
                made.append((answer, members))
            placed[answer] = members
        members.append(sample)
    return made


def _answer(problem: Problem, response: str) -> str | None:
    text = response_tail(response)
    if problem.kind == "choice":
        offer = offered(problem.question[-READ:], problem.check, problem.answer[:READ])
        said = stated_choice(text, offer) if isinstance(offer, Offer) else None
        return ", ".join(sorted(said.labels)) if said else None
    answer = stated_answer(text) or last_value(text)
    return answer.text if answer else None


def listed(plan: Plan) -> Iterator[dict[str, Any]]:
    """The disagreements of a run, most agreement first."""
    if path(plan).exists():
        with path(plan).open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def _gather(plan: Plan) -> str:
    """Write the list of all parts where it has changed; one line about it, or ""."""
    if all(step.name != JUDGE for step in plan.spec.filters):
        path(plan).unlink(missing_ok=True)
        return ""
    rows = [
        row for part in range(plan.parts) for row in storage.read(_part(plan, part)).to_pylist()
    ]  # fmt: skip
    rows.sort(key=lambda row: (-row["agree"] / row["judged"], -row["judged"], row["problem"]))
    text = "".join(storage.json_text(row) + "\n" for row in rows)
    if not path(plan).exists() or path(plan).read_text("utf-8") != text:
        with storage.written(path(plan)) as beside:
            beside.write_text(text, "utf-8")
    if not rows:
        return ""
    told = (
        "1 problem, the samples agree"
        if len(rows) == 1
        else f"{len(rows)} problems, the samples agree"
    )
    return f"on {told} with each other and not with the reference: factory show --disagreements"


def as_text(row: dict[str, Any]) -> str:
    """One disagreement for a person to read."""
    from factory.show import safe

    return (
        f"{row['problem']}  {row['agree']} of {row['judged']} say {safe(row['answer'])!s}, the "
        f"reference is {safe(row['reference'])} ({row['right']} agree with it)\n"
        f"  {safe(row['question'][:300])}"
    )
