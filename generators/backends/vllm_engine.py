"""vLLM in this process: its waiting queue is kept full, and answers are taken as they finish."""

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

from generators.asking import Backend, Completion, Request
from generators.backends.child_watch import ChildWatch
from generators.backends.openai_body import seed_of
from generators.backends.pace import Pace
from generators.backends.repetition_stop import RepetitionStop
from generators.backends.vllm_start import processes_of, started
from generators.chat import Prompt, fitting, render, template_hash
from generators.errors import BadRow, Stopped, UserError
from generators.registry import Count, Share, register
from generators.transcript import split

Dtype = Literal["auto", "bfloat16", "float16", "float32"]
_LOOK = 512  # tokens between two looks for a loop
_REFILL = 64  # requests that are put in between two steps: what has come must not wait
_ALIVE = 2.0  # seconds without a word after which the engine's process is looked for
# Each is set, or the engine's default of some version would stand in for it. What the model's
# authors advise (generation_config.json) gives only the tokens that end an answer.
_PLAIN = {
    "n": 1, "temperature": 1.0, "top_p": 1.0, "top_k": 0, "min_p": 0.0, "min_tokens": 0,
    "presence_penalty": 0.0, "frequency_penalty": 0.0, "repetition_penalty": 1.0,
    "ignore_eos": False, "watermarking": False,
}  # fmt: skip
# Tokens of templates stay in the text, so that a filter sees them; the one that ended it does not.
_TEXT = {"skip_special_tokens": False, "spaces_between_special_tokens": False}


@register("backend", needs="vllm")
def vllm(
    model: str,
    *,
    revision: str = "",
    tensor_parallel: Count = 1,
    pipeline_parallel: Count = 1,
    dtype: Dtype = "auto",
    quantization: str = "",
    context: Count | None = None,
    at_once: Count = 256,
    memory: Share = 0.9,
    eager: bool = False,
    stop_loops: bool = True,
    template_arguments: dict[str, Any] | None = None,
    extra: dict[str, Any] | None = None,
) -> Backend:
    """Runs a model with vLLM in this process: a name on the Hub or a folder, and its revision.

    - tensor_parallel, pipeline_parallel: over how many GPUs. For copies of the model on several
      GPUs run `vllm serve` on each and ask them with `openai`.
    - context: tokens of prompt and answer together, by default what the model allows. A prompt that
      leaves no room is not sent (error:prompt_too_long).
    - at_once: sequences that are generated together; as many more wait in the engine's queue.
      memory: share of the GPU's memory.
    - stop_loops: end an answer that repeats itself.
    - template_arguments: for the model's chat template, such as enable_thinking.
    - extra: more of vLLM's EngineArgs.

    The model's name, and with it the key of each request, holds what changes answers: revision,
    dtype, quantization, template_arguments and extra.
    """
    changing = {
        "revision": revision,
        "dtype": dtype if dtype != "auto" else "",
        "quantization": quantization,
        "template_arguments": template_arguments,
        "extra": extra,
    }
    arguments = {
        "revision": revision or None,
        "dtype": dtype,
        "quantization": quantization or None,
        "tensor_parallel_size": tensor_parallel,
        "pipeline_parallel_size": pipeline_parallel,
        "max_model_len": context,
        "max_num_seqs": at_once,
        "gpu_memory_utilization": memory,
        "enforce_eager": eager,
        # n samples of a prompt are n requests in a row: they share what is computed of it.
        "enable_prefix_caching": True,
        "disable_log_stats": True,
        "seed": 0,
        **(extra or {}),
    }
    told = {name: value for name, value in changing.items() if value}
    name = f"{model}:{orjson.dumps(told, option=orjson.OPT_SORT_KEYS).decode()}" if told else model
    return VLLM(name, model, arguments, 2 * at_once, stop_loops, template_arguments or {})


@dataclass(slots=True)
class _Asked:
    """A request in the engine."""

    request: Request
    prompt: Prompt
    sent: str
    text: list[str] = field(default_factory=list)
    tokens: int = 0
    loops: RepetitionStop = field(default_factory=RepetitionStop)


@dataclass
class VLLM:
    """An engine that starts with the first request and stays until `close`."""

    model: str
    path: str
    arguments: dict[str, Any]
    window: int
    """Requests that are in the engine, running and waiting."""
    stop_loops: bool
    template_arguments: dict[str, Any]
    pace: Pace = field(default_factory=Pace, repr=False)
    stop: threading.Event = field(default_factory=threading.Event, repr=False)
    """May be replaced by the line's own: once set, what the engine has not begun is given back."""
    _engine: Any = field(default=None, repr=False)
    _watch: ChildWatch | None = field(default=None, repr=False)
    _template: str = ""
    _numbers: int = 0
    _last: tuple[str, Prompt] = field(default=("", Prompt([], False)), repr=False)

    def complete(self, requests: Iterable[Request]) -> Iterator[Completion]:
        """Completions as they finish. Whoever stops reading takes the rest out of the engine.

        UserError where the engine does not start, Stopped where it dies.
        """
        inside: dict[str, _Asked] = {}
        try:
            yield from self._complete(iter(requests), inside)
        except Exception as error:
            if self._engine is not None and _is_death(error):
                self._engine = None
                self._end_watch()
                raise Stopped("vllm: the engine died; its own words stand above") from error
            raise
        finally:
            self.pace.ended(*inside)
            if inside and self._engine is not None:
                self._engine.abort_request(list(inside))

    def _complete(
        self, asked: Iterator[Request], inside: dict[str, _Asked]
    ) -> Iterator[Completion]:
        more, stopped = True, False
        while more or inside:
            if self.stop.is_set() and not stopped:
                more, stopped = False, True
                yield from self._given_back(inside)
            room = self.window - len(inside) if more else 0
            for _ in range(min(room, _REFILL) if inside else room):
                request = next(asked, None)
                if request is None:
                    more = False
                    break
                refused = self._add(request, inside)
                if refused is not None:
                    yield refused
            for output in self._step() if inside else ():
                said = self._read(output, inside)
                if said is not None:
                    yield said

    def _given_back(self, inside: dict[str, _Asked]) -> Iterator[Completion]:
        """The user stops: take out what waits for its turn. The engine takes the oldest first."""
        waiting = list(inside)[self.window // 2 :]
        self.pace.ended(*waiting)
        if waiting:
            self._engine.abort_request(waiting)
        for number in waiting:
            yield self._refused(inside.pop(number).request, "stopped", "")

    def status(self) -> dict[str, Any]:
        """What goes on, for a line of progress."""
        return self.pace.status()

    def close(self) -> None:
        """Stop the engine and give its memory back; the next request starts it again."""
        engine, self._engine = self._engine, None
        if engine is not None:
            engine.engine_core.shutdown()
        self._end_watch()

    def _end_watch(self) -> None:
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.end()

    def start(self) -> Any:
        """vLLM's own engine, started where it is not yet: takes seconds to minutes."""
        if self._engine is None:
            self._engine = started(self.path, self.arguments)
            if processes := processes_of(self._engine):
                self._watch = ChildWatch(processes)
            self._template = template_hash(self._engine.get_tokenizer())
        return self._engine

    def _add(self, request: Request, inside: dict[str, _Asked]) -> Completion | None:
        """Put a request into the engine, or say why it cannot be."""
        engine = self.start()
        try:
            prompt = fitting(self._prompt(request), engine.model_config.max_model_len)
        except BadRow as error:
            return self._refused(request, error.reason, error.detail)
        parameters = {
            **_PLAIN, **request.sampling, "seed": seed_of(request), "stop": list(prompt.stop),
        }  # fmt: skip
        sent = {"model": self.path, "template": "" if prompt.raw else self._template, **parameters}
        self._numbers += 1
        number = str(self._numbers)
        from vllm.exceptions import VLLMValidationError
        from vllm.inputs import tokens_input

        try:
            engine.add_request(number, tokens_input(prompt.ids), self._parameters(parameters))
        except (VLLMValidationError, ValueError) as error:
            return self._refused(request, "rejected", " ".join(str(error).split())[:300])
        inside[number] = _Asked(request, prompt, orjson.dumps(sent).decode())
        self.pace.began(number)
        return None

    def _parameters(self, values: dict[str, Any]) -> Any:
        from vllm import SamplingParams
        from vllm.sampling_params import RequestOutputKind as Kind

        # An object per token would cost more than it tells. The interval holds for DELTA alone.
        kind = Kind.DELTA if self.stop_loops else Kind.FINAL_ONLY
        try:
            return SamplingParams(**values, **_TEXT, output_kind=kind, stream_interval=_LOOK)
        except TypeError as error:
            raise UserError(f"sampling: vllm says: {error}") from None

    def _prompt(self, request: Request) -> Prompt:
        """The prompt; that of the sample before where it is the same."""
        content, prompt = self._last
        if content != request.content:
            tokenizer = self.start().get_tokenizer()
            prompt = render(tokenizer, request.messages, self.template_arguments)
            self._last = (request.content, prompt)
        return prompt

    def _step(self) -> Any:
        """What is new of the requests in the engine."""
        core = self._engine.engine_core
        come = getattr(core, "outputs_queue", None)  # where the engine is another process
        if come is not None:
            with come.not_empty:
                # The engine's own wait never ends if that process was killed (vllm 0.31).
                while not come.queue:
                    if not come.not_empty.wait(_ALIVE):
                        core.ensure_alive()
        self.pace.stepped()
        return self._engine.step()

    def _read(self, output: Any, inside: dict[str, _Asked]) -> Completion | None:
        """The completion that an output ends, if it ends one."""
        asked = inside.get(output.request_id)
        if asked is None:  # ended as a loop, while its last tokens were under way
            return None
        said = output.outputs[0]
        asked.text.append(said.text)
        asked.tokens += len(said.token_ids)
        self.pace.spoke(len(said.token_ids))
        finish = said.finish_reason
        if not output.finished:
            if not asked.loops.grew([said.text]):
                return None
            self._engine.abort_request([output.request_id])
            finish = "repetition"
        del inside[output.request_id]
        self.pace.ended(output.request_id)
        thought = split("".join(asked.text), prefilled=asked.prompt.prefilled)
        return Completion(
            key=asked.request.key,
            reasoning=thought.reasoning,
            response=thought.response,
            model=self.path,
            finish=_FINISHES.get(finish, f"error:{finish}"),
            prompt_tokens=len(asked.prompt.ids),
            completion_tokens=asked.tokens,
            sent=asked.sent,
        )

    def _refused(self, request: Request, reason: str, words: str) -> Completion:
        finish = f"error:{reason}"
        return Completion(request.key, "", "", model=self.path, finish=finish, detail=words)


def _is_death(error: Exception) -> bool:
    from vllm.v1.engine.exceptions import EngineDeadError

    return isinstance(error, EngineDeadError)


_FINISHES = {"stop": "stop", "length": "length", "repetition": "repetition"}
