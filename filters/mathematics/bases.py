"""Numerals with their base at the foot: 1101_2, (2215)_{6}, 1101_{two}."""

import re

_WORDS = (
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip
_BASES = {word: str(n) for n, word in enumerate(_WORDS, 2)} | {"sixteen": "16"}
_DIGITS = r"-?[0-9A-Fa-f]+"
_NUMERAL = re.compile(
    rf"(?:({_DIGITS})|(-?)\(({_DIGITS})\)|(-?)\{{({_DIGITS})\}}) ?_ ?"
    r"(?:\{ ?\(?([0-9a-z]{1,7})\)? ?\}|(\d{1,2})|\((\d{1,2})\))"
)


def numeral_in_base(text: str) -> tuple[str, str] | None:
    """Digits and base of a canonical text; None where it is something else."""
    found = _NUMERAL.fullmatch(text)
    if found is None:
        return None
    minus, digits = found[2] or found[4] or "", found[1] or found[3] or found[5]
    said = found[6] or found[7] or found[8]
    base = _BASES.get(said, said)
    if not base.isdigit() or len(base) > 2 or (minus and digits[0] == "-"):
        return None
    return minus + digits.upper(), base
