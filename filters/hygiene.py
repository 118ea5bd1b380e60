"""What must not be taught: another maker's name for oneself, refusals, personal data and keys."""

from typing import Literal

from filters.refusals import an_ai, refusal
from filters.self_reference import Said, a_stranger, other_self
from filters.verdict import Verdict, keep, reject
from generators.personal import KINDS as PERSONAL
from generators.personal import personal
from generators.records import Sample
from generators.registry import register

Kind = Literal[
    "identity_leak", "as_an_ai", "refusal",
    "email", "secret", "phone", "card", "iban", "ip", "id_number",
]  # fmt: skip


@register("filter")
def hygiene(
    sample: Sample,
    *,
    name: str = "",
    maker: str = "",
    kinds: list[Kind] = [  # noqa: B006  a setting's default, never changed
        "identity_leak", "as_an_ai", "refusal", "secret", "email", "phone", "card", "iban",
        "id_number", "ip",
    ],
) -> Verdict:  # fmt: skip
    """Rejects samples that pass themselves off as another maker's model, refuse, or leak data.

    Looked for in thought and response, in the order of `kinds`, each of which is a reason: speaking
    of oneself as a model or maker other than `name` and `maker`; "as an AI language model"; a
    response that opens with a refusal; e-mail addresses, keys and tokens, telephone, card and
    account numbers, public IP and identity numbers. What the problem itself says is no leak, nor
    are addresses and numbers made for examples. Score 1 or 0. The generator `mask` takes personal
    data out.
    """
    asked = f"{sample.problem.question}\n{sample.problem.context}"
    texts = {"thought": sample.reasoning, "response": sample.response}
    for kind in kinds:
        for part, text in texts.items():
            if kind in PERSONAL:
                # The detail names no text: verdicts are kept, and what leaked must not be.
                places = (
                    span.start
                    for span in personal(text)
                    if span.kind == kind and text[span.start : span.end] not in asked
                )
                for place in places:
                    return reject(kind, f"at {place} of the {part}")
            elif said := _spoken(kind, part, text, asked, name, maker):
                return reject(kind, f"{said.text[:80]!r} at {said.start} of the {part}")
    return keep()


def _spoken(kind: Kind, part: str, text: str, asked: str, name: str, maker: str) -> Said | None:
    if kind == "refusal":
        return refusal(text) if part == "response" else None
    if kind == "as_an_ai":
        return an_ai(text)
    own = tuple(filter(None, (name, maker)))
    return other_self(text, own, asked) or a_stranger(text, name, maker)
