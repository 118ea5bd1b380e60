"""Did the model stop by itself, with its thought closed once and a response after it?"""

from filters.verdict import Verdict, keep, reject, unknown
from generators.records import Sample
from generators.registry import register
from generators.transcript import fault

# Ends that somebody else made: a filter of the provider, a tool call, a cancelled request.
NOT_STOPPED = frozenset(
    {"abort", "cancelled", "content_filter", "function_call", "refusal", "tool_calls"}
)


@register("filter")
def complete(sample: Sample) -> Verdict:
    """Keeps turns that the model ended itself: one closed thought or none, then a response.

    How the turn ended is asked first, then its tags (a mention in backticks is no tag, see
    `generators.transcript.fault`), then the response. A turn that is whole to look at is unknown
    where the source does not say how it ended, or says it in a word not known here.
    """
    finish = sample.finish
    if finish == "length":
        return reject("cut_off", f"after {sample.completion_tokens or '?'} tokens")
    if finish == "repetition":
        return reject("repetition")
    if finish.startswith("error"):
        return reject("error", finish.removeprefix("error").lstrip(": "))
    if finish in NOT_STOPPED:
        return reject("not_stopped", finish)
    reason, tag = fault(sample.reasoning, sample.response)
    if reason:
        return reject(reason, tag)
    if not sample.response or sample.response.isspace():
        return reject("no_response")
    if finish != "stop":
        return unknown("finish_unknown", finish)
    return keep()
