"""A spec after it was checked: plain values with every default filled in."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from factory.sections import Corpus, Limits, Prices, Sampling
from generators.json_rows import Paths
from generators.records import Problem
from generators.registry import find

Section = Literal["problems", "filters"]


@dataclass(frozen=True)
class Source:
    """Where rows come from, and how they read as problems."""

    name: str
    reader: str
    argument: Any
    settings: dict[str, Any]
    fields: dict[str, Paths]
    defaults: dict[str, str]
    licence: str
    limit: int | None


@dataclass(frozen=True)
class Model:
    """A model that generators may ask."""

    name: str
    backend: str
    model: str
    settings: dict[str, Any]
    key: str
    price: Prices | None
    sampling: Sampling


@dataclass(frozen=True)
class Generate:
    """One entry of `generate`."""

    name: str
    settings: dict[str, Any]
    stream: str
    sources: list[str]
    model: str
    outputs: Source | None
    sampling: Sampling
    origins: tuple[int, ...] = ()
    """Numbers of the earlier generators whose samples it rewrites; none for one that makes anew."""
    rounds: int = 1
    enough: int = 1
    budget: int | None = None
    if_cut_off: Sampling | None = None
    """How it is asked once more for an answer that was cut off; None: not at all."""

    @property
    def asks(self) -> bool:
        """Whether it asks a model; otherwise it reads what was recorded, or rewrites samples."""
        return find("generator", self.name).reads is Problem or self.edits

    @property
    def edits(self) -> bool:
        """Whether it has a model rewrite the samples that all filters kept."""
        return find("generator", self.name).read is not None


@dataclass(frozen=True)
class Filter:
    """One entry of `problems` or `filters`."""

    section: Section
    name: str
    settings: dict[str, Any]
    only: list[str]
    fallback_for: str = ""
    """Name of the filter right before; only what it could not tell is judged."""
    model: str = ""
    """The model that is asked; "" for a filter that asks none."""
    sampling: Sampling | None = None
    called: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """The settings as the function gets them: files by names that open from anywhere."""


@dataclass(frozen=True)
class Spec:
    """A whole spec with every default filled in."""

    name: str
    base: Path
    """The folder that relative paths start at: the spec's own."""
    seed: int
    use: list[str]
    models: dict[str, Model]
    sources: dict[str, Source]
    problems: list[Filter]
    generate: list[Generate]
    filters: list[Filter]
    corpus: Corpus
    limits: Limits
    resolved: dict[str, Any] = field(repr=False)
    """The spec as a mapping with every default written out, for the run folder."""
