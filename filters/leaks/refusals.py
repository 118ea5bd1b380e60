"""An assistant's set phrases: "as an AI language model", "I'm sorry, but I can't help with it"."""

import re
from functools import lru_cache

from filters.leaks.mentions import (
    AN_AI,
    POLICY,
    lower,
    lower_letters,
    mentions,
    spoken_in,
    spoken_of,
)
from filters.leaks.self_reference import Said
from filters.leaks.speech import Speech, of_an_ai

_OPENS = 300
_PHRASE = re.compile(
    r"\bas (?:an? |the |just an? )?(?:large )?(?:ai|artificial intelligence)"
    r"(?:(?: \w+)? (?:language model|model|assistant|chatbot|system)\b|(?=,))"
    r"|\bas (?:an? )?(?:large )?language model\b"
    r"(?=[,. ]{0,2}(?:i\b|my\b|trained|created|developed|,))"
    r"|\bi(?: am|'m|’m) (?:just |only |merely |simply )?an? (?:large )?"
    r"(?:ai\b(?! (?:engineer|researcher|developer|expert|student|scientist|enthusiast))|"
    r"artificial intelligence|language model|virtual assistant|chatbot|computer program)"
    r"|\bbeing (?:just |only )?an? (?:large )?(?:ai|artificial intelligence|language model)"
    r"(?: (?:language )?model| assistant| system)?(?=,? (?:i|my)\b)"
    r"|\bmy (?:training data|knowledge cut-?off)\b"
    r"|作为(?:一个|一名|一款|一种)?(?:大型)?(?:ai|人工智能|语言模型)(?:语言)?"
    r"(?:模型|助手|程序|系统|，|,)"
    r"|我(?:只是|是)(?:一个|一名|一款)? ?(?:ai|人工智能|语言模型|大语言模型|虚拟助手)"
)
_CUES = ("as a", "as the", "as just", "i am", "i'm", "i’m", "being a", "my ", "作为", "我")

_SORRY = (
    r"\b(?:i(?: am|'m|’m) (?:really |very |so |truly )?sorry|i apologi[sz]e|sorry|apologies|"
    r"unfortunately|i regret)\b[^.\n]{0,40}?\b(?:i|we)(?:'m|’m| am|'ll|’ll)? ?"
    r"(?:cannot|can't|can’t|can not|won't|won’t|will not|unable|not able|not allowed|"
    r"not comfortable|must decline)(?! (?:seem|find|see|tell which|determine|solve))"
)
# "I can't do that in one step, so split it" goes on.
_ANOTHER_WAY = (
    r" (?:in (?:one|a single|my head)|at once|all at|directly|exactly|by|with(?:out)?|using|yet|"
    r"here|until|unless|since|easily|analytically)\b"
)
_WILL_NOT = (
    r"\bi(?: cannot| can't| can’t|(?: am|'m|’m) (?:unable|not able) to| won't| won’t| will not|"
    r" (?:must|have to|need to) (?:respectfully )?decline to|(?: am|'m|’m) not comfortable|"
    r" refuse to) (?:assist|help (?:you|with)|fulfil|comply|provide|engage|answer (?:that|this)|"
    r"discuss|create|generate|write|participate|support|share|offer|give you|"
    rf"do that(?!{_ANOTHER_WAY}))"
    r"|\bi (?:must|have to|need to) (?:respectfully )?decline\b"
)
_CHINESE = (
    r"(?:抱歉|对不起|不好意思|很遗憾)[^。\n]{0,20}?(?:不能|无法|没办法|没法|不可以|不便)"
    r"|我(?:不能|无法|不会)(?:回答|提供|协助|帮助|满足|讨论|参与|完成)"
)
# One of which each of them has.
_DENIALS = ("not", "n't", "n’t", "unable", "decline", "refuse", "不", "无", "没")
_REFUSED = re.compile(f"{_SORRY}|{_WILL_NOT}|{_CHINESE}")

_POLICIES = r"(?:\w+ ){0,2}?(?:polic(?:y|ies)|guidelines)\b"
_MUST = (
    r"\b(?:we|i|the assistant|the model) (?:must|should|can|can't|cannot|can’t|have to|need to|are "
    r"allowed to|are not allowed to|may) (?:not )?"
)
_OBEYS = re.compile(
    rf"{_MUST}(?:comply with|adhere to|abide by|obey) (?:the )?{_POLICIES}"
    r"|\bpolic(?:y|ies) (?:says?|states?|requires?|allows?|prohibits?|forbids?|disallows?)\b"
    rf"[^.!?\n]{{0,60}}?{_MUST}(?:refuse|decline|comply|answer|respond|provide|help)\b"
    rf"|\b(?:according to|as per|per|under|by) (?:the )?{_POLICIES},? "
    rf"{_MUST}(?:refuse|decline|comply|answer|respond|provide|help)\b"
    r"|\bpolic(?:y|ies)\b[^.!?\n]{0,60}?\bdisallowed content|"
    r"\bdisallowed content\b[^.!?\n]{0,60}?\bpolic(?:y|ies)\b"
)


def an_ai(text: str) -> Said | None:
    """Where a text speaks of its writer as an AI or a language model."""
    told = spoken_of(text)
    if told.keys().isdisjoint(AN_AI):
        return None
    where = sorted({place for cue in AN_AI for place in told.get(cue, ())})
    foreign = [one for speech in spoken_in(text) for one in of_an_ai(speech)[:-1]]
    for start, near in mentions(text, where):
        own = (_PHRASE,) if any(cue in near for cue in _CUES) else ()
        for pattern in (*own, *foreign):
            if found := pattern.search(near):
                place = start + found.start()
                return Said(place, text[place : start + found.end()])
    return None


def refusal(response: str) -> Said | None:
    """Where a response says in its first sentences that it will not answer."""
    opening = lower_letters(response[:_OPENS])
    own = (_REFUSED,) if any(denial in opening for denial in _DENIALS) else ()
    patterns = (*own, *(_refused(speech) for speech in spoken_in(response)))
    found = next(filter(None, (pattern.search(opening) for pattern in patterns)), None)
    if found is None or response[max(0, found.start() - 1) : found.start()] in _QUOTES:
        return None
    if _ANSWERS.search(response, found.end()):
        return None  # "I cannot give an exact value; numerically it is 0.75" answers
    return Said(found.start(), response[found.start() : found.end()])


def by_policy(thought: str, asked: str) -> Said | None:
    """Where a thought weighs whether a policy that nobody asked about lets it answer."""
    where = spoken_of(thought).get(POLICY, [])
    if not where or any(one in lower(asked) for one in ("polic", "guideline")):
        return None
    for start, near in mentions(thought, where):
        if found := _OBEYS.search(near):
            place = start + found.start()
            return Said(place, thought[place : start + found.end()])
    return None


@lru_cache(maxsize=16)
def _refused(speech: Speech) -> re.Pattern[str]:
    return re.compile(speech.refused)


_QUOTES = frozenset("\"“'‘「『«")
_ANSWERS = re.compile(
    r"\\boxed|\banswer(?: is|:)|(?:\bis|=|\bequals|≈|\b(?:es|est|ist|é|равн\w{1,3}|это)\b|は|은|는)"
    r"\s*[-$\\]{0,2}(?:\d|sqrt|frac)"
)
