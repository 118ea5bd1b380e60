"""The source of reasoning-gym's hundred families, each with a scorer of its own."""

import importlib.util
import json
from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field

from generators.errors import UserError
from generators.gym_entries import entries, known_families
from generators.records import Row
from generators.registry import Count, nearest, register


def is_installed() -> bool:
    """Whether the extra [gym] is there; its families are not even listed without it."""
    return importlib.util.find_spec("reasoning_gym") is not None


def _family(name: str) -> str:
    if is_installed() and name not in known_families():
        raise ValueError(f"reasoning-gym has no family {name!r}{nearest(name, known_families())}")
    return name


GymFamilies = Annotated[list[Annotated[str, AfterValidator(_family)]], Field(min_length=1)]


@register("source", needs="gym")
def reasoning_gym(families: GymFamilies, *, count: Count = 1000, seed: int = 0) -> Iterator[Row]:
    """Problems of reasoning-gym's families in turn, scored by its own scorers (kind logic).

    The same for a seed as long as the version of reasoning-gym is the same. A few families have no
    reference answer, for many answers are right.
    """
    if not is_installed():
        raise UserError(
            "reasoning_gym: run pip install 'reasoning-factory[gym]' (needs a C compiler)"
        )
    try:
        families = [_family(name) for name in families]
    except ValueError as error:
        raise UserError(str(error)) from None
    return _rows(families, count, seed)


def _rows(families: list[str], count: int, seed: int) -> Iterator[Row]:
    for entry in entries(families, seed, count):
        check = {"family": entry["family"], "metadata": entry["metadata"]}
        yield {
            "question": entry["question"],
            "answer": entry["answer"] or "",
            "kind": "logic",
            "domain": "logic",
            "language": "en",
            "check": json.dumps(check),
        }
