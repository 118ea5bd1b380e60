"""A build does what is missing and nothing else, and ends with the same bytes however it ran."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from conftest import Desk, Row

SPY = """
from pathlib import Path
from filters import Sample, Verdict, keep, register

SEEN = Path(__file__).with_name("seen.txt")

@register("filter", version={version})
def spy(sample: Sample) -> Verdict:
    "Keeps everything and notes whom it saw."
    with SEEN.open("a") as out:
        out.write(f"{{sample.problem.question}}/{{sample.response}}\\n")
    return keep()
"""


def rows(count: int, wrong: tuple[int, ...] = ()) -> list[Row]:
    """Two right answers each, of different length; those of `wrong` have a wrong reference."""
    return [
        {
            "question": f"What is {n} + 1?",
            "answer": str(n + 2 if n in wrong else n + 1),
            "response": f"<think>{n} and one{' more' * again}</think>It is \\boxed{{{n + 1}}}.",
            "finish": "stop",
        }
        for n in range(count)
        for again in (0, 1)
    ]


def spec(desk: Desk, filters: list[Any], **more: Any) -> None:
    """Recorded rows in rows.jsonl, judged by these filters."""
    desk.spec(
        use=["spy.py"],
        sources={"made": {"jsonl": "rows.jsonl", "kind": "math", "licence": "MIT"}},
        generate=[{"recorded": {"stream": "reasoning", "from": ["made"]}}],
        filters=filters,
        **more,
    )
    (desk.folder / "spy.py").write_text(SPY.format(version=1))


def seen(desk: Desk) -> list[str]:
    """Whom the spy has seen since the last look."""
    path = desk.folder / "seen.txt"
    told = sorted(path.read_text().splitlines()) if path.exists() else []
    path.unlink(missing_ok=True)
    return told


def touched(desk: Desk) -> dict[str, int]:
    """When each file of the run folder was written."""
    folder = desk.folder / "runs" / "run"
    return {
        str(path.relative_to(folder)): path.stat().st_mtime_ns
        for path in folder.rglob("*")
        if path.is_file() and path.name not in ("run.json", ".lock")
    }


def test_the_second_build_does_nothing(desk: Desk) -> None:
    desk.lines("rows.jsonl", rows(20))
    spec(desk, ["complete", "verify", "spy", "dedup", {"best_of": {"keep_at_most": 1}}])
    desk.build()
    before = touched(desk)
    assert len(seen(desk)) == 40
    desk.build()
    assert touched(desk) == before
    assert seen(desk) == []


def test_a_changed_setting_redoes_what_depends_on_it_and_nothing_else(desk: Desk) -> None:
    desk.lines("rows.jsonl", rows(20))
    filters = ["complete", "spy", "verify", {"best_of": {"keep_at_most": 1}}]
    spec(desk, filters)
    desk.build()
    before = touched(desk)
    assert len(desk.dataset()) == 20
    filters[-1] = {"best_of": {"keep_at_most": 2}}
    spec(desk, filters)
    desk.build()
    after = touched(desk)
    assert len(desk.dataset()) == 40
    changed = {name.split("/")[0] for name in after if after[name] != before.get(name)}
    assert changed == {"verdicts", "dataset", "ledger.json", "spec.yaml"}
    again = {n.split("/")[1].split("-")[0] for n in after if n.startswith("verdicts")
             and after[n] != before.get(n)}  # fmt: skip
    assert again == {"best_of", "corpus"}
    spec(desk, [*filters[:-1], {"best_of": {"keep_at_most": 1}}])
    desk.build()
    assert len(desk.dataset()) == 20


def test_a_corrected_reference_is_judged_again_and_the_rest_is_not(desk: Desk) -> None:
    desk.lines("rows.jsonl", rows(30, wrong=(7,)))
    spec(desk, ["complete", "spy", "verify"])
    desk.build()
    assert len(desk.dataset()) == 58
    seen(desk)
    desk.lines("rows.jsonl", rows(30))
    desk.build()
    assert len(desk.dataset()) == 60
    assert {line.split("/")[0] for line in seen(desk)} == {"What is 7 + 1?"}


def test_rows_that_newly_survive_are_judged_and_the_others_are_not(desk: Desk) -> None:
    some = rows(10)
    some[4]["finish"] = "length"
    desk.lines("rows.jsonl", some)
    spec(desk, ["complete", "spy"])
    desk.build()
    assert len(seen(desk)) == 19
    spec(desk, ["spy"])
    desk.build()
    assert [line.split("/")[0] for line in seen(desk)] == ["What is 2 + 1?"]


def test_rows_that_are_added_are_judged_and_the_others_are_not(desk: Desk) -> None:
    desk.lines("rows.jsonl", rows(10))
    spec(desk, ["spy"])
    desk.build()
    seen(desk)
    desk.lines("rows.jsonl", rows(12))
    desk.build()
    assert {line.split("/")[0] for line in seen(desk)} == {"What is 10 + 1?", "What is 11 + 1?"}
    assert len(desk.dataset()) == 24


def test_a_corpus_that_outgrows_its_parts_is_not_judged_again(desk: Desk) -> None:
    desk.lines("rows.jsonl", rows(500)[::2])
    spec(desk, ["spy"])
    desk.build()
    assert len(seen(desk)) == 500
    desk.lines("rows.jsonl", rows(520)[::2])
    desk.build()
    assert len(list((desk.folder / "runs/run/problems").glob("part-*"))) == 2
    assert len(seen(desk)) == 20


def test_a_raised_version_judges_again_and_edited_code_does_not(desk: Desk) -> None:
    desk.lines("rows.jsonl", rows(5))
    spec(desk, ["spy"])
    desk.build()
    seen(desk)
    plugin = desk.folder / "spy.py"
    plugin.write_text(plugin.read_text() + "\n# edited\n")
    desk.build()
    assert seen(desk) == []
    plugin.write_text(SPY.format(version=2))
    desk.build()
    assert len(seen(desk)) == 10


def test_more_samples_are_asked_for_and_none_twice(desk: Desk) -> None:
    def build(samples: int) -> set[str]:
        desk.spec(
            models={"m": {"backend": "scripted", "wrong": 0.5}},
            sources={"made": {"procedural": ["chain"], "count": 20}},
            generate=[{"teacher": {"stream": "reasoning", "from": ["made"], "model": "m",
                                   "samples": samples}}],
            filters=["verify"],
        )  # fmt: skip
        desk.build()
        path = desk.folder / "runs/run/journal/completions.sqlite"
        with sqlite3.connect(path) as journal:
            return {key for (key,) in journal.execute("select key from completions")}

    few, many = build(2), build(5)
    assert (len(few), len(many)) == (40, 100)
    assert few < many
    assert desk.ledger()["generate teacher reasoning"]["rows_in"] == 100


@pytest.fixture(scope="module")
def mixed(shared_desk: Desk) -> Desk:
    """A spec with problem filters, two generators, group and corpus filters, and several parts."""
    shared_desk.lines("rows.jsonl", [*rows(700, wrong=(3, 5)), {"question": "no answer"}])
    shared_desk.spec(
        models={"m": {"backend": "scripted", "wrong": 0.4}},
        sources={
            "made": {"procedural": ["chain", "linear"], "count": 500},
            "rows": {"jsonl": "rows.jsonl", "kind": "math", "licence": "MIT"},
        },
        problems=["dedup"],
        generate=[
            {"recorded": {"stream": "recorded", "from": ["rows"]}},
            {"teacher": {"stream": "asked", "from": ["made"], "model": "m", "samples": 3}},
        ],
        filters=[
            "complete",
            "think_format",
            "verify",
            {"pass_rate": {"only": ["asked"], "at_most": 0.9}},
            "dedup",
            {"best_of": {"keep_at_most": 1, "prefer": "any"}},
        ],
        corpus={"quotas": {"recorded": 500}, "test": 0.1},
    )
    shared_desk.build(runs="one")
    return shared_desk


def test_equal_bytes_with_other_workers_locale_and_hash_seed(mixed: Desk) -> None:
    env = {"PYTHONHASHSEED": "7", "LC_ALL": "C", "LANG": "C", "TZ": "Asia/Tokyo"}
    mixed.build(runs="two", workers=2, env=env)
    one = mixed.tree("one")
    assert mixed.tree("two") == one
    assert sum(name.startswith("problems/") for name in one) >= 4


def test_the_ledger_adds_up_from_stage_to_stage(mixed: Desk) -> None:
    stages = mixed.ledger("one")
    for stage in stages.values():
        dropped = sum(sum(stage[kind].values()) for kind in ("rejected", "unknown", "failed"))
        assert stage["rows_in"] == stage["kept"] + dropped, stage
    assert stages["rows rows"] == {
        "name": "rows rows", "rows_in": 1401, "kept": 1400, "rejected": {}, "unknown": {},
        "failed": {"no_answer": 1},
    }  # fmt: skip
    line = ["complete", "think_format", "verify", "pass_rate", "dedup", "best_of"]
    passed = sum(stages[f"generate {g}"]["kept"] for g in ("recorded recorded", "teacher asked"))
    for name in line:
        assert stages[f"filters {name}"]["rows_in"] == passed, name
        passed = stages[f"filters {name}"]["kept"]
    assert stages["corpus"]["rows_in"] == passed
    assert stages["corpus"]["kept"] == len(mixed.dataset("one"))


def test_quotas_hold_and_the_rest_has_a_reason(mixed: Desk) -> None:
    dataset = mixed.dataset("one")
    assert sum(row["stream"] == "recorded" for row in dataset) == 500
    assert mixed.ledger("one")["corpus"]["rejected"] == {"over_quota": 198}


def test_only_judges_its_streams(mixed: Desk) -> None:
    for row in mixed.dataset("one"):
        assert ("pass_rate" in json.loads(row["verdicts"])) == (row["stream"] == "asked")


def test_a_wrong_answer_never_enters(mixed: Desk) -> None:
    dataset = mixed.dataset("one")
    assert dataset
    for row in dataset:
        assert row["answer"] in row["response"]
        assert row["question"] not in ("What is 3 + 1?", "What is 5 + 1?")


def test_one_question_lies_on_one_side_of_the_split(desk: Desk) -> None:
    some = rows(300)
    other = [{**row, "question": row["question"].upper() + " "} for row in some]
    desk.lines("rows.jsonl", some)
    desk.lines("other.jsonl", other)
    desk.spec(
        sources={
            "made": {"jsonl": "rows.jsonl", "kind": "math"},
            "other": {"jsonl": "other.jsonl", "kind": "math"},
        },
        generate=[
            {"recorded": {"stream": "a", "from": ["made"]}},
            {"recorded": {"stream": "b", "from": ["other"]}},
        ],
        corpus={"test": 0.2},
    )
    desk.build()
    sides: dict[str, set[str]] = {}
    held_out = 0
    for path in (desk.folder / "runs/run/dataset/data").rglob("*.parquet"):
        split = path.name.split("-")[0]
        for question in read(path):
            sides.setdefault(question.casefold().strip(), set()).add(split)
            held_out += split == "test"
    assert all(len(side) == 1 for side in sides.values())
    assert 0.1 < held_out / 1200 < 0.3


def read(path: Path) -> list[str]:
    """Questions of a file of the dataset."""
    import pyarrow.parquet as pq

    questions: list[str] = pq.read_table(path, columns=["question"])["question"].to_pylist()
    return questions


def test_a_quota_takes_many_problems_before_many_samples_of_one(desk: Desk) -> None:
    desk.lines("rows.jsonl", rows(30))
    spec(desk, ["complete"], corpus={"quotas": {"reasoning": {"math": 30}}})
    desk.build()
    assert len({row["question"] for row in desk.dataset()}) == 30


def test_a_passed_limit_stops_and_a_raised_one_goes_on(desk: Desk) -> None:
    some = rows(10)
    for row in some[:4]:
        row["finish"] = ""
    desk.lines("rows.jsonl", some)
    spec(desk, ["complete"], limits={"unknown": 0.1})
    told = desk.build(exits=1).stderr.strip().splitlines()[-1]
    assert "20.0% of 20 rows are unknown, mostly finish_unknown" in told
    assert "limits.unknown" in told
    assert not (desk.folder / "runs/run/dataset").exists()
    spec(desk, ["complete"], limits={"unknown": 0.2})
    desk.build()
    assert len(desk.dataset()) == 16


def test_a_limited_build_has_a_folder_of_its_own_and_shares_the_journal(desk: Desk) -> None:
    desk.spec(
        models={"m": {"backend": "scripted"}},
        sources={"made": {"procedural": ["chain"], "count": 50}},
        generate=[{"teacher": {"stream": "s", "from": ["made"], "model": "m"}}],
    )
    desk.build("--limit", 5)
    assert desk.ledger(name="run-first-5")["generate teacher s"]["kept"] == 5
    desk.build()
    assert desk.ledger()["generate teacher s"]["rows_in"] == 50
    with sqlite3.connect(desk.folder / "runs/run/journal/completions.sqlite") as journal:
        assert journal.execute("select count(*) from completions").fetchone() == (50,)
