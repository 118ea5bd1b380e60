"""Whether a question asks for another language: to translate, or to answer in one.

A graph is translated too, and books are in French: a translation has words as its object, and a
language that is asked for stands beside a verb of saying.
"""

import re
from functools import cache

from filters.languages.names import NAMES

_OBJECTS = (
    r"texts?|words?|sentences?|phrases?|paragraphs?|passages?|poems?|proverbs?|idioms?|titles?"
)
_LANGUAGES = "|".join(sorted(set(NAMES.values())))
# A word problem goes into an equation, and capitals are a word to count the letters of.
_INTO_FORMULAS = (
    r"(?![^.?!\n]{0,80}\b(?:in)?to (?:an? )?(?:\w+ )?"
    r"(?:equations?|inequalit|algebra|mathemat|symbol|formula|logic|expression))"
)
_TRANSLATION = re.compile(
    rf"\b[Tt]ranslat(?:e|es|ed|ing|ions?)\b{_INTO_FORMULAS} ?(?:[:\"“‘«「]|[^.?!;\n\d]{{0,60}}"
    rf"(?:\b(?:{_OBJECTS}|languages?)\b|[\"“«「]"
    rf"|\b(?:(?:in)?to|(?<!translated )from) (?:{_LANGUAGES})\b))"
    rf"|\b(?:{_LANGUAGES}) translation\b"
    rf"|\b(?:{_OBJECTS})(?: [^\s.?!]{{1,30}}){{0,2}} (?:(?:is|are|be|was) translated|translates?)\b"
    rf"|\b[Hh]ow (?:is|are|do|does|can|would)\b[^.?!;\n\d]{{0,40}}\b(?:{_OBJECTS})\b"
    r"[^.?!;\n\d]{0,40}\btranslated?\b"
)
# In Russian units are "translated" as well, and in German gears are.
_ELSEWHERE = re.compile(
    r"übersetz(?!ungsverh)|tradu[cizt]|vertaal|översätt|oversett|翻译|翻譯|翻訳|번역"
    r"|перев(?:[её]|од)\w{0,12}[^.?!\n]{0,60}"
    r"(?:текст|слов[оа]|предложени|фраз|язык|\bна \w{2,20}ский\b)",
    re.IGNORECASE,
)
_SCRIPT = re.compile(r"\b(?:kanji|hanzi|hanja|hangul|hiragana|katakana)\b", re.IGNORECASE)
_IN_CHINESE = re.compile(r"用[^，。\n]{0,3}(?:中|英|法|德|日|俄|韩|西班牙)[文语](?!字母)")


def asks_for_another(question: str, own: str) -> bool:
    """Whether it asks for a language other than `own` (ISO 639-1), the one that it is in."""
    return any(
        pattern.search(question)
        for pattern in (_TRANSLATION, _ELSEWHERE, _SCRIPT, _IN_CHINESE, _asked_for(own))
    )


@cache
def _asked_for(own: str) -> "re.Pattern[str]":
    named = "|".join(sorted(set(NAMES.values()) - {NAMES[own]}))
    return re.compile(
        r"\b(?:answer|respond|reply|write|say|explain|reason|think|express|spell|pronounce|mean|"
        rf"called|solve)\b[^.?!\n]{{0,60}}\bin(?:to)? (?:{named})\b"
        rf"|\bwhat(?:'s| is| are)(?: [^\s.?!]{{1,30}}){{1,4}} in (?:{named})\s*[?.:]"
        rf"|\b(?:{named}) (?:word|phrase|term|name|expression|equivalent)s? (?:for|of)\b"
        r"|\b(?:write|compose|correct|rewrite|complete|conjugate|proofread|summari[sz]e|following|"
        rf"this)\b[^.?!\n]{{0,40}}\b(?:{named}) (?:{_OBJECTS})\b",
        re.IGNORECASE,
    )
