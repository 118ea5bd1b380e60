"""A person's own filter, generator, source and backend: one file, named under `use`, no fork."""

import json
from typing import Any

import pytest
from conftest import Desk

import factory
from generators import registry
from generators.errors import Stopped, UserError

MINE = '''
"""What one person adds."""
import random
from generators import Backend, Count, Problem, Row, Scripted, Share, register
from filters import Group, Sample, Verdict, keep, reject

@register("source")
def squares(start: int, *, count: Count = 3) -> list[Row]:
    """The squares from a number on."""
    return [{"question": f"What is {i} squared?", "answer": i * i, "kind": "math"}
            for i in range(start, start + count)]

@register("generator")
def politely(problem: Problem, *, samples: Count = 1, please: str = "please"):
    """Asks with a word of courtesy."""
    for _ in range(samples):
        yield ({"role": "user", "content": f"{problem.question} {please}"},)

@register("backend")
def abacus(model: str, *, slips: Share = 0.0) -> Backend:
    """Knows squares, and slips at times."""
    def reply(request):
        slip = random.Random(request.key).random() < slips
        thought = "Counting." if "please" in request.messages[0]["content"] else "Hm."
        return f"<think>{thought}</think>It is {int(request.problem.answer) + slip}.", "stop"
    return Scripted(f"{model}:{slips}", reply)

@register("filter")
def counting(sample: Sample, *, wanted: str = "Counting") -> Verdict:
    """Keeps thoughts with a word in them."""
    return keep() if wanted in sample.reasoning else reject("no_word", sample.reasoning)

@register("filter")
def spread(group: Group, *, at_least: Count = 2) -> dict[str, Verdict]:
    """Keeps problems with enough samples left."""
    few = len(group.samples) < at_least
    return group.all(reject("too_few") if few else keep(len(group.samples)))
'''

SPEC: dict[str, Any] = {
    "use": ["mine.py"],
    "models": {"m": {"backend": "abacus", "slips": 0.3}},
    "sources": {"s": {"squares": 4, "count": 40}},
    "generate": [{"politely": {"stream": "r", "from": ["s"], "model": "m", "samples": 3}}],
    "filters": ["complete", {"counting": {"wanted": "Count"}}, "verify", {"spread": {}}],
}


@pytest.fixture(autouse=True)
def _own_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test's plugin registers in this process is gone after the test."""
    tables = {table: dict(known) for table, known in registry._tables.items()}
    monkeypatch.setattr(registry, "_tables", tables)


def build_here(desk: Desk) -> str:
    """A build in this process; what it says when it ends early, "" where it does not."""
    try:
        factory.build(desk.folder / "spec.yaml", runs=desk.folder / "runs", workers=1)
    except (UserError, Stopped) as error:
        return str(error)
    return ""


def one_filter(desk: Desk, body: str, rows: int = 6, **sections: Any) -> None:
    """A desk with recorded rows and one filter of the user's, of which `body` is the inside."""
    desk.lines(
        "rows.jsonl",
        [
            {"question": f"q{i}", "answer": str(i), "response": f"<think>t</think>{i}",
             "finish": "stop"}
            for i in range(rows)
        ],
    )  # fmt: skip
    text = "from filters import Sample, Verdict, keep, reject, register\n"
    text += '@register("filter")\ndef mine(sample: Sample) -> Verdict:\n    """Mine."""\n'
    (desk.folder / "mine.py").write_text(text + f"    {body}\n")
    desk.spec(
        use=["mine.py"],
        sources={"s": {"jsonl": "rows.jsonl", "kind": "math"}},
        generate=[{"recorded": {"stream": "r", "from": ["s"]}}],
        filters=["mine", "verify"],
        **sections,
    )


def test_what_a_person_adds_is_short() -> None:
    for definition in MINE.split("@register")[1:]:
        assert len(definition.strip().splitlines()) <= 15


def test_a_user_adds_every_kind_of_part(desk: Desk) -> None:
    (desk.folder / "mine.py").write_text(MINE)
    desk.spec(**SPEC)
    told = desk.build(workers=2).stderr
    ledger = desk.ledger()
    assert ledger["rows s"]["kept"] == 40
    assert ledger["generate politely r"]["kept"] == 120
    assert ledger["filters counting"]["kept"] == 120
    wrong = ledger["filters verify"]["rejected"]["wrong_answer"]
    assert 15 < wrong < 60
    too_few = ledger["filters spread"]["rejected"]["too_few"]
    assert f"rejected {wrong} (wrong_answer {wrong})" in told
    assert f"rejected {too_few} (too_few {too_few})" in told
    assert len(desk.dataset()) == 120 - wrong - too_few > 0
    # One process or two, it is the same.
    factory.build(desk.folder / "spec.yaml", runs=desk.folder / "here", workers=1)
    assert desk.tree("here") == desk.tree()


def test_a_plugin_is_known_to_check_and_show(desk: Desk) -> None:
    (desk.folder / "mine.py").write_text(MINE)
    desk.spec(**{**SPEC, "filters": [{"counting": {"wanted": "Hm"}}]})
    assert build_here(desk) == ""
    assert desk.ledger()["filters counting"]["rejected"] == {"no_word": 120}
    assert "filters: counting" in desk.factory("check", "--spec", "spec.yaml").stdout
    shown = desk.factory("show", "--rejected", "counting", "-n", 1, "--spec", "spec.yaml").stdout
    assert "counting       reject  no_word             score 0  Counting." in shown


def test_a_user_reads_recorded_outputs_in_a_way_of_their_own(desk: Desk) -> None:
    one_filter(desk, "return keep()")
    (desk.folder / "mine.py").write_text(
        "from generators import Completion, Row, register, split\n"
        '@register("generator")\n'
        "def backwards(row: Row) -> Completion | None:\n"
        '    """Reads outputs that somebody wrote from the end."""\n'
        '    if "tuptuo" not in row:\n        return None\n'
        '    said = split(row["tuptuo"][::-1])\n'
        '    return Completion("", said.reasoning, said.response, "m", "stop")\n'
    )
    desk.lines(
        "rows.jsonl",
        [
            {"question": "a", "answer": "4", "tuptuo": "4>kniht/<x>kniht<"},
            {"question": "b", "answer": "5"},
        ],
    )
    spec = json.loads((desk.folder / "spec.yaml").read_text())
    backwards = [{"backwards": {"stream": "r", "from": ["s"]}}]
    desk.spec(**{**spec, "generate": backwards, "filters": ["complete", "verify"]})
    assert build_here(desk) == ""
    assert [row["reasoning"] for row in desk.dataset()] == ["x"]
    assert desk.ledger()["generate backwards r"]["failed"] == {"no_output": 1}


RAISES = "return keep(1 / (sample.problem.question != 'q3'))"


@pytest.mark.parametrize("workers", [1, 2])
def test_a_filter_that_raises_costs_its_row_and_no_other(desk: Desk, workers: int) -> None:
    one_filter(desk, RAISES)
    factory.build(desk.folder / "spec.yaml", runs=desk.folder / "runs", workers=workers)
    stage = desk.ledger()["filters mine"]
    assert (stage["rows_in"], stage["kept"]) == (6, 5)
    assert stage["failed"] == {"ZeroDivisionError": 1}
    asked = {row["messages"][0]["content"] for row in desk.dataset()}
    assert asked == {"q0", "q1", "q2", "q4", "q5"}


def test_a_row_that_a_filter_failed_on_can_be_shown(desk: Desk) -> None:
    one_filter(desk, RAISES)
    assert build_here(desk) == ""
    shown = desk.factory("show", "--rejected", "mine", "--spec", "spec.yaml").stdout
    assert "question\n  q3\n" in shown
    assert "division by zero" in shown


def test_failures_beyond_the_limit_stop_the_run(desk: Desk) -> None:
    one_filter(desk, RAISES, limits={"failed": 0.1})
    told = build_here(desk)
    assert told.startswith("filters mine: 16.7% of 6 rows are failed, mostly ZeroDivisionError")
    assert "limits.failed allows 10.0%" in told
    one_filter(desk, RAISES, limits={"failed": 0.17})
    assert build_here(desk) == ""


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("return True", "returned a bool, no Verdict"),
        ("return 'keep'", "returned a str, no Verdict"),
        ("pass", "returned a NoneType, no Verdict"),
        ("return Verdict('kep')", "returned Verdict(outcome='kep', "),
        ("return Verdict('reject', 'x', 'high')", "returned Verdict(outcome='reject', "),
        ("return keep(detail=5)", "returned Verdict(outcome='keep', "),
        ("return reject(None)", "returned Verdict(outcome='reject', reason=None, "),
    ],
)
def test_what_is_no_verdict_is_told_in_one_line(desk: Desk, body: str, told: str) -> None:
    one_filter(desk, body)
    said = build_here(desk)
    assert said.startswith(f"the filter mine {told}")
    assert len(said.splitlines()) == 1


def test_what_is_no_verdict_is_told_by_a_worker_as_well(desk: Desk) -> None:
    one_filter(desk, "return True")
    last = desk.build(exits=2, workers=2).stderr.splitlines()[-1]
    assert last == "factory: the filter mine returned a bool, no Verdict"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("{}", "gave no verdict for sample "),
        ("None", "returned a NoneType; it must return a dict"),
        ("keep()", "returned a Verdict; it must return a dict"),
        ("group.all(True)", "returned a bool, no Verdict"),
        ("group.all(Verdict('kep'))", "returned Verdict(outcome='kep'"),
    ],
)
def test_a_group_filter_must_answer_for_every_sample(desk: Desk, body: str, told: str) -> None:
    one_filter(desk, "return keep()")
    (desk.folder / "mine.py").write_text(
        "from filters import Group, Verdict, keep, register\n"
        '@register("filter")\ndef mine(group: Group) -> dict[str, Verdict]:\n    """Mine."""\n'
        f"    return {body}\n"
    )
    assert build_here(desk).startswith(f"the filter mine {told}")


def filter_of(arguments: str, name: str = "mine") -> str:
    """A plugin with one filter of these arguments."""
    return (
        "from filters import Count, Problem, Sample, Verdict, keep, register\n"
        f'@register("filter")\ndef {name}({arguments}) -> Verdict:\n'
        '    """Mine."""\n    return keep()\n'
    )


WRONG = [
    ("import os\ndef f(:\n", "use.0: {file}, line 2: "),
    ("if True:\npass\n", "use.0: {file}, line 2: "),
    ("import a_module_that_is_not_there\n", "use.0: {file}: "),
    ("from filters import Verdikt\n", "use.0: {file}: "),
    ("1 / 0\n", "use.0: {file}: ZeroDivisionError: division by zero"),
    (filter_of("sample: Sample").replace('"filter"', '"filtre"'), "use.0: {file}: "),
    (filter_of("sample: Sample", name="complete"),
     "use.0: {file}: filter 'complete' is defined twice: in "),
    (filter_of("sample"), "use.0: {file}: filter 'mine': its argument 'sample' has no type"),
    (filter_of("sample: Sample, *, most=3"),
     "use.0: {file}: filter 'mine': its argument 'most' has no type"),
    (filter_of("sample: Sample, *, most: Cuont = 3"),
     "use.0: {file}: NameError: name 'Cuont' is not defined"),
    (filter_of("sample: Sample, most: Count = 3"),
     "use.0: {file}: filter 'mine': put a * before its setting 'most'"),
    (filter_of("text: str"),
     "filters.0.mine: its first argument must be a Problem, a Sample or a Group"),
    (filter_of("problem: Problem"),
     "filters.0.mine: mine does not judge filters; it belongs under problems:"),
    (filter_of("sample: Sample, *, most: Count = 0"),
     "filters.0.mine.most: should be greater than or equal to 1 (it is 0)"),
    (filter_of("sample: Sample, *, most: Count"), "filters.0.mine.most: is missing"),
    (filter_of("sample: Sample", name="mien"),
     "filters.0: no filter called 'mine'; did you mean 'mien'?"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "told"), WRONG, ids=[told[-40:] for _, told in WRONG])
def test_a_wrong_plugin_is_told_in_one_line_before_any_work(
    desk: Desk, text: str, told: str
) -> None:
    one_filter(desk, "return keep()")
    (desk.folder / "mine.py").write_text(text)
    said = build_here(desk).removeprefix(f"{desk.folder / 'spec.yaml'}: ")
    assert said.startswith(told.replace("{file}", str(desk.folder / "mine.py")))
    assert len(said.splitlines()) == 1
    assert not (desk.folder / "runs").exists()


def test_the_command_tells_it_without_a_traceback(desk: Desk) -> None:
    one_filter(desk, "return keep()")
    (desk.folder / "mine.py").write_text("def f(:\n")
    err = desk.build(exits=2).stderr
    place = desk.folder / "mine.py"
    assert err == f"factory: spec.yaml: use.0: {place}, line 1: invalid syntax\n"


def test_a_generator_that_neither_asks_nor_reads_is_refused(desk: Desk) -> None:
    (desk.folder / "mine.py").write_text(MINE.replace("problem: Problem", "problem: Group"))
    desk.spec(**SPEC)
    assert "generate.0.politely: its first argument must be a Problem" in build_here(desk)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"wanted": 5}, "filters.0.counting.wanted: should be a valid string (it is 5)"),
        ({"wnated": "x"}, "filters.0.counting.wnated: unknown setting 'wnated'; did you mean"),
        ({"sample": "x"}, "filters.0.counting.sample: unknown setting 'sample'"),
    ],
)
def test_the_settings_of_a_plugin_are_checked_like_ours(
    desk: Desk, settings: dict[str, Any], told: str
) -> None:
    (desk.folder / "mine.py").write_text(MINE)
    desk.spec(**{**SPEC, "filters": [{"counting": settings}]})
    assert f"spec.yaml: {told}" in build_here(desk)


def test_two_plugins_of_one_file_name_are_two(desk: Desk) -> None:
    one_filter(desk, "return keep()")
    (desk.folder / "more").mkdir()
    text = (desk.folder / "mine.py").read_text()
    (desk.folder / "more" / "mine.py").write_text(text.replace("def mine", "def also"))
    spec = json.loads((desk.folder / "spec.yaml").read_text())
    desk.spec(**{**spec, "use": ["mine.py", "more/mine.py"], "filters": ["mine", "also"]})
    assert build_here(desk) == ""
    assert desk.ledger()["filters also"]["kept"] == 6


def test_a_plugin_in_a_pipe_needs_no_spec(desk: Desk) -> None:
    one_filter(desk, "return keep() if '2' in sample.response else reject('no_two')")
    told = desk.factory("filter", "mine", "--use", "mine.py", "--file", "rows.jsonl")
    outcomes = [json.loads(line)["verdict"]["outcome"] for line in told.stdout.splitlines()]
    assert outcomes == ["reject", "reject", "keep", "reject", "reject", "reject"]
    assert told.stderr == "mine: 6 judged, 1 kept  no_two 5\n"
