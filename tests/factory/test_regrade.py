"""`factory regrade`: a finished run under the present judge, flip by flip, without a model."""

import sqlite3
from typing import Any

from conftest import Desk

STRICT = """
from filters import Sample, Verdict, keep, register, reject, unknown

@register("filter", version={version})
def strict(sample: Sample, *, at_most: int = {most}) -> Verdict:
    "Keeps responses of few letters."
    length = len(sample.response)
    return keep(detail=str(length)) if length <= at_most else reject("long", f"{{length}} letters")
"""


def built(desk: Desk, workers: int = 1) -> None:
    desk.lines("rows.jsonl", [
        {"question": f"What is {n}?", "answer": str(n), "response": f"<think>t</think>{'x' * n}",
         "finish": "stop"}
        for n in range(1, 21)
    ])  # fmt: skip
    spec(desk)
    desk.build(workers=workers)


def spec(desk: Desk, version: int = 1, most: int = 10, **settings: Any) -> None:
    (desk.folder / "strict.py").write_text(STRICT.format(version=version, most=most))
    desk.spec(
        use=["strict.py"], sources={"made": {"jsonl": "rows.jsonl", "kind": "math"}},
        generate=[{"recorded": {"stream": "r", "from": ["made"]}}],
        filters=["complete", {"strict": settings}, "dedup"],
    )  # fmt: skip


def regrade(desk: Desk, *words: object) -> list[str]:
    told = desk.factory("regrade", "--spec", "spec.yaml", "--filter", "strict", *words)
    return told.stdout.splitlines()


def test_the_same_judge_flips_nothing(desk: Desk) -> None:
    built(desk)
    before = desk.tree()
    assert regrade(desk) == ["20 judged, 0 flipped"]
    assert desk.tree() == before


def test_each_flip_with_was_now_and_why(desk: Desk) -> None:
    built(desk)
    before = desk.tree()
    # Edited code: no build would notice, since code is not part of any key.
    spec(desk, most=10)
    code = (desk.folder / "strict.py").read_text()
    (desk.folder / "strict.py").write_text(code.replace("length <= at_most", "length < at_most"))
    *flips, counts = regrade(desk)
    assert counts == "20 judged, 1 flipped (keep -> reject 1)"
    assert flips[0].endswith("keep (10) -> reject long (10 letters)")
    assert regrade(desk, "--workers", 2) == [*flips, counts]
    assert desk.tree() == before  # nothing was written


def test_a_raised_version_and_a_changed_setting_are_compared_with_what_was(desk: Desk) -> None:
    built(desk)
    spec(desk, version=2, most=12)
    assert regrade(desk)[-1] == "20 judged, 2 flipped (reject -> keep 2)"
    spec(desk, at_most=8)
    assert regrade(desk)[-1] == "20 judged, 2 flipped (keep -> reject 2)"


def test_with_write_the_next_build_goes_on_from_there(desk: Desk) -> None:
    built(desk)
    assert len(desk.dataset()) == 10
    code = (desk.folder / "strict.py").read_text()
    (desk.folder / "strict.py").write_text(code.replace("length <= at_most", "length < at_most"))
    assert regrade(desk, "--write")[-1] == "20 judged, 1 flipped (keep -> reject 1)"
    assert regrade(desk)[-1] == "20 judged, 0 flipped"
    desk.build()
    assert len(desk.dataset()) == 9
    assert desk.ledger()["filters strict"]["kept"] == 9


def test_no_model_is_asked(desk: Desk) -> None:
    desk.spec(
        models={"m": {"backend": "scripted"}},
        sources={"made": {"procedural": ["chain"], "count": 9}},
        generate=[{"teacher": {"stream": "r", "from": ["made"], "model": "m", "samples": 2}}],
        filters=["complete", "verify"],
    )  # fmt: skip
    desk.build()
    journal = desk.folder / "runs" / "run" / "journal" / "completions.sqlite"
    with sqlite3.connect(journal) as db:
        db.execute("delete from completions")
    db.close()
    told = desk.factory("regrade", "--spec", "spec.yaml").stdout
    assert ", 0 flipped" in told.splitlines()[-1]


def test_what_cannot_be_judged_again_is_said_in_one_line(desk: Desk) -> None:
    built(desk)
    told = desk.factory("regrade", "--spec", "spec.yaml", exits=2).stderr
    assert "no filter called 'verify' in this spec" in told
    told = desk.factory("regrade", "--spec", "spec.yaml", "--filter", "dedup", exits=2).stderr
    assert "cannot judge again" in told
    told = desk.factory(
        "regrade", "--spec", "spec.yaml", "--runs", "other", "--filter", "strict", exits=2
    ).stderr
    assert "not built yet" in told
