"""Contamination: problems and samples that hold what a benchmark asks."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from filters.overlaps.benchmark_index import Index, index_of
from filters.overlaps.benchmarks import Benchmark
from filters.overlaps.overlap import FEWEST, Overlap, overlaps
from filters.verdict import Verdict, keep, reject, unknown
from generators.records import Problem, Sample
from generators.registry import Count, Share, register

SHOWN = 80
"""Characters of a matched span in a verdict's detail."""


@register("filter")
def decontaminate(
    record: Problem | Sample,
    *,
    benchmarks: list[Benchmark] = [],  # noqa: B006  a setting's default, never changed
    ngram: Count = 10,
    at_least: Share = 0.7,
    boilerplate: Count = 5,
    years: dict[str, int] = {},  # noqa: B006
) -> Verdict:
    """Drops what holds a benchmark's question or solution: in questions, references and traces.

    DeepSeek-R1 (section D.1 of its second version) drops texts that share ten words in a row with
    an evaluation's question or reference solution. Here words are compared without case, accents,
    punctuation and LaTeX's spacing; a run in more than `boilerplate` of the benchmarks' questions
    counts nothing; and a passage is found where `at_least` of its words stand in one place, in
    order, of them `ngram` in a row (half of it, where it is shorter than two such runs). Passages
    of fewer than `ngram` words are found where they stand word for word, or with one place
    changed as a whole question. The same problem with other numbers is a sibling: kept, and named
    in the detail. `years` says up to when the problems of a source were written: what is not
    older than a benchmark of a stated `year` is dropped. The score is the share of the nearest
    passage that is not in the record. Reasons: contaminated, too_recent; unknown: no_benchmark.
    """
    if not benchmarks:
        return unknown("no_benchmark", "the filter names no benchmarks")
    index = index_of(benchmarks, ngram, boilerplate)
    nearest: tuple[Overlap, str, str] | None = None
    for name, text in _texts(record):
        if name != "question" and len(text) < FEWEST:
            continue  # "18" holds no passage
        for found in _found(index, text, ngram, at_least, name == "question"):
            if not found.sibling:
                detail = _detail(index, found, name, text)
                return reject("contaminated", detail, round(1 - found.share, 4))
            nearest = nearest or (found, name, text)
    if late := _not_before(record, benchmarks, years):
        return reject("too_recent", late)
    if nearest is None:
        return keep()
    found, name, text = nearest
    return keep(detail=f"a sibling with other numbers of {_detail(index, found, name, text)}")


def covered(settings: Mapping[str, Any]) -> set[str]:
    """Names of the benchmarks that a filter of these settings decontaminates against."""
    told = [Benchmark.model_validate(one) for one in settings.get("benchmarks", ())]
    return {one.name for one in told}


@lru_cache(maxsize=8)
def _found(index: Index, text: str, ngram: int, share: float, question: bool) -> list[Overlap]:
    """Overlaps of a text; remembered, since samples of one problem come one after another."""
    return overlaps(index, text, ngram, share, question)


def _texts(record: Problem | Sample) -> Iterator[tuple[str, str]]:
    problem = record if isinstance(record, Problem) else record.problem
    yield "question", problem.question
    yield "reference", problem.answer
    if problem.context:
        yield "context", "\n".join(_strings(json.loads(problem.context)))
    if isinstance(record, Sample):
        yield "reasoning", record.reasoning
        yield "response", record.response


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _strings(one)


def _detail(index: Index, found: Overlap, name: str, text: str) -> str:
    passage = index.passages[found.passage]
    span = " ".join(text[found.start : found.start + 2 * SHOWN].split())
    span = " ".join(text[found.start : found.end].split()) if len(span) < SHOWN else span
    shown = span if len(span) <= SHOWN else span[: SHOWN - 1] + "…"
    return (
        f"{passage.benchmark}@{passage.revision} row {passage.row} ({passage.part}): "
        f"{found.share:.0%} of it in the {name} from {found.start} to {found.end}: {shown}"
    )


def _not_before(
    record: Problem | Sample,
    benchmarks: Sequence[Benchmark | dict[str, Any]],
    years: Mapping[str, int],
) -> str:
    """Which benchmark a record's source is not older than; "" where it is, or no year is known."""
    problem = record if isinstance(record, Problem) else record.problem
    written = years.get(problem.source)
    if written is None:
        return ""
    for one in map(Benchmark.model_validate, benchmarks):
        if one.year is not None and written >= one.year:
            return f"{problem.source} has problems of {written}, {one.name} is of {one.year}"
    return ""
