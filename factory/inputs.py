"""The files behind a spec's sources, as lists of JSON lines that any worker can seek in.

Files of JSON lines are read where they are; anything else is first written out into the run's
scratch folder, which goes when the samples are made.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import xxhash

from factory import storage
from factory.plan import Input, Plan
from factory.spec import Source
from factory.storage import hash_of
from factory.workers import Pool
from generators.errors import Stopped, UserError
from generators.json_rows import as_lines
from generators.opening import unpacked
from generators.records import Row
from generators.registry import find
from generators.sources import Files, matching, pin_revision


def opened(plan: Plan) -> Iterator[Input]:
    """The inputs of a plan with the digests of their files, or of the folder that `hub` names."""
    wanted: list[tuple[Source, int | None]] = [(s, None) for s in plan.spec.sources.values()]
    wanted += [(g.outputs, n) for n, g in enumerate(plan.spec.generate) if g.outputs]
    for source, number in wanted:
        entry = find("source", source.reader)
        if entry.argument == Files:
            files = [Path(name) for name in matching(source.argument, plan.spec.base)]
            yield Input(source, number, tuple(files), tuple(map(_digest_file, files)))
        elif source.reader == "hub" and (folder := local_folder(plan, source)):
            inside = (p for p in sorted(folder.rglob("*")) if p.is_file())
            yield Input(source, number, (), tuple(map(_digest_file, inside)))
        elif source.reader == "hub":
            yield Input(source, number, (), revision=_revision(plan, source))
        else:
            yield Input(source, number, ())


def local_folder(plan: Plan, source: Source) -> Path | None:
    """The folder that a `hub` source names, if it is one beside the spec."""
    folder = plan.spec.base / str(source.argument)
    return folder if folder.is_dir() else None


def _digest_file(path: Path) -> str:
    h = xxhash.xxh3_128()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            h.update(block)
    return h.hexdigest()


def _revision(plan: Plan, source: Source) -> str:
    """The revision to read: the spec's, else the one this run has read before, else today's."""
    if source.settings["revision"]:
        return str(source.settings["revision"])
    for told in storage.read_json(plan.rows() / "sources.json").get("sources", []):
        if told["name"] == source.name and told["argument"] == source.argument:
            return str(told["revision"])
    return pin_revision(source.argument)


def identity(plan: Plan, one: Input) -> list[Any]:
    """All that decides which rows an input has and what they are for."""
    source = one.source
    argument = None if one.digests else source.argument
    joined: list[Any] = []
    if one.outputs_of is not None:
        step = plan.spec.generate[one.outputs_of]
        joined = [step.sources, (step.settings.get("fields") or {}).get("problem")]
    return [
        joined,
        source.name, find("source", source.reader).version, argument, source.settings,
        source.fields, source.defaults, source.limit, one.outputs_of, one.digests, one.revision,
    ]  # fmt: skip


def readable(plan: Plan, pool: Pool) -> Plan:
    """The plan with every input as files of JSON lines; what is not is written to scratch."""
    tasks: list[tuple[Plan, int, Path, Path | None]] = []
    inputs: list[tuple[Path, ...]] = []
    for number, one in enumerate(plan.inputs):
        if find("source", one.source.reader).argument == Files and one.source.reader == "jsonl":
            places = [
                (plan.scratch() / f"{one.digests[n]}.jsonl", path)
                for n, path in enumerate(one.files)
                if path.suffix == ".gz"
            ]
            tasks += [(plan, number, place, path) for place, path in places if not place.exists()]
            spooled = {path: place for place, path in places}
            inputs.append(tuple(spooled.get(path, path) for path in one.files))
        else:
            place = plan.scratch() / f"{hash_of(identity(plan, one))}.jsonl"
            if not place.exists():
                tasks.append((plan, number, place, None))
            inputs.append((place,))
    for _ in pool.run(_spool, tasks):
        pass
    return plan.cut(
        inputs=tuple(
            Input(o.source, o.outputs_of, files, o.digests, o.revision)
            for o, files in zip(plan.inputs, inputs, strict=True)
        )
    )


def _spool(plan: Plan, number: int, place: Path, packed: Path | None) -> None:
    """Write one input out as JSON lines."""
    one = plan.inputs[number]
    with storage.written(place) as beside, beside.open("wb") as out:
        if packed is not None:
            with unpacked(packed) as lines:
                while block := lines.read(1 << 20):
                    out.write(block)
            return
        function = find("source", one.source.reader).function
        settings = dict(one.source.settings)
        if one.source.reader == "hub":
            settings["revision"] = one.revision
        argument = [str(path) for path in one.files] or one.source.argument
        if one.source.reader == "hub":
            argument = str(local_folder(plan, one.source) or argument)
        limit = limit_of(plan, one.source)
        rows = _guarded(function, argument, settings, one.source.name)
        for line in islice(as_lines(rows), limit):
            out.write(line)


def _guarded(
    function: Callable[..., Iterable[Row]], argument: Any, settings: dict[str, Any], name: str
) -> Iterator[Row]:
    """The rows of a source; what it raises is told in one line."""
    try:
        yield from function(argument, **settings)
    except (UserError, Stopped):
        raise
    except Exception as error:
        what = (str(error).splitlines() or [""])[0]
        raise Stopped(f"sources.{name}: {type(error).__name__}: {what}") from error


def limit_of(plan: Plan, source: Source) -> int | None:
    limits = [limit for limit in (plan.limit, source.limit) if limit is not None]
    return min(limits, default=None)


def name_of(plan: Plan, number: int, place: int) -> str:
    """A file's own name, without the folders of one machine; a spooled source by its source's."""
    path = plan.inputs[number].files[place]
    return plan.inputs[number].source.name if path.parent.name == "scratch" else path.name
