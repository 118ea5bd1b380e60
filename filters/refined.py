"""Whether a rewritten text still says what its origin said."""

from collections.abc import Mapping
from dataclasses import replace

from filters.answers.final import last_value, response_tail, stated_answer
from filters.equations.calculations import Calculations, equations, numbers
from filters.kinds.reply import shown
from filters.mathematics.equal import compare
from filters.verdict import Group, Verdict, keep, reject, unknown
from filters.verify import SECONDS, verify_response
from generators.records import NEEDS_ANSWER, Sample
from generators.registry import Seconds, Share, register
from generators.texts.text import language_of
from generators.texts.words import words

LONGEST = 1_000_000
"""Characters of an origin or of what was made of it."""
FEWEST = 5
"""Numbers of an origin by which a translation can be compared with it."""


@register("filter")
def refined(
    group: Group, *, at_least: Share = 0.3, seconds: Seconds = SECONDS
) -> dict[str, Verdict]:
    """Keeps rewritten samples whose answer is the origin's and that add no step to it.

    No step: each number stands in the origin or the question, and so do all numbers and letters of
    each equation, near each other; whole numbers up to 10 count in equations only. A step in words
    alone is not seen. `at_least`: the share of the origin's different words that are still there,
    or of its numbers where the language has changed; it is the score. What is no rewritten sample
    passes.

    Reasons: answer_changed, step_added, too_different; unknown: no_origin, undecided (the answers
    cannot be compared), translated (with too few numbers to compare), too_long.
    """
    return {one.id: _judged(one, group.origins, at_least, seconds) for one in group.samples}


def _judged(
    sample: Sample, origins: Mapping[str, Sample], at_least: float, seconds: float
) -> Verdict:
    if not sample.origin:
        return keep(detail="not rewritten")
    origin = origins.get(sample.origin)
    if origin is None:
        return unknown("no_origin", sample.origin)
    texts = [_whole(origin), _whole(sample)]
    if max(map(len, texts)) > LONGEST:
        return unknown("too_long", f"{max(map(len, texts))} characters")
    same, said = _same_answer(origin, sample, seconds)
    if same is False:
        return reject("answer_changed", shown(said, 300))
    before = Calculations(f"{sample.problem.question}\n{texts[0]}")
    if added := _added(texts[1], before):
        return reject("step_added", shown(f"{added} is not in the origin", 300))
    kept = _kept(origin, sample)
    if kept is not None and kept < at_least:
        return reject("too_different", f"{kept:.0%} of the origin is left", kept)
    if same is None:
        return unknown("undecided", shown(said, 300))
    if kept is None:
        return unknown("translated", "and the origin has few numbers")
    return keep(kept, f"{kept:.0%} of the origin is left")


def _whole(sample: Sample) -> str:
    return f"{sample.reasoning}\n{sample.response}"


def _added(text: str, before: Calculations) -> str:
    """The first number or equation of a text that the origin has not; "" where it has all."""
    for whole, *pieces in dict.fromkeys(numbers(text)):
        if not before.has_number(whole) and not (pieces and all(map(before.has_number, pieces))):
            return whole
    return next((one.text for one in equations(text) if not before.has(one)), "")


def _same_answer(origin: Sample, sample: Sample, seconds: float) -> tuple[bool | None, str]:
    """Whether both give one final answer, and what was compared.

    Where there is a reference both are judged by it: then it need not be known which words of a
    response are its answer. Otherwise the final answers are compared with each other.
    """
    if sample.response == origin.response:
        return True, "the response is the same"
    before, after = (
        verify_response(one.problem, one.response, seconds=seconds) for one in (origin, sample)
    )
    both = before.outcome, after.outcome
    if both == ("keep", "keep"):
        return True, "both are right"
    if set(both) == {"keep", "reject"}:
        return False, f"before: {before.detail}; after: {after.detail}"
    was = _final(origin.response)
    if not was or sample.problem.kind not in NEEDS_ANSWER:
        return None, f"before: {before.reason}; after: {after.reason}"
    if sample.problem.kind == "math":
        now = _final(sample.response)
        same = compare(now, was, seconds)[0] if now else None
        return same, f"got {now or 'no answer'}, was {was}"
    again = verify_response(replace(sample.problem, answer=was), sample.response, seconds=seconds)
    same = {"keep": True, "reject": False}.get(again.outcome)
    return same, again.detail


def _final(response: str) -> str:
    tail = response_tail(response)
    found = stated_answer(tail) or last_value(tail)
    return found.text if found is not None else ""


def _kept(origin: Sample, sample: Sample) -> float | None:
    """The share of the origin's words that are left; None where nothing can be compared."""
    if language_of(_prose(origin)) == language_of(_prose(sample)):
        before, after = (set(words(_whole(one)).hashes.tolist()) for one in (origin, sample))
        return len(before & after) / len(before) if before else None
    said = Calculations(_whole(sample))
    had = Calculations(_whole(origin)).numbers
    if len(had) < FEWEST:
        return None
    return sum(map(said.has_number, had)) / len(had)


def _prose(sample: Sample) -> str:
    return sample.reasoning or sample.response
