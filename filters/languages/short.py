"""Texts too short for a detector: what their function words say of the language, if anything."""

import re
from functools import cache

import numpy as np

from filters.languages.detect import Marks, bit, marks_of, words_of_prose
from filters.languages.names import same_script
from filters.languages.words import FUNCTION_WORDS, TASK_WORDS
from generators.texts.scripts import Places
from generators.texts.words import words

_EVIDENCE = 2
"""Function words of another language, which the target has not, that cast doubt on a text."""
_READ = 2_000
"""Characters of a question in which words of a task are looked for."""
_WORD = re.compile(r"[^\W\d_]{2,}")


def short_of(text: str, clean: str, target: str, problem: str = "") -> str | None:
    """What a short text is in: `target`, "" where nothing shows it, or a doubt.

    A doubt is the code of the language of the same script that it looks like. None where the text
    has no words, or where its script is that of one language alone.
    """
    if target not in FUNCTION_WORDS or len(same_script(target)) < 2:
        return None
    told = words(text)
    hashes = told.hashes[words_of_prose(told, clean, target)]
    if not len(hashes):
        return None
    marks = marks_of(hashes)
    own = (marks & bit(target)) > 0
    foreign = (marks > 0) & ~own
    if np.count_nonzero(foreign) >= _EVIDENCE:
        foreign &= np.isin(hashes, words(problem).hashes, invert=True)
        likeliest = max(_alone(marks, foreign, own, code) for code in _others(target))
        if likeliest[0] >= _EVIDENCE:
            return likeliest[1]
    return target if own.any() else ""


def tasks_of(question: str) -> list[str]:
    """Languages of which most words of a question are verbs and question words of tasks."""
    found = {word.casefold() for word in _WORD.findall(question[:_READ])}
    hits = {code: len(found & told) for code, told in _tasks().items()}
    most = max(hits.values())
    return [code for code, number in hits.items() if most and number == most]


@cache
def _tasks() -> dict[str, frozenset[str]]:
    return {code: frozenset(told.split()) for code, told in TASK_WORDS.items()}


def _alone(marks: Marks, foreign: Places, own: Places, code: str) -> tuple[int, str]:
    """How many words are of a language and not of the target; 0 where it is the other way round."""
    theirs = (marks & bit(code)) > 0
    alone = int(np.count_nonzero(theirs & foreign))
    return (alone if alone > np.count_nonzero(own & ~theirs) else 0), code


def _others(target: str) -> list[str]:
    return [code for code in same_script(target) if code != target and code in FUNCTION_WORDS]
