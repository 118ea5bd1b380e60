"""Settings that name a file: written relative to the spec, found from wherever the line runs."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, get_args

from pydantic import AfterValidator, BaseModel, ValidationInfo

from generators.errors import BadRow, UserError
from generators.json_rows import parse_row
from generators.records import Row
from generators.registry import Entry
from generators.sources import matching


class _IsFile:
    """Marks the settings that `located` looks for."""


def _must_exist(path: str, info: ValidationInfo) -> str:
    matching([path], Path((info.context or {}).get("base") or "."))
    return path  # as written: a resolved spec must not hold the paths of one machine


# One file, relative to the spec; it must be there when the spec is read.
ExistingFile = Annotated[str, AfterValidator(_must_exist), _IsFile()]


def located(entry: Entry, settings: Mapping[str, Any], base: Path) -> dict[str, Any]:
    """The settings to call a function with: each file as a path that opens from anywhere."""
    return {name: _located(entry.hints[name], value, base) for name, value in settings.items()}


def _located(hint: Any, value: Any, base: Path) -> Any:
    if isinstance(value, str) and _names_file(hint):
        return matching([value], base)[0]
    if isinstance(value, list):
        inner = (get_args(hint) or (None,))[0]
        return [_located(inner, one, base) for one in value]
    if isinstance(hint, type) and issubclass(hint, BaseModel) and hasattr(hint, "located"):
        one: Any = hint.model_validate(value, context={"base": base})  # a setting with files inside
        return one.located(base).model_dump(mode="json")
    return value


def _names_file(hint: Any) -> bool:
    """Whether a type is ExistingFile, alone or in a union."""
    found = (*getattr(hint, "__metadata__", ()), *get_args(hint))
    return any(isinstance(one, _IsFile) or _names_file(one) for one in found)


def numbered_rows(path: Path) -> Iterator[tuple[str, Row]]:
    """The rows of a file of JSON lines, each with its place for messages: "file:3".

    A file that a person wrote for a setting is mended and not sifted: UserError names its line.
    """
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        if line.strip():
            try:
                yield f"{path}:{number}", parse_row(line)
            except BadRow as error:
                raise UserError(f"{path}:{number}: {error}") from None


def text_in(row: Mapping[str, Any], name: str, at: str) -> str:
    """A field that must hold text; UserError where it does not."""
    text = row.get(name)
    if not isinstance(text, str) or not text.strip():
        raise UserError(f"{at}: {name!r} is missing or no text")
    return text


def changed_at(path: str) -> tuple[int, int]:
    """What tells a file from the same file after an edit, for caches of what was read from it."""
    told = os.stat(path)
    return told.st_mtime_ns, told.st_size
