"""reasoning.yaml, read and checked as a whole before anything runs.

Every name and setting is looked up here, so that a typo costs a second and not a night.
"""

import re
from pathlib import Path
from types import ModuleType
from typing import Any

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
from factory.spec import Filter, Generate, Model, Section, Source, Spec
from factory.spec_entries import aliases, if_cut_off, one, override, read_keys, split
from filters.decontaminate import covered
from filters.verdict import Group
from generators.errors import UserError
from generators.files import located
from generators.mapping import PROBLEM_FIELDS
from generators.recorded import OUTPUT_FIELDS
from generators.records import Problem, Row, Sample
from generators.registry import Entry, entries, explain, find, nearest

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
    top = read_keys(Top, raw, "")
    if not PLAIN_NAME.fullmatch(top.name):
        raise UserError(
            f"name: {top.name!r} names a folder: letters, digits, '.', '_' and '-' only, "
            "beginning with a letter or digit, at most 100"
        )
    for number, name in enumerate(top.use):
        load_plugin(base / name, f"use.{number}")
    models = {n: _model(n, m, top.sampling, base) for n, m in top.models.items()}
    sources = {n: _source(n, s, base, f"sources.{n}") for n, s in top.sources.items()}
    generate: list[Generate] = []
    for number, raw_step in enumerate(top.generate):
        step = _generate(number, raw_step, sources, models, base, generate)
        if raw_step in top.generate[:number]:
            raise UserError(f"generate.{number}.{step.name}: stands twice; take one out")
        generate.append(step)
    streams = {g.stream for g in generate}
    spec = Spec(
        name=top.name,
        base=base,
        seed=top.seed,
        use=top.use,
        models=models,
        sources=sources,
        problems=_filters(top.problems, "problems", {Problem}, set(), models, base),
        generate=generate,
        filters=_filters(top.filters, "filters", {Sample, Group}, streams, models, base),
        corpus=top.corpus,
        limits=top.limits,
        resolved={},
    )
    for stream in top.corpus.quotas:
        if stream not in streams:
            raise UserError(
                f"corpus.quotas.{stream}: no generator makes this stream{nearest(stream, streams)}"
            )
    _covers(spec, top.eval.benchmarks if top.eval else [])
    _priced(spec)
    spec.resolved.update(resolved(spec, top))
    return spec


def _priced(spec: Spec) -> None:
    """UserError where cost is limited and a model that is asked has no price: that is not zero."""
    judges = {step.model for step in (*spec.problems, *spec.filters)}
    asked = ({step.model for step in spec.generate} | judges) - {""}
    unpriced = sorted(name for name in asked if spec.models[name].price is None)
    if spec.limits.cost is not None and unpriced:
        raise UserError(
            f"limits.cost: the price of {', '.join(unpriced)} is not known; give it one, such as "
            f"models.{unpriced[0]}.price: {{input: 0.5, output: 2}} in dollars a million tokens"
        )


def _covers(spec: Spec, benchmarks: list[str]) -> None:
    """UserError where a benchmark of `eval` is not decontaminated against."""
    steps = [s for s in (*spec.problems, *spec.filters) if s.name == "decontaminate"]
    known = {name for step in steps for name in covered(step.called)}
    for number, name in enumerate(benchmarks):
        if name not in known:
            raise UserError(
                f"eval.benchmarks.{number}: no decontaminate filter covers {name!r}"
                f"{nearest(name, known)}; name it and its files under decontaminate.benchmarks"
            )


def _source(
    name: str, raw: dict[str, Any], base: Path, at: str, *, outputs: bool = False
) -> Source:
    own, rest = split(raw, SourceKeys)
    keys = read_keys(SourceKeys, own, at)
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
    settings = entry.check(rest, at, also=aliases(SourceKeys), base=base)
    known = OUTPUT_FIELDS if outputs else PROBLEM_FIELDS
    for key in keys.fields:
        if key not in known:
            raise UserError(f"{at}.fields.{key}: unknown field {key!r}{nearest(key, known)}")
    defaults = {"kind": keys.kind or "", "domain": keys.domain, "language": keys.language}
    return Source(
        name, entry.name, argument, settings, keys.fields, defaults, keys.licence, keys.limit
    )


def _model(name: str, raw: dict[str, Any], sampling: Sampling, base: Path) -> Model:
    at = f"models.{name}"
    own, rest = split(raw, ModelKeys)
    keys = read_keys(ModelKeys, own, at, rest)
    entry = find("backend", keys.backend, f"{at}.backend")
    if keys.key and not re.fullmatch(r"[A-Z_][A-Z0-9_]*", keys.key):
        raise UserError(f"{at}.key: names an environment variable, such as MY_KEY; no key itself")
    takes_key = "key" in entry.settings.model_fields
    if keys.key and not takes_key:
        raise UserError(f"{at}.key: the backend {keys.backend} takes none; take the line out")
    rest = {**rest, "key": keys.key} if takes_key else rest
    settings = entry.check(rest, at, also=aliases(ModelKeys), base=base)
    return Model(
        name=name,
        backend=keys.backend,
        model=keys.model or keys.backend,
        settings=settings,
        key=keys.key,
        price=keys.price,
        sampling=override(sampling, keys.sampling, f"{at}.sampling"),
    )


def _generate(
    number: int,
    raw: dict[str, Any],
    sources: dict[str, Source],
    models: dict[str, Model],
    base: Path,
    before: list[Generate],
) -> Generate:
    name, settings = one(raw, "generator", f"generate.{number}")
    at = f"generate.{number}.{name}"
    own, rest = split(settings, GenerateKeys)
    entry = find("generator", name)
    checked = entry.check(rest, at, also=aliases(GenerateKeys), base=base)
    keys = read_keys(GenerateKeys, own, at, rest)
    if not PLAIN_NAME.fullmatch(keys.stream):
        raise UserError(f"{at}.stream: {keys.stream!r} names a folder: letters, digits, . _ - only")
    if keys.stream == "all":
        raise UserError(f"{at}.stream: 'all' is the name of all streams together; take another")
    origins = tuple(i for i, g in enumerate(before) if g.name in keys.from_)
    known = {g.name for g in before} if entry.reads is Sample else set(sources)
    for name_ in keys.from_:
        if name_ not in known:
            what = "earlier generator" if entry.reads is Sample else "source"
            raise UserError(f"{at}.from: no {what} called {name_!r}{nearest(name_, known)}")
    outputs = None
    if entry.reads not in (Problem, Row, Sample):
        raise UserError(
            f"{at}: its first argument must be a Problem, to ask, a Row, to read, "
            "or a Sample, to rewrite"
        )
    edits = entry.read is not None
    if entry.reads is Sample and (keys.outputs or (keys.model and not edits)):
        raise UserError(f"{at}.{'outputs' if keys.outputs else 'model'}: {name} rewrites samples")
    if keys.rounds > 1 and entry.reads is not Problem:
        raise UserError(f"{at}.rounds: {name} asks no problem; take the line out")
    if keys.rounds == 1 and {"enough", "budget"} & own.keys():
        raise UserError(f"{at}.rounds: is missing; `enough` and `budget` are for rounds after one")
    if entry.reads is Sample:
        if edits:
            asked_model(keys.model, models, at)
    elif entry.reads == Row:
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
    sampling = override(sampling, keys.sampling, f"{at}.sampling")
    return Generate(
        name=name,
        settings=checked,
        stream=keys.stream,
        sources=keys.from_,
        model=keys.model,
        outputs=outputs,
        sampling=sampling,
        origins=origins if entry.reads is Sample else (),
        rounds=keys.rounds,
        enough=keys.enough,
        budget=keys.budget,
        if_cut_off=if_cut_off(keys, sampling, at),
    )


def _filters(
    raws: list[str | dict[str, Any]], section: Section,
    records: set[type], streams: set[str], models: dict[str, Model], base: Path,
) -> list[Filter]:  # fmt: skip
    made: list[Filter] = []
    for number, raw in enumerate(raws):
        name, settings = one(raw, "filter", f"{section}.{number}")
        at = f"{section}.{number}.{name}"
        entry = find("filter", name, f"{section}.{number}")
        if not any(entry.judges(record) for record in records):
            if not any(entry.judges(record) for record in (Problem, Sample, Group)):
                raise UserError(f"{at}: its first argument must be a Problem, a Sample or a Group")
            place = "filters" if section == "problems" else "problems"
            raise UserError(f"{at}: {name} does not judge {section}; it belongs under {place}:")
        own, rest = split(settings, FilterKeys)
        keys = read_keys(FilterKeys, own, at)
        for stream in keys.only:
            if stream not in streams:
                raise UserError(
                    f"{at}.only: no generator makes the stream {stream!r}{nearest(stream, streams)}"
                )
        earlier = [step.name for step in made]
        checked = entry.check(rest, at, also=aliases(FilterKeys), filters=earlier, base=base)
        sampling = _judged_by(entry, keys, models, at)
        only = stands_in(entry, keys, made, at)
        called = located(entry, checked, base)
        step = Filter(section, name, checked, only, keys.fallback_for, keys.model, sampling, called)
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
    return override(sampling, keys.sampling, f"{at}.sampling")
