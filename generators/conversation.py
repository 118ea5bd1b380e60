"""What a problem's context holds: a system text, earlier turns, and tools that may be called."""

from dataclasses import dataclass
from typing import Any

import orjson

from generators.asking import Message
from generators.errors import BadRow
from generators.json_rows import text_of
from generators.transcript import message

_ROLES = {
    "system": "system", "developer": "system", "user": "user", "assistant": "assistant",
    "tool": "tool", "function": "tool",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Conversation:
    """What was said before the question, and with which tools at hand."""

    system: str = ""
    turns: tuple[Message, ...] = ()
    """Of user and assistant, without thoughts; calls and results of tools stand in their tags."""
    tools: tuple[Any, ...] = ()
    """As the row describes them: names, descriptions, JSON Schemas of parameters."""


def conversation(context: str, question: str = "") -> Conversation:
    """Read a context: {"system": text, "turns": [...], "tools": [...]}, or one of the two lists.

    Turns are OpenAI-style messages; "messages" and "functions" are read as well. A last turn that
    is the question itself is left out. BadRow: bad_context, where something else stands there.
    """
    if not context.strip():
        return Conversation()
    try:
        told = orjson.loads(context)
    except orjson.JSONDecodeError as error:
        raise BadRow("bad_context", str(error)) from None
    if isinstance(told, list):
        are_turns = all(isinstance(one, dict) and "role" in one for one in told)
        told = {"turns" if are_turns else "tools": told}
    if not isinstance(told, dict):
        raise BadRow("bad_context", f"a {type(told).__name__}, neither an object nor a list")
    system = [_text(told.get("system"))]
    turns: list[Message] = []
    for raw in _list(told, "turns", "messages"):
        turn = _turn(raw)
        if turn["role"] == "system":
            system.append(turn["content"])
        else:
            turns.append(turn)
    if turns and turns[-1] == {"role": "user", "content": question.strip()}:
        turns.pop()
    tools = tuple(_list(told, "tools", "functions"))
    return Conversation("\n\n".join(filter(None, system)), tuple(turns), tools)


def _list(told: dict[str, Any], *names: str) -> list[Any]:
    value: Any = next((told[name] for name in names if told.get(name) is not None), [])
    if not isinstance(value, list):
        raise BadRow("bad_context", f"{names[0]!r} is a {type(value).__name__}, no list")
    return value


def _text(value: Any) -> str:
    if value is None or isinstance(value, str):
        return (value or "").strip()
    raise BadRow("bad_context", f"'system' is a {type(value).__name__}, no text")


def _turn(raw: Any) -> Message:
    """A message of user or assistant; tools speak through the user, as chat templates have it."""
    role = _ROLES.get(str(raw.get("role"))) if isinstance(raw, dict) else None
    if role is None:
        raise BadRow("bad_context", f"no turn: {text_of(raw)[:80]}")
    try:
        said = message(raw).response.strip()
    except ValueError as error:
        raise BadRow("bad_context", str(error)) from None
    if role == "tool":
        return {"role": "user", "content": f"<tool_response>\n{said}\n</tool_response>"}
    calls = raw.get("tool_calls") if role == "assistant" else None
    if calls is not None and not isinstance(calls, list):
        raise BadRow("bad_context", "'tool_calls' is no list")
    written = [f"<tool_call>\n{_call(call)}\n</tool_call>" for call in calls or ()]
    return {"role": role, "content": "\n".join(filter(None, [said, *written]))}


def _call(call: Any) -> str:
    """One call as JSON of name and arguments; servers send the arguments as JSON in a string."""
    inner = call.get("function", call) if isinstance(call, dict) else None
    if not isinstance(inner, dict) or not isinstance(inner.get("name"), str):
        raise BadRow("bad_context", f"no call: {text_of(call)[:80]}")
    arguments = inner.get("arguments", {})
    if isinstance(arguments, str):
        try:
            arguments = orjson.loads(arguments or "{}")
        except orjson.JSONDecodeError as error:
            raise BadRow("bad_context", f"arguments of {inner['name']}: {error}") from None
    return text_of({"name": inner["name"], "arguments": arguments})
