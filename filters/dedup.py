"""Duplicates: of records with the same text, or nearly the same, one stays, whatever the order."""

from typing import Annotated, TypedDict

import numpy as np
import numpy.typing as npt
import polars as pl
import xxhash
from pydantic import Field

from filters.answers.final import last_value, response_tail, stated_answer
from filters.mathematics.canonical import canonical, plain
from filters.overlaps import clusters as stars_of
from filters.overlaps.minhash import candidates, jaccard, joined, sketch
from filters.overlaps.siblings import marked, siblings
from generators.records import Problem, Sample
from generators.registry import register
from generators.texts.text import normalise
from generators.texts.words import signs, words

Threshold = Annotated[float, Field(ge=0.5, le=1)]

SHORTEST = 20
"""Words of a text that is compared for near duplicates; shorter ones only for the same text."""
LONGEST = 1000
"""Words of a problem that is compared whole; of longer ones, and of samples, a sketch is."""
BRIEF = 40
"""Characters of a response that is itself the answer where it holds no value: "Lisbon"."""
TOLERANCE = 0.02
"""Below the threshold a pair still counts: where a word ends is a convention, and a sketch is an
estimate."""

Ints = npt.NDArray[np.int64]


class Signature(TypedDict):
    """What is compared."""

    text: str
    """Hash of the text."""
    problem: str
    """Only records of one problem are near-duplicates of each other; "" for problems."""
    values: int
    """Hash of the values (numbers, signs, letters) in order; of samples, of the final answer."""
    words: bytes
    """Words of a problem, 32 bits each, of which the lowest two say what it is: see `marked`."""
    sketch: bytes
    """Some of the shingles of a long text, 32 bits each."""
    near: str
    """Id of a sample of the same problem that stays for this one, or ""."""
    like: float
    """The similarity to it."""


def decide(signatures: pl.DataFrame, *, threshold: Threshold = 1.0) -> pl.DataFrame:
    """Of each cluster of duplicates the smallest id is kept: independent of order and workers.

    `signatures` has the columns id and those of Signature; returns id, outcome, reason, score
    (what sets it apart from the record that is kept) and detail.
    """
    told = clusters(signatures, threshold)
    stays = pl.col("id") == pl.col("kept")
    return told.select(
        "id",
        outcome=pl.when(stays).then(pl.lit("keep")).otherwise(pl.lit("reject")),
        reason=pl.when(stays)
        .then(pl.lit(""))
        .when(pl.col("exact"))
        .then(pl.lit("duplicate"))
        .otherwise(pl.lit("near_duplicate")),
        score=pl.when(stays).then(1.0).otherwise((1 - pl.col("similarity")).round(4)),
        detail=pl.when(stays)
        .then(pl.lit(""))
        .when(pl.col("exact"))
        .then(pl.format("same text as {}", "kept"))
        .otherwise(pl.format("{} like {}", pl.col("similarity").round(2), "kept")),
    )


def decided(verdicts: pl.DataFrame) -> pl.DataFrame:
    """The clusters that verdicts of `decide` tell of, as `clusters` returns them.

    What could not be judged is left out; similarities have four places.
    """
    dropped = pl.col("outcome") == "reject"
    return verdicts.filter(pl.col("outcome") != "unknown").select(
        "id",
        kept=pl.when(dropped).then(pl.col("detail").str.split(" ").list.last()).otherwise("id"),
        similarity=pl.when(dropped).then(1 - pl.col("score")).otherwise(1.0),
        exact=pl.col("reason") == "duplicate",
    )


def narrow(signatures: pl.DataFrame, *, threshold: Threshold = 1.0) -> pl.DataFrame:
    """Near-duplicates among samples, which are all in this part; their sketches are done with.

    So the whole corpus meets in hashes alone, a tenth of the size. Problems pass unchanged.
    """
    if threshold == 1:
        return signatures
    of_samples = pl.col("problem") != ""
    samples = signatures.filter(of_samples)
    found = _near(_compared(samples.with_columns(kept=pl.col("id").min().over("text"))), threshold)
    told = (
        samples.drop("near", "like")
        .join(found, on="id", how="left")
        .with_columns(
            pl.col("near").fill_null(""), pl.col("like").fill_null(0.0), sketch=pl.lit(b"")
        )
    )
    return pl.concat([signatures.filter(~of_samples), told.select(signatures.columns)])


@register("filter", version=3, decide=decide, narrow=narrow)
def dedup(record: Problem | Sample, *, threshold: Threshold = 1.0) -> Signature:
    """Drops duplicates: problems by question, samples by thought and response together.

    Exact ones across the whole corpus (of questions, case, spacing and Unicode forms aside). With
    a threshold below 1 also near ones, of 20 words or more: problems across the corpus, samples
    within a problem. They are compared by the Jaccard similarity of their shingles of four words,
    found by MinHash and confirmed exactly (of samples and of problems over 1,000 words: by a
    sketch of 256 shingles, to within 0.03). Problems that differ mostly in values (a number, sign,
    letter or point where the other has its own) are siblings and no duplicates, however much they
    resemble. Reasons: duplicate, near_duplicate.
    """
    if isinstance(record, Problem):
        text = normalise(record.question) + (f"\0{record.context}" if record.context else "")
        told = signs(record.question)
    else:
        text = f"{record.reasoning}\0{record.response}"
    row = Signature(
        text=xxhash.xxh3_128_hexdigest(text.encode("utf-8", "surrogatepass")),
        problem="",
        values=0,
        words=b"",
        sketch=b"",
        near="",
        like=0.0,
    )
    if threshold == 1:
        return row
    if isinstance(record, Sample):
        row["problem"] = record.problem.id
        both = [words(record.reasoning).hashes, words(record.response).hashes]
        if sum(map(len, both)) >= SHORTEST:
            row["values"] = _answer(record.response)
            row["sketch"] = sketch(np.concatenate(both)).astype("<u4").tobytes()
    elif len(told) >= SHORTEST:
        terms, kinds = marked(record.question, told)
        row["values"] = xxhash.xxh3_64_intdigest(terms[kinds > 0].tobytes()) >> 1
        if len(told) <= LONGEST:
            row["words"] = terms.tobytes()
        else:
            row["sketch"] = sketch(terms.astype(np.uint64)).astype("<u4").tobytes()
    return row


def _answer(response: str) -> int:
    """Hash of the final answer in one spelling; of all words of a brief response that has no value.

    Longer responses without one are compared by their text alone.
    """
    tail = response_tail(response)
    found = stated_answer(tail) or last_value(tail)
    said = canonical(found.text) if found else plain(tail) if len(tail) <= BRIEF else ""
    return xxhash.xxh3_64_intdigest(said.encode("utf-8", "surrogatepass")) >> 1


def clusters(signatures: pl.DataFrame, threshold: Threshold = 1.0) -> pl.DataFrame:
    """Of each record the one that is kept for it: id, kept, similarity to it, exact.

    `exact`: the texts are the same. `filters.overlaps.clusters.report` counts them.
    """
    first = signatures.with_columns(kept=pl.col("id").min().over("text"))
    exact = first.select("id", "kept", similarity=1.0, exact=pl.col("id") != pl.col("kept"))
    if threshold == 1:
        return exact
    in_parts = first.filter(pl.col("near") != "").select("id", "near", "like")
    near = pl.concat([_near(_compared(first), threshold), in_parts])
    same = first.select(near="id", same="kept")
    told = exact
    # Whoever stays for another has a smaller id, so this ends.
    while told["kept"].is_in(near["id"].implode()).any():
        told = (
            told.join(near, left_on="kept", right_on="id", how="left", maintain_order="left")
            .join(same, on="near", how="left", maintain_order="left")
            .select(
                "id",
                kept=pl.coalesce("same", "kept"),
                similarity=pl.min_horizontal("similarity", "like"),
                exact=pl.col("exact") & pl.col("near").is_null(),
            )
        )
    return told


def _compared(first: pl.DataFrame) -> pl.DataFrame:
    """Of each text the first record, if it is compared for near-duplicates, in order."""
    return first.filter(
        (pl.col("id") == pl.col("kept"))
        & (pl.col("words").bin.size() + pl.col("sketch").bin.size() > 0)
    ).sort("id")


def _near(texts: pl.DataFrame, threshold: float) -> pl.DataFrame:
    """Of each text that is dropped: id, near (the id that is kept), like (their similarity)."""
    if texts.is_empty():
        return pl.DataFrame(schema={"id": pl.String, "near": pl.String, "like": pl.Float64})
    sets = joined(texts)
    least = threshold - TOLERANCE
    apart = texts["problem"].rank("dense").to_numpy()
    values = texts["values"].to_numpy()

    def similar(first: Ints, second: Ints) -> npt.NDArray[np.float64]:
        told = jaccard(sets, first, second)
        told[told < least] = 0
        unlike = (values[first] != values[second]) & (told > 0)
        for number in np.flatnonzero(unlike):
            if _siblings(texts, int(first[number]), int(second[number])):
                told[number] = 0
        return told

    first, second = candidates(sets, least, values, apart)
    found = similar(first, second) > 0
    kept = stars_of.stars(len(texts), first[found], second[found], similar)
    dropped = np.flatnonzero(kept != np.arange(len(texts)))
    return pl.DataFrame(
        {
            "id": texts["id"].gather(dropped),
            "near": texts["id"].gather(kept[dropped]),
            "like": jaccard(sets, dropped, kept[dropped]),
        }
    )


def _siblings(texts: pl.DataFrame, first: int, second: int) -> bool:
    """Whether two records of other values are apart: samples, and what is only sketched, always."""
    a, b = (np.frombuffer(texts["words"][one], "<u4").tolist() for one in (first, second))
    return not a or not b or siblings(a, b)
