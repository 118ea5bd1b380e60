"""One decorator, four tables: source, generator, backend, filter.

A function's name is its name in the YAML, its keyword-only arguments are its settings, its
docstring is its documentation. Nothing else has to be declared.
"""

import difflib
import inspect
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal, TypeVar, get_args, get_type_hints

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    create_model,
)

from generators.errors import UserError

Table = Literal["source", "generator", "backend", "filter"]
Function = TypeVar("Function", bound=Callable[..., Any])

# Types for settings, so that a negative share or a zero count is refused when the spec is read.
Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=1)]
Seconds = Annotated[float, Field(gt=0)]


def _filter_name(name: str, info: ValidationInfo) -> str:
    """With a spec's earlier filters as context, the name must be one of them."""
    earlier = (info.context or {}).get("filters")
    if earlier is not None and name not in earlier:
        told = nearest(name, earlier)
        raise ValueError(f"the filter {name!r} must stand earlier in the list{told}")
    return name


# A setting that names another filter of the spec, one that has judged before.
EarlierFilter = Annotated[str, AfterValidator(_filter_name)]


@dataclass(frozen=True)
class Entry:
    """One registered function and what the line must know to call it."""

    table: Table
    name: str
    function: Callable[..., Any]
    version: int
    """Raised by its author when the same input may get another output."""
    decide: Callable[..., Any] | None
    """The second half of a corpus filter: judges the table of all signatures at once."""
    needs: str
    """The extra that must be installed, or ""."""
    read: Callable[..., Any] | None = None
    """The second half of a filter that asks a model: reads the answers to what the first asks."""
    narrow: Callable[..., Any] | None = None
    """For a corpus filter: compares the records of one part, which has all samples of a problem."""

    @cached_property
    def doc(self) -> str:
        """The docstring, dedented."""
        return inspect.getdoc(self.function) or ""

    @cached_property
    def reads(self) -> type | None:
        """Type of the first parameter: it says what a filter judges and what a generator reads."""
        parameters = list(inspect.signature(self.function).parameters.values())
        if not parameters or parameters[0].kind is inspect.Parameter.KEYWORD_ONLY:
            return None
        hint: type | None = self.hints.get(parameters[0].name)
        return hint

    def judges(self, record: type) -> bool:
        """Whether the first parameter takes this record (alone or in a union)."""
        return self.reads is record or record in get_args(self.reads)

    @cached_property
    def hints(self) -> dict[str, Any]:
        """Types of all parameters, as annotated."""
        return get_type_hints(self.function, include_extras=True)

    @cached_property
    def settings(self) -> type[BaseModel]:
        """The keyword-only arguments as a strict model: no unknown names, no silent conversion."""
        fields: dict[str, Any] = {
            p.name: (self.hints[p.name], ... if p.default is p.empty else p.default)
            for p in inspect.signature(self.function).parameters.values()
            if p.kind is p.KEYWORD_ONLY
        }
        return create_model(
            self.name,
            __config__=ConfigDict(extra="forbid", strict=True, validate_default=True),
            **fields,
        )

    @cached_property
    def argument(self) -> Any:
        """Type of the first parameter as annotated: for a source, what stands after its name."""
        return self.hints[next(iter(inspect.signature(self.function).parameters))]

    def check(
        self, settings: dict[str, Any], at: str, also: Iterable[str] = (), **context: Any
    ) -> dict[str, Any]:
        """Settings with every default filled in; UserError with the path `at` where they are wrong.

        `also` are words that may stand beside the settings, for the nearest name of a typo.
        """
        try:
            model = self.settings.model_validate(settings, context=context)
        except ValidationError as error:
            fields = self.settings.model_fields
            given = {n: f.default for n, f in fields.items() if not f.is_required()} | settings
            raise UserError(explain(error, at, given, known=[*fields, *also])) from None
        return model.model_dump(mode="json")


_tables: dict[Table, dict[str, Entry]] = {
    "source": {},
    "generator": {},
    "backend": {},
    "filter": {},
}


def register(
    table: Table,
    *,
    version: int = 1,
    decide: Callable[..., Any] | None = None,
    needs: str = "",
    read: Callable[..., Any] | None = None,
    narrow: Callable[..., Any] | None = None,
) -> Callable[[Function], Function]:
    """Make a function known to specs under its own name. Returns the function unchanged.

    Registering a name twice is an error, unless it is the same function of the same file
    (a module imported again). So is an argument without a type, which says what it takes, and a
    setting that is not keyword-only.
    """

    def add(function: Function) -> Function:
        name = function.__name__
        for number, argument in enumerate(inspect.signature(function).parameters.values()):
            if argument.annotation is argument.empty:
                raise UserError(f"{table} {name!r}: its argument {argument.name!r} has no type")
            if number and argument.kind is not argument.KEYWORD_ONLY:
                raise UserError(f"{table} {name!r}: put a * before its setting {argument.name!r}")
        known = _tables[table].get(name)
        if known is not None and _origin(known.function) != _origin(function):
            raise UserError(
                f"{table} {name!r} is defined twice: in {_origin(known.function)[0]} "
                f"and in {_origin(function)[0]}; rename one"
            )
        _tables[table][name] = Entry(table, name, function, version, decide, needs, read, narrow)
        return function

    return add


def _origin(function: Callable[..., Any]) -> tuple[str, str]:
    return (inspect.getsourcefile(function) or "?", function.__qualname__)


def entries(table: Table) -> list[Entry]:
    """All entries of a table, by name."""
    return [_tables[table][name] for name in sorted(_tables[table])]


def find(table: Table, name: str, at: str = "") -> Entry:
    """The entry of that name; UserError with the nearest name where there is none."""
    try:
        return _tables[table][name]
    except KeyError:
        raise UserError(
            f"{at}: no {table} called {name!r}{nearest(name, _tables[table])}".removeprefix(": ")
        ) from None


def nearest(word: str, known: Iterable[str]) -> str:
    """ "; did you mean 'x'?" or, where nothing is near, the list of what there is."""
    names = sorted(known)
    close = difflib.get_close_matches(str(word), names, n=1, cutoff=0.6)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; there is {', '.join(names)}" if names else ""


def faults(error: ValidationError) -> list[Any]:
    """All faults of a pydantic error; unknown keys first, for a misspelt key is missing as well."""
    return sorted(
        error.errors(include_url=False), key=lambda fault: fault["type"] != "extra_forbidden"
    )


def explain(error: ValidationError, at: str, given: Any, known: Iterable[str] = ()) -> str:
    """The first fault of a pydantic error as one line: path, what is wrong, the nearest word.

    `given` is what was validated, which tells the steps of a path from pydantic's own words in it.
    """
    placed = [(_place(fault, given), fault) for fault in faults(error)]
    start = placed[0][0]
    # Of the members of a union the one that was meant is the one that got furthest.
    same = [one for one in placed if one[0][: len(start)] == start]
    place, fault = max(same, key=lambda one: len(one[0]))
    where = ".".join([at, *place]).strip(".")
    if fault["type"] == "extra_forbidden":
        key = str(fault["loc"][-1])
        return f"{where}: unknown setting {key!r}{nearest(key, known)}"
    if fault["type"] == "missing":
        return f"{where}: is missing"
    if fault["type"] == "literal_error":
        choices = re.findall(r"'([^']*)'", str(fault["ctx"]["expected"]))
        given = str(fault["input"])
        return f"{where}: {given!r} is not one of the words allowed{nearest(given, choices)}"
    message = fault["msg"].removeprefix("Value error, ").replace("Input should be", "should be")
    it = fault["input"]
    shown = f" (it is {it!r})" if isinstance(it, str | int | float | bool | None) else ""
    return f"{where}: {message}{shown}"


def _place(fault: Any, given: Any) -> list[str]:
    """Path of a fault, without the names that pydantic puts in for the members of a union."""
    place: list[str] = []
    for step in fault["loc"]:
        if (isinstance(given, dict) and step in given) or (
            isinstance(given, list) and isinstance(step, int) and step < len(given)
        ):
            given = given[step]
            place.append(str(step))
    return [*place, str(fault["loc"][-1])] if fault["type"] == "missing" else place
