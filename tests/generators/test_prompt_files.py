"""The prompt files themselves: versioned, in both languages, with the same places to fill."""

import re
from importlib.resources import files
from pathlib import Path

import pytest

from generators.prompt_files import LANGUAGES, filled, language_name, prompt

ROOT = Path(str(files("generators"))) / "prompts"
PROMPTS = sorted(
    {
        (path.parent.name, path.name.split(".")[0])
        for path in ROOT.glob("*/*.txt")
    }
)  # fmt: skip
_PLACE = re.compile(r"\{([a-z]+)\}")


def test_there_are_prompts() -> None:
    assert {generator for generator, _ in PROMPTS} >= {
        "answer", "few_shot", "refine", "reflect", "zero",
    }  # fmt: skip


@pytest.mark.parametrize(("generator", "name"), PROMPTS)
def test_every_prompt_is_there_in_every_language(generator: str, name: str) -> None:
    texts = {language: prompt(generator, name, language) for language in LANGUAGES}
    places = {
        language: set(_PLACE.findall(text)) - {"language"} for language, text in texts.items()
    }
    assert places["en"] == places["zh"]
    assert all("version" not in text and text == text.strip() for text in texts.values())
    # English names the language of the answer; Chinese is only asked for in Chinese.
    assert "{language}" not in texts["zh"]
    if texts["zh"] and name != "template":
        assert texts["en"].isascii()
        assert len(re.findall(r"[\u4e00-\u9fff]", texts["zh"])) > 1 or "{" in texts["zh"]


@pytest.mark.parametrize("language", ["de", "fr", "und", ""])
def test_other_languages_get_the_english_text(language: str) -> None:
    assert prompt("reflect", "ask", language) == prompt("reflect", "ask", "en")


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("{a}-{b}", {"a": "1", "b": "2"}, "1-2"),
        ("{a}-{b}", {"a": "{b}", "b": "{a}"}, "{b}-{a}"),
        ("{a} {c} {}", {"a": "x"}, "x {c} {}"),
        ("{a}", {"a": r"\1 \g<0>"}, r"\1 \g<0>"),
        ("{a.b} {a!r} {a[0]}", {"a": "x"}, "{a.b} {a!r} {a[0]}"),
        ("no place", {}, "no place"),
    ],
)
def test_filling_in_is_plain_substitution(text: str, values: dict[str, str], expected: str) -> None:
    assert filled(text, **values) == expected


def test_a_language_that_is_not_known_is_described() -> None:
    assert language_name("fr") == "French"
    assert language_name("und") == language_name("xx") == "the language of the question"
