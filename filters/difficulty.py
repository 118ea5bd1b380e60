"""How hard a problem is, in bands of its pass rate, and which of them a corpus is to have."""

from collections import Counter
from typing import Literal

from filters.verdict import Group, Verdict, keep, reject, unknown
from generators.registry import Count, EarlierFilter, Share, register

Band = Literal["unsolved", "hard", "medium", "easy"]


@register("filter")
def difficulty(
    group: Group,
    *,
    by: EarlierFilter = "verify",
    bands: list[Band] = ["hard", "medium"],  # noqa: B006  a setting's default, never changed
    hard: Share = 0.25,
    easy: Share = 0.75,
    fewest: Count = 4,
) -> dict[str, Verdict]:
    """Keeps problems whose pass rate lies in one of `bands`; the score is the rate.

    Unsolved is a rate of 0, easy from `easy` up, hard up to `hard`, medium between. The rate is
    right / (right + wrong) over the samples that the filter `by` judged; fewer than `fewest` of
    them leave it unknown. The band is the reason for what is dropped. Problems that are always
    right or never teach a policy nothing: their advantage is 0 (GRPO, arXiv 2402.03300, 4.1).
    """
    counts = Counter(verdict.outcome for verdict in group.verdicts.get(by, {}).values())
    right, judged = counts["keep"], counts["keep"] + counts["reject"]
    if judged < fewest:
        return group.all(unknown("too_few", f"{judged} judged by {by}, wanted {fewest}"))
    rate = right / judged
    band = _band(rate, hard, easy)
    detail = f"{band}: {right} of {judged} right by {by}"
    return group.all(keep(rate, detail) if band in bands else reject(band, detail, rate))


def _band(rate: float, hard: float, easy: float) -> Band:
    if rate == 0:
        return "unsolved"
    if rate >= easy:
        return "easy"
    return "hard" if rate <= hard else "medium"
