"""Rows and the problems they are for, one bucket at a time: how many there are costs no memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from factory.buckets import Buckets
from factory.plan import Plan
from factory.scan import Scanned

_KEPT = ["problem", "input", "file", "number", "offset", "length", "first"]
_ORDER = ["input", "file", "number"]


@dataclass
class Joined:
    """The rows of sources and of recorded outputs, by their problems."""

    sources: Buckets
    answers: Buckets
    """Recorded outputs, with the problems they answer."""
    problems: int
    """How many there are."""
    differing: pl.DataFrame
    """Rows of sources with another reference than the first row of their problem."""
    lost: pl.DataFrame
    """Recorded outputs that answer no problem."""

    @property
    def bits(self) -> int:
        """There are 2**bits buckets."""
        return self.sources.bits

    def buckets(self) -> Iterator[pl.DataFrame]:
        """For each bucket the rows that are read, and which of them is its problem's first."""
        for bucket in range(1 << self.bits):
            rows = _of_sources(self.sources, bucket)
            tables = [rows.filter(pl.col("gold") == pl.col("gold_first")).select(_KEPT)]
            if self.answers:
                tables.append(self.answers.read(bucket).select(_KEPT))
            yield pl.concat(tables)


def joined(plan: Plan, rows: Scanned, folder: Path) -> Joined:
    """Find the first row of each problem, and the problem of each recorded output."""
    bits = rows.sources.bits
    firsts = Buckets(folder, "firsts", "key", bits)
    answers = Buckets(folder, "answers", "problem", bits)
    problems = 0
    differing: list[pl.DataFrame] = []
    lost: list[pl.DataFrame] = []
    for bucket in range(1 << bits):
        found = _of_sources(rows.sources, bucket)
        differing.append(found.filter(pl.col("gold") != pl.col("gold_first")))
        first = found.filter(pl.col("first"))
        problems += first.height
        if rows.outputs:
            firsts.add(first.select("key", "problem", *_ORDER))
    for bucket in range(1 << bits) if rows.outputs else ():
        for some in _answers(plan, rows.outputs.read(bucket), firsts.read(bucket)):
            answers.add(some.filter(pl.col("problem").is_not_null()))
            lost.append(some.filter(pl.col("problem").is_null()))
    return Joined(
        rows.sources,
        answers,
        problems,
        pl.concat(differing).sort(_ORDER),
        pl.concat(lost).sort(_ORDER) if lost else pl.DataFrame(),
    )


def _of_sources(sources: Buckets, bucket: int) -> pl.DataFrame:
    """Rows of sources in order, with what the first row of the same problem says."""
    return sources.read(bucket).with_columns(
        first=pl.col("problem").is_first_distinct(),
        gold_first=pl.col("gold").first().over("problem"),
        number_first=pl.col("number").first().over("problem"),
    )


def _answers(plan: Plan, outputs: pl.DataFrame, firsts: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Recorded outputs of each input with the problems they answer, null where there is none."""
    firsts = firsts.sort(_ORDER)
    for number, one in enumerate(plan.inputs):
        if one.outputs_of is None:
            continue
        names = plan.spec.generate[one.outputs_of].sources
        asked = [n for n, other in enumerate(plan.inputs) if other.source.name in names]
        problems = firsts.filter(pl.col("input").is_in(asked)).select("key", "problem")
        rows = outputs.filter(pl.col("input") == number).drop("problem")
        yield rows.join(
            problems.unique("key", keep="first", maintain_order=True), on="key", how="left"
        ).with_columns(first=pl.lit(value=False))
