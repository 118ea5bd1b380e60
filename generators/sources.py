"""Where rows come from: files of JSON lines, Parquet, the Hub.

A source yields rows; `jsonl` names its files instead, which the line reads in place.
"""

import glob
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from generators.errors import UserError
from generators.opening import parquet_file
from generators.records import Row
from generators.registry import nearest, register


def matching(patterns: list[str], base: Path) -> list[str]:
    """The files that paths or patterns lead to, in order; ValueError where one leads nowhere.

    ${NAME} and ${NAME:-default} are taken from the environment; relative paths start at `base`.
    """
    found: list[str] = []
    for pattern in patterns:
        full = os.path.join(base, os.path.expanduser(from_environment(pattern)))
        # A file whose own name holds a pattern's characters stands for itself.
        plain = os.path.isfile(full) or not glob.has_magic(full)
        names = [full] if plain else sorted(glob.glob(full, recursive=True))
        names = [name for name in names if os.path.isfile(name)]
        if not names:
            raise ValueError(f"no file at {full}{_of_environment(pattern)}")
        found += names
    return found


_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")


def from_environment(text: str) -> str:
    """Text with ${NAME} and ${NAME:-default} filled in; ValueError where NAME is not set."""

    def value(found: re.Match[str]) -> str:
        name, default = found.groups()
        told = os.environ.get(name) or default
        if told is None:
            raise ValueError(f"set the environment variable {name}")
        return told

    return _VARIABLE.sub(value, text)


def _of_environment(pattern: str) -> str:
    names = [name for name, _ in _VARIABLE.findall(pattern)]
    return f"; the environment variable {names[0]} can name another folder" if names else ""


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _must_match(patterns: list[str], info: ValidationInfo) -> list[str]:
    matching(patterns, Path((info.context or {}).get("base") or "."))
    return patterns  # as written: a resolved spec must not hold the paths of one machine


# One path, a pattern, or a list of them; relative to the spec; each must lead to a file.
Files = Annotated[
    list[str], BeforeValidator(_as_list), Field(min_length=1), AfterValidator(_must_match)
]


@register("source")
def jsonl(files: Files) -> list[Path]:
    """Rows of JSON Lines files, plain or .gz: one path, a pattern with *, or a list of them."""
    return [Path(name) for name in files]


@register("source")
def parquet(files: Files, *, columns: list[str] | None = None) -> Iterator[Row]:
    """Rows of Parquet files: one path, a pattern with *, or a list of them."""
    for name in files:
        with parquet_file(name) as file:
            for column in columns or ():
                if column.split(".")[0] not in file.schema_arrow.names:
                    told = nearest(column, file.schema_arrow.names)
                    raise UserError(f"{name}: no column called {column!r}{told}")
            for batch in file.iter_batches(batch_size=64, columns=columns):
                yield from batch.to_pylist()


@register("source")
def hub(
    repository: str,
    *,
    split: str = "train",
    config: str | None = None,
    revision: str = "",
) -> Iterator[Row]:
    """Rows of a dataset on the Hugging Face Hub (or in a local folder), streamed.

    An empty revision is looked up at the first build and recorded with the run, so that a later
    build of the same run reads the same rows. Loading scripts are not run.
    """
    import datasets

    yield from datasets.load_dataset(
        repository, name=config, split=split, revision=revision or None, streaming=True
    )


def pin_revision(repository: str) -> str:
    """The commit that a Hub dataset's main branch points to now; "" for a local folder."""
    if Path(repository).is_dir():
        return ""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

    try:
        return HfApi().dataset_info(repository).sha or ""
    except (HfHubHTTPError, OfflineModeIsEnabled, OSError) as error:
        reason = str(error).splitlines()[0]
        raise UserError(f"sources: the Hub does not show {repository!r}: {reason}") from None
