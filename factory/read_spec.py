"""reasoning.yaml, read and checked as a whole before anything runs.

Every name and setting is looked up here, so that a typo costs a second and not a night.
"""

import difflib
import re
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

from pydantic import TypeAdapter, ValidationError

import filters
import generators
from factory import strict_yaml
from factory.filter_keys import asked_model, stands_in
from factory.plugins import load_plugin
from factory.resolved import resolved
from factory.secrets import refuse_secrets
from factory.sections import (
    FilterKeys,
    GenerateKeys,
    ModelKeys,
    Sampling,
    SourceKeys,
    Top,
)  # fmt: skip
from factory.sections import Section as Keys
from factory.spec import Filter, Generate, Model, Section, Source, Spec
from filters.verdict import Group
from generators.errors import UserError
from generators.mapping import PROBLEM_FIELDS
from generators.recorded import OUTPUT_FIELDS
from generators.records import Problem, Row, Sample
from generators.registry import Entry, Table, entries, explain, faults, find, nearest

# Imported for what they register.
_BUILT_IN: tuple[ModuleType, ...] = (generators, filters)

PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def load(path: str | Path) -> Spec:
    """Read and check a spec file. UserError: one line with the path of the fault and its mend."""
    path = Path(path)
    try:
        return parse(strict_yaml.load(path), path.resolve().parent)
    except UserError as error:
        told = str(error)
        raise UserError(told if told.startswith(str(path)) else f"{path}: {told}") from None


def parse(raw: Any, base: Path) -> Spec:
    """Check a spec that was read into plain values; relative paths start at `base`."""
    if not isinstance(raw, dict):
        raise UserError("a spec is a mapping: name, sources, generate, filters ...")
    refuse_secrets(raw)
    top = _section(Top, raw, "")
    if not PLAIN_NAME.fullmatch(top.name):
        raise UserError(
            f"name: {top.name!r} names a folder: letters, digits, '.', '_' and '-' only, "
            "beginning with a letter or digit, at most 100"
        )
    for number, name in enumerate(top.use):
        load_plugin(base / name, f"use.{number}")
    models = {n: _model(n, m, top.sampling) for n, m in top.models.items()}
    sources = {n: _source(n, s, base, f"sources.{n}") for n, s in top.sources.items()}
    generate = [_generate(i, g, sources, models, base) for i, g in enumerate(top.generate)]
    for number, step in enumerate(generate):
        if top.generate[number] in top.generate[:number]:
            raise UserError(f"generate.{number}.{step.name}: stands twice; take one out")
    streams = {g.stream for g in generate}
    spec = Spec(
        name=top.name,
        base=base,
        seed=top.seed,
        use=top.use,
        models=models,
        sources=sources,
        problems=_filters(top.problems, "problems", {Problem}, set(), models),
        generate=generate,
        filters=_filters(top.filters, "filters", {Sample, Group}, streams, models),
        corpus=top.corpus,
        limits=top.limits,
        resolved={},
    )
    for stream in top.corpus.quotas:
        if stream not in streams:
            raise UserError(
                f"corpus.quotas.{stream}: no generator makes this stream{nearest(stream, streams)}"
            )
    spec.resolved.update(resolved(spec, top.sampling))
    return spec


def _section(model: type[Keys], raw: Any, at: str, beside: Iterable[str] = ()) -> Any:
    """`beside` are words that stand next to these, among which a missing one may be misspelt."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        first = faults(error)[0]
        place = first["loc"][:-1]
        if first["type"] == "missing" and (
            close := difflib.get_close_matches(str(first["loc"][-1]), beside, n=1)
        ):
            raise UserError(
                f"{at}.{close[0]}: unknown setting {close[0]!r}; did you mean {first['loc'][-1]!r}?"
            ) from None
        raise UserError(explain(error, at, raw, _aliases(_inner(model, place)))) from None


def _inner(model: type[Keys], place: tuple[int | str, ...]) -> type[Keys]:
    """The section within a section that a path leads to."""
    for step in place:
        found = model.model_fields.get(str(step))
        kind = found.annotation if found else None
        kinds = get_args(kind) or (kind,)
        model = next((k for k in kinds if isinstance(k, type) and issubclass(k, Keys)), model)
    return model


def _split(raw: dict[str, Any], keys: type[Keys]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the line reads itself, and what is left for the function."""
    own = {f.alias or n for n, f in keys.model_fields.items()}
    return {k: v for k, v in raw.items() if k in own}, {
        k: v for k, v in raw.items() if k not in own
    }


def _aliases(keys: type[Keys]) -> list[str]:
    return [f.alias or n for n, f in keys.model_fields.items()]


def _source(
    name: str, raw: dict[str, Any], base: Path, at: str, *, outputs: bool = False
) -> Source:
    own, rest = _split(raw, SourceKeys)
    keys = _section(SourceKeys, own, at)
    readers = [entry.name for entry in entries("source")]
    named = [key for key in rest if key in readers]
    if len(named) != 1:
        wrong = next((nearest(key, readers) for key in rest if key not in readers), "")
        what = "names two sources" if named else f"names no source{wrong or nearest('', readers)}"
        raise UserError(f"{at}: {what}")
    entry = find("source", named[0])
    given = rest.pop(named[0])
    try:
        argument = TypeAdapter(entry.argument).validate_python(
            given, strict=True, context={"base": base}
        )
    except ValidationError as error:
        raise UserError(explain(error, f"{at}.{named[0]}", given)) from None
    settings = entry.check(rest, at, also=_aliases(SourceKeys), base=base)
    known = OUTPUT_FIELDS if outputs else PROBLEM_FIELDS
    for key in keys.fields:
        if key not in known:
            raise UserError(f"{at}.fields.{key}: unknown field {key!r}{nearest(key, known)}")
    defaults = {"kind": keys.kind or "", "domain": keys.domain, "language": keys.language}
    return Source(
        name, entry.name, argument, settings, keys.fields, defaults, keys.licence, keys.limit
    )


def _model(name: str, raw: dict[str, Any], sampling: Sampling) -> Model:
    at = f"models.{name}"
    own, rest = _split(raw, ModelKeys)
    keys = _section(ModelKeys, own, at, rest)
    entry = find("backend", keys.backend, f"{at}.backend")
    settings = entry.check(rest, at, also=_aliases(ModelKeys))
    if keys.key and not re.fullmatch(r"[A-Z_][A-Z0-9_]*", keys.key):
        raise UserError(f"{at}.key: names an environment variable, such as MY_KEY; no key itself")
    return Model(
        name=name,
        backend=keys.backend,
        model=keys.model or keys.backend,
        settings=settings,
        key=keys.key,
        price=keys.price,
        sampling=_override(sampling, keys.sampling, f"{at}.sampling"),
    )


def _override(sampling: Sampling, changes: dict[str, Any], at: str) -> Sampling:
    made: Sampling = _section(Sampling, {**sampling.model_dump(), **changes}, at)
    return made


def _one(raw: str | dict[str, Any], table: Table, at: str) -> tuple[str, dict[str, Any]]:
    """A name, or a mapping of one name to its settings."""
    if isinstance(raw, str):
        return raw, {}
    if len(raw) != 1:
        raise UserError(f"{at}: wants one {table}, not {', '.join(raw) or 'none'}")
    name, settings = next(iter(raw.items()))
    find(table, name, at)
    if settings is not None and not isinstance(settings, dict):
        raise UserError(f"{at}.{name}: settings are a mapping, such as {{setting: value}}")
    return name, settings or {}


def _generate(
    number: int,
    raw: dict[str, Any],
    sources: dict[str, Source],
    models: dict[str, Model],
    base: Path,
) -> Generate:
    name, settings = _one(raw, "generator", f"generate.{number}")
    at = f"generate.{number}.{name}"
    own, rest = _split(settings, GenerateKeys)
    entry = find("generator", name)
    checked = entry.check(rest, at, also=_aliases(GenerateKeys))
    keys = _section(GenerateKeys, own, at, rest)
    if not PLAIN_NAME.fullmatch(keys.stream):
        raise UserError(f"{at}.stream: {keys.stream!r} names a folder: letters, digits, . _ - only")
    if keys.stream == "all":
        raise UserError(f"{at}.stream: 'all' is the name of all streams together; take another")
    for source in keys.from_:
        if source not in sources:
            raise UserError(f"{at}.from: no source called {source!r}{nearest(source, sources)}")
    outputs = None
    if entry.reads not in (Problem, Row):
        raise UserError(f"{at}: its first argument must be a Problem, to ask, or a Row, to read")
    if entry.reads == Row:
        if keys.model:
            raise UserError(f"{at}.model: {name} asks no model; take the line out")
        for key in checked.get("fields") or {}:
            if key not in OUTPUT_FIELDS:
                told = nearest(key, OUTPUT_FIELDS)
                raise UserError(f"{at}.fields.{key}: unknown field {key!r}{told}")
        if keys.outputs is not None:
            outputs = _source(f"{name} {number}", keys.outputs, base, f"{at}.outputs", outputs=True)
            if outputs.fields:
                raise UserError(f"{at}.outputs.fields: stand beside outputs, as {at}.fields")
    elif keys.outputs is not None:
        raise UserError(f"{at}.outputs: {name} asks a model and reads no outputs")
    else:
        asked_model(keys.model, models, at)
    sampling = models[keys.model].sampling if keys.model else Sampling()
    return Generate(
        name=name,
        settings=checked,
        stream=keys.stream,
        sources=keys.from_,
        model=keys.model,
        outputs=outputs,
        sampling=_override(sampling, keys.sampling, f"{at}.sampling"),
    )


def _filters(
    raws: list[str | dict[str, Any]], section: Section,
    records: set[type], streams: set[str], models: dict[str, Model],
) -> list[Filter]:  # fmt: skip
    made: list[Filter] = []
    for number, raw in enumerate(raws):
        name, settings = _one(raw, "filter", f"{section}.{number}")
        at = f"{section}.{number}.{name}"
        entry = find("filter", name, f"{section}.{number}")
        if not any(entry.judges(record) for record in records):
            if not any(entry.judges(record) for record in (Problem, Sample, Group)):
                raise UserError(f"{at}: its first argument must be a Problem, a Sample or a Group")
            place = "filters" if section == "problems" else "problems"
            raise UserError(f"{at}: {name} does not judge {section}; it belongs under {place}:")
        own, rest = _split(settings, FilterKeys)
        keys = _section(FilterKeys, own, at)
        for stream in keys.only:
            if stream not in streams:
                raise UserError(
                    f"{at}.only: no generator makes the stream {stream!r}{nearest(stream, streams)}"
                )
        earlier = [step.name for step in made]
        checked = entry.check(rest, at, also=_aliases(FilterKeys), filters=earlier)
        sampling = _judged_by(entry, keys, models, at)
        only = stands_in(entry, keys, made, at)
        step = Filter(section, name, checked, only, keys.fallback_for, keys.model, sampling)
        if step in made:
            raise UserError(f"{at}: stands twice with the same settings; take one out")
        made.append(step)
    return made


def _judged_by(
    entry: Entry, keys: FilterKeys, models: dict[str, Model], at: str
) -> Sampling | None:
    """How the model of a filter is asked; None for a filter that asks none."""
    if entry.read is None:
        if keys.model or keys.sampling:
            raise UserError(f"{at}.{'model' if keys.model else 'sampling'}: {entry.name} asks none")
        return None
    sampling = asked_model(keys.model, models, at).sampling
    return _override(sampling, keys.sampling, f"{at}.sampling")
