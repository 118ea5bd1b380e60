"""The ledger: after each stage, rows in = kept + rejected + unknown + failed, with reasons."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from factory import storage
from generators.errors import Stopped


@dataclass
class Stage:
    """What became of the rows that entered one stage."""

    name: str
    rows_in: int
    kept: int = 0
    judged: int = 0
    """Of the kept ones, those that passed on a model's judgement alone."""
    rejected: dict[str, int] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)
    failed: dict[str, int] = field(default_factory=dict)

    @property
    def dropped(self) -> int:
        """Rows that did not pass, for whatever reason."""
        return sum(sum(r.values()) for r in (self.rejected, self.unknown, self.failed))


def tally(verdicts: Iterable[tuple[str, str]]) -> Counter[str]:
    """Counts of (outcome, reason) as "outcome:reason"; a filter's error is a failure.

    What is kept is "keep", or "keep:judged" where a model decided.
    """
    counts: Counter[str] = Counter()
    for outcome, reason in verdicts:
        if outcome == "unknown" and reason.startswith("error:"):
            counts[f"failed:{reason.removeprefix('error:')}"] += 1
        else:
            counted = outcome != "keep" or reason == "judged"
            counts[f"{outcome}:{reason}" if counted else outcome] += 1
    return counts


class Ledger:
    """All stages of a build, in order."""

    def __init__(self) -> None:
        self.stages: list[Stage] = []

    def close(self, name: str, rows_in: int, counts: Mapping[str, int]) -> Stage:
        """Enter a stage. Stopped where what came out is not what went in."""
        stage = Stage(name, rows_in)
        for key in sorted(counts):
            outcome, _, reason = key.partition(":")
            if outcome == "keep":
                stage.kept += counts[key]
                stage.judged += counts[key] if reason == "judged" else 0
            else:
                name_of = {"reject": "rejected", "unknown": "unknown", "failed": "failed"}[outcome]
                getattr(stage, name_of)[reason] = counts[key]
        self.stages.append(stage)
        came_out = stage.kept + stage.dropped
        if came_out != rows_in:
            raise Stopped(
                f"the ledger does not close at {name}: {rows_in} rows went in, {came_out} came out "
                f"(a difference of {rows_in - came_out}); please report this"
            )
        return stage

    def within(self, stage: Stage, limits: Mapping[str, float | None]) -> None:
        """Stopped where a share of a stage passes the spec's limits."""
        for name in ("unknown", "failed"):
            limit = limits[name]
            if limit is None or not stage.rows_in:
                continue
            reasons: dict[str, int] = getattr(stage, name)
            share = sum(reasons.values()) / stage.rows_in
            if share > limit:
                most = max(reasons, key=lambda reason: reasons[reason])
                # "rows mine", "generate teacher reasoning", "filters verify", "corpus"
                stage_of = (stage.name.split() * 2)[1]
                raise Stopped(
                    f"{stage.name}: {share:.1%} of {stage.rows_in} rows are {name}, mostly {most}; "
                    f"limits.{name} allows {limit:.1%}. See `factory show --rejected "
                    f"{stage_of}`, mend the cause or raise the limit"
                )

    def write(self, path: Path) -> None:
        """Write all stages as JSON."""
        stages = [asdict(stage) for stage in self.stages]
        told = [{k: v for k, v in stage.items() if k != "judged" or v} for stage in stages]
        text = json.dumps(told, indent=1)
        if not path.exists() or path.read_text() != text:
            with storage.written(path) as beside:
                beside.write_text(text)


def nothing_kept(ledger: Ledger) -> str:
    """What to tell a user whose corpus is empty: where most of it went."""
    worst = max(ledger.stages, key=lambda stage: stage.dropped)
    reasons = {**worst.rejected, **worst.unknown, **worst.failed}
    if not reasons:
        return "nothing was kept: nothing came in"
    most = max(reasons, key=lambda reason: reasons[reason])
    return (
        f"nothing was kept: at {worst.name!r} {worst.dropped} of {worst.rows_in} were dropped, "
        f"mostly for {most}"
    )
