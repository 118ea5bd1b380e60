"""The line itself: rows, problems, samples, filters, corpus, one after the other.

Each stage does only what is missing. Running again costs a look at the footers.
"""

import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from factory import storage
from factory.ledger import Ledger
from factory.plan import Plan
from factory.plugins import load_plugins
from factory.progress import Quiet
from factory.read_spec import load
from factory.run import Run
from factory.run_files import write_spec
from factory.spec import Spec
from factory.stopping import interruptible
from factory.workers import default_workers, pool
from generators.errors import Stopped


@dataclass(frozen=True)
class Built:
    """What a build leaves behind."""

    folder: Path
    dataset: Path
    ledger: Ledger


def build(
    spec: str | Path | Spec,
    *,
    runs: str | Path = "runs",
    workers: int | None = None,
    limit: int | None = None,
    progress: Quiet | None = None,
) -> Built:
    """Do what a spec says and is not done yet; returns where the dataset lies and the ledger.

    `limit` takes the first rows of each source only and builds in a folder of its own.
    UserError: the spec or the folder must be mended. Stopped: the world was in the way; run again.
    """
    plan = planned(spec, runs, limit)
    show = progress or Quiet()
    storage.inside(plan.folder, Path(runs))
    for child in plan.folder.glob("*"):
        storage.inside(child, plan.folder)
    began = time.time()
    with (
        storage.locked(plan.folder),
        interruptible() as stop,
        pool(workers or default_workers(), load_plugins, plan.spec, stop) as workers_pool,
    ):
        storage.sweep(plan.folder)
        write_spec(plan)
        run = Run(plan, workers_pool, show, Ledger(), stop)
        try:
            run.all_stages()
        except BaseException:
            # Where there is no room for the times either, the first reason is the one to tell.
            with suppress(Stopped):
                run.write_files(began)
            raise
        run.write_files(began)
    show.end(run.ledger)
    return Built(plan.folder, plan.folder / "dataset", run.ledger)


def planned(spec: str | Path | Spec, runs: str | Path, limit: int | None) -> Plan:
    """The plan of a build, its rows unread. A limited build shares the full one's journal."""
    spec = spec if isinstance(spec, Spec) else load(spec)
    name = spec.name if limit is None else f"{spec.name}-first-{limit}"
    return Plan(spec, Path(runs) / name, Path(runs) / spec.name / "journal", limit)
