"""Rows of files: which are refused and why, how fields are found, what every source yields."""

import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from generators.errors import BadRow
from generators.json_rows import DEEPEST, field, parse_row, text_of
from generators.mapping import read_problem
from generators.records import problem_id
from generators.registry import find
from generators.sources import from_environment, hub, matching, parquet, pin_revision

MATH = {"kind": "math"}


def _nested(depth: int) -> bytes:
    return b'{"a": ' + b"[" * depth + b"]" * depth + b"}"


@pytest.mark.parametrize(
    ("line", "row"),
    [
        (b'{"a": 1}', {"a": 1}),
        (b'{"a": 1}\r\n', {"a": 1}),
        (b'  {"a": [1, 2.5, null, true]}  ', {"a": [1, 2.5, None, True]}),
        (b"{}", {}),
        # What is text stays text, however odd.
        (b'{"a": "x\\u0000y"}', {"a": "x\0y"}),
        ('{"a": "x\u2028\u2029\x85y"}'.encode(), {"a": "x\u2028\u2029\x85y"}),
        (b'{"a": "\\ud83d\\ude00"}', {"a": "😀"}),
        # What Python writes and JSON has not: there is no such number, so there is no value.
        (b'{"a": NaN, "b": 1}', {"a": None, "b": 1}),
        (b'{"a": -Infinity, "b": "NaN"}', {"a": None, "b": "NaN"}),
        # A whole number is exact, however long.
        (b'{"a": 18446744073709551615}', {"a": 2**64 - 1}),
        (b'{"a": 123456789012345678901234567890}', {"a": 123456789012345678901234567890}),
        (b'{"a": -98765432109876543210}', {"a": -98765432109876543210}),
    ],
)
def test_rows_that_are_read(line: bytes, row: dict[str, Any]) -> None:
    assert parse_row(line) == row


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"", "not_json"),
        (b'{"a": 1', "not_json"),
        (b'{"a": "cut in the mid', "not_json"),
        (b'{"a": 1}{"a": 2}', "not_json"),
        (b"{'a': 1}", "not_json"),
        (b'{"a": 1,}', "not_json"),
        (b'{"a": "raw \x00 byte"}', "not_json"),
        (b'{"a": "raw \t tab"}', "not_json"),
        (b"[1, 2]", "not_an_object"),
        (b'"text"', "not_an_object"),
        (b"null", "not_an_object"),
        (b"NaN", "not_an_object"),
        (b'{"a": "caf\xe9"}', "not_utf8"),
        (b'{"a": "\xed\xa0\xbd"}', "not_utf8"),
        ('{"a": 1}'.encode("utf-16"), "not_utf8"),
        (b'{"a": "\\ud83d"}', "lone_surrogate"),
        (b'{"a": "\\ude00\\ud83d"}', "lone_surrogate"),
        (b'{"\\ud83d": 1}', "lone_surrogate"),
        (b'{"a": NaN, "b": ["\\udfff"]}', "lone_surrogate"),
        (b"[" * 100_000 + b"]" * 100_000, "not_json"),
        (b"[" * 100_000, "not_json"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not_json"),
    ],
)
def test_rows_that_are_refused(line: bytes, reason: str) -> None:
    with pytest.raises(BadRow) as told:
        parse_row(line)
    assert told.value.reason == reason
    assert len(told.value.detail) < 300


@pytest.mark.parametrize("depth", [5, 199, 200, 260, 500, 985, 1000, 1100, 5000])
@pytest.mark.parametrize("other", [b"", b'"b": NaN, ', b'"b": 123456789012345678901, '])
def test_a_row_that_is_read_can_be_written_as_text(depth: int, other: bytes) -> None:
    """Parsers and writers give up at different depths; between them no row may end a build."""
    line = _nested(depth).replace(b"{", b"{" + other)
    if depth <= DEEPEST - 1:
        assert text_of(parse_row(line)).count("[") == depth
    else:
        with pytest.raises(BadRow) as told:
            parse_row(line)
        assert told.value.reason in ("not_json", "nested_too_deeply")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("plain", "x"),
        ("usage.tokens", 7),
        ("choices.0.text", "first"),
        ("choices.1.text", "second"),
        ("choices.2.text", None),
        ("choices.-1.text", None),
        ("choices.text", None),
        ("choices.²", None),
        ("plain.deeper", None),
        ("usage.absent", None),
        ("absent", None),
        ("", None),
        # A name with a dot in it comes before a path.
        ("dotted.name", "whole"),
        ("=stop", "stop"),
        ("=", ""),
        (["absent", "plain"], "x"),
        (["plain", "usage.tokens"], "x"),
        (["empty", "plain"], ""),
        (["nothing", "=constant"], "constant"),
        (["absent", "nothing"], None),
        ([], None),
    ],
)
def test_field_paths(path: str | list[str], value: object) -> None:
    row = {
        "plain": "x",
        "empty": "",
        "nothing": None,
        "usage": {"tokens": 7},
        "choices": [{"text": "first"}, {"text": "second"}],
        "dotted.name": "whole",
        "dotted": {"name": "in parts"},
    }
    assert field(row, path) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("", ""),
        (" as it is\n", " as it is\n"),
        (12, "12"),
        (-0.5, "-0.5"),
        (0, "0"),
        (True, "true"),
        (10**30, "1" + "0" * 30),
        (["a", 10**20], '["a",100000000000000000000]'),
        ({"é": [1, None]}, '{"é":[1,null]}'),
        (float("nan"), ""),
        (float("inf"), ""),
    ],
)
def test_a_field_as_text(value: object, text: str) -> None:
    assert text_of(value) == text


def test_a_problem_is_mapped_from_their_names_to_ours() -> None:
    row = {
        "prompt": "What is 2 + 2?",
        "gold": {"value": 4},
        "topic": "sums",
        "lang": "en",
        "extra": {"options": ["3", "4"], "turns": [{"role": "user", "content": "Hi"}]},
        "tests": '{"limit": 2}',
    }
    fields = {
        "question": "prompt",
        "answer": ["answer", "gold.value"],
        "domain": "topic",
        "language": "lang",
        "options": "extra.options",
        "check": "tests",
        "context": "extra.turns",
        "kind": "=math",
    }
    made = read_problem(row, "mine", fields, {})
    assert made.question == "What is 2 + 2?\n\nA. 3\nB. 4"
    assert (made.answer, made.kind) == ("4", "math")
    assert (made.domain, made.language, made.source) == ("sums", "en", "mine")
    assert json.loads(made.check) == {"limit": 2, "options": ["3", "4"]}
    assert json.loads(made.context) == [{"role": "user", "content": "Hi"}]
    assert made.id == problem_id("mine", made.question, made.context)


def test_what_a_row_does_not_say_comes_from_the_source() -> None:
    row = {"question": "What is the sum of two and two?", "answer": "4", "domain": "theirs"}
    plain = read_problem(row, "s", {}, MATH)
    assert (plain.domain, plain.language, plain.check, plain.context) == ("theirs", "en", "", "")
    told = read_problem(row, "s", {}, {"kind": "text", "domain": "ours", "language": "fr"})
    assert (told.kind, told.domain, told.language) == ("text", "ours", "fr")
    assert read_problem({"question": "q", "answer": "1"}, "s", {}, MATH).domain == "math"


@pytest.mark.parametrize(
    ("row", "kind", "reason"),
    [
        ({"answer": "4"}, "math", "no_question"),
        ({"question": None, "answer": "4"}, "math", "no_question"),
        ({"question": " \n\t", "answer": "4"}, "math", "no_question"),
        ({"question": "q"}, "math", "no_answer"),
        ({"question": "q", "answer": None}, "text", "no_answer"),
        ({"question": "q", "answer": "  "}, "choice", "no_answer"),
        ({"question": "q", "answer": float("nan")}, "math", "no_answer"),
        ({"question": "q", "answer": "1"}, "", "unknown_kind"),
        ({"question": "q", "answer": "1", "kind": "maths"}, "", "unknown_kind"),
        ({"question": "q", "answer": "1", "kind": ["math"]}, "", "unknown_kind"),
        (
            {"question": "q", "answer": "1", "options": ["a"], "check": "no"},
            "math",
            "check_not_json",
        ),
        (
            {"question": "q", "answer": "1", "options": ["a"], "check": [1]},
            "math",
            "check_not_json",
        ),
    ],
)
def test_rows_that_are_no_problem(row: dict[str, Any], kind: str, reason: str) -> None:
    with pytest.raises(BadRow) as told:
        read_problem(row, "s", {}, {"kind": kind})
    assert told.value.reason == reason


@pytest.mark.parametrize("kind", ["code", "json", "logic", "instruction", "general"])
def test_kinds_that_are_checked_otherwise_need_no_answer(kind: str) -> None:
    assert read_problem({"question": "q"}, "s", {}, {"kind": kind}).answer == ""


@pytest.mark.parametrize("value", [4, 4.0, 0, False, ["1", "2"], {"a": 1}])
def test_an_answer_may_be_any_value(value: object) -> None:
    made = read_problem({"question": "q", "answer": value}, "s", {}, MATH)
    assert json.loads(made.answer) == value


def test_the_refused_field_is_named_as_the_spec_maps_it() -> None:
    with pytest.raises(BadRow, match="prompt"):
        read_problem({"question": "unseen"}, "s", {"question": "prompt"}, MATH)


# ---------------------------------------------------------------- files


@pytest.fixture
def files(tmp_path: Path) -> Path:
    for name in ("b.jsonl", "a.jsonl", "deep/c.jsonl", "deep/er/d.jsonl", "a [1].jsonl"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("{}\n")
    (tmp_path / "x.jsonl").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("patterns", "names"),
    [
        (["a.jsonl"], ["a.jsonl"]),
        (["b.jsonl", "a.jsonl"], ["b.jsonl", "a.jsonl"]),
        (["[ab].jsonl"], ["a.jsonl", "b.jsonl"]),
        (["deep/*.jsonl"], ["deep/c.jsonl"]),
        (["deep/**/*.jsonl"], ["deep/c.jsonl", "deep/er/d.jsonl"]),
        (["${HERE_A}.jsonl"], ["a.jsonl"]),
        (["${NOT_SET_HERE:-deep}/c.jsonl"], ["deep/c.jsonl"]),
        (["${HERE_EMPTY:-b}.jsonl"], ["b.jsonl"]),
        # A folder that a pattern meets is no file, and no fault.
        (["?.jsonl"], ["a.jsonl", "b.jsonl"]),
        # A name that has a pattern's characters in it.
        (["a [1].jsonl"], ["a [1].jsonl"]),
    ],
)
def test_patterns(
    files: Path, monkeypatch: pytest.MonkeyPatch, patterns: list[str], names: list[str]
) -> None:
    monkeypatch.setenv("HERE_A", "a")
    monkeypatch.setenv("HERE_EMPTY", "")
    assert matching(patterns, files) == [str(files / name) for name in names]


def test_an_absolute_path_stands_for_itself(files: Path) -> None:
    assert matching([str(files / "a.jsonl")], Path("/nowhere")) == [str(files / "a.jsonl")]


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("absent.jsonl", "no file at .*absent.jsonl"),
        ("absent/*.jsonl", r"no file at .*absent/\*.jsonl"),
        ("x.jsonl", "no file at .*x.jsonl"),
        ("${NOT_SET_HERE}/a.jsonl", "set the environment variable NOT_SET_HERE"),
        ("${NOT_SET_HERE:-absent}/a.jsonl", "no file .* NOT_SET_HERE can name another folder"),
    ],
)
def test_a_pattern_that_leads_nowhere(files: Path, pattern: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        matching(["a.jsonl", pattern], files)


def test_from_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HERE_A", "${HERE_B}")
    assert from_environment("$HERE_A ${HERE_A} ${NO_SUCH:-}|${NO_SUCH:-x y}") == (
        "$HERE_A ${HERE_B} |x y"
    )


# ---------------------------------------------------------------- sources that yield rows

ROWS = [{"question": f"q {n}", "answer": str(n), "note": None if n % 2 else "x"} for n in range(9)]


def _parquet(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=2)
    return path


def test_parquet(tmp_path: Path) -> None:
    names = [str(_parquet(tmp_path / f"{n}.parquet", ROWS[n * 3 : n * 3 + 3])) for n in range(3)]
    assert list(parquet(names)) == ROWS
    assert list(parquet(names, columns=["answer"])) == [{"answer": row["answer"]} for row in ROWS]


def test_parquet_keeps_values_that_are_no_text(tmp_path: Path) -> None:
    rows = [{"n": 3, "list": [1, 2], "inner": {"a": "x"}, "whole": 2**60}]
    assert list(parquet([str(_parquet(tmp_path / "a.parquet", rows))])) == rows


@pytest.mark.parametrize("form", ["parquet", "jsonl", "jsonl.gz"])
def test_hub_reads_a_local_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    """As it is with the Hub, save that nothing is looked up."""
    monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "corpus"
    for split, rows in (("train", ROWS[:6]), ("test", ROWS[6:])):
        path = folder / f"{split}.{form}"
        if form == "parquet":
            _parquet(path, rows)
        else:
            text = "".join(json.dumps(row) + "\n" for row in rows).encode()
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(gzip.compress(text) if form.endswith("gz") else text)
    assert list(hub(str(folder))) == ROWS[:6]
    assert list(hub(str(folder), split="test")) == ROWS[6:]
    assert pin_revision(str(folder)) == ""


def test_sources_are_registered_with_their_settings() -> None:
    assert find("source", "parquet").check({}, "s") == {"columns": None}
    assert find("source", "hub").check({"split": "test"}, "s") == {
        "split": "test",
        "config": None,
        "revision": "",
    }
