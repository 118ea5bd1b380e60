"""What is sent for a request: every parameter, so that no server's default stands in for one."""

import hashlib
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

from generators.asking import Request
from generators.backends.flight import Job
from generators.errors import UserError

Template = Literal["chat", "raw"]
_TOKENS_PER_SECOND = 5  # slower than that is not worth waiting for
_START = 300.0  # seconds until the first token, in a server's queue


@dataclass(frozen=True)
class Body:
    """How requests are put for one model."""

    model: str
    template: Template = "chat"
    stream: bool = True
    seed: bool = True
    prefilled: bool = False
    timeout: float | None = None
    max_tokens_as: str = "max_tokens"
    leave_out: tuple[str, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Where it is sent, beneath the base URL."""
        return "/chat/completions" if self.template == "chat" else "/completions"

    @property
    def name(self) -> str:
        """The model as it enters the keys of requests: with what else changes its answers."""
        more = {
            "template": self.template if self.template != "chat" else None,
            "leave_out": sorted(self.leave_out),
            "extra": self.extra,
        }
        told = {name: value for name, value in more.items() if value}
        return (
            f"{self.model}:{orjson.dumps(told, option=orjson.OPT_SORT_KEYS).decode()}"
            if told
            else self.model
        )

    def job(self, request: Request) -> Job:
        """The request, ready to be sent."""
        sent = self.parameters(request)
        asked = self.asked(request)
        prompt = asked.get("prompt", "")
        most = int(request.sampling.get("max_tokens", 32768))
        return Job(
            key=request.key,
            request=request,
            model=self.model,
            body=orjson.dumps({**asked, **sent}),
            sent=orjson.dumps(sent).decode(),
            prefilled=self.prefilled or prompt.rstrip().endswith("<think>"),
            limit=self.timeout or _START + most / _TOKENS_PER_SECOND,
        )

    def asked(self, request: Request) -> dict[str, Any]:
        """The messages, or for a base model the text itself."""
        texts = [message for message in request.messages if message["role"] == "prompt"]
        if self.template == "chat":
            if texts:
                raise UserError(
                    f"the model {self.model} is asked to go on with a text: give it `template: raw`"
                )
            return {"messages": request.messages}
        stops = [message["stop"] for message in texts if "stop" in message]
        prompt = "".join(message["content"] for message in request.messages)
        return {"prompt": prompt, **({"stop": stops} if stops else {})}

    def parameters(self, request: Request) -> dict[str, Any]:
        """Everything but the messages."""
        sent: dict[str, Any] = {"model": self.model, **request.sampling}
        if self.max_tokens_as != "max_tokens":
            sent[self.max_tokens_as] = sent.pop("max_tokens", None)
        if self.seed:
            sent["seed"] = seed_of(request)
        if self.stream:
            sent |= {"stream": True, "stream_options": {"include_usage": True}}
        return {k: v for k, v in (sent | self.extra).items() if k not in self.leave_out}


def seed_of(request: Request) -> int:
    """A seed of its own for each sample, the same each time it is asked: 31 bits of its key.

    Seeds in a row would not do: a server that makes n samples counts on from the seed it is given.
    """
    return int.from_bytes(hashlib.sha256(request.key.encode()).digest()[:4]) >> 1
