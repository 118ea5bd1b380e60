"""What can be told of a text by looking, without a model: its language, its form for comparing."""

import re
import unicodedata
from collections import Counter
from functools import lru_cache

# A question's language shows in its first characters; the rest of a huge one is not read.
LOOKED_AT = 20_000
_SLICE = 500

# First word of a letter's Unicode name -> what the letter speaks for.
_SCRIPTS = {
    "LATIN": "latin",
    "CJK": "han",
    "IDEOGRAPHIC": "han",
    "HIRAGANA": "kana",
    "KATAKANA": "kana",
    "HANGUL": "ko",
    "CYRILLIC": "ru",
    "ARABIC": "ar",
    "GREEK": "el",
    "HEBREW": "he",
    "THAI": "th",
    "DEVANAGARI": "hi",
}
# A letter of these says as much as three of an alphabet.
_DENSE = frozenset({"han", "kana", "ko"})
# Letters that other languages in the same script have: Ukrainian, Serbian, Kazakh; Persian, Urdu.
_OTHERS = {"ru": set("іїєґўјљњћђџѓќѕәғқңөұүһ"), "ar": set("پچژگکیٹڈڑےہں")}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words that English has and its neighbours have not, among them the verbs that open questions;
_ENGLISH = _words(
    """the and what how which that with if each this than when where would does there they
    their his my your you we been from were who why should can could will every other such between
    into both many much its it's doesn't don't isn't let's
    find solve compute evaluate simplify determine calculate prove write given suppose consider
    following number convert express expand"""
)
# words that it shares with them: they add to the proof but are none;
_SHARED = _words(
    """a an in is are of to for on by as at it he she be or not has have had was all one so i no do
    me"""
)
# and the neighbours' own: a German sentence may name "The Lord of the Rings".
_NEIGHBOURS = _words(
    """der das und ist nicht mit von den dem ein eine zu im le la les des du une est et dans pour
    que qui de el los las una del por con se il di che della het een van voor och att som
    det og jeg er af når hvad hvor na nie"""
)

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
# In these two scripts single letters are mathematics.
_IN_WORDS = {"latin": re.compile(r"[A-Za-zÀ-ɏ]{3,}"), "el": re.compile(r"[Ͱ-Ͽἀ-῿]{3,}")}
# Fenced code, names of LaTeX environments, LaTeX commands: letters of no language.
_MASKED = re.compile(r"```.*?```|\\(?:begin|end)\{[^{}]{0,40}\}|\\[A-Za-z]+", re.DOTALL)


def language_of(text: str) -> str:
    """ISO 639-1 of a question, told by its script; "und" where a script does not tell.

    Kana is ja, Han without kana zh, Hangul ko, Cyrillic ru, Arabic ar, Greek words el, Hebrew he,
    Thai th, Devanagari hi. Latin is en where English function words say so. The script of the
    most words decides: one Chinese name does not make a question Chinese, nor a formula's Greek
    letters Greek. Languages that share these scripts are und where their own letters show it.
    """
    text = _MASKED.sub(" ", text[:LOOKED_AT])
    if text.isascii():
        return _latin(text)
    weights: Counter[str] = Counter()
    for letter, count in Counter(text).items():
        script = _script(letter)
        weights[script] += count * (3 if script in _DENSE else 1)
    del weights[""]
    for script, word in _IN_WORDS.items():
        weights[script] = sum(map(len, word.findall(text)))
    kana, han = weights.pop("kana", 0), weights.pop("han", 0)
    # A borrowed の makes no Japanese: a tenth of its letters are kana even in terse prose.
    weights["ja" if kana * 9 >= han else "zh"] = kana + han
    script, weight = weights.most_common(1)[0]
    if weight * 2 <= weights.total() or not _OTHERS.get(script, set()).isdisjoint(text.lower()):
        return "und"
    return {"latin": _latin(text), "other": "und"}.get(script, script)


def normalise(text: str) -> str:
    """A question in the form in which questions are compared: NFKC, case and white space folded."""
    if text.isascii():
        return " ".join(text.casefold().split())
    return " ".join(" ".join(map(_fold, text.split())).split())


@lru_cache(maxsize=8192)
def _script(letter: str) -> str:
    if not letter.isalpha():
        return ""
    name = unicodedata.name(letter, "").replace("-", " ").removeprefix("HALFWIDTH ")
    return _SCRIPTS.get(name.split(" ")[0], "other")


def _latin(text: str) -> str:
    words = [word for word in _WORD.findall(text.lower()) if len(word) > 1 or word in "ai"]
    own = sum(word in _ENGLISH for word in words)
    shared = sum(word in _SHARED for word in words)
    neighbours = sum(word in _NEIGHBOURS for word in words)
    return "en" if own > neighbours and (own + shared) * 8 >= len(words) else "und"


def _fold(word: str) -> str:
    """NFKC and case folding, in slices: normalising a long run of accents takes its square."""
    slices = (word[at : at + _SLICE] for at in range(0, len(word), _SLICE))
    return "".join(
        unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", piece).casefold())
        for piece in slices
    )
