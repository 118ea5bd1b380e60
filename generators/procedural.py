"""Made problems with exact answers: problem i is a function of family, seed and i."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field

from generators.errors import UserError
from generators.families import FAMILIES, Draw
from generators.records import Row
from generators.registry import Count, Share, nearest, register

Level = Literal["mixed", "easy", "medium", "hard"]
_LEVELS: tuple[str, ...] = get_args(Level)


def _family(name: str) -> str:
    if name not in FAMILIES:
        raise ValueError(f"no family called {name!r}{nearest(name, FAMILIES)}")
    return name


# A family's name; a spec that misspells one is refused when it is read.
Family = Annotated[str, AfterValidator(_family)]
Families = Annotated[list[Family], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Made:
    """A made problem, with what a Problem needs and a worked solution."""

    question: str
    answer: str
    kind: str
    domain: str
    language: str
    check: str
    """JSON: family, level and steps; for multiple choice the options, in the question's order."""
    steps: str
    """A solution in the question's language, a line a step, up to but without the answer."""


def problem(
    family: str, seed: int, index: int, level: Level = "mixed", chinese: float = 0.25
) -> Made:
    """Problem `index` of a family: the same on every machine and in every release.

    `chinese` is the share of problems worded in Chinese; the others are in English.
    """
    try:
        make = FAMILIES[_family(family)]
    except ValueError as error:
        raise UserError(str(error)) from None
    draw = Draw("procedural", family, str(seed), str(index), level, chinese=chinese)
    grade = _LEVELS.index(level) or draw.integer(1, 3)
    draft = make(draw, grade)
    steps = "\n".join(draft.steps)
    check: dict[str, object] = {"family": family, "level": _LEVELS[grade], "steps": steps}
    if draft.options:
        check["options"] = list(draft.options)
    return Made(
        question=draft.question,
        answer=draft.answer,
        kind=draft.kind,
        domain=draft.domain,
        language=draw.language,
        check=json.dumps(check, ensure_ascii=False),
        steps=steps,
    )


def solution(family: str, seed: int, index: int) -> str:
    """The worked solution of a problem, as a chain of thought without the answer sentence."""
    return problem(family, seed, index).steps


@register("source")
def procedural(
    families: Families,
    *,
    count: Count = 1000,
    seed: int = 0,
    level: Level = "mixed",
    chinese: Share = 0.25,
) -> Iterator[Row]:
    """Made problems with exact answers, from these families in turn: no file, no network.

    Families: base, boolean, chain, compare, days, fractions, gcd, letters, linear, modulo,
    multiply, program, sequence, sort, story, system, weekday. A larger `count` adds problems
    behind those of a smaller one; another `seed` gives others.
    """
    for family in families:  # at once, not at the first row
        problem(family, seed, 0)
    return _rows(families, count, seed, level, chinese)


def _rows(
    families: list[str], count: int, seed: int, level: Level, chinese: float
) -> Iterator[Row]:
    for number in range(count):
        made = problem(
            families[number % len(families)], seed, number // len(families), level, chinese
        )
        yield {
            "question": made.question,
            "answer": made.answer,
            "kind": made.kind,
            "domain": made.domain,
            "language": made.language,
            "check": made.check,
        }
