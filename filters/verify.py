"""One judge: whether a response gives the right answer, by the kind of its problem.

The same judge serves the data, the RL reward and the benchmarks. `unknown` is the honest way out:
what the rungs here cannot decide was not shown to be wrong.
"""

import json
import re
from collections.abc import Callable
from functools import lru_cache

from filters.answers.final import Answer, boxed, last_value, response_tail, stated_answer
from filters.complete import NOT_STOPPED
from filters.kinds.choice import choice
from filters.kinds.instruction import instruction
from filters.kinds.json_answer import json_answer
from filters.kinds.logic import logic
from filters.mathematics.canonical import canonical, plain
from filters.mathematics.equal import compare, has_parts, is_percentage
from filters.mathematics.numbers import number
from filters.verdict import Verdict, keep, reject, unknown
from generators.records import NEEDS_ANSWER, Problem, Sample
from generators.registry import Seconds, register
from generators.transcript import OPENING, fault

SECONDS = 5.0
"""Wall time that a case may take in another process."""
LONGEST = 8_000
SHORT = 200
"""Characters: a text answer up to this long may stand there as the whole response."""


def math(problem: Problem, response: str, seconds: float = SECONDS) -> Verdict:
    """Climb the ladder of `filters.mathematics.equal` with the final answer and the reference.

    The last rung runs in another process, for at most `seconds`.
    """
    text = response_tail(response)
    answer = stated_answer(text) or last_value(text)
    wanted = reference(problem.answer)
    if answer is None:
        return unknown("no_answer") if _may_be_in_words(wanted, text) else reject("no_answer")
    if answer.where == "broken_box":
        return unknown("undecided", "the last box never closes")
    if _SAYS_NOTHING.fullmatch(canonical(answer.text)):
        return reject("no_answer", _short(answer.text))
    same, rung = compare(answer.text, wanted, seconds)
    shouts = answer.where in ("phrase", "sentence") and _SHOUTED.search(answer.text)
    if not same and shouts and compare(answer.text[:-1], wanted)[0]:
        return unknown("undecided", f"{_short(answer.text)} may be a factorial or a shout")
    if same is None and is_percentage(answer.text, wanted):
        asked = _PERCENT.search(problem.question[-LONGEST:] + problem.answer[-LONGEST:])
        same, rung = (True, "percent") if asked else (None, "")
    said = f"got {_short(answer.text)}, wanted {_short(wanted)}"
    if same:
        return keep(detail=f"{said} (rung: {rung})")
    if same is None:
        return unknown(rung or "undecided", said)
    elsewhere = answer.context.replace(answer.text, " ")
    if answer.is_guess and (
        _stands_in(wanted, elsewhere)
        or (elsewhere.strip(" $.") and _lacks_parts(answer.text, wanted))
    ):
        return unknown("undecided", f"{said}, which stands near it")
    return reject("wrong_answer", f"{said} (rung: {rung})")


_SAYS_NOTHING = re.compile(r"(?:[?.…_ ]|\\(?:l|c|v)?dots)*")
_SHOUTED = re.compile(r"\d!$")  # 5! is 120, and "The answer is 42!" is glad to be 42


def text(problem: Problem, response: str) -> Verdict:
    """Compare words: equal but for case, spacing and outer punctuation.

    The check may list more accepted answers: {"accept": ["UK", "United Kingdom"]}.
    """
    is_long = len(problem.check) > LONGEST  # such a one is not remembered
    also = (_also_accepted.__wrapped__ if is_long else _also_accepted)(problem.check)
    if also is None:
        return unknown("bad_check", 'no JSON object with a list "accept"')
    accepted = {plain(reference(problem.answer)[:LONGEST]), *also} - {""}
    whole = response_tail(response)
    answer = stated_answer(whole)
    if answer is None:
        last = Answer(whole[whole.rfind("\n") + 1 :], "line", context=whole)
        answer = Answer(whole, "whole") if len(whole) <= SHORT else last
    got = plain(answer.text)
    if not got:
        return reject("no_answer")
    said = f"got {_short(answer.text)}, wanted {_short(problem.answer)}"
    if got in accepted:
        return keep(detail=f"{said} (rung: text)")
    if answer.where in ("line", "broken_box"):
        return unknown("no_answer" if answer.is_guess else "undecided", said)
    # "Paris, because ..." and "It is Paris." name it, but may name others as well.
    if answer.where in ("phrase", "sentence", "whole") and any(
        _stands_in(one, got) for one in accepted
    ):
        return unknown("undecided", said)
    return reject("wrong_answer", f"{said} (rung: text)")


KINDS: dict[str, Callable[..., Verdict]] = {
    "math": math,
    "text": text,
    "choice": choice,
    "json": json_answer,
    "logic": logic,
    "instruction": instruction,
}
"""The verifier of each kind; a kind without one is answered `unknown: no_verifier`."""
TIMED = frozenset(("math", "json", "logic"))
"""The kinds whose verifier may ask another process, and takes a limit for it."""


def verify_response(problem: Problem, response: str, *, seconds: float = SECONDS) -> Verdict:
    """Judge a finished response; a thought before its closing tag is not read.

    Rewards and benchmarks call this. Reasons: wrong_answer, no_answer (nothing there that could be
    one), no_choice; unknown where it cannot be told: undecided, no_verifier, no_reference,
    bad_check, cut_off, conflicting_choice.
    """
    verifier = KINDS.get(problem.kind)
    if verifier is None:
        return unknown("no_verifier", problem.kind)
    if problem.kind in NEEDS_ANSWER and not problem.answer.strip():
        return unknown("no_reference")
    if "<" in response and fault("", response)[0] == "thought_not_closed":
        return unknown("cut_off", "the thought never closes")
    return verifier(problem, response, *((seconds,) if problem.kind in TIMED else ()))


@register("filter")
def verify(sample: Sample, *, seconds: Seconds = SECONDS) -> Verdict:
    """Keeps samples whose final answer is the reference; score 1 or 0, the accuracy reward.

    For the kinds math, text, choice and logic. A turn that was cut off is unknown whatever stands
    in it: its last word was not heard. No answer at all is wrong in a turn that the model ended
    itself, and unknown where the source does not say how it ended.
    """
    if _is_cut(sample) and sample.problem.kind in KINDS:
        return unknown("cut_off", sample.finish)
    verdict = verify_response(sample.problem, sample.response, seconds=seconds)
    if verdict.reason in ("no_answer", "no_choice") and sample.finish != "stop":
        return unknown(verdict.reason, "and the source does not say whether it had ended")
    return verdict


def _is_cut(sample: Sample) -> bool:
    """Whether the turn was ended by somebody else than the model."""
    finish = sample.finish
    if finish in ("length", "repetition") or finish in NOT_STOPPED or finish.startswith("error"):
        return True
    return not sample.response and sample.reasoning.startswith(OPENING)


def reference(answer: str) -> str:
    """The reference itself where it came with its solution: in a box, or after GSM8K's ####."""
    if "boxed" in answer and (box := boxed(answer)) is not None and box.where == "box":
        return box.text
    if "####" not in answer and len(answer) > SHORT and (stated := stated_answer(answer)):
        return stated.text
    return answer.rpartition("####")[2].strip()


@lru_cache(maxsize=256)
def _also_accepted(check: str) -> frozenset[str] | None:
    """The check's "accept" list in plain form; None where the check is something else."""
    if not check:
        return frozenset()
    try:
        told = json.loads(check)
    except ValueError:
        return None
    accept = told.get("accept", []) if isinstance(told, dict) else None
    return (
        frozenset(plain(str(one)[:LONGEST]) for one in accept) if isinstance(accept, list) else None
    )


_NUMERAL = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|once|twice|half|third|"
    r"(?:thir|four|fif|six|seven|eigh|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|"
    r"quarter|hundred|thousand|million|billion|dozen)\b|[一二两三四五六七八九十百千万半]",
    re.IGNORECASE,
)
_PERCENT = re.compile(r"%|percent|\bpct\b|百分", re.IGNORECASE)
_NONE = re.compile(r"\b(?:no|none|never|zero|nothing)\b|[零无没]", re.IGNORECASE)


def _may_be_in_words(wanted: str, text: str) -> bool:
    """Whether a text without figures may still hold the answer, said in words."""
    value = number(wanted)
    if value is None or not text:
        return bool(text)
    return bool(_NUMERAL.search(text) or (not value.value and _NONE.search(text)))


def _lacks_parts(got: str, wanted: str) -> bool:
    """Whether a list or a pair is wanted, of which only one part may have been found."""
    return has_parts(wanted) and not has_parts(got)


def _stands_in(one: str, context: str) -> bool:
    """Whether an answer occurs in a text, not as a part of a longer word or number."""
    found = re.search(rf"(?<![\w.,-]){re.escape(one)}(?![\w]|[.,]\d)", context)
    return found is not None


def _short(text: str) -> str:
    line = " ".join(text[:200].split())
    return line if len(line) <= 60 else line[:57] + "..."
