"""Equality modulo a number: what a text names as modulus, and whether two values agree in it."""

import re
from collections.abc import Iterator
from fractions import Fraction
from math import gcd

_WORDS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13,
}  # fmt: skip
_NUMBER = rf"(\d{{1,9}}|{'|'.join(_WORDS)})"
_NAMED = re.compile(
    r"mod(?:ulo|ulus)?(?![a-z])(?: (?:the )?(?:prime|number|is|of))?(?: ?=)? ?"
    rf"[({{$]{{0,2}}\s?{_NUMBER}"
)
_NAMED_IN_CHINESE = re.compile(r"(?:模|除以) ?(\d{1,9})")
# Begins with a set of characters, which is searched fast, and looks back.
# The integers modulo n: Z_5, \mathbb{Z}/5\mathbb{Z}, GF(5), over F_5.
_RING = re.compile(
    r"[ZFGℤ𝔽](?:(?:(?<=[ℤ𝔽])|(?<=Z)(?<![A-Za-z]Z)|(?<=[Ii]n F)|(?<=[Ii]n \$F)|(?<=[Oo]ver F)"
    r"|(?<=mathbb F)|(?<=mathb[bf]\{F))\}?\s?(?:_ ?\{? ?|/ ?\(? ?)(\d{1,9})"
    r"|(?<=G)F ?[(_] ?(\d{1,9})|(?<=[Zℤ𝔽])([₀₁₂₃₄₅₆₇₈₉]{1,9}))"
)
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
# What is said of all that follows.
_THROUGHOUT = re.compile(
    r"(?:work\w*|arithmetic|throughout|everything|always|integers|numbers|residues?|classes|在)"
    r"[^.\n]*\Z"
)
_VARIABLE = re.compile(r"mod(?:ulo|ulus)?(?![A-Za-z]) ?[({$]{0,2}\s?[a-zA-Z](?![A-Za-z])")
_DIVISOR = re.compile(rf"divided by {_NUMBER}")
_REMAINDER = re.compile(r"[Rr]emainder|congruent|余|≡|\\equiv")
_BITS = re.compile(r"\b(\d{1,2})[- ]?bit|\bu?int_?(\d{1,2})\b|(\d{1,2}) ?位(?:整数|二进制|无符号)")
_CYCLES = (
    (
        re.compile(
            r"(?:last|units?|ones|final)[ -](?:\w+ )?digits?|ends? (?:in|with)|个位|末位|尾数",
            re.IGNORECASE,
        ),
        (10, 100, 1000),
    ),
    (re.compile(r"week|Sunday|Monday|Friday|Saturday|星期|周"), (7,)),
    (re.compile(r"clock|\b[ap]\.?m\b|点钟|时针"), (12, 24)),
    (re.compile(r"angle|rotat|角"), (180, 360)),
    (re.compile(r"[Dd]igital root|[Cc]asting out"), (9,)),
    (re.compile(r"overflow|wraps? around|溢出"), (2**8, 2**16, 2**32, 2**64)),
)
_CARRIED = re.compile(r"\A[^.\n。]{0,25}(?:\bcarr(?:y|ied|ies)|\bborrow|进位|进一|进1|借位)")


def is_congruent(near: str, after: str, far: str, difference: Fraction) -> bool:
    """Whether two values with this difference are equal modulo something that the text names.

    `near` is what stands around the equation: "mod 7", the name of a week, of the last digit. Of
    what stands `far` before it, a ring of residues is still in force, and what is said to be done
    throughout.
    """
    if difference == int(difference):
        if _VARIABLE.search(near):
            return True
        if difference % 10 == 0 and _CARRIED.match(after):
            return True
    moduli = (*_numbered(near), *_declared(far), *map(_value, _RING.finditer(near)))
    if any(_divides(modulus, difference) for modulus in moduli):
        return True
    return any(
        any(_divides(modulus, difference) for modulus in cycle) and pattern.search(near)
        for pattern, cycle in _CYCLES
    )


def _divides(modulus: int, difference: Fraction) -> bool:
    return (
        modulus > 1
        and difference.numerator % modulus == 0
        and gcd(difference.denominator, modulus) == 1
    )


def _numbered(text: str) -> Iterator[int]:
    """What stands as modulus, as divisor of a remainder, or as width of a machine's number."""
    for found in _NAMED.finditer(text.lower()):
        yield _value(found)
    if not text.isascii():
        yield from map(_value, _NAMED_IN_CHINESE.finditer(text))
    if "divided by" in text and _REMAINDER.search(text):
        yield from map(_value, _DIVISOR.finditer(text))
    if "bit" in text or "int" in text or "位" in text:
        for found in _BITS.finditer(text):
            yield 2 ** _value(found)


def _declared(text: str) -> Iterator[int]:
    """What is said to be the modulus of all that follows, or of the ring that it is in."""
    low = text.lower()
    named = [*_NAMED.finditer(low), *(() if low.isascii() else _NAMED_IN_CHINESE.finditer(low))]
    for found in named:
        if _THROUGHOUT.search(low[max(0, found.start() - 60) : found.start()]):
            yield _value(found)
    for found in _RING.finditer(text):
        yield _value(found)


def _value(found: re.Match[str]) -> int:
    number = next(filter(None, found.groups()))
    return _WORDS.get(number) or int(number.translate(_SUBSCRIPTS))
