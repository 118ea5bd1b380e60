"""The language filter: on made turns a row for each rule, and its bars on spliced NTREX lines."""

import os
import random
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest

from filters.language import language, language_share, question_language
from filters.languages.asked import asks_for_another
from filters.languages.detect import detect
from filters.languages.names import SCRIPTS, same_script
from generators.errors import UserError
from generators.records import Problem, Sample
from generators.registry import find

ENGLISH = (
    "So we have that the sum of both numbers is twelve, and since one of them is five, the other "
    "must be seven. Let me check this again: five and seven are twelve, which is what we wanted."
)
GERMAN = (
    "Also ist die Summe der beiden Zahlen zwölf, und weil eine davon fünf ist, muss die andere "
    "sieben sein. Ich prüfe das noch einmal: fünf und sieben sind zwölf, wie es verlangt war."
)
RUSSIAN = (
    "Значит, сумма двух чисел равна двенадцати, а одно из них равно пяти, поэтому второе семь."
)
UKRAINIAN = (
    "Отже, сума двох чисел дорівнює дванадцяти, а оскільки одне з них це п'ять, то інше має бути "
    "сім. Перевірю це ще раз: п'ять та сім це дванадцять, як і було потрібно для відповіді."
)
CHINESE = "所以两个数的和是十二，其中一个是五，因此另一个一定是七。我们再检查一遍：五加七等于十二。"
JAPANESE = "二つの数の和は十二で、一つは五なので、もう一つは七です。もう一度確認しましょう。"
KOREAN = "두 수의 합은 열둘이고 그중 하나가 다섯이므로 다른 하나는 일곱이다. 다시 확인해 보자."
PROBLEM = "The sum of two numbers is twelve. What is the other one?"

# target, text, what the first switch goes to ("" where there is none)
RULES = [
    # Other scripts: one character outside of what is masked is enough.
    ("en", ENGLISH, ""),
    ("en", f"{ENGLISH} 因此 it holds.", "Chinese"),
    ("en", f"{ENGLISH} 又 it holds.", "Chinese"),
    ("en", f"{ENGLISH} これは it holds.", "Japanese"),
    ("en", f"{ENGLISH} 그 it holds.", "Korean"),
    ("en", f"{ENGLISH} потому что it holds.", "Russian"),
    ("en", f"{ENGLISH} εδώ it holds.", "Greek"),
    ("en", f"{ENGLISH} ᏣᎳᎩ it holds.", "another script"),
    ("de", f"{GERMAN} 因此.", "Chinese"),
    ("zh", f"{CHINESE}これは正しい。", "Japanese"),
    ("zh", f"{CHINESE}потому что。", "Russian"),
    ("ja", f"{JAPANESE}我们现在来看这个问题。", "Chinese"),
    ("ja", f"{JAPANESE}東京大学教授会議。", ""),
    ("ja", f"{JAPANESE}这个数是五。", "Chinese"),
    ("ja", f"{JAPANESE}她是五。", "Chinese"),
    ("ja", f"{JAPANESE}是非、刘翔選手。", ""),
    ("ko", f"{KOREAN} 因此 그렇다.", "Chinese"),
    ("ko", f"{KOREAN} 美 정부와 수학(數學)은 그렇다.", ""),
    ("ru", f"{RUSSIAN} 因此.", "Chinese"),
    # What is masked, and what is a symbol.
    (
        "en",
        f"{ENGLISH}\n```\n# 因此\n```\n`因此` $\\text{{因此}}$ https://example.org/因",
        "Chinese",
    ),
    ("en", f"{ENGLISH}\n```\n# 因此\n```\n`因此` $\\text{{因此}}$ \\[因此\\]", ""),
    ("en", f"{ENGLISH} With α, β and Δx, αβγ, Ш and א; 5 µm, 3 Ω, 20 °C, ʃ, 😀, (ツ).", ""),
    # Names and quoted terms, and where they are none.
    ("en", f'{ENGLISH} Haruki Murakami (村上春樹) and "Война и мир" and «北京».', ""),
    ("en", f"{ENGLISH} So 北京 (Beijing) and 'Москва' too.", ""),
    ("en", f"{ENGLISH} So 因此 (therefore) too.", "Chinese"),
    ("en", f"{ENGLISH} = (因此) too.", "Chinese"),
    ("en", f'{ENGLISH} "{CHINESE}"', "Chinese"),
    ("en", f'{ENGLISH} "He said" 因此 "so".', "Chinese"),
    # Latin words in other prose: terms are of it, phrases are not.
    ("zh", f"{CHINESE}我们使用 dynamic programming 算法和 DNA，x 是 Python 变量。", ""),
    ("zh", f"{CHINESE}《The Lord of the Rings》和 New York Times。", ""),
    ("zh", f"{CHINESE}\n\nfor i in range(n):\n    if not a and b:\n        return x\n", ""),
    ("zh", f"{CHINESE}University of California 的教授。", ""),
    ("zh", f"{CHINESE}we said that 也对。", "English"),
    ("zh", f"{CHINESE}But wait, the answer is not this。", "English"),
    ("ru", f"{RUSSIAN} Но wait, that is not the answer.", "English"),
    ("ru", f"{RUSSIAN} Это quick sort и Python.", ""),
    # The same script: a paragraph, not a sentence.
    ("en", f"{ENGLISH}\n\n{GERMAN}\n\n{ENGLISH}", "German"),
    ("en", f"{ENGLISH} {GERMAN} {ENGLISH}", "German"),
    ("en", f"{ENGLISH}\n\nIch weiß es nicht.\n\n{ENGLISH}", ""),
    ("de", f"{GERMAN}\n\n{ENGLISH}", "English"),
    ("ru", f"{RUSSIAN}\n\n{UKRAINIAN}\n\n{RUSSIAN}", "Ukrainian"),
    ("uk", UKRAINIAN, ""),
    (
        "en",
        "\n".join(f"{name} de la Cruz, {name} van den Berg" for name in ("Ana", "Ida") * 20),
        "",
    ),
    ("en", "AC * (AB + AC)/(AB + DE + EN) * VAN + DET * MED + EST - UND * LES\n" * 30, ""),
]


@pytest.mark.parametrize(("target", "text", "to"), RULES)
def test_rules(target: str, text: str, to: str) -> None:
    told = language_share(text, target)
    assert (told.switches[0].language if told.switches else "") == to
    assert told.share is not None
    assert (told.share < 1) == bool(to)


# question, target named, reasoning, response, reason ("" keeps)
TURNS = [
    (PROBLEM, "question", ENGLISH, ENGLISH, ""),
    (PROBLEM, "question", f"{ENGLISH} 因此.", ENGLISH, "mixed_language"),
    (PROBLEM, "question", ENGLISH, f"{ENGLISH} 因此.", "mixed_language"),
    (PROBLEM, "question", CHINESE, ENGLISH, "other_language"),
    (PROBLEM, "question", ENGLISH, GERMAN, "other_language"),
    (PROBLEM, "zh", CHINESE, CHINESE, ""),
    (PROBLEM, "zh", CHINESE, GERMAN, "other_language"),
    (GERMAN, "question", GERMAN, GERMAN, ""),
    (GERMAN, "question", ENGLISH, GERMAN, "other_language"),
    (CHINESE, "question", CHINESE, CHINESE, ""),
    # What the problem says is expected.
    (f"{PROBLEM} What does 因此 mean?", "question", f"{ENGLISH} 因此 means so.", ENGLISH, ""),
    (
        f"{PROBLEM} What does 因此 mean?",
        "question",
        f"{ENGLISH} 所以 so.",
        ENGLISH,
        "mixed_language",
    ),
    (f"{ENGLISH} {PROBLEM} And this: {GERMAN}", "question", f"{ENGLISH}\n\n{GERMAN}", ENGLISH, ""),
    (
        "Translate: the answer is five.",
        "question",
        f"{ENGLISH} 答案是五",
        "五",
        "translation_asked",
    ),
    (
        "Answer in German: how many are five and seven?",
        "question",
        ENGLISH,
        GERMAN,
        "translation_asked",
    ),
    ("What is the kanji for tree?", "question", ENGLISH, "木", "translation_asked"),
    # Fewer words than a detector needs.
    (PROBLEM, "question", ENGLISH, "Die Antwort ist sieben.", "too_short"),
    (PROBLEM, "question", "La respuesta es siete.", ENGLISH, "too_short"),
    (GERMAN, "question", GERMAN, "The answer is seven.", "too_short"),
    (RUSSIAN, "ru", RUSSIAN, "Відповідь це сім, та й два.", "too_short"),
    (PROBLEM, "question", "Das ist so.", f"{ENGLISH} 因此.", "mixed_language"),
    (f"{PROBLEM} Spell: die Antwort ist", "question", ENGLISH, "Die Antwort ist", ""),
    (
        "What is the seven in German?",
        "question",
        ENGLISH,
        "Das ist die Sieben.",
        "translation_asked",
    ),
    (PROBLEM, "question", ENGLISH, "Sieben", ""),
    (PROBLEM, "question", ENGLISH, "The answer is seven.", ""),
    # Nothing to judge by.
    ("Kwa xyzzy plugh zork", "question", ENGLISH, ENGLISH, "unknown_language"),
    # A question of symbols is in no language: the chain is to be in one.
    ("$2+2=?$", "question", ENGLISH, ENGLISH, ""),
    ("1+1", "question", CHINESE, "答案是二。", ""),
    ("1+1", "question", f"{ENGLISH} 因此 it holds.", ENGLISH, "mixed_language"),
    ("1+1", "question", ENGLISH, CHINESE, "other_language"),
    ("$2+2=?$", "question", "Sieben", "7", "unknown_language"),
    ("Factor $x^2-1$", "question", ENGLISH, ENGLISH, ""),
    ("Factor $x^2-1$", "question", CHINESE, CHINESE, "other_language"),
    ("Zeige $x=7$.", "question", GERMAN, GERMAN, ""),
    ("Zeige $x=7$.", "question", ENGLISH, ENGLISH, "other_language"),
    ("Calcula 3+4", "question", ENGLISH, ENGLISH, "unknown_language"),
    ("Übung $x$", "question", ENGLISH, ENGLISH, "unknown_language"),
    (PROBLEM, "question", "```\nx = 5\n```", "\\[ x = 5 \\]", ""),
    (PROBLEM, "question", "", "42", ""),
]

# question, whether another language is asked for
ASKED = [
    ("Translate the sentence: the cat sleeps.", True),
    ("Translate the graph of y = x^2 by 3 units to the right.", False),
    ("How is the word cat translated?", True),
    ("The graph of y = x^2 is translated 3 units right. Find its new equation.", False),
    ("In words, how is the graph translated?", False),
    ("What is the French translation of cat?", True),
    ("A translation maps the point A to B = (5, 7). What is A?", False),
    ("Translate 'cat' into French.", True),
    ("Translate this word problem into an equation.", False),
    ("In the word TRANSLATE, how many arrangements of two words are there?", False),
    ("A translator reads a text in 5 hours. How many texts does he read in 20?", False),
    ("Write a poem in French.", True),
    ("There are 12 books, 5 in French and 7 in German. How many ways to shelve them?", False),
    ("What is the French word for cat?", True),
    ("How many 5-letter words are in the Spanish language with two vowels?", False),
    ("Summarise the following German text.", True),
    ("Of 30 pupils, 12 take French and Spanish classes. How many take neither?", False),
    ("Answer in English: how many are there?", False),
    ("Переведите слово на английский язык.", True),
    ("Переведите 5 км в метры.", False),
    ("用英语回答：一加一等于几？", True),
    ("用英文字母表示未知数。", False),
]


@pytest.mark.parametrize(("question", "is_asked"), ASKED)
def test_another_language_is_asked_for(question: str, is_asked: bool) -> None:
    assert asks_for_another(question, question_language(question) or "en") == is_asked


@pytest.mark.parametrize(("question", "target", "reasoning", "response", "reason"), TURNS)
def test_turns(question: str, target: str, reasoning: str, response: str, reason: str) -> None:
    sample = Sample(problem=Problem(question=question), reasoning=reasoning, response=response)
    assert language(sample, target=target).reason == reason


def test_score_detail_and_threshold() -> None:
    turn = Sample(problem=Problem(question=PROBLEM), reasoning=f"{ENGLISH}\n\n答案是五 so.")
    told = language(turn)
    assert told.outcome == "reject"
    assert told.score is not None
    assert 0.9 < told.score < 1
    assert "reasoning: Chinese from paragraph 2 (offset 185)" in told.detail
    assert language(turn, at_least=0.9).outcome == "keep"
    assert language(turn, at_least=0.9).score == told.score
    assert language(Sample(problem=turn.problem, reasoning="`x`")).score is None


# reasoning, response, score, what the detail says
SHORT = [
    ("", "The answer is seven.", 1.0, ""),
    ("", "Seven", None, "response: 1 words, too few to tell their language"),
    ("", "Die Antwort ist sieben.", None, "response: 4 words, too few to tell their language, per"),
    (ENGLISH, "Seven", 1.0, "response: 1 words, too few"),
    (ENGLISH, "$7$", 1.0, ""),
    ("Seven 因此", ENGLISH, 0.45, "reasoning: Chinese"),
]


@pytest.mark.parametrize(("reasoning", "response", "score", "detail"), SHORT)
def test_what_is_too_short_has_no_say(
    reasoning: str, response: str, score: float | None, detail: str
) -> None:
    turn = Sample(problem=Problem(question=PROBLEM), reasoning=reasoning, response=response)
    told = language(turn)
    assert told.score == (None if score is None else pytest.approx(score, abs=0.05))
    assert told.detail.startswith(detail)
    assert bool(told.detail) == bool(detail)
    assert language(turn, at_least=0).outcome == "keep"


def test_shares_in_two_scripts_compare() -> None:
    """The same sentence in two languages weighs about the same, whichever is the target."""
    text = f"{ENGLISH}\n\n{CHINESE}"
    shares = [language_share(text, target).share or 0 for target in ("en", "zh")]
    assert sum(shares) == pytest.approx(1, abs=0.05)
    assert language_share(f"{ENGLISH}\n\n{GERMAN}", "en").share == pytest.approx(0.5, abs=0.1)


QUESTIONS = [
    (PROBLEM, "und", "en"),
    (PROBLEM, "de", "de"),
    (PROBLEM, "en-US", "en"),
    (
        "Wie viele Äpfel hat Anna, wenn sie drei von ihren sieben Äpfeln isst und keinen kauft?",
        "",
        "de",
    ),
    ("¿Cuántas manzanas tiene Ana si come tres de las siete que compró en el mercado?", "", "es"),
    (UKRAINIAN, "", "uk"),
    (KOREAN, "", "ko"),
    ("გამოთვალე ჯამი", "", "ka"),
    ("$x$", "", ""),
    ("Kwa xyzzy plugh", "", ""),
    ("Résoudre $x^2=49$.", "", "fr"),
    ("Risolvi $x^2=49$.", "", "it"),
    ("Integrate $x e^x$", "", "en"),
    ("Determina $x$", "", ""),
]


@pytest.mark.parametrize(("question", "told", "code"), QUESTIONS)
def test_language_of_a_question(question: str, told: str, code: str) -> None:
    assert question_language(question, told) == code


def test_settings_are_checked() -> None:
    entry = find("filter", "language")
    assert entry.check({}, "filters.0") == {"target": "question", "at_least": 1.0}
    with pytest.raises(UserError, match="no language 'zz'"):
        entry.check({"target": "zz"}, "filters.0")


def test_every_thread_says_the_same() -> None:
    text = f"{ENGLISH}\n\n{GERMAN}\n\n{ENGLISH}"
    with ThreadPoolExecutor(4) as pool:
        told = set(pool.map(lambda _: language_share(text, "en"), range(16)))
    assert told == {language_share(text, "en")}
    assert detect("5", same_script("en")) == []


@pytest.mark.timeout(60)
@pytest.mark.parametrize("piece", ["a我", "“我”", "かa漢", "der the ", "und nicht ", "α ", "我"])
def test_hostile_text_takes_seconds(piece: str) -> None:
    for target in ("en", "zh"):
        assert language_share(piece * 300_000, target).switches is not None


# NTREX-128: the same news in seven languages.

DATA = Path(os.environ.get("FACTORY_DATA") or Path(__file__).parents[3] / "shared" / "data")
NTREX = DATA / "real" / "multilingual" / "ntrex"
FILES = {
    "en": "src.eng",
    "de": "ref.deu",
    "fr": "ref.fra",
    "es": "ref.spa",
    "ru": "ref.rus",
    "zh": "ref.zho-CN",
    "ja": "ref.jpn",
}
LATIN = [code for code in FILES if SCRIPTS[code] == {"Latin"}]
UNSPACED = {"zh": 1.66, "ja": 2.37}  # characters per word
real = pytest.mark.skipif(not NTREX.is_dir(), reason="no NTREX lines: set FACTORY_DATA")
NAMES_OF = {
    "ru": re.compile(r"[А-Я][а-я]+ [А-Я][а-я]+"),
    "zh": re.compile(r"[\u4e00-\u9fff]{1,4}·[\u4e00-\u9fff]{1,4}"),
    "ja": re.compile(r"[ァ-ヴー]{2,8}・[ァ-ヴー]{2,8}"),
}
Make = Callable[[random.Random], str]


@cache
def lines(code: str) -> list[str]:
    text = (NTREX / f"newstest2019-{FILES[code]}.txt").read_text("utf-8")
    return [line for line in text.split("\n") if line.strip()]


def passage(code: str, chance: random.Random) -> list[str]:
    """About 400 words in paragraphs of three lines."""
    at, words = chance.randrange(len(lines(code)) - 60), 0.0
    taken: list[str] = []
    while words < 400 and len(taken) < 60:
        taken.append(lines(code)[at + len(taken)])
        last = taken[-1]
        words += len(last) / UNSPACED[code] if code in UNSPACED else len(last.split())
    return [" ".join(taken[i : i + 3]) for i in range(0, len(taken), 3)]


def phrase(code: str, chance: random.Random, words: int) -> str:
    """Words in a row of a line, at least half of them in the language's own script."""
    own = re.compile("[а-яё]" if code == "ru" else "[a-z]" if code in LATIN else "[\u3041-\u9fff]")
    while True:
        line = chance.choice(lines(code))
        parts = list(line) if code in UNSPACED else line.split()
        size = round(words * UNSPACED.get(code, 1))
        at = chance.randrange(max(1, len(parts) - size + 1))
        found = parts[at : at + size]
        if len(found) == size and 2 * sum(bool(own.match(part)) for part in found) >= size:
            return ("" if code in UNSPACED else " ").join(found)


def spliced(code: str, piece: str, chance: random.Random) -> str:
    """A passage with the piece between two words of it."""
    parts = passage(code, chance)
    number = chance.randrange(len(parts))
    part = parts[number]
    spaces = range(len(part)) if code in UNSPACED else [m.end() for m in re.finditer(" ", part)]
    at = chance.choice([0, *spaces, len(part)])
    parts[number] = f"{part[:at]}{piece} {part[at:]}"
    return "\n\n".join(parts)


def with_paragraph(code: str, other: str, chance: random.Random) -> str:
    parts = passage(code, chance)
    long = [line for line in lines(other) if len(line.split()) >= 20]
    parts.insert(chance.randrange(len(parts) + 1), chance.choice(long))
    return "\n\n".join(parts)


def with_name(code: str, other: str, chance: random.Random) -> str:
    """A passage with a name of another script in quotes or brackets."""
    names = NAMES_OF[other].findall("\n".join(lines(other)))
    name = chance.choice(names)
    quoted = chance.choice([f'"{name}"', f"“{name}”", f"«{name}»", f"'{name}'", f"name ({name})"])
    return spliced(code, f" {quoted}", chance)


CODE = "```python\ndef f(x):\n    # 返回 это hier und da\n    return 'не' + x\n```\n"
FORMULAS = "\\[ x = \\frac{a}{b} \\text{ если } y \\] and $\\text{因此}$ \\(\\alpha\\beta\\)\n"


def share_found(target: str, make: Make, number: int) -> float:
    """Which part of so many made texts is not all in the target language."""
    chance = random.Random(f"{target} {number}")
    return sum(bool(language_share(make(chance), target).switches) for _ in range(number)) / number


def pairs() -> list[tuple[str, str]]:
    return [(a, b) for a in FILES for b in FILES if not SCRIPTS[a] & SCRIPTS[b]]


def figures(number: int) -> dict[str, float]:
    """What is found of each kind, over all pairs of languages, in `number` texts of each pair."""

    def over(pairs: list[tuple[str, str]], make: Callable[[str, str], Make]) -> float:
        return sum(share_found(a, make(a, b), number) for a, b in pairs) / len(pairs)

    into_latin = [(a, b) for a, b in pairs() if a in LATIN]
    within = [(a, b) for a, b in pairs() if not {a, b} & set(LATIN)]
    of_latin = [(a, b) for a, b in pairs() if b in LATIN]
    told = {}
    for size in (3, 5, 8, 12):

        def splice(a: str, b: str, size: int = size) -> Make:
            return lambda chance: spliced(a, phrase(b, chance, size), chance)

        told[f"other script in Latin, {size} words"] = over(into_latin, splice)
        told[f"other script in another, {size} words"] = over(within, splice)
        told[f"Latin in another script, {size} words"] = over(of_latin, splice)
    same = [(a, b) for a in LATIN for b in LATIN if a != b]
    told["paragraph of the same script"] = over(
        same, lambda a, b: lambda c: with_paragraph(a, b, c)
    )
    named = [(a, b) for a, b in pairs() if b in NAMES_OF]
    told["quoted names"] = over(named, lambda a, b: lambda c: with_name(a, b, c))
    alone = [(a, a) for a in FILES]
    told["clean"] = over(alone, lambda a, _: lambda c: "\n\n".join(passage(a, c)))
    for name, text in (("code", CODE), ("formulas", FORMULAS)):
        told[f"{name} in prose"] = over(
            alone, lambda a, _, t=text: lambda c: spliced(a, f"\n{t}", c)
        )
    return told


@real
def test_bars_on_spliced_lines() -> None:
    told = figures(12)
    assert told["other script in Latin, 8 words"] >= 0.99
    assert told["other script in another, 8 words"] >= 0.99
    assert told["Latin in another script, 3 words"] >= 0.88
    assert told["Latin in another script, 5 words"] >= 0.97
    assert told["Latin in another script, 8 words"] >= 0.99
    assert told["paragraph of the same script"] >= 0.95
    clean = told["clean"]
    for name in ("quoted names", "clean", "code in prose", "formulas in prose"):
        assert told[name] <= max(0.01, clean) + 0.01, name


@real
@pytest.mark.parametrize("text", [CODE * 20, FORMULAS * 20, CODE + FORMULAS])
def test_code_and_formulas_alone_are_in_no_other_language(text: str) -> None:
    assert not language_share(text.replace(" and ", " "), "en").switches


if __name__ == "__main__":
    for kind, found in figures(int(os.environ.get("TEXTS", "100"))).items():
        print(f"{kind:45} {found:7.1%}")
