"""What is sent to a model and what comes back. A backend turns requests into completions."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import orjson

from generators.records import Problem, Sample, digest, sample_id

Message = dict[str, str]


@dataclass(frozen=True)
class Request:
    """One completion to be asked for."""

    problem: Problem
    messages: tuple[Message, ...]
    model: str
    """The model as its server knows it (for a backend of ours: name and settings)."""
    sampling: Mapping[str, Any]
    """Every parameter that is sent: temperature, top_p, max_tokens ..."""
    index: int
    """Which of the samples of this prompt."""

    @cached_property
    def content(self) -> str:
        """Hash of what is sent, without the index: samples of one prompt share it."""
        sent = orjson.dumps(
            [self.messages, self.model, dict(self.sampling)], option=orjson.OPT_SORT_KEYS
        )
        return digest("request", sent.decode())

    @cached_property
    def key(self) -> str:
        """Key in the journal: hash of messages, model, sampling and index, and of nothing else."""
        return digest("completion", self.content, str(self.index))


@dataclass(frozen=True, slots=True)
class Completion:
    """What a model said, with the thought apart."""

    key: str
    """Key of the request it answers; "" for a recorded output."""
    reasoning: str
    response: str
    model: str
    finish: str
    """"stop", "length", "repetition", "error:<why>", or "" where it was not recorded."""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    attempts: int = 1
    """How often it was sent until it was answered or given up."""
    discarded_tokens: int = 0
    """Tokens of the attempts that brought no answer, as far as their servers told."""
    server: str = ""
    """Base URL of the server that answered; "" for a backend without one."""
    sent: str = ""
    """JSON: everything that was sent besides the messages, the seed too."""
    detail: str = ""
    """For finish "error:<why>": what the server said about it, on one line."""


class Backend(Protocol):
    """Anything that answers requests."""

    @property
    def model(self) -> str:
        """Name of the model as it enters requests and their keys."""
        ...

    def complete(self, requests: Iterable[Request]) -> Iterator[Completion]:
        """Completions in any order, each with its request's key.

        A request that cannot be answered comes back with finish "error:<why>".
        """
        ...


def to_sample(
    problem: Problem,
    said: Completion,
    request: str,
    index: int,
    stream: str,
    generator: str,
    entry: int = 0,
) -> Sample:
    """The sample that a completion makes: the index-th answer to `request` about this problem.

    `entry` tells generators of one name and stream apart: one output in two of them is two samples.
    """
    return Sample(
        id=sample_id(problem.id, digest(stream, generator, str(entry), request), index),
        problem=problem,
        reasoning=said.reasoning,
        response=said.response,
        stream=stream,
        generator=generator,
        model=said.model,
        request=request,
        prompt_tokens=said.prompt_tokens,
        completion_tokens=said.completion_tokens,
        finish=said.finish,
    )
