"""Starts vLLM's engine, so that a terminal's Ctrl-C reaches the run and not the engine's processes.

The run then decides what is still finished; an engine that ends by itself would take with it what
it was about to answer.
"""

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing import resource_tracker
from typing import Any

from generators.errors import UserError

_MISSING = "vllm: run pip install 'reasoning-factory[vllm]'"
_ENVIRONMENT = {
    # A fork of a process with threads (the journal's, polars') may hang.
    "VLLM_WORKER_MULTIPROC_METHOD": "spawn",
    "VLLM_NO_USAGE_STATS": "1",
    "VLLM_LOGGING_LEVEL": "WARNING",
    "VLLM_LOGGING_STREAM": "ext://sys.stderr",
}


def started(path: str, arguments: Mapping[str, Any]) -> Any:
    """An engine for the model in a folder or on the Hub; takes seconds to minutes.

    UserError where vLLM is missing or the engine does not start.
    """
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    try:
        from vllm import EngineArgs, LLMEngine
    except ImportError:
        raise UserError(_MISSING) from None
    from vllm.platforms import current_platform

    # A seeded request whose prompt is read in pieces ends the engine on a CPU (vllm 0.31: "CPU
    # Generator does not use offset").
    fit = {"enable_chunked_prefill": False} if current_platform.is_cpu() else {}
    try:
        made = EngineArgs(path, **{**fit, **arguments})
        with _signals_held():
            return LLMEngine.from_engine_args(made)
    except Exception as error:
        words = " ".join(str(error).split())[:300]
        raise UserError(f"vllm: {path!r} did not start: {words}") from error


def processes_of(engine: Any) -> list[int]:
    """The processes that an engine runs in; none where it runs in this one."""
    resources = getattr(engine.engine_core, "resources", None)
    manager = getattr(resources, "engine_manager", None)
    return [process.pid for process in manager.processes] if manager is not None else []


@contextmanager
def _signals_held() -> Iterator[None]:
    """Hold back what a terminal sends to all; a process that is started meanwhile never gets it."""
    resource_tracker.ensure_running()  # whose start would let SIGINT through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT, signal.SIGHUP])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
