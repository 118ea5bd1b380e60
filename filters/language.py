"""Language consistency: is the chain, and the response, in the language of the question?"""

from functools import lru_cache
from typing import Annotated, NamedTuple

from pydantic import AfterValidator

from filters.languages.asked import asks_for_another
from filters.languages.detect import (
    FEWEST,
    LIKELY,
    Switch,
    detect,
    language_of_words,
    paragraphs,
)
from filters.languages.names import NAMES, SCRIPTS, same_script
from filters.languages.prose import spoken
from filters.languages.scripts import count, strays
from filters.languages.short import short_of, tasks_of
from filters.verdict import Verdict, keep, reject, unknown
from generators.records import Sample
from generators.registry import Share, nearest, register
from generators.texts.prose import prose
from generators.texts.scripts import counts
from generators.texts.text import language_of

QUESTION = "question"

# Up to here a question in no known language is symbols and names: it may be in any.
_FEWEST_TOLD = 4  # words
_LONGEST_EXCERPT = 40


def _known(code: str) -> str:
    if code != QUESTION and code not in SCRIPTS:
        raise ValueError(f"there is no language {code!r} here{nearest(code, [QUESTION, *SCRIPTS])}")
    return code


# "question", or the ISO 639-1 code of a language whose script or words can be told.
Target = Annotated[str, AfterValidator(_known)]


class LanguageShare(NamedTuple):
    """How much of a text is in a language."""

    share: float | None
    """Words in the language of all words, 0 to 1; None where the text has none or too few."""
    words: float
    """Of the prose: characters of Chinese and Japanese are weighed, see `languages.scripts`."""
    switches: tuple[Switch, ...]
    """Where it is in another language, in order."""
    doubt: str = ""
    """The language that the text may be in, where it is too short to judge."""


@register("filter")
def language(sample: Sample, *, target: Target = QUESTION, at_least: Share = 1.0) -> Verdict:
    """Keeps turns whose thought and response are in the language of the question.

    The score is R1's language consistency reward: words of the target language per word of the
    text (DeepSeek-R1, arXiv 2501.12948v2, section 3.2.1), 0 to 1, of the thought or the response,
    whichever has less; R1 drops chains of mixed languages (B.3.3). Code, mathematics, addresses,
    names in quotes and what the problem itself says are not counted; paragraphs of another
    language in the same script count from 20 words on. A thought or response of fewer has no say
    where its function words are none of the target's, and where two of another language outweigh
    them it is unknown (`too_short`). `target` is "question" or an ISO 639-1 code. A question of
    symbols is in no language: its chain is to be in one throughout; where words of a question
    stay in no known language, the verdict is unknown.
    """
    problem = sample.problem
    wanted = question_language(problem.question, problem.language) if target == QUESTION else target
    wanted = wanted or _own_language(sample)
    if not wanted:
        return unknown("unknown_language", "the language of the question cannot be told")
    said = "\n".join((problem.question, problem.answer, problem.context, problem.check))
    parts = {"reasoning": sample.reasoning, "response": sample.response}
    told = {name: language_share(text, wanted, said) for name, text in parts.items()}
    shares = {name: one.share for name, one in told.items() if one.share is not None}
    worst = min(shares, key=lambda name: shares[name], default="")
    lowest = shares.get(worst)
    detail = _detail(worst, parts[worst], told[worst]) if worst and told[worst].switches else ""
    if lowest is not None and lowest < at_least:
        if asks_for_another(problem.question, wanted):
            return unknown("translation_asked", detail)
        return reject("mixed_language" if lowest >= 0.5 else "other_language", detail, lowest)
    short = {
        name: _short(name, one) for name, one in told.items() if one.share is None and one.words
    }
    doubts = [name for name in short if told[name].doubt and at_least > 0]
    if doubts:
        is_asked = asks_for_another(problem.question, wanted)
        return unknown("translation_asked" if is_asked else "too_short", short[doubts[0]])
    return keep(lowest, "; ".join(filter(None, [detail, *short.values()])))


def language_share(text: str, target: str, problem: str = "") -> LanguageShare:
    """The share of a text's words that are in the target language (ISO 639-1).

    `problem` is what the text answers: words of another script that stand in it are expected.
    """
    clean = spoken(text)
    own = count(clean, SCRIPTS[target])
    others = strays(clean, target, problem)
    in_script = paragraphs(text, clean, target, problem)
    own = max(0.0, own - sum(switch.words for switch in in_script))
    switches = tuple(sorted((*others, *in_script), key=lambda switch: switch.start))
    foreign = sum(switch.words for switch in switches)
    total = own + foreign
    if total < FEWEST and not switches:
        short = short_of(text, clean, target, problem)
        if short is not None and short != target:
            return LanguageShare(None, total, (), NAMES.get(short, ""))
    return LanguageShare(own / total if total else None, total, switches)


@lru_cache(maxsize=1024)
def question_language(question: str, told: str = "und") -> str:
    """ISO 639-1 of a question; "" where it cannot be told. `told` is what its record says.

    By script and English words first (`language_of`), then by the function words of languages
    that share the script, then by the verbs that tasks begin with or, from 20 words on, by the
    detector.
    """
    code = told.partition("-")[0].lower()
    code = code if code in SCRIPTS else language_of(question)
    if code in SCRIPTS:
        return code
    clean = prose(question)
    script = next(iter(counts(clean)), "")
    of_one = [code for code, own in SCRIPTS.items() if own == {script}]
    if len(of_one) < 2:
        return next(iter(of_one), "")
    if by_words := language_of_words(clean, script):
        return by_words
    if count(clean, {script}) < FEWEST:
        by_task = tasks_of(clean)
        return by_task[0] if len(by_task) == 1 else ""
    likeliest = detect(clean, same_script(of_one[0]))
    return likeliest[0][0] if likeliest and likeliest[0][1] >= LIKELY else ""


def _own_language(sample: Sample) -> str:
    """What a thought, or else the response, is in mostly; "" where the question may say more."""
    clean = prose(sample.problem.question)
    found = counts(clean)
    if count(clean, set(found)) >= _FEWEST_TOLD:
        return ""
    own = question_language(sample.reasoning) or question_language(sample.response)
    if not own or not set(found) <= SCRIPTS[own]:
        return ""
    tasks = tasks_of(clean)
    # English has no accents: "¿Cuánto es ...?" is in a language that is merely not known.
    is_other = (tasks and own not in tasks) or (own == "en" and _has_accents(clean))
    return "" if is_other else own


def _has_accents(clean: str) -> bool:
    return any(letter.isalpha() and not letter.isascii() for letter in clean)


def _short(part: str, told: LanguageShare) -> str:
    looks = f", perhaps {told.doubt}" if told.doubt else ""
    return f"{part}: {told.words:.0f} words, too few to tell their language{looks}"


def _detail(part: str, text: str, told: LanguageShare) -> str:
    first = told.switches[0]
    paragraph = text.count("\n\n", 0, first.start) + 1
    excerpt = " ".join(text[first.start : first.end][:_LONGEST_EXCERPT].split())
    foreign = sum(switch.words for switch in told.switches)
    return (
        f"{part}: {first.language} from paragraph {paragraph} (offset {first.start}): "
        f"{excerpt!r}; {foreign:.0f} of {told.words:.0f} words in {len(told.switches)} places"
    )
