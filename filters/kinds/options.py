"""What a multiple-choice question offers: its labels, what they stand for, and the right ones."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from filters.mathematics.canonical import plain, unwrapped, without_wrappers

READ = 8_000
"""Characters of a question in which options are looked for: they stand at its end."""
LETTERS = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
NUMBERS = tuple(map(str, range(1, 27)))


@dataclass(frozen=True, slots=True)
class Offer:
    """The labels that a question offers, and what they stand for."""

    labels: tuple[str, ...]
    texts: Mapping[str, str]
    """Label -> text in plain form; empty where the texts are not known."""
    is_known: bool
    """Whether the labels were read, and not guessed from the reference."""
    right: frozenset[str] = frozenset()
    """The labels of the reference; empty where it names none."""

    @property
    def label(self) -> str:
        """A regular expression of one label, longer ones first."""
        return "|".join(sorted(map(re.escape, self.labels), key=len, reverse=True))

    def of_text(self, text: str) -> str:
        """The label of the only option with this text; "" for none or several."""
        words = plain(text)
        found = [label for label, option in self.texts.items() if option == words]
        return found[0] if len(found) == 1 else ""

    def is_mentioned(self, text: str) -> bool:
        """Whether a label stands alone anywhere in the text, or an option's text."""
        if re.search(rf"(?<![A-Za-z0-9])(?i:{self.label})(?![A-Za-z0-9])", text):
            return True
        words = plain(text[-2_000:])
        return any(option in words for option in self.texts.values())


@lru_cache(maxsize=512)
def offered(question: str, check: str, answer: str) -> Offer | str:
    """What the check's "options" offer, else what the question lists; or what is wrong with it.

    `options` in the check is {"A": text, ...} or a list of texts. Texts without a label take the
    question's labels, else A, B, C. Without any, the labels are guessed from the reference.
    """
    given = _given(check)
    if given is None:
        return '"options" is neither a list of texts nor label: text'
    is_number = answer.strip(" ()[].").isdigit()
    texts = _listed(question[-READ:])
    if isinstance(given, dict):
        texts = given
    elif given:
        is_bare = not texts
        texts = _labelled(given, texts)
        if is_number and is_bare and not Offer((), _plain(texts), True).of_text(answer):
            return "the reference may count from 0 or from 1: give its letter or its text"
    guess = NUMBERS[:9] if is_number else LETTERS[:10]
    offer = Offer(tuple(texts) or guess, _plain(texts), bool(texts))
    return replace(offer, right=_reference(answer, offer))


def _plain(texts: dict[str, str]) -> dict[str, str]:
    return {label: words for label, text in texts.items() if (words := plain(text[:READ]))}


def _given(check: str) -> dict[str, str] | list[str] | None:
    """The check's options, as label -> text or as texts alone; None where they are neither."""
    try:
        told = json.loads(check) if check else {}
    except ValueError:
        return None
    options = told.get("options", []) if isinstance(told, dict) else None
    if isinstance(options, dict):
        return {str(label).strip(" ().").upper(): str(text) for label, text in options.items()}
    return [str(text) for text in options] if isinstance(options, list) else None


# "A. text", "(A) text", "- **A)** text"; not "A.M." and not the number 3.5.
_LETTERED = re.compile(
    r"^[ \t]{0,8}[-*(（\[]{0,4}([A-Za-z])[)）\].．、:：](?![A-Za-z]\.)[*\s]*", re.MULTILINE
)
_NUMBERED = re.compile(
    r"^[ \t]{0,8}[-*(（\[]{0,4}(\d{1,2})[)）\].．、:：](?!\d)[*\s]*", re.MULTILINE
)
_INLINE = re.compile(r"(?<![A-Za-z0-9\\])[(（\[]?([A-Za-z])\s?[)）\].．、:：](?![A-Za-z]\.)[}*\s]*")


# What LaTeX and Markdown put around an option's text.
_EDGES = re.compile(
    r"^(?:\\[ ,;]|[\s*~}])++|(?:\\q?quad|\\text(?:bf)?\{|\\mathrm\{|\\[ ,;]|[\s*\\(\-])++$"
)


def _labelled(options: list[str], listed: dict[str, str]) -> dict[str, str]:
    """Label -> text for a list of texts: their own labels, else the question's, else A, B, C."""
    own = [match for text in options if (match := _LETTERED.match(text))]
    if tuple(match[1].upper() for match in own) == LETTERS[: len(options)]:
        return {match[1].upper(): match.string[match.end() :] for match in own}
    labels = tuple(listed) if len(listed) == len(options) else LETTERS
    return dict(zip(labels, options, strict=False))


def _listed(question: str) -> dict[str, str]:
    """The options that end a question: A. B. C. or 1. 2. 3. on lines, or (A) (B) (C) in one."""
    best: list[re.Match[str]] = []
    for pattern, labels in ((_LETTERED, LETTERS), (_NUMBERED, NUMBERS), (_INLINE, LETTERS)):
        run: list[re.Match[str]] = []
        for match in pattern.finditer(question):
            label = match[1].upper()
            if label == labels[0]:
                run = [match]
            elif run and len(run) < len(labels) and label == labels[len(run)]:
                run.append(match)
            if len(run) > 1 and (not best or run[-1].end() > best[-1].end()):
                best = list(run)
    if not best:
        return {}
    last = question.find("\n", best[-1].end())
    ends = [match.start() for match in best[1:]] + [last if last >= 0 else len(question)]
    texts = [
        _EDGES.sub("", question[match.end() : end]) for match, end in zip(best, ends, strict=True)
    ]
    # In "$(A) 1 (B) 2$" the last option keeps the other's dollar.
    texts = [text if text.count("$") != 1 else text.strip("$") for text in texts]
    return {match[1].upper(): text for match, text in zip(best, texts, strict=True)}


_BETWEEN = re.compile(r"[\s,;、，&()\[\]\"'.]+|\band\b|[和与及]")


def _reference(answer: str, offer: Offer) -> frozenset[str]:
    """The labels of a reference: "C", "(C)", "C. text", "A, C, D", "ACD", or an option's text."""
    by_text = offer.of_text(answer)
    answer = without_wrappers(unwrapped(answer))
    parts = [part.upper() for part in _BETWEEN.split(answer.strip(" *$")) if part]
    if parts and all(part in offer.labels for part in parts):
        # A number may be a label and another option's text: then it says two things.
        is_clear = by_text in ("", parts[0]) or not parts[0].isdigit()
        return frozenset(parts if is_clear else [])
    if by_text:
        return frozenset({by_text})
    if len(parts) == 1 and all(letter in offer.labels for letter in parts[0]):
        return frozenset(parts[0])
    label = re.match(rf"[(\[]?({offer.label})(?:[)\].:．、：]|(?<=[A-Z]) )", answer.strip())
    return frozenset({label[1]} if label else [])
