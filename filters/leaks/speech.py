"""How whoever writes in one language speaks of himself: the form of the tables of languages.

English and Chinese, in which most traces are, have their own rules in `self_reference` and
`refusals`, which read these tables for a text that has one of a language's cues. Patterns are of
lower case, and none runs past the end of a sentence.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from filters.leaks.model_names import AMBIGUOUS, MODELS

_MODEL = "(?:" + "|".join(MODELS[one] for one in MODELS if one not in AMBIGUOUS) + "|claude|gemini)"


class Speech(NamedTuple):
    """One language: patterns that stand before, behind and between names."""

    cues: str
    """Words of which a text must have one: whoever speaks of himself uses them."""
    who: str
    """Before a name: "I am", "my name is", "call me". What denies it must not match."""
    filler: str
    """Words that may stand between: articles, "called"."""
    as_one: str
    """Before a name, where the sentence goes on about its writer: "as ChatGPT, I ..."."""
    goes_on: str
    """Behind that name: ", I" and "my"."""
    ends: str
    """Behind a name that `who` introduces: a full word ends, or the verb "am" stands there."""
    made: tuple[str, ...]
    """Ways to say that one was made by somebody, NAME, or is what he made: an AI, a MODEL."""
    an_ai: str
    """A noun for what is no person: "language model", "AI assistant"."""
    as_an_ai: tuple[str, ...]
    """Ways to say that one is such a thing, with AI for the noun."""
    told: str
    """What a prompt says: "you are", "play the role of"."""
    refused: str
    """What a refusal opens with."""


@lru_cache(maxsize=1024)
def introductions(speech: Speech, model: str, maker: str) -> tuple[re.Pattern[str], ...]:
    """Patterns of one who says that he is this model or was made by this maker; "" for neither."""
    told = []
    if model:
        between = rf"(?:(?:{speech.filler})\b|{speech.an_ai}|\W){{0,8}}?"
        told += [
            f"{speech.who}{between}(?:{model}){speech.ends}",
            f"{speech.as_one}(?:{model}){speech.goes_on}",
        ]
    if maker:
        # Where letters of other scripts follow at once, the name has ended as well.
        name = f"(?:{maker})(?![a-zà-ɏ0-9])"
        told += [
            one.replace("NAME", name).replace("AI", speech.an_ai).replace("MODEL", _MODEL)
            for one in speech.made
        ]
    return tuple(map(re.compile, told))


@lru_cache(maxsize=64)
def of_an_ai(speech: Speech) -> tuple[re.Pattern[str], ...]:
    """Patterns of one who says that he is an AI; the last is of the noun alone."""
    told = (one.replace("AI", speech.an_ai) for one in speech.as_an_ai)
    return (*map(re.compile, told), re.compile(speech.an_ai))
