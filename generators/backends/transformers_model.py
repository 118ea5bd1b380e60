"""Small models by Hugging Face transformers, on a CPU or one GPU, with a sampling loop of our own.

`generate` has one random state for a whole batch: what a row says would depend on its neighbours.
Here each request draws from its own seed, so it gets the same completion in whichever batch it is,
but for the noise of floating point: where two tokens are about equally likely at the drawn number,
a sum in another order may tip the choice. In float32 that is rare, in bfloat16 it is not.
"""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal

import orjson

from generators.asking import Backend, Completion, Request
from generators.backends.openai_body import seed_of
from generators.backends.pace import Pace
from generators.backends.token_sampling import choose
from generators.chat import Prompt, fitting, render, template_hash
from generators.errors import BadRow, UserError
from generators.registry import Count, register
from generators.transcript import split

_MISSING = "transformers: run pip install 'reasoning-factory[transformers]'"
_SORTED = 16  # batches of requests that are sorted by length together
_KNOWN = {"temperature", "top_p", "max_tokens"}


@register("backend", needs="transformers")
def transformers(
    model: str,
    *,
    revision: str = "",
    device: Literal["auto", "cpu", "cuda"] = "auto",
    dtype: Literal["float32", "bfloat16", "float16"] = "float32",
    batch: Count = 16,
    context: Count | None = None,
    template_arguments: dict[str, Any] | None = None,
) -> Backend:
    """Runs a small model with transformers: a name on the Hub or a folder, and its revision.

    - device: "auto" is the GPU where there is one.
    - batch: prompts that are answered together; those of similar length are put together.
    - context: tokens of prompt and answer together, by default what the model allows. A prompt that
      leaves no room is not asked (error:prompt_too_long).
    - template_arguments: for the model's chat template, such as enable_thinking.

    For decoder-only models with attention. For large models and many requests there is `vllm`.
    """
    changing = {
        "revision": revision,
        "dtype": dtype if dtype != "float32" else "",
        "template_arguments": template_arguments,
    }
    told = {name: value for name, value in changing.items() if value}
    name = f"{model}:{orjson.dumps(told, option=orjson.OPT_SORT_KEYS).decode()}" if told else model
    return Transformers(
        name, model, revision, device, dtype, batch, context, template_arguments or {}
    )


@dataclass(slots=True)
class _Row:
    """A request and what has been said to it so far."""

    request: Request
    prompt: Prompt
    most: int
    """Tokens it may have, by its own limit and by the model's."""
    draw: random.Random
    sent: str
    tail: int
    """Tokens at the end in which a text to stop at, just written, must stand."""
    ids: list[int] = field(default_factory=list)


@dataclass
class Transformers:
    """A model that is loaded with the first request and stays until `close`."""

    model: str
    path: str
    revision: str
    device: str
    dtype: str
    batch: int
    context: int | None
    template_arguments: dict[str, Any]
    pace: Pace = field(default_factory=Pace, repr=False)
    _loaded: Any = field(default=None, repr=False)
    _tokenizer: Any = field(default=None, repr=False)
    _ends: frozenset[int] = frozenset()
    _template: str = ""

    def complete(self, requests: Iterable[Request]) -> Iterator[Completion]:
        """Completions as they finish, batch by batch. UserError where the model does not load."""
        asked = iter(requests)
        while some := list(islice(asked, self.batch * _SORTED)):
            self._load()
            rows = []
            for request in some:
                made = self._row(request)
                if isinstance(made, Completion):
                    yield made
                else:
                    rows.append(made)
            rows.sort(key=lambda row: len(row.prompt.ids))
            for start in range(0, len(rows), self.batch):
                together = rows[start : start + self.batch]
                try:
                    yield from self._answer(together)
                finally:
                    self.pace.ended(*(row.request.key for row in together))

    def status(self) -> dict[str, Any]:
        """What goes on, for a line of progress."""
        return self.pace.status()

    def close(self) -> None:
        """Let go of the model; the next request loads it again."""
        self._loaded = self._tokenizer = None

    def _load(self) -> None:
        if self._loaded is not None:
            return
        try:
            import torch
            from transformers import AutoModelForCausalLM, AutoTokenizer
        except ImportError:
            raise UserError(_MISSING) from None
        device = self.device
        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        revision = self.revision or None
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(self.path, revision=revision)
            loaded = AutoModelForCausalLM.from_pretrained(
                self.path, revision=revision, dtype=getattr(torch, self.dtype)
            )
        except (OSError, ValueError) as error:
            words = " ".join(str(error).split())[:300]
            raise UserError(f"transformers: {self.path!r} did not load: {words}") from error
        self._loaded = loaded.to(device).eval()
        self._template = template_hash(self._tokenizer)
        ends = [loaded.generation_config.eos_token_id, self._tokenizer.eos_token_id]
        flat = [end for some in ends for end in (some if isinstance(some, list) else [some])]
        self._ends = frozenset(end for end in flat if end is not None)

    def _row(self, request: Request) -> _Row | Completion:
        """The request, ready to be asked, or a completion that says why it cannot be."""
        if unknown := set(request.sampling) - _KNOWN:
            raise UserError(f"sampling: transformers knows no {', '.join(sorted(unknown))}")
        limit = self._limit()
        try:
            prompt = render(self._tokenizer, request.messages, self.template_arguments)
            fitting(prompt, limit)
        except BadRow as error:
            finish, words = f"error:{error.reason}", error.detail
            return Completion(request.key, "", "", model=self.path, finish=finish, detail=words)
        seed = seed_of(request)
        sent = {
            "model": self.path, "template": "" if prompt.raw else self._template,
            **request.sampling, "seed": seed, "stop": list(prompt.stop),
        }  # fmt: skip
        return _Row(
            request,
            prompt,
            most=min(request.sampling["max_tokens"], limit - len(prompt.ids)),
            draw=random.Random(seed),
            sent=orjson.dumps(sent).decode(),
            # A token holds a byte at least; a few more, for a character may begin before.
            tail=max((len(stop.encode()) + 8 for stop in prompt.stop), default=0),
        )

    def _limit(self) -> int:
        most: int = self._loaded.config.get_text_config().max_position_embeddings
        return min(most, self.context or most)

    def _answer(self, rows: list[_Row]) -> Iterator[Completion]:
        """Complete the rows of a batch together; a row that is done leaves it."""
        import torch

        device = self._loaded.device
        for row in rows:
            self.pace.began(row.request.key)
        longest = max(len(row.prompt.ids) for row in rows)
        pads = [longest - len(row.prompt.ids) for row in rows]
        ids = torch.tensor(
            [[0] * pad + row.prompt.ids for pad, row in zip(pads, rows, strict=True)], device=device
        )
        mask = torch.tensor([[0] * pad + [1] * (longest - pad) for pad in pads], device=device)
        cache = None
        while rows:
            logits, cache = _forward(self._loaded, ids, mask, cache)
            chosen = choose(
                logits,
                [row.request.sampling["temperature"] for row in rows],
                [row.request.sampling["top_p"] for row in rows],
                [row.draw.random() for row in rows],
            )
            self.pace.spoke(len(rows))
            stay = []
            for number, (row, token) in enumerate(zip(rows, chosen, strict=True)):
                said = self._grew(row, token)
                if said is None:
                    stay.append(number)
                else:
                    self.pace.ended(row.request.key)
                    yield said
            if len(stay) < len(rows):
                rows = [rows[number] for number in stay]
                chosen = [chosen[number] for number in stay]
                mask = mask[stay]
                if rows:
                    cache.batch_select_indices(torch.tensor(stay, device=device))
            ids = torch.tensor(chosen, device=device)[:, None]
            mask = torch.cat([mask, mask.new_ones(len(rows), 1)], dim=1)

    def _grew(self, row: _Row, token: int) -> Completion | None:
        """Add a token to a row; its completion where that is the last."""
        row.ids.append(token)
        if token in self._ends:
            return self._said(row, self._text(row.ids[:-1]), "stop")
        if row.tail and any(stop in self._text(row.ids[-row.tail :]) for stop in row.prompt.stop):
            text = self._text(row.ids)
            found = [at for stop in row.prompt.stop if (at := text.find(stop)) >= 0]
            if found:
                return self._said(row, text[: min(found)], "stop")
        if len(row.ids) >= row.most:
            return self._said(row, self._text(row.ids), "length")
        return None

    def _text(self, ids: list[int]) -> str:
        # Tokens of templates stay in the text, so that a filter sees them.
        text: str = self._tokenizer.decode(
            ids, skip_special_tokens=False, clean_up_tokenization_spaces=False
        )
        return text

    def _said(self, row: _Row, text: str, finish: str) -> Completion:
        thought = split(text, prefilled=row.prompt.prefilled)
        return Completion(
            key=row.request.key,
            reasoning=thought.reasoning,
            response=thought.response,
            model=self.path,
            finish=finish,
            prompt_tokens=len(row.prompt.ids),
            completion_tokens=len(row.ids),
            sent=row.sent,
        )


def _forward(model: Any, ids: Any, mask: Any, cache: Any) -> tuple[Any, Any]:
    """Logits of each row's next token, and the cache with what was computed for them."""
    import torch

    # Padding on the left is masked, and does not count in a row's positions.
    positions = (mask.cumsum(dim=1) - 1).clamp(min=0)[:, -ids.shape[1] :]
    with torch.inference_mode():
        out = model(
            input_ids=ids,
            attention_mask=mask,
            position_ids=positions,
            past_key_values=cache,
            use_cache=True,
            logits_to_keep=1,
        )
    return out.logits[:, -1], out.past_key_values
