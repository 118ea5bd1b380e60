"""The fixtures of the tests as sets of problems, and how each filter of problems does on them."""

import json
import os
import random
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import test_decontaminate
import test_dedup
import test_problem_filters
from filter_sets import DRAWN, Row, cases, judged

from filters.answerable import answerable
from filters.decontaminate import decontaminate
from generators.records import Problem, Sample


def of_dedup() -> Iterator[Row]:
    pairs = cases(test_dedup.test_what_is_a_duplicate)
    told = ((bool(reason), bool(test_dedup.told([a, b])[1])) for a, b, reason in pairs)
    yield judged("made: pairs", told)
    for target, threshold, *_ in cases(test_dedup.test_planted_pairs):
        count = round(test_dedup.planted(target, threshold, DRAWN) * DRAWN)
        sides = (DRAWN, count, 0, 0) if target >= threshold else (0, 0, DRAWN, count)
        yield Row(f"drawn: edited to a similarity of {target}, threshold {threshold}", *sides)
    if test_dedup.MATH.is_file():
        yield Row("real: MATH questions with a word changed, threshold 0.75", *edited(1), 0, 0)
        yield Row("real: the same with sixty changes", 0, 0, *edited(60))


def edited(edits: int) -> tuple[int, int]:
    """How many real questions were edited, and how many of those are found to be duplicates."""
    rng = random.Random(15)
    rows = [row["problem"] for row in json.loads(test_dedup.MATH.read_text("utf-8"))]
    plain = [q for q in rows if "[asy]" not in q and 60 <= len(test_dedup.signs(q)) <= 300][:DRAWN]
    words = sorted({w for q in plain for w in q.split() if w.isalpha() and len(w) > 2})
    texts = []
    for question in plain:
        parts = question.split()
        for _ in range(edits):
            parts[rng.randrange(len(parts))] = rng.choice(words)
        texts += [question, " ".join(parts)]
    return len(plain), sum(map(bool, test_dedup.told(texts, 0.75)[1::2]))


def of_decontaminate() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FACTORY_CACHE"] = folder
        path = Path(folder) / "made.jsonl"
        rows = [{"q": text} for text in (*test_decontaminate.ASKED, *test_decontaminate.BOILER)]
        rows[0]["s"] = test_decontaminate.SOLVED
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        one = {"name": "made", "files": [str(path)], "question": "q", "solution": "s"}
        settings = {"benchmarks": [one]}
        texts = cases(test_decontaminate.test_what_is_found)
        told = (
            (row[1] == "reject", is_contaminated(Problem(question=row[0]), settings))
            for row in texts
        )
        yield judged("made: questions in many dresses, and their siblings", told)
        if all(path.is_file() for path in test_decontaminate.FILES.values()):
            yield from planted_questions()


def is_contaminated(record: Problem | Sample, settings: dict[str, Any]) -> bool:
    return decontaminate(record, **settings).reason == "contaminated"


def planted_questions() -> Iterator[Row]:
    """Questions of MATH-500, AIME 2024 and AMC 2023 as other texts, and what has none in it."""
    files = test_decontaminate.FILES.items()
    named = [{"name": name, "files": [str(path)], "question": "problem"} for name, path in files]
    settings = {"benchmarks": named}
    asked = [row["problem"] for _, path in files for row in test_decontaminate.lines(path)]
    marks = test_decontaminate.test_planted_questions.pytestmark[0]  # type: ignore[attr-defined]
    for name, (dress, _) in zip(marks.kwargs["ids"], marks.args[1], strict=True):
        rng = random.Random(21)
        texts = (dress(text, rng) for text in rng.sample(asked, 200))
        in_trace = dress is test_decontaminate.inside
        made = (Sample(reasoning=t) if in_trace else Problem(question=t) for t in texts)
        told = ((True, is_contaminated(one, settings)) for one in made)
        yield judged(f"real: benchmark questions, {name.replace('_', ' ')}", told)
    rows = json.loads(test_decontaminate.TRAIN.read_text("utf-8"))
    others = (Problem(question=row["problem"]) for row in rows)
    told = ((False, is_contaminated(one, settings)) for one in others)
    yield judged("real: training questions of MATH", told)
    traces = (row["reasoning"] for row in test_decontaminate.lines(test_decontaminate.TRACES))
    told = ((False, is_contaminated(Sample(reasoning=text), settings)) for text in traces)
    yield judged("real: traces about something else", told)


def of_answerable() -> Iterator[Row]:
    sets = {
        "proof": test_problem_filters.PROOFS,
        "several_parts": test_problem_filters.PARTS,
        "needs_figure": test_problem_filters.FIGURES,
        "no_options": test_problem_filters.NO_OPTIONS,
        "yes_no": test_problem_filters.YES_NO,
        "open_ended": test_problem_filters.OPEN_ENDED,
    }
    for fault, texts in sets.items():
        sides = [(True, row) for row in texts]
        sides += [(False, row) for row in test_problem_filters.ANSWERABLE]
        told = ((wanted, answerable(asked(*row)).reason == fault) for wanted, row in sides)
        yield judged(f"made: `{fault}`", told)
    if test_problem_filters.TRAIN.is_file():
        rows = json.loads(test_problem_filters.TRAIN.read_text("utf-8"))
        problems = (asked(row["problem"], str(row["answer"])) for row in rows)
        dropped = ((False, answerable(one).outcome != "keep") for one in problems)
        yield judged("real: training questions of MATH", dropped)


def asked(question: str, answer: str) -> Problem:
    return Problem(question=question, answer=answer, kind="math")


SETS: dict[str, Callable[[], Iterator[Row]]] = {
    "dedup": of_dedup,
    "decontaminate": of_decontaminate,
    "answerable": of_answerable,
}
