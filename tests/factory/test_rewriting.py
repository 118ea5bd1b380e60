"""A generator that rewrites samples: new samples with their origin, judged like any other."""

import json
from pathlib import Path

import polars as pl
import pytest

import factory
from generators.errors import UserError

PLUGIN = '''
from collections.abc import Iterator
from generators import Sample, register

@register("generator")
def shout(sample: Sample, *, mark: str = "!") -> Iterator[tuple[str, str]]:
    """Responses in capitals."""
    if "odd" in sample.reasoning:
        raise ValueError("an odd one")
    yield sample.reasoning, sample.response.upper() + ("" if sample.response.isupper() else mark)
'''


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> str:
    """One file for all tests: a function of one name may come from one place only."""
    path = tmp_path_factory.mktemp("plugin") / "shout_plugin.py"
    path.write_text(PLUGIN)
    return str(path)


def _spec(folder: Path, plugin: str, **shout: object) -> dict[str, object]:
    rows = [
        {"question": f"Q{n}?", "answer": "a", "response": text, "reasoning": thought}
        for n, (text, thought) in enumerate(
            [("low", ""), ("UP", ""), ("odd", "odd thought"), ("more", "")]
        )
    ]
    (folder / "q.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return {
        "name": "loud",
        "use": [plugin],
        "sources": {"mine": {"jsonl": "q.jsonl", "kind": "general"}},
        "generate": [
            {"recorded": {"stream": "quiet", "from": ["mine"]}},
            {"shout": {"stream": "loud", "from": ["recorded"], **shout}},
        ],
    }


def _build(folder: Path, spec: dict[str, object]) -> tuple[pl.DataFrame, list[dict[str, object]]]:
    path = folder / "spec.yaml"
    path.write_text(json.dumps(spec))
    built = factory.build(path, runs=folder / "runs", workers=1)
    table = pl.concat([pl.read_parquet(p) for p in built.folder.glob("samples/*/part-*.parquet")])
    return table, json.loads((built.folder / "ledger.json").read_text())


def test_a_rewritten_text_is_a_new_sample_of_its_origin(tmp_path: Path, plugin: str) -> None:
    table, ledger = _build(tmp_path, _spec(tmp_path, plugin))
    loud = table.filter(stream="loud")
    assert sorted(loud["response"]) == ["LOW!", "MORE!"]
    origins = dict(table.select("id", "response").iter_rows())
    assert sorted(origins[i] for i in loud["origin"]) == ["low", "more"]
    assert set(loud["problem"]) <= set(table.filter(stream="quiet")["problem"])
    stage = next(s for s in ledger if s["name"] == "generate shout loud")
    assert (stage["kept"], stage["rejected"], stage["failed"]) == (
        2,
        {"unchanged": 1},
        {"ValueError": 1},
    )


def test_another_setting_makes_other_samples_and_the_same_spec_none(
    tmp_path: Path, plugin: str
) -> None:
    first, _ = _build(tmp_path, _spec(tmp_path, plugin))
    again, _ = _build(tmp_path, _spec(tmp_path, plugin))
    assert first.sort("id").equals(again.sort("id"))
    other, _ = _build(tmp_path, _spec(tmp_path, plugin, mark="?"))
    assert "LOW?" in list(other["response"])


def test_a_changed_origin_is_rewritten_again(tmp_path: Path, plugin: str) -> None:
    spec = _spec(tmp_path, plugin)
    _build(tmp_path, spec)
    rows = (tmp_path / "q.jsonl").read_text().replace('"low"', '"lower"')
    (tmp_path / "q.jsonl").write_text(rows)
    table, _ = _build(tmp_path, spec)
    assert "LOWER!" in list(table["response"])
    assert "LOW!" not in list(table["response"])


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"from": ["mine"]}, "no earlier generator called 'mine'"),
        ({"from": ["shout"]}, "no earlier generator called 'shout'"),
        ({"model": "big"}, "shout rewrites samples"),
    ],
)
def test_what_it_rewrites_is_an_earlier_generator(
    tmp_path: Path, plugin: str, changes: dict[str, object], told: str
) -> None:
    spec = _spec(tmp_path, plugin, **changes)
    with pytest.raises(UserError, match=told):
        _build(tmp_path, spec)
