"""Benchmarks as files: their rows, the texts that a corpus must not contain, and their revision."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import xxhash
from pydantic import BaseModel, ConfigDict, ValidationInfo, model_validator

from generators.errors import UserError
from generators.json_rows import Paths, field, parse_row, text_of
from generators.opening import parquet_file
from generators.records import Row
from generators.sources import Files, matching


class Benchmark(BaseModel):
    """A benchmark that a corpus must not contain."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: str
    files: Files
    """JSON Lines, JSON (a list of rows) or Parquet, plain or .gz; all rows of them."""
    question: Paths | list[Paths] = "question"
    """Where the question stands; of a list all, one after another (a passage and what is asked of
    it). Options are best left out: a corpus may hold the question without them."""
    solution: Paths | None = None
    """Where a worked solution stands."""
    key: str = ""
    """Field with the benchmark's own name for a row; its number from 0 where there is none."""
    year: int | None = None
    """When it was published."""
    revision: str = ""
    """Hash of the files; where the spec names one, they must still be the same."""

    @model_validator(mode="after")
    def _located(self, info: ValidationInfo) -> Self:
        """In a spec: what the files hold, which verdicts hang on."""
        base = (info.context or {}).get("base")
        if base is not None:
            found = revision(self.located(Path(base)))
            if not found.startswith(self.revision):
                raise ValueError(
                    f"the files of {self.name} are of revision {found}, not {self.revision}"
                )
            self.revision = found
        return self

    def located(self, base: Path) -> "Benchmark":
        """With the files by names that open from anywhere; relative ones start at `base`."""
        return self.model_copy(update={"files": matching(self.files, base)})


@dataclass(frozen=True, slots=True)
class Passage:
    """A question or a solution of a benchmark."""

    benchmark: str
    revision: str
    """First digits of a hash of the benchmark's files."""
    row: str
    part: str
    """question or solution."""
    text: str


def rows_of(benchmark: Benchmark) -> Iterator[Row]:
    """The rows of a benchmark's files, in order."""
    for name in matching(benchmark.files, Path()):
        plain = name.removesuffix(".gz")
        if plain.endswith(".parquet"):
            with parquet_file(name) as file:
                for batch in file.iter_batches(batch_size=256):
                    yield from batch.to_pylist()
            continue
        data = (
            gzip.decompress(Path(name).read_bytes()) if plain != name else Path(name).read_bytes()
        )
        if data.lstrip()[:1] == b"[":
            yield from json.loads(data)
        else:
            yield from (parse_row(line) for line in data.splitlines() if line.strip())


def revision(benchmark: Benchmark) -> str:
    """Hash of the files of a benchmark: two benchmarks of one revision have the same rows."""
    told = xxhash.xxh3_128()
    for name in matching(benchmark.files, Path()):
        told.update(Path(name).read_bytes())
    return told.hexdigest()


def passages_of(benchmark: Benchmark) -> list[Passage]:
    """Questions and solutions of a benchmark; UserError where a row has no question."""
    named = revision(benchmark)[:8]
    paths = benchmark.question if isinstance(benchmark.question, list) else [benchmark.question]
    found = []
    for number, row in enumerate(rows_of(benchmark)):
        key = text_of(field(row, benchmark.key)) if benchmark.key else str(number)
        asked = "\n".join(filter(None, (_text(row, path) for path in paths)))
        if not asked.strip():
            raise UserError(f"benchmark {benchmark.name!r}: row {key} has no field {paths[0]!r}")
        found.append(Passage(benchmark.name, named, key, "question", asked))
        if benchmark.solution and (solution := _text(row, benchmark.solution)):
            found.append(Passage(benchmark.name, named, key, "solution", solution))
    if benchmark.solution and found and all(one.part == "question" for one in found):
        raise UserError(f"benchmark {benchmark.name!r}: no row has a field {benchmark.solution!r}")
    return found


def _text(row: Row, path: Paths) -> str:
    """A field as text: texts in a list or an object (options, turns) one after another."""
    value = field(row, path)
    if isinstance(value, dict):
        value = list(value.values())
    return "\n".join(map(text_of, value)) if isinstance(value, list) else text_of(value)
