"""Whether a text stands by an equation that does not hold: it may ask, suppose, deny or mend it.

Asked only about equations that were found wrong, so that it may look around at leisure.
"""

import re
from bisect import bisect
from fractions import Fraction
from functools import lru_cache

from filters.arithmetic import read
from filters.claims import Chain
from generators.prose import code_blocks

BEFORE, AFTER = 300, 600
"""Characters looked at on either side."""
LONGEST_QUESTION = 4000
"""Characters of the question that are looked at."""

_CLAUSE = re.compile(r"[.,;:!?\n。，；：！？]|\bthen\b|⇒|→|\\implies")
_SUPPOSED = re.compile(
    r"\b(?:if|suppos\w*|assum\w*|imagine|pretend|whether|unless|want|wants|wanted|need|needs|needed|"
    r"would|try|trying|say|instead of|rather than|not|no|"
    r"isn't|never|incorrect\w*|mistaken\w*|wrong\w*|erroneous\w*|misread|misinterpret\w*|"
    r"original|target|goal|puzzle|guess\w*|requir\w*|confus\w*|tempt\w*)\b"
    r"|假设|如果|若|是否|错|误|不是|并非|而不是|要求|需要",
    re.IGNORECASE,
)
_TESTED = re.compile(
    r"\b(?:plug\w*|substitut\w*|equations?|satisf\w*)\b|代入|方程"
    r"|\b(?:for|when|with|try|take|test) [$\\( ]{0,4}[a-z] ?=",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\A[\s.,;:)(\]}\\$*`!\"'-]{0,30}(?:\b(?:wait|which|that|this|it|so|but|and|hence|therefore|clearly|is|are|"
    r"'?s|a|would|be|can|also|gives?|means?|however|hmm|text|again|,)\b[\s,:.'{}()-]{0,3}){0,6}"
    r"(?:\b(?:not|no|nope|false|wrong|incorrect|impossible|contradict\w*|mistake\w*|isn't|doesn't|"
    r"can't|cannot|isnt|invalid|untrue|never|nonsens\w*|absurd|fails?|error)\b|≠|\\neq?\b|✗|✘|❌"
    r"|不对|错|不成立|不等|矛盾|不是|不可能|不符)",
    re.IGNORECASE,
)
_CONTRADICTED = re.compile(
    r"\b(?:false|contradict\w*|doesn't|does not|isn't|no solution|impossible|"
    r"not (?:true|equal|a solution|valid|hold|correct|satisf\w*|possible|work|0|zero))\b|≠|\\neq?\b"
    r"|矛盾|不成立|无解|不对",
    re.IGNORECASE,
)
_MENDED = re.compile(
    r"\b(?:wait|no|hmm|actually|mistake\w*|wrong|incorrect|recheck|recalculat\w*|recomput\w*|"
    r"re-check|double[- ]check|let me check|sorry|oops|corrected|correction|should be)\b"
    r"|等等|等一下|不对|错|更正|应该|重新",
    re.IGNORECASE,
)
_DIVIDED = re.compile(r"remainder|quotient|left ?over|floor|round|whole|integer|\bR ?\d|余|商|整")
_MODULUS = re.compile(
    r"(?:\b[pb]?mod(?:ulo|ulus)?)(?![A-Za-z]) ?[({]{0,2}\s?(\d{1,9}|[a-z])"
    r"|模 ?(\d{1,9})|除以 ?(\d{1,9})",
    re.IGNORECASE,
)
_BASE = re.compile(
    r"\b(?:base|radix)[- ]?(\d{1,2}|[a-z]+)|\b(binary|ternary|octal|hexadecimal|roman)|"
    r"(\d{1,2}|[二三四五六七八九]) ?进制",
    re.IGNORECASE,
)
_BASES = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "twelve": 12, "sixteen": 16, "binary": 2, "ternary": 3, "octal": 8, "hexadecimal": 16,
} | {digit: number for number, digit in enumerate("二三四五六七八九", 2)}  # fmt: skip
_CYCLES = (
    (
        re.compile(
            r"(?:last|units?|ones|final)[ -](?:\w+ )?digits?|ends? (?:in|with)|个位|末位|尾数"
        ),
        (10, 100, 1000),
    ),
    (re.compile(r"week|Sunday|Monday|Friday|Saturday|星期|周"), (7,)),
    (re.compile(r"clock|\b[ap]\.?m\b|点钟|时针"), (12, 24)),
    (re.compile(r"angle|rotat|角"), (180, 360)),
)
_OPERATION = re.compile(
    r"\bbinary operation|\b(?:the|an|new|this) operat(?:ion|or)\b|\bmatchstick|[⊕⊗☆★△◎]"
    r"|\bdefine[^.\n]{0,60}[a-z] ?(?:[*@#∗]|\\(?:ast|star|circ|oplus|otimes|diamond)) ?[a-z]\b"
    r"|定义.{0,8}运算|新运算",
    re.IGNORECASE,
)
_QUESTION_MARK = re.compile(r"[?？]|[.。\n!](?![^\s])")
_LARGER = re.compile(
    r"\A[ \\]{0,2}(?:hundred|thousand|million|billion|trillion|dozen|lakh|crore|cents?|k\b"
    r"|[万亿千百])"
    r"|\A[,;]? ?(?:times|plus|minus|multiplied|then (?:add|subtract|multipl|divid)|carry|write|"
    r"followed by)"
)


def stands_by(
    question: str, text: str, chain: Chain, pair: int, left: Fraction, right: Fraction
) -> bool:
    """Whether the text claims that these two sides are equal: it does not ask or suppose it.

    `pair` is the number of the left side in the chain, `left` and `right` what the sides are worth.
    """
    question = question[:LONGEST_QUESTION]
    said = text[chain.start : chain.end]
    if "".join(said.split()) in _unspaced(question):
        return False
    if _is_code(text, chain.start):
        return False
    before = text[max(0, chain.start - BEFORE) : chain.start]
    after = text[chain.end : chain.end + AFTER]
    line = before[before.rfind("\n") + 1 :]
    clause = _CLAUSE.split(line)[-1]
    if _SUPPOSED.search(clause) or _asks(after) or _LARGER.match(after) or _DENIED.match(after):
        return False
    near = before[-150:] + said + after[:60]
    is_cut = right == int(right) and abs(left - right) < 1
    if is_cut and _is_division(chain.sides[pair]) and _DIVIDED.search(near):
        return False
    if _holds_elsewhere(chain.sides[pair : pair + 2], before + after[:100] + "\n" + question):
        return False
    if _TESTED.search(before[-120:]) and _CONTRADICTED.search(after[:300]):
        return False
    if _OPERATION.search(question):
        return False
    if _is_other_notation(chain.sides[pair], chain.sides[pair + 1], left, right):
        return False
    return not _is_congruent(before + said + after[:100] + "\n" + question, left - right)


@lru_cache(maxsize=8)
def _unspaced(question: str) -> str:
    return "".join(question.split())


def is_mended(text: str, chain: Chain, pair: int, left: Fraction, right: Fraction) -> bool:
    """Whether the text behind a wrong equation takes it back and names what is right."""
    said = text[chain.start : chain.end]
    after = text[chain.end : chain.end + AFTER].replace(",", "")
    marker = _MENDED.search(after)
    if not marker:
        return False
    for form in _forms(left) - _forms(right):
        token = re.compile(rf"(?<![\d.]){re.escape(form)}(?!\d|\.\d)")
        if token.search(after, marker.end()) and not token.search(said):
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


def _asks(after: str) -> bool:
    """Whether the sentence ends in a question mark."""
    found = _QUESTION_MARK.search(after[:120])
    return found is not None and found[0] in "?？"


def _is_code(text: str, at: int) -> bool:
    blocks = code_blocks(text)
    number = bisect(blocks, at, key=lambda block: block.start) - 1
    if number >= 0 and at < blocks[number].end:
        return True
    near = text[max(0, at - BEFORE) : at]
    return near[near.rfind("\n") + 1 :].count("`") % 2 == 1


def _is_division(side: str) -> bool:
    return "/" in side or "÷" in side or "\\div" in side or "frac" in side


def _is_other_notation(side: str, other: str, left: Fraction, right: Fraction) -> bool:
    """Pages 10-15 = 6 pages; 24 ÷ 7 = 3 · 7 + 3; 1 + 2 + 3 = (1 + 2) = 3, of which more follows."""
    ends = re.fullmatch(r"(\d{1,6})-(\d{1,6})", side)
    if ends and right in (-left, -left + 1):
        return True
    division = re.fullmatch(r"\D{0,3}(\d{1,12}) ?(?:/|÷|\\div) ?(\d{1,12})", side)
    if division and int(division[2]):
        return right in (int(division[1]), int(left) * int(division[2])) and left != right
    bare, begun = (re.sub(r"[\s()]", "", text) for text in (side, other))
    return len(begun) > 2 and bare.startswith(begun) and bare[len(begun) :][:1] in "+-*/×·"


def _is_congruent(near: str, difference: Fraction) -> bool:
    """Whether they are equal modulo something that the text speaks of."""
    if difference != int(difference):
        return False
    moduli = set()
    for numbers in _MODULUS.findall(near):
        modulus = next(filter(None, numbers))
        if not modulus.isdigit():
            return True
        moduli.add(int(modulus))
    for pattern, cycle in _CYCLES:
        if pattern.search(near):
            moduli.update(cycle)
    return any(modulus > 1 and int(difference) % modulus == 0 for modulus in moduli)


def _holds_elsewhere(sides: tuple[str, ...], near: str) -> bool:
    """Whether the text speaks of another base, and the equation holds when read in it."""
    for names in _BASE.findall(near):
        name = next(filter(None, names)).lower()
        base = int(name) if name.isdigit() else _BASES.get(name, 0)
        if name == "roman" or (len(name) == 1 and not name.isdigit() and name.isascii()):
            return True
        if 2 <= base <= 16:
            left, right = (read(_in_base(side, base)) for side in sides)
            if left and right and left.value == right.value:
                return True
    return False


def _in_base(side: str, base: int) -> str:
    def number(found: re.Match[str]) -> str:
        digits = [int(digit, 16) for digit in found[0]]
        if max(digits) >= base:
            return "?"
        return str(sum(digit * base**place for place, digit in enumerate(reversed(digits))))

    return re.sub(r"\d+", number, side)
