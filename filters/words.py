"""Answers in words: even, Friday, no solution, twenty-one."""

import re
from functools import lru_cache

from filters.mathematics.latex import NotRead, read

_SMALL = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
sixteen seventeen eighteen nineteen
"""
_TENS = "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"
_UP_TO_19 = _SMALL.split()
NUMERALS = {word: n for n, word in enumerate(_UP_TO_19)}
NUMERALS |= {word: 10 * n for n, word in enumerate(_TENS, 2)}
NUMERALS |= {f"{ten}-{_UP_TO_19[n]}": NUMERALS[ten] + n for ten in _TENS for n in range(1, 10)}
NUMERALS |= {figure: n for n, figure in enumerate("一二三四五六七八九十", 1)} | {"两": 2}

_WORDS = re.compile(r"(?:[^\W\d_]|['’.,!?\-])+(?: (?:[^\W\d_]|['’.,!?\-])+)*")
_LIKE_A_NUMBER = re.compile(
    r"\b(?:half|third|quarter|hundred|thousand|million|billion|dozen|once|twice|pairs?|"
    + "|".join(NUMERALS)
    + r")\b",
    re.IGNORECASE,
)
_SYNONYMS = {"true": "yes", "false": "no", "dne": "does not exist", "nan": "not a number"}
_DENIES = re.compile(
    r"\b(?:not|no|never|non|neither|cannot)\b|n't|\bun|\bin(?=[a-z]{4})|[不非无没]"
)
LONGEST = 40


@lru_cache(maxsize=1024)
def words(text: str) -> str:
    """A canonical text that is nothing but words, in lower case; "" for anything else."""
    if not _WORDS.fullmatch(text) or len(text) < 2:
        return ""
    try:
        read(text)
    except NotRead:
        pass
    else:
        is_known = text.lower() in NUMERALS or text.lower() in ("odd", "yes", "no")
        if max(map(len, text.split())) < 4 and not is_known:
            return ""  # a product of variables, or a name such as pi
    low = " ".join(text.lower().replace(",", " ").split()).strip(" .!?")
    return _SYNONYMS.get(low, low)


def numeral(text: str) -> str:
    """The digits for a number that is written in words; "" for anything else."""
    value = NUMERALS.get(text.lower().replace(" ", "-"))
    return "" if value is None else str(value)


def same_words(got: str, wanted: str) -> bool | None:
    """Whether two answers in words are the same; None where one may only say more."""
    if got == wanted:
        return True
    if bool(_DENIES.search(got)) != bool(_DENIES.search(wanted)):
        return False
    a, b = set(got.split()), set(wanted.split())
    if a & b and max(len(a), len(b)) > 1:
        return None
    return False if max(len(got), len(wanted)) <= LONGEST else None


def may_be_a_number(text: str) -> bool:
    """Whether words may stand for a number."""
    return _LIKE_A_NUMBER.search(text) is not None
