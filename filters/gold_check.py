"""Can an answer be told right or wrong by this reference at all? Asked before a token is spent.

A wrong value looks like a right one and is found only by the samples (see the build's list of
disagreements). A proof, two questions at once or an answer in prose is found here.
"""

import json
import re
from typing import Any

from filters.kinds.options import READ, offered
from filters.mathematics.canonical import plain
from filters.mathematics.equal import compare
from filters.verdict import Verdict, keep, reject, unknown
from filters.verify import KINDS, SHORT, reference, verify_response
from generators.records import NEEDS_ANSWER, Problem
from generators.registry import register

LONGEST = 2_000
"""Characters: no final answer is longer, and no verifier reads it."""
WORDS = 4
"""So many words are prose to a verifier of math."""
TEXT_WORDS = 12

# Reasons of the verifier that say that the world is in the way, not the reference.
_NOT_TOLD = frozenset(("setup", "timeout", "memory", "crashed", "error"))


@register("filter")
def gold_check(problem: Problem) -> Verdict:
    """Keeps problems whose reference can tell right from wrong: it verifies against itself, and
    another answer does not.

    Reasons: no_reference, proof, several_parts, prose, undefined_symbol, not_an_option, bad_check,
    not_checkable (the verifier does not understand it, or would take a wrong answer for right).
    Kinds without a verifier pass: tests or a judge decide there.
    """
    if problem.kind not in KINDS:
        return keep(detail=f"{problem.kind} is not checked by a reference")
    answer = problem.answer.strip()
    if not answer and problem.kind in NEEDS_ANSWER:
        return reject("no_reference")
    if len(answer) > LONGEST and problem.kind in NEEDS_ANSWER:
        return reject("prose", f"{len(answer)} characters")
    if problem.kind in ("math", "text") and (
        reason := _unfit(problem, reference(answer) or answer)
    ):
        return reject(reason, answer[:200])
    match problem.kind:
        case "math":
            return _math(problem)
        case "choice":
            return _choice(problem)
        case "text":
            return _itself(problem, reference(answer) or answer)
    return _by_check(problem)


def _math(problem: Problem) -> Verdict:
    wanted = reference(problem.answer) or problem.answer.strip()
    if (letters := _undefined(wanted, problem.question)) and not _DEFINES.search(wanted):
        return reject("undefined_symbol", f"{', '.join(sorted(letters))} in {wanted[:100]}")
    # Equal words are equal whatever they mean, so another value has to be told apart as well.
    told = [compare(other, wanted)[0] for other in _others(wanted)]
    if True in told or False not in told:
        return reject("not_checkable", f"{wanted[:100]} cannot be told from another answer")
    return _itself(problem, f"\\boxed{{{wanted}}}")


def _choice(problem: Problem) -> Verdict:
    offer = offered(problem.question[-READ:], problem.check, problem.answer[:READ])
    if isinstance(offer, str):
        return reject("bad_check", offer)
    if not offer.is_known:
        return reject("not_checkable", "the question offers no options, nor does its check")
    if not offer.right:
        return reject("not_an_option", f"{problem.answer[:60]!r} of {', '.join(offer.labels)}")
    return _itself(problem, f"Answer: {', '.join(sorted(offer.right))}")


def _by_check(problem: Problem) -> Verdict:
    """Kinds that are told by their check: it must be readable, and keep an answer that is given."""
    try:
        check: Any = json.loads(problem.check) if problem.check else None
    except ValueError as error:
        return reject("bad_check", str(error))
    if check is None and not problem.answer.strip():
        return reject("no_reference", "neither an answer nor a check")
    if problem.answer.strip():
        return _itself(problem, problem.answer.strip())
    verdict = verify_response(problem, "an answer")
    return reject("bad_check", verdict.detail) if verdict.reason == "bad_check" else keep()


def _itself(problem: Problem, response: str) -> Verdict:
    """The verdict on a response that states the reference."""
    verdict = verify_response(problem, response)
    if verdict.outcome == "keep":
        return keep(detail=verdict.detail)
    if verdict.reason in _NOT_TOLD:
        return unknown(verdict.reason, verdict.detail)
    reason = "bad_check" if verdict.reason == "bad_check" else "not_checkable"
    return reject(reason, f"{verdict.outcome} {verdict.reason}: {verdict.detail}"[:300])


# --- what the words tell ----------------------------------------------------------------------

_PROOF = re.compile(
    r"\b(?:prove|show) that\b|\bprove\b|\bis (?:it )?true that\b.*\bprove\b|求证|证明",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\?|？|\b(?:find|what|determine|compute|calculate|evaluate|how (?:many|much)|solve|express|"
    r"give|simplify|write|list)\b|求(?!证)|计算|多少",
    re.IGNORECASE,
)
_SAYS_PROOF = re.compile(
    r"(?:see |as )?(?:the )?(?:above |below )?(?:proof|proven|proved|q\.?e\.?d|solution|shown)\b"
    r"(?: above| below| omitted| in (?:the )?(?:text|solution))?|略|见解析|证明(?:略|见解析)?",
    re.IGNORECASE,
)
_NOTHING = frozenset(("", "-", "?", "??", "???", "n/a", "na", "none", "null", "nan", "todo", "tbd",
                      "unknown", "error", "notfound", "not found"))  # fmt: skip
_PARTS = tuple(
    tuple(re.compile(rf"(?:^|(?<=[\s:;,.。；，])){mark}", re.IGNORECASE) for mark in pair)
    for pair in (
        (r"\(?a\)", r"\(?b\)"),
        (r"\(?i\)", r"\(?ii\)"),
        (r"[(（]1[)）](?!\s*[,，(（])", r"[(（]2[)）]"),
        (r"①", r"②"),
        (r"part (?:a|1|i)\b", r"part (?:b|2|ii)\b"),
        (r"a[.:] ", r"b[.:] "),
        (r"1[.:] ", r"2[.:] "),
    )
)


def _unfit(problem: Problem, answer: str) -> str:
    """Why no final answer can be compared with this one; "" where nothing speaks against it."""
    said = plain(answer)
    if said in _NOTHING and problem.kind == "math":
        return "no_reference"
    if _SAYS_PROOF.fullmatch(said.strip(" .。")):
        return "proof"
    asked = problem.question[-LONGEST * 4 :]
    if _PROOF.search(asked) and not _ASKS.search(asked):
        return "proof"
    if _has_parts(answer) or _asks_parts(asked):
        return "several_parts"
    words = len(_WORD.findall(_COMMAND.sub(" ", answer)))
    most = WORDS if problem.kind == "math" else TEXT_WORDS
    is_long = problem.kind == "text" and len(answer) > SHORT
    return "prose" if words >= most or is_long else ""


_COMMAND = re.compile(r"\\(?:text|mathrm|textbf|mbox)\s*(?=\{)|\\[A-Za-z]+")
_WORD = re.compile(r"[A-Za-z]{2,}|[\u4e00-\u9fff]{2}")


def _has_parts(answer: str) -> bool:
    for first, second in _PARTS:
        found = first.search(answer)
        # "(a) 3 (b) 5": the second mark after something, and something after it.
        if found and (other := second.search(answer, found.end())):
            between, after = answer[found.end() : other.start()], answer[other.end() :]
            if between.strip(" ,;.") and after.strip(" ,;."):
                return True
    return False


def _asks_parts(question: str) -> bool:
    for first, second in _PARTS[:4]:
        found = first.search(question)
        other = second.search(question, found.end()) if found else None
        if found and other:
            between = question[found.end() : other.start()]
            if _ASKS.search(between) and _ASKS.search(question, other.end()):
                return True
    return False


_DEFINES = re.compile(r"\\in\b|∈|\bwhere\b|\binteger|\\mathbb|\\forall|任意|整数")
_MARKUP = re.compile(
    r"\\(?:text|mathrm|textbf|mathbf|mbox|operatorname|begin|end|left|right|mathcal)\s*\{[^{}]*\}|"
    r"\\[A-Za-z]+|[A-Za-z]{2,}"
)
_LETTER = re.compile(r"[A-Za-z]")
_CONSTANTS = frozenset("eidEICDxyzt")  # and the names that people give to an answer of their own


def _undefined(answer: str, question: str) -> set[str]:
    """Letters of a formula that stand for something that the question does not name."""
    return {
        letter
        for letter in _LETTER.findall(_MARKUP.sub(" ", answer))
        if letter not in _CONSTANTS and letter not in question and len(answer) > 1
    }


_DIGITS = re.compile(r"\d+")


def _others(wanted: str) -> list[str]:
    """Answers that are wrong: of the same shape, and a number that nothing is equal to."""
    last = [*_DIGITS.finditer(wanted)][-1:]
    shaped = [wanted[: one.start()] + _other(one[0]) + wanted[one.end() :] for one in last]
    return [*shaped, "7919/104729"]


def _other(digits: str) -> str:
    return "7919" if digits != "7919" else "104729"
