"""Kind instruction: each constraint of IFEval met and broken, at its boundary; and the verdict."""

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from filters.kinds.constraints import CONSTRAINTS
from filters.kinds.counting import capital_words, sentences
from filters.kinds.spoken import is_in
from filters.verdict import Verdict
from filters.verify import verify_response
from generators.records import Problem

DATA = Path(os.environ.get("FACTORY_DATA") or Path(__file__).parents[3] / "shared" / "data")
IFEVAL = DATA / "real" / "problems" / "ifeval" / "ifeval.jsonl"
NTREX = DATA / "real" / "multilingual" / "ntrex"


def judged(response: str, check: Any) -> Verdict:
    text = check if isinstance(check, str) else json.dumps(check)
    return verify_response(Problem("p", "?", "", "instruction", "", "", "en", text), response)


def short(verdict: Verdict) -> str:
    return f"{verdict.outcome}: {verdict.reason}".removesuffix(": ")


AT_LEAST, LESS = {"relation": "at least"}, {"relation": "less than"}
ENGLISH = "This is the first of the sentences that we have written for you."
GERMAN = "Dies ist ein ganz gewöhnlicher deutscher Satz, der vom Wetter und von der Arbeit handelt."
PARAGRAPHS = {"num_paragraphs": 2, "nth_paragraph": 2, "first_word": "Then"}

CASES: list[tuple[str, dict[str, Any], str, bool | None]] = [
    ("keywords:existence", {"keywords": ["Owl", "a+b"]}, "Two owls know a+b.", True),
    ("keywords:existence", {"keywords": ["owl", "a+b"]}, "Two owls know aab.", False),
    ("keywords:frequency", {"keyword": "owl", "frequency": 2, **AT_LEAST}, "Owl, owls", True),
    ("keywords:frequency", {"keyword": "owl", "frequency": 2, **AT_LEAST}, "Owl", False),
    ("keywords:frequency", {"keyword": "owl", "frequency": 2, **LESS}, "Owl", True),
    ("keywords:frequency", {"keyword": "owl", "frequency": 2, **LESS}, "Owl owl", False),
    ("keywords:forbidden_words", {"forbidden_words": ["owl", "c++"]}, "Owls use c+.", True),
    ("keywords:forbidden_words", {"forbidden_words": ["owl", "c++"]}, "An Owl.", False),
    ("keywords:forbidden_words", {"forbidden_words": ["owl", "c++"]}, "I use C++ here", False),
    (
        "keywords:letter_frequency",
        {"letter": "o", "let_frequency": 2, "let_relation": "at least"},
        "Oto",
        True,
    ),
    (
        "keywords:letter_frequency",
        {"letter": "O", "let_frequency": 2, "let_relation": "at least"},
        "to",
        False,
    ),
    (
        "keywords:letter_frequency",
        {"letter": "!", "let_frequency": 2, "let_relation": "less than"},
        "to!",
        True,
    ),
    ("length_constraints:number_words", {"num_words": 4, **AT_LEAST}, "It's two-fold", True),
    ("length_constraints:number_words", {"num_words": 4, **AT_LEAST}, "It is two", False),
    ("length_constraints:number_words", {"num_words": 4, **LESS}, "It is two", True),
    ("length_constraints:number_words", {"num_words": 4, **LESS}, "It is two now", False),
    ("length_constraints:number_sentences", {"num_sentences": 2, **AT_LEAST}, "One. Two.", True),
    ("length_constraints:number_sentences", {"num_sentences": 2, **AT_LEAST}, "One two.", False),
    ("length_constraints:number_sentences", {"num_sentences": 2, **LESS}, "One two", True),
    ("length_constraints:number_sentences", {"num_sentences": 2, **LESS}, "One! Two", False),
    ("length_constraints:number_sentences", {"num_sentences": 2, **LESS}, "It is Mr. X.", None),
    ("length_constraints:number_paragraphs", {"num_paragraphs": 2}, "a\n***\nb", True),
    ("length_constraints:number_paragraphs", {"num_paragraphs": 2}, "***\na\n***\nb\n***", True),
    ("length_constraints:number_paragraphs", {"num_paragraphs": 2}, "a\n\nb", False),
    ("length_constraints:number_paragraphs", {"num_paragraphs": 2}, "a***b***c", False),
    ("length_constraints:number_paragraphs", {"num_paragraphs": 2}, "a*** ***b", False),
    ("length_constraints:nth_paragraph_first_word", PARAGRAPHS, 'a\n\n"then, b', True),
    ("length_constraints:nth_paragraph_first_word", PARAGRAPHS, "a\n\nb then", False),
    ("length_constraints:nth_paragraph_first_word", PARAGRAPHS, "a\n\nthen\n\nc", False),
    ("length_constraints:nth_paragraph_first_word", PARAGRAPHS, "then\n\na", False),
    ("detectable_format:number_bullet_lists", {"num_bullets": 2}, "So:\n* a\n - b", True),
    ("detectable_format:number_bullet_lists", {"num_bullets": 2}, "* a", False),
    ("detectable_format:number_bullet_lists", {"num_bullets": 2}, "* a\n* b\n- c", False),
    ("detectable_format:number_bullet_lists", {"num_bullets": 2}, "* a\n**b**", False),
    ("detectable_format:number_highlighted_sections", {"num_highlights": 2}, "*a* *b c*", True),
    ("detectable_format:number_highlighted_sections", {"num_highlights": 2}, "*a* **", False),
    ("detectable_format:number_highlighted_sections", {"num_highlights": 2}, "*a\nb*", False),
    (
        "detectable_format:multiple_sections",
        {"section_spliter": "Day", "num_sections": 2},
        "Day 1\na\nDay 2",
        True,
    ),
    (
        "detectable_format:multiple_sections",
        {"section_spliter": "Day", "num_sections": 2},
        "Day 1\nday 2\nDay",
        False,
    ),
    ("detectable_format:title", {}, "<<On owls>>\nThey", True),
    ("detectable_format:title", {}, "<< >>\n<<On\nowls>>", False),
    ("detectable_format:json_format", {}, '```json\n{"a": [1]}\n```', True),
    ("detectable_format:json_format", {}, '{"a": [1],}', False),
    ("detectable_format:json_format", {}, 'Here: {"a": 1}', False),
    ("detectable_format:constrained_response", {}, "My answer is no.", True),
    ("detectable_format:constrained_response", {}, "My answer is no", False),
    ("detectable_content:number_placeholders", {"num_placeholders": 2}, "[a], [b c]", True),
    ("detectable_content:number_placeholders", {"num_placeholders": 2}, "[a], [b\nc]", False),
    ("detectable_content:postscript", {"postscript_marker": "P.S."}, "Hi.\np. s. more", True),
    ("detectable_content:postscript", {"postscript_marker": "P.S."}, "Hi. PS more", False),
    ("detectable_content:postscript", {"postscript_marker": "P.P.S"}, "P.P.S more", True),
    ("detectable_content:postscript", {"postscript_marker": "P.P.S"}, "P.S. more", False),
    ("language:response_language", {"language": "de"}, GERMAN, True),
    ("language:response_language", {"language": "de"}, ENGLISH, False),
    ("language:response_language", {"language": "en"}, GERMAN, False),
    ("language:response_language", {"language": "ko"}, "오늘은 날씨가 좋습니다", True),
    ("language:response_language", {"language": "ko"}, "今日は天気がいいですね", False),
    ("language:response_language", {"language": "de"}, "x = 5", None),
    ("change_case:english_capital", {}, ENGLISH.upper(), True),
    ("change_case:english_capital", {}, ENGLISH, False),
    ("change_case:english_capital", {}, GERMAN.upper(), False),
    ("change_case:english_lowercase", {}, ENGLISH.lower(), True),
    ("change_case:english_lowercase", {}, ENGLISH, False),
    ("change_case:english_lowercase", {}, GERMAN.lower(), False),
    (
        "change_case:capital_word_frequency",
        {"capital_frequency": 2, "capital_relation": "at least"},
        "I AM here",
        True,
    ),
    (
        "change_case:capital_word_frequency",
        {"capital_frequency": 2, "capital_relation": "at least"},
        "I am here",
        False,
    ),
    (
        "change_case:capital_word_frequency",
        {"capital_frequency": 2, "capital_relation": "less than"},
        "WELL-KNOWN it is",
        None,
    ),
    ("punctuation:no_comma", {}, "No; none.", True),
    ("punctuation:no_comma", {}, "No, none.", False),
    ("startend:end_checker", {"end_phrase": "That is all."}, 'Well. "that is all."', True),
    ("startend:end_checker", {"end_phrase": "That is all."}, "That is all. Bye", False),
    ("startend:quotation", {}, ' "All of it." ', True),
    ("startend:quotation", {}, '"All" of it.', False),
    ("startend:quotation", {}, '"', False),
    ("combination:two_responses", {}, "a\n******\nb", True),
    ("combination:two_responses", {}, "a\n******\na", False),
    ("combination:two_responses", {}, "a\n******\nb\n******\nc", False),
    ("combination:repeat_prompt", {"prompt_to_repeat": "Sing to me"}, "sing to me\n\nLa", True),
    ("combination:repeat_prompt", {"prompt_to_repeat": "Sing to me"}, "Sure! Sing to me", False),
]


@pytest.mark.parametrize(("name", "kwargs", "response", "expected"), CASES)
def test_constraints(
    name: str, kwargs: dict[str, Any], response: str, expected: bool | None
) -> None:
    assert CONSTRAINTS[name](response, **kwargs) is expected


def test_each_constraint_is_tested_both_ways() -> None:
    for name in CONSTRAINTS:
        assert {True, False} <= {case[3] for case in CASES if case[0] == name}, name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", (0, 0)),
        ("One", (1, 1)),
        ("One. Two? Three!", (3, 3)),
        ('"One." (Two.) **Three.**', (3, 3)),
        ("It costs 3.50 at example.com now.", (1, 1)),
        ("Dr. Who came. He left.", (2, 3)),
        ("Wait... what?", (1, 2)),
        ("1. One thing.\n2. Another thing.", (2, 4)),
        ("A title\n\nOne sentence.", (1, 1)),
        ("It was in 2020. Then it ended.", (2, 2)),
        ("今天很好。你呢？", (2, 2)),
        ("One. ***", (1, 2)),
    ],
)
def test_sentences(text: str, expected: tuple[int, int]) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I am", (1, 1)),
        ("DON'T", (1, 2)),
        ("UTF-8 AND/OR", (2, 3)),
        ("Ab aB 12", (0, 0)),
        ("", (0, 0)),
    ],
)
def test_capital_words(text: str, expected: tuple[int, int]) -> None:
    assert capital_words(text) == expected


NO_COMMA, SHORT = "punctuation:no_comma", "length_constraints:number_words"
BOTH = {"instruction_id_list": [NO_COMMA, SHORT], "kwargs": [{}, {"num_words": 3, **LESS}]}


@pytest.mark.parametrize(
    ("response", "expected", "score"),
    [
        ("Two words", "keep", 1.0),
        ("<think>a, b, c and d</think>Two words<|im_end|>", "keep", 1.0),
        ("Now three words", "reject: not_followed", 0.5),
        ("Now, three words", "reject: not_followed", 0.0),
        ("", "reject: no_answer", 0.0),
        ("x" * 1_000_001, "unknown: too_long", None),
    ],
)
def test_all_must_be_followed(response: str, expected: str, score: float | None) -> None:
    verdict = judged(response, BOTH)
    assert (short(verdict), verdict.score) == (expected, score)
    if verdict.reason == "not_followed":
        assert SHORT in verdict.detail


def test_one_that_cannot_be_told() -> None:
    language = {"instruction_id_list": ["language:response_language", NO_COMMA]}
    check = {**language, "kwargs": [{"language": "de"}, {}]}
    assert short(judged("x = 5", check)) == "unknown: undecided"
    assert short(judged("x = 5, 6", check)) == "reject: not_followed"


@pytest.mark.parametrize(
    "check",
    [
        "",
        "{",
        [],
        {"instruction_id_list": []},
        {"instruction_id_list": ["no:such_thing"]},
        {"instruction_id_list": [1]},
        {"instruction_id_list": [NO_COMMA], "kwargs": []},
        {"instruction_id_list": [NO_COMMA], "kwargs": [{"num_words": 3}]},
        {"instruction_id_list": [SHORT], "kwargs": [{"num_words": 3}]},
        {"instruction_id_list": [SHORT], "kwargs": [{"num_words": 3, "relation": "about"}]},
        {"instruction_id_list": [SHORT], "kwargs": [{"num_words": -3, "relation": "less than"}]},
        {"instruction_id_list": ["keywords:existence"], "kwargs": [{"keywords": [""]}]},
    ],
)
def test_a_check_that_is_none(check: Any) -> None:
    assert short(judged("Two words", check)) == "unknown: bad_check"


def test_kwargs_that_are_null_do_not_apply() -> None:
    kwargs = [{"num_words": None, "relation": None}, {"num_words": 3, **LESS, "keyword": None}]
    assert short(judged("Two words", {**BOTH, "kwargs": kwargs})) == "keep"
    assert short(judged("None", {"instruction_id_list": [NO_COMMA]})) == "keep"


@pytest.mark.parametrize(
    "unit",
    [".", ". ", "1. ", "a ! ", "*", "* a", "<<", "[", "\n", " ", "A'", '"', "P.", "x ", "-\n"],
)
def test_hostile_responses_end_soon(unit: str) -> None:
    asked = {name: kwargs for name, kwargs, *_ in CASES}
    check = {"instruction_id_list": list(asked), "kwargs": list(asked.values())}
    start = time.process_time()
    assert judged("x" + unit * (900_000 // len(unit)) + "x", check).outcome != "keep"
    assert time.process_time() - start < 8


# --- real data ------------------------------------------------------------------------------


@pytest.mark.skipif(not IFEVAL.is_file(), reason=f"no prompts at {IFEVAL}")
def test_every_row_of_ifeval_can_be_checked() -> None:
    names, rows = set(), IFEVAL.read_text("utf-8").splitlines()
    for line in rows:
        row = json.loads(line)
        names.update(row["instruction_id_list"])
        verdict = judged("This is the answer. It has two sentences.", line)
        assert verdict.reason != "bad_check", verdict.detail
    assert (len(rows), names) == (541, set(CONSTRAINTS))


FILES = {
    "en": "src.eng", "de": "ref.deu", "fr": "ref.fra", "es": "ref.spa", "ru": "ref.rus",
    "ja": "ref.jpn", "zh": "ref.zho-CN",
}  # fmt: skip


@pytest.mark.skipif(not NTREX.is_dir(), reason=f"no news at {NTREX}")
@pytest.mark.parametrize("language", FILES)
def test_languages_of_news(language: str) -> None:
    """Three sentences at a time: nothing is told wrong, and next to nothing left open."""
    lines = (NTREX / f"newstest2019-{FILES[language]}.txt").read_text("utf-8").splitlines()
    texts = [" ".join(lines[at : at + 3]) for at in range(0, 150, 3)]
    for asked in (*FILES, "pt", "sw", "uk", "hi"):
        told = [is_in(text, asked) for text in texts]
        assert (asked != language) not in told
        assert told.count(None) <= 2
    assert [is_in(text, language) for text in texts] == [is_in(text, language) for text in texts]
