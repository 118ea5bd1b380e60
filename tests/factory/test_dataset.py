"""The dataset loads anywhere without options, with the columns that the schema declares."""

import json
from pathlib import Path

import pytest
import yaml
from conftest import Desk

from factory.dataset import DATASET
from generators.transcript import join


@pytest.fixture(scope="module")
def dataset(shared_desk: Desk) -> Path:
    """Two streams, the one with a held-out split; thoughts of all kinds of text."""
    thoughts = ["plain", "x\u2028y \u0000 z", "两 languages", "", "a\n\nb " * 3000]
    shared_desk.lines(
        "rows.jsonl",
        [
            {"question": f"Question {n}?", "answer": str(n), "reasoning": thoughts[n % 5],
             "response": f"\\boxed{{{n}}}", "finish": "stop"}
            for n in range(200)
        ],
    )  # fmt: skip
    shared_desk.lines(
        "two.jsonl",
        [{"question": f"Second {n}?", "answer": str(n), "response": f"It is {n}."} for n in "123"],
    )
    shared_desk.spec(
        sources={
            "one": {"jsonl": "rows.jsonl", "kind": "math", "domain": "math", "licence": "MIT"},
            "two": {"jsonl": "two.jsonl", "kind": "math", "domain": "sums", "licence": "CC0-1.0"},
        },
        generate=[
            {"recorded": {"stream": "reasoning", "from": ["one"]}},
            {"recorded": {"stream": "short", "from": ["two"]}},
        ],
        filters=["verify"],
        corpus={"test": 0.2},
    )
    shared_desk.build()
    return shared_desk.folder / "runs" / "run" / "dataset"


def test_datasets_loads_it_whole_and_by_stream(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    datasets = pytest.importorskip("datasets")
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path)
    whole = datasets.load_dataset(str(dataset), cache_dir=str(tmp_path))
    assert set(whole) == {"train", "test"}
    assert whole["train"].num_rows + whole["test"].num_rows == 203
    assert whole["train"].column_names == DATASET.names
    short = datasets.load_dataset(str(dataset), "short", cache_dir=str(tmp_path))
    assert sum(split.num_rows for split in short.values()) == 3
    row = whole["train"][0]
    assert [m["role"] for m in row["messages"]] == ["user", "assistant"]
    assert row["messages"][0]["content"] == row["question"]


def test_polars_pandas_and_duckdb_load_it(dataset: Path) -> None:
    import duckdb
    import pandas as pd
    import polars as pl

    assert pl.read_parquet(dataset / "data/**/*.parquet").height == 203
    assert len(pd.read_parquet(dataset / "data" / "reasoning")) == 200
    counted = duckdb.sql(f"select count(*) from '{dataset}/data/*/*.parquet'")
    assert counted.fetchall() == [(203,)]


def test_messages_are_the_training_form_of_the_columns(dataset: Path) -> None:
    import polars as pl

    for row in pl.read_parquet(dataset / "data/**/*.parquet").iter_rows(named=True):
        said = join(row["reasoning"], row["response"])
        assert row["messages"] == [
            {"role": "user", "content": row["question"]},
            {"role": "assistant", "content": said},
        ]


def test_the_files_have_the_declared_schema_and_small_row_groups(dataset: Path) -> None:
    import pyarrow.parquet as pq

    for path in dataset.rglob("*.parquet"):
        with pq.ParquetFile(path) as file:
            assert file.schema_arrow.remove_metadata() == DATASET
            groups = [file.metadata.row_group(n) for n in range(file.num_row_groups)]
        assert all(group.total_byte_size < 100 << 20 for group in groups)
        assert all(group.column(0).has_offset_index for group in groups)


def test_the_card_names_configs_features_and_counts_that_are_true(dataset: Path) -> None:
    import polars as pl

    _, front, body = (dataset / "README.md").read_text("utf-8").split("---\n", 2)
    told = yaml.safe_load(front)
    configs = {config["config_name"]: config for config in told["configs"]}
    assert list(configs) == ["all", "reasoning", "short"]
    assert configs["all"]["default"] is True
    for config in configs.values():
        for files in config["data_files"]:
            assert list(dataset.glob(files["path"])), files
    assert [f["name"] for f in told["dataset_info"][0]["features"]] == DATASET.names
    assert "license" not in told  # two licences: none of them is the dataset's
    for split in ("train", "test"):
        count = pl.read_parquet(dataset / f"data/reasoning/{split}-*.parquet").height
        assert f"| reasoning | {split} | math | {count} |" in body
    assert "| two | jsonl two.jsonl |  | CC0-1.0 | 3 |" in body


def test_verdicts_and_provenance_stand_in_each_row(dataset: Path) -> None:
    import polars as pl

    row = pl.read_parquet(dataset / "data/short/*.parquet").row(0, named=True)
    assert json.loads(row["verdicts"]) == {"verify": ["keep", "", 1.0]}
    assert (row["source"], row["licence"], row["generator"]) == ("two", "CC0-1.0", "recorded")
