"""README.md of a dataset: how to load it, where it came from, and what was dropped on the way."""

from pathlib import Path
from typing import Any

import polars as pl

from factory import strict_yaml
from factory.dataset import DATASET
from factory.ledger import Ledger
from factory.plan import Plan


def card(plan: Plan, folder: Path, ledger: Ledger, sources: list[dict[str, Any]]) -> str:
    """The card of the dataset in `folder`; every number is counted from its files or the ledger."""
    counts = _counts(folder)
    parts = [
        f"---\n{strict_yaml.dump(_front(plan, counts))}---",
        f"# {plan.spec.name}",
        "Verified reasoning samples: each was checked, and what was dropped was dropped for a "
        "reason that is counted below. The thought of a sample is in `reasoning`, what a reader "
        "sees in `response`; `messages` holds both in the form that trainers read.",
        "```python\nfrom datasets import load_dataset\n\n"
        'load_dataset("path/to/this/folder")                 # every stream\n'
        + "".join(f'load_dataset("path/to/this/folder", "{s}")\n' for s in _streams(counts))
        + "```",
        "## Contents",
        _table(
            ["stream", "split", "domain", "samples"],
            [list(row) for row in counts.iter_rows()],
        ),
        "## Sources",
        _table(
            ["source", "from", "revision", "licence", "rows"],
            [
                [s["name"], f"{s['reader']} {_plain(s['argument'])}", s["revision"],
                 s["licence"], s["rows"]]
                for s in sources
            ],
        ),
        "## What was dropped, and why",
        _table(
            ["stage", "in", "kept", "dropped for"],
            [[s.name, s.rows_in, s.kept, _reasons(s)] for s in ledger.stages],
        ),
        "## Known limits",
        "An outcome that could not be told (`unknown`) is left out of the data, not counted as "
        "right or wrong. Prompts, models and filters are in the spec that made this dataset.",
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def _counts(folder: Path) -> pl.DataFrame:
    """Samples by stream, split and domain, counted from the files."""
    paths = sorted(folder.glob("data/*/*.parquet"))
    if not paths:
        names = ("stream", "split", "domain", "samples")
        return pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    frames = [
        pl.read_parquet(path, columns=["stream", "domain"]).with_columns(
            split=pl.lit(path.name.split("-")[0])
        )
        for path in paths
    ]
    every = pl.concat(frames).group_by("stream", "split", "domain").agg(samples=pl.len())
    return every.sort("stream", "split", "domain")


def _streams(counts: pl.DataFrame) -> list[str]:
    return counts["stream"].unique().sort().to_list()


def _front(plan: Plan, counts: pl.DataFrame) -> dict[str, Any]:
    """What the Hub and `datasets` read: configs and features, from the schema of the files."""
    splits = {
        stream: sorted(counts.filter(pl.col("stream") == stream)["split"].unique(), reverse=True)
        for stream in _streams(counts)
    }
    every = sorted({split for some in splits.values() for split in some}, reverse=True)
    configs: list[dict[str, Any]] = []
    if splits:
        configs.append({"config_name": "all", "default": True, "data_files": _files("*", every)})
    configs += [
        {"config_name": stream, "data_files": _files(stream, some)}
        for stream, some in splits.items()
    ]
    licences = sorted({source.licence for source in plan.spec.sources.values()})
    front: dict[str, Any] = {"pretty_name": plan.spec.name, "tags": ["reasoning", "synthetic"]}
    if len(licences) == 1 and licences[0] != "unknown":
        front["license"] = licences[0].lower()
    return {**front, "configs": configs, "dataset_info": _features(configs)}


def _files(stream: str, splits: list[str]) -> list[dict[str, str]]:
    return [{"split": split, "path": f"data/{stream}/{split}-*.parquet"} for split in splits]


def _features(configs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    def kind(name: str) -> dict[str, Any]:
        if name == "messages":
            inner = [
                {"name": "role", "dtype": "string"},
                {"name": "content", "dtype": "large_string"},
            ]
            return {"name": name, "list": inner}
        return {"name": name, "dtype": str(DATASET.field(name).type)}

    features = [kind(name) for name in DATASET.names]
    return [{"config_name": c["config_name"], "features": features} for c in configs]


def _table(head: list[str], rows: list[list[Any]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(value) for value in line) + " |" for line in lines)


def _cell(value: Any) -> str:
    text = f"{value:,}" if isinstance(value, int) else str(value)
    return text.replace("|", "\\|").replace("\n", " ")


def _plain(argument: Any) -> str:
    """A source's argument as people would name it: paths without the folders of one machine."""
    if isinstance(argument, list):
        return ", ".join(Path(str(one)).name for one in argument)
    return str(argument)


def _reasons(stage: Any) -> str:
    every = {**stage.rejected, **stage.unknown, **stage.failed}
    return ", ".join(f"{reason} {count:,}" for reason, count in sorted(every.items()))
