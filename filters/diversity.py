"""Quotas that keep one kind of problem from crowding out the others."""

from typing import Literal, TypedDict

import orjson
import polars as pl
import xxhash

from generators.records import Problem
from generators.registry import Count, Share, register

Aspect = Literal["domain", "topic", "length"]

# Under which of these names sources keep a problem's topic, in what they add to its check.
_TOPICS = ("topic", "subject", "subfield", "category", "family", "type")


class Signature(TypedDict):
    """What buckets are made of, and a number by which a bucket's problems are drawn."""

    domain: str
    topic: str
    length: int
    order: str


def decide(
    signatures: pl.DataFrame,
    *,
    by: list[Aspect],
    at_most: int,
    share: float,
    lengths: int,
) -> pl.DataFrame:
    """Of each bucket the first `at_most` by hash are kept: independent of order and workers.

    `signatures` has the columns id, domain, topic, length (characters) and order; returns id,
    outcome, reason, score, detail.
    """
    told = signatures.with_columns(length=_quantile(signatures["length"], lengths))
    place = pl.struct("order", "id").rank("ordinal").over(by)
    limit = min(at_most, max(1, int(share * len(told))))
    names = [
        pl.format(f"length {{}} of {lengths}", "length")
        if aspect == "length"
        else pl.when(pl.col(aspect) == "").then(pl.lit(f"no {aspect}")).otherwise(pl.col(aspect))
        for aspect in by
    ]
    return told.with_columns(place=place, held=pl.len().over(by)).select(
        "id",
        outcome=pl.when(pl.col("place") > limit).then(pl.lit("reject")).otherwise(pl.lit("keep")),
        reason=pl.when(pl.col("place") > limit).then(pl.lit("over_quota")).otherwise(pl.lit("")),
        score=pl.when(pl.col("place") > limit).then(0.0).otherwise(1.0),
        detail=pl.format("{} of {} in {}", "place", "held", pl.concat_str(names, separator=", ")),
    )


def _quantile(lengths: pl.Series, count: int) -> pl.Series:
    """Into which of so many parts of the corpus, by length, each falls; equal lengths together."""
    if lengths.is_empty():
        return lengths
    edges = [lengths.quantile(part / count, "lower") for part in range(1, count)]
    # The number of edges below each length.
    return pl.Series(edges, dtype=pl.Float64).search_sorted(lengths.cast(pl.Float64)) + 1


@register("filter", decide=decide)
def diversity(
    problem: Problem,
    *,
    by: list[Aspect] = ["domain", "topic", "length"],  # noqa: B006  never changed
    at_most: Count = 1_000_000,
    share: Share = 1.0,
    lengths: Count = 4,
) -> Signature:
    """Keeps at most so many problems of each bucket, the same ones on every run.

    A bucket is a domain, a topic and a quantile of the length of the question (`lengths` of them),
    or those of them that `by` names; the topic is what the source says (topic, subject, type ...).
    Of each at most `at_most` problems and at most `share` of all problems are kept, at least one,
    by the hash of their ids. s1 samples over subjects and lengths alike (arXiv 2501.19393, 2.2).
    """
    return {
        "domain": problem.domain,
        "topic": topic(problem),
        "length": len(problem.question),
        "order": xxhash.xxh3_64_hexdigest(problem.id.encode()),
    }


def topic(problem: Problem) -> str:
    """What the source says that the problem is about, more closely than its domain; or ""."""
    if not problem.check:
        return ""
    try:
        told = orjson.loads(problem.check)
    except orjson.JSONDecodeError:
        return ""
    named = (told.get(name) for name in _TOPICS) if isinstance(told, dict) else ()
    return next((name for name in named if isinstance(name, str) and name), "")
