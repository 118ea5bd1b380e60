"""A model decides where nothing else can: one function asks, another reads the answers.

Whoever wrote the sample may have written it to the judge, so its text stands between two lines with
a mark that its writer could not know, and the tokens by which chat templates tell who speaks are
taken apart. The verdict is read from the judge's own reply only.
"""

import json
import math
from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import Any, Literal

from filters.complete import NOT_STOPPED
from filters.verdict import Verdict, reject, unknown
from generators.asking import Completion, Message
from generators.records import Sample, digest
from generators.registry import Share, register
from generators.texts.fenced import fenced

LONGEST = 40_000
"""Characters of a response: nobody reads more, and a judge that saw a part of it judged no more."""


def read(
    sample: Sample, said: Sequence[Completion], *, at_least: Share, orders: int, seed: int
) -> Verdict:
    """What the judge's replies amount to.

    Reasons: judged (of what is kept), not_correct; unknown: cut_off, no_response and too_long (it
    was not asked), judge_unreadable, judge_undecided (the two orders got different verdicts).
    """
    if reason := _not_to_be_asked(sample):
        return unknown(reason)
    told = [correctness(one) for one in said]
    scores = [score for score, _ in told if score is not None]
    detail = "; ".join(text for _, text in told)[:1000]
    if not scores or len(scores) < len(told):
        return unknown("judge_unreadable", detail)
    if min(scores) < at_least <= max(scores):
        return unknown("judge_undecided", detail)
    score = sum(scores) / len(scores)
    if score < at_least:
        return reject("not_correct", detail, score)
    return Verdict("keep", "judged", score, detail)


@register("filter", read=read)
def judge(
    sample: Sample, *, at_least: Share = 0.7, orders: Literal[1, 2] = 2, seed: int = 0
) -> Iterator[tuple[Message, ...]]:
    """Keeps samples that a model finds correct, by a score from 0 to 1.

    `model` names the judge. It is given the reference, where there is one, once before and once
    after the response (`orders: 1`: before it only); the verdicts on both orders must agree. The
    thought is not shown. A reply that is no JSON of analysis and correctness is unknown.
    `fallback_for: verify` asks only about what `verify`, right before it, could not tell.
    """
    if _not_to_be_asked(sample):
        return
    problem = sample.problem
    # Nobody can write a text that holds the hash of itself.
    mark = digest("judge", str(seed), sample.id, problem.answer, sample.response)
    question = fenced("QUESTION", problem.question, mark)
    response = fenced("RESPONSE", sample.response, mark)
    if not problem.answer.strip():
        yield _asked("judge_alone", mark, [question, response])
        return
    reference = fenced("REFERENCE", problem.answer, mark)
    yield _asked("judge_reference", mark, [question, reference, response])
    if orders == 2:
        yield _asked("judge_reference", mark, [question, response, reference])


def _not_to_be_asked(sample: Sample) -> str:
    if sample.finish in ("length", "repetition", *NOT_STOPPED) or sample.finish.startswith("error"):
        return "cut_off"
    if not sample.response.strip():
        return "no_response"
    return "too_long" if len(sample.response) > LONGEST else ""


def _asked(name: str, mark: str, blocks: list[str]) -> tuple[Message, ...]:
    text = files("generators.prompts").joinpath(f"{name}.txt").read_text("utf-8").rstrip("\n")
    before, _, after = text.replace("{mark}", mark).partition("{blocks}")
    return ({"role": "user", "content": before + "\n\n".join(blocks) + after},)


# --- the reply -------------------------------------------------------------------------------

LONGEST_REPLY = 20_000


def correctness(said: Completion) -> tuple[float | None, str]:
    """The score in a judge's reply and its analysis; None, and why, where it has no such form.

    The reply is one JSON object, alone, in a fence, or with prose around it. Of several objects of
    the form none counts, for one of them may have been quoted.
    """
    text = said.response.strip()
    if said.finish != "stop":
        return None, f"the judge's reply ended by {said.finish or 'nobody knows what'}"
    if len(text) > LONGEST_REPLY:
        return None, f"the judge's reply has {len(text)} characters"
    found = [one for one in _objects(text) if one is not None]
    if len(found) != 1:
        return None, f"{len(found)} verdicts in the judge's reply: {' '.join(text[:200].split())}"
    return found[0]


def _objects(text: str) -> Iterator[tuple[float, str] | None]:
    """Each JSON object at the top of a text, as a verdict or as None."""
    at = 0
    for _ in range(200):
        at = text.find("{", at)
        if at < 0:
            return
        try:
            value, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            at += 1
            continue
        yield _verdict(value)
        at = end


def _verdict(value: Any) -> tuple[float, str] | None:
    if not isinstance(value, dict) or not {"analysis", "correctness"} <= value.keys():
        return None
    analysis, score = value["analysis"], value["correctness"]
    if isinstance(score, bool) or not isinstance(score, int | float) or not 0 <= score <= 1:
        return None
    return (float(score), analysis) if isinstance(analysis, str) else None


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) < len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)


_DECODER = json.JSONDecoder(object_pairs_hook=_no_duplicates, parse_constant=lambda _: math.nan)
