"""What may change between two builds, and what may lie in the way of the second."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import ROOT, Desk, Row


def rows(numbers: range) -> list[Row]:
    """One right answer each."""
    return [
        {"pid": f"p{n}", "question": f"What is {n} + 1?", "answer": str(n + 1),
         "response": f"<think>{n} and one</think>It is \\boxed{{{n + 1}}}.", "finish": "stop"}
        for n in numbers
    ]  # fmt: skip


def simple(desk: Desk, source: dict[str, Any] | None = None, **more: Any) -> None:
    """A spec of one source with its own outputs."""
    told = {"jsonl": "rows.jsonl", "kind": "math", "licence": "MIT", **(source or {})}
    made = {"generate": [{"recorded": {"stream": "a", "from": ["s"]}}], "filters": ["verify"]}
    desk.spec(sources={"s": told}, **{**made, **more})


def card(desk: Desk) -> str:
    """The dataset's card."""
    return (desk.folder / "runs/run/dataset/README.md").read_text("utf-8")


def test_one_source_may_feed_two_streams_and_only_keeps_them_apart(desk: Desk) -> None:
    some = rows(range(20))
    some[3]["response"] = "<think>x</think>\\boxed{77}"
    desk.lines("rows.jsonl", some)
    generate = [{"recorded": {"stream": stream, "from": ["s"]}} for stream in ("a", "b")]
    simple(desk, generate=generate, filters=["complete", {"verify": {"only": ["a"]}}, "best_of"])
    desk.build()
    streams = [row["stream"] for row in desk.dataset()]
    assert (streams.count("a"), streams.count("b")) == (19, 20)
    assert len({row["id"] for row in desk.dataset()}) == 39


def test_outputs_are_joined_anew_when_their_sources_or_key_change(desk: Desk) -> None:
    desk.lines("one.jsonl", rows(range(30)))
    desk.lines("two.jsonl", rows(range(30, 45)))
    said = [
        {"pid": row["pid"], "alt": f"p{int(row['pid'][1:]) + 100}", "response": row["response"]}
        for row in rows(range(45))
    ]
    desk.lines("outputs.jsonl", said)

    def kept(sources: list[str], key: str) -> int:
        of = {"kind": "math", "fields": {"key": "pid"}}
        desk.spec(
            sources={"x": {"jsonl": "one.jsonl", **of}, "y": {"jsonl": "two.jsonl", **of}},
            generate=[{"recorded": {"stream": "a", "from": sources, "fields": {"problem": key},
                                    "outputs": {"jsonl": "outputs.jsonl"}}}],
        )  # fmt: skip
        desk.build()
        return len(desk.dataset())

    assert kept(["x"], "pid") == 30
    assert kept(["x", "y"], "pid") == 45
    assert kept(["x", "y"], "alt") == 0
    assert kept(["x"], "pid") == 30


def test_a_limit_is_of_the_source_and_not_of_each_file(desk: Desk) -> None:
    for number in range(3):
        desk.lines(f"rows_{number}.jsonl", rows(range(number * 20, number * 20 + 20)))
    simple(desk, {"jsonl": "rows_*.jsonl", "limit": 25})
    desk.build()
    assert desk.ledger()["rows s"]["rows_in"] == 25
    assert {row["question"] for row in desk.dataset()} == {f"What is {n} + 1?" for n in range(25)}
    desk.build("--limit", 7)
    assert desk.ledger(name="run-first-7")["rows s"]["rows_in"] == 7


def test_the_card_tells_todays_licence_and_file(desk: Desk) -> None:
    path = desk.lines("rows.jsonl", rows(range(5)))
    simple(desk)
    desk.build()
    assert "license: mit" in card(desk)
    path.rename(path.with_name("renamed.jsonl"))
    simple(desk, {"jsonl": "renamed.jsonl", "licence": "CC0-1.0"})
    desk.build()
    assert "| s | jsonl renamed.jsonl |  | CC0-1.0 | 5 |" in card(desk)
    assert "license: cc0-1.0" in card(desk)
    assert {row["licence"] for row in desk.dataset()} == {"CC0-1.0"}


@pytest.mark.parametrize("change", [{"domain": "sums"}, {"language": "fr"}, {"kind": "text"}])
def test_what_a_source_says_of_its_problems_reaches_the_rows(
    desk: Desk, change: dict[str, str]
) -> None:
    desk.lines("rows.jsonl", rows(range(5)))
    simple(desk)
    desk.build()
    simple(desk, change)
    desk.build()
    (name, value), *_ = change.items()
    assert {row[name] for row in desk.dataset()} == {value}


def test_a_local_folder_of_hub_is_beside_the_spec_and_read_again_when_it_changes(
    desk: Desk,
) -> None:
    (desk.folder / "set").mkdir()

    def write(count: int) -> None:
        pq.write_table(pa.Table.from_pylist(rows(range(count))), desk.folder / "set/train.parquet")

    write(30)
    simple(desk, {"hub": "set", "jsonl": None})
    spec = json.loads((desk.folder / "spec.yaml").read_text())
    del spec["sources"]["s"]["jsonl"]
    (desk.folder / "spec.yaml").write_text(json.dumps(spec))
    away = desk.folder / "away"
    away.mkdir()
    told = ("--spec", "../spec.yaml", "--runs", "../runs", "--workers", "1")
    env = {**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"}
    for count in (30, 10):
        write(count)
        command = [sys.executable, "-m", "factory.cli", "build", *told]
        subprocess.run(command, cwd=away, env=env, check=True, capture_output=True)
        assert len(desk.dataset()) == count


def test_options_of_their_own_field_are_part_of_the_question(desk: Desk) -> None:
    some = [
        {"question": "Which is prime?", "answer": "B", "response": "The answer is B.",
         "options": options, "finish": "stop"}
        for options in (["4", "5", "6"], ["8", "11", "9"])
    ]  # fmt: skip
    desk.lines("rows.jsonl", some)
    simple(desk, {"kind": "choice"})
    desk.build()
    questions = sorted(row["question"] for row in desk.dataset())
    assert questions == [
        "Which is prime?\n\nA. 4\nB. 5\nC. 6",
        "Which is prime?\n\nA. 8\nB. 11\nC. 9",
    ]
    assert {json.loads(row["check"])["options"][0] for row in desk.dataset()} == {"4", "8"}


def test_one_question_in_two_contexts_is_two_problems(desk: Desk) -> None:
    some = [
        {"question": "And then?", "answer": str(n), "context": json.dumps([n]),
         "response": f"\\boxed{{{n}}}", "finish": "stop"}
        for n in (1, 2)
    ]  # fmt: skip
    desk.lines("rows.jsonl", some)
    simple(desk)
    desk.build()
    assert [(row["answer"], row["context"]) for row in sorted(desk.dataset(), key=answer)] == [
        ("1", "[1]"), ("2", "[2]"),
    ]  # fmt: skip


def answer(row: Row) -> str:
    """Sort key."""
    return str(row["answer"])


def test_a_dataset_left_by_a_kill_is_no_hindrance(desk: Desk) -> None:
    desk.lines("rows.jsonl", rows(range(5)))
    simple(desk)
    desk.build()
    dataset = desk.folder / "runs/run/dataset"
    subprocess.run(["cp", "-r", dataset, dataset.with_name("dataset.old")], check=True)
    simple(desk, filters=["verify", "complete"])
    desk.build()
    assert len(desk.dataset()) == 5
    dataset.rename(dataset.with_name("dataset.old"))
    desk.build()
    assert len(desk.dataset()) == 5
    assert not dataset.with_name("dataset.old").exists()


@pytest.mark.parametrize("name", ["rows/sources.json", "run.json", "verdicts/*/shards.json"])
@pytest.mark.parametrize("content", ["", "{", "[1]"])
def test_a_damaged_note_of_ours_is_made_again(desk: Desk, name: str, content: str) -> None:
    desk.lines("rows.jsonl", rows(range(5)))
    simple(desk)
    desk.build()
    before = desk.tree()
    next((desk.folder / "runs/run").glob(name)).write_text(content)
    desk.build()
    assert desk.tree() == before


@pytest.mark.parametrize("name", ["samples", "dataset", "verdicts"])
def test_a_link_that_leads_out_of_the_run_folder_is_refused(desk: Desk, name: str) -> None:
    desk.lines("rows.jsonl", rows(range(5)))
    simple(desk)
    outside = desk.folder / "outside"
    outside.mkdir()
    (desk.folder / "runs/run").mkdir(parents=True)
    (desk.folder / "runs/run" / name).symlink_to(outside)
    assert "leads out of" in desk.build(exits=2).stderr
    assert not list(outside.iterdir())


def test_an_empty_corpus_says_where_it_went(desk: Desk) -> None:
    desk.lines("rows.jsonl", [{**row, "finish": "length"} for row in rows(range(5))])
    simple(desk, filters=["complete"])
    told = desk.build().stderr
    assert "nothing was kept: at 'filters complete' 5 of 5 were dropped, mostly for cut_off" in told


def test_a_quota_for_a_domain_that_nobody_has_is_named(desk: Desk) -> None:
    desk.lines("rows.jsonl", rows(range(5)))
    simple(desk, corpus={"quotas": {"a": {"mth": 10}}})
    assert "corpus.quotas.a.mth: no sample is of that domain; did you mean 'math'?" in (
        desk.build().stderr
    )


LACKING = """
from pathlib import Path
from filters import Sample, Verdict, keep, register, unknown

@register("filter")
def needs(sample: Sample) -> Verdict:
    "Cannot judge until something is installed."
    return keep() if Path(__file__).with_name("there").exists() else unknown("setup", "install it")
"""


def test_what_could_not_be_set_up_is_judged_again_once_it_can(desk: Desk) -> None:
    desk.lines("rows.jsonl", rows(range(5)))
    (desk.folder / "needs.py").write_text(LACKING)
    simple(desk, use=["needs.py"], filters=["needs"])
    desk.build()
    assert desk.ledger()["filters needs"]["unknown"] == {"setup": 5}
    (desk.folder / "there").touch()
    desk.build()
    assert len(desk.dataset()) == 5


CORPUS_FILTER = """
from typing import TypedDict
import polars as pl
from filters import Sample, register

class Signature(TypedDict):
    size: int

def decide(table: pl.DataFrame) -> pl.DataFrame:
    return table.select("id", outcome=pl.lit({outcome!r}), reason=pl.lit(""),
                        score=pl.lit(1.0), detail=pl.lit(""))

@register("filter", decide=decide)
def odd(sample: Sample) -> Signature:
    "Raises on one record."
    return {{"size": 1 // int("3 + 1" not in sample.problem.question)}}
"""


def test_a_corpus_filter_that_raises_costs_that_record_only(desk: Desk) -> None:
    desk.lines("rows.jsonl", rows(range(5)))
    (desk.folder / "odd.py").write_text(CORPUS_FILTER.format(outcome="keep"))
    simple(desk, use=["odd.py"], filters=["odd", "verify"])
    desk.build()
    assert desk.ledger()["filters odd"]["failed"] == {"ZeroDivisionError": 1}
    assert len(desk.dataset()) == 4


def test_a_corpus_filter_with_a_wrong_outcome_is_told_so(desk: Desk) -> None:
    desk.lines("rows.jsonl", rows(range(3)))
    (desk.folder / "odd.py").write_text(CORPUS_FILTER.format(outcome="yes"))
    simple(desk, use=["odd.py"], filters=["odd"])
    assert "odd: the outcome 'yes' is not keep, reject or unknown" in desk.build(exits=2).stderr


def test_a_script_without_a_main_guard_is_told_what_to_do(desk: Desk) -> None:
    desk.lines("rows.jsonl", rows(range(5)))
    simple(desk)
    script = desk.folder / "script.py"
    script.write_text(
        "import sys, factory\n"
        "try:\n    factory.build('spec.yaml', workers=int(sys.argv[1]))\n"
        "except factory.UserError as error:\n    sys.exit(f'told: {error}')\n"
    )

    def run(workers: int) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, script, str(workers)], cwd=desk.folder, text=True,
            capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip

    assert "told: the workers could not start: in a script of your own" in run(2).stderr
    assert run(1).returncode == 0
    assert Path(desk.folder / "runs/run/dataset/README.md").exists()
