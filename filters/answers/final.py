"""The final answer in a response.

Only the response is read, never the thought: a right number somewhere in a thought is not an
answer. Only its last 20,000 characters are looked at, from the right, and every search is linear,
because this text is written by a model and may be anything.
"""

import re

from filters.answers.boxes import LONGEST, Answer, boxed, boxes
from filters.answers.ending import NUMBER, last_value
from generators.transcript import CLOSING

__all__ = [
    "LONGEST",
    "TAIL",
    "Answer",
    "boxed",
    "boxes",
    "hypothetical",
    "last_value",
    "response_tail",
    "stated_answer",
    "tagged",
]

TAIL = 20_000


def response_tail(response: str) -> str:
    """The part that is read: the end, after any thought, without the tokens that end a turn."""
    text = response[-TAIL:] if response[-1:].strip() else response.rstrip()[-TAIL:]
    if "<" in text:
        for tag in CLOSING:
            text = text.rpartition(tag)[2]
        text = _TOKEN.sub(" ", text).rstrip()
    return text.lstrip()


_TOKEN = re.compile(r"<\|[A-Za-z_ ]{1,40}\|>")


def stated_answer(text: str) -> Answer | None:
    """The answer a tail declares: in a tag, in a box, after ####, or in so many words.

    A tag stands above a box and a box above words, unless it comes after: whatever is said last
    holds. A sentence after a box must say "final answer" to replace it.
    """
    tag, box = tagged(text), boxed(text)
    if tag is not None and (box is None or box.start < tag.end):
        inner = boxed(tag.text)
        return tag if inner is None else Answer(inner.text, inner.where, tag.start, tag.end)
    if box is not None:
        after = _after_phrase(text, box.end, "final answer")
        return after if after is not None and re.search(r"[\d$\\]", after.text) else box
    return _after_hashes(text) or _after_phrase(text)


# --- <answer> -------------------------------------------------------------------------------

_TAG = re.compile(r"<\s?(/?)\s?answer\s?(>?)", re.IGNORECASE)


def tagged(text: str) -> Answer | None:
    """The content of the last <answer> tag, also where the tags are damaged.

    Seen in published outputs: </ANSWER without its >, an opening tag written as a closing one,
    no closing tag at all.
    """
    if "<" not in text:
        return None
    found: tuple[int, int] | None = None
    opened = opening = unpaired = -1
    for tag in _TAG.finditer(text):
        if not tag[1]:
            # Without its > an opening tag cannot be told from "x <answer".
            opened, opening = (tag.end(), tag.start()) if tag[2] else (opened, opening)
            continue
        start = opened if opened >= 0 else unpaired
        whole = text[start : tag.start()] if start >= 0 else ""
        if whole.strip(" \t\n.…") and (opened >= 0 or "\n" not in whole.strip()):
            found = start, tag.start()
        unpaired = -1 if opened >= 0 else tag.end()
        opened = -1
    if opened >= 0:
        rest = text[opened:].partition("</")[0]
        before = text[text.rfind("\n", 0, opening) + 1 : opening]
        # "Put it into <answer> tags" is no answer: the tag must begin its line and end the text.
        if rest.strip() and "\n" not in rest.strip() and not before.strip(" *_#>"):
            found = opened, opened + len(rest)
    return found and Answer(text[slice(*found)].strip(), "tag", *found)


# --- in words -------------------------------------------------------------------------------


def _after_hashes(text: str) -> Answer | None:
    """`#### 18` as GSM8K writes it: the end of the text, so that a heading is not taken for it."""
    start = text.rfind("####") + 4
    rest = text[start:].strip(" \t#*")
    if start < 4 or not rest or "\n" in rest:
        return None
    return _after_phrase(rest) or Answer(rest, "hashes", start, len(text))


_COPULA = re.compile(
    r"[\s*_\"'”’)\]】]{0,6}(?:[:：=】]|应?该?[是为]|"
    r"(?P<filler>[^\n.:：=?!]{0,60}?)\b(?:is|are|was|be|equals|es|est|ist|é|è)\b|は|은|는)(?:[\s:：]|\*\*(?=\s)){0,12}"
)
_DENIED = re.compile(r"\b(?:not|never|wrong|incorrect|neither)\b|n't")
_SENTENCE_END = re.compile(r"[.。;；?？](?=[\s*]|$)|\n|</")
_REASON = re.compile(r",?\s(?:since|because)\b|,\s(?:not|rather than|instead of)\b")
_LAST_IS = re.compile(r".*(?:\b(?:is|are)\b|=)\s*(?=[-+$\\\d(])", re.DOTALL)
_SPANS = (("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"), ("**", "**"))


_ANSWERS = (
    "答案", "答え", "정답", "ответ", "respuesta", "réponse", "antwort", "resposta", "risposta",
)  # fmt: skip


def _after_phrase(text: str, first: int = 0, english: str = "answer") -> Answer | None:
    """What follows the last "answer is", "Answer:" or 答案是; or "A:" before the last line."""
    low = text.replace("\u0130", "I").lower()  # the one letter whose lower case is longer
    for word in (english, *_ANSWERS):
        at = len(low)
        for _ in range(8):
            at = low.rfind(word, first, at)
            if at < 0:
                break
            copula = _COPULA.match(low, at + len(word))
            if copula is None or hypothetical(low, at):
                continue
            if not _DENIED.search(copula["filler"] or ""):
                found = _said_at(text, copula.end())
                if found is not None:
                    return found
    line = text.rfind("\n") + 1
    return _said_at(text, line + 2) if not first and text.startswith("A:", line) else None


_SUPPOSES = re.compile(r"\b(?:if|suppose|whether|assum\w+|unless)\b[^.\n]*$")


def hypothetical(low: str, at: int) -> bool:
    """Whether the words here stand after an "if" in their sentence."""
    return _SUPPOSES.search(low, max(0, at - 30), at) is not None


def _said_at(text: str, start: int) -> Answer | None:
    """The sentence that begins here, or only the formula or the bold text that begins it."""
    while text[start : start + 1].isspace():
        start += 1
    end = _SENTENCE_END.search(text, start, start + LONGEST)
    stop = end.start() if end else min(len(text), start + LONGEST)
    for left, right in _SPANS:
        if text.startswith(left, start):
            inside = start + len(left)
            close = text.find(right, inside, inside + LONGEST)
            after = _SENTENCE_END.search(text, max(close, inside))
            rest = text[close + len(right) : after.start() if after else len(text)]
            # "$5$ or $-5$" is more than its first formula.
            if close > inside and not re.search(r"[\d$\\]|\band\b|\bor\b", rest[:LONGEST]):
                return Answer(text[inside:close].strip(), "phrase", start, close)
            break
    if reason := _REASON.search(text, start, stop):
        stop = reason.start()
    sentence = text[start:stop].strip(" \t*_")
    if not sentence:
        return None
    if sentence[0].isalpha() and (copula := _LAST_IS.match(sentence[:400])):
        said = sentence[copula.end() :]
        return Answer(said, "sentence", start, stop, context=sentence[:400])
    # "Answer: Lena has 36 marbles left." Words that are all the answer hold more or no number.
    numbers = NUMBER.findall(sentence[:400]) if sentence[0].isalpha() else []
    if len(numbers) == 1 and len(sentence.split()) > 3 and not re.search(r"[$\\^=(]", sentence):
        return Answer(numbers[0], "sentence", start, stop, context=sentence[:400])
    return Answer(sentence, "phrase", start, stop)
