"""Looks at the first answers of a run and stops it before everything comes back the same wrong way.

Without it a server with another name for the thought's field, or one that ignores the temperature,
is found out when all is paid.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

from generators.asking import Completion, Request
from generators.records import digest

Reasoning = Literal["expected", "none", "any"]

_NAME = re.compile(r"[a-z_]{1,40}")
_ALIKE = 4  # answers to one prompt that are all the same
_LONG = 200  # characters; shorter answers may well agree
_PROMPTS = 5  # prompts whose answers are compared
_WAITING = 1000  # prompts of which some answers are there


@dataclass
class Canary:
    """What the first answers look like. It sings by returning why the run should stop."""

    first: int
    """How many answers are looked at; 0 for none."""
    reasoning: Reasoning
    _seen: int = 0
    _thoughts: int = 0
    _refused: int = 0
    _fields: Counter[str] = field(default_factory=Counter)
    _prompts: dict[str, list[str]] = field(default_factory=dict)
    _compared: int = 0

    def answered(self, request: Request, said: Completion, message: dict[str, Any]) -> str:
        """An answer has come, out of this message; why the run should stop, or ""."""
        if not self.first:
            return ""
        return self._counted(said, message) or self._alike(request, said)

    def rejected(self, words: str) -> str:
        """The server took a request for wrong; why the run should stop, or ""."""
        self._refused += 1
        if self._seen or self._refused != self.first:
            return ""
        return f"each of the first {self.first} requests was rejected; the server says: {words}"

    def _counted(self, said: Completion, message: dict[str, Any]) -> str:
        if self._seen >= self.first:
            return ""
        self._seen += 1
        self._thoughts += bool(said.reasoning)
        # A server may name a field after anything, even the key: only names are shown.
        self._fields.update(
            name if _NAME.fullmatch(name) else "other" for name, value in message.items() if value
        )
        if self._seen < self.first:
            return ""
        fields = ", ".join(f"{name} ({n})" for name, n in self._fields.most_common(12))
        if self.reasoning == "expected" and not self._thoughts:
            return (
                f"none of the first {self.first} answers holds a thought; fields seen: {fields}. "
                "Start the server with its reasoning parser, say `prefilled: true` where its "
                "template opens the thought, or `reasoning: any` where none is wanted"
            )
        if self.reasoning == "none" and self._thoughts == self.first:
            return f"each of the first {self.first} answers holds a thought; fields seen: {fields}"
        return ""

    def _alike(self, request: Request, said: Completion) -> str:
        if self._compared >= _PROMPTS or not request.sampling.get("temperature"):
            return ""
        if request.content not in self._prompts and len(self._prompts) >= _WAITING:
            return ""
        texts = self._prompts.setdefault(request.content, [])
        long = len(said.reasoning) + len(said.response) >= _LONG
        texts.append(digest(said.reasoning, said.response) if long else str(len(texts)))
        if len(texts) < _ALIKE:
            return ""
        self._compared += 1
        del self._prompts[request.content]
        if len(set(texts)) > 1:
            return ""
        return (
            f"{_ALIKE} answers to one prompt are the same, letter by letter, at temperature "
            f"{request.sampling['temperature']}: the server ignores the temperature or the seed, "
            "or answers from a cache (`canary: 0` to go on nonetheless)"
        )
