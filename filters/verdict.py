"""A Verdict says keep, reject or unknown, and why. A filter is a function that returns one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from generators.records import Problem, Sample

Outcome = Literal["keep", "reject", "unknown"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a filter decided about one record."""

    outcome: Outcome
    reason: str = ""
    """A fixed word per cause, counted and tested: wrong_answer, cut_off, mixed_language ..."""
    score: float | None = None
    """The same number is the RL reward; None where it could not be told."""
    detail: str = ""
    """For a person: "got 12, wanted 7/2 (rung: number)"."""


def keep(score: float | None = 1.0, detail: str = "") -> Verdict:
    """The record passes."""
    return Verdict("keep", "", score, detail)


def reject(reason: str, detail: str = "", score: float | None = 0.0) -> Verdict:
    """The record is dropped for this reason."""
    return Verdict("reject", reason, score, detail)


def unknown(reason: str, detail: str = "") -> Verdict:
    """It could not be told: never counted as right, never as wrong (a silent 0 trains on noise)."""
    return Verdict("unknown", reason, None, detail)


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """A problem, its surviving samples of one stream, and what the filters said of all of them."""

    problem: Problem
    samples: Sequence[Sample]
    """The samples that every filter so far has kept, from all generators of the stream."""
    verdicts: Mapping[str, Mapping[str, Verdict]]
    """Filter name -> sample id -> verdict, rejected samples included."""
    origins: Mapping[str, Sample] = field(default_factory=dict)
    """By id, the samples that these were rewritten from, whatever became of them."""

    def all(self, verdict: Verdict) -> dict[str, Verdict]:
        """The same verdict for every surviving sample."""
        return {sample.id: verdict for sample in self.samples}
