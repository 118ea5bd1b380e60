"""An answer of an OpenAI-style server, whole or as a stream of events, as one message."""

import re
from dataclasses import dataclass, field
from typing import Any

import orjson

from generators.backends.faults import Fault, of_error

LARGEST = 64 << 20  # bytes of one answer; more is a fault of the server
_WORD = re.compile(r"[A-Za-z_ -]{1,40}")
# Words of other servers for the same ends; any other word is kept as it came.
_FINISHES = {
    "eos": "stop", "end_turn": "stop", "stop_sequence": "stop", "eos_token": "stop",
    "max_tokens": "length", "max_length": "length", "repetition_detected": "repetition",
}  # fmt: skip


@dataclass(slots=True)
class Answer:
    """What came back for one request, before the thought is told from the response."""

    message: dict[str, Any]
    finish: str
    prompt_tokens: int = 0
    completion_tokens: int = 0


def whole(body: bytes) -> Answer:
    """An answer that came in one piece; Fault where it is none."""
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Fault("not_json", str(error)) from None
    return of_object(told)


def of_object(told: Any) -> Answer:
    """An answer that is parsed already, as in a file of a batch; Fault where it is none."""
    if not isinstance(told, dict):
        raise Fault("wrong_shape", f"the answer is a {type(told).__name__}")
    if told.get("error") and not told.get("choices"):
        raise of_error(told["error"])
    tokens = _tokens(told.get("usage"))
    choice = _choice(told, tokens[1])
    if choice is None:
        raise Fault("no_choices", "the answer holds no choice", tokens=tokens[1])
    message = choice.get("message")
    if message is None and isinstance(choice.get("text"), str):  # /completions
        message = {"content": choice["text"]}
    if not isinstance(message, dict):
        raise Fault("wrong_shape", "the choice holds no message", tokens=tokens[1])
    return Answer(message, _finish(choice.get("finish_reason")), *tokens)


@dataclass(slots=True)
class Stream:
    """An answer that comes as server-sent events, put together as it comes.

    https://html.spec.whatwg.org/multipage/server-sent-events.html
    """

    chunks: int = 0
    """How many pieces of text came: about as many tokens, where no usage is told."""
    done: bool = False
    fresh: list[str] = field(default_factory=list, repr=False)
    """Text since somebody last took it away, to be looked at for loops."""
    # What a server sends may hold anything, even the key: it is not shown.
    _rest: bytes = field(default=b"", repr=False)
    _half: bytes = field(default=b"", repr=False)
    _size: int = 0
    _pieces: dict[str, list[Any]] = field(default_factory=dict, repr=False)
    _finish: str | None = None
    _tokens: tuple[int, int] = (0, 0)

    def feed(self, data: bytes) -> None:
        """Take in what has come; Fault where the server says or sends something wrong."""
        self._size += len(data)
        if self._size > 16 * LARGEST:  # of events, most of which is not text
            raise Fault("too_large", f"more than {16 * LARGEST} bytes", tokens=self.chunks)
        lines = (self._rest + data if self._rest else data).split(b"\n")
        self._rest = lines.pop()
        for line in lines:
            if line.startswith(b"data:"):
                self._event(line[5:])
            elif self._half and not line.strip():
                raise Fault("not_json", "an event is no JSON", tokens=self.chunks)

    def _event(self, data: bytes) -> None:
        try:
            told = orjson.loads(self._half + data if self._half else data)
        except orjson.JSONDecodeError:
            if data.strip() == b"[DONE]":
                self.done = True
            else:
                self._half += data + b"\n"  # an event may go on in the next line
            return
        self._half = b""
        if not isinstance(told, dict):
            raise Fault("wrong_shape", f"an event is a {type(told).__name__}", tokens=self.chunks)
        self.take(told)

    def take(self, told: dict[str, Any]) -> None:
        """One event that is parsed already."""
        if told.get("error"):
            fault = of_error(told["error"])
            fault.tokens = self.chunks
            raise fault
        if usage := told.get("usage"):
            self._tokens = _tokens(usage)
        choice = _choice(told, self.chunks)
        if choice is None:
            return
        if finish := choice.get("finish_reason"):
            self._finish = _finish(finish)
        delta = choice.get("delta")
        if isinstance(delta, dict):
            self._grow(delta)
        elif isinstance(choice.get("text"), str):  # /completions
            self._grow({"content": choice["text"]})
        elif delta is not None:
            raise Fault("wrong_shape", "a delta is no object", tokens=self.chunks)

    def _grow(self, delta: dict[str, Any]) -> None:
        for name, value in delta.items():
            if not value or name == "role":
                continue
            pieces = self._pieces.setdefault(name, [])
            if isinstance(value, str):
                pieces.append(value)
                self.fresh.append(value)
                self.chunks += 1
            elif isinstance(value, list):
                _extend(pieces, value)
                self.chunks += 1
            else:
                pieces.append(value)

    def answer(self) -> Answer:
        """All of it; Fault where the stream broke off."""
        if not self.done and self._finish is None:
            raise Fault("disconnected", "the stream broke off", tokens=self.chunks)
        prompt, completion = self._tokens
        return Answer(self.message(), self._finish or "", prompt, completion or self.chunks)

    def message(self) -> dict[str, Any]:
        """What came so far, in the shape of a message that comes whole."""
        return {name: _joined(pieces) for name, pieces in self._pieces.items()}


def _joined(pieces: list[Any]) -> Any:
    if all(isinstance(piece, str) for piece in pieces):
        return "".join(pieces)
    return pieces[0] if len(pieces) == 1 and not isinstance(pieces[0], dict) else pieces


def _extend(pieces: list[Any], more: list[Any]) -> None:
    """Parts of a message; a part that goes on in the next event is one part."""
    for part in more:
        last = pieces[-1] if pieces else None
        if (
            isinstance(part, dict)
            and isinstance(last, dict)
            and "index" in part
            and (part["index"], part.get("type")) == (last.get("index"), last.get("type"))
        ):
            for name in ("text", "summary"):
                if isinstance(part.get(name), str):
                    last[name] = str(last.get(name) or "") + part[name]
        else:
            pieces.append(part)


def _choice(told: dict[str, Any], tokens: int) -> dict[str, Any] | None:
    choices = told.get("choices") or []
    if not isinstance(choices, list) or not all(isinstance(one, dict) for one in choices):
        raise Fault("wrong_shape", "choices is no list of objects", tokens=tokens)
    return next((one for one in choices if not one.get("index")), None)


def _finish(word: Any) -> str:
    """The word in our terms; one that is no word is none."""
    if not isinstance(word, str) or not _WORD.fullmatch(word):
        return ""
    return _FINISHES.get(word, word)


def _tokens(usage: Any) -> tuple[int, int]:
    """Tokens of prompt and completion; 0 where the server does not say."""
    if not isinstance(usage, dict):
        return 0, 0
    told = (usage.get("prompt_tokens"), usage.get("completion_tokens"))
    prompt, completion = (n if type(n) is int and n > 0 else 0 for n in told)
    return prompt, completion
