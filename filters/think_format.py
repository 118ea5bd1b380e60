"""R1's format reward: one thought, closed, and a response after it."""

from filters.verdict import Verdict, keep, reject
from generators.records import Sample
from generators.registry import register
from generators.transcript import fault


@register("filter")
def think_format(sample: Sample, *, required: bool = True) -> Verdict:
    """Keeps turns of exactly one closed, non-empty thought with a non-empty response after it.

    Score 1 or 0, the same with and without a prefilled `<think>`. Tags left over and tokens of
    chat templates are faults, even where the model mentions them in its thought; in a response
    a mention in backticks is none. With `required: false` a turn may also have no thought.
    """
    reason, tag = fault(sample.reasoning, sample.response, tokens=True)
    if reason:
        return reject(reason, tag)
    if required and (not sample.reasoning or sample.reasoning.isspace()):
        return reject("no_thought")
    if not sample.response or sample.response.isspace():
        return reject("no_response")
    return keep()
