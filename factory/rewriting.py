"""Samples made from samples: a changed text is a new sample that names its origin."""

from collections import Counter
from dataclasses import replace
from typing import Any

from factory import tables
from factory.making import made_reads, write_refused, write_samples
from factory.plan import Plan
from factory.spec import Generate
from generators.errors import UserError
from generators.records import Sample, digest, sample_id
from generators.registry import find


def rewritten_part(plan: Plan, number: int, part: int) -> Counter[str]:
    """Write one part of what a generator makes of the samples of earlier ones.

    What it leaves as it was is counted as unchanged; what it raises costs that sample.
    """
    step = plan.spec.generate[number]
    problems = tables.read_problems(plan.problems(part))
    counts: Counter[str] = Counter()
    made: list[Sample] = []
    bad: list[dict[str, Any]] = []
    for origin in step.origins:
        for sample in tables.read_samples(plan.samples(origin, part), problems):
            try:
                some = _rewritten(plan, number, sample)
            except UserError:
                raise  # nothing is wrong with the sample: no other would fare better
            except Exception as error:  # noqa: BLE001  the row boundary, as for filters
                counts[f"failed:{type(error).__name__}"] += 1
                bad.append(_refused(step, sample, error))
                continue
            made += some
            counts["keep"] += len(some)
            counts["reject:unchanged"] += not some
    write_refused(plan.refused(number, part), bad)
    write_samples(plan, number, part, made, made_reads(plan, number, part), +counts)
    return counts


def _rewritten(plan: Plan, number: int, sample: Sample) -> list[Sample]:
    step = plan.spec.generate[number]
    function = find("generator", step.name).function
    told = digest(step.stream, step.name, str(plan.entry(number)), "of", sample.id)
    return [
        replace(
            sample,
            id=sample_id(sample.problem.id, told, index),
            reasoning=reasoning,
            response=response,
            stream=step.stream,
            generator=step.name,
            origin=sample.id,
        )
        for index, (reasoning, response) in enumerate(function(sample, **plan.settings(number)))
        if (reasoning, response) != (sample.reasoning, sample.response)
    ]


def _refused(step: Generate, sample: Sample, error: Exception) -> dict[str, Any]:
    return {
        "source": sample.problem.source,
        "file": sample.generator,
        "number": 0,
        "reason": type(error).__name__,
        "detail": str(error)[:500],
        "shown": sample.id,
    }
