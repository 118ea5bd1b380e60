"""A trace of two megabytes, however hostile, ends in every filter and holds up no other sample."""

import random
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import Desk

from generators.records import Problem, Sample
from generators.registry import find

SIZE = 2_000_000
SECONDS = 20
"""Of CPU for one filter and one such trace; they take a tenth of it where nothing else runs."""

RNG = random.Random(8)
WORDS = ["".join(RNG.choices("abcdefghiklmnoprstu", k=RNG.randint(2, 9))) for _ in range(2000)]


def filled(text: str) -> str:
    return (text * (SIZE // len(text) + 1))[:SIZE]


SCRIPTS = "abc где 中文字 かな 한국 ελ हिन्दी ไทย é 😀 𝑥 x+ "
HOSTILE = {
    "one character": "a" * SIZE,
    "one word": filled("therefore "),
    "no spaces": "".join(RNG.choices("abcdef0123456789+-=*/(){}\\$.,", k=SIZE)),
    "a giant loop": filled(" ".join(WORDS) + ".\n\n"),
    "mixed scripts": "".join(RNG.choices(SCRIPTS, k=SIZE)),
}
ASKED = {"name": "asked", "files": ["asked.jsonl"], "question": "question"}
FILTERS: dict[str, dict[str, Any]] = {
    "complete": {},
    "think_format": {},
    "language": {},
    "readability": {},
    "repetition": {},
    "steps": {},
    "length": {"at_most": 10 * SIZE},
    "hygiene": {},
    "decontaminate": {"benchmarks": [ASKED]},
    "dedup": {"threshold": 0.8},
}


@pytest.fixture(autouse=True)
def asked(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A benchmark, the folder it lies in, and a cache for its index."""
    text = " ".join(random.Random(9).choices(WORDS, k=40))
    desk.lines("asked.jsonl", [{"question": f"What becomes of {text}?"}])
    monkeypatch.setenv("FACTORY_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(desk.folder)


@pytest.mark.parametrize("name", HOSTILE)
def test_every_filter_ends_on_it(name: str) -> None:
    sample = Sample(
        problem=Problem(question="What is 3 + 4?", answer="7", language="en"),
        reasoning=HOSTILE[name],
        response=HOSTILE[name][: SIZE // 4] + "\n\nThe answer is \\boxed{7}.",
        finish="stop",
    )
    for title, settings in FILTERS.items():
        began = time.process_time()
        find("filter", title).function(sample, **settings)
        assert time.process_time() - began < SECONDS, title


def row(first: int, thought: str) -> dict[str, Any]:
    return {
        "question": f"What is {first} + 4? Give the sum.",
        "answer": str(first + 4),
        "response": f"<think>\n{thought}\n</think>\n\nThe sum is \\boxed{{{first + 4}}}.",
        "finish": "stop",
    }


def test_the_other_samples_of_a_build_come_through(desk: Desk) -> None:
    ordinary = [row(n, f"We add both numbers: {n} + 4 = {n + 4}.") for n in range(1200)]
    hostile = [row(5000 + n, text) for n, text in enumerate(HOSTILE.values())]
    desk.lines("rows.jsonl", [*ordinary[:600], *hostile, *ordinary[600:]])
    desk.spec(
        sources={"mine": {"jsonl": "rows.jsonl", "kind": "math", "language": "en"}},
        generate=[{"recorded": {"stream": "r", "from": ["mine"]}}],
        filters=[{name: settings} if settings else name for name, settings in FILTERS.items()],
    )
    desk.build(workers=2)
    answers = {row["answer"] for row in desk.dataset()}
    assert {row["answer"] for row in ordinary} <= answers
    stages = {name: stage for name, stage in desk.ledger().items() if name.startswith("filters ")}
    assert len(stages) == len(FILTERS)
    assert stages["filters complete"]["rows_in"] == len(ordinary) + len(hostile)
    assert not any(stage["failed"] for stage in stages.values())
