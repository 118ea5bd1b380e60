"""Tokens per second of the vllm backend beside vLLM's own `generate`, on the same requests.

    python benchmarks/engines.py                     # a small model of noise, made on the spot
    python benchmarks/engines.py --model MODEL       # another, on a GPU

One engine in one process answers for both, in turn, and forgets its cached prompts in between.
`generate` is given all prompts at once, as text; the backend is given requests one by one and
renders them. Numbers belong to the machine that printed them.
"""

import argparse
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from generators.asking import Request  # noqa: E402
from generators.backends.openai_body import seed_of  # noqa: E402
from generators.backends.vllm_engine import VLLM, vllm  # noqa: E402
from generators.records import Problem  # noqa: E402

QUESTION = "Train {n} leaves at noon and travels at sixty miles an hour. When does it arrive? "


def requests(options: argparse.Namespace) -> Iterator[Request]:
    sampling = {
        "temperature": 1.0, "top_p": 0.95, "max_tokens": options.tokens, "ignore_eos": True
    }  # fmt: skip
    for number in range(options.requests):
        messages = ({"role": "user", "content": QUESTION.format(n=number) * 3},)
        yield Request(Problem(), messages, options.model, sampling, 0)


def ours(backend: VLLM, options: argparse.Namespace) -> int:
    return sum(said.completion_tokens for said in backend.complete(requests(options)))


def own(llm: Any, options: argparse.Namespace) -> int:
    """The engine's own loop, with the same parameters and seeds."""
    from vllm import SamplingParams

    asked = list(requests(options))
    tokenizer = llm.get_tokenizer()
    prompts = [
        tokenizer.apply_chat_template(
            list(one.messages), tokenize=False, add_generation_prompt=True
        )
        for one in asked
    ]  # fmt: skip
    params = [
        SamplingParams(**one.sampling, seed=seed_of(one), skip_special_tokens=False)
        for one in asked
    ]  # fmt: skip
    said = llm.generate(prompts, params, use_tqdm=False)
    return sum(len(one.outputs[0].token_ids) for one in said)


def measured(options: argparse.Namespace) -> None:
    from vllm import LLM
    from vllm.platforms import current_platform

    backend = vllm(options.model, at_once=options.at_once, eager=options.eager)
    assert isinstance(backend, VLLM)
    # A CPU's engine does not bear seeds and prompts read in pieces.
    whole = {"enable_chunked_prefill": False} if current_platform.is_cpu() else {}
    llm = LLM(options.model, **backend.arguments, **whole)
    backend._engine = llm.llm_engine
    ways = {
        "vLLM's generate": lambda: own(llm, options),
        "our backend": lambda: ours(backend, options),
    }
    speeds: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(options.turns + 1):
        for name, way in ways.items() if turn % 2 else reversed(ways.items()):
            llm.reset_prefix_cache()
            began = time.perf_counter()
            tokens = way()
            speed = tokens / (time.perf_counter() - began)
            assert tokens == options.requests * options.tokens
            if turn:  # the first is for warming up
                speeds[name].append(speed)
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores")
    print(f"{options.requests} requests of {options.tokens} tokens, {options.at_once} at once")
    for name, some in speeds.items():
        print(f"{name:16} {statistics.median(some):8.0f} tokens/s  {[round(s) for s in some]}")
    told, engine = (statistics.median(speeds[name]) for name in ("our backend", "vLLM's generate"))
    print(f"ratio of medians {told / engine:8.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", default="")
    parser.add_argument("--requests", type=int, default=256)
    parser.add_argument("--tokens", type=int, default=64)
    parser.add_argument("--at-once", type=int, default=64)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--eager", action=argparse.BooleanOptionalAction, default=True)
    options = parser.parse_args()
    os.environ.setdefault("VLLM_LOGGING_LEVEL", "WARNING")
    if options.model:
        measured(options)
        return
    from tests.generators.tiny_model import tiny_model

    os.environ.setdefault("VLLM_ENABLE_V1_MULTIPROCESSING", "0")
    os.environ.setdefault("VLLM_CPU_KVCACHE_SPACE", "1")
    with tempfile.TemporaryDirectory() as folder:
        options.model = str(tiny_model(Path(folder)))
        measured(options)


if __name__ == "__main__":
    main()
