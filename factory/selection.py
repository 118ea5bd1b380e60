"""The choice of the corpus: who enters by quota, and who is held out."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl
import xxhash

from factory import storage, tables
from factory.corpus_filters import write_by_part
from factory.ledger import tally
from factory.plan import Plan
from factory.storage import hash_of
from factory.survivors import inputs_of, surviving_ids
from factory.workers import Pool
from generators.registry import nearest
from generators.texts.text import normalise

SHARD_BYTES = 400 << 20  # of text, before compression
_VERSION = 1  # raised when the same survivors may be chosen or laid out differently


@dataclass(frozen=True)
class Shard:
    """One file of the dataset: the chosen samples of some parts, in order."""

    path: str
    stream: str
    split: str
    parts: tuple[int, ...]


def selection_path(plan: Plan, part: int) -> Path:
    """A part of the choice: keep with "stream/split" as detail, or reject(over_quota)."""
    key = hash_of(plan.spec.seed, plan.spec.corpus.model_dump(), plan.bits)
    return storage.part_path(plan.folder / "verdicts" / f"corpus-{key[:12]}", part)


def candidates_part(plan: Plan, part: int) -> dict[str, list[Any]]:
    """What the choice is made from, for the samples of a part that passed every filter.

    Reads no thought: `size` is a sample's share of its file, close enough to cut shards by.
    """
    seed = plan.spec.seed & (1 << 63) - 1

    def luck(what: str, text: str) -> int:
        return xxhash.xxh3_64_intdigest(f"{what}\0{text}".encode(), seed)

    problems = tables.read_problems(plan.problems(part))
    # Wording apart, one question never lands on both sides: its id may differ by source.
    held_out = {
        i: luck("split", normalise(p.question)) / 2**64 for i, p in problems.items()
    }  # fmt: skip
    rows = []
    for sample, problem, stream, size in surviving_ids(plan, part):
        rows.append(
            (sample, problem, stream, problems[problem].domain, size, held_out[problem],
             luck("sample", sample), luck("problem", problem))
        )  # fmt: skip
    columns = zip(*rows, strict=True) if rows else ([] for _ in _CANDIDATES)
    return {name: list(column) for name, column in zip(_CANDIDATES, columns, strict=True)}


_CANDIDATES = {
    "id": pl.String, "problem": pl.String, "stream": pl.String,
    "domain": pl.String, "size": pl.Int64, "held_out": pl.Float64, "luck": pl.UInt64,
    "problem_luck": pl.UInt64,
}  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """What was chosen."""

    counts: Counter[str]
    shards: list[Shard]
    idle: list[str]
    """Quotas for a domain that no sample has, each told with the nearest domain there is."""


def select(plan: Plan, pool: Pool, advance: Callable[[], None]) -> Choice:
    """Choose by quota, write the choice, and lay out the shards; what stands is not redone."""
    reads = hash_of(_VERSION, [_inputs(plan, part) for part in range(plan.parts)])
    done = selection_path(plan, 0).with_name("shards.json")
    told = storage.read_json(done)
    parts = [storage.told(selection_path(plan, part)) for part in range(plan.parts)]
    if any(footer.get("reads") != reads for footer in [told, *parts]):
        told = {"reads": reads, **_choose(plan, pool, advance, reads)}
        with storage.written(done) as beside:
            beside.write_text(json.dumps(told))
    shards = [Shard(**{**shard, "parts": tuple(shard["parts"])}) for shard in told["shards"]]
    return Choice(Counter(told["counts"]), shards, told["idle"])


def _inputs(plan: Plan, part: int) -> list[str | None]:
    verdicts = [storage.told(plan.verdicts(step, part)) for step in plan.spec.filters]
    return inputs_of(plan, part, "filters") + [footer.get("digest") for footer in verdicts]


def _choose(plan: Plan, pool: Pool, advance: Callable[[], None], reads: str) -> dict[str, Any]:
    frames = []
    for (_, part), columns in pool.run(candidates_part, ((plan, p) for p in range(plan.parts))):
        advance()
        frames.append(pl.DataFrame(columns, schema=_CANDIDATES).with_columns(part=pl.lit(part)))
    # The first sample of every problem is taken before the second of any: breadth before depth.
    turn = pl.col("luck").rank("ordinal").over("problem", "stream")
    split = pl.when(pl.col("held_out") < plan.spec.corpus.test).then(pl.lit("test"))
    table = (
        pl.concat(frames)
        .sort("part", "id")
        .with_columns(turn=turn, split=split.otherwise(pl.lit("train")))
        .sort("stream", "turn", "problem_luck", "id")
        .with_columns(
            in_domain=pl.int_range(pl.len()).over("stream", "domain"),
            in_stream=pl.int_range(pl.len()).over("stream"),
        )
        .with_columns(chosen=_within(plan))
    )
    verdicts = table.with_columns(
        outcome=pl.when("chosen").then(pl.lit("keep")).otherwise(pl.lit("reject")),
        reason=pl.when("chosen").then(pl.lit("")).otherwise(pl.lit("over_quota")),
        score=pl.lit(None, pl.Float64),
        input=pl.lit(""),
        detail=pl.when("chosen").then(pl.format("{}/{}", "stream", "split")).otherwise(pl.lit("")),
    )
    write_by_part(verdicts, [selection_path(plan, part) for part in range(plan.parts)], reads)
    counts = tally(verdicts.select("outcome", "reason").iter_rows())
    shards = [asdict(shard) for shard in _shards(table.filter("chosen"))]
    return {"counts": dict(counts), "shards": shards, "idle": list(_idle(plan, table))}


def _idle(plan: Plan, table: pl.DataFrame) -> Iterator[str]:
    for stream, quota in plan.spec.corpus.quotas.items():
        if isinstance(quota, dict):
            here = table.filter(pl.col("stream") == stream)["domain"].unique().to_list()
            for domain in quota:
                if domain not in here:
                    told = nearest(domain, here)
                    yield f"corpus.quotas.{stream}.{domain}: no sample is of that domain{told}"


def _within(plan: Plan) -> pl.Expr:
    """Whether a sample is within the quota of its stream, or of its stream and domain."""
    chosen = pl.lit(value=True)
    for stream, quota in plan.spec.corpus.quotas.items():
        here = pl.col("stream") == stream
        if isinstance(quota, int):
            fits = pl.col("in_stream") < quota
        else:
            fits = pl.lit(value=False)
            for domain, number in quota.items():
                fits = fits | ((pl.col("domain") == domain) & (pl.col("in_domain") < number))
        chosen = pl.when(here).then(fits).otherwise(chosen)
    return chosen


def _shards(chosen: pl.DataFrame) -> Iterator[Shard]:
    """Files of SHARD_BYTES, each made of whole parts, so that they can be written side by side."""
    sizes = chosen.group_by("stream", "split", "part").agg(pl.col("size").sum()).sort("part")
    for (stream, split), some in sorted(sizes.group_by("stream", "split")):
        files: list[list[int]] = [[]]
        held = 0
        for part, size in some.sort("part").select("part", "size").iter_rows():
            if files[-1] and held + size > SHARD_BYTES:
                files.append([])
                held = 0
            files[-1].append(part)
            held += size
        for number, parts in enumerate(files):
            name = f"data/{stream}/{split}-{number:05}-of-{len(files):05}.parquet"
            yield Shard(name, str(stream), str(split), tuple(parts))
