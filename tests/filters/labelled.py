"""Hand-labelled rows of the real traces: labels/<name>.jsonl joined with the texts they are about.

The labels hold no text. A row is found by file and line, and its hash must be that of the text that
was judged; without the data the test is skipped.
"""

import hashlib
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

DATA = Path(os.environ.get("FACTORY_DATA") or Path(__file__).parents[3] / "shared" / "data")
LONG = DATA / "real" / "long_cot"
LABELS = Path(__file__).parent / "labels"

Row = dict[str, Any]


def labelled(name: str) -> list[tuple[Row, str, str]]:
    """Label, judged text and problem text of each row of labels/<name>.jsonl, in its order.

    Spans count characters in the judged text. That is the one field named by `field`, or, for
    "a+b", both as one turn: thought in <think> tags, then the response, so that
    `generators.transcript.split` takes it apart again.
    """
    if not LONG.is_dir():
        pytest.skip(f"no real traces at {LONG}; FACTORY_DATA may name another folder")
    found = []
    for label in _rows(LABELS / f"{name}.jsonl"):
        path = LONG / label["file"]
        if not path.is_file():
            pytest.skip(f"no file {label['file']} in {LONG}")
        row = _rows(path)[label["row"]]
        text = judged(row, label["field"])
        seen = hashlib.sha256(text.encode()).hexdigest()[:16]
        assert seen == label["hash"], f"{label['file']}, row {label['row']}: another text"
        found.append((label, text, row.get("problem") or row["prompt"]))
    return found


def judged(row: Row, field: str) -> str:
    """The text of a row that a label is about."""
    if "+" not in field:
        return str(row[field])
    thought, response = field.split("+")
    return f"<think>\n{row[thought]}\n</think>\n\n{row[response]}"


@cache
def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
