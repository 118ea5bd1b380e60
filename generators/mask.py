"""A new sample without the personal data of an earlier one."""

from collections.abc import Iterator

from generators.personal.data import KINDS, Kind, masked
from generators.records import Sample
from generators.registry import register


@register("generator")
def mask(
    sample: Sample,
    *,
    kinds: list[Kind] = list(KINDS),  # noqa: B006  a setting's default, never changed
) -> Iterator[tuple[str, str]]:
    """Replaces personal data and keys by what they are: [email], [phone], [secret] ...

    `kinds` says which. Replaced is what the filter `hygiene` finds, so the new sample passes it;
    what the problem itself says stays. Nothing is made of a sample that has none.
    """
    given = f"{sample.problem.question}\n{sample.problem.context}"
    reasoning = masked(sample.reasoning, tuple(kinds), given)
    response = masked(sample.response, tuple(kinds), given)
    if (reasoning, response) != (sample.reasoning, sample.response):
        yield reasoning, response
