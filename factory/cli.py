"""The `factory` command: thin over functions that Python code can call as well."""

import os
import sys
from collections import Counter
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from factory import listing
from factory.pipeline import build as build_spec
from factory.pipeline import planned
from factory.progress import chosen, reasons_so_far
from generators.errors import Interrupted, Stopped, UserError
from generators.registry import find

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="From problems to a verified corpus of long chains of thought, by one spec.",
)

SpecFile = Annotated[Path, typer.Option("--spec", help="The spec.")]
Runs = Annotated[Path, typer.Option("--runs", help="Folder that holds the run folders.")]
Limit = Annotated[int | None, typer.Option("--limit", min=1, help="First rows of each source.")]
Workers = Annotated[int | None, typer.Option(min=1, help="Processes; all by default.")]
DEFAULT_SPEC = Path("reasoning.yaml")
DEFAULT_RUNS = Path("runs")


@app.command()
def build(
    spec: SpecFile = DEFAULT_SPEC,
    runs: Runs = DEFAULT_RUNS,
    workers: Workers = None,
    limit: Limit = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")] = False,
) -> None:
    """Do what the spec says and is not done yet. Running it again does only what is missing."""
    built = build_spec(spec, runs=runs, workers=workers, limit=limit, progress=chosen(quiet=quiet))
    if not quiet:
        typer.echo(f"dataset: {built.dataset}")


@app.command()
def check(
    spec: SpecFile = DEFAULT_SPEC,
    runs: Runs = DEFAULT_RUNS,
    limit: Limit = None,
    pilot: Annotated[
        bool,
        typer.Option("--pilot", help="Ask for a few problems of each generator, and measure."),
    ] = False,
    number: Annotated[int, typer.Option("-n", min=1, help="With --pilot: problems.")] = 20,
) -> None:
    """Check the spec and print the plan: stages, rows, what is done, what it would cost."""
    from factory.estimate import as_text, asks

    plan = planned(spec, runs, limit)
    if not (pilot and asks(plan)):
        typer.echo(as_text(plan))
        return
    from factory.pilot import piloted

    typer.echo(as_text(plan, piloted(plan, number, chosen(quiet=False))))


@app.command()
def show(
    id: Annotated[str, typer.Argument(help="Beginning of a sample's or problem's id.")] = "",
    spec: SpecFile = DEFAULT_SPEC,
    runs: Runs = DEFAULT_RUNS,
    limit: Limit = None,
    rejected: Annotated[
        str, typer.Option(help="A filter (or source, or corpus): show what it dropped.")
    ] = "",
    reason: Annotated[str | None, typer.Option(help="With --rejected: only this reason.")] = None,
    disagreements: Annotated[
        bool,
        typer.Option("--disagreements", help="Samples that agree, but not with the reference."),
    ] = False,
    clusters: Annotated[
        bool, typer.Option("--clusters", help="Clusters of duplicates, the largest by id.")
    ] = False,
    number: Annotated[int, typer.Option("-n", min=1, help="How many.")] = 5,
    full: Annotated[bool, typer.Option("--full", help="Whole texts.")] = False,
) -> None:
    """One sample with every verdict; some of what a stage dropped, of disagreements or clusters."""
    from factory import rows
    from factory import show as showing

    plan = rows.known(planned(spec, runs, limit))
    if plan is None:
        raise UserError(f"{spec}: not built yet; run `factory build --spec {spec}` first")
    if bool(id) + bool(rejected) + disagreements + clusters != 1:
        raise UserError("name an id, or --rejected FILTER, or --disagreements, or --clusters")
    if disagreements:
        from factory.disagreements import as_text, listed

        for row in islice(listed(plan), number):
            typer.echo(as_text(row))
        return
    if clusters:
        for text in showing.clusters(plan, number):
            typer.echo(text)
        return
    if id:
        typer.echo(showing.as_text(*showing.record(plan, id), full=full))
        return
    shown = list(showing.rejected(plan, rejected, reason, number, full=full))
    none = "" if shown else showing.none_of(plan, rejected, reason)
    typer.echo("\n".join(shown) or none, err=not shown)


@app.command(name="list")
def list_() -> None:
    """Print every source, generator, backend and filter with its docstring and settings."""
    typer.echo(listing.as_text())


@app.command(name="filter")
def filter_(
    name: Annotated[str, typer.Argument(help="Name of the filter; see `factory list`.")],
    settings: Annotated[list[str] | None, typer.Argument(help="Settings, as name=value.")] = None,
    file: Annotated[
        Path | None, typer.Option("--file", "-f", help="JSON Lines or Parquet; standard input.")
    ] = None,
    fields: Annotated[
        list[str] | None, typer.Option("--field", help="Mapping of a field, as response=text.")
    ] = None,
    kind: Annotated[str, typer.Option(help="Kind of problem, where rows do not say.")] = "math",
    prefilled: Annotated[
        bool, typer.Option("--prefilled", help="The prompt already opened <think>.")
    ] = False,
    use: Annotated[list[Path] | None, typer.Option(help="Python file with filters.")] = None,
    only: Annotated[
        str, typer.Option(help="keep, reject or unknown: rows of that outcome, unchanged.")
    ] = "",
) -> None:
    """Judge samples in a pipe: each row comes out with a `verdict`; counts go to standard error."""
    from factory import judge_file
    from factory.ledger import tally
    from factory.plugins import load_plugin
    from filters.verdict import Group
    from generators.records import Problem, Sample

    for number, plugin in enumerate(use or []):
        load_plugin(plugin, f"--use.{number}")
    entry = find("filter", name)
    judges = Sample if entry.judges(Sample) or entry.judges(Group) else Problem
    mapping = dict(pair.split("=", 1) for pair in fields or [] if "=" in pair)
    if len(mapping) != len(fields or []):
        raise UserError("--field wants ours=theirs, such as --field response=text")
    if file is not None and not file.is_file():
        raise UserError(f"--file: no file at {file}")
    if only not in ("", "keep", "reject", "unknown"):
        raise UserError(f"--only {only}: keep, reject or unknown")
    counts: Counter[str] = Counter()
    rows = judge_file.records(file, judge_file.Reading(mapping, kind, prefilled), judges)
    for row, verdict in judge_file.judged(name, settings or [], rows):
        counts += tally([(verdict.outcome, verdict.reason)])
        if not only:
            sys.stdout.buffer.write(judge_file.as_line(row, verdict))
        elif verdict.outcome == only:
            sys.stdout.buffer.write(judge_file.plain_line(row))
        sys.stdout.buffer.flush()
    told = f"{sum(counts.values())} judged, {counts['keep']} kept"
    typer.echo(f"{name}: {told}  {reasons_so_far(counts)}".rstrip(), err=True)


@app.command()
def grade(
    file: Annotated[Path | None, typer.Argument(help="JSON Lines; - or none: a pipe.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="Rows that are judged at once.")] = 1,
    seconds: Annotated[float, typer.Option(min=0.01, help="Limit of one case.")] = 5.0,
    explain: Annotated[bool, typer.Option("--explain", help="Say what was compared.")] = False,
) -> None:
    """Judge rows of id, kind, question, answer, check and response by `verify`, in order."""
    from factory.grade import as_line, graded
    from factory.ledger import tally

    if file is not None and str(file) != "-" and not file.is_file():
        raise UserError(f"no file at {file}")
    counts: Counter[str] = Counter()
    with ExitStack() as opened:
        piped = file is None or str(file) == "-"
        lines = sys.stdin.buffer if piped else opened.enter_context(file.open("rb"))  # type: ignore[union-attr]
        for told in graded(lines, workers=workers, seconds=seconds, explain=explain):
            counts += tally([(told["outcome"], told["reason"])])
            sys.stdout.buffer.write(as_line(told))
            sys.stdout.buffer.flush()
    typer.echo(
        f"{sum(counts.values())} graded, {counts['keep']} kept  {reasons_so_far(counts)}".rstrip(),
        err=True,
    )


@app.command()
def regrade(
    spec: SpecFile = DEFAULT_SPEC,
    runs: Runs = DEFAULT_RUNS,
    workers: Workers = None,
    limit: Limit = None,
    name: Annotated[str, typer.Option("--filter", help="Which filter judges again.")] = "verify",
    write: Annotated[
        bool, typer.Option("--write", help="Keep the new verdicts; `factory build` goes on.")
    ] = False,
) -> None:
    """Judge a finished run again, asking no model; print each sample that is judged otherwise."""
    from factory.regrade import lines, regraded

    told = regraded(planned(spec, runs, limit), name, workers, write=write)
    for line in lines(told):
        typer.echo(line)


def main() -> None:
    """Entry point: a user's mistake is one line and exit 2, a stop of the world one line and 1."""
    try:
        app()
    except (UserError, Stopped) as error:
        typer.echo(f"factory: {error}", err=True)
        sys.exit(2 if isinstance(error, UserError) else 1)
    except Interrupted:
        typer.echo(
            "stopped; what is finished is kept: the same command goes on from here", err=True
        )
        sys.exit(130)
    except BrokenPipeError:
        # `factory ... | head`: nobody reads on. Keep Python from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)


if __name__ == "__main__":
    main()
