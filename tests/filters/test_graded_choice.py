"""BIG-Bench Hard's published outputs of Codex with chains of thought, against its own rule.

Its rule compares what stands after the last "the answer is" with the target, letter for letter.
"""

import json
import os
from collections import Counter
from pathlib import Path

import pytest

from filters.verify import verify_response
from generators.records import Problem, digest

DATA = Path(os.environ.get("FACTORY_DATA") or Path(__file__).parents[3] / "shared" / "data")
BBH = DATA / "real" / "graded" / "bbh_codex_cot"

pytestmark = pytest.mark.skipif(not BBH.is_dir(), reason=f"no graded outputs at {BBH}")


@pytest.mark.parametrize(
    ("name", "kind", "right", "unknown"),
    [
        # 218 and 232 of 250 are the 87.2 and 92.8 percent of the paper.
        ("date_understanding", "choice", 218, 0),
        # Four outputs stop before they say an answer.
        ("boolean_expressions", "text", 232, 4),
    ],
)
def test_bbh(name: str, kind: str, right: int, unknown: int) -> None:
    """No verdict differs, and what is unknown is none of the right ones."""
    differ, counts = [], Counter[str]()
    rows = json.loads((BBH / f"{name}.json").read_text("utf-8"))["outputs"]
    for row in rows:
        question = row["input"].rpartition("\n\nQ: ")[2].rpartition("\nA:")[0]
        said = row["prediction"].rpartition("the answer is ")[2].strip().removesuffix(".")
        is_right = said == row["target"]
        counts["right"] += is_right
        problem = Problem("p", question, row["target"], kind, "", "", "en")
        verdict = verify_response(problem, row["prediction"])
        counts[verdict.outcome] += 1
        if (verdict.outcome == "keep") != is_right:
            differ.append(digest(row["input"], row["prediction"]))
    assert len(rows) == 250
    assert differ == []
    assert counts["right"] == right
    assert counts["unknown"] <= unknown
