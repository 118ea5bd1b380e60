"""Personal data and keys in a text: where they stand, of what kind, and the text without them."""

from functools import lru_cache
from typing import Literal, NamedTuple, get_args

from generators.personal.emails import emails
from generators.personal.ip_addresses import ip_addresses
from generators.personal.keys import keys
from generators.personal.numbers import ibans, numbers
from generators.personal.passwords import passwords
from generators.texts.words import REMEMBERED

Kind = Literal["email", "secret", "phone", "card", "iban", "ip", "id_number"]
KINDS: tuple[Kind, ...] = get_args(Kind)


class Span(NamedTuple):
    """Personal data of one kind: where it stands (characters, end exclusive)."""

    start: int
    end: int
    kind: Kind


@lru_cache(maxsize=REMEMBERED)
def personal(text: str) -> tuple[Span, ...]:
    """What of a text is personal or secret, in order and without overlaps. Linear in the text."""
    found = [
        *(Span(*place, "secret") for place in keys(text)),
        *(Span(*place, "secret") for place in passwords(text)),
        *(Span(*place, "email") for place in emails(text)),
        *(Span(*place) for place in numbers(text)),
        *(Span(*place, "iban") for place in ibans(text)),
        *(Span(*place, "ip") for place in ip_addresses(text)),
    ]
    kept: list[Span] = []
    # Of two that overlap the one that begins first stays, a secret before an address.
    for span in sorted(found, key=lambda span: (span.start, span.kind != "secret", -span.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return tuple(kept)


def masked(text: str, kinds: tuple[Kind, ...] = KINDS, given: str = "") -> str:
    """The text with a placeholder for each piece of personal data: [email], [phone] ...

    What stands in `given` as well, such as the problem, was no secret and stays.
    """
    pieces, at = [], 0
    for span in personal(text):
        if span.kind in kinds and text[span.start : span.end] not in given:
            pieces += [text[at : span.start], f"[{span.kind}]"]
            at = span.end
    return "".join([*pieces, text[at:]])
