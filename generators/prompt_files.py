"""Prompt texts: prompts/<generator>/<name>.<language>.txt, filled in by plain substitution."""

import re
from functools import cache
from importlib.resources import files

LANGUAGES = ("en", "zh")
"""The languages that prompts are written in; other questions get the English text."""

_NAMES = {
    "ar": "Arabic", "de": "German", "el": "Greek", "en": "English", "es": "Spanish",
    "fr": "French", "he": "Hebrew", "hi": "Hindi", "it": "Italian", "ja": "Japanese",
    "ko": "Korean", "nl": "Dutch", "pl": "Polish", "pt": "Portuguese", "ru": "Russian",
    "th": "Thai", "tr": "Turkish", "uk": "Ukrainian", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip
_VERSION = re.compile(r"# version (\d+)\n")


def prompt(generator: str, name: str, language: str) -> str:
    """The text of a prompt in that language, or in English where there is none; without version.

    `language` is the question's, as ISO 639-1 or "und".
    """
    return _read(generator, name, language if language in LANGUAGES else "en")


def filled(text: str, **values: str) -> str:
    """The text with each {name} replaced by its value.

    In one pass: braces in a value stay what they are, whatever stands between them.
    """
    names = "|".join(map(re.escape, values))
    return re.sub(rf"\{{({names})\}}", lambda found: values[found[1]], text) if names else text


def language_name(language: str) -> str:
    """A question's language as an English prompt names it, with a way to say it is not known."""
    return _NAMES.get(language, "the language of the question")


@cache
def _read(generator: str, name: str, language: str) -> str:
    file = files("generators").joinpath("prompts", generator, f"{name}.{language}.txt")
    text = file.read_text("utf-8")
    head = _VERSION.match(text)
    assert head is not None, f"{file} does not begin with its version"
    return text[head.end() :].strip("\n")
