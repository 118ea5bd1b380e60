"""YAML without its traps: a key twice, `no` for false, 1e-4 as text, 012 as ten, aliases, tags."""

import math
import re
from pathlib import Path
from typing import Any

import yaml

from generators.errors import UserError

LARGEST_SPEC = 1 << 20  # bytes
DEEPEST = 50  # brackets within brackets


class _Loader(yaml.SafeLoader):
    """YAML 1.2's core schema: true/false, null, decimal integers and floats; all else is text."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012

    def fetch_alias(self) -> None:
        self._refuse("aliases (*name) are not allowed; write it out")

    def fetch_anchor(self) -> None:
        self._refuse("anchors (&name) are not allowed; text that begins with & wants quotes")

    def fetch_tag(self) -> None:
        self._refuse("tags (!name) are not allowed; text that begins with ! wants quotes")

    def fetch_flow_collection_start(self, TokenClass: Any) -> None:
        # Beyond this PyYAML's look for keys grows with the square of the depth.
        if self.flow_level >= DEEPEST:
            self._refuse("is nested too deeply")
        super().fetch_flow_collection_start(TokenClass)

    def _refuse(self, what: str) -> None:
        raise UserError(f"line {self.get_mark().line + 1}: {what}")


for _tag, _pattern, _first in (
    ("bool", r"true|false|True|False|TRUE|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", "~nN\0"),
    ("int", r"[-+]?(0|[1-9][0-9]*)", "-+0123456789"),
    (
        "float",
        r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?",
        "-+.0123456789",
    ),
):
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_first.replace("\0", ""))
    )
_Loader.yaml_implicit_resolvers.setdefault("", []).append(
    ("tag:yaml.org,2002:null", re.compile("^$"))
)


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, str):
            raise UserError(f"line {line}: the key {key!r} is not a word; put it in quotes")
        if key in made:
            raise UserError(f"line {line}: the key {key!r} stands twice in one mapping")
        made[key] = loader.construct_object(value_node, deep=True)
    return made


def _integer(loader: _Loader, node: yaml.ScalarNode) -> int:
    text = node.value
    # Python itself gives up on thousands of digits, and no column of ours holds more than 64 bits.
    if len(text) > 20 or not -(2**63) <= int(text) < 2**63:
        raise UserError(f"line {node.start_mark.line + 1}: {text[:20]}... is too large a number")
    return int(text)


def _float(loader: _Loader, node: yaml.ScalarNode) -> float:
    if math.isinf(number := float(node.value)):
        raise UserError(f"line {node.start_mark.line + 1}: {node.value} is too large a number")
    return number


def _text(loader: _Loader, node: yaml.ScalarNode) -> str:
    if any("\ud800" <= c <= "\udfff" for c in node.value):
        raise UserError(
            f"line {node.start_mark.line + 1}: an escape such as \\ud83d is half a pair"
        )
    return str(node.value)


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
_Loader.add_constructor("tag:yaml.org,2002:int", _integer)
_Loader.add_constructor("tag:yaml.org,2002:float", _float)
_Loader.add_constructor("tag:yaml.org,2002:str", _text)


class _Dumper(yaml.SafeDumper):
    """Puts text in quotes wherever this loader or any other would take it for something else."""

    yaml_implicit_resolvers = {  # noqa: RUF012
        first: [
            *yaml.SafeDumper.yaml_implicit_resolvers.get(first, []),
            *_Loader.yaml_implicit_resolvers.get(first, []),
        ]
        for first in {**yaml.SafeDumper.yaml_implicit_resolvers, **_Loader.yaml_implicit_resolvers}
    }

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_str(self, data: str) -> yaml.ScalarNode:
        # Outside of double quotes these would be folded as ends of lines.
        style = '"' if any(c in data for c in "\x85\u2028\u2029\ufeff") else None
        return self.represent_scalar("tag:yaml.org,2002:str", data, style=style)


_Dumper.add_representer(str, _Dumper.represent_str)


def load(path: Path) -> Any:
    """The content of a YAML file; UserError with the line where it is not sound."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise UserError(f"{path}: there is no such file") from None
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from None
    if len(data) > LARGEST_SPEC:
        raise UserError(f"{path}: a spec of {len(data):,} bytes; at most {LARGEST_SPEC:,}")
    try:
        return yaml.load(data.decode(), Loader=_Loader)
    except UserError as error:
        raise UserError(f"{path}: {error}") from None
    except UnicodeDecodeError:
        raise UserError(f"{path}: is not UTF-8 text") from None
    except RecursionError:
        raise UserError(f"{path}: is nested too deeply") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}: " if mark else ""
        what = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise UserError(f"{path}: {where}{what}") from None


def value(text: str) -> Any:
    """A value as it would stand in a spec: true, 0.5, [a, b], or text."""
    try:
        return yaml.load(text, Loader=_Loader)
    except (yaml.YAMLError, RecursionError):
        return text


def dump(value: Any) -> str:
    """YAML text with keys in the given order."""
    text: str = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    return text
