"""What a response ends with, where it does not say which is its answer: a guess."""

import re

from filters.answers.boxes import JOINER, JOINS, Answer
from filters.mathematics.latex_tokens import FUNCTIONS

NUMBER = re.compile(
    r"(?:(?<![A-Za-z0-9_.,/^\\)\]}\-])-\s?\$?|(?<![A-Za-z0-9_.,/^\\]))"
    r"(?:\d{1,2}:[0-5]\d(?::[0-5]\d)?(?:\s?[AaPp]\.?[Mm]\b\.?)?|"
    r"\d[\d,]*(?:\.\d+)?|\.\d+)(?:\s?/\s?\d+)?(?:\s?\\?%|\s?(?:percent(?:age)?|pct)\b)?"
)
_PAIR = re.compile(r"[(\[][^()\[\]$\n]{1,60},[^()\[\]$\n]{1,60}[)\]]")
_FORMULA_END = re.compile(r"\$\$?|\\\)|\\\]")
# What is no word in a formula of plain syntax.
_NAMES = re.compile(
    rf"(?<![A-Za-z])(?:{'|'.join(sorted(FUNCTIONS))}|pi|oo|theta|and|or|[a-d]?[w-z]{{1,3}})(?![a-z])"
)
_WORD = re.compile(r"(?<![A-Za-z\\{])[A-Za-z]{2,}|[\u3040-\u9fff\uac00-\ud7af]")
MOST_JOINED = 8


def last_value(text: str) -> Answer | None:
    """The last formula or number of the last paragraph."""
    lines = text.rstrip()[-1_500:]
    if len(text) <= 300 and "\n" not in text and not _WORD.search(_NAMES.sub("", text)):
        # A bare formula is one answer, and not the last number in it.
        is_one = re.search(r"\w|\\\{|∅", text) and "\\boxed" not in text
        return Answer(text, "formula", 0, len(text)) if is_one else None
    for _ in range(2):
        paragraph = lines[lines.rfind("\n\n") + 1 :]
        if re.search(r"[\d$\\]", paragraph):
            return _last_formula(paragraph) or _last_number(paragraph)
        lines = lines[: lines.rfind("\n\n") + 1].rstrip()
    return None


def _last_number(text: str) -> Answer | None:
    """The last number, with the brackets of the pair that it is in."""
    found = list(NUMBER.finditer(text))
    if not found:
        return None
    last = found[-1]
    for pair in _PAIR.finditer(text, max(0, last.start() - 60)):
        if pair.start() < last.start() and last.end() <= pair.end():
            return Answer(pair[0], "number", *pair.span(), context=text)
    # A number in braces is a part of a formula that has no dollars around it.
    is_part = text.startswith("}", last.end()) or text.endswith(("{", "\\,"), 0, last.start())
    said = text if is_part else last[0].rstrip(",")
    return Answer(said, "number", *last.span(), context=text)


def _last_formula(text: str) -> Answer | None:
    """The last formula between dollars or \\( \\), unless a number comes after it.

    Formulas with only a comma or an "and" between them are one list.
    """
    ends = list(_FORMULA_END.finditer(text))
    if len(ends) < 2 and not (ends and ends[-1][0].startswith("\\")):
        return None
    close = ends[-1]
    right = close[0]
    left = {"\\)": "\\(", "\\]": "\\["}.get(right, right)
    start = text.rfind(left, 0, close.start())
    formula = text[start + len(left) : close.start()].strip()
    if start < 0 or not formula or re.search(r"\d", text[close.end() :]):
        return None
    parts = [formula]
    while len(parts) < MOST_JOINED:
        end = text.rfind(right, 0, start)
        between = text[end + len(right) : start]
        before = text.rfind(left, 0, max(end, 0))
        if end < 0 or before < 0 or not JOINER.fullmatch(between) or not JOINS.search(between):
            break
        parts.insert(0, text[before + len(left) : end].strip())
        start = before
    return Answer(", ".join(parts), "maths", start, close.end(), context=text)
