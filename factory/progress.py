"""What a person sees while a build runs: a live line on a terminal, plain lines in a pipe."""

import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from factory.ledger import Ledger, Stage

_EVERY = 5.0  # seconds between two lines of a stage in a pipe


class Quiet:
    """Says nothing: `--quiet`, and the base that the others fill in by having the same methods."""

    @contextmanager
    def stage(self, name: str, total: int | None, unit: str = "parts") -> Iterator["Meter"]:
        """Follow a stage of `total` steps."""
        yield Meter()

    def closed(self, stage: Stage) -> None:
        """A stage has entered the ledger."""

    def say(self, text: str) -> None:
        """A line for the user."""

    def end(self, ledger: Ledger) -> None:
        """The build is done."""


class Meter:
    """Counts the steps of one stage."""

    def advance(self, counts: Mapping[str, int] | None = None, steps: int = 1) -> None:
        """`steps` more are done; `counts` are verdicts by outcome and reason."""

    def expect(self, total: int, *, about: bool) -> None:
        """How many steps there will be, as far as that is known by now."""

    def note(self, text: str) -> None:
        """What goes on meanwhile; shown with the counts."""


class _LiveMeter(Meter):
    def __init__(self, progress: Progress, total: int | None, name: str, unit: str) -> None:
        self._progress, self._unit = progress, unit
        self._task = progress.add_task(name, total=total, reasons="", unit=unit)
        self._counts: Counter[str] = Counter()
        self._note = ""

    def advance(self, counts: Mapping[str, int] | None = None, steps: int = 1) -> None:
        self._counts.update(counts or {})
        self._show(steps)

    def expect(self, total: int, *, about: bool) -> None:
        unit = f"{self._unit} or so" if about else self._unit
        self._progress.update(self._task, total=total, unit=unit)

    def note(self, text: str) -> None:
        self._note = text
        self._show(0)

    def _show(self, steps: int) -> None:
        told = ", ".join(filter(None, (self._note, reasons_so_far(self._counts))))
        self._progress.update(self._task, advance=steps, reasons=told)


class OnTerminal(Quiet):
    """A live line per stage, and a line of the ledger when it is done."""

    def __init__(self, console: Console) -> None:
        self._console = console

    @contextmanager
    def stage(self, name: str, total: int | None, unit: str = "parts") -> Iterator[Meter]:
        """A bar with count, rate by way of the remaining time, and the reasons so far."""
        columns = (
            TextColumn("{task.description}"), BarColumn(20), MofNCompleteColumn(),
            TextColumn("{task.fields[unit]}"), TimeRemainingColumn(),
            TextColumn("[dim]{task.fields[reasons]}"),
        )  # fmt: skip
        with Progress(*columns, console=self._console, transient=True) as progress:
            yield _LiveMeter(progress, total, name, unit)

    def closed(self, stage: Stage) -> None:
        """One line: what came in, what passed, why the rest did not."""
        self._console.print(line_of(stage), highlight=False, markup=False, soft_wrap=True)

    def say(self, text: str) -> None:
        """A line as it is."""
        self._console.print(text, highlight=False, markup=False, soft_wrap=True)

    def end(self, ledger: Ledger) -> None:
        """The funnel as a table."""
        self._console.print(funnel(ledger))


class _PlainMeter(Meter):
    def __init__(self, out: TextIO, name: str, total: int | None, unit: str) -> None:
        self._out, self._name, self._total, self._unit = out, name, total, unit
        self._done = 0
        self._about = ""
        self._counts: Counter[str] = Counter()
        self._note = ""
        self._began = self._last = time.monotonic()

    def advance(self, counts: Mapping[str, int] | None = None, steps: int = 1) -> None:
        self._done += steps
        self._counts.update(counts or {})
        self._show()

    def expect(self, total: int, *, about: bool) -> None:
        self._total, self._about = total, "about " if about else ""

    def note(self, text: str) -> None:
        self._note = text
        self._show()

    def _show(self) -> None:
        now = time.monotonic()
        if now - self._last < _EVERY:
            return
        self._last = now
        rate = self._done / (now - self._began)
        left = self._total - self._done if self._total else 0
        rest = f", {lasting(left / rate)} left" if left > 0 and rate else ""
        of = f" of {self._about}{self._total}" if self._total else ""
        told = f"{self._name}: {self._done}{of} {self._unit}, {rate:.1f}/s{rest}"
        more = ", ".join(filter(None, (self._note, reasons_so_far(self._counts))))
        print(f"{told}  {more}".rstrip(), file=self._out, flush=True)


class InPipe(Quiet):
    """Plain lines, at most one in five seconds while a stage runs."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    @contextmanager
    def stage(self, name: str, total: int | None, unit: str = "parts") -> Iterator[Meter]:
        """A line every few seconds."""
        yield _PlainMeter(self._out, name, total, unit)

    def closed(self, stage: Stage) -> None:
        """One line: what came in, what passed, why the rest did not."""
        self.say(line_of(stage))

    def say(self, text: str) -> None:
        """A line as it is."""
        print(text, file=self._out, flush=True)


def chosen(*, quiet: bool) -> Quiet:
    """The way to show progress that fits where standard error goes."""
    if quiet:
        return Quiet()
    return OnTerminal(Console(stderr=True)) if sys.stderr.isatty() else InPipe(sys.stderr)


def lasting(seconds: float) -> str:
    """A duration for a person: "45 s", "12 min", "3 h 20 min", "2 d 4 h"."""
    minutes = round(seconds / 60)
    if seconds < 100:
        return f"{seconds:.0f} s"
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes // 1440} d {minutes % 1440 // 60} h"


def reasons_so_far(counts: Mapping[str, int]) -> str:
    """The most frequent reasons: "wrong_answer 12, cut_off 3"."""
    dropped = Counter(
        {k.partition(":")[2]: n for k, n in counts.items() if not k.startswith("keep")}
    )
    return ", ".join(f"{reason} {n}" for reason, n in dropped.most_common(4))


def line_of(stage: Stage) -> str:
    """A stage of the ledger as one line."""
    told = [f"{stage.name}: {stage.rows_in} in, {stage.kept} kept"]
    if stage.judged:
        told[0] += f" ({stage.judged} judged by a model)"
    for name in ("rejected", "unknown", "failed"):
        reasons: dict[str, int] = getattr(stage, name)
        if reasons:
            each = ", ".join(f"{reason} {n}" for reason, n in _by_number(reasons))
            told.append(f"{name} {sum(reasons.values())} ({each})")
    return ", ".join(told)


def _by_number(reasons: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(reasons.items(), key=lambda item: (-item[1], item[0]))


def funnel(ledger: Ledger) -> Table:
    """The whole ledger as a table."""
    table = Table("stage", "in", "kept", "rejected", "unknown", "failed", "reasons", box=None)
    for stage in ledger.stages:
        every = {**stage.rejected, **stage.unknown, **stage.failed}
        table.add_row(
            stage.name,
            *(
                str(n) if n else ""
                for n in (
                    stage.rows_in, stage.kept, sum(stage.rejected.values()),
                    sum(stage.unknown.values()), sum(stage.failed.values()),
                )
            ),
            ", ".join(f"{reason} {n}" for reason, n in _by_number(every)[:3]),
        )  # fmt: skip
    return table
