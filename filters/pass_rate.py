"""How often a problem is answered right: the share of its judged samples that a filter kept."""

from collections import Counter

from filters.verdict import Group, Verdict, keep, reject, unknown
from generators.registry import Count, EarlierFilter, Share, register


@register("filter")
def pass_rate(
    group: Group,
    *,
    by: EarlierFilter = "verify",
    at_least: Share = 0.0,
    at_most: Share = 1.0,
    fewest: Count = 1,
) -> dict[str, Verdict]:
    """Keeps problems of the wanted difficulty: `at_least` <= pass rate <= `at_most`.

    The rate is right / (right + wrong) over the samples that the filter `by` has judged; samples
    it could not judge, or never saw because they were cut off, do not count either way. With fewer
    than `fewest` judged samples the rate is unknown. The score is the rate.
    """
    counts = Counter(verdict.outcome for verdict in group.verdicts.get(by, {}).values())
    right, judged = counts["keep"], counts["keep"] + counts["reject"]
    if judged < fewest:
        return group.all(unknown("too_few", f"{judged} judged by {by}, wanted {fewest}"))
    rate = right / judged
    detail = f"{right} of {judged} right by {by}"
    if rate > at_most:
        return group.all(reject("too_easy", detail, rate))
    if rate < at_least:
        return group.all(reject("too_hard", detail, rate))
    return group.all(keep(rate, detail))
