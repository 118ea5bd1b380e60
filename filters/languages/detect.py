"""Same-script languages: paragraphs in another language whose letters are those of the target.

Function words are looked up for every word, which costs next to nothing, and the detector
(langdetect, seeded) reads only what they cast doubt on. On 20 words it is right in 99.9 % (English,
German, French and Spanish among 31 languages; NTREX-128); on a few it says something at random.
"""

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from filters.languages.names import NAMES, SCRIPTS, same_script
from filters.languages.words import FUNCTION_WORDS, REASONING_WORDS
from generators.texts.scripts import NUMBERS, letters_of, scripts
from generators.texts.words import Words, words

FEWEST = 20
"""Words of a paragraph of which a language is told; on fewer the detector abstains."""
LIKELY = 0.8
"""How sure the detector must be that it is not the target."""

# Of a stretch: its words; different function words in it; the share of function words in its
# words, of those that are not capitalised, which names and titles have fewer of, and of those that
# are no citation of the problem.
_SHORTEST = 12
_DIFFERENT = 4
_DENSEST = 0.2
_LOWER = 0.4
_NEW = 0.2
_NEUTRAL = 0.15
"""What a word of neither language takes off a stretch, where one of the other adds 1."""
_EDGE = 8
"""Words to the edge of a line up to which a stretch is completed."""
_READ = 1_500
"""Characters that the detector reads of a stretch."""
_MOST = 200
"""Stretches that are looked at in one text; what stands behind them is not judged."""
_KEY = np.uint64(46)
# What a word adds to a window's sum: its own words in the lower five bits, doubtful ones above.
_OWN, _DOUBT = 1, 32
_CANDIDATES = 4

Marks = npt.NDArray[np.uint64]


class Switch(NamedTuple):
    """Where a text leaves the target language, and for what (end exclusive)."""

    language: str
    """Its English name, or that of its script."""
    start: int
    end: int
    words: float


def paragraphs(text: str, clean: str, target: str, problem: str = "") -> list[Switch]:
    """Stretches of prose of about FEWEST words or more in another language of the target's script.

    A stretch may begin and end inside a line. It takes both: function words of one other language
    that outnumber the target's own, and a detector that rules the target out. Languages without
    function words here are neither found nor, as targets, judged. What cites the problem is none.
    """
    if target not in FUNCTION_WORDS or len(same_script(target)) < 2:
        return []
    told = words(text)
    is_word = words_of_prose(told, clean, target)
    hashes = told.hashes[is_word]
    kinds = _kinds(target)[_slots(hashes)]
    regions = [
        (first, last)
        for first, last in _doubtful(kinds)
        if len(set(hashes[first:last][kinds[first:last] == _DOUBT].tolist())) > 2
    ]
    if not regions:
        return []
    starts, ends = told.starts[is_word], told.ends[is_word]
    found: list[Switch] = []
    looked = 0
    while regions and (looked := looked + 1) <= _MOST:
        first, last = regions.pop()
        inner = _stretch(marks_of(hashes[first:last]), target)
        if not inner:
            continue
        a, b = _to_lines(text, starts, kinds, first + inner[0], first + inner[1])
        regions += [(x, y) for x, y in ((first, a), (b, last)) if y - x >= _SHORTEST]
        start, end = int(starts[a]), int(ends[b - 1])
        if code := _language(hashes[a:b], clean[start:end], target, problem):
            found.append(Switch(NAMES[code], start, end, float(b - a)))
    return sorted(found, key=lambda switch: switch.start)


def language_of_words(text: str, script: str, fewest: int = 4) -> str:
    """The language whose function words clearly outnumber all others'; "" where none does.

    `fewest` is how many of them it takes, each as often as it stands there.
    """
    codes = [code for code, own in SCRIPTS.items() if own == {script} and code in FUNCTION_WORDS]
    marks = marks_of(words(text).hashes)
    counted = sorted((int(np.count_nonzero(marks & bit(code))), code) for code in codes)
    if len(counted) < 2:
        return ""
    second = counted[-2][0]
    if counted[-1][0] < max(fewest, min(second + 2, 2 * second), 1.2 * second):
        return ""
    return counted[-1][1]


def detect(text: str, among: tuple[str, ...] = ()) -> list[tuple[str, float]]:
    """Languages (ISO 639-1) and how likely each is, the likeliest first; the same in every run.

    Empty where the text has nothing to go by. `among` are the languages that it can be, if known;
    then the beginning is enough.
    """
    from langdetect import LangDetectException

    detector = profiles().create()
    if among:
        detector.set_prior_map(dict.fromkeys(among, 1.0))
    detector.append(text[:_READ] if among else text)
    try:
        return [(found.lang, found.prob) for found in detector.get_probabilities()]
    except LangDetectException:
        return []


@cache
def profiles() -> Any:
    """The library's profiles, loaded once a process, and seeded: it samples what it reads."""
    # One of our own, since the library's is seen by other threads before it is complete.
    from langdetect.detector_factory import PROFILES_DIRECTORY, DetectorFactory

    factory = DetectorFactory()
    files = sorted(path for path in Path(PROFILES_DIRECTORY).iterdir() if path.is_file())
    factory.load_json_profile([path.read_text(encoding="utf-8") for path in files])
    factory.seed = 0
    return factory


def _language(hashes: Marks, text: str, target: str, problem: str) -> str:
    """The language that a stretch is in, by its function words and the detector; "" if neither."""
    if len(hashes) < _SHORTEST:
        return ""
    sample = [word for word in text[:_READ].split() if word[:1].isalpha()]
    if sum(not word[0].isupper() for word in sample) < _LOWER * len(sample):
        return ""
    if problem and np.isin(hashes, words(problem).hashes, invert=True).mean() < _NEW:
        return ""
    told = detect(text, same_script(target))
    if not told or told[0][0] == target or dict(told).get(target, 0.0) > 1 - LIKELY:
        return ""
    marks = marks_of(hashes)
    theirs, own = ((marks & bit(one)) > 0 for one in (told[0][0], target))
    few = theirs.sum() <= own.sum() or theirs.sum() < _DENSEST * len(marks)
    return "" if few or len(np.unique(hashes[theirs])) < _DIFFERENT else told[0][0]


def words_of_prose(told: Words, clean: str, target: str) -> npt.NDArray[np.bool_]:
    """Which words of a text stand in its prose, in the target's script."""
    of = scripts(clean)[told.starts]
    own = SCRIPTS[target]
    is_word = of == NUMBERS[min(own)] if len(own) == 1 else letters_of(of, own)
    if "Devanagari" not in own:  # Elsewhere a single letter is mathematics.
        is_word &= told.ends - told.starts > 1
    return is_word


def _doubtful(kinds: npt.NDArray[np.uint8]) -> list[tuple[int, int]]:
    """Runs of words that need a look: FEWEST in a row with little of the target's own in them."""
    if len(kinds) < FEWEST:
        return []
    bad = _looked_at()[_windows(kinds.astype(np.uint16))]
    if not bad.any():
        return []
    covered = np.zeros(len(kinds) + 1, np.int64)
    at = np.flatnonzero(bad)
    covered[at] += 1
    covered[at + FEWEST] -= 1
    inside = np.concatenate(([False], np.cumsum(covered[:-1]) > 0, [False]))
    edges = np.flatnonzero(inside[1:] != inside[:-1]).reshape(-1, 2)
    return [(int(first), int(last)) for first, last in edges[::-1]]


@cache
def _looked_at() -> npt.NDArray[np.bool_]:
    """Which sums of a window need a look: doubtful words, and not many more of the target's own."""
    own, doubts = np.meshgrid(np.arange(_DOUBT), np.arange(FEWEST + 1))
    bad = (doubts > 0) & (2 * doubts >= own) & ((doubts > 2) | (own < 3))
    return np.asarray(bad.ravel(), np.bool_)


def _windows(values: npt.NDArray[np.uint16]) -> npt.NDArray[np.uint16]:
    """The sum of each FEWEST in a row, by doubling."""
    sums, length = values, 1
    for digit in bin(FEWEST)[3:]:
        sums = sums[:-length] + sums[length:]
        length *= 2
        if digit == "1":
            sums = sums[:-1] + values[length:]
            length += 1
    return sums


def _stretch(marks: Marks, target: str) -> tuple[int, int] | None:
    """Where another language's words exceed the target's most: Kadane's maximum over a few."""
    own = (marks & bit(target)) > 0
    codes = [code for code in same_script(target) if code != target and code in FUNCTION_WORDS]
    theirs = {code: (marks & bit(code)) > 0 for code in codes}
    alone = {code: np.count_nonzero(which & ~own) for code, which in theirs.items()}
    best = (0.0, 0, 0)
    for code in sorted(codes, key=lambda code: (-alone[code], code))[:_CANDIDATES]:
        which = theirs[code]
        if np.count_nonzero(which) < 3:
            continue
        gains = which.astype(np.float64) - own - _NEUTRAL * ~(which | own)
        sums = np.concatenate(([0.0], np.cumsum(gains)))
        lows = np.minimum.accumulate(sums)
        end = int(np.argmax(sums - lows))
        best = max(best, (float(sums[end] - lows[end]), int(np.argmin(sums[: end + 1])), end))
    return best[1:] if best[0] >= 1 else None


def _to_lines(
    text: str, starts: Any, kinds: npt.NDArray[np.uint8], first: int, last: int
) -> tuple[int, int]:
    """A stretch completed to where its line begins and ends, if that is near and not the target."""
    for _ in range(_EDGE):
        if not first or kinds[first - 1] == _OWN or "\n" in text[starts[first - 1] : starts[first]]:
            break
        first -= 1
    for _ in range(_EDGE):
        if last == len(starts) or kinds[last] == _OWN:
            break
        if "\n" in text[starts[last - 1] : starts[last]]:
            break
        last += 1
    return first, last


@cache
def bit(code: str) -> np.uint64:
    """What stands for a language in the marks of a word."""
    return np.uint64(1 << list(FUNCTION_WORDS).index(code))


def marks_of(hashes: Marks) -> Marks:
    """Bits of the languages of which each word is a function word."""
    return np.asarray(_table()[_slots(hashes)])


def _slots(hashes: Marks) -> npt.NDArray[np.int64]:
    """Places in the tables: the first 18 bits, as numbers that numpy need not convert."""
    return (hashes >> _KEY).view(np.int64)


@cache
def _table() -> Marks:
    """By the first 18 bits of a word's hash: one word in a hundred stands in another's place."""
    table = np.zeros(1 << 18, np.uint64)
    for lists in (FUNCTION_WORDS, REASONING_WORDS):
        for code, told in lists.items():
            table[_slots(words(told).hashes)] |= bit(code)
    return table


@cache
def _kinds(target: str) -> npt.NDArray[np.uint8]:
    """The same as one byte: only the target's, only that of others in its script, or neither."""
    others = [c for c in same_script(target) if c != target and c in FUNCTION_WORDS]
    of_others = (_table() & np.uint64(sum(int(bit(code)) for code in others))) > 0
    own = (_table() & bit(target)) > 0
    return np.where(of_others & ~own, _DOUBT, np.where(own & ~of_others, _OWN, 0)).astype(np.uint8)
