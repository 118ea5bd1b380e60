"""Whether the equations of a chain hold: each that can be read is worked out exactly."""

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from filters.equations.arithmetic import (
    EXCLAIMED,
    MIXED_IS_PRODUCT,
    PERCENT_IS_UNIT,
    SIGN_BEFORE_POWER,
    Side,
    read,
)
from filters.equations.claims import Chain, chains
from filters.equations.doubts import is_mended, is_premise, stands_by
from filters.equations.powers import Number
from filters.equations.rounding import agree
from filters.verdict import Verdict, keep, reject
from generators.records import Sample
from generators.registry import Share, register

NOISE = Fraction(1, 500)
"""Relative difference that may come from decimals rounded before: then it cannot be told."""
LOOKED_AT = 200
"""Wrong steps of a sample whose surroundings are read; more are not counted."""
FLOAT_NOISE = Fraction(1, 10**12)
"""Relative difference that binary floating point leaves: 0.1 + 0.2 = 0.30000000000000004."""
PARAGRAPH = 1000
"""Characters up to which a paragraph may follow from what is supposed in it."""
EXACT = 4
"""Decimals of fewer digits (0.5, 1.25) are taken as exact, others as rounded."""
LARGEST_SHOWN = 10**300

_READINGS = (
    (PERCENT_IS_UNIT, "%"), (SIGN_BEFORE_POWER, "-"), (MIXED_IS_PRODUCT, "frac"), (EXCLAIMED, "!"),
)  # fmt: skip
_DECIMAL = re.compile(r"\d*\.\d+")
_NUMBER = re.compile(r"[\d.,]*\d")
_FIRST_NUMBER = re.compile(r"-?[\d.,]+ *")


class Step(NamedTuple):
    """Two sides that were said to be equal, and whether they are."""

    chain: Chain
    pair: int
    """Number of the left side in the chain."""
    holds: bool
    sides: tuple[Side, Side]

    @property
    def value(self) -> Fraction:
        """What the left side is worth."""
        return Fraction(self.sides[0].value)

    @property
    def said(self) -> Fraction:
        """What the right side is worth."""
        return Fraction(self.sides[1].value)

    @property
    def left(self) -> str:
        """The left side without spaces."""
        return "".join(self.chain.sides[self.pair].split())

    @property
    def calculation(self) -> tuple[Number, tuple[str, ...]]:
        """Value and numbers of the left side, the same for 7 * 8 and 8 × 7."""
        numbers = _NUMBER.findall(self.chain.sides[self.pair])
        return self.sides[0].value, tuple(sorted(numbers))


@register("filter")
def steps(sample: Sample, *, at_least: Share = 0.0) -> Verdict:
    """Recomputes the plain equations of thought and response; the score is the share that hold.

    A step is a = b between numbers (+ - * / ^, brackets, fractions, percent, simple LaTeX), worked
    out exactly. A decimal holds where the value rounds or is cut to the digits shown. Not counted:
    what is asked, supposed or denied, sides with variables, congruences, other bases, XOR, code. A
    wrong step that the chain mends later counts as right. `at_least` is the share below which a
    sample is rejected (wrong_step); by default none is. Without a step to check the score is None.
    """
    texts = (sample.reasoning, sample.response)
    told = [(part, step) for part, text in enumerate(texts) for step in checked(text)]
    count = sum(step.holds for _, step in told)
    wrong: list[tuple[int, Step]] = []
    if count < len(told):
        claimed, wrong = _claimed(texts, told, sample.problem.question)
        count += claimed
    if not count:
        return keep(None, "no step that can be checked")
    share = 1 - len(wrong) / count
    detail = f"{count - len(wrong)} of {count} steps hold"
    if wrong:
        part, first = wrong[0]
        start, end = first.chain.start, first.chain.end
        said = " ".join(texts[part][start:end].split())[:120]
        place = f"at {start} of the {('thought', 'response')[part]}"
        detail += f"; not {said!r} {place}: {first.left[:60]} is {_written(first.value)}"
    return reject("wrong_step", detail, share) if share < at_least else keep(share, detail)


def _claimed(
    texts: tuple[str, ...], told: list[tuple[int, Step]], question: str
) -> tuple[int, list[tuple[int, Step]]]:
    """How many of the steps that do not hold the texts claim, and those that they never mend."""
    # Where each calculation was last worked out right: what stands before it is mended.
    found = [(number, *step) for number, step in enumerate(told) if not step[1].holds]
    values = {step.value for _, _, step in found}
    right = {
        step.calculation: number
        for number, (_, step) in enumerate(told)
        if step.holds and step.value in values
    }
    claimed, wrong = 0, []
    supposed = (0, 0)  # a part, and the end of its paragraph in which something wrong is supposed
    for number, part, step in found[:LOOKED_AT]:
        text, chain = texts[part], step.chain
        if (part, chain.start) < supposed:
            continue
        if not stands_by(question, text, chain, step.pair, step.value, step.said):
            if is_premise(text, chain):
                end = text.find("\n\n", chain.end, chain.end + PARAGRAPH)
                supposed = (part, end if end >= 0 else chain.end + PARAGRAPH)
            continue
        claimed += 1
        is_right_later = right.get(step.calculation, -1) > number
        if not is_right_later and not is_mended(text, chain, step.value, step.said):
            wrong.append((part, step))
    return claimed, wrong


def checked(text: str) -> Iterator[Step]:
    """The steps of a text that can be worked out, whether they hold or not."""
    for chain in chains(text):
        end = len(chain.sides) - 1
        for pair, relation in enumerate(chain.relations):
            left = read(chain.sides[pair])
            right = read(chain.sides[pair + 1]) if left else None
            if left and not right and pair + 1 == end:
                # Only what ends the sentence may end with its sign: 4028! elsewhere is a factorial.
                right = read(chain.sides[end], EXCLAIMED)
            if left is None or right is None:
                continue
            if left.places is not None and (
                right.places is not None  # two numbers: nothing was worked out
                or (pair == 0 and chain.is_loose)  # "the sum of 3 and 4 = 2 + 2"
            ):
                continue
            holds = _holds(chain, pair, left, right, relation == "≈")
            if holds is not None:
                yield Step(chain, pair, holds, (left, right))


def _holds(chain: Chain, pair: int, left: Side, right: Side, roughly: bool) -> bool | None:
    """Whether two sides agree in some reading; None where rounding hides it."""
    if agree(left, right, roughly):
        return True
    texts = chain.sides[pair : pair + 2]
    if roughly and left.places is None and right.places is None:
        return None
    if _is_drift(left, right, texts[0]) or _is_drift(right, left, texts[1]):
        return None
    a, b = Fraction(left.value), Fraction(right.value)
    is_rounded = any("." in text for text in texts) and _whole(left) and _whole(right)
    noise = NOISE if is_rounded else FLOAT_NOISE if _is_float(left, right) else 0
    if abs(a - b) <= noise * max(abs(a), abs(b)):
        return None
    if _other_readings(texts, roughly):
        return True
    # 9 · 3 = 27 + 1 = 28: each result goes on in the next sum.
    if pair + 2 < len(chain.sides) and right.places is None:
        begun = _FIRST_NUMBER.match(texts[1])
        number = read(begun[0].strip()) if begun else None
        if number and agree(left, number, roughly):
            return None
    return False


def _is_drift(exact: Side, shown: Side, text: str) -> bool:
    """Whether a rounded result differs only by what the decimals it was made of may be off.

    10000/3.1416 = 3183.099 is what π gives; 12.50 * 3 = 37.51 is wrong, for it needs no rounding.
    """
    if exact.places is not None or shown.places is None:
        return False
    value = Fraction(exact.value)
    needed = value * 10 ** (max(shown.places, 0) + 1)
    decimals = [digits.replace(".", "").lstrip("0") for digits in _DECIMAL.findall(text)]
    if not decimals or needed == int(needed):
        return False
    share = sum(Fraction(1, 2 * int(digits)) for digits in decimals if len(digits) >= EXACT)
    unit = Fraction(10) ** -shown.places
    return abs(value - shown.value) <= share * abs(value) + unit / 2


def _is_float(left: Side, right: Side) -> bool:
    """Whether so many digits are shown as a computer shows."""
    return max(left.places or 0, right.places or 0) >= 12


def _whole(side: Side) -> bool:
    """Whether no decimals are shown: a sum, or a number without a point."""
    return side.places is None or side.places <= 0


def _other_readings(texts: tuple[str, ...], roughly: bool) -> bool:
    both = "".join(texts)
    asked = [reading for reading, sign in _READINGS if sign in both]
    for choice in product(*[(0, *asked)] * 2):
        if any(choice):
            left, right = (read(text, reading) for text, reading in zip(texts, choice, strict=True))
            if left and right and agree(left, right, roughly):
                return True
    return False


def _written(value: Fraction) -> str:
    digits = str(value)
    if len(digits) < 20:
        return digits
    return f"about {float(value):.6g}" if abs(value) < LARGEST_SHOWN else "very large"
