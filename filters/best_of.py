"""Of several good answers to one problem, keep a few."""

from typing import Literal

from filters.verdict import Group, Verdict, keep, reject
from generators.records import Sample
from generators.registry import Count, register


@register("filter")
def best_of(
    group: Group,
    *,
    keep_at_most: Count = 1,
    prefer: Literal["shortest", "longest", "any"] = "shortest",
) -> dict[str, Verdict]:
    """Keeps at most `keep_at_most` of the surviving samples of a problem in one stream.

    `prefer` compares the characters of thought and response together; "any" takes them in the
    order of their ids, which is as good as random and the same on every run. Ties go by id.
    """

    def rank(sample: Sample) -> tuple[int, str]:
        length = len(sample.reasoning) + len(sample.response)
        return ({"shortest": length, "longest": -length, "any": 0}[prefer], sample.id)

    ranked = sorted(group.samples, key=rank)
    detail = f"of {len(ranked)}, {prefer} first"
    return {
        sample.id: keep(detail=f"number {place} {detail}")
        if place <= keep_at_most
        else reject("not_best", f"number {place} {detail}")
        for place, sample in enumerate(ranked, 1)
    }
