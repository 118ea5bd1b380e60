"""JSON Schema, by the library jsonschema: nothing is fetched, formats are annotations."""

from typing import Any

from jsonschema.exceptions import SchemaError
from jsonschema.validators import Draft202012Validator, validator_for
from referencing import Registry
from referencing.exceptions import Unresolvable


def fault(schema: Any, value: Any) -> str:
    """Where a value breaks the schema first, or "".

    ValueError where the schema is none or refers to one that is not in it; RecursionError where
    both are too deep, or the schema leads around in a circle.
    """
    kind = validator_for(schema, default=Draft202012Validator)
    try:
        kind.check_schema(schema)
        # With a registry of its own it never asks a network.
        error = next(kind(schema, registry=Registry()).iter_errors(value), None)
    except SchemaError as wrong:
        raise ValueError(f"no JSON Schema: {wrong.message[:200]}") from None
    except Unresolvable as wrong:
        raise ValueError(f"the schema refers to {wrong.ref!r}, which is not in it") from None
    return f"at {error.json_path}: {error.message}"[:300] if error is not None else ""
