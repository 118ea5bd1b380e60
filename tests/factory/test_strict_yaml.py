"""What a spec's YAML means, what is refused, and that what is written reads back the same."""

import functools
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory import strict_yaml
from generators.errors import UserError

SCALARS: list[tuple[str, Any]] = [
    # What YAML 1.1 takes for something else than what is written.
    ("no", "no"),
    ("yes", "yes"),
    ("on", "on"),
    ("off", "off"),
    ("y", "y"),
    ("N", "N"),
    ("012", "012"),
    ("007.5", "007.5"),
    ("0x1F", "0x1F"),
    ("0o17", "0o17"),
    ("0b1", "0b1"),
    ("1_000", "1_000"),
    ("12:30:45", "12:30:45"),
    ("2026-07-01", "2026-07-01"),
    ("1.2.3", "1.2.3"),
    (".inf", ".inf"),
    (".nan", ".nan"),
    ("=", "="),
    ("<<", "<<"),
    # Numbers.
    ("1e-4", 1e-4),
    ("1E5", 1e5),
    ("-3e+2", -300.0),
    ("1.", 1.0),
    (".5", 0.5),
    ("-.5e1", -5.0),
    ("3.0e-6", 3e-6),
    ("0.98", 0.98),
    ("0", 0),
    ("-7", -7),
    ("+7", 7),
    ("9223372036854775807", 2**63 - 1),
    # Numbers in quotes are text.
    ("'1e-4'", "1e-4"),
    ('"12"', "12"),
    ("'true'", "true"),
    ("'null'", "null"),
    # The words that are no text, and near ones that are.
    ("true", True),
    ("False", False),
    ("tRue", "tRue"),
    ("null", None),
    ("~", None),
    ("", None),
    ("nil", "nil"),
    # Text.
    ("1e", "1e"),
    ("e5", "e5"),
    ("推理", "推理"),
    ('"\\U0001F600"', "😀"),
    ("[no, on, 1e-4]", ["no", "on", 1e-4]),
    ("[" * 50 + "]" * 50, functools.reduce(lambda inner, _: [inner], range(49), [])),
    ("{on: 1, no: 2}", {"on": 1, "no": 2}),
]


def load(tmp_path: Path, text: str | bytes) -> Any:
    path = tmp_path / "some.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return strict_yaml.load(path)


@pytest.mark.parametrize(("text", "wanted"), SCALARS)
def test_a_value_is_what_stands_there(tmp_path: Path, text: str, wanted: Any) -> None:
    got = load(tmp_path, f"key: {text}\n")["key"]
    assert got == wanted
    assert type(got) is type(wanted)


REFUSED: list[tuple[str, str | bytes, str]] = [
    ("a key twice", "a: 1\nb: 2\na: 3\n", "line 3: the key 'a' stands twice"),
    ("a key twice, deep", "x:\n  - {a: 1, a: 1}\n", "line 2: the key 'a' stands twice"),
    ("a key twice, in quotes once", "a: 1\n'a': 2\n", "line 2: the key 'a' stands twice"),
    ("a number as key", "1: a\n", "line 1: the key 1 is not a word; put it in quotes"),
    ("true as key", "true: a\n", "line 1: the key True is not a word"),
    ("null as key", "? \n: a\n", "the key None is not a word"),
    ("a list as key", "? [a]\n: b\n", "the key ['a'] is not a word"),
    ("an alias", "a: [1]\nb: *a\n", "line 2: aliases (*name) are not allowed"),
    ("an anchor", "a: &x [1]\n", "line 1: anchors (&name) are not allowed"),
    ("a merge", "a: {b: 1}\nc:\n  <<: *a\n", "line 3: aliases (*name) are not allowed"),
    ("a tag of Python", "a: !!python/name:os.system\n", "line 1: tags (!name) are not allowed"),
    ("a tag of YAML", "a: 1\nb: !!int '0x10'\n", "line 2: tags (!name) are not allowed"),
    ("a tag with a bad value", "a: !!timestamp soon\n", "line 1: tags (!name) are not allowed"),
    ("a tag of one's own", "a: !secret x\n", "line 1: tags (!name) are not allowed"),
    ("a tag of a tag", "%TAG ! tag:yaml.org,2002:\n---\na: !int '1'\n", "line 3: tags (!name)"),
    ("a tab", "a:\n\tb: 1\n", "line 2: found character '\\t'"),
    ("an open bracket", "a: [1, 2\nb: 3\n", "line "),
    ("an open quote", "a: 'b\n", "line "),
    ("two documents", "a: 1\n---\nb: 2\n", "line 2: "),
    ("a number of 5000 digits", "a: 1\nb: " + "9" * 5000, "line 2: 99999999999999999999..."),
    ("a number of 65 bits", "a: 9223372036854775808", "line 1: 9223372036854775808"),
    ("an infinite number", "a: 1e999", "line 1: 1e999 is too large a number"),
    ("half a surrogate pair", 'a: "\\ud83d"', "line 1: an escape such as \\ud83d is half a pair"),
    ("both halves of one", 'a: "\\ud83d\\ude00"', "line 1: an escape such as"),
    ("a NUL byte", b"a: b\0c\n", "#x0000"),
    ("Latin-1", "a: caf\xe9\n".encode("latin-1"), "is not UTF-8 text"),
    ("UTF-16", "a: b\n".encode("utf-16"), "is not UTF-8 text"),
    ("51 brackets", "a: " + "[" * 51 + "]" * 51, "line 1: is nested too deeply"),
    ("100,000 dashes", "- " * 100_000, "is nested too deeply"),
    ("2 MB", "a: b\n" + "#" * (2 << 20), "a spec of 2,097,157 bytes; at most 1,048,576"),
]


@pytest.mark.parametrize(
    ("text", "wanted"), [row[1:] for row in REFUSED], ids=lambda v: str(v)[:30]
)
def test_what_is_not_sound_is_refused_in_one_line(
    tmp_path: Path, text: str | bytes, wanted: str
) -> None:
    with pytest.raises(UserError) as refused:
        load(tmp_path, text)
    told = str(refused.value)
    assert told.startswith(f"{tmp_path / 'some.yaml'}: ")
    assert wanted in told
    assert len(told.splitlines()) == 1


def test_a_billion_laughs_are_refused_at_the_first(tmp_path: Path) -> None:
    lines = ["a: &a [lol]"]
    for of, name in pairwise("abcdefghij"):
        lines.append(f"{name}: &{name} [{', '.join([f'*{of}'] * 9)}]")
    with pytest.raises(UserError, match="line 1: anchors"):
        load(tmp_path, "\n".join(lines))


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    assert load(tmp_path, b"\xef\xbb\xbfname: x\n") == {"name": "x"}


@pytest.mark.parametrize("make", [lambda p: None, lambda p: p.mkdir()], ids=["absent", "a folder"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, make: Any) -> None:
    path = tmp_path / "gone.yaml"
    make(path)
    with pytest.raises(UserError, match=r"gone\.yaml: "):
        strict_yaml.load(path)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("0.9", 0.9),
        ("1e-3", 1e-3),
        ("true", True),
        ("no", "no"),
        ("[a, 2]", ["a", 2]),
        ("{a: 1}", {"a": 1}),
        ("", None),
        ("a: b: c", "a: b: c"),
        ("two words", "two words"),
    ],
)
def test_a_setting_of_the_command_line_reads_as_in_a_spec(text: str, wanted: Any) -> None:
    got = strict_yaml.value(text)
    assert got == wanted
    assert type(got) is type(wanted)


_TEXT = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.from_regex(r"[-+~.0-9eEnoyNtrue!&*<=:?# ]{0,8}", fullmatch=True),
    st.sampled_from([text for text, _ in SCALARS] + ["\x85", "a\u2028b", "\ufeff", "a\nb\n", "\0"]),
)
_VALUES = st.recursive(
    st.one_of(
        _TEXT,
        st.integers(-(2**63), 2**63 - 1),
        st.floats(allow_nan=False, allow_infinity=False),
        st.booleans(),
        st.none(),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_TEXT, inner, max_size=3)),
    max_leaves=8,
)


@given(_VALUES)
def test_what_is_written_reads_back_as_the_same(
    tmp_path_factory: pytest.TempPathFactory, value: Any
) -> None:
    # The resolved spec in a run folder is a spec: `no`, 012 and "1e-4" must stay what they are.
    path = tmp_path_factory.getbasetemp() / "written.yaml"
    path.write_text(strict_yaml.dump(value), "utf-8", newline="")
    assert repr(strict_yaml.load(path)) == repr(value)


def test_the_same_list_twice_is_written_out_twice() -> None:
    shared = ["a", "b"]
    assert "&" not in strict_yaml.dump({"one": shared, "two": shared})
