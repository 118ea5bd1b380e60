"""Other scripts: words of a text whose letters are not those of the target language.

A letter is no word: α, Ш and x are symbols. Names and terms are no change of language either: what
stands alone in quotes or brackets, what is explained behind it, what the problem itself says, and
in a text that is not in Latin script any Latin words but a phrase.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import islice

import numpy as np
import numpy.typing as npt

from filters.languages.detect import Switch, language_of_words
from filters.languages.mentions import mentioned
from filters.languages.names import NAMES, SCRIPTS, of_script
from filters.languages.phrases import SHORTEST, is_phrase
from filters.languages.slips import discourse, look_alikes
from generators.texts.scripts import NAMES as OF_NUMBER
from generators.texts.scripts import NUMBERS, Runs, letters_of, runs, scripts

CHARACTERS_PER_WORD = {"Han": 1.66, "kana": 2.37}
"""Of Chinese, and of Japanese with its Han, for each word of the same text in English.

Counted over the 1,997 lines of NTREX-128, so that shares of a text in two scripts compare.
"""
# Without spaces as well; a rough figure with vowel signs, for want of a parallel text.
_UNSPACED = dict.fromkeys(("Thai", "Lao", "Khmer", "Burmese", "Tibetan"), 4.5)
LONGEST_NAME = 6
"""Words of a name in quotes or brackets; what is longer is a sentence."""

_MOST = 5_000
"""Runs that are looked at in one text; all behind them are another language without a look."""
_PAIRS = dict(zip("\"'“‘«‹„「『《〈(（[【", "\"'”’»›“」』》〉)）]】", strict=True))
_BRACKETS = "(（[【"
_ENDS = frozenset("\n") | set(_PAIRS) | set(_PAIRS.values()) - {"'", "’"}
_NEWLINE = frozenset("\n")
_INSIDE = "0123456789.,:;·・-–— "
_SENTENCE = re.compile(r"[。！？!?;；]")
_WORD = re.compile(r"[^\W\d_]{2,}")
_PART = re.compile(r"[^\W\d_]+")
# Of their letters mathematics makes symbols: a word has two at least.
_SYMBOLS = frozenset({"Latin", "Greek", "Cyrillic", "Hebrew", "Armenian", "Georgian"})
_GLOSS = re.compile(r"\s?[(（]\s?[\"“‘']?[A-ZÀ-Þ][^()（）\n]{0,60}[)）]")
_ACCENTS = set("άέήίόύώΐΰϊϋ") | {chr(point) for point in range(0x1F00, 0x2000)}
# Han that Japanese has not: simplified forms are not in JIS X 0208, and these are Chinese words.
_CHINESE = frozenset("這們麼嗎您她个")
# Words of Chinese sentences: beside one of those above, they tell a sentence from a name.
_OF_SENTENCES = frozenset("是我你他也很就都")


def strays(clean: str, target: str, problem: str = "") -> list[Switch]:
    """Where prose is in another script than the target language's, in order.

    What stands in the text of the problem is expected in the answer, and no stray.
    """
    own = SCRIPTS[target]
    if clean.isascii() and "Latin" in own:
        return []
    present = _present(clean, own)
    single = _singles(clean, target, problem)
    if not present - own and target != "ja":
        return single
    candidates = list(islice(_candidates(clean, target, present), _MOST + 1))
    foreign = [
        (script, start, end)
        for script, start, end in candidates[:_MOST]
        if _is_foreign(clean, start, end, script, target, problem)
    ]
    short = [one for one in foreign if not _is_sentence(clean[one[1] : one[2]], one[0])]
    expected = {short[place] for place in mentioned(clean, short)}
    switches = [
        Switch(_language(clean[start:end], script), start, end, _size(clean[start:end], script))
        for script, start, end in foreign
        if (script, start, end) not in expected
    ]
    if len(candidates) > _MOST:
        script, start, _ = candidates[_MOST]
        rest = clean[start:]
        switches.append(Switch(of_script(script), start, len(clean), count(rest, present - own)))
    if single:
        covered = np.zeros(len(clean), np.bool_)
        for one in switches:
            covered[one.start : one.end] = True
        switches += [one for one in single if not covered[one.start : one.end].any()]
    return sorted(switches, key=lambda switch: switch.start)


def _singles(clean: str, target: str, problem: str) -> list[Switch]:
    """Words that are of another language each for itself, whatever stands beside them."""
    found = [("Latin", *span) for span in discourse(clean, target)]
    short = [
        (script, start, end)
        for script, start, end in found
        if not _is_said(clean[start:end], script, problem) and not _is_name(clean, start, end)
    ]
    expected = mentioned(clean, short)
    spoken = [one for place, one in enumerate(short) if place not in expected]
    switches = [
        Switch("English", start, end, _size(clean[start:end], script))
        for script, start, end in spoken
    ]
    alike = look_alikes(clean, target)
    switches += [
        Switch(script, start, end, 1.0)
        for start, end, script in alike
        if clean[start:end] not in problem
    ]
    return sorted(switches, key=lambda switch: switch.start)


def _present(clean: str, own: frozenset[str]) -> set[str]:
    """The scripts of a text; those of lone symbols are left out."""
    told = scripts(clean)
    if own != {"Latin"}:
        return {OF_NUMBER[n] for n in np.flatnonzero(np.bincount(told)).tolist()} - {""}
    if not (others := told > NUMBERS["Latin"]).any():
        return set()
    places = np.flatnonzero(others)
    present = {OF_NUMBER[n] for n in set(told[places].tolist())}
    if present <= _SYMBOLS and not (places[1:] - places[:-1] == 1).any():
        letters = {clean[place].lower() for place in places.tolist()}
        return set() if letters.isdisjoint(_ACCENTS) else present
    return present


def _candidates(text: str, target: str, present: set[str]) -> Iterator[tuple[str, int, int]]:
    """Runs in other scripts that are long enough for words: script, start and end."""
    foreign = present - SCRIPTS[target]
    if others := foreign - {"Latin"} | ({"Han"} if target == "ja" else set()):
        found = runs(text, _ends(text, _ENDS))
        if target != "ja" and "kana" in present:
            found = _japanese(found, target == "zh")
        size = found.ends - found.starts
        which = letters_of(found.scripts, others) & (size > 1)
        which |= letters_of(found.scripts, others & {"Han", "Hangul"}) & (target != "ja")
        yield from _listed(found, which)
    if "Latin" in foreign:  # A phrase goes on over quotes and brackets.
        found = runs(text, _ends(text, _NEWLINE))
        long = found.ends - found.starts >= SHORTEST
        yield from _listed(found, letters_of(found.scripts, {"Latin"}) & long)


def _listed(found: Runs, which: npt.NDArray[np.bool_]) -> Iterator[tuple[str, int, int]]:
    for at in np.flatnonzero(which):
        yield OF_NUMBER[found.scripts[at]], int(found.starts[at]), int(found.ends[at])


def count(text: str, own: frozenset[str] | set[str]) -> float:
    """Words of a text in these scripts; characters are weighed as CHARACTERS_PER_WORD says.

    Single letters of alphabets that mathematics uses are symbols and count nothing.
    """
    told = scripts(text)
    if "kana" in own:  # and Han beside it, if that is Japanese
        return float(np.count_nonzero(letters_of(told, own))) / CHARACTERS_PER_WORD["kana"]
    total = 0.0
    for script in own:
        which = told == NUMBERS[script]
        per_word = (CHARACTERS_PER_WORD | _UNSPACED).get(script)
        if per_word:
            total += float(np.count_nonzero(which)) / per_word
        else:
            total += _words_in(which, 2 if script in _SYMBOLS else 1)
    return total


def _size(piece: str, script: str) -> float:
    """Words of a run."""
    return count(piece, {"kana", "Han"} if script == "kana" else {script})


def _words_in(which: npt.NDArray[np.bool_], shortest: int) -> int:
    """Runs of at least `shortest` (1 or 2) letters."""
    padded = np.zeros(len(which) + 2, np.bool_)
    padded[1:-1] = which
    starts = which > padded[:-2]
    return int(np.count_nonzero(starts & padded[2:] if shortest > 1 else starts))


def _ends(text: str, signs: frozenset[str]) -> npt.NDArray[np.bool_]:
    """Where these signs stand, and with quotes among them, apostrophes beside a word."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    found = _signs(signs)[np.minimum(points, 0x10000)]
    if '"' in signs:
        is_letter = scripts(text) > 0
        marks = np.flatnonzero((points == ord("'")) | (points == ord("’")))
        inside = (marks > 0) & (marks + 1 < len(points))
        inside &= is_letter[marks - 1] & is_letter[np.minimum(marks + 1, len(points) - 1)]
        found[marks[~inside]] = True
    return np.asarray(found, np.bool_)


@cache
def _signs(signs: frozenset[str]) -> npt.NDArray[np.bool_]:
    table = np.zeros(0x10001, np.bool_)
    table[[ord(sign) for sign in signs]] = True
    return table


def _japanese(found: Runs, in_chinese: bool) -> Runs:
    """Kana and the Han that it touches as one run; in Chinese, kana over the few Han between."""
    kana = found.scripts == NUMBERS["kana"]
    joins = kana if in_chinese else kana | (found.scripts == NUMBERS["Han"])
    starts, ends, is_kana = found.starts[joins], found.ends[joins], kana[joins]
    apart = starts[1:] - ends[:-1] > (8 if in_chinese else 0)
    is_first = np.append(True, apart)
    of = np.where(
        np.logical_or.reduceat(is_kana, np.flatnonzero(is_first)), NUMBERS["kana"], NUMBERS["Han"]
    )
    parts = (of.astype(np.uint8), starts[is_first], ends[np.append(apart, True)])
    order = np.argsort(np.concatenate((found.starts[~joins], parts[1])), kind="stable")
    return Runs(
        np.concatenate((found.scripts[~joins], parts[0]))[order],
        np.concatenate((found.starts[~joins], parts[1]))[order],
        np.concatenate((found.ends[~joins], parts[2]))[order],
    )


def _is_foreign(text: str, start: int, end: int, script: str, target: str, problem: str) -> bool:
    """Whether a run in another script is words, and neither a name nor the problem's."""
    piece = text[start:end]
    if not _is_words(piece, script, target, text, start):
        return False
    if piece in problem or (problem and _is_said(piece, script, problem)):
        return False
    return _is_sentence(piece, script) or not _is_name(text, start, end)


def _is_sentence(piece: str, script: str) -> bool:
    """Whether a run is too long for a name."""
    return _size(piece, script) > LONGEST_NAME or _SENTENCE.search(piece) is not None


def _is_words(piece: str, script: str, target: str, text: str, start: int) -> bool:
    if script == "Latin":
        return is_phrase(piece, text, start)
    if script == "Greek":  # Mathematics has no accents.
        return not _ACCENTS.isdisjoint(piece.lower()) or bool(re.search(r"[^\W\d_]{6}", piece))
    if script == "Han" and target == "ja":
        chinese = [c for c in piece[:1000] if c in _CHINESE or not _is_japanese(c)]
        if len(chinese) != 1:
            return len(chinese) > 1
        part = next(part for part in _PART.findall(piece) if chinese[0] in part)
        return not _OF_SENTENCES.isdisjoint(part)
    if script == "Han" and target == "ko":  # 美 and 北 are what its newspapers write for states.
        return len(piece) > 1
    if script in _SYMBOLS:
        return bool(_WORD.search(piece))
    return True


def _is_name(text: str, start: int, end: int) -> bool:
    """Whether a short run stands alone in quotes, in brackets behind a word, or is explained."""
    before = text[max(0, start - 40) : start].rstrip("0123456789.,:;·・-–—")
    after = text[end : end + 40].lstrip("0123456789.,:;·・-–—%")
    opened, closed = before[-1:], after[:1]
    if opened in _PAIRS and closed in (_PAIRS[opened], *("”’" if opened in "“‘„" else "")):
        return opened not in _BRACKETS or before[:-1].rstrip(" \"”'’»」』》*")[-1:].isalnum()
    return bool(_GLOSS.match(text[end : end + 70]))


def _is_said(piece: str, script: str, problem: str) -> bool:
    """Whether the problem says it: every word of it or, without spaces, every two characters."""
    if _size(piece, script) > LONGEST_NAME:
        return False
    if script in CHARACTERS_PER_WORD or script in _UNSPACED:
        parts = _PART.findall(piece)
        pairs = [part[at : at + 2] for part in parts for at in range(max(1, len(part) - 1))]
        return all(pair in problem for pair in pairs)
    found = {word.casefold() for word in _WORD.findall(piece)}
    return bool(found) and found <= _said_words(problem)


@lru_cache(maxsize=64)
def _said_words(problem: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in _WORD.findall(problem))


@lru_cache(maxsize=4096)
def _is_japanese(letter: str) -> bool:
    try:
        letter.encode("shift_jis")
    except UnicodeEncodeError:
        return False
    return True


def _language(piece: str, script: str) -> str:
    """Name of the language that a run is in, or of its script where that is all that shows."""
    named = of_script(script)
    if named != script or len(piece) < 6:
        return named
    code = language_of_words(piece[:2000], script, fewest=2)
    return NAMES[code] if code else named
