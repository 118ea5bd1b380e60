"""Rows are found bucket by bucket: it makes no difference how many buckets, files and pieces."""

import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Desk

from factory import buckets, rows, scan
from factory.pipeline import planned
from factory.workers import Pool

PREPARE = """
import sys, threading
from pathlib import Path
from factory import rows
from factory.pipeline import planned
from factory.workers import Pool

plan = planned(Path(sys.argv[1]), Path(sys.argv[2]), None)
rows.prepare(plan, Pool(1, id, None, threading.Event()))
# What getrusage tells begins with the peak of the process that started this one.
[peak] = [line for line in open("/proc/self/status") if line.startswith("VmHWM")]
print(peak.split()[1])
"""


def _questions(draw: random.Random, count: int, different: int) -> Iterator[dict[str, Any] | bytes]:
    """Questions that come again, some with another answer; and rows that cannot be read."""
    for _ in range(count):
        number = draw.randrange(different)
        odd = draw.random()
        if odd < 0.05:
            yield draw.choice([b"{\n", b"\n", b'{"question": "What is it?"}\n'])
        else:
            answer = str(2 * number if odd < 0.9 else draw.randrange(9))
            yield {"id": str(number), "question": f"What is {number} doubled?", "answer": answer}


def _outputs(draw: random.Random, count: int, different: int) -> Iterator[dict[str, Any]]:
    for _ in range(count):
        number = draw.randrange(different)
        said = f"\\boxed{{{2 * number}}}"
        yield {"q": str(number), "problem": f"What is {number} doubled?", "response": said}


@pytest.fixture
def many(desk: Desk) -> Desk:
    """Sources of several files, one limited, and outputs joined by a key and by the question."""
    draw = random.Random(7)
    (desk.folder / "other").mkdir()
    for name, count in (("a.jsonl", 900), ("other/a.jsonl", 700), ("b.jsonl", 300)):
        desk.lines(name, _questions(draw, count, 250))
    desk.lines("none.jsonl", [])
    desk.lines("said.jsonl", _outputs(draw, 800, 300))
    mine = {"kind": "math", "language": "en"}
    told = {"stream": "r", "fields": {"finish": "=stop"}, "outputs": {"jsonl": "said.jsonl"}}
    desk.spec(
        sources={
            "whole": {"jsonl": ["a.jsonl", "other/a.jsonl", "none.jsonl"], **mine},
            "some": {
                "jsonl": ["b.jsonl", "a.jsonl"],
                "limit": 450,
                "fields": {"key": "id"},
                **mine,
            },
        },
        generate=[
            {"recorded": {**told, "from": ["whole", "some"]}},
            {"recorded": {**told, "from": ["some"], "fields": {"finish": "=stop", "problem": "q"}}},
        ],
        filters=["complete"],
    )
    return desk


def _found(desk: Desk, runs: str) -> tuple[dict[str, str], Any]:
    """The files that hold the rows, and how many rows were kept and refused."""
    plan = planned(desk.folder / "spec.yaml", desk.folder / runs, None)
    prepared = rows.prepare(plan, Pool(1, id, None, threading.Event()))
    return desk.tree(runs), prepared.counts


@pytest.mark.parametrize(
    ("size", "problems"),
    [(1 << 10, 512), (1 << 12, 16), (1 << 16, 16)],
    ids=["a part of many buckets", "of some", "a bucket of some parts"],
)
def test_buckets_make_no_difference(
    many: Desk, monkeypatch: pytest.MonkeyPatch, size: int, problems: int
) -> None:
    monkeypatch.setattr(rows, "PROBLEMS_PER_PART", problems)
    plain, counts = _found(many, "plain")
    monkeypatch.setattr(buckets, "_BYTES", size)
    monkeypatch.setattr(buckets, "_TOGETHER", 100)
    monkeypatch.setattr(scan, "_PIECE", 10_000)
    monkeypatch.setattr(scan, "_AT_ONCE", 7)
    assert _found(many, "cut") == (plain, counts)
    assert sum(counts["some"].values()) == 450
    assert counts["whole"]["failed:gold_differs"] > 20
    assert all(counts[f"recorded {number}"]["reject:no_problem"] > 20 for number in (0, 1))
    assert all(counts[f"recorded {number}"]["keep"] > 20 for number in (0, 1))


def test_what_a_killed_run_left_is_not_taken_for_rows(many: Desk) -> None:
    left = many.folder / "killed/run/rows/found/sources-0.arrow"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half")
    assert _found(many, "killed") == _found(many, "plain")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak of memory from /proc")
def test_memory_does_not_grow_with_the_rows(desk: Desk, tmp_path: Path) -> None:
    peaks = []
    for count in (1000, 300_000):
        desk.lines("q.jsonl", (
            {"question": f"What is {number} doubled?" + " And why?" * 10, "answer": "1"}
            for number in range(count)
        ))  # fmt: skip
        spec = desk.spec(
            f"{count}.yaml",
            sources={"q": {"jsonl": "q.jsonl", "kind": "math"}},
            models={"m": {"backend": "scripted"}},
            generate=[{"teacher": {"stream": "r", "from": ["q"], "model": "m"}}],
            filters=["complete"],
        )
        words = [sys.executable, "-c", PREPARE, str(spec), str(tmp_path / f"runs-{count}")]
        done = subprocess.run(words, capture_output=True, text=True, check=True)
        peaks.append(int(done.stdout) / 1000)
    assert peaks[1] - peaks[0] < 100  # MB; as one table they took 280
