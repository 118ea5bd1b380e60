"""Whether a text is in a language: by its script and small words, else by langdetect, seeded."""

import re

from filters.languages.detect import detect, profiles
from generators.texts.text import language_of

# What language_of tells apart from all others; Devanagari, Cyrillic and Arabic are of several.
_SURE = frozenset({"en", "ja", "zh", "ko", "th", "el", "he"})
_READ = 10_000
_FEWEST = 40
"""Letters. Of fewer the library says something at random."""
_LIKELY = 0.95

# Code, formulas and addresses are in no language.
_MASKED = re.compile(r"```.*?```|`[^`\n]*`|\$[^$\n]*\$|https?://\S+|\\[A-Za-z]+", re.DOTALL)


def is_in(text: str, language: str) -> bool | None:
    """Whether the text is in the language (ISO 639-1); None where it cannot be told."""
    told = language_of(text)
    if told in _SURE:
        return told == language
    words = _MASKED.sub(" ", text[:_READ])
    letters = sum(map(str.isalpha, words))
    if letters < _FEWEST or language not in _languages():
        return None
    best = _detected(words)
    if best is None or best[1] < _LIKELY:
        return None
    return best[0] == language


def _detected(text: str) -> tuple[str, float] | None:
    """The likeliest language and how likely it is."""
    found = detect(text)
    return (found[0][0].partition("-")[0], found[0][1]) if found else None


def _languages() -> frozenset[str]:
    return frozenset(name.partition("-")[0] for name in profiles().get_lang_list())
