"""Exact duplicates: of records with the same text one stays, whatever order they came in."""

from typing import TypedDict

import polars as pl
import xxhash

from generators.records import Problem, Sample
from generators.registry import register
from generators.text import normalise


class Signature(TypedDict):
    """What is compared: a hash of the text."""

    text: str


def decide(signatures: pl.DataFrame) -> pl.DataFrame:
    """Of each cluster of equal texts the smallest id is kept: independent of order and workers.

    `signatures` has the columns id and text (a hash); returns id, outcome, reason, score, detail.
    """
    first = pl.col("id").min().over("text")
    repeated = pl.col("id") != first
    return signatures.select(
        "id",
        outcome=pl.when(repeated).then(pl.lit("reject")).otherwise(pl.lit("keep")),
        reason=pl.when(repeated).then(pl.lit("duplicate")).otherwise(pl.lit("")),
        score=pl.when(repeated).then(0.0).otherwise(1.0),
        detail=pl.when(repeated).then(pl.format("same text as {}", first)).otherwise(pl.lit("")),
    )


@register("filter", decide=decide)
def dedup(record: Problem | Sample) -> Signature:
    """Drops exact duplicates: problems by question (case, spacing and Unicode forms aside),
    samples by thought and response together, across the whole corpus."""
    if isinstance(record, Problem):
        text = normalise(record.question)
    else:
        text = f"{record.reasoning}\0{record.response}"
    return {"text": xxhash.xxh3_128_hexdigest(text.encode())}
