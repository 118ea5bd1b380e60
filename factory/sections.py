"""The fixed words of a spec: what stands in each section besides the settings of functions."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from generators.json_rows import Paths
from generators.records import Kind
from generators.registry import Count, Share

Price = Annotated[float, Field(ge=0)]


class Section(BaseModel):
    """Strict: no unknown names, no silent conversion."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Sampling(Section):
    """What a model is asked with; every value is sent, none is left to a server's default."""

    temperature: Annotated[float, Field(ge=0, le=5)] = 0.6
    top_p: Annotated[float, Field(gt=0, le=1)] = 0.95
    max_tokens: Count = 32768


class Prices(Section):
    """US dollars per million tokens."""

    input: Price
    output: Price


class Corpus(Section):
    """What of the survivors becomes the dataset."""

    quotas: dict[str, Count | dict[str, Count]] = Field(default_factory=dict)
    """Samples per stream, or per stream and domain; a stream without quota is not limited."""
    test: Share = 0.0
    """Share of questions held out, by hash of the normalised question."""


class Limits(Section):
    """Shares of a stage's rows above which the run stops and says so; null: no limit."""

    unknown: Share | None = None
    failed: Share | None = None
    cost: Price | None = None
    """US dollars that all builds of this run may spend; what is on its way then still counts."""
    tokens: Count | None = None
    """Tokens, of prompts and completions, likewise."""


class SourceKeys(Section):
    """Read by the line for any source."""

    fields: dict[str, Paths] = Field(default_factory=dict)
    kind: Kind | None = None
    domain: str = ""
    language: str = ""
    licence: str = "unknown"
    limit: Count | None = None


class ModelKeys(Section):
    """Read by the line for any model; the rest goes to its backend."""

    backend: str
    model: str = ""
    key: str = ""
    price: Prices | None = None
    sampling: dict[str, Any] = Field(default_factory=dict)


class Longer(Section):
    """With what an answer is asked for once more that was cut off."""

    max_tokens: Count


class GenerateKeys(Section):
    """Read by the line for any generator; the rest are its own settings."""

    stream: str
    from_: list[str] = Field(alias="from", min_length=1)
    model: str = ""
    outputs: dict[str, Any] | None = None
    sampling: dict[str, Any] = Field(default_factory=dict)
    rounds: Count = 1
    """How often a problem may be asked: again only where too little of it was kept."""
    enough: Count = 1
    """Kept samples of this generator that serve a problem: it is not asked again."""
    budget: Count | None = None
    """Requests in all that the rounds after the first may bring it to."""
    if_cut_off: Longer | None = None
    """Ask once more for what reached the limit of tokens, with a larger one; null: leave it out."""


class FilterKeys(Section):
    """Read by the line for any filter; the rest are its own settings."""

    only: list[str] = Field(default_factory=list)
    fallback_for: str = ""
    """The filter right before: judge what it could not tell, and let everything else pass."""
    model: str = ""
    """The model that is asked, by a filter that asks one."""
    sampling: dict[str, Any] = Field(default_factory=dict)


class Eval(Section):
    """What models are measured on. Each benchmark must be decontaminated against."""

    benchmarks: list[str] = Field(min_length=1)


class Top(Section):
    """The sections of a spec; what stands in them is checked entry by entry."""

    name: str
    seed: int = 0
    use: list[str] = Field(default_factory=list)
    models: dict[str, dict[str, Any]] = Field(default_factory=dict)
    sampling: Sampling = Sampling()
    sources: dict[str, dict[str, Any]] = Field(min_length=1)
    problems: list[str | dict[str, Any]] = Field(default_factory=list)
    generate: list[dict[str, Any]] = Field(min_length=1)
    filters: list[str | dict[str, Any]] = Field(default_factory=list)
    corpus: Corpus = Corpus()
    limits: Limits = Limits()
    eval: Eval | None = None
