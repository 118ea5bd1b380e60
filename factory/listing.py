"""`factory list`: every source, generator, backend and filter, from their own signatures."""

import inspect
from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from generators.registry import Entry, Table, entries

TABLES: tuple[Table, ...] = ("source", "generator", "backend", "filter")


def as_text(tables: tuple[Table, ...] = TABLES) -> str:
    """All entries of the tables with docstring and settings."""
    lines: list[str] = []
    for table in tables:
        lines += [f"{table.upper()}S", ""]
        for entry in entries(table):
            lines += [*_lines(entry), ""]
    return "\n".join(lines).rstrip()


def _lines(entry: Entry) -> Iterator[str]:
    extra = f"  (pip install 'reasoning-factory[{entry.needs}]')" if entry.needs else ""
    yield f"{entry.name}{extra}"
    for line in entry.doc.splitlines():
        yield f"    {line}".rstrip()
    for name, kind, default in settings(entry):
        yield f"      {name}: {kind}{default}"


def settings(entry: Entry) -> Iterator[tuple[str, str, str]]:
    """Name, type and default of each setting of an entry."""
    for name, info in entry.settings.model_fields.items():
        parameter = inspect.signature(entry.function).parameters[name]
        default = "" if info.is_required() else f" = {_shown(parameter.default)}"
        yield name, _kind(entry.hints[name]), default


def _shown(value: Any) -> str:
    return {True: "true", False: "false", None: "null"}.get(value, repr(value)) if isinstance(
        value, bool | None
    ) else repr(value)  # fmt: skip


def _kind(hint: Any) -> str:
    if get_origin(hint) is Annotated:
        hint, *limits = get_args(hint)
        told = [m for limit in limits for m in getattr(limit, "metadata", [])]
        return _kind(hint) + "".join(f" {_limit(m)}" for m in told)
    if get_origin(hint) in (Union, UnionType):
        return " | ".join("null" if one is NoneType else _kind(one) for one in get_args(hint))
    if get_origin(hint) in (list, dict):
        return f"{get_origin(hint).__name__}[{', '.join(map(_kind, get_args(hint)))}]"
    if not isinstance(hint, type) or get_args(hint):
        return str(hint).replace("typing.", "").replace("Literal", "one of ")
    return hint.__name__


def _limit(metadata: Any) -> str:
    signs = {"Ge": ">=", "Gt": ">", "Le": "<=", "Lt": "<"}
    name = type(metadata).__name__
    value = getattr(metadata, name.lower(), "")
    return f"{signs.get(name, name)} {value}"
