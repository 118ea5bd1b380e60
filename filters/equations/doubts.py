"""Whether a text stands by an equation that does not hold: it may ask, suppose, deny or mend it.

Asked only about equations that were found wrong, so that it may look around at leisure.
"""

import re
from bisect import bisect
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

from filters.equations.arithmetic import read
from filters.equations.claims import Chain, chains
from filters.equations.moduli import is_congruent
from filters.equations.notations import (
    has_own_operation,
    hold,
    holds_as_declared,
    holds_in_some_writing,
)
from filters.equations.quantities import goes_on, is_converted
from filters.equations.rounding import agree
from filters.equations.suppositions import Surroundings, is_denied, is_rough, is_supposed
from generators.texts.prose import Block, code_blocks

BEFORE, AFTER = 300, 600
"""Characters looked at on either side."""
DECLARED = 4000
"""Characters before an equation in which a modulus, a base or a meaning of ^ may be declared."""
INDENTED = 40
"""Characters before an equation in which its line begins, where it is an item of a list."""
LONGEST_QUESTION = 4000
"""Characters of the question that are looked at."""

# For text in lower case: to ignore the case takes ten times as long.
_MENDED = re.compile(
    r"\b(?:wait|no|nope|hmm|oh|ah|er|erm|uh|um|oops|whoops|sorry|actually|mistake\w*|wrong\w*|"
    r"incorrect|typo|hold on|hang on|i mean|i meant|or rather|make that|my bad|misspoke|"
    r"scratch that|strike that|on second thoughts?|not quite|re-?(?:check|calculat|comput|do)\w*|"
    r"rethink|double[- ]check|let me check|corrected|correction|should be)\b"
    r"|等等|等一下|稍等|且慢|慢着|不对|[啊哦噢]不|我是说|我的意思|错|更正|改正|修正|纠正|应该|重新"
    r"|抱歉|对不起|准确地说|实际上"
)
_RELATION = re.compile(r"[=≈:：]")
_LAST_NUMBER = re.compile(r"\d[\d,]{0,15}(?:\.\d{1,15})?\Z")
_SENTENCE_END = re.compile(r"[.!?\n]\s|[。！？]")
_DIVIDED = re.compile(
    r"remainder|quotient|left ?over|floor|ceil|round|whole|integer|\bR ?\d|余|商|整"
)
_LARGER = re.compile(
    r"\A[ \\]{0,2}(?:hundred|thousand|million|billion|trillion|dozen|lakh|crore|cents?|k\b"
    r"|[万亿千百])"
    r"|\A[,;]? ?(?:times|plus|minus|multiplied|then (?:add|subtract|multipl|divid)|carry|write|"
    r"followed by)"
)
# "the sum of 5 and" before "3 + 1 = 9": the first number was not read.
_LISTED = re.compile(
    r"\b(?:(?:sum|product|difference|quotient|ratio|average|mean|gcd|lcm|hcf|max\w*|min\w*) of|"
    r"between)\b[^.=\n]{0,40}\b(?:and|or) ?\Z",
    re.IGNORECASE,
)


def stands_by(
    question: str, text: str, chain: Chain, pair: int, left: Fraction, right: Fraction
) -> bool:
    """Whether the text claims that these two sides are equal: it does not ask or suppose it.

    `pair` is the number of the left side in the chain, `left` and `right` what the sides are worth.
    """
    question = question[:LONGEST_QUESTION]
    said = text[chain.start : chain.end]
    if "".join(said.split()) in _unspaced(question) or _has_own_arithmetic(question):
        return False
    if _is_code(text, chain.start):
        return False
    around = _around(text, chain)
    sides = chain.sides[pair : pair + 2]
    if is_supposed(around) or is_denied(around) or (is_rough(around) and hold(sides, roughly=True)):
        return False
    if _LARGER.match(around.after):
        return False
    if pair == 0 and _goes_on_from_above(text, chain):
        return False
    if chain.is_loose and pair == 0 and _LISTED.search(around.before):
        return False
    if holds_in_some_writing(sides, left, right) or _is_part(around, said, sides[0], left, right):
        return False
    near = around.before + said + around.after[:100] + "\n" + question
    far = text[max(0, chain.start - DECLARED) : max(0, chain.start - BEFORE)]
    return not (
        is_converted(near, sides[1], around.after, left, right)
        or holds_as_declared(sides, near, far, right)
        or is_congruent(near, around.after, far, left - right)
    )


def _goes_on_from_above(text: str, chain: Chain) -> bool:
    """Whether the mark of a list before the equation is a sign: it goes on from the line above.

    "50" and below it "- 2 * 3 = 44".
    """
    nearest = max(0, chain.start - INDENTED)
    line = text.rfind("\n", nearest, chain.start) + 1 or nearest
    mark = text[line : chain.start].strip()
    if mark not in ("-", "−", "*", "•"):
        return False
    above = text[max(0, line - BEFORE) : line].rstrip()
    above = _RELATION.split(above[above.rfind("\n") + 1 :])[-1].strip(" $*.")
    number = None if read(above) else _LAST_NUMBER.search(above)
    side = f"({number[0] if number else above}){mark}{chain.sides[0]}"
    return hold((side, chain.sides[1]))


def _is_part(around: Surroundings, said: str, side: str, left: Fraction, right: Fraction) -> bool:
    """Whether the result of a division is told without its remainder or its fraction."""
    if right != int(right) or abs(left - right) >= 1 or not _is_division(side):
        return False
    near = around.before[-150:] + said + around.after[:60]
    return _DIVIDED.search(near) is not None or goes_on(around.after, left, right)


def is_premise(text: str, chain: Chain) -> bool:
    """Whether the text supposes the equation: what follows from it is not claimed either."""
    return is_supposed(_around(text, chain))


def is_mended(text: str, chain: Chain, left: Fraction, right: Fraction) -> bool:
    """Whether the text behind a wrong equation takes it back and names what is right."""
    said = text[chain.start : chain.end]
    after = text[chain.end : chain.end + AFTER].replace(",", "")
    forms = [form for form in _forms(left) - _forms(right) if _stands(form, after, 0)]
    marker = _MENDED.search(after.lower()) if forms else None
    if not marker:
        return False
    # "It is 56, sorry": the sentence that takes it back may begin with what is right.
    ends = [0, *(end.end() for end in _SENTENCE_END.finditer(after, 0, marker.start()))]
    return any(_stands(form, after, ends[-1]) and not _stands(form, said, 0) for form in forms)


def _stands(number: str, text: str, at: int) -> bool:
    """Whether a number stands in the text from there on, not as a part of another."""
    while (at := text.find(number, at)) >= 0:
        before, after = text[at - 1 : at], text[at + len(number) :][:2]
        is_inside = before.isdigit() or before == "." or after[:1].isdigit()
        if not is_inside and not (after[:1] == "." and after[1:].isdigit()):
            return True
        at += 1
    return False


def _around(text: str, chain: Chain) -> Surroundings:
    return Surroundings(
        text[max(0, chain.start - BEFORE) : chain.start], text[chain.end : chain.end + AFTER]
    )


@lru_cache(maxsize=8)
def _unspaced(question: str) -> str:
    return "".join(question.split())


@lru_cache(maxsize=8)
def _has_own_arithmetic(question: str) -> bool:
    """Whether the question defines an operation, or states sums that do not hold: a riddle."""
    if has_own_operation(question):
        return True
    for chain in chains(question):
        values = [read(side) for side in chain.sides]
        for left, right in pairwise(values):
            if left and right and left.places is None and not agree(left, right, roughly=True):
                return True
    return False


def _forms(value: Fraction) -> set[str]:
    """How a number may be written: 7, 7/2, 3.5 and rounded to fewer digits."""
    if value == int(value):
        return {str(abs(int(value)))}
    top, bottom = abs(value.numerator), value.denominator
    forms = {f"{top}/{bottom}", f"frac{{{top}}}{{{bottom}}}"}
    for places in range(1, 5):
        scaled = abs(Fraction(value)) * 10**places
        for whole in {int(scaled), int(scaled + Fraction(1, 2))}:
            forms.add(f"{whole // 10**places}.{whole % 10**places:0{places}}")
    return forms


def _is_code(text: str, at: int) -> bool:
    blocks = _code_blocks(text)
    number = bisect(blocks, at, key=lambda block: block.start) - 1
    if number >= 0 and at < blocks[number].end:
        return True
    near = text[max(0, at - BEFORE) : at]
    return near[near.rfind("\n") + 1 :].count("`") % 2 == 1


@lru_cache(maxsize=8)
def _code_blocks(text: str) -> tuple[Block, ...]:
    return code_blocks(text) if "```" in text or "~~~" in text else ()


def _is_division(side: str) -> bool:
    return "/" in side or "÷" in side or "\\div" in side or "frac" in side
