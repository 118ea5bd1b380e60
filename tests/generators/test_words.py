"""Words as numbers: what is a word, what counts as the same word, and the same hash everywhere."""

import os
import subprocess
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generators.texts.words import REMEMBERED, Hashes, grams, mixed, signs, words

ROOT = Path(__file__).parents[2]


def split(text: str) -> list[str]:
    told = words(text)
    return [text[start:end] for start, end in zip(told.starts, told.ends, strict=True)]


def hashed(text: str) -> list[int]:
    return list(map(int, words(text).hashes))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n\t", []),
        ("...", []),
        ("a", ["a"]),
        ("Hello, world", ["Hello", "world"]),
        (" hello\n\nworld ", ["hello", "world"]),
        ("don't", ["don", "t"]),
        ("x_1 and y2", ["x", "1", "and", "y2"]),
        ("12,345.6", ["12", "345", "6"]),
        ("well-known", ["well", "known"]),
        # scripts that write without spaces: each letter is a word
        ("中文字", ["中", "文", "字"]),
        ("か カ", ["か", "カ"]),
        ("用x表示2个", ["用", "x", "表", "示", "2", "个"]),
        ("\U00020000\U00020001", ["\U00020000", "\U00020001"]),
        # others write words
        ("한국어 단어", ["한국어", "단어"]),
        ("простые слова", ["простые", "слова"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        # signs that stand for themselves
        ("x² + y²", ["x", "²", "y", "²"]),
        ("½ of it", ["½", "of", "it"]),
        # what joins and what does not
        ("na\u0308ive", ["na\u0308ive"]),
        ("soft\u00adhyphen", ["soft\u00adhyphen"]),
        ("\U0001d465 + \U0001d41a", ["\U0001d465", "\U0001d41a"]),
        ("half\ud800pair", ["half", "pair"]),
    ],
)
def test_what_is_a_word(text: str, expected: list[str]) -> None:
    assert split(text) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("HELLO World", "hello, world!"),
        ("café naïve", "cafe naive"),
        ("cafe\u0301", "café"),
        ("Ａｂｃ　１２３", "abc 123"),
        ("\U0001d431\U0001d432", "xy"),
        ("zero\u200bwidth", "zerowidth"),
        ("x² + 1", "x^2 + 1"),
        (r"\dfrac{1}{2}", r"\frac{1}{2}"),
        (r"\tfrac 12", r"\cfrac{12}"),
        (r"\tbinom{n}{k}", r"\binom{n}{k}"),
        (r"\left( \frac{a}{b} \right)", r"(\frac{a}{b})"),
        (r"\bigl( x \bigr) \quad \text{if } y", r"(x) if y"),
        (r"\mathrm{cm} \, \textbf{Answer}", "cm answer"),
        ("“quoted” — dashed…", '"quoted" - dashed...'),
        ("中 文", "中文"),
        ("ГОРОД", "город"),
    ],
)
def test_typography_aside_words_are_the_same(one: str, other: str) -> None:
    assert hashed(one) == hashed(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ab", "ba"),
        ("ab", "a b"),
        ("a b", "b a"),
        ("word", "words"),
        ("1 2", "12"),
        ("x", "y"),
        ("0", "00"),
        ("aa", "aaa"),
        (r"\frac12", r"\binom12"),
        ("中", "文"),
        ("leftover", "over"),
        ("a", "а"),  # Latin and Cyrillic
    ],
)
def test_other_words_are_others(one: str, other: str) -> None:
    assert hashed(one) != hashed(other)


def test_a_word_has_one_hash_wherever_it_stands() -> None:
    text = "word " + "x" * 40_000 + " word, 中word文 (WORD)"
    told = Counter(hashed(text))
    assert told[hashed("word")[0]] == 4


def test_operators_are_signs_and_no_words() -> None:
    told = signs("2 + 3 = 5")
    assert told.operators.tolist() == [False, True, False, True, False]
    assert not words("2 + 3 = 5").operators.any()
    assert len(words("2 + 3 = 5")) == 3
    assert hashed("2 + 3") == hashed("2 - 3") == hashed("2 3")
    assert list(signs("2 + 3").hashes) != list(signs("2 - 3").hashes)


@pytest.mark.parametrize(
    ("one", "other"),
    [("2 − 3", "2 - 3"), ("2 × 3", "2 * 3"), ("6÷2", "6/2"), ("a≤b", "a<b"), ("a＝b", "a=b")],
)
def test_operators_are_folded(one: str, other: str) -> None:
    assert list(signs(one).hashes) == list(signs(other).hashes)
    assert signs(one).operators[1]


ANY = st.text(
    st.one_of(st.characters(), st.sampled_from("aB1 .,\\${}+-=²½中文かｱＡé\u0301\u200b😀𝑥\ud800")),
    max_size=80,
)


@given(ANY)
@settings(max_examples=300, deadline=None)
def test_offsets_lie_in_the_text_and_in_order(text: str) -> None:
    for told in (signs(text), words(text)):
        assert told.starts.dtype == told.ends.dtype == np.int64
        assert told.hashes.dtype == np.uint64
        edges = np.column_stack((told.starts, told.ends)).ravel()
        assert len(told) == len(told.starts) == len(told.ends) == len(told.operators)
        assert (told.starts < told.ends).all()
        assert (np.diff(edges) >= 0).all()
        if len(told):
            assert edges[0] >= 0
            assert edges[-1] <= len(text)


@given(ANY)
@settings(max_examples=300, deadline=None)
def test_each_word_alone_hashes_to_what_it_hashed_to(text: str) -> None:
    told = words(text)
    for start, end, value in zip(told.starts, told.ends, told.hashes, strict=True):
        assert hashed(text[start:end]) == [int(value)]


def full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" and c != "\\" else c for c in text)


def bold(text: str) -> str:
    return "".join(chr(0x1D41A + ord(c) - 97) if "a" <= c <= "z" else c for c in text)


Change = Callable[[str], str]
LETTERS: tuple[Change, ...] = (
    str.upper,
    str.title,
    full_width,
    bold,
    lambda text: unicodedata.normalize("NFD", text),
    lambda text: unicodedata.normalize("NFKD", text),
    lambda text: "".join(c + "\u0301" if c.isalpha() else c for c in text),
)
LAYOUT: tuple[Change, ...] = (
    lambda text: text.replace(" ", "  \n"),
    lambda text: text.replace(" ", " \\, \\left( "),
    lambda text: f"\\text{{{text}}}",
    lambda text: "“" + text + "”…",
    lambda text: "\ufeff" + text,
)
PLAIN = st.lists(
    st.text("abcdefghijkmnopqrsuvwxyzäéñ0123456789", min_size=1, max_size=9), max_size=12
).map(" ".join)


@given(
    PLAIN,
    st.lists(st.sampled_from(LETTERS), max_size=2),
    st.lists(st.sampled_from(LAYOUT), max_size=3),
)
@settings(max_examples=300, deadline=None)
def test_typography_changes_no_words(
    text: str, letters: list[Change], layout: list[Change]
) -> None:
    told = text
    for change in (*letters, *layout):
        told = change(told)
    assert hashed(told) == hashed(text)


def naive(hashes: Hashes, n: int) -> list[tuple[int, ...]]:
    told = list(map(int, hashes))
    return [tuple(told[at : at + n]) for at in range(len(told) - n + 1)]


@given(st.lists(st.integers(0, 3), max_size=60), st.integers(1, 25))
@settings(max_examples=200, deadline=None)
def test_grams_are_equal_where_their_words_are(numbers: list[int], n: int) -> None:
    hashes = mixed(np.array(numbers, np.uint64))
    fast, slow = grams(hashes, n), naive(hashes, n)
    assert len(fast) == len(slow)
    names = dict(zip(slow, map(int, fast), strict=True))
    assert [names[run] for run in slow] == list(map(int, fast))
    assert len(set(names.values())) == len(names)


def test_grams_of_nothing() -> None:
    assert len(grams(np.empty(0, np.uint64), 1)) == 0
    assert len(grams(np.ones(4, np.uint64), 5)) == 0
    assert len(grams(np.ones(5, np.uint64), 5)) == 1
    with pytest.raises(ValueError, match="at least 1"):
        grams(np.ones(5, np.uint64), 0)


def test_mixed_spreads_and_loses_nothing() -> None:
    values = mixed(np.arange(100_000, dtype=np.uint64))
    assert len(np.unique(values)) == 100_000
    assert len(np.unique(values >> np.uint64(48))) > 45_000


def test_no_two_of_many_words_collide() -> None:
    text = " ".join(f"{a}{b}" for a in ("w", "ww", "x", "é", "1") for b in range(40_000))
    told = words(text)
    assert len(told) == 200_000
    # é is e, and "1" with a number is another number
    assert len(np.unique(told.hashes)) == len({word.replace("é", "e") for word in text.split()})


def test_texts_are_remembered() -> None:
    text = "said once, " * 3
    assert words(text) is words(text)
    assert words.cache_info().maxsize == REMEMBERED


PROGRAM = """
import sys
from generators.texts.words import grams, signs
told = signs(sys.stdin.buffer.read().decode())
print(told.hashes.tolist(), told.starts.tolist(), told.ends.tolist(), told.operators.tolist())
print(grams(told.hashes, 3).tolist())
"""


def test_every_process_says_the_same() -> None:
    text = "Let $x^2 = \\dfrac{9}{4}$, so |x| = 1.5。因此 Ｘ=３/２ — déjà vu 😀 𝑥"
    told = signs(text)
    here = (
        f"{told.hashes.tolist()} {told.starts.tolist()} {told.ends.tolist()} "
        f"{told.operators.tolist()}\n{grams(told.hashes, 3).tolist()}\n"
    )
    for seed, locale in (("0", "C"), ("1", "C.UTF-8")):
        there = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            input=text.encode(),
            capture_output=True,
            check=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": locale, "PYTHONPATH": str(ROOT)},
        )
        assert there.stdout.decode() == here


def test_hashes_stay_as_they_are() -> None:
    """Signatures on disk are made of them: another hash is another version of their filters."""
    assert hashed("word")[0] == WORD
    assert int(grams(words("one two three").hashes, 3)[0]) == THREE


WORD = 10568680926517621327
THREE = 16190673168371769493


@pytest.mark.parametrize(
    "text",
    ["a" * 1_000_000, "中" * 300_000, "a\u0301" * 300_000, "\u0301" * 300_000, "\\left" * 100_000,
     "+" * 500_000, "\ud800" * 300_000, "😀" * 300_000, "𝑥" * 2_000_000],
)  # fmt: skip
def test_hostile_texts(text: str) -> None:
    told = signs(text)
    assert len(told) <= len(text)
    assert len(words(text)) <= len(told)
