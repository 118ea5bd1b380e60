"""Whole builds that ask a real engine: vLLM in the same process, and its server over HTTP."""

import json
import os
import signal
import sqlite3
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from conftest import Desk

pytestmark = [pytest.mark.vllm, pytest.mark.timeout(900), pytest.mark.filterwarnings("ignore")]

IN_PROCESS = {"VLLM_ENABLE_V1_MULTIPROCESSING": "0"}
ENGINE = {"VLLM_CPU_KVCACHE_SPACE": "1", "HF_HUB_OFFLINE": "1"}


def _model(folder: Path, stops: int) -> str:
    """A small model of noise; with one token that ends an answer it hardly ever does."""
    pytest.importorskip("vllm", reason="needs vllm, or vllm-cpu where there is no GPU")
    from tests.generators.tiny_model import tiny_model

    return str(tiny_model(folder, stops=stops))


def _spec(desk: Desk, model: dict[str, Any], samples: int = 3, **sampling: Any) -> None:
    desk.spec(
        models={"tiny": model},
        sampling={"temperature": 1.0, "top_p": 0.95, "max_tokens": 48, **sampling},
        sources={"made": {"procedural": ["chain"], "count": 12}},
        generate=[
            {"teacher": {"stream": "r", "from": ["made"], "model": "tiny", "samples": samples}}
        ],
        filters=["complete"],
    )


def _build(desk: Desk, **env: str) -> str:
    """What a build says that ends well; an engine may take minutes to start."""
    words = ("build", "--spec", "spec.yaml", "--workers", 1)
    with desk.start(*words, env={**ENGINE, **env}) as process:
        err = process.communicate(timeout=600)[1]
    assert process.returncode == 0, err
    assert "Traceback" not in err, err
    return err


def _asked(desk: Desk) -> Counter[str]:
    rows = json.loads((desk.folder / "runs/run/asked.json").read_text())
    return Counter({row["finish"]: row["requests"] for row in rows})


def _samples(desk: Desk) -> list[dict[str, Any]]:
    """Those of the last build: a changed spec writes into a folder of its own."""
    made = (desk.folder / "runs/run/samples").iterdir()
    folder = max(made, key=lambda place: place.stat().st_mtime_ns)
    return [row for part in folder.glob("part-*") for row in pq.read_table(part).to_pylist()]


def _holds(desk: Desk, asked: int) -> None:
    """A build that ended: all was answered and stands where it belongs."""
    stages = desk.ledger()
    made = stages["generate teacher r"]
    assert made["rows_in"] == asked
    # Noise may end with its first token, which a server takes for an answer without text.
    assert set(made["failed"]) <= {"not_answered"}
    samples = _samples(desk)
    cut = made["rejected"].get("cut_off", 0)
    assert len(samples) == made["kept"] >= asked - cut - 6
    assert len({row["id"] for row in samples}) == len(samples)
    assert len({row["problem"] for row in samples}) == 12
    assert {row["finish"] for row in samples} <= {"stop", "length"}
    assert all(row["prompt_tokens"] > 20 and row["completion_tokens"] > 0 for row in samples)
    assert len({row["reasoning"] + row["response"] for row in samples}) > asked // 2
    assert sum(stages["filters complete"]["rejected"].values()) > 0
    whole = sum(n for finish, n in _asked(desk).items() if finish in ("stop", "length"))
    assert whole == len(samples) + cut


def test_a_build_with_the_engine_in_this_process(desk: Desk, tmp_path: Path) -> None:
    model = _model(tmp_path / "model", stops=12)
    told = {"backend": "vllm", "model": model, "at_once": 16, "eager": True, "dtype": "bfloat16"}
    _spec(desk, told)
    assert "asked tiny in all: 36 requests, 36 attempts" in _build(desk, **IN_PROCESS)
    _holds(desk, 36)
    first = {row["id"]: row for row in _samples(desk)}
    # Nothing is asked again, so that no engine starts.
    assert "vllm" not in (again := _build(desk, **IN_PROCESS)).lower()
    assert "asked tiny" not in again
    _spec(desk, told, samples=4)
    assert "asked tiny in all: 48 requests, 48 attempts" in _build(desk, **IN_PROCESS)
    _holds(desk, 48)
    assert first.items() <= {row["id"]: row for row in _samples(desk)}.items()


@pytest.mark.parametrize("group", [False, True], ids=["SIGTERM", "Ctrl-C in a terminal"])
def test_a_build_with_an_engine_that_is_asked_to_stop(
    desk: Desk, tmp_path: Path, group: bool
) -> None:
    """As a user runs it: the engine is a process of its own, and a terminal's Ctrl-C reaches it."""
    model = _model(tmp_path / "model", stops=1)
    told = {"backend": "vllm", "model": model, "at_once": 4, "eager": True, "dtype": "bfloat16"}
    _spec(desk, told, samples=9, max_tokens=300)
    words = ("build", "--spec", "spec.yaml", "--workers", 1)
    with desk.start(*words, env=ENGINE, start_new_session=True) as process:
        while _durable(desk) < 3:
            assert process.poll() is None, process.communicate()[1]
            time.sleep(0.2)
        if group:
            os.killpg(process.pid, signal.SIGINT)
        else:
            process.terminate()
        err = process.communicate(timeout=120)[1]
    assert process.returncode == 130, err
    assert "engine died" not in err
    assert 3 + 1 <= _durable(desk) <= 108 - 8  # at least what ran then, at most what was in it
    _none_is_left(process.pid)
    assert "asked tiny in all: 108 requests, 108 attempts" in _build(desk, **IN_PROCESS)


def test_an_engine_does_not_outlive_its_build(desk: Desk, tmp_path: Path) -> None:
    """It would keep the memory that the next one needs."""
    model = _model(tmp_path / "model", stops=1)
    told = {"backend": "vllm", "model": model, "at_once": 4, "eager": True, "dtype": "bfloat16"}
    _spec(desk, told, max_tokens=300)
    words = ("build", "--spec", "spec.yaml", "--workers", 1)
    with desk.start(*words, env=ENGINE, start_new_session=True) as process:
        while _durable(desk) < 3:
            assert process.poll() is None, process.communicate()[1]
            time.sleep(0.2)
        process.kill()
        _none_is_left(process.pid)
        process.communicate(timeout=60)


def _none_is_left(session: int, seconds: float = 60.0) -> None:
    """Every process that a build has started ends soon after it."""
    until = time.monotonic() + seconds
    while left := [p for p in Path("/proc").glob("[0-9]*") if _session(p) == session]:
        assert time.monotonic() < until, [(p / "cmdline").read_bytes() for p in left]
        time.sleep(0.2)


def _session(place: Path) -> int:
    """The session that a process belongs to, unless it is over: then 0."""
    try:
        told = (place / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return 0 if told[0] == "Z" else int(told[3])


def _durable(desk: Desk) -> int:
    path = Path(desk.folder / "runs/run/journal/completions.sqlite")
    if not path.exists():
        return 0
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
        if not db.execute("select 1 from sqlite_master where name = 'completions'").fetchall():
            return 0
        (count,) = db.execute("select count(*) from completions").fetchone()
        return int(count)


def test_a_build_that_asks_a_real_server(desk: Desk, served_model: str) -> None:
    pytest.importorskip("aiohttp", reason="needs the extra [openai]")
    plain = {"top_k": 0, "min_p": 0.0, "repetition_penalty": 1.0}
    told = {"backend": "openai", "url": served_model, "model": "tiny", "extra": plain,
            "concurrency": 16, "retries": 1}  # fmt: skip
    _spec(desk, told)
    _build(desk)
    _holds(desk, 36)
    first = {row["id"]: row for row in _samples(desk)}
    whole = _asked(desk)
    _build(desk)
    # What was no answer is asked again, and nothing else.
    again = _asked(desk) - whole
    assert set(again) <= {"error:empty"}
    assert first == {row["id"]: row for row in _samples(desk)}
    _spec(desk, told, samples=4)
    _build(desk)
    _holds(desk, 48)
    assert first.items() <= {row["id"]: row for row in _samples(desk)}.items()
