"""The records that travel down the line: a Problem is asked, a Sample comes back.

Both are immutable. The third record, the Verdict, belongs to the filters.
"""

import hashlib
from dataclasses import dataclass
from typing import Any, Literal, get_args

Kind = Literal["math", "text", "choice", "json", "code", "logic", "instruction", "general"]
KINDS: tuple[str, ...] = get_args(Kind)

# Kinds whose reference answer is the only way to tell right from wrong. The others are checked by
# tests, a schema or a judge, and may come without one.
NEEDS_ANSWER: frozenset[str] = frozenset({"math", "text", "choice"})

# A row as it stands in somebody's file: field names and types are theirs.
Row = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Something to ask, and what is needed to tell a right answer from a wrong one."""

    id: str = ""
    """Hash of source and question (and context): stable across runs."""
    question: str = ""
    answer: str = ""
    """The reference; "" where only tests or a judge can tell."""
    kind: str = "general"
    """How an answer is checked: one of KINDS."""
    domain: str = ""
    """What it is about: math, code, stem, logic, general ..."""
    source: str = ""
    """Name of the source in the spec; its revision, split and licence stand with the source."""
    language: str = "und"
    """Of the question, as ISO 639-1; "und" where it could not be told."""
    check: str = ""
    """JSON: what the verifier of this kind needs besides the answer (options, tests, schema)."""
    context: str = ""
    """JSON: earlier turns and tools, for multi-turn problems and function calling."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """What one model said about one problem, with the thought apart from the response."""

    id: str = ""
    """Hash of problem, request and index: asking again gives the same id."""
    problem: Problem = Problem()
    reasoning: str = ""
    """Inside <think>. A tag that could not be paired stays in the text, so filters see it."""
    response: str = ""
    """After the thought: what a reader sees."""
    stream: str = ""
    """Which part of the corpus it is for: "cold_start", "reasoning", "general" ..."""
    generator: str = ""
    model: str = ""
    request: str = ""
    """Hash of what was sent (or, for recorded outputs, of what was recorded)."""
    origin: str = ""
    """The sample this one was refined or edited from, or ""."""
    prompt_tokens: int = 0
    """0 where the source does not say."""
    completion_tokens: int = 0
    finish: str = ""
    """"stop", "length", "repetition" or "error:<why>"; "" where the source does not say."""


def digest(*parts: str) -> str:
    """24 hex digits (96 bits) of a BLAKE2b over the parts; ("ab", "c") and ("a", "bc") differ."""
    h = hashlib.blake2b(digest_size=12)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        h.update(len(data).to_bytes(8, "big"))
        h.update(data)
    return h.hexdigest()


def problem_id(source: str, question: str, context: str = "") -> str:
    """Id of a problem: one question in one context from one source is one problem."""
    return digest("problem", source, question, *([context] if context else []))


def sample_id(problem: str, request: str, index: int) -> str:
    """Id of a sample: the index-th answer to one request about one problem."""
    return digest("sample", problem, request, str(index))
