"""\\boxed{...}: the last one, or the last few as a list. Linear in the text, from its end."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

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


# "\boxed 14", as people write it, where no more of a formula follows.
_UNBRACED = re.compile(
    r"\\f?boxed\s+([-+]?(?:\d[\d.,/]*\d|\w))(?![\w{\\])(?!\s*(?:[A-Za-z]?[_^{]|\\[A-Za-z]|[-+*/=]))"
)
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
JOINER = re.compile(
    r"(?:[\s$,;、，；]|\\[,;:!()\[\] ]|\\q?quad|\\text\s?\{\s*(?:and|or)\s*\}|and|or|[和或及与])*+"
)
JOINS = re.compile(r"[,;、，；和或及与]|and|or")


def boxes(text: str) -> Iterator[Answer]:
    """Boxes with something in them, from the last to the first; one that never closes ends it."""
    stop = len(text)
    for _ in range(MOST_BOXES):
        stop = max(text.rfind("\\boxed", 0, stop), text.rfind("\\fbox", 0, stop))
        if stop < 0:
            return
        at = text.find("{", stop, stop + 12)
        if text[stop : max(at, stop)].rstrip() not in ("\\boxed", "\\fbox"):
            if (bare := _UNBRACED.match(text, stop)) is not None:
                yield Answer(bare[1], "box", stop, bare.end())
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
            if len(between) > 40 or not JOINER.fullmatch(between) or not JOINS.search(between):
                break
        last = box
        parts.insert(0, box.text)
        if box.where == "broken_box":
            break
    if last is None or len(parts) == 1:
        return last
    return Answer(", ".join(parts), last.where, last.start, last.end)
