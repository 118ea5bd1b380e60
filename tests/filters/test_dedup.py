"""Duplicates: exact, near, siblings that are none, samples within a problem, any order."""

import json
import os
import random
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from filters.dedup import LONGEST, SHORTEST, clusters, decide, decided, dedup, narrow
from filters.overlaps.clusters import LARGE, report, stars
from filters.overlaps.minhash import SHINGLE
from filters.overlaps.siblings import differences
from generators.records import Problem, Sample
from generators.texts.words import signs

DATA = Path(os.environ.get("FACTORY_DATA", Path(__file__).parents[3] / "shared" / "data"))
MATH = DATA / "real" / "problems" / "math_train_7500" / "math.json"
RNG = random.Random(11)
WORDS = ["".join(RNG.choices("bcdfghklmnprst", k=3)) + RNG.choice("aeiou") for _ in range(900)]
COLUMNS = {"id": pl.String, "text": pl.String, "problem": pl.String}
COLUMNS |= {
    "values": pl.Int64,
    "words": pl.Binary,
    "sketch": pl.Binary,
    "near": pl.String,
    "like": pl.Float64,
}


def prose(count: int, seed: int) -> list[str]:
    return random.Random(seed).choices(WORDS, k=count)


def signed(records: list[Problem] | list[Sample], threshold: float) -> pl.DataFrame:
    return pl.DataFrame([{"id": r.id, **dedup(r, threshold=threshold)} for r in records], COLUMNS)


def told(texts: list[str], threshold: float = 0.8) -> list[str]:
    """Reasons for problems of these questions, in order."""
    problems = [Problem(id=f"{n:05}", question=text) for n, text in enumerate(texts)]
    return decide(signed(problems, threshold), threshold=threshold)["reason"].to_list()


STORY = " ".join(prose(60, 1))


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("What is 2 + 3?", "what  is 2 + 3?", "duplicate"),
        ("What is 2 + 3?", "What is 2 - 3?", ""),
        (STORY, STORY.upper() + " ", "duplicate"),
        (STORY, STORY.replace(" ", ", ", 9), "near_duplicate"),
        (STORY + " so then", STORY + " and then", "near_duplicate"),
        (f"{STORY} 17 {STORY[::-1]}", f"{STORY} 18 {STORY[::-1]}", ""),
        (f"{STORY} a + b {STORY[::-1]}", f"{STORY} a - b {STORY[::-1]}", ""),
        (f"{STORY} three {STORY[::-1]}", f"{STORY} five {STORY[::-1]}", ""),
        (f"{STORY} 三 {STORY[::-1]}", f"{STORY} 五 {STORY[::-1]}", ""),
        (f"{STORY} x = -5 {STORY[::-1]}", f"{STORY} x = 5 {STORY[::-1]}", ""),
        (f"{STORY} find $a$", f"{STORY} find $d$", ""),
        (f"{STORY} angle $GAC$ of", f"{STORY} angle $HAC$ of", ""),
        (f"{STORY} 17 {STORY[::-1]}", f"{STORY} some {STORY[::-1]}", "near_duplicate"),
        (f"{STORY} 17 {STORY[::-1]}", f"{STORY} {STORY[::-1]}", "near_duplicate"),
        (f"Tom has 24 {STORY}", f"Tom has 36 {STORY}", ""),
        (f"Tom has {STORY}", f"Ben has {STORY}", "near_duplicate"),
        (f"{STORY} 12 by 9 {STORY[::-1]}", f"{STORY} 16 by 8 {STORY[::-1]}", ""),
        (f"{STORY} 12 by 9 {STORY[::-1]}", f"{STORY} 16 in 8 {STORY[::-1]}", "near_duplicate"),
        (f"{STORY} 24 red and 30 {STORY}", f"{STORY} 36 red and 50 {STORY}", ""),
        (f"{STORY} half of all {STORY}", f"{STORY} a third of all {STORY}", ""),
        (f"{STORY} half of all {STORY}", f"{STORY} twice all {STORY}", ""),
        (f"{STORY} half of all {STORY}", f"{STORY} one half of all {STORY}", "near_duplicate"),
        (f"{STORY} twice as {STORY}", f"{STORY} three times as {STORY}", ""),
        (f"{STORY} twice as {STORY}", f"{STORY} two times as {STORY}", "near_duplicate"),
        (f"{STORY} half of all {STORY}", f"{STORY} some of all {STORY}", "near_duplicate"),
        (f"{STORY} 10 am {STORY}", f"{STORY} 10 pm {STORY}", ""),
        (f"{STORY} 10 am {STORY}", f"{STORY} 10 so {STORY}", "near_duplicate"),
        (" ".join(prose(SHORTEST - 1, 2)), " ".join([*prose(SHORTEST - 1, 2)[:-1], "end"]), ""),
        (STORY, " ".join(prose(60, 3)), ""),
        ("", "", "duplicate"),
        (" ".join(prose(1500, 4)), " ".join([*prose(1500, 4), "end"]), "near_duplicate"),
        (" ".join([*prose(1500, 4), "3"]), " ".join([*prose(1500, 4), "4"]), ""),
    ],
)
def test_what_is_a_duplicate(one: str, other: str, reason: str) -> None:
    assert told([one, other]) == ["", reason]
    exact = told([one, other], threshold=1.0)
    assert exact == ["", reason if reason == "duplicate" else ""]


def test_the_context_makes_another_problem() -> None:
    records = [Problem(id="a", question=STORY, context=c) for c in ("", "[1]", "[2]")]
    assert len({dedup(record)["text"] for record in records}) == 3


def planted(target: float, threshold: float, count: int = 300) -> float:
    """Share of made texts that are found again after edits that leave this similarity."""
    rng, texts = random.Random(5), []
    while len(texts) < 2 * count:
        words = rng.choices(WORDS, k=rng.randint(80, 160))
        other = list(words)
        while (like := similarity(words, other)) > target + 0.02:
            other[rng.randrange(len(other))] = rng.choice(WORDS)
        if abs(like - target) <= 0.02:
            texts += [" ".join(words), " ".join(other)]
    reasons = told(texts, threshold)
    assert not any(reasons[::2])
    return sum(reason == "near_duplicate" for reason in reasons[1::2]) / count


def similarity(a: list[str], b: list[str]) -> float:
    x, y = (
        {tuple(words[at : at + SHINGLE]) for at in range(len(words) - SHINGLE + 1)}
        for words in (a, b)
    )
    return len(x & y) / len(x | y)


@pytest.mark.parametrize(
    ("target", "threshold", "least", "most"),
    [
        (0.9, 0.8, 0.99, 1),
        (0.8, 0.8, 0.95, 1),
        (0.8, 0.7, 0.95, 1),
        (0.7, 0.8, 0, 0.01),
        (0.5, 0.8, 0, 0.01),
        (0.5, 0.65, 0, 0.01),
    ],
)
def test_planted_pairs(target: float, threshold: float, least: float, most: float) -> None:
    assert least <= planted(target, threshold) <= most


def test_verdicts_do_not_depend_on_the_order() -> None:
    rng = random.Random(6)
    texts = [" ".join(prose(40, seed)) for seed in range(150)]
    texts += [f"{rng.choice(texts)} {rng.choice(WORDS)}" for _ in range(150)] + texts[:20]
    problems = [Problem(id=f"{rng.getrandbits(60):x}", question=text) for text in texts]
    first = decide(signed(problems, 0.8), threshold=0.8).sort("id")
    assert first["reason"].value_counts().height == 3
    for _ in range(3):
        rng.shuffle(problems)
        assert decide(signed(problems, 0.8), threshold=0.8).sort("id").equals(first)


def test_each_dropped_one_resembles_the_one_that_is_kept() -> None:
    # A chain: each like the next, the ends unlike.
    chain = [" ".join(prose(80, 7)[5 * step : 5 * step + 45]) for step in range(6)]
    problems = [Problem(id=str(n), question=text) for n, text in enumerate(chain)]
    table = decide(signed(problems, 0.7), threshold=0.7).sort("id")
    assert table["outcome"].to_list() == ["keep", "reject"] * 3
    assert table["detail"][1] == "0.79 like 0"
    assert table["score"][1] == pytest.approx(1 - 37 / 47, abs=1e-4)


def test_a_large_heap_is_left_with_one() -> None:
    words = prose(100, 8)
    many = [" ".join([*words[:n], "other", *words[n + 1 :]]) for n in range(1, 99)]
    many += [" ".join([*words[:n], "third", *words[n + 1 :]]) for n in range(1, 99)]
    reasons = told(many)
    assert reasons.count("near_duplicate") == len(many) - 1


def test_made_problems_of_one_template_stay() -> None:
    rng = random.Random(9)
    made = [f"{STORY} {rng.random():.9f} apples {STORY[::-1]} 7 + 3" for _ in range(500)]
    assert set(told(made)) == {""}


def sample(number: int, problem: str, text: str) -> Sample:
    return Sample(id=f"{number:03}", problem=Problem(id=problem), reasoning=text, response="So 4.")


def test_samples_are_near_duplicates_within_a_problem_only() -> None:
    text, other = " ".join(prose(3000, 10)), " ".join(prose(3000, 12))
    near = text.replace(WORDS[5], "word", 3) + " end"
    samples = [
        sample(0, "p", text),
        sample(1, "p", near),
        sample(2, "q", near + " and"),
        sample(3, "p", other),
        sample(4, "q", text),
    ]
    table = signed(samples, 0.9)
    for signatures in (table, by_part(table, 0.9)):
        told = decide(signatures, threshold=0.9).sort("id")
        assert told["reason"].to_list() == ["", "near_duplicate", "", "", "duplicate"]


def by_part(table: pl.DataFrame, threshold: float) -> pl.DataFrame:
    """Signatures as the corpus meets them: the samples of each problem have met each other."""
    parts = table.partition_by("problem")
    told = pl.concat([narrow(part, threshold=threshold) for part in parts])
    assert set(told["sketch"]) == {b""}
    return told


def test_a_near_duplicate_of_what_another_problem_has_again() -> None:
    text = " ".join(prose(3000, 14))
    samples = [
        sample(1, "p", text),
        sample(2, "q", text),  # the same as 1, which stays for it
        sample(3, "q", text[:-700]),  # like 2, so 1 stays for it too
    ]
    told = clusters(by_part(signed(samples, 0.9), 0.9), 0.9).sort("id")
    assert told["kept"].to_list() == ["001"] * 3
    assert told["exact"].to_list() == [False, True, False]
    assert 0.9 < told["similarity"][2] < 1


def test_clusters_are_reported() -> None:
    texts = [STORY, STORY + " end", STORY.upper(), " ".join(prose(50, 13)), "x", "X"]
    problems = [Problem(id=str(n), question=text) for n, text in enumerate(texts)]
    shown = report(clusters(signed(problems, 0.8), 0.8))
    assert shown["records"] == 6
    assert shown["dropped"] == 3
    assert shown["by_size"] == {2: 1, 3: 1}
    assert shown["largest"][0] == {"kept": "0", "size": 3, "least": 0.983, "others": ["1", "2"]}
    assert report(clusters(signed(problems[3:4], 0.8), 0.8))["largest"] == []


def test_verdicts_tell_the_clusters_again() -> None:
    texts = [STORY, STORY + " end", STORY.upper(), " ".join(prose(50, 13)), "x", "X"]
    table = signed([Problem(id=str(n), question=text) for n, text in enumerate(texts)], 0.8)
    found, told = clusters(table, 0.8).sort("id"), decided(decide(table, threshold=0.8)).sort("id")
    assert told.drop("similarity").equals(found.drop("similarity"))
    assert told["similarity"].to_list() == pytest.approx(found["similarity"].to_list(), abs=1e-4)
    failed = pl.DataFrame([{"id": "9", "outcome": "unknown", "reason": "error:ValueError"}])
    both = pl.concat([decide(table, threshold=0.8), failed], how="diagonal")
    assert decided(both).height == len(texts)


def test_stars_in_a_heap_of_which_few_pairs_are_known() -> None:
    count = LARGE * 3
    line = np.arange(count)

    def near(first: np.ndarray, second: np.ndarray) -> np.ndarray:
        return (np.abs(first - second) <= 10).astype(float)

    kept = stars(count, line[:-1], line[1:], near)
    assert kept.tolist() == [number - number % 11 for number in range(count)]
    assert stars(3, np.array([0, 1]), np.array([1, 2]), near).tolist() == [0, 0, 2]


def test_places_that_differ() -> None:
    a = list(range(20))
    b = [0, 1, 2, 90, 4, 5, 91, 7, 8, 9, 10, 11, 12, 14, 15, 16, 17, 18, 19, 92]
    assert list(differences([1, 2, *a[5:]], [1, 3, *a[5:]])) == [([2], [3])]
    assert list(differences(a, b)) == [([3, 4, 5, 6], [90, 4, 5, 91]), ([13], []), ([], [92])]


def test_long_problems_are_sketched() -> None:
    for count, whole in ((LONGEST, True), (LONGEST + 1, False)):
        row = dedup(Problem(question=" ".join(prose(count, 14))), threshold=0.8)
        assert (bool(row["words"]), bool(row["sketch"])) == (whole, not whole)
    assert dedup(Problem(question=STORY))["words"] == b""


def test_planted_among_real_problems() -> None:
    if not MATH.exists():
        pytest.skip(f"no {MATH.name} of MATH under FACTORY_DATA")
    rng = random.Random(15)
    rows = [row["problem"] for row in json.loads(MATH.read_text("utf-8"))]
    plain = [q for q in rows if "[asy]" not in q and 60 <= len(signs(q)) <= 300]
    words = sorted({w for q in plain for w in q.split() if w.isalpha() and len(w) > 2})
    for edits, least, most in ((1, 0.97, 1), (60, 0, 0.01)):
        changed = []
        for question in plain[:300]:
            parts = question.split()
            for _ in range(edits):
                parts[rng.randrange(len(parts))] = rng.choice(words)
            changed.append(" ".join(parts))
        texts = [text for pair in zip(plain[:300], changed, strict=True) for text in pair]
        reasons = told(texts, 0.75)
        assert least <= sum(map(bool, reasons[1::2])) / 300 <= most


def test_an_opposite_makes_another_problem() -> None:
    one = (
        "Find the largest of all whole numbers below forty that leave the remainder three when " * 3
    )
    assert told([one, one.replace("largest", "smallest")]) == ["", ""]
