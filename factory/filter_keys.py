"""What the line reads of a filter's settings itself: the model it asks, what it stands in for."""

from factory.plan import reads_group
from factory.sections import FilterKeys
from factory.spec import Filter, Model
from generators.errors import UserError
from generators.registry import Entry, nearest


def asked_model(name: str, models: dict[str, Model], at: str) -> Model:
    """The model of that name; UserError where it is missing."""
    if not name:
        raise UserError(f"{at}.model: is missing{nearest('', models)}")
    if name not in models:
        raise UserError(f"{at}.model: no model called {name!r}{nearest(name, models)}")
    return models[name]


def stands_in(entry: Entry, keys: FilterKeys, before: list[Filter], at: str) -> list[str]:
    """The streams of a filter; those of the one that it stands in for, where it does."""
    only: list[str] = keys.only
    if not keys.fallback_for:
        return only
    if entry.decide is not None or reads_group(entry):
        raise UserError(f"{at}.fallback_for: {entry.name} does not judge row by row")
    if not before or before[-1].name != keys.fallback_for:
        told = f"; {before[-1].name!r} does" if before else ""
        raise UserError(
            f"{at}.fallback_for: {keys.fallback_for!r} must stand right before it{told}"
        )
    if only and only != before[-1].only:
        raise UserError(f"{at}.only: is that of {keys.fallback_for}; take it out")
    return before[-1].only
