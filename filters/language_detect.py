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

from filters.language_names import NAMES, SCRIPTS, same_script
from filters.language_words import FUNCTION_WORDS, REASONING_WORDS
from generators.prose import prose
from generators.scripts import letters_of, scripts
from generators.words import words

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
_OWN, _DOUBT = 1, 2
_CANDIDATES = 4

Marks = npt.NDArray[np.uint64]


class Switch(NamedTuple):
    """Where a text leaves the target language, and for what (end exclusive)."""

    language: str
    """Its English name, or that of its script."""
    start: int
    end: int
    words: float


def paragraphs(text: str, target: str, problem: str = "") -> list[Switch]:
    """Stretches of prose of about FEWEST words or more in another language of the target's script.

    A stretch may begin and end inside a line. It takes both: function words of one other language
    that outnumber the target's own, and a detector that rules the target out. Languages without
    function words here are neither found nor, as targets, judged. What cites the problem is none.
    """
    if target not in FUNCTION_WORDS or len(same_script(target)) < 2:
        return []
    starts, ends, hashes = _words_of_prose(text, target)
    kinds = _kinds(target)[hashes >> _KEY]
    regions = [
        (first, last)
        for first, last in _doubtful(kinds)
        if len(np.unique(hashes[first:last][kinds[first:last] == _DOUBT])) > 2
    ]
    found: list[Switch] = []
    looked = 0
    while regions and (looked := looked + 1) <= _MOST:
        first, last = regions.pop()
        inner = _stretch(_marks(hashes[first:last]), target)
        if not inner:
            continue
        a, b = _to_lines(text, starts, kinds, first + inner[0], first + inner[1])
        regions += [(x, y) for x, y in ((first, a), (b, last)) if y - x >= _SHORTEST]
        start, end = int(starts[a]), int(ends[b - 1])
        if code := _language(hashes[a:b], prose(text)[start:end], target, problem):
            found.append(Switch(NAMES[code], start, end, float(b - a)))
    return sorted(found, key=lambda switch: switch.start)


def language_of_words(text: str, script: str, fewest: int = 4) -> str:
    """The language whose function words clearly outnumber all others'; "" where none does.

    `fewest` is how many of them it takes, each as often as it stands there.
    """
    codes = [code for code, own in SCRIPTS.items() if own == {script} and code in FUNCTION_WORDS]
    marks = _marks(words(text).hashes)
    counted = sorted((int(np.count_nonzero(marks & _bit(code))), code) for code in codes)
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
    marks = _marks(hashes)
    theirs, own = ((marks & _bit(one)) > 0 for one in (told[0][0], target))
    few = theirs.sum() <= own.sum() or theirs.sum() < _DENSEST * len(marks)
    return "" if few or len(np.unique(hashes[theirs])) < _DIFFERENT else told[0][0]


def _words_of_prose(text: str, target: str) -> tuple[Any, Any, Marks]:
    """Where the words of the prose stand, and their hashes."""
    told = words(text)
    is_word = letters_of(scripts(prose(text))[told.starts], SCRIPTS[target])
    if "Devanagari" not in SCRIPTS[target]:  # Elsewhere a single letter is mathematics.
        is_word &= told.ends - told.starts > 1
    return told.starts[is_word], told.ends[is_word], told.hashes[is_word]


def _doubtful(kinds: npt.NDArray[np.uint8]) -> list[tuple[int, int]]:
    """Runs of words that need a look: FEWEST in a row with little of the target's own in them."""
    if len(kinds) < FEWEST:
        return []
    own, doubts = _windows(kinds == _OWN), _windows(kinds == _DOUBT)
    bad = (doubts > 0) & (2 * doubts >= own) & ((doubts > 2) | (own < 3))
    if not bad.any():
        return []
    covered = np.zeros(len(kinds) + 1, np.int64)
    at = np.flatnonzero(bad)
    covered[at] += 1
    covered[at + FEWEST] -= 1
    inside = np.concatenate(([False], np.cumsum(covered[:-1]) > 0, [False]))
    edges = np.flatnonzero(inside[1:] != inside[:-1]).reshape(-1, 2)
    return [(int(first), int(last)) for first, last in edges[::-1]]


def _windows(which: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """How many of each FEWEST words in a row are."""
    summed = np.zeros(len(which) + 1, np.int64)
    np.cumsum(which, out=summed[1:])
    return summed[FEWEST:] - summed[:-FEWEST]


def _stretch(marks: Marks, target: str) -> tuple[int, int] | None:
    """Where another language's words exceed the target's most: Kadane's maximum over a few."""
    own = (marks & _bit(target)) > 0
    codes = [code for code in same_script(target) if code != target and code in FUNCTION_WORDS]
    theirs = {code: (marks & _bit(code)) > 0 for code in codes}
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
def _bit(code: str) -> np.uint64:
    return np.uint64(1 << list(FUNCTION_WORDS).index(code))


def _marks(hashes: Marks) -> Marks:
    """Bits of the languages of which each word is a function word."""
    return np.asarray(_table()[hashes >> _KEY])


@cache
def _table() -> Marks:
    """By the first 18 bits of a word's hash: one word in a hundred stands in another's place."""
    table = np.zeros(1 << 18, np.uint64)
    for lists in (FUNCTION_WORDS, REASONING_WORDS):
        for code, told in lists.items():
            table[words(told).hashes >> _KEY] |= _bit(code)
    return table


@cache
def _kinds(target: str) -> npt.NDArray[np.uint8]:
    """The same as one byte: only the target's, only that of others in its script, or neither."""
    others = [c for c in same_script(target) if c != target and c in FUNCTION_WORDS]
    of_others = (_table() & np.uint64(sum(int(_bit(code)) for code in others))) > 0
    own = (_table() & _bit(target)) > 0
    return np.where(of_others & ~own, _DOUBT, np.where(own & ~of_others, _OWN, 0)).astype(np.uint8)
