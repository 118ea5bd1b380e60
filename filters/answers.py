"""The final answer in a response.

Only the response is read, never the thought: a right number somewhere in a thought is not an
answer. Only its last 20,000 characters are looked at, from the right, and every search is linear,
because this text is written by a model and may be anything.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from generators.transcript import CLOSING

TAIL = 20_000
LONGEST = 4_000
"""Characters: what is longer is not a final answer, and nobody waits for its closing brace."""
MOST_BOXES = 32


@dataclass(frozen=True, slots=True)
class Answer:
    """What a response gives as its final answer."""

    text: str
    where: str
    """The rule that found it: tag, box, broken_box, hashes, phrase, sentence, maths, formula,
    number."""
    start: int = 0
    """Where it stands in the tail of the response."""
    end: int = 0
    context: str = ""
    """The lines a guess was taken from; "" where the response says that this is its answer."""

    @property
    def is_guess(self) -> bool:
        """Whether the response only ended with it, without saying that it is the answer."""
        return bool(self.context)


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


# --- \boxed ---------------------------------------------------------------------------------

_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_JOINER = re.compile(
    r"(?:[\s$,;、，；]|\\[,;:!()\[\] ]|\\q?quad|\\text\s?\{\s*(?:and|or)\s*\}|and|or|[和或及与])*+"
)
_JOINS = re.compile(r"[,;、，；和或及与]|and|or")


def boxes(text: str) -> Iterator[Answer]:
    """Boxes with something in them, from the last to the first; one that never closes ends it."""
    stop = len(text)
    for _ in range(MOST_BOXES):
        stop = max(text.rfind("\\boxed", 0, stop), text.rfind("\\fbox", 0, stop))
        if stop < 0:
            return
        at = text.find("{", stop, stop + 12)
        if text[stop:at].rstrip() not in ("\\boxed", "\\fbox"):
            continue
        end = _closing(text, at)
        if end is None:
            yield Answer(text[at + 1 : at + 80], "broken_box", stop, len(text))
            return
        if content := text[at + 1 : end].strip():
            yield Answer(content, "box", stop, end + 1)


def _closing(text: str, at: int) -> int | None:
    """Where the brace at `at` closes; escaped braces do not count."""
    depth = 0
    for token in _BRACE.finditer(text, at, at + LONGEST):
        if token[0] == "{":
            depth += 1
        elif token[0] == "}":
            depth -= 1
            if not depth:
                return token.start()
    return None


def boxed(text: str) -> Answer | None:
    """The last box, or the last few as one list where only commas and "and" stand between them."""
    if "box" not in text:
        return None
    last: Answer | None = None
    parts: list[str] = []
    for box in boxes(text):
        if last is not None:
            between = text[box.end : last.start]
            if len(between) > 40 or not _JOINER.fullmatch(between) or not _JOINS.search(between):
                break
        last = box
        parts.insert(0, box.text)
        if box.where == "broken_box":
            break
    if last is None or len(parts) == 1:
        return last
    return Answer(", ".join(parts), last.where, last.start, last.end)


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
    r"(?P<filler>[^\n.:：=?!]{0,60}?)\b(?:is|are|was|be|equals)\b)(?:[\s:：]|\*\*(?=\s)){0,12}"
)
_DENIED = re.compile(r"\b(?:not|never|wrong|incorrect|neither)\b|n't")
_SENTENCE_END = re.compile(r"[.。;；?？](?=[\s*]|$)|\n|</")
_LAST_IS = re.compile(r".*(?:\b(?:is|are)\b|=)\s*(?=[-+$\\\d(])", re.DOTALL)
_SPANS = (("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"), ("**", "**"))


def _after_phrase(text: str, first: int = 0, english: str = "answer") -> Answer | None:
    """What follows the last "answer is", "Answer:" or 答案是; or "A:" before the last line."""
    low = text.replace("\u0130", "I").lower()  # the one letter whose lower case is longer
    for word in (english, "答案"):
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
    sentence = text[start:stop].strip(" \t*_")
    if not sentence:
        return None
    if sentence[0].isalpha() and (copula := _LAST_IS.match(sentence[:400])):
        said = sentence[copula.end() :]
        return Answer(said, "sentence", start, stop, context=sentence[:400])
    return Answer(sentence, "phrase", start, stop)


# --- nothing declared -----------------------------------------------------------------------

_NUMBER = re.compile(
    r"(?:(?<![A-Za-z0-9_.,/^\\)\]}\-])-\s?\$?|(?<![A-Za-z0-9_.,/^\\]))"
    r"(?:\d[\d,]*(?:\.\d+)?|\.\d+)(?:\s?/\s?\d+)?(?:\s?\\?%|\s?(?:percent(?:age)?|pct)\b)?"
)
_FORMULA_END = re.compile(r"\$\$?|\\\)|\\\]")
_WORD = re.compile(r"(?<![A-Za-z\\{])[A-Za-z]{2,}|[\u3040-\u9fff\uac00-\ud7af]")


def last_value(text: str) -> Answer | None:
    """The last formula or number of the last paragraph: what a response ended with, a guess."""
    lines = text.rstrip()[-1_500:]
    if len(text) <= 300 and "\n" not in text and not _WORD.search(text):
        # A bare formula is one answer, and not the last number in it.
        return Answer(text, "formula", 0, len(text)) if re.search(r"[\d\\]", text) else None
    for _ in range(2):
        paragraph = lines[lines.rfind("\n\n") + 1 :]
        if re.search(r"[\d$\\]", paragraph):
            return _last_formula(paragraph) or _last_number(paragraph)
        lines = lines[: lines.rfind("\n\n") + 1].rstrip()
    return None


def _last_number(text: str) -> Answer | None:
    found = list(_NUMBER.finditer(text))
    if not found:
        return None
    last = found[-1]
    # A number in braces is a part of a formula that has no dollars around it.
    is_part = text.startswith("}", last.end()) or text.endswith(("{", "\\,"), 0, last.start())
    said = text if is_part else last[0].rstrip(",")
    return Answer(said, "number", *last.span(), context=text)


def _last_formula(text: str) -> Answer | None:
    """The last formula between dollars or \\( \\), unless a number comes after it."""
    ends = list(_FORMULA_END.finditer(text))
    if len(ends) < 2 and not (ends and ends[-1][0].startswith("\\")):
        return None
    close = ends[-1]
    left = {"\\)": "\\(", "\\]": "\\["}.get(close[0], close[0])
    start = text.rfind(left, 0, close.start())
    formula = text[start + len(left) : close.start()].strip()
    if start < 0 or not formula or re.search(r"\d", text[close.end() :]):
        return None
    return Answer(formula, "maths", start, close.end(), context=text)
