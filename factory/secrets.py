"""Keys belong into the environment: a spec that holds one is refused, without repeating it."""

import re
from typing import Any

from generators.errors import UserError

_SECRET = re.compile(r"\b(hf_[A-Za-z0-9]{16,}|sk-[A-Za-z0-9_-]{16,})")


def refuse_secrets(value: Any, at: str = "") -> None:
    """UserError with the place of anything in a spec that looks like a secret key."""
    if isinstance(value, dict):
        for key, inner in value.items():
            _refuse(str(key), at)
            refuse_secrets(inner, f"{at}.{key}".lstrip("."))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            refuse_secrets(inner, f"{at}.{number}")
    elif isinstance(value, str):
        _refuse(value, at)


def _refuse(text: str, at: str) -> None:
    if _SECRET.search(text):
        place = f"{at}: " if at else ""
        raise UserError(
            f"{place}looks like a secret key; a spec names the environment variable that holds it"
        )
