"""What must not be taught: another maker's name for oneself, refusals, personal data and keys."""

from typing import Literal

from filters.leaks.refusals import an_ai, by_policy, refusal
from filters.leaks.self_reference import Said, a_stranger, other_self
from filters.verdict import Verdict, keep, reject
from generators.personal.data import KINDS, personal
from generators.records import Sample
from generators.registry import register

Kind = Literal[
    "identity_leak", "as_an_ai", "refusal",
    "email", "secret", "phone", "card", "iban", "ip", "id_number",
]  # fmt: skip

PERSONAL = frozenset(KINDS)


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
    response that opens with a refusal, or a thought that asks what a policy allows; e-mail
    addresses, keys, tokens and passwords, telephone, card and account numbers, public IP addresses
    and identity numbers. The first three are read in English, Chinese, Spanish, Portuguese, French,
    German, Russian, Japanese and Korean. What the problem itself says is no leak, nor are
    addresses, numbers and passwords made for examples. Score 1 or 0. The generator `mask` takes
    personal data out.
    """
    asked = f"{sample.problem.question}\n{sample.problem.context}"
    texts = {"thought": sample.reasoning, "response": sample.response}
    leaks = [
        (span.kind, f"at {span.start} of the {part}")
        for part, text in texts.items()
        for span in (personal(text) if not PERSONAL.isdisjoint(kinds) else ())
        if text[span.start : span.end] not in asked
    ]
    for kind in kinds:
        if kind in PERSONAL:
            # The detail names no text: verdicts are kept, and what leaked must not be.
            if found := next((place for leaked, place in leaks if leaked == kind), None):
                return reject(kind, found)
            continue
        for part, text in texts.items():
            if said := _spoken(kind, part, text, asked, name, maker):
                return reject(kind, f"{said.text[:80]!r} at {said.start} of the {part}")
    return keep()


def _spoken(kind: Kind, part: str, text: str, asked: str, name: str, maker: str) -> Said | None:
    if kind == "refusal":
        return refusal(text) if part == "response" else by_policy(text, asked)
    if kind == "as_an_ai":
        return an_ai(text)
    own = tuple(filter(None, (name, maker)))
    return other_self(text, own, asked) or a_stranger(text, name, maker)
