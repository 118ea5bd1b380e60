"""Whether the equations of a chain hold: each that can be read is worked out exactly."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from filters.arithmetic import (
    EXCLAIMED,
    MIXED_IS_PRODUCT,
    PERCENT_IS_UNIT,
    SIGN_BEFORE_POWER,
    Side,
    read,
)
from filters.claims import Chain, chains
from filters.doubts import is_mended, stands_by
from filters.verdict import Verdict, keep, reject
from generators.records import Sample
from generators.registry import Share, register

NOISE = Fraction(1, 500)
"""Relative difference that may come from decimals rounded before: then it cannot be told."""
LOOKED_AT = 200
"""Wrong steps of a sample whose surroundings are read; more are not counted."""
EXACT = 4
"""Decimals of fewer digits (0.5, 1.25) are taken as exact, others as rounded."""
LARGEST_SHOWN = 10**300

_READINGS = (
    (PERCENT_IS_UNIT, "%"), (SIGN_BEFORE_POWER, "-"), (MIXED_IS_PRODUCT, "frac"), (EXCLAIMED, "!"),
)  # fmt: skip
_DECIMAL = re.compile(r"\d*\.\d+")
_FIRST_NUMBER = re.compile(r"-?[\d.,]+ *")


@dataclass(frozen=True, slots=True)
class Step:
    """Two sides that were said to be equal, and whether they are."""

    chain: Chain
    pair: int
    """Number of the left side in the chain."""
    holds: bool
    value: Fraction
    """What the left side is worth."""
    said: Fraction
    """What the right side is worth."""

    @property
    def left(self) -> str:
        """The left side without spaces."""
        return "".join(self.chain.sides[self.pair].split())


@register("filter")
def steps(sample: Sample, *, at_least: Share = 0.0) -> Verdict:
    """Recomputes the plain equations of thought and response; the score is the share that hold.

    A step is a = b between numbers (+ - * / ^, brackets, fractions, percent, simple LaTeX), worked
    out exactly. A decimal holds where the value rounds or is cut to the digits shown. Not counted:
    what is asked, supposed or denied, sides with variables, congruences, other bases, code. A
    wrong step that the chain mends later counts as right. `at_least` is the share below which a
    sample is rejected (wrong_step); by default none is. Without a step to check the score is None.
    """
    texts = (sample.reasoning, sample.response)
    told = [(part, step) for part, text in enumerate(texts) for step in checked(text)]
    question = sample.problem.question
    # Where each left side was last worked out right: what stands before it is mended.
    right = {step.left: number for number, (_, step) in enumerate(told) if step.holds}
    count, looked, wrong = 0, 0, []
    for number, (part, step) in enumerate(told):
        if not step.holds:
            looked += 1
            if looked > LOOKED_AT:
                continue
            about = (texts[part], step.chain, step.pair, step.value, step.said)
            if not stands_by(question, *about):
                continue
            if right.get(step.left, -1) < number and not is_mended(*about):
                wrong.append((part, step))
        count += 1
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


def checked(text: str) -> Iterator[Step]:
    """The steps of a text that can be worked out, whether they hold or not."""
    for chain in chains(text):
        # Only what ends the sentence may end with its sign: 4028! in the middle is a factorial.
        *inner, last = chain.sides
        sides = [*map(read, inner), read(last) or read(last, EXCLAIMED)]
        for pair, relation in enumerate(chain.relations):
            left, right = sides[pair], sides[pair + 1]
            if left is None or right is None:
                continue
            if left.places is not None and (
                right.places is not None  # two numbers: nothing was worked out
                or (pair == 0 and chain.is_loose)  # "the sum of 3 and 4 = 2 + 2"
            ):
                continue
            holds = _holds(chain, pair, left, right, relation == "≈")
            if holds is not None:
                yield Step(chain, pair, holds, Fraction(left.value), Fraction(right.value))


def _holds(chain: Chain, pair: int, left: Side, right: Side, roughly: bool) -> bool | None:
    """Whether two sides agree in some reading; None where rounding hides it."""
    if _agree(left, right, roughly):
        return True
    texts = chain.sides[pair : pair + 2]
    if roughly and left.places is None and right.places is None:
        return None
    if _is_drift(left, right, texts[0]) or _is_drift(right, left, texts[1]):
        return None
    a, b = Fraction(left.value), Fraction(right.value)
    is_rounded = any("." in text for text in texts) and _whole(left) and _whole(right)
    if is_rounded and abs(a - b) <= NOISE * max(abs(a), abs(b)):
        return None
    if _other_readings(texts, roughly):
        return True
    # 9 · 3 = 27 + 1 = 28: each result goes on in the next sum.
    if pair + 2 < len(chain.sides) and right.places is None:
        begun = _FIRST_NUMBER.match(texts[1])
        number = read(begun[0].strip()) if begun else None
        if number and _agree(left, number, roughly):
            return None
    return False


def _is_shown(exact: Fraction, shown: Side, roughly: bool = False) -> bool:
    """Whether a plain number shows this value: rounded or cut to its digits.

    A whole number shows only itself, unless it is meant `roughly` (≈): then its last digit may be
    one off, and its zeros at the end are no digits.
    """
    places, number = shown.places, Fraction(shown.value)
    if places is None or (places <= 0 and not roughly):
        return exact == number
    if roughly and places == 0 and number:
        digits = str(number)
        places -= len(digits) - len(digits.rstrip("0"))
    unit = Fraction(10) ** -places
    off = abs(exact - number)
    if off * 2 <= unit or (roughly and off <= unit):
        return True
    # Cut: nearer to zero than the value, by less than one in the last digit.
    return off < unit and abs(number) <= abs(exact)


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


def _whole(side: Side) -> bool:
    """Whether no decimals are shown: a sum, or a number without a point."""
    return side.places is None or side.places <= 0


def _agree(left: Side, right: Side, roughly: bool) -> bool:
    if left.value == right.value:
        return True
    if right.places is not None:
        return _is_shown(Fraction(left.value), right, roughly)
    return left.places is not None and _is_shown(Fraction(right.value), left, roughly)


def _other_readings(texts: tuple[str, ...], roughly: bool) -> bool:
    both = "".join(texts)
    asked = [reading for reading, sign in _READINGS if sign in both]
    for choice in product(*[(0, *asked)] * 2):
        if any(choice):
            left, right = (read(text, reading) for text, reading in zip(texts, choice, strict=True))
            if left and right and _agree(left, right, roughly):
                return True
    return False


def _written(value: Fraction) -> str:
    digits = str(value)
    if len(digits) < 20:
        return digits
    return f"about {float(value):.6g}" if abs(value) < LARGEST_SHOWN else "very large"
