"""The registry: names, settings and their types, and what a wrong one is told."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import TypeAdapter, ValidationError

from filters.verdict import Group, Verdict, keep
from generators import registry
from generators.errors import UserError
from generators.records import Problem, Row, Sample
from generators.registry import (
    Count,
    EarlierFilter,
    Entry,
    Seconds,
    Share,
    Table,
    entries,
    explain,
    find,
    nearest,
    register,
)


@pytest.fixture(autouse=True)
def _own_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is gone after it."""
    tables = {table: dict(known) for table, known in registry._tables.items()}
    monkeypatch.setattr(registry, "_tables", tables)


def careful(
    sample: Sample,
    *,
    wanted: str,
    at_least: Share = 0.5,
    most: Count = 4,
    seconds: Seconds = 1.5,
    prefer: Literal["shortest", "longest"] = "shortest",
    strict: bool = True,
    words: list[str] | None = None,
    by: EarlierFilter = "verify",
) -> Verdict:
    """Keeps what is careful.

    The second paragraph.
    """
    return keep()


def added(function: Any, table: Table = "filter") -> Entry:
    register(table)(function)
    return find(table, function.__name__)


def test_a_function_is_found_under_its_own_name_and_left_as_it_is() -> None:
    assert register("filter")(careful) is careful
    entry = find("filter", "careful")
    assert (entry.table, entry.name, entry.function) == ("filter", "careful", careful)
    assert (entry.version, entry.decide, entry.needs) == (1, None, "")
    assert entry.doc.splitlines() == ["Keeps what is careful.", "", "The second paragraph."]
    assert entry in entries("filter")
    assert "careful" not in [e.name for t in ("source", "generator", "backend") for e in entries(t)]


def test_what_the_decorator_is_told_stands_in_the_entry() -> None:
    def decide(signatures: Any) -> Any: ...

    register("filter", version=3, decide=decide, needs="gym")(careful)
    entry = find("filter", "careful")
    assert (entry.version, entry.decide, entry.needs) == (3, decide, "gym")


def test_entries_are_in_the_order_of_names() -> None:
    names = [entry.name for entry in entries("filter")]
    assert names == sorted(names)
    assert len(names) == len(set(names))


def test_settings_are_the_keyword_only_arguments_with_their_defaults() -> None:
    checked = added(careful).check({"wanted": "x"}, "here")
    assert checked == {
        "wanted": "x",
        "at_least": 0.5,
        "most": 4,
        "seconds": 1.5,
        "prefer": "shortest",
        "strict": True,
        "words": None,
        "by": "verify",
    }


@pytest.mark.parametrize(
    ("settings", "name", "wanted"),
    [
        ({"at_least": 0}, "at_least", 0.0),
        ({"at_least": 1}, "at_least", 1.0),
        ({"at_least": 1e-4}, "at_least", 1e-4),
        ({"most": 1}, "most", 1),
        ({"seconds": 1e-9}, "seconds", 1e-9),
        ({"prefer": "longest"}, "prefer", "longest"),
        ({"strict": False}, "strict", False),
        ({"words": ["a", "b"]}, "words", ["a", "b"]),
        ({"words": None}, "words", None),
    ],
)
def test_right_settings_are_taken(settings: dict[str, Any], name: str, wanted: Any) -> None:
    assert added(careful).check({"wanted": "x", **settings}, "here")[name] == wanted


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"at_lest": 0.5}, "here.at_lest: unknown setting 'at_lest'; did you mean 'at_least'?"),
        ({"onyl": []}, "here.onyl: unknown setting 'onyl'; did you mean 'only'?"),
        ({"zzz": 1}, "here.zzz: unknown setting 'zzz'; there is at_least, by, most, only, prefer, "
                     "seconds, strict, wanted, words"),
        ({"sample": 1}, "here.sample: unknown setting 'sample'"),
        ({"at_least": 1.01}, "here.at_least: should be less than or equal to 1 (it is 1.01)"),
        ({"at_least": -0.01}, "here.at_least: should be greater than or equal to 0 (it is -0.01)"),
        ({"at_least": "0.5"}, "here.at_least: should be a valid number (it is '0.5')"),
        ({"at_least": True}, "here.at_least: should be a valid number (it is True)"),
        ({"at_least": None}, "here.at_least: should be a valid number (it is None)"),
        ({"at_least": [0.5]}, "here.at_least: should be a valid number"),
        ({"most": 0}, "here.most: should be greater than or equal to 1 (it is 0)"),
        ({"most": 2.0}, "here.most: should be a valid integer (it is 2.0)"),
        ({"most": "2"}, "here.most: should be a valid integer (it is '2')"),
        ({"most": True}, "here.most: should be a valid integer (it is True)"),
        ({"seconds": 0}, "here.seconds: should be greater than 0 (it is 0)"),
        ({"prefer": "shorest"}, "here.prefer: 'shorest' is not one of the words allowed; "
                                "did you mean 'shortest'?"),
        ({"prefer": 3}, "here.prefer: '3' is not one of the words allowed; "
                        "there is longest, shortest"),
        ({"strict": "no"}, "here.strict: should be a valid boolean (it is 'no')"),
        ({"strict": 1}, "here.strict: should be a valid boolean (it is 1)"),
        ({"words": "a"}, "here.words: should be a valid list (it is 'a')"),
        ({"words": ["a", 2]}, "here.words.1: should be a valid string (it is 2)"),
        ({"wanted": 5}, "here.wanted: should be a valid string (it is 5)"),
    ],
)  # fmt: skip
def test_wrong_settings_are_refused_with_path_and_mend(settings: dict[str, Any], told: str) -> None:
    entry = added(careful)
    with pytest.raises(UserError) as refused:
        entry.check({"wanted": "x", **settings}, "here", also=["only"])
    assert str(refused.value).startswith(told)


def test_a_setting_without_default_must_be_given() -> None:
    with pytest.raises(UserError, match=r"^here\.wanted: is missing$"):
        added(careful).check({}, "here")


def test_a_default_is_held_to_its_own_type() -> None:
    def generous(sample: Sample, *, share: Share = 1.5) -> Verdict:
        return keep()

    with pytest.raises(UserError, match="share: should be less than or equal to 1"):
        added(generous).check({}, "here")


def test_an_earlier_filter_is_one_that_stands_before() -> None:
    entry = added(careful)
    given = {"wanted": "x", "by": "verify"}
    assert entry.check(given, "here", filters=["complete", "verify"])["by"] == "verify"
    # Without a spec, as in `factory filter`, nothing is known of other filters.
    assert entry.check(given, "here")["by"] == "verify"
    with pytest.raises(UserError, match=r"here\.by: the filter 'verify' must stand earlier"):
        entry.check(given, "here", filters=["complete"])
    # The default is no better than what is written.
    with pytest.raises(UserError, match=r"here\.by: the filter 'verify' must stand earlier"):
        entry.check({"wanted": "x"}, "here", filters=[])
    with pytest.raises(UserError, match=r"'verfy' must .* did you mean 'verify'\?"):
        entry.check({"wanted": "x", "by": "verfy"}, "here", filters=["complete", "verify"])


def of_sample(sample: Sample) -> Verdict: ...
def of_problem(problem: Problem) -> Verdict: ...
def of_group(group: Group) -> dict[str, Verdict]: ...
def of_either(record: Problem | Sample) -> Verdict: ...
def of_text(record: "Sample") -> Verdict: ...
def of_row(row: Row) -> None: ...
def of_nothing(*, setting: Count = 1) -> None: ...


@pytest.mark.parametrize(
    ("function", "judged"),
    [
        (of_sample, {Sample}),
        (of_problem, {Problem}),
        (of_group, {Group}),
        (of_either, {Problem, Sample}),
        (of_text, {Sample}),
        (of_row, set()),
        (of_nothing, set()),
    ],
)
def test_what_a_filter_judges_is_the_type_of_its_first_parameter(
    function: Any, judged: set[type]
) -> None:
    entry = added(function)
    assert {record for record in (Problem, Sample, Group) if entry.judges(record)} == judged


def test_what_a_function_reads_is_the_type_of_its_first_parameter() -> None:
    assert added(of_row, "generator").reads == Row
    assert added(of_problem, "generator").reads is Problem
    assert added(of_nothing, "generator").reads is None


def test_a_misspelt_name_gets_the_nearest() -> None:
    with pytest.raises(UserError, match=r"^f\.1: no filter called 'pas_rate'; .*'pass_rate'\?$"):
        find("filter", "pas_rate", "f.1")
    with pytest.raises(UserError, match=r"^no backend called 'zzzzz'; there is .*scripted.*$"):
        find("backend", "zzzzz")


@pytest.mark.parametrize(
    ("word", "known", "told"),
    [
        ("verfy", ["verify", "complete"], "; did you mean 'verify'?"),
        ("VERIFY", ["verify", "complete"], "; there is complete, verify"),
        ("", ["b", "a"], "; there is a, b"),
        ("x", [], ""),
    ],
)
def test_the_nearest_word(word: str, known: list[str], told: str) -> None:
    assert nearest(word, known) == told


TWO_OF_A_NAME = """
from filters import Sample, Verdict, keep, register

@register("filter")
def {name}(sample: Sample) -> Verdict:
    \"\"\"{doc}\"\"\"
    return keep()
"""


def imported(path: Path, name: str, doc: str) -> None:
    path.write_text(TWO_OF_A_NAME.format(name=name, doc=doc))
    described = importlib.util.spec_from_file_location(path.stem, path)
    assert described is not None
    assert described.loader is not None
    described.loader.exec_module(importlib.util.module_from_spec(described))


def test_a_name_twice_is_refused_and_both_places_are_named(tmp_path: Path) -> None:
    imported(tmp_path / "one.py", "mine", "one")
    with pytest.raises(UserError) as refused:
        imported(tmp_path / "two.py", "mine", "two")
    told = str(refused.value)
    assert told.startswith("filter 'mine' is defined twice")
    assert str(tmp_path / "one.py") in told
    assert str(tmp_path / "two.py") in told
    assert find("filter", "mine").doc == "one"


def test_a_built_in_name_is_taken(tmp_path: Path) -> None:
    before = find("filter", "complete")
    with pytest.raises(UserError, match="'complete' is defined twice"):
        imported(tmp_path / "one.py", "complete", "another")
    assert find("filter", "complete") is before


def test_the_same_file_again_is_no_second_definition(tmp_path: Path) -> None:
    imported(tmp_path / "one.py", "mine", "first")
    imported(tmp_path / "one.py", "mine", "again")
    assert find("filter", "mine").doc == "again"


def test_one_name_may_stand_in_two_tables() -> None:
    assert added(of_row, "source") != added(of_row, "generator")


def untyped_record(sample, *, most: Count = 1): ...  # type: ignore[no-untyped-def]
def untyped_setting(sample: Sample, *, most=1) -> Verdict: ...  # type: ignore[no-untyped-def]


@pytest.mark.parametrize(
    ("function", "argument"), [(untyped_record, "sample"), (untyped_setting, "most")]
)
def test_an_argument_without_a_type_is_refused_by_name(function: Any, argument: str) -> None:
    with pytest.raises(UserError, match=f"^filter '{function.__name__}': .*'{argument}' has no"):
        register("filter")(function)


@pytest.mark.parametrize(
    ("hint", "given", "told"),
    [
        (Count | dict[str, Count], "ten", "q: should be a valid integer (it is 'ten')"),
        (Count | dict[str, Count], {"math": 0}, "q.math: should be greater than or equal to 1"),
        (dict[str, Count | dict[str, Count]], {"s": {"m": "x"}}, "q.s.m: should be a valid int"),
        (dict[str, str | list[str]], {"f": ["a", 5]}, "q.f.1: should be a valid string (it is 5)"),
        (list[str | dict[str, Any]], ["a", 5], "q.1: should be a valid string (it is 5)"),
        (dict[str, str], {"str": 5}, "q.str: should be a valid string"),
    ],
)
def test_a_path_names_only_what_stands_in_the_spec(hint: Any, given: Any, told: str) -> None:
    # pydantic puts names such as "constrained-int" in for the members of a union.
    with pytest.raises(ValidationError) as wrong:
        TypeAdapter(hint).validate_python(given, strict=True)
    assert explain(wrong.value, "q", given).startswith(told)


def _all() -> Iterator[Entry]:
    import filters  # noqa: F401  for what it registers
    import generators  # noqa: F401

    for table in ("source", "generator", "backend", "filter"):
        yield from entries(table)


@pytest.mark.parametrize("entry", list(_all()), ids=lambda e: f"{e.table}-{e.name}")
def test_every_built_in_is_documented_and_its_defaults_hold(entry: Entry) -> None:
    first = entry.doc.splitlines()[0] if entry.doc else ""
    assert len(first) > 20
    assert "  " not in first
    required = [n for n, f in entry.settings.model_fields.items() if f.is_required()]
    if not required:
        entry.check({}, "here")
