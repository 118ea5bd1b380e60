"""The dataset: Parquet files and a card that anybody can load, whole or not there at all."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from factory import storage
from factory.plan import Plan
from factory.selection import Shard, selection_path
from factory.storage import hash_of
from factory.survivors import inputs_of, read_verdicts
from factory.workers import Pool
from generators.transcript import join

GROUP_BYTES = 32 << 20  # of text per row group: viewers refuse more than about 300 MB
_WRITER_VERSION = 1

_message = pa.struct([("role", pa.string()), ("content", pa.large_string())])
DATASET = pa.schema(
    [
        ("id", pa.string()),
        ("messages", pa.list_(_message)),
        ("question", pa.large_string()),
        ("reasoning", pa.large_string()),
        ("response", pa.large_string()),
        ("answer", pa.large_string()),
        ("kind", pa.string()),
        ("check", pa.large_string()),  # JSON: what the verifier of this kind needs besides
        ("context", pa.large_string()),  # JSON: earlier turns and tools
        ("domain", pa.string()),
        ("language", pa.string()),
        ("source", pa.string()),
        ("licence", pa.string()),
        ("stream", pa.string()),
        ("generator", pa.string()),
        ("model", pa.string()),
        ("problem", pa.string()),
        ("request", pa.string()),
        ("origin", pa.string()),
        ("prompt_tokens", pa.int64()),
        ("completion_tokens", pa.int64()),
        ("finish", pa.string()),
        ("verdicts", pa.large_string()),  # JSON: filter -> [outcome, reason, score]
    ]
)


def write(
    plan: Plan, pool: Pool, shards: list[Shard], card: Callable[[Path], str],
    advance: Callable[[], None],
) -> None:  # fmt: skip
    """Write the dataset beside its place and swap it in when it is whole."""
    place, beside = plan.folder / "dataset", plan.folder / "dataset.making"
    old = plan.folder / "dataset.old"
    if old.exists():
        # A run was killed between the two renames below, or after them.
        if place.exists():
            shutil.rmtree(old)
        else:
            old.rename(place)
    if not _stands(plan, place, shards):
        wanted = [shard for shard in shards if not _made(plan, beside, shard)]
        for _ in pool.run(write_shard, ((plan, shard, beside) for shard in wanted)):
            advance()
        _drop_others(beside, shards)
        _write_card(beside, card)
        storage.sync(beside)
        if place.exists():
            place.rename(old)
        beside.rename(place)
        storage.sync(plan.folder)
    else:
        _write_card(place, card)
    for leftover in (old, beside):
        if leftover.exists():
            shutil.rmtree(leftover)


def _write_card(folder: Path, card: Callable[[Path], str]) -> None:
    path, text = folder / "README.md", card(folder)
    if not path.exists() or path.read_text("utf-8") != text:
        with storage.written(path) as beside:
            beside.write_text(text, "utf-8")


def _reads(plan: Plan, shard: Shard) -> str:
    chosen = [storage.told(selection_path(plan, p)).get("digest") for p in shard.parts]
    inputs = [inputs_of(plan, p, "filters") for p in shard.parts]
    judged = [
        [storage.told(plan.verdicts(step, p)).get("digest") for step in plan.spec.filters]
        for p in shard.parts
    ]
    licences = {name: source.licence for name, source in plan.spec.sources.items()}
    return hash_of(_WRITER_VERSION, shard.path, shard.parts, chosen, inputs, judged, licences)


def _made(plan: Plan, folder: Path, shard: Shard) -> bool:
    return storage.told(folder / shard.path).get("reads") == _reads(plan, shard)


def _stands(plan: Plan, folder: Path, shards: list[Shard]) -> bool:
    there = {str(path.relative_to(folder)) for path in folder.rglob("*.parquet")}
    return (
        folder.is_dir()
        and there == {shard.path for shard in shards}
        and all(_made(plan, folder, shard) for shard in shards)
    )


def _drop_others(folder: Path, shards: list[Shard]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {folder / shard.path for shard in shards}
    for path in folder.rglob("*.parquet"):
        if path not in wanted:
            path.unlink()


def write_shard(plan: Plan, shard: Shard, folder: Path) -> int:
    """Write one file of the dataset; returns its number of rows."""
    path = folder / shard.path
    rows = 0
    with storage.written(path) as beside, storage.writer(beside, DATASET) as out:
        held: list[pa.Table] = []
        for part in shard.parts:
            held.append(_rows(plan, shard, part))
            rows += held[-1].num_rows
            if sum(table.nbytes for table in held) >= GROUP_BYTES:
                out.write_table(pa.concat_tables(held))
                held = []
        if held:
            out.write_table(pa.concat_tables(held))
        told = {"reads": _reads(plan, shard)}
        out.add_key_value_metadata(storage.footer(DATASET, rows, told))
    return rows


def _rows(plan: Plan, shard: Shard, part: int) -> pa.Table:
    """The chosen samples of a part, in the order of their ids. Text stays in Arrow throughout."""
    wanted = f"{shard.stream}/{shard.split}"
    chosen = read_verdicts(selection_path(plan, part))
    ids = pa.array([i for i, v in chosen.items() if v.detail == wanted], pa.large_string())
    samples = pa.concat_tables(
        storage.read(plan.samples(number, part))
        for number, step in enumerate(plan.spec.generate)
        if step.stream == shard.stream
    )
    samples = samples.filter(pc.is_in(samples["id"], ids)).sort_by("id")
    problems = storage.read(plan.problems(part))
    problems = problems.take(pc.index_in(samples["problem"], problems["id"]))
    licences = {name: source.licence for name, source in plan.spec.sources.items()}
    made = {
        "messages": _messages(problems["question"], samples["reasoning"], samples["response"]),
        "licence": pa.array([licences[s] for s in problems["source"].to_pylist()], pa.string()),
        "verdicts": _verdicts(plan, part, samples["id"].to_pylist()),
    }
    columns = []
    for name in DATASET.names:
        held = samples if name in samples.column_names else problems
        column = made[name] if name in made else held[name]
        columns.append(column.cast(DATASET.field(name).type))
    return pa.table(columns, schema=DATASET)


def _messages(questions: Any, thoughts: Any, responses: Any) -> pa.Array:
    """Conversations of a user's question and the assistant's turn, as `transcript.join` has it."""
    # The form is asked of `join` itself, around two marks, so that it stands in one place only.
    form = re.split("\0[12]", join("\0001", "\0002"))
    before, between, after = (pa.scalar(text, pa.large_string()) for text in form)
    nothing = pa.scalar("", pa.large_string())
    turns = pc.binary_join_element_wise(before, thoughts, between, responses, after, nothing)
    turns = pc.if_else(pc.equal(thoughts, ""), responses, turns)
    count = len(questions)
    # Question and turn of each row side by side: 0, n, 1, n + 1, ...
    order = pa.array([place for n in range(count) for place in (n, n + count)], pa.int64())
    texts = pa.concat_arrays([*questions.chunks, *turns.chunks]).take(order)
    roles = pa.array(["user", "assistant"] * count, pa.string())
    said = pa.StructArray.from_arrays([roles, texts], fields=list(_message))
    return pa.ListArray.from_arrays(pa.array(range(0, 2 * count + 1, 2), pa.int32()), said)


def _verdicts(plan: Plan, part: int, ids: list[str]) -> pa.Array:
    """What each filter said of each sample, as JSON text."""
    told: dict[str, dict[str, list[Any]]] = {i: {} for i in ids}
    for step in plan.spec.filters:
        for i, verdict in read_verdicts(plan.verdicts(step, part)).items():
            if i in told:
                name = step.name
                while name in told[i]:
                    name += "+"  # the same filter again, with other settings
                told[i][name] = [verdict.outcome, verdict.reason, verdict.score]
    return pa.array([storage.json_text(each) for each in told.values()], pa.large_string())
