"""Who a text says its writer is: "I am", "as", "my maker", "I was trained by".

To name a model is no fault; only who speaks so of himself claims to be it.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from filters.leaks.mentions import LANGUAGES, STEMS, lower, mentions, spoken_in, spoken_of
from filters.leaks.model_names import AMBIGUOUS, MAKERS, MODELS
from filters.leaks.reports import is_reported
from filters.leaks.speech import Speech, introductions, of_an_ai


class Said(NamedTuple):
    """Where a text speaks of its writer, and how."""

    start: int
    text: str


_CUES = (
    "i am", "i'm", "i’m", "my name", " me", "this is", "i go by", "as ", "i, ", "we are", "i was",
    "i have been", "i've been", "my ", "i run", "i belong", "you're ", "you’re ", "you are ",
    " here", "i must", "we must", "policy", "policies", "guidelines",
    "我", "这里是", "作为", "本人",
)  # fmt: skip
_SENTENCE = 80
_INTRODUCED = 2000  # whoever introduces himself does so soon

_I_AM = r"\b(?:i am|i'm|i’m)"
_WHO = (
    r"\b(?:i am|i'm|i’m|my name is|my name's|(?:call|refer to|address) me(?: as)?|this is|"
    r"i go by|speaking as|i, |we are)\s?"
    r"(?:actually |really |just |indeed |called |named |known as |an? |the |large |ai |language |"
    r"assistant |model |chatbot |virtual |helpful |trained |,|\W){0,8}"
)
_AS = (
    r"(?:\A|[.!?,;:\n(\"“]\s*|\b(?:but|and|so|since|because|that|while) )"
    r"as (?:an? |the )?(?:ai )?"
)
_AFTER_AS = r"(?=,| ?[,(]|\s+(?:i|my|we|an|the ai|by|from|model|assistant)\b)"
_NOT_ONE = r"(?!\w| (?:user|fan|expert|developer|engineer|subscriber))"
_MADE = (
    r"(?:created|made|developed|trained|built|designed|provided|powered|produced|released|operated)"
    r"(?:,? (?:and|&) \w+)? by (?:the )?"
    r"(?:(?:team|people|researchers|engineers|folks)(?: at| of)? )?"
)
_RUNS = (
    r"\b(?:(?:i am|i'm|i’m|i was) (?:based on|built on(?: top of)?|powered by|running on|"
    r"an instance of)|i run on|i belong to) (?:the |a )?(?:\w+(?: ai)?['’]s )?(?:the )?"
)
_TALKED_TO = (
    r"(?:\A|[.!\n]\s*|\b(?:hello|hi|hey)[,!]? )you(?: are|'re|’re) (?:now |currently )?"
    r"(?:talking|speaking|chatting) (?:to|with) "
)
_GREETING = (
    r"(?:hello|hi|hey|greetings|hola|olá|bonjour|hallo|guten tag|привет|здравствуйте|你好|您好|"
    r"こんにちは|안녕하세요)"
)
_BEGINS = r"(?:\A|[.!?;:,\n(\"“]\s*|\b(?:and|but|since|as|because|that|company) )"
_MADE_ME = (
    r"(?: itself)? (?:has |have )?(?:created|trained|built|developed|designed) me\b"
    r"(?! (?:an?|the|and|for|in|at|how|as)\b)"
)
_MODEL = r"\b(?:model|assistant|ai|chatbot|llm|bot|system|program)\b"
_MINE = (
    r"\bmy (?:creators?|developers?|makers?|company|parent company|trainers?)"
    r"(?: is| are| at| here at|,|:| from){1,2} "
)
_WHO_CHINESE = (
    r"(?:我是|我叫|这里是|我的名字(?:是|叫)?|作为|本人是|我就是|我其实是|我名[为叫]|叫我|称呼我为?)"
    rf"(?:一个|一款|由|来自|基于|大型|大|语言|人工智能|ai|模型|助手|叫|名为|的|{'|'.join(MAKERS.values())}|"
    r"[\s“\"「,，]){0,6}"
)
_I_CHINESE = r"我(?:是|叫|名为|名叫|由|被|来自|的名字|的开发者|属于)"
_VERB_CHINESE = r"(?:开发|研发|训练|创建|创造|制作|打造|推出|设计|研制|发明|创作)"
_NOT_ONE_CHINESE = r"(?!的?\w{0,6}?(?:用户|粉丝|爱好者|使用者|工程师|员工|朋友|研究员))"
_MINE_CHINESE = (
    r"我的(?:开发者|开发商|开发公司|开发团队|研发团队|创造者|创建者|制造商|母公司)(?:是|为|来自)"
)
_BY_CHINESE = (
    r"\s?(?:[（(][^）)\n]{1,20}[）)])?(?:科技|人工智能|技术)?(?:股份|有限|责任){0,3}"
    rf"(?:公司|团队|集团|旗下)?(?:独立|自主|精心|所)?{_VERB_CHINESE}"
)
_AI = re.compile(
    r"\bai\b|\bassistant|language model|\bllm\b|chatbot|artificial|"
    r"(?:trained|created|developed|made|built) by|openai|anthropic|google|人工智能|助手|模型|"
    + _VERB_CHINESE
)


def other_self(text: str, own: tuple[str, ...] = (), given: str = "") -> Said | None:
    """Where a text says that its writer is, or was made by, somebody not among `own`.

    `given` is what the writer was told: "You are Claude" makes it no leak either.
    """
    named = spoken_of(text)
    if named.keys().isdisjoint(STEMS):
        return None
    told, languages = lower(given), spoken_in(text)
    for stem in STEMS:
        if stem not in named or any(stem in lower(allowed) for allowed in own):
            continue
        if stem in told and _given(stem).search(told):
            continue
        for start, near in mentions(text, named[stem]):
            is_new = stem not in told
            if said := _claims(stem, near, languages, is_new, is_new and start == 0):
                place, end = start + said[0], start + said[1]
                return Said(place, text[place:end].strip())
    return None


def _claims(
    stem: str, near: str, languages: list[Speech], is_new: bool, is_first: bool
) -> tuple[int, int] | None:
    """Where it is said near a name that it is one's own.

    `is_new`: nobody asked about it; `is_first`: nor does anything stand before `near`.
    """
    own = (*_patterns(stem), *(_policies(stem) if is_new else ()))
    patterns = [(one, None) for one in own] if _speaks(near) else []
    model, maker = MODELS.get(stem, ""), MAKERS.get(stem, "")
    found_in = [
        (one, speech) for speech in languages for one in introductions(speech, model, maker)
    ]
    for pattern, speech in (*patterns, *found_in):
        all_found = (one for one in pattern.finditer(near) if stem in one[0])
        found = next((one for one in all_found if not is_reported(near, *one.span())), None)
        if not found:
            continue
        sentence = near[found.start() : found.end() + _SENTENCE]
        nouns = (_AI, of_an_ai(speech)[-1]) if speech else (_AI,)
        is_plain = stem not in AMBIGUOUS or _is_version(stem, found)
        if is_plain or any(noun.search(sentence) for noun in nouns):
            return found.span()
        if is_first and _is_all(found):
            return found.span()
    return None


def _is_all(found: re.Match[str]) -> bool:
    """Whether a text begins with nothing but a name as its writer's: "Hello! I'm Copilot."."""
    near, (start, end) = found.string, found.span()
    is_alone = _FIRST.fullmatch(near, 0, start) and _STOPS.match(near, end)
    return bool(is_alone) and not found[0].startswith("this is")


def _is_version(stem: str, found: re.Match[str]) -> bool:
    """Whether a name goes on as no person's does: Llama 3, MiniMax-M2, 文心一言."""
    if not stem.isalpha() or found[0].startswith("this is"):
        return False  # phi-1 is a variable, and who shows a model is none
    place = found.start() + found[0].rindex(stem) + len(stem)
    return _VERSION.match(found.string, place) is not None


_VERSION = re.compile(
    r"-?\d|-[a-z]{1,5}-?\d|[- ](?:pro|ultra|flash|sonnet|opus|haiku)\b|"
    r" \d(?:\.\d)?(?=\s?(?:[.,!]|\Z))|一言|认知大模型|大模型"
)
_FIRST = re.compile(rf"\W{{0,3}}(?:{_GREETING}(?: there)?\W{{1,3}})?")
_STOPS = re.compile(r"(?<=\.)|(?:です|입니다|이에요|예요)?\s?(?:[.!。！\n]|\Z)")


def _speaks(near: str) -> bool:
    """Whether one of the words stands there that each of the patterns has."""
    return any(word in near for word in _CUES)


@lru_cache(maxsize=256)
def _patterns(stem: str) -> tuple[re.Pattern[str], ...]:
    told = []
    if stem in MODELS:
        name = f"(?:{MODELS[stem]})"
        told += [
            _WHO + name + _NOT_ONE,
            _AS + name + _NOT_ONE + _AFTER_AS,
            _WHO_CHINESE + name + _NOT_ONE_CHINESE,
            _RUNS + name + _NOT_ONE,
            rf"{_TALKED_TO}{name}(?=\s?(?:[.,!\n]|\Z))",
            rf"(?:\A\W{{0,3}}|\b{_GREETING}[,!.]? ){name} here[.,!]",
        ]
    if stem in MAKERS:
        name = rf"(?:{MAKERS[stem]})"
        told += [
            rf"\b(?:i am|i'm|i’m|i was|i have been|i've been) (?:\w+ ){{0,2}}?{_MADE}{name}(?!\w)",
            rf"{_I_AM} [^.!?\n]{{0,60}}?{_MODEL}[^.!?\n]{{0,40}}?{_MADE}{name}(?!\w)",
            rf"{_I_AM} [^.!?\n]{{0,40}}?{_MODEL},? (?:from|by|of) {name}(?!\w)",
            rf"\bas an? [^.!?\n]{{0,60}}?{_MADE}{name}(?!\w)",
            rf"{_MINE}{name}(?!\w)",
            rf"{_I_CHINESE}[^。！？\n]{{0,30}}?{name}{_BY_CHINESE}",
            rf"{name}{_BY_CHINESE}了我",
            rf"{_MINE_CHINESE}{name}",
            rf"{_BEGINS}{name}{_MADE_ME}",
        ]
    return tuple(map(re.compile, told))


@lru_cache(maxsize=256)
def _policies(stem: str) -> tuple[re.Pattern[str], ...]:
    """What a maker's policy makes its model do."""
    if stem not in MAKERS:
        return ()
    policy = rf"{MAKERS[stem]}(?:['’]s)? (?:\w+ ){{0,2}}?(?:policy|policies|guidelines)\b"
    told = (
        rf"\b(?:according to|as per|per|under|given) (?:the )?(?:{policy}),? "
        r"(?:i|we) (?:must|should|have to|need to|can't|cannot|can’t|will not|"
        r"can (?:answer|comply|help|provide|respond))\b",
        rf"\b(?:i|we) (?:must|should|have to|need to|can't|cannot|can’t) (?:comply with|follow|"
        rf"adhere to|abide by|obey|respect|violate|\w+ (?:due to|because of|per|under)) "
        rf"(?:the )?(?:{policy})",
    )
    return tuple(map(re.compile, told))


@lru_cache(maxsize=256)
def _given(stem: str) -> re.Pattern[str]:
    return re.compile(
        r"(?:you are|you're|act as|acting as|pretend (?:to be|you are)|role of|system prompt|"
        r"play(?:ing)? (?:the role of |as )?|扮演|你是|你叫|假装|"
        + "|".join(speech.told for speech in LANGUAGES)
        + r")[^.?!。？！\n]{0,60}?"
        + re.escape(stem)
        + r"(?![^.!\n。！]{0,80}[?？吗])"
    )


_NAMED = re.compile(
    r"\b(?:i am|i'm|i’m|my name is|this is) (\w[\w .-]{0,40}?), (?:an?|your|the) "
    r"(?:[\w-]+ ){0,3}?(?:ai\b|assistant|language model|chatbot|artificial)"
    r"|(?:我是|我叫|这里是|我名[为叫]) ?([^，。,.！？\n]{1,20}?) ?[，,][^。！？\n]{0,20}?"
    r"(?:ai|人工智能|助手|模型)"
)
_MADE_BY = re.compile(
    rf"\b(?:i am|i'm|i’m|i was)\b[^.!?\n]{{0,60}}?\b{_MADE}(\w[\w&.-]*(?: [\w&-]+){{0,2}})"
    rf"|{_I_CHINESE}[^。！？\n]{{0,40}}?(?:由|被|是) ?([^，。,.！？\n]{{1,20}}?) ?{_BY_CHINESE}"
)


def a_stranger(text: str, name: str, maker: str) -> Said | None:
    """Where a text introduces itself as an assistant, by a name or a maker not its own."""
    if not (name or maker):
        return None
    low = lower(text[:_INTRODUCED])
    for own, pattern in ((name, _NAMED), (maker, _MADE_BY)):
        for found in pattern.finditer(low) if own else ():
            told = found[1] or found[2] or ""
            if lower(own) not in told and _AI.search(found[0]):
                return Said(found.start(), text[found.start() : found.end()])
    return None
