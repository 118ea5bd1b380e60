"""A label that is stated as a choice, at one place of a text: and not an article or an amount."""

import re
from dataclasses import dataclass
from functools import lru_cache

from filters.kinds.options import Offer
from filters.mathematics.canonical import plain


@dataclass(frozen=True, slots=True)
class Said:
    """A choice as a response states it."""

    labels: frozenset[str]
    start: int = 0
    end: int = 0
    conflict: str = ""
    """What it says besides, where it contradicts itself."""


def listed(labels: frozenset[str] | tuple[str, ...]) -> str:
    """Labels for a person to read."""
    return ", ".join(sorted(labels))


# What may stand before a label. Possessive: nothing is tried twice.
_MARKS = (
    r"(?:[\s*_`\"'“”‘’(\[（【{}$<>~]|\\(?:text|textbf|textrm|mathbf|mathrm|boxed|fbox|bf|rm)\b|"
    r"\\[,;!(\[ ]|(?i:option|choice|letter|answer|number|definitely|clearly|certainly|therefore|"
    r"thus|indeed|actually|probably|most|likely|for sure|the)(?![A-Za-z])|选项|选择|选)*+"
)
# A label ends here: it is none in A', A_1, A=5, A-1, 3.5, 3/4, 3%, 3x, 3:2, C\alpha.
_ENDS = (
    r"(?![A-Za-z0-9_'’^%]|[.,:]\d|[-/][A-Za-z0-9]|\s?[=+^]|\s?<(?!/|\||[a-z]+>)|"
    r"\\(?![)\]} ,;\\\n]))"
)
_ALSO = re.compile(
    r"[*_)\]）}$]{0,6}\s?(?:[,;、，；&]\s?(?:and\b|(?P<or>or\b|或))?|and\b|(?P<or2>or\b|或)|[和与及])|"
    r"[)）]\s?(?=[(（])"
)
IS_OVER = re.compile(
    r"[ \t*_`\"'”’)\]）】}$]{0,10}(?:$|[.;:!?\n。；,，、<]|\\[)\]}]|and\b|or\b|\()"
)
_NEXT_WORD = re.compile(r"[ \t]+([A-Za-z][A-Za-z'’]*)")
# After a bare "A", "I" or number, these words show that it was a label all the same.
_GOES_ON = {"and", "as", "because", "due", "for", "given", "is", "or", "since", "that", "with"}
_LIST_GOES_ON = (_GOES_ON - {"is"}) | {"are", "both", "together"}
_DENIED = re.compile(
    r"[*_)\]\s]{0,6}(?:(?:is|are|was|would be|seems|can|does)\b[^.\n]{0,12}?"
    r"\b(?:not|wrong|false|incorrect|out)\b|isn't|can't|doesn't|(?:if|unless)\b|是?(?:错|不|误))|"
    r"[*_)\]]{0,3}\s?[?？]"
)


@lru_cache(maxsize=64)
def label_here(label: str) -> re.Pattern[str]:
    """Marks, then a label. A small letter counts only in brackets: "a" is a word."""
    return re.compile(rf"{_MARKS}(?:({label}){_ENDS}|(?<=[({{（\[])((?i:{label}))(?=[)}}）\]]))")


_NOT_OFFERED = re.compile(rf"{_MARKS}([B-HJ-Z]){_ENDS}(?=[\s.)}}\]$*]*(?:$|\n|\.))")


def label_at(text: str, at: int, offer: Offer) -> Said | None:
    """The label or labels that stand here, after marks such as "(", "**" or "option"."""
    found = label_here(offer.label).match(text, at)
    if found is None or not _is_label(text, found, offer):
        return None
    labels, end, is_either = {(found[1] or found[2]).upper()}, found.end(), False
    while len(labels) < len(offer.labels) and (also := _ALSO.match(text, end)):
        found = label_here(offer.label).match(text, also.end())
        if found is None and (other := _NOT_OFFERED.match(text, also.end())) is not None:
            labels.add(other[1])  # whoever chooses B and E has not chosen B
            end = other.end()
            break
        if found is None or not _ends_list(text, found.end()):
            break
        labels.add((found[1] or found[2]).upper())
        is_either = is_either or bool(also["or"] or also["or2"])
        end = found.end()
    if len(labels) == len(offer.labels) > 2 and len(offer.right) < len(labels):
        return None  # "the choices are A, B, C and D"
    several = f"one or the other of {listed(frozenset(labels))}" if is_either else ""
    return Said(frozenset(labels), at, end, several)


def _ends_list(text: str, at: int) -> bool:
    """Whether the label before is one more of a list, and no new sentence: "A, B is wrong"."""
    if IS_OVER.match(text, at):
        return True
    word = _NEXT_WORD.match(text, at)
    return word is not None and word[1].lower() in _LIST_GOES_ON and not _DENIED.match(text, at)


def _is_label(text: str, found: re.Match[str], offer: Offer) -> bool:
    """Whether it is no article, pronoun or amount, and not ruled out in the same breath."""
    label, end = (found[1] or found[2]).upper(), found.end()
    if _DENIED.match(text, end):
        return False
    word = _NEXT_WORD.match(text, end)
    if word is None or not (label in ("A", "I") or label.isdigit()):
        return True
    option = offer.texts.get(label, "")
    follows = plain(text[end : end + len(option) + 8])
    return word[1].lower() in _GOES_ON or bool(option and follows.startswith(option))


def whole(text: str, offer: Offer) -> Said | None:
    """A piece that is a choice and nothing else: a label, a label with a text, or a text."""
    by_text = offer.of_text(text)
    compact = text.strip(" ().*$")
    if len(offer.right) > 1 and len(compact) > 1 and set(compact) <= set(offer.labels):
        return Said(frozenset(compact))
    said = label_at(text, 0, offer)
    if said is None:
        return Said(frozenset({by_text})) if by_text else None
    rest = text[said.end :].strip(" \t\n*_)]}）】$.:：．、,`\"'\\")
    rest = rest.removeprefix("quad").strip() if "\\quad" in text else rest
    other = by_text or offer.of_text(rest)
    if other and said.labels != {other}:
        return Said(said.labels, conflict=f"{listed(said.labels)}, with the text of {other}")
    # "C is what we called the speed" is no choice; "C. Paris", "(C) Paris" and "C Paris" are.
    is_closed = text[said.end : said.end + 1] in tuple(".):：．、）]}")
    return said if not rest or other or is_closed else None
