"""What a build will do, where each stage lies on disk, and the keys that say what it depends on.

A plan is plain data: it is handed to every worker, which finds its part by number.
"""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from factory.spec import Filter, Generate, Model, Section, Source, Spec
from factory.storage import hash_of, part_path
from filters.verdict import Group
from generators.asking import Backend
from generators.files import located
from generators.records import Sample
from generators.registry import Entry, find

# Raised when the same rows may be cut, read or written differently than before.
LAYOUT = 1


@dataclass(frozen=True)
class Input:
    """The files of one source, or of a generator's recorded outputs, as lists of JSON lines."""

    source: Source
    outputs_of: int | None
    """Number of the generator whose recorded outputs these are; None for a source."""
    files: tuple[Path, ...]
    """Files of JSON lines: the user's own where they can be read in place, else spooled copies."""
    digests: tuple[str, ...] = ()
    revision: str = ""


@dataclass(frozen=True)
class Plan:
    """One build: the spec, its run folder, and how its problems are cut into parts."""

    spec: Spec
    folder: Path
    journal: Path
    limit: int | None = None
    inputs: tuple[Input, ...] = ()
    rows_key: str = ""
    bits: int = 0
    """A part is the problems whose ids share these many first bits: 2**bits parts."""
    whole: Path | None = None
    """For a pilot: the run folder of the build that it is a small piece of."""

    @property
    def parts(self) -> int:
        """How many parts there are."""
        return 1 << self.bits

    def rows(self) -> Path:
        """Which line of which file is read for which problem; and the rows that were refused."""
        return self.folder / "rows"

    def scratch(self) -> Path:
        """Inputs that are no JSON lines, written out as such."""
        return (self.whole or self.folder) / "scratch"

    def problems(self, part: int) -> Path:
        """A part of the problems."""
        return part_path(self.folder / "problems", part)

    def samples(self, number: int, part: int) -> Path:
        """A part of what the number-th generator made."""
        step = self.spec.generate[number]
        version = find("generator", step.name).version
        key = hash_of(LAYOUT, self.bits, version, self._identity(step), self.entry(number))
        return part_path(self.folder / "samples" / f"{step.name}-{key[:12]}", part)

    def rounds(self, number: int) -> Path:
        """What was decided about asking more by the number-th generator, for all parts."""
        step = self.spec.generate[number]
        version = find("generator", step.name).version
        key = hash_of(LAYOUT, version, self._identity(step), self.entry(number))
        return self.folder / "rounds" / f"{step.name}-{key[:12]}.parquet"

    def settings(self, number: int) -> dict[str, Any]:
        """What the number-th generator is called with; files by paths that open from anywhere."""
        step = self.spec.generate[number]
        return located(find("generator", step.name), step.settings, self.spec.base)

    def refused(self, number: int, part: int) -> Path:
        """Recorded outputs of a part that could not be read, with their reasons."""
        path = self.samples(number, part)
        return path.with_name(path.name.replace("part-", "refused-"))

    def entry(self, number: int) -> int:
        """How many generators before the number-th have its name and stream."""
        step = self.spec.generate[number]
        before = self.spec.generate[:number]
        return sum((one.name, one.stream) == (step.name, step.stream) for one in before)

    def _identity(self, step: Generate) -> list[Any]:
        """What makes one entry of `generate` differ from another."""
        outputs = [step.outputs.reader, step.outputs.argument] if step.outputs else []
        model = self.spec.models.get(step.model)
        asked = [_name_of(model), step.sampling.model_dump()] if model else []
        more = [[self._identity(self.spec.generate[n]), self.entry(n)] for n in step.origins]
        return [step.name, step.settings, step.stream, step.sources, asked, outputs, *more]

    def steps(self, section: Section) -> list[Filter]:
        """The filters of a section, in order."""
        return self.spec.problems if section == "problems" else self.spec.filters

    def verdicts(self, step: Filter, part: int) -> Path:
        """A part of what a filter said."""
        return part_path(self.stage(step), part)

    def signatures(self, step: Filter, part: int) -> Path:
        """A part of what a corpus filter compares."""
        return part_path(self.stage(step) / "signatures", part)

    def stage(self, step: Filter) -> Path:
        """Folder of a filter: its name and the hash of its version and settings, never its code."""
        version = find("filter", step.name).version
        more: list[Any] = [step.fallback_for] if step.fallback_for else []
        if step.sampling is not None:
            model = self.spec.models[step.model]
            more += [_name_of(model), step.sampling.model_dump()]
        key = hash_of(LAYOUT, self.bits, version, step.section, step.settings, step.only, *more)
        return self.folder / "verdicts" / f"{step.name}-{key[:12]}"

    def segments(self, section: Section) -> list[tuple[int, int, bool]]:
        """Runs of filters that are judged part by part, and whether a corpus filter follows each.

        (0, 2, True): filters 0 and 1 part by part, then number 2 for the whole corpus. A filter
        that asks a model begins a run, for it is asked once all before it are judged.
        """
        cuts: list[tuple[int, int, bool]] = []
        first = 0
        for number, step in enumerate(self.steps(section)):
            if step.model and first < number:
                cuts.append((first, number, False))
                first = number
            if find("filter", step.name).decide is not None:
                cuts.append((first, number, True))
                first = number + 1
        if first < len(self.steps(section)):
            cuts.append((first, len(self.steps(section)), False))
        return cuts

    def cut(self, **changes: Any) -> "Plan":
        """The plan with what was found out since."""
        return replace(self, **changes)


def reads_group(entry: Entry) -> bool:
    """Whether a filter judges a problem with all its samples."""
    return entry.judges(Group) and not entry.judges(Sample)


def _name_of(model: Model) -> str:
    """What a model is called in the keys of requests: where it runs and how fast is no part."""
    return _named(model.backend, model.model, json.dumps(model.settings, sort_keys=True))


@lru_cache(maxsize=64)
def _named(backend: str, model: str, settings: str) -> str:
    named: str = find("backend", backend).function(model, **json.loads(settings)).model
    return f"{backend}:{named}"


@dataclass
class Backends:
    """The backends of a plan, made when first asked for.

    Where a backend has these, it is told when to stop, whom to tell what happens to its servers,
    and where it may keep what an answer depends on.
    """

    plan: Plan
    stop: threading.Event | None = None
    tell: Callable[[str], None] | None = None
    made: dict[str, Backend] = field(default_factory=dict)

    def close(self) -> None:
        """Let go of what holds a device: the next model may need the room."""
        for made in self.made.values():
            if hasattr(made, "close"):
                made.close()
        self.made.clear()

    def of(self, step: Generate | Filter) -> Backend:
        """The backend that a generator or a filter asks."""
        if step.model not in self.made:
            model: Model = self.plan.spec.models[step.model]
            function = find("backend", model.backend).function
            made = function(model.model, **model.settings)
            for name, value in (
                ("stop", self.stop), ("tell", self.tell), ("folder", self.plan.journal)
            ):  # fmt: skip
                if value is not None and hasattr(made, name):
                    setattr(made, name, value)
            self.made[step.model] = made
        return self.made[step.model]
