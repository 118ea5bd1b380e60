import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generators.texts.text import language_of, normalise


@pytest.mark.parametrize(
    ("text", "language"),
    [
        # one script, one language
        ("方程式 x^2=4 を解け。", "ja"),
        ("ﾊﾝｶｸ ﾃﾞｽ", "ja"),
        ("求 $x^2=4$ 的解。", "zh"),
        ("設 x 為整數，求 x 的值。", "zh"),
        ("x의 값을 모두 구하시오.", "ko"),
        ("Найдите все значения x, при которых f(x) = 0.", "ru"),
        ("أوجد جميع قيم x.", "ar"),
        ("Να βρείτε όλες τις τιμές του x.", "el"),
        ("מצא את כל הערכים של x", "he"),
        ("จงหาค่าของ x ทั้งหมด", "th"),
        ("x का मान ज्ञात कीजिए।", "hi"),
        # Latin says English in its own words only
        ("Find all x such that f(x) = 0.", "en"),
        ("What is 2 + 2?", "en"),
        ("Compute $\\sin 60^\\circ$.", "en"),
        ("Let α, β and γ be the angles of the triangle αβγ.", "en"),
        ("A café in São Paulo sells 3 crêpes. How many are left when 2 of them are eaten?", "en"),
        ("What is the meaning of the word 你好?", "en"),
        ("Halla el valor de x si 2x + 3 = 7.", "und"),
        ("Calculer la somme des entiers de 1 à 100.", "und"),
        ("Berechne die Summe der Zahlen von 1 bis 100.", "und"),
        ("Wer schrieb „The Lord of the Rings“ und wann ist das Buch im Handel?", "und"),
        ("Wat is de afgeleide van de functie f(x) = x^2?", "und"),
        ("Find værdien af x, når 2x + 3 = 7.", "und"),
        ("Tìm giá trị của x sao cho 2x + 3 = 7.", "und"),
        ("Care are valoarea lui x?", "und"),
        # a borrowed の is not Japanese, terse Japanese is
        ("优の良品店有 12 个苹果，卖了 5 个，请问现在还剩下多少个苹果？", "zh"),
        ("関数 f(x) の最小値", "ja"),
        # formulas and code have no language
        ("", "und"),
        ("2 + 2 = ?", "und"),
        ("α + β = γ", "und"),
        ("Σ λ μ ν = ∞", "und"),
        ("```python\nif this: print('the and that')\n```", "und"),
        ("设 $\\begin{array}{l} \\text{max} \\\\ \\frac{a}{b} \\end{array}$，求 a。", "zh"),
        ("求 f(x)=ax^2+bx+c, g(x)=dx+e, h(x)=f(g(x)) 的值", "zh"),
        # other languages in the same script show themselves; other scripts are not known here
        ("Знайдіть усі значення x, для яких f(x) = 0.", "und"),
        ("مجموع این اعداد چیست؟", "und"),
        ("সমস্ত সংখ্যার যোগফল নির্ণয় করো।", "und"),
        # neither says more
        ("the number 你好吗", "und"),
        ("\ud800\udfff\0", "und"),
    ],
)
def test_language_of(text: str, language: str) -> None:
    assert language_of(text) == language


def test_the_start_of_a_question_tells() -> None:
    assert language_of("求 x 的值。" * 5_000 + "Найдите x. " * 50_000) == "zh"


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("Find  x\n\twhere y.", "find x where y."),
        ("\u3000Ｆｉｎｄ\u00a0ｘ ", "find x"),
        ("STRASSE", "straße"),
        ("e\u0301te\u0301", "ÉTÉ"),
        ("x² ½", "x2 1⁄2"),
        ("ﬁnd", "find"),
        ("ﷺ", "صلى الله عليه وسلم"),
        ("", " \n\u2028"),
        ("a\ud800", "A\ud800"),
    ],
)
def test_equal_when_normalised(text: str, same: str) -> None:
    assert normalise(text) == normalise(same)


@pytest.mark.parametrize(
    ("text", "other"), [("find x", "find y"), ("ab", "a b"), ("x.", "x"), ("-1", "1")]
)
def test_different_when_normalised(text: str, other: str) -> None:
    assert normalise(text) != normalise(other)


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert normalise(unicodedata.normalize("NFD", text)) == once


@pytest.mark.parametrize(
    "piece", ["a", "\u0315\u0300", "你", "ﷺ", "`", "```", "\\begin{", "Ⅷ ", "\ud800", "α"]
)
def test_a_hostile_megabyte_takes_no_more_than_seconds(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    start = time.process_time()
    language_of(text)
    normalise(text)
    assert time.process_time() - start < 5
