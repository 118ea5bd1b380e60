"""A build whose filters ask a model: asked once, as a fallback, and marked in the ledger."""

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import Desk, Row

JUDGE = """
import json
from pathlib import Path
from generators import Backend, Request, Scripted, register

SEEN = Path(__file__).with_name("asked.txt")

@register("backend")
def pretended_judge(model: str, *, moody: bool = False) -> Backend:
    "Finds right whatever says ten in the response, and does not answer about the word silence."
    def reply(request: Request) -> tuple[str, str]:
        text = request.messages[0]["content"]
        said = text.split("BEGIN RESPONSE")[1].split("END RESPONSE")[0]
        with SEEN.open("a") as out:
            out.write(request.key + "\\n")
        if "silence" in said:
            return "", "error:timeout"
        if "rambles" in said:
            return "I think that it is right.", "stop"
        score = 1 if "ten" in said else 0
        return json.dumps({"analysis": "As I see it.", "correctness": score}), "stop"
    return Scripted(model, reply)
"""
MODELS = {"judge": {"backend": "pretended_judge"}}


def row(number: int, response: str, answer: str = "10", kind: str = "math") -> Row:
    return {
        "question": f"What is {number} plus some?", "answer": answer, "kind": kind,
        "response": f"<think>t</think>{response}", "finish": "stop",
    }  # fmt: skip


def spec(desk: Desk, filters: list[Any], **more: Any) -> None:
    (desk.folder / "judge.py").write_text(JUDGE)
    desk.spec(
        use=["judge.py"], models=MODELS,
        sources={"made": {"jsonl": "rows.jsonl", "licence": "MIT"}},
        generate=[{"recorded": {"stream": "general", "from": ["made"]}}],
        filters=filters, **more,
    )  # fmt: skip


def asked(desk: Desk) -> int:
    """Requests since the last look."""
    path = desk.folder / "asked.txt"
    count = len(path.read_text().splitlines()) if path.exists() else 0
    path.unlink(missing_ok=True)
    return count


ROWS = [
    row(1, "\\boxed{10}"),  # verify keeps
    row(2, "\\boxed{11}"),  # verify rejects
    row(3, "So there are ten \\boxed{\\foo{x}}."),  # verify cannot tell, the judge keeps
    row(4, "So there are nine \\boxed{\\foo{x}}."),  # ... the judge rejects
    row(5, "It rambles \\boxed{\\foo{x}}."),  # ... nobody can tell
]
FALLBACK = ["complete", "verify", {"judge": {"model": "judge", "fallback_for": "verify"}}]


def test_a_fallback_judges_what_could_not_be_told_and_is_marked(desk: Desk) -> None:
    desk.lines("rows.jsonl", ROWS)
    spec(desk, FALLBACK)
    desk.build()
    stages = desk.ledger()
    verify, judge = stages["filters verify"], stages["filters judge"]
    assert (verify["rows_in"], verify["kept"], verify["unknown"]) == (5, 1, {"undecided": 3})
    assert judge == {
        "name": "filters judge", "rows_in": 4, "kept": 2, "judged": 1,
        "rejected": {"not_correct": 1}, "unknown": {"judge_unreadable": 1}, "failed": {},
    }  # fmt: skip
    assert "judged" not in verify
    assert [r["question"][8] for r in desk.dataset()] != []
    assert {r["question"][8] for r in desk.dataset()} == {"1", "3"}
    assert asked(desk) == 6  # three samples, two orders


def test_nothing_is_asked_twice_and_only_what_changed(desk: Desk) -> None:
    desk.lines("rows.jsonl", ROWS)
    spec(desk, FALLBACK)
    desk.build()
    before = desk.tree()
    asked(desk)
    desk.build()
    assert (asked(desk), desk.tree()) == (0, before)
    desk.lines("rows.jsonl", [*ROWS, row(6, "Just ten \\boxed{\\foo{x}}.")])
    desk.build()
    assert asked(desk) == 2
    spec(desk, [*FALLBACK[:2], {"judge": {**FALLBACK[2]["judge"], "at_least": 0.9}}])  # type: ignore[index,dict-item]
    desk.build()
    assert asked(desk) == 0  # the answers are in the journal
    spec(desk, FALLBACK, sampling={"temperature": 0.1})
    desk.build()
    assert asked(desk) == 8


def test_the_same_bytes_with_more_workers(desk: Desk) -> None:
    desk.lines("rows.jsonl", ROWS * 3)
    spec(desk, FALLBACK)
    desk.build(runs="one")
    desk.build(runs="two", workers=2)
    assert desk.tree("one") == desk.tree("two")


def test_what_was_not_answered_is_asked_again(desk: Desk) -> None:
    desk.lines("rows.jsonl", [*ROWS[2:4], row(7, "silence \\boxed{\\foo{x}}")])
    spec(desk, FALLBACK)
    desk.build()
    assert desk.ledger()["filters judge"]["failed"] == {"not_answered": 1}
    assert asked(desk) == 6
    desk.build()
    assert asked(desk) == 2
    (desk.folder / "judge.py").write_text(JUDGE.replace('"silence" in', '"thunder" in'))
    desk.build()
    assert asked(desk) == 2
    assert desk.ledger()["filters judge"]["failed"] == {}


def test_a_judge_of_its_own_judges_everything(desk: Desk) -> None:
    desk.lines("rows.jsonl", [row(n, "ten" if n % 2 else "nine", "", "general") for n in range(6)])
    spec(desk, ["complete", {"judge": {"model": "judge", "only": ["general"]}}, "dedup"])
    told = desk.factory("check", "--spec", "spec.yaml").stdout
    assert "judge (filters): 2 requests for each record that reaches it" in told
    desk.build()
    assert asked(desk) == 6  # no reference, so one order
    assert desk.ledger()["filters judge"]["judged"] == 3
    assert len(desk.dataset()) == 1  # all the same text: dedup saw what the judge had kept
    told = desk.factory("check", "--spec", "spec.yaml").stdout
    assert "judge (filters): 6 problems, about 6 requests" in told


def test_filters_after_a_fallback_see_what_it_kept(desk: Desk) -> None:
    desk.lines("rows.jsonl", ROWS)
    spec(desk, [*FALLBACK, {"best_of": {"keep_at_most": 1}}, "dedup"])
    desk.build()
    assert desk.ledger()["filters best_of"]["rows_in"] == 2
    assert len(desk.dataset()) == 2


def test_the_limit_of_unknown_counts_after_the_fallback(desk: Desk) -> None:
    desk.lines("rows.jsonl", ROWS[:4])
    spec(desk, FALLBACK, limits={"unknown": 0.3})
    desk.build()
    spec(desk, FALLBACK[:2], limits={"unknown": 0.3})
    assert "undecided" in desk.build(exits=1).stderr


@pytest.mark.parametrize(
    ("filters", "told"),
    [
        ([{"judge": {}}], "filters.0.judge.model: is missing"),
        ([{"judge": {"model": "jugde"}}], "did you mean 'judge'?"),
        ([{"complete": {"model": "judge"}}], "filters.0.complete.model: complete asks none"),
        ([{"judge": {"model": "judge", "fallback_for": "verify"}}], "must stand right before it"),
        (
            ["verify", "complete", {"judge": {"model": "judge", "fallback_for": "verify"}}],
            "must stand right before it; 'complete' does",
        ),
        (["verify", {"best_of": {"fallback_for": "verify"}}], "does not judge row by row"),
        ([{"judge": {"model": "judge", "at_least": 2}}], "filters.0.judge.at_least"),
    ],
)
def test_mistakes_in_the_spec(desk: Desk, filters: list[Any], told: str) -> None:
    desk.lines("rows.jsonl", ROWS)
    spec(desk, filters)
    assert told in desk.factory("check", "--spec", "spec.yaml", exits=2).stderr


def test_a_filter_that_asks_needs_a_spec(desk: Desk) -> None:
    desk.lines("rows.jsonl", ROWS)
    told = desk.factory("filter", "judge", "--file", "rows.jsonl", exits=2).stderr
    assert "asks a model" in told


def test_gold_check_comes_before_a_token_is_spent(desk: Desk) -> None:
    (desk.folder / "judge.py").write_text(JUDGE)
    rows = [row(1, "x"), row(2, "x", "proof"), row(3, "x", "??"), row(4, "x", "(a) 3 (b) 4")]
    desk.lines("rows.jsonl", rows)
    desk.spec(
        use=["judge.py"], models={"m": {"backend": "scripted"}},
        sources={"made": {"jsonl": "rows.jsonl", "licence": "MIT"}},
        problems=["gold_check"],
        generate=[{"teacher": {"stream": "r", "from": ["made"], "model": "m", "samples": 3}}],
    )  # fmt: skip
    desk.build()
    stages = desk.ledger()
    assert stages["problems gold_check"]["rejected"] == {
        "no_reference": 1, "proof": 1, "several_parts": 1
    }  # fmt: skip
    assert stages["generate teacher r"]["rows_in"] == 3


# --- samples that agree with each other and not with the reference ------------------------------


def answers(number: int, *said: str, answer: str = "10", kind: str = "math") -> list[Row]:
    return [
        row(number, f"{'So ' * again}it is \\boxed{{{one}}}.", answer, kind)
        for again, one in enumerate(said)
    ]


def disagreements(desk: Desk, runs: str = "runs") -> list[Row]:
    path = desk.folder / runs / "run" / "disagreements.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()]


AGREE = [
    *answers(1, "12", "12.0", "\\frac{24}{2}", "10"),  # three of four
    *answers(2, "12", "12", "10", "10"),  # half: not more
    *answers(3, "12"),  # alone
    *answers(4, "11", "12", "13"),  # nobody agrees
    *answers(5, "7", "7"),
    *answers(6, "10", "10"),
]


def test_samples_that_agree_and_not_with_the_reference_are_listed(desk: Desk) -> None:
    desk.lines("rows.jsonl", AGREE)
    spec(desk, ["complete", "verify"])
    told = desk.build().stderr
    assert "on 2 problems, the samples agree with each other and not with the reference" in told
    found = disagreements(desk)
    told_of = [(r["question"][8], r["agree"], r["judged"], r["right"]) for r in found]
    assert told_of == [("5", 2, 2, 0), ("1", 3, 4, 1)]
    assert found[0]["answer"] == "7"
    assert len(json.loads(found[1]["samples"])) == 3
    shown = desk.factory("show", "--spec", "spec.yaml", "--disagreements").stdout
    assert "2 of 2 say 7, the reference is 10 (0 agree with it)" in shown


def test_the_list_is_the_same_for_any_workers_and_redone_when_needed(desk: Desk) -> None:
    desk.lines("rows.jsonl", AGREE)
    spec(desk, ["complete", "verify"])
    desk.build(runs="one")
    desk.build(runs="two", workers=2)
    assert desk.tree("one") == desk.tree("two")
    path = desk.folder / "one" / "run" / "disagreements.jsonl"
    part = next((path.parent / "disagreements").iterdir())
    before = (path.stat().st_mtime_ns, part.stat().st_mtime_ns)
    desk.build(runs="one")
    assert (path.stat().st_mtime_ns, part.stat().st_mtime_ns) == before
    mended = [{**r, "answer": "12"} if r["question"][8] == "1" else r for r in AGREE]
    desk.lines("rows.jsonl", mended)
    desk.build(runs="one")
    assert [r["question"][8] for r in disagreements(desk, "one")] == ["5"]


def test_letters_that_agree(desk: Desk) -> None:
    question = "Which? (A) one (B) two (C) three"
    rows = [
        {**one, "question": question}
        for one in answers(1, "B", "\\text{(B)}", "A", answer="A", kind="choice")
    ]
    desk.lines("rows.jsonl", rows)
    spec(desk, ["verify"])
    desk.build()
    assert [(r["answer"], r["agree"]) for r in disagreements(desk)] == [("B", 2)]


def test_no_verify_no_list(desk: Desk) -> None:
    desk.lines("rows.jsonl", AGREE)
    spec(desk, ["complete"])
    assert "disagreements" not in desk.build().stderr
    assert not Path(desk.folder / "runs" / "run" / "disagreements.jsonl").exists()
