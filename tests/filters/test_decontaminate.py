"""Contamination: planted benchmark questions in every dress, and what only looks like one."""

import gzip
import json
import os
import random
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from filters.decontaminate import covered, decontaminate
from filters.overlaps.benchmark_index import index_of
from filters.verdict import Verdict
from generators.errors import UserError
from generators.records import Problem, Sample

DATA = Path(os.environ.get("FACTORY_DATA", Path(__file__).parents[3] / "shared" / "data"))
REAL = DATA / "real" / "problems"
Row = dict[str, Any]


@pytest.fixture(autouse=True, scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cache of its own."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("cache")
        patch.setenv("FACTORY_CACHE", str(folder))
        yield folder


# --- made benchmarks -------------------------------------------------------------------------

ASKED = [
    "A gardener plants 17 rows of tulips with 23 bulbs in every row and gives 40 bulbs to her "
    "neighbour before the winter begins. How many bulbs does she still have to water in spring?",
    r"Let $f(x)=\frac{x^2+3x}{2x-7}$ be defined for all real $x\neq\frac72$. Find the sum of all "
    "values that the function never takes on its whole domain.",
    r"Compute $\sqrt{1764}+\binom{9}{4}$.",
    "How many primes lie between 40 and 80?",
    r"Compute $7!$.",
]
ENDING = (
    " The answer can be written as $\\frac{m}{n}$, where $m$ and $n$ are relatively prime positive "
    "integers. Find $m+n$."
)
BOILER = [
    f"Urn {name} holds {n} red and {n + 5} green marbles and is shaken for a while.{ENDING}"
    for n, name in enumerate(("alpha", "beta", "gamma", "delta", "kappa", "sigma", "omega"), 3)
]
SOLVED = (
    "Since every bulb that was planted belongs to one of the rows, we multiply the two numbers and "
    "take away what the neighbour received, which leaves three hundred fifty one of them."
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Settings that name a made benchmark."""
    path = tmp_path_factory.mktemp("made") / "made.jsonl"
    rows: list[Row] = [{"id": f"m{n}", "q": q} for n, q in enumerate(ASKED + BOILER)]
    rows[0]["s"] = SOLVED
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    one = {"name": "made", "files": [str(path)], "question": "q", "solution": "s", "key": "id"}
    return {"benchmarks": [{**one, "year": 2024}]}


def judged(text: str, settings: dict[str, Any], **more: Any) -> Verdict:
    return decontaminate(Problem(question=text, source="mine"), **{**settings, **more})


PROSE = " ".join(f"and then word{n} stands here" for n in range(200))


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        (ASKED[0], "reject"),
        (ASKED[0].upper().replace(" ", "\n"), "reject"),
        (ASKED[0].replace("winter", "summer"), "reject"),
        (ASKED[0].replace("tulips with ", ""), "reject"),
        (f"{PROSE} {ASKED[0]} {PROSE}", "reject"),
        (ASKED[0].replace("17", "19"), "keep"),
        (ASKED[0].replace("17", "1 7"), "reject"),
        (ASKED[0][: len(ASKED[0]) // 3], "keep"),
        (ASKED[1].replace("{", "{ ").replace("+", r" \, + ").replace("frac", "dfrac"), "reject"),
        (ASKED[2], "reject"),
        (f"{PROSE} {ASKED[2]} {PROSE}", "reject"),
        (ASKED[2].replace("Compute", "Evaluate"), "reject"),
        (ASKED[2].replace("1764", "1765"), "keep"),
        (ASKED[2].replace("+", "-") + f" {PROSE}", "keep"),
        (ASKED[3].replace("primes", "squares"), "reject"),
        (ASKED[3].replace("80", "90"), "keep"),
        (ASKED[4], "reject"),
        (f"{PROSE} {ASKED[4]} {PROSE}", "keep"),
        (f"A die is thrown until a six comes.{ENDING}", "keep"),
        (BOILER[2], "reject"),
        (PROSE, "keep"),
        ("", "keep"),
    ],
)
def test_what_is_found(text: str, outcome: str, made: dict[str, Any]) -> None:
    told = judged(text, made)
    assert told.outcome == outcome, told.detail
    assert told.reason == ("contaminated" if outcome == "reject" else "")


def test_runs_are_found_as_by_a_plain_search(made: dict[str, Any]) -> None:
    seeds = index_of(made["benchmarks"], 10, 5).long
    rng = np.random.default_rng(1)
    asked = rng.permutation(
        np.concatenate([seeds.hashes[::3], seeds.hashes[-1:], rng.integers(0, 1 << 63, 3000)])
    ).astype(np.uint64)
    wanted = [
        (at, int(passage), int(place))
        for at, one in enumerate(asked)
        for hash_, passage, place in zip(seeds.hashes, seeds.passages, seeds.places, strict=True)
        if hash_ == one
    ]
    assert [*zip(*map(np.ndarray.tolist, seeds.find(asked)), strict=True)] == wanted
    assert [len(part) for part in seeds.find(asked[:0])] == [0, 0, 0]


def test_words_scattered_over_a_trace_do_not_add_up(made: dict[str, Any]) -> None:
    words = ASKED[0].split()
    runs = [" ".join(words[at : at + 11]) for at in range(0, len(words), 11)]
    far = f" {PROSE} ".join(runs)
    assert judged(far, made).outcome == "keep"
    assert judged(" so ".join(runs), made).outcome == "reject"
    assert judged(" ".join([runs[0]] * 400), made).outcome == "keep"


def test_a_sibling_is_named(made: dict[str, Any]) -> None:
    told = judged(ASKED[0].replace("17", "19"), made)
    assert told.outcome == "keep"
    assert told.detail.startswith("a sibling with other numbers of made@")


def test_the_detail_names_benchmark_revision_row_and_span(made: dict[str, Any]) -> None:
    told = judged(f"So: {ASKED[0]}", made)
    revision = index_of(made["benchmarks"], 10, 5).passages[0].revision
    begins = f"made@{revision} row m0 (question): 100% of it in the question from 4 to"
    assert told.detail.startswith(begins)
    assert told.detail.endswith("…")
    assert told.score == 0


@pytest.mark.parametrize(
    ("record", "part"),
    [
        (Problem(question="x", answer=SOLVED), "reference"),
        (Problem(question="x", context=json.dumps([{"content": f"a\n{ASKED[0]}"}])), "context"),
        (Sample(reasoning=f"{PROSE}\n{SOLVED}\n{PROSE}"), "reasoning"),
        (Sample(response=ASKED[0]), "response"),
        (Sample(problem=Problem(question=ASKED[2])), "question"),
    ],
)
def test_all_parts_of_a_record_are_read(
    record: Problem | Sample, part: str, made: dict[str, Any]
) -> None:
    told = decontaminate(record, **made)
    assert told.reason == "contaminated"
    assert f"in the {part} from" in told.detail
    assert told.detail.split("(")[1].startswith("solution" if SOLVED[:9] in str(record) else "q")


@pytest.mark.parametrize(
    ("years", "reason"),
    [({}, ""), ({"mine": 2023}, ""), ({"mine": 2024}, "too_recent"), ({"other": 2030}, "")],
)
def test_the_date_rule(years: dict[str, int], reason: str, made: dict[str, Any]) -> None:
    told = judged("What is the colour of the sky?", made, years=years)
    assert told.reason == reason
    if reason:
        assert told.detail == "mine has problems of 2024, made is of 2024"
    assert judged(ASKED[0], made, years=years).reason == "contaminated"


def test_without_benchmarks_nothing_can_be_told() -> None:
    assert judged("x", {}).reason == "no_benchmark"
    assert judged("x", {}).outcome == "unknown"


def test_the_settings(made: dict[str, Any]) -> None:
    half = " ".join(ASKED[0].split()[:18])
    assert judged(half, made).outcome == "keep"
    assert judged(half, made, at_least=0.5).outcome == "reject"
    assert judged(BOILER[0].replace("alpha", "zeta"), made, boilerplate=100).outcome == "reject"
    broken = " ".join(w if n % 7 else "x" for n, w in enumerate(ASKED[0].split()))
    assert [judged(broken, made, ngram=n).outcome for n in (6, 10)] == ["reject", "keep"]


def test_what_is_covered(made: dict[str, Any]) -> None:
    assert covered(made) == {"made"}
    assert covered({}) == set()


# --- files and cache -------------------------------------------------------------------------


@pytest.mark.parametrize("ending", [".jsonl", ".jsonl.gz", ".json", ".parquet"])
def test_files_of_benchmarks(ending: str, tmp_path: Path) -> None:
    rows = [{"body": "", "ask": q, "options": {"A": "one", "B": "two"}} for q in ASKED]
    path = tmp_path / f"b{ending}"
    if ending == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    else:
        lines = "\n".join(map(json.dumps, rows))
        data = (json.dumps(rows) if ending == ".json" else lines).encode()
        path.write_bytes(gzip.compress(data) if ending.endswith("gz") else data)
    one = {"name": "b", "files": [str(path)], "question": ["body", "ask", "options"]}
    index = index_of([one], 10, 5)
    assert [p.text for p in index.passages] == [f"{q}\none\ntwo" for q in ASKED]
    assert [p.row for p in index.passages] == ["0", "1", "2", "3", "4"]


def test_a_row_without_a_question_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "b.jsonl"
    path.write_text('{"problem": "x"}\n')
    with pytest.raises(UserError, match=r"benchmark 'b': row 0 has no field 'question'"):
        index_of([{"name": "b", "files": [str(path)]}], 10, 5)


def test_the_index_is_kept_by_content(cache: Path, tmp_path: Path) -> None:
    def folders() -> set[Path]:
        return set((cache / "benchmarks").iterdir())

    path = tmp_path / "b.jsonl"
    settings = {"benchmarks": [{"name": "b", "files": [str(path)], "question": "q"}]}
    before = folders() if (cache / "benchmarks").is_dir() else set()
    path.write_text(json.dumps({"q": ASKED[0]}) + "\n")
    assert judged(ASKED[0], settings).outcome == "reject"
    (first,) = folders() - before
    path.write_text(json.dumps({"q": ASKED[1]}) + "\n")
    assert judged(ASKED[1], settings, ngram=9).outcome == "reject"
    assert judged(ASKED[0], settings, ngram=9).outcome == "keep"
    assert len(folders() - before) == 2
    assert not [one for one in folders() - before if len(one.name) != len(first.name)]


def test_where_nothing_can_be_kept_it_is_made_each_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, made: dict[str, Any]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FACTORY_CACHE", str(tmp_path / "file"))
    assert judged(ASKED[0], made, ngram=8).outcome == "reject"


# --- real benchmarks -------------------------------------------------------------------------

FILES = {
    "math_500": REAL / "math500" / "test.jsonl",
    "aime_24": REAL / "aime24" / "test.jsonl",
    "amc_23": REAL / "amc23" / "test.jsonl",
}
TRAIN = REAL / "math_train_7500" / "math.json"
TRACES = DATA / "real" / "long_cot" / "lineage_bench_open_models" / "qwen3-32b.jsonl"


def lines(path: Path) -> list[Row]:
    if not path.exists():
        pytest.skip(f"no {path.name} under FACTORY_DATA")
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def real() -> dict[str, Any]:
    """Settings that name the real benchmarks."""
    for path in FILES.values():
        lines(path)
    named = [
        {"name": name, "files": [str(path)], "question": "problem"} for name, path in FILES.items()
    ]
    for one in named[:2]:
        one["solution"] = "solution"
    return {"benchmarks": named}


def respaced(text: str, rng: random.Random) -> str:
    for sign in "{}+=^":
        text = text.replace(sign, f" {sign} ")
    return "".join(rng.choice(["  ", "\n", r" \, "]) if c == " " else c for c in text)


def one_word_changed(text: str, rng: random.Random) -> str:
    words = text.split()
    words[rng.randrange(len(words))] = rng.choice(["something", "whatever", "purple"])
    return " ".join(words)


def inside(text: str, rng: random.Random) -> str:
    trace = rng.choice(lines(TRACES))["reasoning"]
    at = rng.randrange(len(trace))
    return f"{trace[:at]}\n\n{text}\n\n{trace[at:]}"


@pytest.mark.parametrize(
    ("dress", "least"),
    [
        (lambda text, rng: text, 200),
        (lambda text, rng: textwrap.fill(text, rng.randint(20, 70)), 200),
        (respaced, 198),
        (lambda text, rng: rng.choice([text.upper(), text.lower(), text.title()]), 200),
        (one_word_changed, 196),
        (inside, 196),
    ],
    ids=["verbatim", "wrapped", "respaced", "recased", "one_word", "inside"],
)
def test_planted_questions(
    dress: Callable[[str, random.Random], str], least: int, real: dict[str, Any]
) -> None:
    rng = random.Random(21)
    questions = [row["problem"] for path in FILES.values() for row in lines(path)]
    planted = [dress(text, rng) for text in rng.sample(questions, 200)]
    if dress is inside:
        told = [decontaminate(Sample(reasoning=text), **real) for text in planted]
    else:
        told = [judged(text, real) for text in planted]
    assert sum(verdict.reason == "contaminated" for verdict in told) >= least


def test_math_500_among_questions_of_math_and_those_alone(real: dict[str, Any]) -> None:
    planted = [judged(row["problem"], real) for row in lines(FILES["math_500"])]
    assert [verdict.reason for verdict in planted] == ["contaminated"] * 500
    if not TRAIN.exists():
        pytest.skip("no training questions of MATH under FACTORY_DATA")
    others = [row["problem"] for row in json.loads(TRAIN.read_text("utf-8"))]
    hits = [verdict for text in others if (verdict := judged(text, real)).outcome != "keep"]
    assert len(hits) <= 0.005 * len(others)
    assert not [hit for hit in hits if hit.detail.startswith(("aime_24", "amc_23"))]


def test_traces_about_something_else_are_kept(real: dict[str, Any]) -> None:
    told = [decontaminate(Sample(reasoning=row["reasoning"]), **real) for row in lines(TRACES)]
    assert {verdict.outcome for verdict in told} == {"keep"}


def test_a_numeral_in_words_is_no_other_number(made: dict[str, Any]) -> None:
    changed = ASKED[0].replace("17", "seventeen").replace("40", "forty")
    assert changed != ASKED[0]
    assert judged(changed, made).outcome == "reject"
    assert judged(ASKED[0].replace("17", "sixteen"), made).outcome == "keep"


def test_a_field_of_solutions_that_no_row_has_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "b.jsonl"
    path.write_text('{"question": "What is that?"}\n')
    with pytest.raises(UserError, match="no row has a field 'nope'"):
        index_of([{"name": "b", "files": [str(path)], "solution": "nope"}], 10, 5)
