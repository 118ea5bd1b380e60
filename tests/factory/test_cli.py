"""The command as a user meets it: what it prints where, exit statuses, pipes, hostile text."""

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import Desk

from factory import cli, show
from factory.listing import TABLES
from generators import registry
from generators.registry import entries

ROOT = Path(__file__).parent.parent.parent
ESCAPE = "\x1b[2J\x1b]0;owned\x07"


def said(question: str, answer: str, response: str, **more: Any) -> dict[str, Any]:
    return {"question": question, "answer": answer, "response": response, "finish": "stop", **more}


ROWS: list[Any] = [
    said("How much is 1+1?", "2", "<think>Two.</think>It is 2."),
    said("How much is 1+1?", "2", "<think>Two, I say, and I am sure.</think>It is 2."),
    said("How much is 1+1?", "2", "<think>Three.</think>It is 3."),
    said("How much is 2+2?", "4", "<think>Four.</think>It is 4."),
    said("How much is 3+3?", "6", "<think>Six", finish="length"),
    said("How much is 4+4?", "8", "It is 8."),
    said(f"How much is 5+5?{ESCAPE}", "10", f"<think>Ten{ESCAPE}.</think>{ESCAPE}It is 10.",
         model=f"red{ESCAPE}", finish="stop", domain=f"odd{ESCAPE}"),
    said("How much is 6+6?", "12", "<think>Cut.</think>It is 1", finish=f"odd{ESCAPE}"),
    b'{"question": "How much is 7+7?", "ans\n',
    b'{"question": "' + ESCAPE.encode() + b' torn\n',
    {"question": "How much is 8+8?", "response": "16"},
    {"question": "", "answer": "1", "response": "1"},
    {"question": "How much is 9+9?", "answer": "18"},
]  # fmt: skip
OUTPUTS = [
    said("", "", "<think>Four.</think>It is 4.", problem="How much is 2+2?"),
    said("", "", f"<think>Who asked?{ESCAPE}</think>No.", problem="Nobody asked this"),
]
SPEC = {
    "sources": {"mine": {"jsonl": "rows.jsonl", "kind": "math"}},
    "generate": [
        {"recorded": {"stream": "r", "from": ["mine"]}},
        {"recorded": {"stream": "o", "from": ["mine"], "outputs": {"jsonl": "outputs.jsonl"}}},
    ],
    "filters": ["complete", {"think_format": {"only": ["r"]}}, "verify", "dedup",
                {"best_of": {"keep_at_most": 1}}],
    "corpus": {"test": 0.2},
}  # fmt: skip


@pytest.fixture(scope="module")
def built(shared_desk: Desk) -> tuple[Desk, "subprocess.CompletedProcess[str]"]:
    """A desk with one build, and what the command said."""
    shared_desk.lines("rows.jsonl", ROWS)
    shared_desk.lines("outputs.jsonl", OUTPUTS)
    shared_desk.spec(**SPEC)
    return shared_desk, shared_desk.build()


@pytest.fixture
def call(built: tuple[Desk, Any], monkeypatch: pytest.MonkeyPatch, capfdbinary: Any) -> Any:
    """The command in this process and in the folder of the build: status, stdout, stderr."""
    monkeypatch.chdir(built[0].folder)
    tables = {table: dict(known) for table, known in registry._tables.items()}
    monkeypatch.setattr(registry, "_tables", tables)

    def run(*words: object, stdin: bytes = b"") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["factory", *map(str, words)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capfdbinary.readouterr()
        return int(ended.value.code or 0), out.decode(), err.decode()

    return run


def jsonl(*rows: Any) -> bytes:
    return b"".join(r if isinstance(r, bytes) else json.dumps(r).encode() + b"\n" for r in rows)


def verdicts(out: str) -> list[tuple[str, str]]:
    told = [json.loads(line)["verdict"] for line in out.splitlines()]
    return [(verdict["outcome"], verdict["reason"]) for verdict in told]


# ---------------------------------------------------------------- build, check, show


def test_a_build_says_what_became_of_the_rows(built: tuple[Desk, Any]) -> None:
    desk, done = built
    assert done.stdout == "dataset: runs/run/dataset\n"
    lines = dict(line.split(": ", 1) for line in done.stderr.splitlines())
    assert lines["rows mine"] == (
        "13 in, 9 kept, failed 4 (not_json 2, no_answer 1, no_question 1)"
    )
    assert lines["filters complete"].startswith("9 in, 7 kept, rejected 1 (cut_off 1), unknown 1")
    assert lines["filters think_format"] == "7 in, 6 kept, rejected 1 (no_thought 1)"
    assert lines["filters verify"] == "6 in, 5 kept, rejected 1 (wrong_answer 1)"
    assert lines["corpus"].startswith("3 in, 3 kept")
    assert {row["answer"] for row in desk.dataset()} == {"2", "4", "10"}


def test_what_is_piped_holds_no_escape_codes(built: tuple[Desk, Any], call: Any) -> None:
    _, done = built
    told = [done.stdout, done.stderr]
    for words in (
        ("check", "--spec", "spec.yaml"),
        ("list",),
        ("--help",),
        ("show", "--rejected", "verify", "--spec", "spec.yaml"),
        ("build", "--spec", "spec.yaml", "--workers", 1),
    ):
        told += call(*words)[1:]
    assert not any(re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", text) for text in told)


def test_quiet_says_nothing(built: tuple[Desk, Any], call: Any) -> None:
    assert call("build", "--spec", "spec.yaml", "--workers", 1, "--quiet") == (0, "", "")


def test_quiet_still_says_what_is_wrong(built: tuple[Desk, Any], call: Any) -> None:
    status, out, err = call("build", "--spec", "gone.yaml", "--quiet")
    assert (status, out, err) == (2, "", "factory: gone.yaml: there is no such file\n")


def test_check_tells_the_plan_before_and_after(built: tuple[Desk, Any], call: Any) -> None:
    status, out, err = call("check", "--spec", "spec.yaml", "--runs", "elsewhere")
    assert (status, err) == (0, "")
    assert "run: builds in elsewhere/run" in out
    assert re.search(r"mine +jsonl: 1 file, [\d,]+ bytes, 13 rows\n", out)
    assert re.search(r"filters: think_format \(r\) +to do\n", out)
    assert re.search(r"dataset +to do\n", out)
    assert "nothing is asked of a model: 0 requests" in out
    assert not Path("elsewhere").exists()
    status, out, _ = call("check", "--spec", "spec.yaml")
    assert status == 0
    assert "to do" not in out
    assert re.search(r"problems +1 of 1 parts done\n", out)
    assert re.search(r"generate: recorded \(o\) +1 of 1 parts done\n", out)
    assert re.search(r"filters: verify +1 of 1 parts done\n", out)
    assert re.search(r"dataset +3 samples\n", out)


def test_check_tells_what_asking_would_cost(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = (ROOT / "reasoning.yaml").read_text("utf-8")
    priced = spec.replace("wrong: 0.25", "wrong: 0.25, price: {input: 0.5, output: 2}", 1)
    (desk.folder / "spec.yaml").write_text(priced)
    out = desk.factory("check", "--spec", "spec.yaml", "--limit", 20).stdout
    assert re.search(r"made +procedural: \d+ rows, the first 20 taken\n", out)
    # Four samples of at most 32768 tokens, for two dollars a million.
    assert "teacher (reasoning): 20 problems, at most 80 requests, 24,000 + 2.6 M tokens" in out
    assert "time unknown, $5.25\n" in out


def test_a_limit_takes_the_first_rows_into_a_folder_of_its_own(
    built: tuple[Desk, Any], call: Any
) -> None:
    words = ("--spec", "spec.yaml", "--runs", "limited", "--limit", 4)
    status, out, err = call("build", "--workers", 1, *words)
    assert (status, out) == (0, "dataset: limited/run-first-4/dataset\n")
    assert "rows mine: 4 in, 4 kept\n" in err
    assert not Path("limited/run/dataset").exists()
    status, out, _ = call("show", "--rejected", "verify", *words)
    assert status == 0
    assert "It is 3." in out
    assert "the first 4 taken" in call("check", *words)[1]


def ids(desk: Desk) -> list[tuple[str, str, str]]:
    """Id of problem and of sample, and the answer, of what is in the dataset."""
    return [(row["problem"], row["id"], row["answer"]) for row in desk.dataset()]


def test_show_finds_a_sample_by_the_beginning_of_its_id(built: tuple[Desk, Any], call: Any) -> None:
    _, sample, answer = next(one for one in ids(built[0]) if one[2] == "4")
    status, out, _ = call("show", sample[:12], "--spec", "spec.yaml")
    assert status == 0
    assert out.startswith(f"sample    {sample}  (")
    assert f"\nanswer    {answer}\n" in out
    assert "\nquestion\n  How much is 2+2?\n" in out
    assert "\nreasoning\n  Four.\nresponse\n  It is 4.\n" in out
    judged = [line.split()[:2] for line in out.split("\nverdicts\n")[1].splitlines()]
    assert ["verify", "keep"] in judged
    assert ["corpus", "keep"] in judged
    assert "got 4, wanted 4" in out


def test_show_finds_a_problem_by_the_beginning_of_its_id(
    built: tuple[Desk, Any], call: Any
) -> None:
    problem, _, _ = next(one for one in ids(built[0]) if one[2] == "2")
    status, out, _ = call("show", problem[:12], "--spec", "spec.yaml")
    assert status == 0
    assert out.startswith(f"problem   {problem}  (mine, math, math, ")
    assert "\nquestion\n  How much is 1+1?\nanswer    2\n" in out
    assert "response" not in out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("zzz",), "no sample or problem has an id beginning with 'zzz' in runs/run"),
        (("",), "name an id, or --rejected FILTER"),
        (("abc", "--rejected", "verify"), "name an id, or --rejected FILTER"),
        (("--rejected", "verfy"), "no stage called 'verfy'; did you mean 'verify'?"),
        (("--rejected", "mien"), "no stage called 'mien'; did you mean 'mine'?"),
        (("abc", "--runs", "empty"), "spec.yaml: not built yet; run `factory build --spec spec."),
    ],
)
def test_show_says_what_it_cannot_find(
    built: tuple[Desk, Any], call: Any, words: tuple[str, ...], told: str
) -> None:
    status, out, err = call("show", *words, "--spec", "spec.yaml")
    assert (status, out) == (2, "")
    assert err.startswith(f"factory: {told}")
    assert len(err.splitlines()) == 1


def test_an_id_that_is_no_single_one_is_refused(built: tuple[Desk, Any], call: Any) -> None:
    found = [one for row in ids(built[0]) for one in row[:2]]
    start = next(d for d in "0123456789abcdef" if sum(i.startswith(d) for i in found) > 1)
    status, _, err = call("show", start, "--spec", "spec.yaml")
    assert status == 2
    assert re.fullmatch(rf"factory: \d+ ids begin with '{start}' in runs/run\n", err)


def test_show_what_a_filter_dropped(built: tuple[Desk, Any], call: Any) -> None:
    _, out, _ = call("show", "--rejected", "complete", "--spec", "spec.yaml")
    assert out.count("sample    ") == 2
    _, one, _ = call("show", "--rejected", "complete", "-n", 1, "--spec", "spec.yaml")
    assert one.count("sample    ") == 1
    _, out, _ = call("show", "--rejected", "complete", "--reason", "cut_off", "--spec", "spec.yaml")
    assert out.count("sample    ") == 1
    assert "How much is 3+3?" in out
    assert re.search(r"\n  complete +reject +cut_off ", out)
    status, out, err = call(
        "show", "--rejected", "complete", "--reason", "nothing", "--spec", "spec.yaml"
    )
    told = "complete has dropped nothing for 'nothing'; there is cut_off, finish_unknown\n"
    assert (status, out, err) == (0, "", told)


def test_show_the_clusters_of_duplicates(built: tuple[Desk, Any], call: Any) -> None:
    status, out, _ = call("show", "--clusters", "--spec", "spec.yaml")
    assert status == 0
    head, line = out.splitlines()
    assert head == "filters dedup: 5 records, 1 dropped; clusters: 1 of 2"
    kept, other = re.findall(r"\b[0-9a-f]{12,}\b", line)
    assert line == f"  {kept} is kept for 1, at least 1 like it: {other}"
    _, told, _ = call("show", other, "--spec", "spec.yaml")
    assert f"same text as {kept}\n" in told
    plain = [step for step in SPEC["filters"] if step != "dedup"]
    for filters, error in (
        (plain, "no filter of the spec is dedup"),
        ([{"dedup": {"threshold": 0.9}}], "filters dedup has not judged yet; run `factory build`"),
    ):
        built[0].spec("other.yaml", **{**SPEC, "filters": filters})
        status, out, err = call("show", "--clusters", "--spec", "other.yaml")
        assert (status, out) == (2, "")
        assert err.startswith(f"factory: {error}")


def test_many_clusters_are_counted_by_size() -> None:
    told = {
        "records": 12_345, "dropped": 61, "clusters": 13, "by_size": {2: 8, 4: 3, 10: 1, 30: 1},
        "largest": [{"kept": "a", "size": 30, "least": 0.871, "others": ["b"] * 10}],
    }  # fmt: skip
    assert show.clusters_as_text("problems dedup", told) == (
        "problems dedup: 12,345 records, 61 dropped; clusters: 8 of 2, 3 of 4, 2 of 10 or more\n"
        f"  a is kept for 29, at least 0.871 like it: {'b ' * 10}and 19 more"
    )


def test_show_the_rows_of_a_source_that_could_not_be_read(
    built: tuple[Desk, Any], call: Any
) -> None:
    _, out, _ = call("show", "--rejected", "mine", "--spec", "spec.yaml")
    places = re.findall(r"^rows\.jsonl, line (\d+): (\w+) \(", out, re.MULTILINE)
    assert places == [
        ("9", "not_json"), ("10", "not_json"), ("11", "no_answer"), ("12", "no_question")
    ]  # fmt: skip
    assert '  {"question": "How much is 7+7?", "ans\n' in out
    _, out, _ = call(
        "show", "--rejected", "mine", "--reason", "not_json", "-n", 1, "--spec", "spec.yaml"
    )
    assert out.count("rows.jsonl, line ") == 1


def test_show_outputs_that_answer_no_problem(built: tuple[Desk, Any], call: Any) -> None:
    _, out, _ = call(
        "show", "--rejected", "recorded", "--reason", "no_problem", "--spec", "spec.yaml"
    )
    assert out.startswith("outputs.jsonl, line 2: no_problem (")
    assert "Nobody asked this" in out


def test_text_that_would_drive_the_terminal_is_shown_and_not_obeyed(
    built: tuple[Desk, Any], call: Any
) -> None:
    told = []
    _, sample, _ = next(one for one in ids(built[0]) if one[2] == "10")
    told.append(call("show", sample, "--full", "--spec", "spec.yaml")[1])
    assert "\\x1b[2J\\x1b]0;owned\\x07It is 10." in told[0]
    for name in ("mine", "recorded", "complete", "verify", "best_of"):
        told.append(call("show", "--rejected", name, "-n", 50, "--spec", "spec.yaml")[1])
        assert told[-1]
    assert "\\ufffd" not in told[1]
    assert '  {"question": "\\x1b[2J\\x1b]0;owned\\x07 torn\n' in told[1]
    assert not any(re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", text) for text in told)


def test_a_long_text_is_cut_in_the_middle_unless_asked_for(desk: Desk) -> None:
    long = f"<think>{'a' * 3000}b{'c' * 3000}</think>It is 2."
    desk.lines("rows.jsonl", [said("How much is 1+1?", "2", long)])
    desk.lines("outputs.jsonl", OUTPUTS)
    desk.spec(**SPEC)
    desk.build()
    sample = desk.dataset()[0]["id"]
    short = desk.factory("show", sample, "--spec", "spec.yaml").stdout
    assert "[... 4801 characters; --full shows them ...]" in short
    assert "abc" not in short
    assert "abc" in desk.factory("show", sample, "--full", "--spec", "spec.yaml").stdout


# ---------------------------------------------------------------- exit statuses


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("build", "--spec", "gone.yaml"), "gone.yaml: there is no such file"),
        (("check", "--spec", "gone.yaml"), "gone.yaml: there is no such file"),
        (("show", "x", "--spec", "gone.yaml"), "gone.yaml: there is no such file"),
        (("check", "--spec", "rows.jsonl"), "rows.jsonl: "),
        (("filter", "verfy"), "no filter called 'verfy'; did you mean 'verify'?"),
        (("filter", "think_format", "requird=false"), "think_format.requird: unknown setting"),
        (("filter", "think_format", "required=no"), "think_format.required: should be a valid"),
        (("filter", "think_format", "required"), "'required': a setting is name=value"),
        (("filter", "best_of", "keep_at_most=0"), "best_of.keep_at_most: should be greater"),
        (("filter", "complete", "--file", "gone.jsonl"), "--file: no file at gone.jsonl"),
        (
            ("filter", "complete", "--file", "bad.parquet"),
            "bad.parquet cannot be read as Parquet: ",
        ),
        (("filter", "complete", "--field", "respnse=x"), "--field respnse: unknown field"),
        (("filter", "complete", "--field", "response"), "--field wants ours=theirs"),
        (("filter", "complete", "--kind", "maths"), "--kind 'maths': no such kind; did you mean"),
        (("filter", "complete", "--only", "kept"), "--only kept: keep, reject or unknown"),
        (("filter", "complete", "--use", "gone.py"), "--use.0: no file at gone.py"),
    ],
)
def test_a_mistake_is_one_line_and_status_2(
    built: tuple[Desk, Any], call: Any, words: tuple[str, ...], told: str
) -> None:
    Path("bad.parquet").write_bytes(b"PAR1 and nothing of it")
    status, out, err = call(*words, stdin=jsonl(ROWS[0]))
    assert (status, out) == (2, "")
    assert err.startswith(f"factory: {told}")
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    "words",
    [
        ("biuld",),
        ("build", "--speck", "x"),
        ("build", "--limit", "0"),
        ("build", "--workers", "0"),
        ("show", "x", "-n", "0"),
        ("filter",),
    ],
)
def test_a_wrong_word_on_the_command_line_is_status_2(
    built: tuple[Desk, Any], call: Any, words: tuple[str, ...]
) -> None:
    status, out, err = call(*words)
    assert (status, out) == (2, "")
    assert "Usage: " in err


def test_a_passed_limit_is_one_line_and_status_1(built: tuple[Desk, Any], call: Any) -> None:
    built[0].spec("strict.yaml", **{**SPEC, "name": "strict", "limits": {"failed": 0.1}})
    status, out, err = call("build", "--spec", "strict.yaml", "--workers", 1)
    assert (status, out) == (1, "")
    last = err.splitlines()[-1]
    assert last.startswith("factory: rows mine: 30.8% of 13 rows are failed, mostly not_json;")
    # What it says to do does it.
    advice = re.search(r"`factory (show --rejected \w+)`", last)
    assert advice is not None
    assert "no_answer" in call(*advice[1].split(), "--spec", "strict.yaml")[1]


def test_what_a_passed_limit_advises_is_there_to_be_seen(
    built: tuple[Desk, Any], call: Any
) -> None:
    built[0].lines("silent.jsonl", [{"question": "Who?", "answer": "me"}])
    sources = {"quiet": {"jsonl": "silent.jsonl", "kind": "text"}}
    generate = [{"recorded": {"stream": "r", "from": ["quiet"]}}]
    limits = {"failed": 0.0}
    built[0].spec("silent.yaml", name="silent", sources=sources, generate=generate, limits=limits)
    status, _, err = call("build", "--spec", "silent.yaml", "--workers", 1)
    assert status == 1
    assert err.splitlines()[-1].startswith("factory: generate recorded r: 100.0% of 1 rows")
    advice = re.search(r"`factory (show --rejected \w+)`", err)
    assert advice is not None
    assert "line 1: no_output (" in call(*advice[1].split(), "--spec", "silent.yaml")[1]


@pytest.mark.parametrize(
    ("reader", "name", "data"),
    [
        ("parquet", "odd.parquet", b"PAR1 and nothing of it"),
        ("parquet", "short.parquet", None),
        ("jsonl", "odd.jsonl.gz", b"not packed at all"),
        ("jsonl", "short.jsonl.gz", None),
    ],
)
def test_a_broken_file_is_named_in_one_line(
    built: tuple[Desk, Any], call: Any, reader: str, name: str, data: bytes | None
) -> None:
    path = built[0].folder / name
    if data is None:
        rows = [said(f"q{i}", str(i), f"<think>t</think>{i}") for i in range(500)]
        if reader == "jsonl":
            built[0].lines(name, rows)
        else:
            pq.write_table(pa.Table.from_pylist(rows), path)
        data = path.read_bytes()
        # The middle is gone; a Parquet file has its end, which promises more.
        data = data[:2000] + (data[-2500:] if reader == "parquet" else b"")
    path.write_bytes(data)
    generate = [{"recorded": {"stream": "r", "from": ["s"]}}]
    built[0].spec("odd.yaml", name="odd", sources={"s": {reader: name, "kind": "math"}},
                  generate=generate)  # fmt: skip
    status, _, err = call("build", "--spec", "odd.yaml", "--workers", 1)
    assert status in (1, 2)
    assert name in err.splitlines()[-1]
    assert err.splitlines()[-1].startswith("factory: ")
    status, _, err = call("filter", "complete", "--file", name)
    assert status in (1, 2)
    assert name in err
    assert len(err.splitlines()) == 1


def test_the_installed_command_exits_with_its_status(built: tuple[Desk, Any]) -> None:
    desk, _ = built
    assert desk.factory("check", "--spec", "gone.yaml", exits=2).stdout == ""
    assert desk.factory("check", "--spec", "spec.yaml").stderr == ""


def test_help_needs_no_spec(desk: Desk) -> None:
    out = desk.factory("build", "--help").stdout
    assert "--limit" in out
    assert "Running it again does only what is missing." in " ".join(out.split())


# ---------------------------------------------------------------- list


def test_list_shows_every_entry_with_docstring_and_settings(call: Any) -> None:
    status, out, err = call("list")
    assert (status, err) == (0, "")
    headings = [line for line in out.splitlines() if line.isupper()]
    assert headings == ["SOURCES", "GENERATORS", "BACKENDS", "FILTERS"]
    sections = re.split(r"^[A-Z]+S$", out, flags=re.MULTILINE)[1:]
    for table, section in zip(TABLES, sections, strict=True):
        blocks = re.split(r"\n(?=\w)", section)
        told = {block.split(None, 1)[0]: block for block in blocks if block.strip()}
        assert set(told) == {entry.name for entry in entries(table)}
        for entry in entries(table):
            for line in filter(None, entry.doc.splitlines()):
                assert f"    {line}\n" in told[entry.name] + "\n"
            shown = re.findall(r"^      (\w+): \S", told[entry.name], re.MULTILINE)
            assert set(entry.settings.model_fields) <= set(shown)


def test_list_tells_limits_and_defaults_of_settings(call: Any) -> None:
    out = call("list")[1]
    assert "      keep_at_most: int >= 1 = 1\n" in out
    assert "      at_least: float >= 0 <= 1 = 0.0\n" in out
    assert "      prefer: one of ['shortest', 'longest', 'any'] = 'shortest'\n" in out
    assert "      required: bool = true\n" in out
    assert "reasoning_gym  (pip install 'reasoning-factory[gym]')\n" in out


# ---------------------------------------------------------------- filter


def test_a_pipe_is_judged_row_by_row(call: Any) -> None:
    status, out, err = call("filter", "verify", stdin=jsonl(*ROWS[:8]))
    assert status == 0
    assert verdicts(out) == [
        ("keep", ""), ("keep", ""), ("reject", "wrong_answer"), ("keep", ""),
        ("unknown", "cut_off"), ("keep", ""), ("keep", ""), ("reject", "wrong_answer"),
    ]  # fmt: skip
    assert err == "verify: 8 judged, 5 kept  wrong_answer 2, cut_off 1\n"
    first = json.loads(out.splitlines()[0])
    assert first.pop("verdict")["detail"].startswith("got 2, wanted 2")
    assert first == ROWS[0]


def test_settings_are_given_as_in_a_spec(call: Any) -> None:
    rows = jsonl(ROWS[5])
    assert verdicts(call("filter", "think_format", stdin=rows)[1]) == [("reject", "no_thought")]
    _, out, _ = call("filter", "think_format", "required=false", stdin=rows)
    assert verdicts(out) == [("keep", "")]


@pytest.mark.parametrize("name", ["complete", "dedup", "best_of"])
def test_a_bad_row_keeps_its_place(call: Any, name: str) -> None:
    other = said("How much is 1+2?", "3", "<think>Three.</think>3")
    torn = b'{"question": "q", "respo\n'
    bare = {"question": "How much is 9+9?"}
    status, out, err = call(
        "filter", name, stdin=jsonl(ROWS[0], torn, b"[1]\n", bare, b"\n", other)
    )
    assert status == 0
    assert verdicts(out) == [
        ("keep", ""), ("unknown", "not_json"), ("unknown", "not_an_object"),
        ("unknown", "no_output"), ("keep", ""),
    ]  # fmt: skip
    assert json.loads(out.splitlines()[1])["line"] == torn.decode()
    assert json.loads(out.splitlines()[3])["question"] == bare["question"]
    assert err.startswith(f"{name}: 5 judged, 2 kept  ")


def test_only_rows_of_one_outcome_come_out_and_as_they_went_in(call: Any) -> None:
    rows = jsonl(*ROWS[:5])
    _, out, err = call("filter", "verify", "--only", "keep", stdin=rows)
    assert [json.loads(line) for line in out.splitlines()] == [ROWS[0], ROWS[1], ROWS[3]]
    assert err == "verify: 5 judged, 3 kept  wrong_answer 1, cut_off 1\n"
    _, out, _ = call("filter", "verify", "--only", "reject", stdin=rows)
    assert [json.loads(line) for line in out.splitlines()] == [ROWS[2]]
    _, out, _ = call("filter", "verify", "--only", "unknown", stdin=rows)
    assert [json.loads(line) for line in out.splitlines()] == [ROWS[4]]


def test_fields_of_other_names_are_mapped(call: Any) -> None:
    row = {"prompt": "How much is 1+1?", "gold": 2, "out": {"text": "It is 2.", "why": "Two."},
           "stop": "stop"}  # fmt: skip
    mapping = ["question=prompt", "answer=gold", "response=out.text", "reasoning=out.why",
               "finish=stop"]  # fmt: skip
    words = [word for pair in mapping for word in ("--field", pair)]
    for name in ("verify", "think_format", "complete"):
        assert verdicts(call("filter", name, *words, stdin=jsonl(row))[1]) == [("keep", "")]
    _, out, _ = call("filter", "verify", stdin=jsonl(row))
    assert verdicts(out) == [("unknown", "no_output")]
    # A constant, where rows do not say how a turn ended.
    words[-1] = "finish==length"
    assert verdicts(call("filter", "complete", *words, stdin=jsonl(row))[1]) == [
        ("reject", "cut_off")
    ]


def test_rows_of_the_published_form_are_read(call: Any) -> None:
    messages = [
        {"role": "user", "content": "How much is 1+1?"},
        {"role": "assistant", "content": "<think>Two.</think>It is 2."},
    ]
    row = {"messages": messages, "answer": "2", "finish": "stop"}
    assert verdicts(call("filter", "verify", stdin=jsonl(row))[1]) == [("keep", "")]
    assert verdicts(call("filter", "think_format", stdin=jsonl(row))[1]) == [("keep", "")]


def test_what_a_build_wrote_can_be_judged_again(built: tuple[Desk, Any], call: Any) -> None:
    (file, *_) = (built[0].folder / "runs/run/dataset").rglob("*.parquet")
    status, out, _ = call("filter", "verify", "--file", file)
    assert status == 0
    assert verdicts(out)
    assert {outcome for outcome, _ in verdicts(out)} == {"keep"}


def test_a_kind_is_told_where_rows_do_not_say(call: Any) -> None:
    row = said("Which?", "B", "<think>So.</think>Answer: B")
    assert verdicts(call("filter", "verify", "--kind", "choice", stdin=jsonl(row))[1]) == [
        ("keep", "")
    ]


def test_an_opened_thought_is_told(call: Any) -> None:
    row = said("How much is 1+1?", "2", "Two, so")
    words = ("filter", "complete", "--prefilled")
    assert verdicts(call(*words, stdin=jsonl(row))[1])[0][0] == "reject"
    assert verdicts(call("filter", "complete", stdin=jsonl(row))[1]) == [("keep", "")]


def test_a_parquet_file_is_read(built: tuple[Desk, Any], call: Any) -> None:
    rows = [row for row in ROWS[:5] if isinstance(row, dict)]
    pq.write_table(pa.Table.from_pylist(rows), "some.parquet")
    status, out, _ = call("filter", "verify", "--file", "some.parquet")
    assert status == 0
    assert verdicts(out) == verdicts(call("filter", "verify", stdin=jsonl(*rows))[1])
    assert verdicts(out)[2] == ("reject", "wrong_answer")
    piped = call("filter", "verify", stdin=Path("some.parquet").read_bytes())
    assert verdicts(piped[1]) == verdicts(out)


@pytest.mark.parametrize("name", ["some.jsonl", "some.jsonl.gz"])
def test_a_file_of_lines_is_read(built: tuple[Desk, Any], call: Any, name: str) -> None:
    built[0].lines(name, ROWS[:3])
    status, out, _ = call("filter", "verify", "--file", name)
    assert status == 0
    assert verdicts(out) == [("keep", ""), ("keep", ""), ("reject", "wrong_answer")]


def test_a_group_filter_sees_all_answers_to_a_question(call: Any) -> None:
    _, out, _ = call("filter", "best_of", stdin=jsonl(ROWS[1], ROWS[3], ROWS[0]))
    assert verdicts(out) == [("reject", "not_best"), ("keep", ""), ("keep", "")]
    _, out, _ = call("filter", "best_of", "prefer=longest", stdin=jsonl(ROWS[1], ROWS[3], ROWS[0]))
    assert verdicts(out) == [("keep", ""), ("keep", ""), ("reject", "not_best")]
    # The same answer twice is two samples, of which one is the best.
    _, out, _ = call("filter", "best_of", stdin=jsonl(ROWS[0], ROWS[0]))
    assert verdicts(out) == [("keep", ""), ("reject", "not_best")]
    # Nobody has judged here before.
    _, out, _ = call("filter", "pass_rate", stdin=jsonl(ROWS[0]))
    assert verdicts(out) == [("unknown", "too_few")]


def test_a_corpus_filter_sees_all_rows(call: Any) -> None:
    rows = [*ROWS[:4], ROWS[0], ROWS[3], ROWS[0]]
    _, out, err = call("filter", "dedup", stdin=jsonl(*rows))
    assert [outcome for outcome, _ in verdicts(out)] == ["keep"] * 4 + ["reject"] * 3
    assert err == "dedup: 7 judged, 4 kept  duplicate 3\n"


def test_nothing_in_is_nothing_out(call: Any) -> None:
    for name in ("complete", "dedup", "best_of"):
        assert call("filter", name) == (0, "", f"{name}: 0 judged, 0 kept\n")


def test_odd_text_comes_out_as_it_went_in(call: Any) -> None:
    odd = "a\u2028b\u2029c\x85d\x00e\r\tf😀" + ESCAPE
    row = said(odd, "2", f"<think>{odd}</think>It is 2.")
    data = json.dumps(row, ensure_ascii=False).encode() + b"\n"
    _, out, _ = call("filter", "verify", "--only", "keep", stdin=data)
    assert out.count("\n") == 1
    assert json.loads(out) == row


# ---------------------------------------------------------------- pipes and processes


PIPED = [
    "build --spec spec.yaml --workers 1",
    "check --spec spec.yaml",
    "show --rejected complete --spec spec.yaml",
    "list",
    "filter verify --file many.jsonl",
]


@pytest.mark.parametrize("words", PIPED)
def test_a_reader_that_goes_away_ends_the_command_in_silence(
    built: tuple[Desk, Any], words: str
) -> None:
    desk, _ = built
    desk.lines("many.jsonl", [ROWS[0]] * 5000)
    with desk.start(*words.split()) as process:
        assert process.stdout is not None
        process.stdout.close()  # as `| head -n 0` does
        assert process.stderr is not None
        err = process.stderr.read()
        process.wait(60)
    assert not re.search("Traceback|Error|Exception|Broken", err)
    assert process.returncode != 0


def test_the_first_lines_of_a_pipe_come_before_its_end(built: tuple[Desk, Any]) -> None:
    desk, _ = built
    with subprocess.Popen(
        [sys.executable, "-m", "factory.cli", "filter", "verify"],
        cwd=desk.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(jsonl(ROWS[0]))
        process.stdin.flush()
        assert b'"outcome":"keep"' in process.stdout.readline()
        process.stdin.close()
        assert process.wait(60) == 0


BOUNDED = '''
from filters import Sample, Verdict, keep, register, unknown
from filters.bounded.run import shared

@register("filter")
def slowly(sample: Sample) -> Verdict:
    """Asks a process of its own."""
    result = shared().run("math:factorial", 5)
    return keep(detail=str(result.value)) if result.outcome == "ok" else unknown(result.outcome)
'''


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
@pytest.mark.parametrize(
    "words",
    ["list", "filter slowly --use slowly.py --file rows.jsonl", "build --spec s.yaml --workers 2"],
)
def test_no_process_is_left_behind(built: tuple[Desk, Any], words: str) -> None:
    desk, _ = built
    (desk.folder / "slowly.py").write_text(BOUNDED)
    desk.spec("s.yaml", **{**SPEC, "name": "s", "use": ["slowly.py"], "filters": ["slowly"]})
    with desk.start(*words.split(), start_new_session=True) as process:
        out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    if "filter" in words:
        assert ("keep", "") in verdicts(out)
        assert '"detail":"120"' in out
    until = time.monotonic() + 5
    while (left := in_session(process.pid)) and time.monotonic() < until:
        time.sleep(0.05)
    for number in left:
        os.kill(number, signal.SIGKILL)
    assert left == []


def in_session(leader: int) -> list[int]:
    """Processes of a session, by number, that are still there."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            told = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(told[3]) == leader and told[0] != "Z":
            found.append(int(folder.name))
    return found
