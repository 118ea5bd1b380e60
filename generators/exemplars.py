"""Worked examples: read from a file of JSON lines, and chosen for a problem."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np

from generators.errors import UserError
from generators.files import changed_at, numbered_rows, text_in
from generators.prompt_files import LANGUAGES
from generators.records import Problem, digest
from generators.texts.text import language_of, normalise
from generators.texts.words import grams, signs

RUN = 3
"""Words in a row by which a question is known again."""
SAME = 0.6
"""Share of the shorter question's runs that the other has too, from which both are one question."""


@dataclass(frozen=True, slots=True, eq=False)
class Exemplar:
    """A question and a chain of thought for it that is worth imitating."""

    question: str
    reasoning: str
    response: str
    domain: str
    language: str


def read_exemplars(path: str | None) -> Sequence[Exemplar]:
    """The exemplars of a file, or without one those that ship with the package.

    A line holds question, reasoning and response, and may hold domain and language (told from the
    question where it does not). UserError names a line that cannot be read.
    """
    return _shipped() if path is None else _read(path, *changed_at(path))


def chosen(
    exemplars: Sequence[Exemplar], problem: Problem, shots: int, *, nearest: bool = False
) -> list[Exemplar]:
    """At most `shots` exemplars for a problem, the best last, where a reader has it freshest.

    Those in the question's language come before others, and of these the ones of its domain. Among
    equals `nearest` takes those that share most words with the question, rare words counting more
    (cosine of tf-idf); otherwise a hash of problem and exemplar decides, so that every problem sees
    others and each run the same. The problem itself is never taken, also where it was reworded a
    little or has other figures in it.
    """
    others = [one for one in exemplars if not _is_same(one.question, problem.question)]
    near = _nearness(others, problem.question) if nearest else [0.0] * len(others)

    def rank(place: int) -> tuple[bool, bool, float, str]:
        one = others[place]
        return (
            one.language != problem.language,
            one.domain != problem.domain,
            -round(near[place], 9),
            digest("exemplar", problem.question, one.question, one.reasoning),
        )

    best = sorted(range(len(others)), key=rank)[:shots]
    return [others[place] for place in reversed(best)]


def _is_same(one: str, other: str) -> bool:
    """Whether two questions are one: most runs of words of the shorter stand in the longer."""
    if normalise(one) == normalise(other):
        return True
    runs = _runs(one), _runs(other)
    fewest = min(map(len, runs))
    return fewest > 0 and len(runs[0] & runs[1]) >= SAME * fewest


@lru_cache(maxsize=4096)
def _runs(question: str) -> frozenset[int]:
    return frozenset(grams(signs(question).hashes, RUN).tolist())


def _nearness(exemplars: Sequence[Exemplar], question: str) -> list[float]:
    """Cosine of the question with that of each exemplar, words weighted by how rare they are."""
    texts = [_counted(one.question) for one in exemplars]
    asked = _counted(question)
    known = Counter(word for text in texts for word in text)

    def weighted(text: Counter[int]) -> dict[int, float]:
        # A word that no exemplar has still makes the question longer.
        return {w: n * math.log((1 + len(texts)) / (1 + known[w]) + 1) for w, n in text.items()}

    wanted = weighted(asked)
    length = math.hypot(*wanted.values())
    told = []
    for text in map(weighted, texts):
        shared = math.fsum(weight * wanted.get(word, 0.0) for word, weight in text.items())
        both = length * math.hypot(*text.values())
        told.append(shared / both if both else 0.0)
    return told


@lru_cache(maxsize=4096)
def _counted(question: str) -> Counter[int]:
    values, counts = np.unique(signs(question).hashes, return_counts=True)
    return Counter(dict(zip(values.tolist(), counts.tolist(), strict=True)))


# --- reading --------------------------------------------------------------------------------


@cache
def _shipped() -> tuple[Exemplar, ...]:
    found: list[Exemplar] = []
    for language in LANGUAGES:
        name = f"exemplars.{language}.jsonl"
        with as_file(files("generators").joinpath("prompts", "few_shot", name)) as path:
            found += _lines(path)
    return tuple(found)


@lru_cache(maxsize=8)
def _read(path: str, changed: int, size: int) -> tuple[Exemplar, ...]:
    found = tuple(_lines(Path(path)))
    if not found:
        raise UserError(f"{path}: holds no exemplar")
    return found


def _lines(path: Path) -> list[Exemplar]:
    found = []
    for at, row in numbered_rows(path):
        question, reasoning, response = (
            text_in(row, name, at) for name in ("question", "reasoning", "response")
        )
        language = str(row.get("language") or language_of(question))
        found.append(
            Exemplar(question, reasoning, response, str(row.get("domain") or ""), language)
        )
    return found
