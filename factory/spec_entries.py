"""Entries of a spec: the words that the line reads itself, and the settings of a function."""

import difflib
from collections.abc import Iterable
from typing import Any, get_args

from pydantic import ValidationError

from factory.sections import GenerateKeys, Sampling
from factory.sections import Section as Keys
from generators.errors import UserError
from generators.registry import Table, explain, faults, find


def read_keys(model: type[Keys], raw: Any, at: str, beside: Iterable[str] = ()) -> Any:
    """The line's own words of an entry; UserError with the path `at` where they are wrong.

    `beside` are words that stand next to these, among which a missing one may be misspelt.
    """
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        first = faults(error)[0]
        place = first["loc"][:-1]
        if first["type"] == "missing" and (
            close := difflib.get_close_matches(str(first["loc"][-1]), beside, n=1)
        ):
            raise UserError(
                f"{at}.{close[0]}: unknown setting {close[0]!r}; did you mean {first['loc'][-1]!r}?"
            ) from None
        raise UserError(explain(error, at, raw, aliases(_inner(model, place)))) from None


def _inner(model: type[Keys], place: tuple[int | str, ...]) -> type[Keys]:
    """The section within a section that a path leads to."""
    for step in place:
        found = model.model_fields.get(str(step))
        kind = found.annotation if found else None
        kinds = get_args(kind) or (kind,)
        model = next((k for k in kinds if isinstance(k, type) and issubclass(k, Keys)), model)
    return model


def split(raw: dict[str, Any], keys: type[Keys]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the line reads itself, and what is left for the function."""
    own = {f.alias or n for n, f in keys.model_fields.items()}
    return {k: v for k, v in raw.items() if k in own}, {
        k: v for k, v in raw.items() if k not in own
    }


def aliases(keys: type[Keys]) -> list[str]:
    """The words of a section as they stand in the YAML."""
    return [f.alias or n for n, f in keys.model_fields.items()]


def override(sampling: Sampling, changes: dict[str, Any], at: str) -> Sampling:
    """A sampling with some of its values changed."""
    made: Sampling = read_keys(Sampling, {**sampling.model_dump(), **changes}, at)
    return made


def if_cut_off(keys: GenerateKeys, sampling: Sampling, at: str) -> Sampling | None:
    """The sampling with which a cut answer is asked for once more; None where none is."""
    if keys.if_cut_off is None:
        return None
    most = keys.if_cut_off.max_tokens
    if not keys.model:
        raise UserError(f"{at}.if_cut_off: no model is asked; take the line out")
    if most <= sampling.max_tokens:
        raise UserError(
            f"{at}.if_cut_off.max_tokens: {most} is not more than the {sampling.max_tokens} of "
            "the first time"
        )
    return override(sampling, {"max_tokens": most}, f"{at}.if_cut_off")


def one(raw: str | dict[str, Any], table: Table, at: str) -> tuple[str, dict[str, Any]]:
    """A name, or a mapping of one name to its settings."""
    if isinstance(raw, str):
        return raw, {}
    if len(raw) != 1:
        raise UserError(f"{at}: wants one {table}, not {', '.join(raw) or 'none'}")
    name, settings = next(iter(raw.items()))
    find(table, name, at)
    if settings is not None and not isinstance(settings, dict):
        raise UserError(f"{at}.{name}: settings are a mapping, such as {{setting: value}}")
    return name, settings or {}
