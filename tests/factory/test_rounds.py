"""Rounds of asking, and a model that edits what was kept."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import factory
from factory.read_spec import parse
from generators.errors import UserError

PLUGIN = '''
from collections.abc import Iterable, Iterator
from generators import Problem, Sample, register
from generators.asking import Completion, Request

ROUNDS_ASKED = []

@register("generator")
def ask(problem: Problem, *, samples: int = 2) -> Iterator[list[dict[str, str]]]:
    """Asks."""
    for _ in range(samples):
        yield [{"role": "user", "content": problem.question}]

def read_edit(sample: Sample, said: Completion, *, mark: str) -> tuple[str, str] | None:
    return None if "odd" in said.response else (sample.reasoning + mark, said.response)

@register("generator", read=read_edit)
def edit(sample: Sample, *, mark: str = "*") -> Iterator[list[dict[str, str]]]:
    """Has a sample rewritten."""
    yield [{"role": "user", "content": f"edit {sample.problem.question} {sample.response}"}]

class Model:
    """Right from the n-th sample on, where the question is "right at n"."""

    model = "made"

    def complete(self, requests: Iterable[Request]) -> Iterator[Completion]:
        for request in requests:
            ROUNDS_ASKED.append(request.key)
            asked = request.messages[0]["content"]
            if asked.startswith("edit"):
                said = "odd" if "7" in request.problem.question else asked + " edited"
            else:
                first = int(asked.split()[-1])
                said = "\\\\boxed{1}" if request.index >= first else "\\\\boxed{0}"
            yield Completion(request.key, f"thought {request.index}", said, "made", "stop", 1, 1)

@register("backend")
def made(model: str) -> Model:
    """Knows."""
    return Model()
'''


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("plugin") / "rounds_plugin.py"
    path.write_text(PLUGIN)
    return str(path)


def _spec(folder: Path, plugin: str, *more: dict[str, Any], **ask: Any) -> dict[str, Any]:
    rows = [{"question": f"right at {n}", "answer": "1", "kind": "math"} for n in (0, 1, 3, 7, 99)]
    (folder / "q.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return {
        "name": "rounds",
        "use": [plugin],
        "models": {"big": {"backend": "made"}},
        "sources": {"mine": {"jsonl": "q.jsonl"}},
        "generate": [
            {"ask": {"stream": "reasoning", "from": ["mine"], "model": "big", **ask}},
            *more,
        ],
        "filters": ["verify"],
    }


def _build(folder: Path, spec: dict[str, Any]) -> tuple[pl.DataFrame, Path]:
    path = folder / "spec.yaml"
    path.write_text(json.dumps(spec))
    built = factory.build(path, runs=folder / "runs", workers=1)
    parts = [pl.read_parquet(p) for p in built.folder.glob("samples/*/part-*.parquet")]
    problems = pl.concat(
        pl.read_parquet(p).select(problem="id", question="question")
        for p in built.folder.glob("problems/part-*.parquet")
    )
    return pl.concat(parts).join(problems, on="problem"), built.folder


def _asked_of(table: pl.DataFrame) -> dict[str, int]:
    asked = table.filter(generator="ask").group_by("question").len()
    return {q.split()[-1]: n for q, n in asked.iter_rows()}


def test_more_is_asked_only_where_too_little_was_kept(tmp_path: Path, plugin: str) -> None:
    table, folder = _build(tmp_path, _spec(tmp_path, plugin, rounds=4, enough=2))
    # Two samples a round; right from the n-th on; four rounds at most.
    assert _asked_of(table) == {"0": 2, "1": 4, "3": 6, "7": 8, "99": 8}
    told = pl.read_parquet(next(folder.glob("rounds/*.parquet")))
    last = told.filter(~pl.col("decision").is_in(["at_edge", "unserved"]))
    assert Counter(last["decision"]) == {"served": 3, "rounds_over": 2}
    reasons = Counter(told["decision"])
    assert (reasons["at_edge"], reasons["unserved"]) == (2, 7)


def test_the_ledger_holds_the_last_pass(tmp_path: Path, plugin: str) -> None:
    _, folder = _build(tmp_path, _spec(tmp_path, plugin, rounds=4, enough=2))
    ledger = json.loads((folder / "ledger.json").read_text())
    names = [stage["name"] for stage in ledger]
    assert names.count("generate ask reasoning") == names.count("filters verify") == 1
    verify = next(stage for stage in ledger if stage["name"] == "filters verify")
    assert verify["rows_in"] == 28
    assert verify["kept"] == 2 + 3 + 3 + 1


def test_a_budget_goes_to_the_edge_first(tmp_path: Path, plugin: str) -> None:
    spec = _spec(tmp_path, plugin, rounds=4, enough=2, budget=14)
    table, folder = _build(tmp_path, spec)
    # 10 requests in the first round leave two problems two more each: "right at 1" is at the edge.
    asked = _asked_of(table)
    assert sum(asked.values()) == 14
    assert asked["1"] == 4
    told = pl.read_parquet(next(folder.glob("rounds/*.parquet")))
    assert "budget_over" in list(told["decision"])


def test_again_asks_nobody(tmp_path: Path, plugin: str) -> None:
    import sys

    spec = _spec(tmp_path, plugin, rounds=4, enough=2)
    first, _ = _build(tmp_path, spec)
    module = next(m for m in list(sys.modules.values()) if hasattr(m, "ROUNDS_ASKED"))
    module.ROUNDS_ASKED.clear()
    again, _ = _build(tmp_path, spec)
    assert again.sort("id").equals(first.sort("id"))
    assert module.ROUNDS_ASKED == []
    assert len(set(first["id"])) == first.height


def test_more_rounds_ask_on_where_the_others_ended(tmp_path: Path, plugin: str) -> None:
    _build(tmp_path, _spec(tmp_path, plugin, rounds=2, enough=2))
    table, _ = _build(tmp_path, _spec(tmp_path, plugin, rounds=4, enough=2))
    assert _asked_of(table) == {"0": 2, "1": 4, "3": 6, "7": 8, "99": 8}


EDIT = {"edit": {"stream": "edited", "from": ["ask"], "model": "big"}}


def test_what_was_kept_is_edited_and_judged_again(tmp_path: Path, plugin: str) -> None:
    table, folder = _build(tmp_path, _spec(tmp_path, plugin, EDIT, rounds=4, enough=2))
    edited = table.filter(stream="edited")
    kept = table.filter(pl.col("generator") == "ask", pl.col("response") == "\\boxed{1}")
    # The reply about "right at 7" has not the form asked for.
    assert edited.height == kept.height - 1
    assert set(edited["origin"]) < set(kept["id"])
    assert all(text.endswith("*") for text in edited["reasoning"])
    ledger = json.loads((folder / "ledger.json").read_text())
    stage = next(s for s in ledger if s["name"] == "generate edit edited")
    assert stage["failed"] == {"unreadable": 1}
    verify = next(s for s in ledger if s["name"] == "filters verify")
    assert verify["kept"] == kept.height + edited.height


def test_what_is_no_longer_kept_is_no_longer_edited(tmp_path: Path, plugin: str) -> None:
    spec = _spec(tmp_path, plugin, EDIT)
    table, _ = _build(tmp_path, spec)
    assert table.filter(stream="edited").height == 3
    rows = (
        (tmp_path / "q.jsonl")
        .read_text()
        .replace('right at 0", "answer": "1"', 'right at 0", "answer": "2"')
    )
    (tmp_path / "q.jsonl").write_text(rows)
    table, _ = _build(tmp_path, spec)
    assert table.filter(stream="edited").height == 1


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"enough": 2}, "rounds: is missing"),
        ({"rounds": 0}, "rounds"),
        ({"rounds": 2, "budget": 0}, "budget"),
    ],
)
def test_faults(tmp_path: Path, plugin: str, changes: dict[str, Any], told: str) -> None:
    with pytest.raises(UserError, match=told):
        parse(_spec(tmp_path, plugin, **changes), tmp_path)


def test_an_editor_needs_a_model(tmp_path: Path, plugin: str) -> None:
    with pytest.raises(UserError, match="model"):
        parse(_spec(tmp_path, plugin, {"edit": {**EDIT["edit"], "model": ""}}), tmp_path)


def test_a_limit_of_cost_wants_prices(tmp_path: Path, plugin: str) -> None:
    spec = {**_spec(tmp_path, plugin), "limits": {"cost": 5}}
    with pytest.raises(UserError, match=r"limits\.cost: the price of big is not known"):
        parse(spec, tmp_path)
    spec["models"] = {"big": {"backend": "made", "price": {"input": 1.0, "output": 1.0}}}
    assert parse(spec, tmp_path).limits.cost == 5


def test_what_is_measured_on_must_be_decontaminated_against(tmp_path: Path, plugin: str) -> None:
    (tmp_path / "b.jsonl").write_text('{"question": "What is asked there?"}\n')
    spec = {**_spec(tmp_path, plugin), "eval": {"benchmarks": ["bench"]}}
    with pytest.raises(UserError, match=r"eval\.benchmarks\.0: no decontaminate filter covers"):
        parse(spec, tmp_path)
    known = {"name": "bench", "files": "b.jsonl"}
    spec["problems"] = [{"decontaminate": {"benchmarks": [known]}}]
    told = parse(spec, tmp_path).resolved
    assert told["eval"] == {"benchmarks": ["bench"]}
    assert str(tmp_path) not in str(told["problems"])
