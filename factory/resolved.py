"""A spec with every default written out, as it stands in the run folder."""

from typing import Any

from factory.sections import Top
from factory.spec import Filter, Generate, Model, Source, Spec


def resolved(spec: Spec, top: Top) -> dict[str, Any]:
    """The spec as plain values, in the order in which people write one."""

    def source(s: Source) -> dict[str, Any]:
        return {
            s.reader: s.argument, **s.settings, "fields": s.fields,
            **{k: v for k, v in s.defaults.items() if v}, "licence": s.licence, "limit": s.limit,
        }  # fmt: skip

    def model(m: Model) -> dict[str, Any]:
        price = m.price.model_dump() if m.price else None
        return {
            "backend": m.backend, "model": m.model, **m.settings, "key": m.key,
            "price": price, "sampling": m.sampling.model_dump(),
        }  # fmt: skip

    def generate(g: Generate) -> dict[str, Any]:
        asked = {"model": g.model, "sampling": g.sampling.model_dump()} if g.asks else {}
        outputs = {"outputs": source(g.outputs)} if g.outputs else {}
        rounds = {"rounds": g.rounds, "enough": g.enough, "budget": g.budget}
        longer = {"if_cut_off": {"max_tokens": g.if_cut_off.max_tokens}} if g.if_cut_off else {}
        more = {**asked, **outputs, **(rounds if g.rounds > 1 else {}), **longer}
        return {g.name: {"stream": g.stream, "from": g.sources, **more, **g.settings}}

    def step(f: Filter) -> dict[str, Any]:
        own = {"only": f.only, "fallback_for": f.fallback_for, "model": f.model}
        sampling = {"sampling": f.sampling.model_dump()} if f.sampling else {}
        return {f.name: {**f.settings, **{k: v for k, v in own.items() if v}, **sampling}}

    return {
        "name": spec.name,
        "seed": spec.seed,
        "use": spec.use,
        "models": {n: model(m) for n, m in spec.models.items()},
        "sampling": top.sampling.model_dump(),
        "sources": {n: source(s) for n, s in spec.sources.items()},
        "problems": [step(f) for f in spec.problems],
        "generate": [generate(g) for g in spec.generate],
        "filters": [step(f) for f in spec.filters],
        "corpus": spec.corpus.model_dump(),
        "limits": spec.limits.model_dump(),
        **({"eval": top.eval.model_dump()} if top.eval else {}),
    }
