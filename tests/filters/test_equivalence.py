"""The labelled pairs: how often the verdict is the label. Needs the data; else skipped.

The figures are bounds, a little under what was measured; the conventions are in the README that
lies beside the pairs.
"""

import json
import os
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from filters.mathematics import algebra
from filters.verdict import Verdict
from filters.verify import verify_response
from generators.records import Problem

DATA = Path(os.environ.get("FACTORY_DATA") or Path(__file__).parents[3] / "shared" / "data")
PAIRS = DATA / "equivalence.jsonl"
KIND = {"math": "math", "numeric": "math", "mcq": "choice", "text": "text"}

pytestmark = pytest.mark.skipif(
    not PAIRS.is_file(), reason=f"no pairs at {PAIRS}; FACTORY_DATA may name another folder"
)


def rows(must: str) -> list[dict[str, Any]]:
    with PAIRS.open(encoding="utf-8") as lines:
        return [row for row in map(json.loads, lines) if row["must"] == must]


def judged(row: dict[str, Any], seconds: float) -> Verdict:
    problem = Problem("p", row.get("question") or "", row["gold"], KIND[row["kind"]], "", "", "en")
    return verify_response(problem, row["prediction"], seconds=seconds)


def test_accuracy() -> None:
    algebra.warm()
    right: dict[str, list[bool]] = defaultdict(list)
    false_accepts = 0
    for row in rows("exact"):
        said = {"keep": True, "reject": False}.get(judged(row, 5.0).outcome)
        right[row["category"]].append(said == row["label"])
        false_accepts += said is True and not row["label"]
    every = [one for found in right.values() for one in found]
    accuracy = sum(every) / len(every)
    macro = sum(sum(found) / len(found) for found in right.values()) / len(right)
    print(
        f"{len(every)} pairs: accuracy {accuracy:.4f}, macro {macro:.4f}, {false_accepts} accepts"
    )
    assert accuracy >= 0.99
    assert macro >= 0.97
    assert false_accepts <= 1


def test_what_must_end_ends_in_any_thread() -> None:
    algebra.warm()
    found: list[tuple[dict[str, Any], Verdict, float]] = []

    def run() -> None:
        for row in rows("terminate"):
            start = time.monotonic()
            verdict = judged(row, 1.0)
            found.append((row, verdict, time.monotonic() - start))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(200)
    assert found
    assert max(seconds for _, _, seconds in found) < 1.5
    assert [row["id"] for row, verdict, _ in found if verdict.outcome == "keep"] == [
        row["id"] for row, verdict, _ in found if verdict.outcome == "keep" and row["label"]
    ]
    assert not Path("/tmp/marker").exists()


def test_a_pair_that_was_judged_is_not_judged_again() -> None:
    from filters.mathematics.equal import _climb

    row = next(row for row in rows("exact") if row["kind"] == "math")
    judged(row, 5.0)
    before = _climb.cache_info().hits
    judged(row, 5.0)
    assert _climb.cache_info().hits == before + 1
