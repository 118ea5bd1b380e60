"""Where a text may speak of models, their makers and AIs, and in which languages: one pass."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from filters.leaks.model_names import MAKERS, MODELS
from filters.leaks.speech import Speech
from filters.leaks.speech_latin import FRENCH, GERMAN, PORTUGUESE, SPANISH
from filters.leaks.speech_scripts import JAPANESE, KOREAN, RUSSIAN
from generators.personal.cues import places, wait_for
from generators.personal.digits import digits
from generators.texts.words import REMEMBERED

MOST = 200
"""Mentions of one name that are looked at."""
_AROUND = 120
LANGUAGES = (SPANISH, PORTUGUESE, FRENCH, GERMAN, RUSSIAN, JAPANESE, KOREAN)

STEMS = {**MODELS, **MAKERS}
"""All names that are looked for."""
# How a name is written where that is no word of its own.
_WRITTEN = {
    "gpt": "gpt chatgpt gpt1 gpt2 gpt3 gpt4 gpt4o gpt5 chatgpt3 chatgpt4",
    "qwen": "qwen qwen1 qwen2 qwen3",
    "llama": "llama llama2 llama3 llama4",
    "chatglm": "chatglm chatglm2 chatglm3",
    "internlm": "internlm internlm2 internlm3",
    "gemma": "gemma gemma2 gemma3",
    "olmo": "olmo olmo2 olmo3",
    "baichuan": "baichuan baichuan2",
    "glm-": "glm",
    "phi-": "phi",
    "sky-t1": "sky",
    "яндекс": "яндекс яндекса яндексом яндексе",
    "sber": "sber sberbank",
    "сбер": "сбер сбера сбером сбербанк сбербанком",
}
AN_AI = {
    "ai": "ai artificial chatbot language virtual computer training knowledge",
    "ia": "ia inteligencia artificial modelo modele asistente assistente assistant inteligência",
    "ki": "ki künstliche sprachmodell assistent computerprogramm",
    "ai in russian": "ии искусственный языковая нейросеть виртуальный цифровой",
    "人工": "人", "语言模型": "语", "虚拟助手": "虚", "言語モデル": "言", "チャットボット": "チ",
}  # fmt: skip
"""Cues of what is no person, and the words that betray them."""
POLICY = "a policy"
"""The cue of what may or must be said by a policy."""
_STUCK = {stem: (stem,) for stem in STEMS} | {"ai": ("ai", "인공지능", "언어")}
_SAID_IN = {f"language {number}": speech for number, speech in enumerate(LANGUAGES)}
wait_for(
    {stem: _WRITTEN.get(stem, stem if stem.isascii() else stem[0]) for stem in STEMS}
    | AN_AI
    | {POLICY: "policy policies guidelines"}
    | {code: speech.cues for code, speech in _SAID_IN.items()}
)


@lru_cache(maxsize=REMEMBERED)
def spoken_of(text: str) -> Mapping[str, list[int]]:
    """Models, makers and AIs that a text may name, cues of languages, and where they stand."""
    found = dict(places(text))
    for cue in [cue for cue in found if not cue.isascii()]:
        # Of a name in Han or kana only the first character was looked for.
        if kept := [at for at in found[cue] if lower_letters(text[at : at + len(cue)]) == cue]:
            found[cue] = kept
        else:
            del found[cue]
    if _has_hangul(text):
        # Particles stick to a name, so that it is no word.
        low = lower(text)
        for cue, written in _STUCK.items():
            if where := [at for word in written for at in _found(low, word)]:
                found[cue] = where
        found |= {cue: [0] for cue, speech in _SAID_IN.items() if speech is KOREAN}
    return found


def spoken_in(text: str) -> list[Speech]:
    """The languages other than English and Chinese in which a text may speak of its writer."""
    told = spoken_of(text)
    if told.keys().isdisjoint(_SAID_IN):
        return []
    return [speech for cue, speech in _SAID_IN.items() if cue in told]


def _has_hangul(text: str) -> bool:
    if text.isascii() or not text:
        return False
    codes = digits(text).codes
    return bool(codes.max() >= ord("가") and ((codes >= ord("가")) & (codes <= ord("힣"))).any())


def _found(low: str, cue: str) -> list[int]:
    """The first places of a word, as a part of others too."""
    where: list[int] = []
    at = low.find(cue)
    while at >= 0 and len(where) < MOST:
        where.append(at)
        at = low.find(cue, at + 1)
    return where


def mentions(text: str, where: list[int]) -> Iterator[tuple[int, str]]:
    """What stands around each mention, in lower case, and where that begins."""
    for at in where[:MOST]:
        start = max(0, at - _AROUND)
        yield start, lower_letters(text[start : at + _AROUND])


@lru_cache(maxsize=REMEMBERED)
def lower(text: str) -> str:
    """Lower case, letter by letter, so that places stay; remembered."""
    return lower_letters(text)


def lower_letters(text: str) -> str:
    """Lower case, letter by letter, so that places stay."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
