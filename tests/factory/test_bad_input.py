"""Files as they are found: what can be read comes through as it was, the rest is counted and shown.

Every refused row has a reason; rows in = kept + refused; no row takes its neighbours with it.
"""

import gzip
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import ROOT, Desk

from factory import rows
from factory import show as showing
from factory.pipeline import planned
from generators.errors import Stopped, UserError


def shown(desk: Desk, name: str) -> list[str]:
    """What `factory show --rejected NAME` prints, row by row."""
    plan = rows.known(planned(desk.folder / "spec.yaml", desk.folder / "runs", None))
    assert plan is not None
    return [showing.row_as_text(row) for row in showing.bad_rows(plan, name, None, 100)]


OUTPUT = {"recorded": {"stream": "r", "from": ["mine"], "fields": {"finish": "=stop"}}}


def good(number: int, odd: str = "", **fields: Any) -> dict[str, Any]:
    """A row that is kept, with something odd in each of its texts."""
    return {
        "question": f"What is {number} plus {odd} one?",
        "answer": f"{number + 1}{odd}",
        "response": f"<think>\nI {odd} add.\n</think>\n\nIt is {odd} \\boxed{{{number + 1}}}.",
        **fields,
    }


def line(row: dict[str, Any], *, ascii: bool = False, end: bytes = b"\n") -> bytes:
    """A row as a line; with `ascii`, all that is not ASCII is escaped."""
    return json.dumps(row, ensure_ascii=ascii).encode() + end


ODD = [
    "", "a\0b", "\u2028\u2029", "\x85\x0b\x0c\x1c\x1d\x1e", "\x1b[31m\x7f", "é\u0301\ufeff", "\r\n",
    "\U0001f600\U0010ffff", "\ufffe\uffff", "\\u0000", "</think", '"', "x" * 100_000,
]  # fmt: skip
GOOD = [good(n, odd) for n, odd in enumerate(ODD)]

# Lines that are kept, written in unusual ways.
KEPT: list[tuple[bytes, dict[str, Any]]] = [
    *((line(row), row) for row in GOOD),
    *((line(row, ascii=True), row) for row in (good(100 + n, odd) for n, odd in enumerate(ODD))),
    (line(good(200), end=b"\r\n"), good(200)),
    (b" \t " + line(good(201), end=b" \r\n"), good(201)),
    (b"\xef\xbb\xbf" + line(good(202)), good(202)),
    (line(good(203)).replace(b"{", b'{"note": NaN, ', 1), good(203)),
    (line(good(204, extra={"deep": [[[{}]]]})), good(204)),
    (line({**good(205), "answer": 206}), {**good(205), "answer": "206"}),
    (line({**good(206), "answer": 0.5}), {**good(206), "answer": "0.5"}),
    (line({**good(207), "answer": 10**30}), {**good(207), "answer": "1" + "0" * 30}),
    (line({**good(208), "kind": None, "domain": None, "check": None}), good(208)),
    (line({**good(209), "model": None, "finish": None}), good(209)),
    (line(good(210)) + b"\n  \n\r\n", good(210)),  # lines with nothing in them are no rows
    (line({**good(211), "response": 212}), {**good(211), "response": "212"}),
]  # fmt: skip

BAD: list[tuple[bytes, str]] = [
    (b'{"question": "cut in the mid\n', "not_json"),
    (b'{"question": "half", "answer": "1"\n', "not_json"),
    (b'"question": "half", "answer": "1"}\n', "not_json"),
    (b"not even that\n", "not_json"),
    (line(good(1)).rstrip() + line(good(2)), "not_json"),
    (line(good(300)).replace(b"one?", b"\x00 one?"), "not_json"),
    (b"\x00\n", "not_json"),
    (b"\x00" * 5000 + b"\n", "not_json"),
    (b"[" * 100_000 + b"\n", "not_json"),
    (b"[" * 100_000 + b"]" * 100_000 + b"\n", "not_json"),
    (line(good(301, extra=json.loads("[" * 400 + "]" * 400))), "nested_too_deeply"),
    (b"[]\n", "not_an_object"),
    (line([good(1)]), "not_an_object"),  # type: ignore[arg-type]
    (b"null\n", "not_an_object"),
    (b'"text"\n', "not_an_object"),
    (line(good(302)).replace(b"one?", b"caf\xe9?"), "not_utf8"),
    (line(good(303)).replace(b"one?", b"\xed\xa0\xbd?"), "not_utf8"),
    (line(good(304)).replace(b"one?", b"\\ud83d?"), "lone_surrogate"),
    (line(good(305)).replace(b"It is", b"It \\udfff is"), "lone_surrogate"),
    (b'{"answer": "1", "response": "x"}\n', "no_question"),
    (line({**good(306), "question": None}), "no_question"),
    (line({**good(307), "question": " \n"}), "no_question"),
    (b'{"question": "Why?", "response": "x"}\n', "no_answer"),
    (line({**good(308), "answer": None}), "no_answer"),
    (line({**good(309), "answer": ""}), "no_answer"),
    (line({**good(310), "answer": "?"}).replace(b'"?"', b"NaN"), "no_answer"),
    # The first of them stands in the file already.
    (line({**good(0), "answer": "2"}), "gold_differs"),
]


def _interleaved() -> bytes:
    """All lines, kept and refused in turn, so that each refused one has kept neighbours."""
    kept, bad = [text for text, _ in KEPT], [text for text, _ in BAD]
    pairs = zip(kept, bad + [b""] * (len(kept) - len(bad)), strict=True)
    return b"".join(first + second for first, second in pairs) + b'{"question": "torn'


@pytest.fixture(scope="module")
def mixed(shared_desk: Desk) -> Desk:
    shared_desk.lines("rows.jsonl", [_interleaved()])
    shared_desk.lines("empty.jsonl", [])
    shared_desk.lines("blank.jsonl", [b"\n \r\n"])
    shared_desk.lines("rows.jsonl.gz", [line(good(400)), b"{\n", line(good(401), end=b"")])
    shared_desk.spec(
        sources={"mine": {"jsonl": ["*.jsonl", "rows.jsonl.gz"], "kind": "math", "language": "en"}},
        generate=[OUTPUT],
    )
    shared_desk.build(workers=2)
    return shared_desk


def test_what_is_good_comes_through_as_it_was(mixed: Desk) -> None:
    wanted = [row for _, row in KEPT] + [good(400), good(401)]
    made = {row["question"]: row for row in mixed.dataset()}
    assert len(made) == len(wanted)
    for row in wanted:
        found = made[row["question"]]
        assert found["answer"] == row["answer"]
        told = found["reasoning"], found["response"]
        if "<think>" in row["response"]:
            thought, response = row["response"].removeprefix("<think>\n").split("\n</think>\n\n")
            assert told == (thought, response)
            assert found["messages"][1]["content"] == row["response"]
        else:
            assert told == ("", row["response"])
        assert found["messages"][0] == {"role": "user", "content": row["question"]}


def test_each_refused_row_is_counted_under_its_reason(mixed: Desk) -> None:
    stage = mixed.ledger()["rows mine"]
    wanted = Counter(reason for _, reason in BAD)
    wanted["not_json"] += 2  # the torn last line, and the one in the packed file
    assert stage["failed"] == dict(wanted)
    assert stage["kept"] == len(KEPT) + 2
    assert stage["rows_in"] == stage["kept"] + sum(stage["failed"].values())


def test_each_refused_row_is_shown_with_its_place(mixed: Desk) -> None:
    told = mixed.factory("show", "--spec", "spec.yaml", "--rejected", "mine", "-n", 100).stdout
    heads = [text for text in told.splitlines() if not text.startswith(" ")]
    assert len(heads) == len(BAD) + 2
    lines = _interleaved().split(b"\n")
    for text, reason in BAD:
        number = lines.index(text.split(b"\n")[0]) + 1
        (head,) = [h for h in heads if h.startswith(f"rows.jsonl, line {number}: ")]
        assert f": {reason} (" in head
    assert any(h.startswith(f"rows.jsonl, line {len(lines)}: not_json") for h in heads)
    assert any(h.startswith("mine, line 2: not_json") for h in heads)
    assert all(text.isprintable() for text in told.splitlines())  # it must not drive a terminal


def test_refused_rows_are_shown_by_reason(mixed: Desk) -> None:
    words = ("show", "--spec", "spec.yaml", "--rejected", "mine", "--reason", "lone_surrogate")
    told = mixed.factory(*words).stdout
    assert told.count("lone_surrogate (") == 2
    assert "not_json" not in told
    assert mixed.factory(*words, "-n", 1).stdout.count("lone_surrogate (") == 1


def test_nothing_at_all_is_an_empty_dataset(desk: Desk) -> None:
    desk.lines("empty.jsonl", [])
    desk.spec(
        sources={"mine": {"jsonl": "empty.jsonl", "kind": "math"}},
        generate=[OUTPUT],
        filters=["complete", "verify", "dedup", "best_of"],
    )
    desk.quick_build()
    assert desk.dataset() == []
    assert desk.ledger()["rows mine"]["rows_in"] == 0
    assert (desk.folder / "runs/run/dataset/README.md").exists()
    desk.lines("empty.jsonl", [b"no row at all\n"] * 3)
    desk.quick_build()
    assert desk.ledger()["rows mine"]["failed"] == {"not_json": 3}


def test_kinds_in_the_rows(desk: Desk) -> None:
    desk.lines(
        "rows.jsonl",
        [
            good(1, kind="math"),
            good(2, kind="maths"),
            good(3, kind=""),
            good(4, kind=["math"]),
            good(5, kind=None),
            {**good(6, kind="general"), "answer": None},
            {**good(7, kind="choice", options=["a", "b"]), "check": "no JSON"},
            {**good(8, kind="choice", options=["a", "b"]), "check": '{"shuffled": true}'},
        ],
    )
    desk.spec(sources={"mine": {"jsonl": "rows.jsonl"}}, generate=[OUTPUT])
    desk.quick_build()
    assert desk.ledger()["rows mine"]["failed"] == {"unknown_kind": 4, "check_not_json": 1}
    assert sorted(row["kind"] for row in desk.dataset()) == ["choice", "general", "math"]


def test_duplicates_and_other_answers_to_one_question(desk: Desk) -> None:
    one = good(1)
    other = {**one, "response": one["response"].replace("add", "sum up")}
    desk.lines("rows.jsonl", [one, one, other, {**one, "answer": "3"}, good(2), one])
    desk.spec(
        sources={"mine": {"jsonl": "rows.jsonl", "kind": "math"}},
        generate=[OUTPUT],
        filters=["dedup"],
    )
    desk.quick_build()
    ledger = desk.ledger()
    assert (ledger["rows mine"]["kept"], ledger["rows mine"]["failed"]) == (5, {"gold_differs": 1})
    assert ledger["filters dedup"]["rejected"] == {"duplicate": 2}
    assert len(desk.dataset()) == 3
    (told,) = shown(desk, "mine")
    assert "rows.jsonl, line 4: gold_differs (line 1 has the same question" in told


# ---------------------------------------------------------------- long lines

MEASURED = """
import os, sys
child = os.fork()
if not child:
    os.execv(sys.executable, [sys.executable, "-m", "factory.cli", *sys.argv[1:]])
_, status, used = os.wait4(child, 0)
print(used.ru_maxrss >> 10)  # MiB
sys.exit(os.waitstatus_to_exitcode(status))
"""


def _peak(desk: Desk) -> int:
    """Build, and tell the largest size of any of its processes in MiB."""
    words = ["build", "--spec", "spec.yaml", "--workers", "1", "--quiet"]
    told = subprocess.run(
        [sys.executable, "-c", MEASURED, *words],
        cwd=desk.folder,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    return int(told.stdout)


def test_long_lines(desk: Desk) -> None:
    """10 MB are kept; 70 and 400 MB are refused, read past, and held in no process's memory."""
    ten = good(1, odd="long " * 500_000)
    path = desk.lines("rows.jsonl", [good(0), ten, good(2)])
    with path.open("ab") as out:
        for size in (70, 400):
            out.write(b'{"question": "Very long?", "answer": "1", "response": "')
            for _ in range(size):
                out.write(b"x" * 1_000_000)
            out.write(b'"}\n' + line(good(size)))
    desk.spec(sources={"mine": {"jsonl": "rows.jsonl", "kind": "math"}}, generate=[OUTPUT])
    peak = _peak(desk)
    made = {row["question"]: row for row in desk.dataset()}
    assert set(made) == {good(n)["question"] for n in (0, 2, 70, 400)} | {ten["question"]}
    assert made[ten["question"]]["messages"][1]["content"] == ten["response"]
    stage = desk.ledger()["rows mine"]
    assert (stage["kept"], stage["failed"]) == (5, {"row_too_long": 2})
    told = "\n".join(shown(desk, "mine"))
    assert "rows.jsonl, line 4: row_too_long (70,000,058 bytes; at most" in told
    assert "Very long?" in told
    assert len(told) < 2000
    assert peak < 550


# ---------------------------------------------------------------- outputs in files of their own


def _joined(desk: Desk, outputs: list[dict[str, Any] | bytes], **mine: Any) -> dict[str, Any]:
    """Build with outputs beside the problems; the ledger."""
    desk.lines("said.jsonl", outputs)
    desk.spec(
        sources={"mine": {"jsonl": "problems.jsonl", "kind": "math", **mine}},
        generate=[
            {
                "recorded": {
                    "stream": "r",
                    "from": ["mine"],
                    "outputs": {"jsonl": "said.jsonl"},
                    "fields": {"problem": "of", "response": "text", "finish": "=stop"},
                }
            }
        ],
    )
    desk.quick_build()
    return desk.ledger()


@pytest.mark.parametrize("by", ["question", "key", "number"])
def test_outputs_in_another_file(desk: Desk, by: str) -> None:
    names = [f"p-{n}" if by == "key" else n for n in range(5)]
    problems = [
        {"question": f"{n} and {n}?", "answer": str(2 * n), "uid": names[n]} for n in range(5)
    ]
    desk.lines("problems.jsonl", problems)
    names = [row["question"] for row in problems] if by == "question" else names
    outputs: list[dict[str, Any] | bytes] = [
        {"of": names[n], "text": f"<think>\n{n} {i}\n</think>\n\n{2 * n}"}
        for i in range(3)
        for n in (4, 0, 2)
    ]
    outputs += [
        {"of": "nobody asked", "text": "x"},
        {"of": "", "text": "x"},
        {"of": None, "text": "x"},
        {"text": "x"},
        {"of": names[1]},
        {"of": names[1], "text": None},
        b"torn {\n",
        line({"of": names[1], "text": "x"}).replace(b'"x"', b'"\\ud83d"'),
    ]
    mine = {} if by == "question" else {"fields": {"key": "uid"}}
    ledger = _joined(desk, outputs, **mine)
    assert ledger["rows mine"]["kept"] == 5
    (rows,) = [stage for name, stage in ledger.items() if name.startswith("rows recorded")]
    assert rows["rows_in"] == len(outputs)
    assert rows["rejected"] == {"no_problem": 4}
    assert rows["failed"] == {"not_json": 1, "lone_surrogate": 1}
    assert ledger["generate recorded r"]["failed"] == {"no_output": 2}
    made = sorted((row["question"], row["reasoning"], row["response"]) for row in desk.dataset())
    assert made == [(f"{n} and {n}?", f"{n} {i}", str(2 * n)) for n in (0, 2, 4) for i in range(3)]
    told = "\n".join(shown(desk, "recorded"))
    for place in (
        "line 10: no_problem", "line 13: no_problem", "line 14: no_output", "line 16: not_json"
    ):  # fmt: skip
        assert f"said.jsonl, {place}" in told
    assert "nobody asked" in told


def test_outputs_of_strange_types_do_not_end_a_build(desk: Desk) -> None:
    """Whatever stands where an output should: it is read as text, or refused with a reason."""
    values: list[Any] = [
        None, True, 0, -1.5, 10**25, "", " ", [], {}, ["a", 1], {"role": "user"},
        {"role": "assistant", "content": None}, {"content": [{"type": "image"}]},
        {"content": 5, "reasoning_content": []}, [[[]]],
    ]  # fmt: skip
    names = ("response", "reasoning", "message", "model", "finish", "prompt_tokens")
    rows = [{**good(n), name: value} for name in names for n, value in enumerate(values)]
    desk.lines("rows.jsonl", rows)
    desk.spec(
        sources={"mine": {"jsonl": "rows.jsonl", "kind": "math"}},
        generate=[{"recorded": {"stream": "r", "from": ["mine"]}}],
        filters=["complete", "think_format", "verify"],
    )
    desk.quick_build()
    ledger = desk.ledger()
    assert ledger["rows mine"]["kept"] == len(rows)
    made = ledger["generate recorded r"]
    assert made["kept"] + sum(made["failed"].values()) == len(rows)
    assert made["kept"] > len(rows) // 2
    assert not ledger["filters verify"]["failed"]


# ---------------------------------------------------------------- files that cannot be read


def _refused(desk: Desk, told: str, **source: Any) -> None:
    """A build ends with one line that says so."""
    desk.spec(sources={"mine": {"kind": "math", **source}}, generate=[OUTPUT])
    with pytest.raises(UserError) as error:
        desk.quick_build()
    message = str(error.value)
    assert told in message
    assert "\n" not in message
    assert len(message) < 600


@pytest.mark.parametrize("workers", [1, 2])
def test_a_file_that_cannot_be_read_is_one_line_and_exit_2(desk: Desk, workers: int) -> None:
    (desk.folder / "rows.parquet").write_bytes(b"not a parquet file")
    desk.spec(sources={"mine": {"kind": "math", "parquet": "*.parquet"}}, generate=[OUTPUT])
    err = desk.build("--quiet", workers=workers, exits=2).stderr
    assert err.startswith("factory: ")
    assert f"{desk.folder}/rows.parquet" in err
    assert err.count("\n") == 1, err


def test_a_missing_file(desk: Desk) -> None:
    _refused(desk, f"sources.mine.jsonl: no file at {desk.folder}/none.jsonl", jsonl="none.jsonl")
    _refused(desk, "none-*.parquet", parquet=["none-*.parquet"])
    assert not (desk.folder / "runs").exists()  # before any work


@pytest.mark.parametrize("cut", [5, 100, -9, -4, 0])
def test_a_torn_gz(desk: Desk, cut: int) -> None:
    path = desk.lines("rows.jsonl.gz", [good(n) for n in range(500)])
    path.write_bytes(path.read_bytes()[:cut])
    if cut == 0:
        _accepted_or_refused(desk, "rows.jsonl.gz")
    else:
        _refused(desk, str(path), jsonl="rows.jsonl.gz")


def _accepted_or_refused(desk: Desk, name: str) -> None:
    """A packed file of no bytes is an empty file to some tools and a torn one to others."""
    desk.spec(sources={"mine": {"kind": "math", "jsonl": name}}, generate=[OUTPUT])
    try:
        desk.quick_build()
    except (UserError, Stopped) as error:
        told = str(error)
    else:
        told = name
    assert name in told


@pytest.mark.parametrize("place", [12, 1000])
def test_a_flipped_byte_in_a_gz(desk: Desk, place: int) -> None:
    path = desk.lines("rows.jsonl.gz", [good(n) for n in range(500)])
    data = bytearray(path.read_bytes())
    data[place] ^= 255
    path.write_bytes(bytes(data))
    _refused(desk, str(path), jsonl="rows.jsonl.gz")


def test_a_gz_that_is_none(desk: Desk) -> None:
    path = desk.folder / "rows.jsonl.gz"
    path.write_bytes(line(good(1)))
    _refused(desk, str(path), jsonl="rows.jsonl.gz")


def test_a_gz_of_several_pieces_is_whole(desk: Desk) -> None:
    pieces = [gzip.compress(line(good(n))) for n in range(3)]
    (desk.folder / "rows.jsonl.gz").write_bytes(b"".join(pieces))
    desk.spec(sources={"mine": {"jsonl": "rows.jsonl.gz", "kind": "math"}}, generate=[OUTPUT])
    desk.quick_build()
    assert len(desk.dataset()) == 3


@pytest.mark.parametrize("data", [b"", b"PAR1", b"not a parquet file at all " * 20])
def test_a_parquet_file_that_is_none(desk: Desk, data: bytes) -> None:
    path = desk.folder / "rows.parquet"
    path.write_bytes(data)
    _refused(desk, str(path), parquet="rows.parquet")


def test_a_torn_parquet_file(desk: Desk) -> None:
    path = desk.folder / "rows.parquet"
    pq.write_table(pa.Table.from_pylist([good(n) for n in range(500)]), path)
    data = path.read_bytes()
    path.write_bytes(data[:-20])
    _refused(desk, str(path), parquet="rows.parquet")
    path.write_bytes(data[:200] + bytes(300) + data[500:])
    _refused(desk, str(path), parquet="rows.parquet")


def test_columns_that_a_parquet_file_has_not(desk: Desk) -> None:
    path = desk.folder / "rows.parquet"
    pq.write_table(pa.Table.from_pylist([good(1)]), path)
    _refused(desk, "nope", parquet="rows.parquet", columns=["question", "nope"])


def test_parquet_rows_are_refused_one_by_one_as_well(desk: Desk) -> None:
    rows = [good(1), {**good(2), "answer": None}, {**good(3), "question": ""}, good(4, "a\0b")]
    pq.write_table(pa.Table.from_pylist(rows), desk.folder / "rows.parquet")
    desk.spec(sources={"mine": {"parquet": "rows.parquet", "kind": "math"}}, generate=[OUTPUT])
    desk.quick_build()
    assert desk.ledger()["rows mine"]["failed"] == {"no_answer": 1, "no_question": 1}
    assert {row["question"] for row in desk.dataset()} == {good(1)["question"],
                                                           good(4, "a\0b")["question"]}  # fmt: skip


# ---------------------------------------------------------------- places that may not be written


@pytest.mark.parametrize(
    "change",
    [
        {"name": "../out"},
        {"name": "/tmp/out"},
        {"name": ".."},
        {"name": "a/b"},
        {"name": ".hidden"},
        {"name": ""},
        {"name": "x\0y"},
        {"name": "x" * 101},
        {"stream": "../out"},
        {"stream": "a/b"},
        {"stream": ".."},
        {"stream": ""},
    ],
)
def test_names_that_lead_out_of_the_run_folder(desk: Desk, change: dict[str, str]) -> None:
    desk.lines("rows.jsonl", [good(1)])
    step = {"recorded": {**OUTPUT["recorded"], **change}}
    step["recorded"].pop("name", None)
    desk.spec(
        **{"name": change.get("name", "run")},
        sources={"mine": {"jsonl": "rows.jsonl", "kind": "math"}},
        generate=[step],
    )
    with pytest.raises(UserError, match="stream" if "stream" in change else "name"):
        desk.quick_build()
    assert not (desk.folder / "runs").exists()


def test_links_that_lead_out_of_the_run_folder(desk: Desk) -> None:
    desk.lines("rows.jsonl", [good(1)])
    for name in ("out", "runs"):
        (desk.folder / name).mkdir()
    (desk.folder / "runs/run").symlink_to(desk.folder / "out")
    desk.spec(sources={"mine": {"jsonl": "rows.jsonl", "kind": "math"}}, generate=[OUTPUT])
    told = desk.build(exits=2).stderr
    assert told.startswith("factory: runs/run leads out of runs")
    assert list((desk.folder / "out").iterdir()) == []


@pytest.mark.parametrize("inner", ["samples", "rows", "dataset", "journal", "verdicts"])
def test_links_inside_that_lead_out_of_the_run_folder(desk: Desk, inner: str) -> None:
    desk.lines("rows.jsonl", [good(1)])
    (desk.folder / "out").mkdir()
    (desk.folder / "out" / "mine.txt").write_text("mine")
    (desk.folder / "runs/run").mkdir(parents=True)
    (desk.folder / "runs/run" / inner).symlink_to(desk.folder / "out")
    desk.spec(
        sources={"mine": {"jsonl": "rows.jsonl", "kind": "math"}},
        models={"m": {"backend": "scripted"}},
        generate=[OUTPUT, {"teacher": {"stream": "t", "from": ["mine"], "model": "m"}}],
        filters=["complete"],
    )
    with pytest.raises(UserError, match=f"{inner} leads out of"):
        desk.quick_build()
    assert [path.name for path in (desk.folder / "out").iterdir()] == ["mine.txt"]


def test_a_runs_folder_that_is_itself_a_link_is_fine(desk: Desk) -> None:
    desk.lines("rows.jsonl", [good(1)])
    (desk.folder / "disk").mkdir()
    (desk.folder / "runs").symlink_to("disk")
    desk.spec(sources={"mine": {"jsonl": "rows.jsonl", "kind": "math"}}, generate=[OUTPUT])
    desk.quick_build()
    assert len(desk.dataset("disk")) == 1


@pytest.mark.parametrize("runs", ["/proc/none", "/sys/none", "rows.jsonl"])
def test_a_folder_that_may_not_be_written(desk: Desk, runs: str) -> None:
    desk.lines("rows.jsonl", [good(1)])
    desk.spec(sources={"mine": {"jsonl": "rows.jsonl", "kind": "math"}}, generate=[OUTPUT])
    told = desk.build(runs=runs, exits=1).stderr
    assert told.startswith("factory: ")
    assert f"{runs}/run" in told
    assert told.count("\n") == 1


def test_few_open_files_are_enough(desk: Desk) -> None:
    """`ulimit -n 256`, with more input files than that; a part has rows of all of them."""
    for number in range(300):
        some = [good(i) for i in range(number * 3, number * 3 + 3)]
        desk.lines(f"rows-{number}.jsonl{'.gz' if number % 10 == 0 else ''}", some)
    desk.spec(
        sources={"mine": {"jsonl": ["rows-*.jsonl", "rows-*.jsonl.gz"], "kind": "math"}},
        models={"m": {"backend": "scripted"}},
        generate=[OUTPUT, {"teacher": {"stream": "t", "from": ["mine"], "model": "m"}}],
        filters=["complete", "verify", "dedup"],
    )
    told = subprocess.run(
        ["bash", "-c", 'ulimit -n 256; exec "$0" -m factory.cli build --spec spec.yaml --workers 2',
         sys.executable],
        cwd=desk.folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True,
        text=True,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    assert desk.ledger()["generate recorded r"]["kept"] == 900


def test_files_that_no_spec_names_are_not_touched(mixed: Desk) -> None:
    """Inputs are read and never written."""
    assert Path(mixed.folder / "rows.jsonl").read_bytes() == _interleaved()
    assert not [p for p in mixed.folder.iterdir() if p.suffix not in (".jsonl", ".gz", ".yaml", "")]
