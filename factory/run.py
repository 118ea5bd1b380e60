"""The stages of a build: rows, problems, samples, filters, corpus, one after the other."""

import shutil
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from factory import (
    asked_filters,
    asking,
    corpus_filters,
    dataset,
    disagreements,
    inputs,
    judging,
    making,
    rewriting,
    rounds,
    rows,
    selection,
    spending,
    storage,
)
from factory.card import card
from factory.ledger import Ledger, nothing_kept
from factory.plan import Backends, Plan
from factory.progress import Quiet
from factory.run_files import write_times
from factory.spec import Section
from factory.watching import Speed, Watch, watched
from factory.workers import Pool
from generators.errors import Interrupted, Stopped


@dataclass
class Run:
    """The stages of one build; each does what is missing and closes its books."""

    plan: Plan
    pool: Pool
    show: Quiet
    ledger: Ledger
    stop: threading.Event
    patience: float | None = None
    """Seconds without any server after which to stop; None: wait for as long as it takes."""
    speeds: dict[str, Speed] = field(default_factory=dict)
    """How fast the answers of each stage came."""

    def all_stages(self) -> None:
        self.prepare()
        self.problems()
        self.judge("problems", self.rows.problems)
        kept = self.ask_and_judge()
        disagreements.find(self.plan, self.show, self.each)
        self.corpus(kept)
        shutil.rmtree(self.plan.scratch(), ignore_errors=True)

    def prepare(self) -> None:
        with self.show.stage("rows", None):
            self.rows = rows.prepare(self.plan, self.pool)
        self.plan = self.rows.plan
        for name, counts in self.rows.counts.items():
            self.close(f"rows {name}", sum(counts.values()), counts)

    def write_files(self, began: float) -> None:
        """The ledger as far as it went, and when and with what it was."""
        self.ledger.write(self.plan.folder / "ledger.json")
        spending.write(self.plan)
        write_times(self.plan, self.pool.workers, began)

    def close(self, name: str, rows_in: int, counts: Counter[str], *, final: bool = True) -> int:
        """Enter a stage in the ledger; stop where the spec's limits are passed.

        Not `final`: another filter is still to judge what this one could not tell.
        """
        stage = self.ledger.close(name, rows_in, counts)
        self.show.closed(stage)
        limits = self.plan.spec.limits.model_dump()
        self.ledger.within(stage, limits if final else {**limits, "unknown": None})
        self.check_stop()
        return stage.kept

    def check_stop(self) -> None:
        if self.stop.is_set():
            raise Interrupted

    def parts(self, wanted: Callable[[int], bool] = lambda part: True) -> list[int]:
        return [part for part in range(self.plan.parts) if wanted(part)]

    def each(self, function: Callable[..., Any], tasks: list[tuple[Any, ...]], meter: Any) -> Any:
        """Results of tasks as they finish; ends early when the run is to stop."""
        for task, result in self.pool.run(function, tasks):
            meter.advance(_counts(result))
            yield task, result

    def problems(self) -> None:
        plan = self.plan

        def stale(part: int) -> bool:
            held = storage.told(plan.problems(part)).get("reads")
            return held != making.problems_reads(plan, part)

        todo = self.parts(stale)
        if todo:
            self.read_rows()
        with self.show.stage("problems", len(todo)) as meter:
            for _ in self.each(making.problems_part, [(self.plan, p) for p in todo], meter):
                pass
        for leftover in (plan.folder / "problems").glob("part-*.parquet"):
            if int(leftover.stem.removeprefix("part-")) >= plan.parts:
                leftover.unlink()

    def read_rows(self) -> None:
        """Have every input as files of JSON lines; what was spooled before is still there."""
        self.plan = inputs.readable(self.plan, self.pool)

    def ask_and_judge(self) -> int:
        """Ask and judge, and ask more where that is called for, until nobody is asked again.

        The ledger holds the last of these passes, which has all samples of all rounds.
        """
        before = len(self.ledger.stages)
        while True:
            kept = self.judge("filters", self.samples())
            if not any(step.edits or step.rounds > 1 for step in self.plan.spec.generate):
                return kept
            with self.show.stage("rounds", None) as meter:
                more = rounds.decide(self.plan, self.each, meter)
            if not more:
                return kept
            for name, new in more.items():
                self.show.say(f"{name}: {', '.join(f'{n} {why}' for why, n in new.items())}")
            del self.ledger.stages[before:]

    def samples(self) -> int:
        made = 0
        for number, step in enumerate(self.plan.spec.generate):
            name = f"generate {step.name} {step.stream}"
            counts = self.asked(number, name) if step.asks else self.made(number, name)
            made += self.close(name, sum(counts.values()), counts)
        return made

    def made(self, number: int, name: str) -> Counter[str]:
        plan = self.plan
        held = {p: storage.told(plan.samples(number, p)) for p in self.parts()}
        todo = [
            p for p in self.parts()
            if held[p].get("reads") != making.made_reads(plan, number, p)
        ]  # fmt: skip
        origins = plan.spec.generate[number].origins
        if todo and not origins:
            self.read_rows()
        counts = sum((storage.counts_of(held[p]) for p in held if p not in set(todo)), Counter())
        with self.show.stage(name, len(todo)) as meter:
            tasks = [(self.plan, number, p) for p in todo]
            make = rewriting.rewritten_part if origins else making.recorded_part
            for _, told in self.each(make, tasks, meter):
                counts.update(told)
        return counts

    def asked(self, number: int, name: str) -> Counter[str]:
        plan = self.plan
        self.ask(name, plan.spec.generate[number].model, asking.ask, number)
        counts: Counter[str] = Counter()
        with self.show.stage(f"{name}: samples", plan.parts) as meter:
            tasks = [(plan, number, p) for p in self.parts()]
            for _, told in self.each(asking.asked_part, tasks, meter):
                counts.update(told)
        return counts

    def judge(self, section: Section, rows_in: int) -> int:
        plan = self.plan
        steps = plan.steps(section)
        unknown = 0
        for first, last, whole in plan.segments(section):
            if steps[first].model:
                self.ask_judge(section, first)
            told, signed = self.judge_parts(section, first, last, whole)
            if whole:
                told.append(corpus_filters.decide(plan, section, last, signed))
            for number, counts in enumerate(told, first):
                step = steps[number]
                if step.fallback_for:
                    rows_in += unknown  # of the filter before: these come in again
                if step.only or step.fallback_for:
                    # Samples of other streams, or that are told already, pass by unseen.
                    counts += Counter({"keep": rows_in - sum(counts.values())})
                unknown = sum(n for key, n in counts.items() if key.startswith("unknown:"))
                final = not (steps[number + 1 :] and steps[number + 1].fallback_for)
                rows_in = self.close(f"{section} {step.name}", rows_in, counts, final=final)
        return rows_in

    def ask_judge(self, section: Section, number: int) -> None:
        """Have a model asked what a filter wants to know of it."""
        plan, step = self.plan, self.plan.steps(section)[number]
        todo = self.parts(
            lambda part: judging.held(plan, part, section, number, number + 1, False) is None
        )
        if todo:
            self.ask(f"{section} {step.name}", step.model, asked_filters.ask, section, number, todo)

    def ask(self, name: str, model: str, function: Callable[..., None], *what: Any) -> None:
        """Have a model asked, and see how it ends each answer."""
        backends = Backends(self.plan, self.stop, self.show.say)
        price = self.plan.spec.models[model].price
        with (
            self.show.stage(name, None, "completions") as meter,
            watched(Watch(meter, backends, self.show, price, self.stop, self.patience)) as watch,
        ):
            try:
                function(self.plan, *what, backends, self.stop, watch)
            finally:
                backends.close()
        if watch.gone:
            raise Stopped(f"{name}: {watch.gone}")
        self.speeds[name] = self.speeds.get(name, Speed()).then(watch.speed())
        if watch.done:
            for line in spending.lines(self.plan):
                self.show.say(line)
        self.check_stop()

    def judge_parts(
        self, section: Section, first: int, last: int, whole: bool
    ) -> tuple[list[Counter[str]], list[str]]:
        told: list[Counter[str]] = [Counter() for _ in range(first, last)]
        signed: dict[int, str] = {}
        todo = []

        def take(part: int, result: tuple[list[Counter[str]], str]) -> None:
            signed[part] = result[1]
            for total, some in zip(told, result[0], strict=True):
                total.update(some)

        for part in self.parts():
            task = (self.plan, part, section, first, last, whole)
            there = judging.held(*task)
            if there is None:
                todo.append(task)
            else:
                take(part, there)
        steps = self.plan.steps(section)[first : last + whole]
        with self.show.stage(", ".join(s.name for s in steps), len(todo)) as meter:
            for task, result in self.each(judging.judge_part, todo, meter):
                take(task[1], result)
        return told, [signed[part] for part in self.parts()]

    def corpus(self, rows_in: int) -> None:
        with self.show.stage("corpus", self.plan.parts) as meter:
            choice = selection.select(self.plan, self.pool, meter.advance)
        kept = self.close("corpus", rows_in, choice.counts)
        if not kept:
            self.show.say(nothing_kept(self.ledger))
        for idle in choice.idle:
            self.show.say(idle)
        with self.show.stage("dataset", len(choice.shards), "files") as meter:

            def described(folder: Path) -> str:
                return card(self.plan, folder, self.ledger, rows.source_table(self.plan))

            dataset.write(self.plan, self.pool, choice.shards, described, meter.advance)


def _counts(result: Any) -> Counter[str]:
    """Counts of a task's result, for the progress line."""
    if isinstance(result, Counter):
        return result
    if isinstance(result, tuple):
        return sum(result[0], Counter())
    return Counter()
