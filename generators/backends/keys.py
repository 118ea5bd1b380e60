"""Keys of servers: read from the environment by name, and kept out of all that is written."""

import os
import re

from generators.errors import UserError

HIDDEN = "***"
_NAME = re.compile(r"[A-Z_][A-Z0-9_]*")
# What looks like a key of anybody: a server may repeat one that we do not know.
_KEYS = re.compile(r"\b(?:sk|hf|gsk|xai|key)[-_][A-Za-z0-9_*-]{8,}|(?<=Bearer )\S+", re.IGNORECASE)
_SHOWN = 300  # characters of a server's words


class Secret(str):
    """A text that shows itself as ***: in a traceback's locals, in the repr of headers."""

    __slots__ = ()

    def __repr__(self) -> str:
        return HIDDEN


def read_key(name: str) -> Secret:
    """The key in the environment variable of that name; "" for no name, where none is needed."""
    if not name:
        return Secret()
    if not _NAME.fullmatch(name):
        raise UserError("key: names an environment variable, such as MY_KEY; no key itself")
    key = os.environ.get(name, "").strip()
    if not key:
        raise UserError(f"the environment variable {name} is not set; it should hold the key")
    if not (key.isascii() and key.isprintable()):
        raise UserError(f"what the environment variable {name} holds cannot be sent as a key")
    return Secret(key)


def hide(text: str, key: str) -> str:
    """The text without the key."""
    return text.replace(key, HIDDEN) if key else text


def shown(text: str, key: str) -> str:
    """A server's words as one short line, without the key and without anything that looks like one.

    The text may be long and hostile; no more than a page of it is read.
    """
    page = hide(text[:20_000], key)
    line = " ".join(_KEYS.sub(HIDDEN, page).split())
    return "".join(c if c.isprintable() else "?" for c in line)[:_SHOWN]
