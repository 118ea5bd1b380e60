"""Scripts: which letters are whose, what is no letter of a word, and where runs end."""

import numpy as np
import pytest

from generators.texts.scripts import NAMES, counts, letters_of, runs, scripts

LETTERS = [
    ("Latin", "abcXYZéßœﬁＡ"),
    ("Greek", "αΩώ"),
    ("Cyrillic", "жЯії"),
    ("Hebrew", "שלום"),
    ("Arabic", "سلامپ"),
    ("Devanagari", "नमस्ते"),
    ("Bengali", "বাংলা"),
    ("Tamil", "தமிழ்"),
    ("Thai", "ไทยๆ"),
    ("Georgian", "ქართული"),
    ("Armenian", "Հայ"),
    ("Khmer", "ខ្មែរ"),
    ("Ethiopic", "አማርኛ"),
    ("Hangul", "한국ㄱ"),
    ("Han", "漢字々𠀀"),
    ("kana", "かなカナーｶﾅ"),
    ("another script", "ᏣᎳᎩ"),
]


@pytest.mark.parametrize(("name", "letters"), LETTERS)
def test_letters_have_a_script(name: str, letters: str) -> None:
    assert counts(letters) == {name: len(letters)}
    assert letters_of(scripts(letters), {name}).all()


@pytest.mark.parametrize("signs", ["123 +-", "µ ª º", "\u2126 \u211d \u212b \u2135"])
def test_signs_have_none(signs: str) -> None:
    assert counts(signs) == {}


@pytest.mark.parametrize("signs", ["𝐀𝛼", "😀🇫🇷", "ʃəˈ", "①²₃ⁿ", "→≤°℃", "\ud800"])
def test_symbols_have_none(signs: str) -> None:
    assert counts(signs) == {}


def test_counts_are_in_order_of_frequency() -> None:
    assert list(counts("ab 漢字漢 в")) == ["Han", "Latin", "Cyrillic"]
    assert counts("") == {}


def test_runs_go_on_over_what_is_no_letter() -> None:
    text = "The 最终, 答案 is"
    told = runs(text)
    names = [NAMES[number] for number in told.scripts]
    pieces = [text[start:end] for start, end in zip(told.starts, told.ends, strict=True)]
    assert list(zip(names, pieces, strict=True)) == [
        ("Latin", "The"),
        ("Han", "最终, 答案"),
        ("Latin", "is"),
    ]


def test_runs_end_where_asked_but_never_inside_of_a_word() -> None:
    text = "one (two) three"
    told = runs(text, np.array([sign in "(w" for sign in text]))
    assert [text[a:b] for a, b in zip(told.starts, told.ends, strict=True)] == ["one", "two) three"]
    assert len(runs("12 34").starts) == 0
    assert len(runs("").starts) == 0


def test_ascii_and_other_text_are_read_alike() -> None:
    text = "plain text, 12 words"
    assert (scripts(text) == scripts(text + "é")[:-1]).all()
