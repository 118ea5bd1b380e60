"""What the tests share: a folder of made inputs, and the command run there as a user runs it."""

import gzip
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from served_model import served_model  # noqa: F401  a fixture

import factory

ROOT = Path(__file__).parent.parent
Row = dict[str, Any]


@dataclass(frozen=True)
class Desk:
    """A folder with a spec, its inputs and its run folders."""

    folder: Path

    def lines(self, name: str, rows: Iterable[Row | bytes]) -> Path:
        """A file of lines, packed where its name ends in .gz; bytes are written as they are."""
        path = self.folder / name
        data = b"".join(
            row if isinstance(row, bytes) else json.dumps(row, ensure_ascii=False).encode() + b"\n"
            for row in rows
        )
        path.write_bytes(gzip.compress(data, mtime=0) if name.endswith(".gz") else data)
        return path

    def spec(self, file: str = "spec.yaml", **sections: Any) -> Path:
        """A spec; JSON is YAML."""
        path = self.folder / file
        path.write_text(json.dumps({"name": "run", **sections}, indent=1), "utf-8")
        return path

    def start(self, *words: object, **options: Any) -> "subprocess.Popen[str]":
        """`factory` with these words, on its way."""
        return subprocess.Popen(
            [sys.executable, "-m", "factory.cli", *map(str, words)],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), **options.pop("env", {})},
            **options,
        )

    def factory(
        self, *words: object, exits: int = 0, **options: Any
    ) -> "subprocess.CompletedProcess[str]":
        """`factory` with these words, done. Whatever it does, it shows no traceback."""
        with self.start(*words, **options) as process:
            out, err = process.communicate(timeout=240)
        assert "Traceback" not in err, err
        assert process.returncode == exits, err
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def build(
        self, *words: object, runs: str = "runs", workers: int = 1, **options: Any
    ) -> "subprocess.CompletedProcess[str]":
        """`factory build` of the spec of this folder."""
        told = ("--spec", "spec.yaml", "--runs", runs, "--workers", workers)
        return self.factory("build", *told, *words, **options)

    def quick_build(self, runs: str = "runs", **options: Any) -> None:
        """The same in this process, without the seconds that a new one takes to start."""
        factory.build(self.folder / "spec.yaml", runs=self.folder / runs, workers=1, **options)

    def dataset(self, runs: str = "runs", name: str = "run") -> list[Row]:
        """All rows of the dataset, by id."""
        files = (self.folder / runs / name / "dataset").rglob("*.parquet")
        return sorted((r for f in files for r in pq.read_table(f).to_pylist()), key=_id)

    def ledger(self, runs: str = "runs", name: str = "run") -> dict[str, Row]:
        """The ledger's stages by name."""
        stages = json.loads((self.folder / runs / name / "ledger.json").read_text())
        return {stage["name"]: stage for stage in stages}

    def tree(self, runs: str = "runs", name: str = "run") -> dict[str, str]:
        """Hash of each file of a run folder, but for those that hold times or completions."""
        folder = self.folder / runs / name
        return {
            str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.name != "run.json" and path.parent.name != "journal"
        }


def _id(row: Row) -> str:
    return str(row["id"])


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An empty folder to work in."""
    return Desk(tmp_path)


@pytest.fixture(scope="module")
def shared_desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A folder that the tests of one file share."""
    return Desk(tmp_path_factory.mktemp("desk"))
