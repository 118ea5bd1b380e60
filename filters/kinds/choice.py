"""Multiple choice: the choice that a response states, against the labels that were offered.

A letter is a choice only where the response says so: "Answer: D", an <answer> tag, a box with
nothing else in it, a last line of its own. An article, a variable or a mention is none. What is
said last holds; two things said at once that differ are a conflict, and not ours to decide.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from filters.answers.final import (
    boxed,
    boxes,
    hypothetical,
    response_tail,
    stated_answer,
    tagged,
)
from filters.kinds.labels import IS_OVER, Said, label_at, listed, whole
from filters.kinds.options import READ, Offer, offered
from filters.verdict import Verdict, keep, reject, unknown
from generators.records import Problem

NEAR = 80
"""Characters: a tag, a box and a sentence no further apart than this are one statement."""


def choice(problem: Problem, response: str) -> Verdict:
    """Compare the stated choice with the reference: a label, several, or an option's text."""
    is_long = len(problem.check) > 10 * READ  # such a one is not remembered
    offer = (offered.__wrapped__ if is_long else offered)(
        problem.question[-READ:], problem.check, problem.answer[:READ]
    )
    if isinstance(offer, str):
        return unknown("bad_check", offer)
    if not offer.right:
        return unknown("no_reference", f"{problem.answer[:60]!r} is none of {listed(offer.labels)}")
    text = response_tail(response)
    said = stated_choice(text, offer)
    if said is None:
        # Where no label and no option is as much as mentioned, nothing was chosen. A mention may
        # be a choice in words that are not known here, and was not shown to be wrong.
        nothing = offer.is_known and not offer.is_mentioned(text)
        return reject("no_choice") if nothing else unknown("no_choice")
    if said.conflict:
        return unknown("conflicting_choice", said.conflict)
    got, wanted = listed(said.labels), listed(offer.right)
    if said.labels == offer.right:
        return keep(detail=f"got {got} (rung: choice)")
    return reject("wrong_answer", f"got {got}, wanted {wanted} (rung: choice)")


def stated_choice(text: str, offer: Offer) -> Said | None:
    """The choice that the end of a response states; a conflict where it states two at once."""
    tag, in_tag, in_box = tagged(text), None, _in_box(text, offer)
    if tag is not None:
        inside = whole(tag.text, offer) or _declared(tag.text, offer) or _in_box(tag.text, offer)
        in_tag = inside and Said(inside.labels, tag.start, tag.end, inside.conflict)
    marked = [said for said in (in_tag, in_box) if said]
    # A sentence far before a tag or a box changes nothing, and need not be looked for.
    declared = _declared(text, offer, max((said.start for said in marked), default=300) - 300)
    found = [*marked, declared] if declared else marked
    if tag is not None and in_tag is None and all(said.start < tag.start for said in found):
        return None  # the tag was its last word, and is no choice
    last_line = _on_last_line(text, offer)
    if not found:
        return last_line or _by_text(text, offer)
    last = max(found, key=lambda said: said.start)
    near = [said for said in found if last.start - said.end < NEAR]
    if last_line is not None and last_line.start >= last.end:
        near.append(last_line)
    for said in near:
        if said.labels != last.labels:
            both = f"{listed(said.labels)} and {listed(last.labels)}"
            return Said(last.labels, conflict=f"it says both {both}")
    return last


def _in_box(text: str, offer: Offer) -> Said | None:
    """The last box that holds a choice: not a formula in which a letter occurs."""
    if (last := boxed(text)) is None:
        return None
    for box in (last, *boxes(text)):
        said = whole(box.text, offer) or _declared(box.text, offer)
        if said is not None and box.where == "box":
            return Said(said.labels, box.start, box.end, said.conflict)
    return None


_LABELLED = re.compile(r"[*\-_ \t]*[(（\[]?(?:[A-Za-z]|\d{1,2})[)）\].．、:：]")


def _on_last_line(text: str, offer: Offer) -> Said | None:
    """A last line that is a choice, unless it ends a list of options."""
    start = text.rfind("\n") + 1
    said = whole(text[start:].lstrip("# "), offer) or (None if start else _small(text, offer))
    if said is None:
        return None
    before = text[:start].rstrip()
    line = before[before.rfind("\n") + 1 :]
    if len(text) - start > 6 and _LABELLED.match(line):
        return None
    return Said(said.labels, start, len(text), said.conflict)


def _small(text: str, offer: Offer) -> Said | None:
    """A reply that is one small letter."""
    letter = text.strip(" \n.$*()").upper()
    return Said(frozenset({letter})) if len(letter) == 1 and letter in offer.labels else None


def _by_text(text: str, offer: Offer) -> Said | None:
    """ "The answer is Paris", where Paris is one of the options."""
    answer = stated_answer(text)
    label = offer.of_text(answer.text) if answer is not None else ""
    return Said(frozenset({label})) if label else None


_SAYS = re.compile(
    r"(?:answers?|options?|choices?|selection)[\s*_\"'”’)\]】<>/]{0,6}(?:[:：=→]|-{1,2}>|"
    r"(?P<filler>[^\n.:：=?!]{0,60}?)\b(?:is|are|be|was)\b)[\s:：]*",
    re.IGNORECASE,
)
_SAYS_DIRECTLY = re.compile(r"answer[\s*_>\"')\]]{0,6}", re.IGNORECASE)
_QUALIFIED = re.compile(
    r"(?:correct|right|best|final|my|our|only|appropriate|the|is)\s+(?:answer\s)?\**$"
)
_CHOOSES = re.compile(
    r"(?:choose|chose|select|pick|go with|going with|opt for)(?:ing|ed)?\s", re.IGNORECASE
)
_SAYS_IN_CHINESE = re.compile(r"答案[^\n。]{0,10}?(?:是|为|选|：|:|】|(?=[(（]))[\s：:]*")
_CHOOSES_IN_CHINESE = re.compile(r"选(?:择|项|答案)?(?:是|为)?[\s：:]*")
_NEGATED = re.compile(
    r"\b(?:not|never|neither|wrong|incorrect|other|if|suppose|whether|assum\w+|when|could|can|may|"
    r"might)\b|n't|不|非|勿|排除|错|若|如果"
)


def _declared(text: str, offer: Offer, first: int = 0) -> Said | None:
    """The last sentence from `first` on that says which one it is."""
    low = text.replace("\u0130", "I").lower()  # the one letter whose lower case is longer
    # The end is read first: mostly it suffices.
    for start in (max(first, len(low) - 2_000), first):
        best: Said | None = None
        for word, says in _DECLARATIONS:
            at = len(low)
            for _ in range(40):
                at = low.rfind(word, best.end if best else start, at)
                if at < 0:
                    break
                if (said := says(text, low, at, offer)) is not None:
                    best = said
                    break
        if best is not None or start <= first:
            return best
    return None


Says = Callable[[str, str, int, Offer], Said | None]


def _answer_is(text: str, low: str, at: int, offer: Offer) -> Said | None:
    """ "Answer: C", "the answer to this is (C)", "Final answer C", "C is the answer"."""
    is_tag = low[at - 1 : at] in ("<", "/") and low.startswith(">", at + 6)
    if is_tag or hypothetical(low, at):
        return None
    says = _SAYS.match(low, at)
    if says is not None and not _NEGATED.search(says["filler"] or ""):
        said = label_at(text, says.end(), offer) or _in_brackets(text, says.end(), offer)
        if said is not None:
            return said
    says = _SAYS_DIRECTLY.match(low, at)
    starts_line = not low[low.rfind("\n", 0, at) + 1 : at].strip(" *_#</")
    if says is not None and (starts_line or low.endswith("final ", 0, at)):
        said = label_at(text, says.end(), offer)
        if said is not None and IS_OVER.match(text, said.end):
            return said
    return _is_the_answer(text, low, at, offer)


def _in_brackets(text: str, at: int, offer: Offer) -> Said | None:
    """ "... 42 (C)." at the end of the sentence."""
    line = text[at : at + 200].partition("\n")[0]
    found = re.match(rf"[^.?!;()]{{1,120}}[(\[]({offer.label})[)\]][\s.$*}}]*$", line)
    return Said(frozenset({found[1]}), at, at + found.end()) if found else None


def _option_is(text: str, low: str, at: int, offer: Offer) -> Said | None:
    """ "the correct option is C", "so our selection is option C."."""
    before = low[max(0, at - 40) : at]
    starts_line = not before[before.rfind("\n") + 1 :].strip(" *_#")
    if _NEGATED.search(before[-24:]) or not (starts_line or _QUALIFIED.search(before)):
        return None
    says = _SAYS.match(low, at)
    if says is not None and not _NEGATED.search(says["filler"] or ""):
        return label_at(text, says.end(), offer)
    if not before.rstrip(" *").endswith((" is", " be")):
        return None
    said = label_at(text, at, offer)
    return said if said is not None and IS_OVER.match(text, said.end) else None


@lru_cache(maxsize=64)
def _label_is(label: str) -> re.Pattern[str]:
    """ "option C is the", to be followed by "correct" or "answer"."""
    one = rf"[(*\[]{{0,3}}({label})[)*\]]{{0,3}}"
    return re.compile(
        rf"(?:(?i:option|choice|answer|letter)\s{one}|[(\[]({label})[)\]]\**|"
        rf"(?:^|\n|[.,;:]\s|(?i:\b(?:so|thus|hence|therefore|that|think|believe)\s)){one})"
        r"\s(?i:is|must be|seems)\s(?i:(?:the|most|best|only|right)\s){0,3}$"
    )


def _is_the_answer(text: str, low: str, at: int, offer: Offer) -> Said | None:
    """ "Option C is correct", "(C) is the right answer"."""
    found = _label_is(offer.label).search(text[max(0, at - 60) : at])
    if found is None:
        return None
    label = next(group for group in found.groups() if group)
    return Said(frozenset({label}), at, at + 1)


def _chooses(text: str, low: str, at: int, offer: Offer) -> Said | None:
    """ "I choose C", "I'd go with option C"."""
    says = _CHOOSES.match(low, at)
    if says is None or _NEGATED.search(low[max(0, at - 24) : at].rpartition(". ")[2]):
        return None
    return label_at(text, says.end(), offer)


def _in_chinese(text: str, low: str, at: int, offer: Offer) -> Said | None:
    """答案是C, 故选C, 应选C."""
    says = _SAYS_IN_CHINESE.match(text, at) or _CHOOSES_IN_CHINESE.match(text, at)
    if says is None or _NEGATED.search(text[max(0, at - 3) : says.end()]):
        return None
    return label_at(text, says.end(), offer)


_DECLARATIONS: tuple[tuple[str, Says], ...] = (
    ("answer", _answer_is),
    ("correct", _is_the_answer),
    ("right", _is_the_answer),
    ("option", _option_is),
    ("choice", _option_is),
    ("selection", _option_is),
    ("choose", _chooses),
    ("select", _chooses),
    ("pick", _chooses),
    ("go with", _chooses),
    ("going with", _chooses),
    ("opt for", _chooses),
    ("答案", _in_chinese),
    ("选", _in_chinese),
)
