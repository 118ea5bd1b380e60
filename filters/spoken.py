"""Whether a text is in a language: by its script and small words, else by langdetect, seeded."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from generators.text import language_of

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
    from langdetect import LangDetectException

    detector = _factory().create()
    detector.append(text)
    try:
        found = detector.get_probabilities()
    except LangDetectException:
        return None
    return (found[0].lang.partition("-")[0], found[0].prob) if found else None


def _languages() -> frozenset[str]:
    return frozenset(name.partition("-")[0] for name in _factory().get_lang_list())


@cache
def _factory() -> Any:
    """The library's profiles, with a seed: it samples, and two runs must say the same."""
    # One of our own, since the library's is seen by other threads before it is complete.
    from langdetect.detector_factory import PROFILES_DIRECTORY, DetectorFactory

    factory = DetectorFactory()
    profiles = sorted(path for path in Path(PROFILES_DIRECTORY).iterdir() if path.is_file())
    factory.load_json_profile([path.read_text(encoding="utf-8") for path in profiles])
    factory.seed = 0
    return factory
