"""Cold start by example: the package's own chains, which of them are chosen, how they are shown."""

import json
import math
import os
from fractions import Fraction
from itertools import combinations, permutations, product
from pathlib import Path

import pytest

from filters.complete import complete
from filters.think_format import think_format
from filters.verify import verify
from generators.errors import UserError
from generators.exemplars import Exemplar, chosen, read_exemplars
from generators.few_shot import few_shot
from generators.files import located
from generators.prompt_files import filled
from generators.records import Problem, Sample
from generators.registry import find
from generators.transcript import split

SHIPPED = read_exemplars(None)


def problem(
    question: str = "What is 17 · 23?", domain: str = "math", language: str = "en"
) -> Problem:
    return Problem("p", question, "391", "math", domain, "mine", language)


# --- the chains that ship: each answer worked out once more, by brute force -------------------


def _neither() -> str:
    return str(sum(all(n % d for d in (6, 10, 15)) for n in range(1, 1001)))


def _centres() -> str:
    inradius = (9 + 12 - 15) / 2
    assert math.isclose(math.dist((inradius, inradius), (4.5, 6)), 3 * math.sqrt(5) / 2)
    return r"\frac{3\sqrt5}{2}"


def _root() -> str:
    found = [x for x in range(4, 1000) if 2 * x + 7 == (x - 4) ** 2]
    return ",".join(map(str, found))


def _knights() -> str:
    def fits(a: bool, b: bool, c: bool) -> bool:
        return (a, b, c) == (b == c, not a, b != c)

    (found,) = [kinds for kinds in product((True, False), repeat=3) if fits(*kinds)]
    return "".join(name for name, honest in zip("ABC", found, strict=True) if honest)


def _seats() -> str:
    names = ("Ada", "Ben", "Cleo", "Dan", "Eve")
    (found,) = [
        row for row in permutations(names)
        if row.index("Ben") == row.index("Eve") + 1 and row.index("Ada") not in (0, 4)
        and row.index("Dan") < row.index("Cleo") and abs(row.index("Ada") - row.index("Dan")) == 2
    ]  # fmt: skip
    return found[1]


def _code() -> str:
    known = {"275": (1, 0), "248": (0, 1), "524": (0, 2), "613": (0, 0), "890": (0, 1)}

    def told(code: tuple[str, ...], attempt: str) -> tuple[int, int]:
        placed = sum(a == b for a, b in zip(code, attempt, strict=True))
        return placed, sum(digit in code for digit in attempt) - placed

    (found,) = [
        code for code in permutations("0123456789", 3)
        if all(told(code, attempt) == right for attempt, right in known.items())
    ]  # fmt: skip
    return "".join(found)


def _stone() -> str:
    time = (15 + math.sqrt(15**2 + 4 * 5 * 20)) / 10
    return f"{abs(15 - 10 * time):g}"


def _water() -> str:
    reactions = min(Fraction(6, 2) / 2, Fraction(32, 32))
    return str(reactions * 2 * 18)


def _peas() -> str:
    cells = [
        (first + second, third)
        for first, second in product("Aa", "Aa")
        for third in ("Bb", "bb")
    ]  # fmt: skip
    share = Fraction(sum("A" in one and other == "bb" for one, other in cells), len(cells))
    options = [Fraction(1, 8), Fraction(1, 4), Fraction(3, 8), Fraction(3, 4)]
    return "ABCD"[options.index(share)]


def _cars() -> str:
    (hours,) = [h for h in range(10) if 60 * (h + 1) + 90 * h == 360]
    return str(60 * (hours + 1))


def _last_two() -> str:
    return f"{pow(7, 2023, 100):02}"


def _balls() -> str:
    draws = list(combinations("RRRRRWWW", 3))
    return str(Fraction(sum(draw.count("R") == 2 for draw in draws), len(draws)))


def _vase() -> str:
    def true(who: str) -> list[bool]:
        told = [who != "甲", who == "丁", who == "乙"]
        return [*told, not told[1]]

    (found,) = [who for who in "甲乙丙丁" if sum(true(who)) == 1]
    return found


def _race() -> str:
    (found,) = [
        row for row in permutations("甲乙丙丁戊")
        if row.index("甲") < row.index("乙") and abs(row.index("丙") - row.index("丁")) == 1
        and row.index("戊") == row.index("甲") + 2 and row.index("丁") not in (0, 4)
        and row.index("乙") != 4 and row.index("丙") != 0
    ]  # fmt: skip
    return found[1]


def _weekday() -> str:
    names = "一二三四五六日"
    (found,) = [today for today in range(7) if names[(today - 1 + 2 + 3) % 7] == "五"]
    return f"星期{names[found]}"


def _power() -> str:
    pair = 1 / (Fraction(1, 6) + Fraction(1, 3))
    volts = 12 / (pair + 4) * pair
    return str(volts**2 / 3)


def _base() -> str:
    return str(float(Fraction("20.0") * Fraction("0.10") * 2 / Fraction("25.0")))


def _bacteria() -> str:
    count = 100
    for _ in range(0, 180, 20):
        count *= 2
    return "ABCD"[[900, 1800, 25600, 51200].index(count)]


ANSWERS = [
    ("en", "math", _neither), ("en", "math", _centres), ("en", "math", _root),
    ("en", "logic", _knights), ("en", "logic", _seats), ("en", "logic", _code),
    ("en", "stem", _stone), ("en", "stem", _water), ("en", "stem", _peas),
    ("zh", "math", _cars), ("zh", "math", _last_two), ("zh", "math", _balls),
    ("zh", "logic", _vase), ("zh", "logic", _race), ("zh", "logic", _weekday),
    ("zh", "stem", _power), ("zh", "stem", _base), ("zh", "stem", _bacteria),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(ANSWERS)))
def test_the_chains_that_ship_are_right(number: int) -> None:
    one = SHIPPED[number]
    language, domain, answer = ANSWERS[number]
    right = answer()
    kind = "math" if any(c.isdigit() for c in right) else "text"
    assert (one.language, one.domain) == (language, domain)
    told = Problem("p", one.question, right, kind, domain, "", language)
    sample = Sample("s", told, one.reasoning, one.response, finish="stop")
    for judged in (complete, think_format, verify):
        assert judged(sample).outcome == "keep", (judged.__name__, judged(sample))
    # The thought reaches what the summary says, and checks it; there is no code in it.
    boxed = one.response.rpartition("\\boxed{")[2].removesuffix("}")
    assert boxed.isascii() is False or any(c in one.reasoning for c in boxed)
    checks = (
        ("check", "test", "put both back") if language == "en" else ("检查", "检验", "验证", "核对")
    )
    assert any(word in one.reasoning for word in checks)
    assert "```" not in one.reasoning + one.response


def test_every_chain_is_in_the_table() -> None:
    assert len(SHIPPED) == len(ANSWERS)


# --- which are chosen -------------------------------------------------------------------------


def names(found: list[Exemplar]) -> list[tuple[str, str]]:
    return [(one.language, one.domain) for one in found]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (problem(), [("en", "math")] * 2),
        (problem(domain="logic"), [("en", "logic")] * 2),
        (problem("17 乘以 23 等于多少？", "stem", "zh"), [("zh", "stem")] * 2),
        (problem(domain="history"), None),  # any domain, but its language
        (problem("Was ist 17 · 23?", "math", "de"), None),  # its domain, in any language
    ],
)
def test_language_and_domain_choose(asked: Problem, expected: list[tuple[str, str]] | None) -> None:
    found = names(chosen(SHIPPED, asked, 2))
    if expected is not None:
        assert found == expected
    elif asked.language == "en":
        assert {language for language, _ in found} == {"en"}
    else:
        assert {domain for _, domain in found} == {"math"}


def test_the_best_comes_last_and_what_is_missing_is_filled_up() -> None:
    found = names(chosen(SHIPPED, problem(domain="logic"), 5))
    assert found[-3:] == [("en", "logic")] * 3
    assert all(language == "en" for language, _ in found)
    assert len(chosen(SHIPPED, problem(), 100)) == len(SHIPPED)


def test_problems_see_different_examples_and_every_run_the_same() -> None:
    def first(question: str) -> str:
        return chosen(SHIPPED, problem(question), 1)[0].question

    questions = [f"Which is the {n}th prime number?" for n in range(40)]
    assert len({first(one) for one in questions}) == 3
    assert [first(one) for one in questions] == [first(one) for one in questions]


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("A circle is inscribed in an isosceles triangle. Find its radius.", "inscribed"),
        ("How many integers below 500 are divisible by 7?", "divisible"),
        ("Solve for all real solutions: x = sqrt(x + 2)", "real solutions"),
    ],
)
def test_nearest_takes_what_shares_the_rare_words(question: str, word: str) -> None:
    (found,) = chosen(SHIPPED, problem(question), 1, nearest=True)
    assert word in found.question


@pytest.mark.parametrize(
    ("change", "is_same"),
    [
        (lambda q: q, True),
        (lambda q: f"  {q.upper()}\n", True),
        (lambda q: q.replace("1000", "2000"), True),  # the same with other figures
        (lambda q: f"Please answer this question. {q} Explain.", True),
        (lambda q: "How many positive integers are there?", False),
        (lambda q: "How many multiples of 4 are there up to 90?", False),
    ],
)
def test_a_problem_is_never_its_own_example(change: object, is_same: bool) -> None:
    one = SHIPPED[0]
    asked = problem(change(one.question))  # type: ignore[operator]
    for nearest in (False, True):
        found = chosen(SHIPPED, asked, len(SHIPPED), nearest=nearest)
        assert (one in found) is not is_same


# --- how they are shown -----------------------------------------------------------------------


def test_the_prompt_holds_the_chains_and_the_question_last() -> None:
    requests = list(few_shot(problem(), samples=3, shots=2))
    assert len(requests) == 3
    assert requests[0] == requests[1] == requests[2]
    ((message,),) = requests[:1]
    text = message["content"]
    examples = chosen(SHIPPED, problem(), 2)
    places = [text.index(part) for one in examples for part in (one.reasoning, one.response)]
    assert places == sorted(places)
    assert text.rindex("What is 17 · 23?") > max(places)
    assert "English" in text
    # What is asked for is what the transcript reads; </think> would end thoughts on some servers.
    assert "</think>" not in text
    shape = examples[0]
    assert split(f"<thinking>\n{shape.reasoning}\n</thinking>\n\n{shape.response}").reasoning


@pytest.mark.parametrize(
    ("language", "word"), [("zh", "中文"), ("de", "German"), ("en", "English")]
)
def test_the_language_is_named(language: str, word: str) -> None:
    ((message,),) = few_shot(problem("1 + 1?", language=language))
    assert word in message["content"].rpartition("1 + 1?")[2]


def test_braces_in_a_question_are_text() -> None:
    ((message,),) = few_shot(problem("What is {examples} or {language}?"))
    assert "What is {examples} or {language}?" in message["content"]
    assert filled("{a} {b} {c}", a="{b}", b="{a}") == "{b} {a} {c}"


# --- an exemplars file ------------------------------------------------------------------------

ROW = {"question": "Q?", "reasoning": "I think.", "response": "So: 1."}


def lines(path: Path, *rows: object) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return str(path)


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    path = lines(tmp_path / "mine.jsonl", ROW, {**ROW, "question": "你好吗，这是什么？"})
    assert [one.language for one in read_exemplars(path)] == ["und", "zh"]
    ((message,),) = few_shot(problem(), exemplars=path, shots=1)
    assert "I think." in message["content"]
    # An edit is seen, also within one process.
    lines(tmp_path / "mine.jsonl", {**ROW, "reasoning": "I think again."})
    os.utime(path, (1, 1))
    ((message,),) = few_shot(problem(), exemplars=path, shots=1)
    assert "I think again." in message["content"]


def test_a_problem_with_no_example_but_itself_is_not_asked(tmp_path: Path) -> None:
    path = lines(tmp_path / "mine.jsonl", ROW)
    assert list(few_shot(problem("q?"), exemplars=path)) == []


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "holds no exemplar"),
        ([ROW, {**ROW, "response": " "}], "mine.jsonl:2: 'response' is missing or no text"),
        ([{**ROW, "question": 3}], "mine.jsonl:1: 'question' is missing or no text"),
        ([[1]], "mine.jsonl:1: not_an_object"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, rows: list[object], said: str) -> None:
    with pytest.raises(UserError, match=said):
        read_exemplars(lines(tmp_path / "mine.jsonl", *rows))


def test_the_path_is_relative_to_the_spec(tmp_path: Path) -> None:
    lines(tmp_path / "mine.jsonl", ROW)
    entry = find("generator", "few_shot")
    checked = entry.check({"exemplars": "mine.jsonl"}, "generate.0.few_shot", base=tmp_path)
    assert checked["exemplars"] == "mine.jsonl"  # a resolved spec names no machine's folder
    assert located(entry, checked, tmp_path)["exemplars"] == str(tmp_path / "mine.jsonl")
    assert located(entry, entry.check({}, "x"), tmp_path)["exemplars"] is None
    with pytest.raises(UserError, match=r"generate\.0\.few_shot\.exemplars: no file at"):
        entry.check({"exemplars": "other.jsonl"}, "generate.0.few_shot", base=tmp_path)
