"""The function calls that a reply makes: as JSON, in <tool_call> tags, or in Python's syntax.

Python's syntax is parsed and never evaluated: an argument is a literal, or cannot be read.
"""

import ast
import re
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any

from filters.kinds.json_values import NotJson, balanced, fences, read

LONGEST = 20_000
"""Characters of Python's syntax that are parsed."""


class Unreadable(ValueError):
    """The reply makes a call that cannot be read."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a reply."""

    name: str
    arguments: dict[str, Any]


def calls_in(text: str) -> list[Call]:
    """The calls of a reply, [] for none; Unreadable where one is begun that cannot be read.

    <tool_call> tags, else the whole reply, else its last fence, else the lines of its last
    paragraph from one on that begins a call, else what stands in brackets last.
    """
    if "<tool_call>" in text:
        blocks = [part.partition("</tool_call>")[0] for part in text.split("<tool_call>")[1:]]
        return [call for block in blocks for call in _tagged(block.strip())]
    blocks = [text, *(block for _, block in reversed(fences(text)))]
    paragraph = text[text.rfind("\n\n") + 1 :]
    starts = islice(_LINE_STARTS_CALL.finditer(paragraph), 4)
    blocks += [paragraph[at.start() :] for at in starts]
    blocks += balanced(text)
    return next((calls for calls in map(_block, blocks) if calls is not None), [])


def _tagged(block: str) -> list[Call]:
    calls = _block(block)
    if calls is None:
        raise Unreadable(f"neither JSON nor a call: {block[:100]}")
    return calls


def _block(text: str) -> list[Call] | None:
    """The calls that a text consists of; None where it is something else."""
    calls = _json_calls(text)
    return _python_calls(text) if calls is None else calls


# --- JSON -----------------------------------------------------------------------------------


def _json_calls(text: str) -> list[Call] | None:
    """The calls that a JSON text is, in one of the shapes that servers and prompts use."""
    if text[:1] not in ("{", "["):
        return None
    try:
        value = read(text)
    except NotJson as error:
        if error.reason == "duplicate_key" and _NAMES_CALL.search(text):
            raise Unreadable(str(error)) from None
        return None
    if isinstance(value, dict) and isinstance(value.get("tool_calls"), list):
        value = value["tool_calls"]
    calls = [_json_call(one) for one in (value if isinstance(value, list) else [value])]
    known = [call for call in calls if call is not None]
    return known if len(known) == len(calls) else None


_NAMES_CALL = re.compile(r'"(?:name|function|arguments|parameters)"\s*:')


def _json_call(value: Any) -> Call | None:
    if not isinstance(value, dict):
        return None
    if isinstance(value.get("function"), dict):
        value = value["function"]
    name = value.get("name", value.get("function"))
    if isinstance(name, str):
        given = [value[key] for key in ("arguments", "parameters", "args") if key in value]
        arguments = given[0] if len(given) == 1 else {} if not given else None
    elif len(value) == 1:
        ((name, arguments),) = value.items()
    else:
        return None
    if isinstance(arguments, str):  # as OpenAI's servers send them
        try:
            arguments = read(arguments) if arguments.strip() else {}
        except NotJson as error:
            raise Unreadable(f"arguments of {name}: {error}") from None
    return Call(name, arguments) if isinstance(arguments, dict) else None


# --- Python ---------------------------------------------------------------------------------

_STARTS_CALL = re.compile(r"\[?\s*[A-Za-z_][\w.]{0,200}\s?\(")
_LINE_STARTS_CALL = re.compile(r"^\[?[A-Za-z_][\w.]{0,200}\(", re.MULTILINE)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_WORDS = {"true": True, "false": False, "null": None}


def _python_calls(text: str) -> list[Call] | None:
    """The calls of `f(a=1)`, `[f(a=1), g()]` or one on each line; None for something else."""
    text = text.strip().strip("`").strip()
    if not _STARTS_CALL.match(text) or text[-1] not in ")],;":
        return None
    if len(text) > LONGEST:
        raise Unreadable(f"{len(text)} characters of calls")
    # Python warns of a backslash that escapes nothing, and keeps it.
    text = _ESCAPE.sub(lambda at: at[0] if at[1] in "\\'\"abfnrtv\n" else "\\\\" + at[1], text)
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
    nodes: list[ast.expr] = []
    for statement in body:
        if not isinstance(statement, ast.Expr):
            return None
        value = statement.value
        nodes += value.elts if isinstance(value, ast.List | ast.Tuple) else [value]
    if not all(isinstance(node, ast.Call) for node in nodes):
        return None
    return [_python_call(node) for node in nodes if isinstance(node, ast.Call)]


def _python_call(node: ast.Call) -> Call:
    name = _dotted(node.func)
    if not name:
        raise Unreadable("what is called has no name")
    if node.args:
        raise Unreadable(f"{name}: an argument without its name")
    arguments: dict[str, Any] = {}
    for keyword in node.keywords:
        if keyword.arg is None or keyword.arg in arguments:
            raise Unreadable(f"{name}: ** or an argument that is given twice")
        arguments[keyword.arg] = _literal(keyword.value, 0)
    return Call(name, arguments)


def _dotted(node: ast.expr) -> str:
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(names)]) if isinstance(node, ast.Name) else ""


def _literal(node: ast.expr, depth: int) -> Any:
    """The value of a literal; a tuple is a list, as JSON has no other."""
    if depth > 50:
        raise Unreadable("more than 50 levels")
    if isinstance(node, ast.Constant) and isinstance(node.value, float):
        return Decimal(repr(node.value))  # exact, as numbers in JSON are read
    if isinstance(node, ast.Constant) and isinstance(node.value, str | int | None):
        return node.value
    if isinstance(node, ast.List | ast.Tuple):
        return [_literal(item, depth + 1) for item in node.elts]
    if isinstance(node, ast.Dict):
        return _dictionary(node, depth)
    if isinstance(node, ast.Name) and node.id in _WORDS:
        return _WORDS[node.id]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = _literal(node.operand, depth + 1)
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return -value
    raise Unreadable(f"an argument is no literal: {type(node).__name__}")


def _dictionary(node: ast.Dict, depth: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for key, item in zip(node.keys, node.values, strict=True):
        name = _literal(key, depth + 1) if key is not None else None
        if not isinstance(name, str) or name in value:
            raise Unreadable("a dictionary's names are strings, each of them once")
        value[name] = _literal(item, depth + 1)
    return value
