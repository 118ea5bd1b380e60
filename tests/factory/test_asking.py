"""A build that asks a real server: killed, limited, refused; nothing is lost or paid for twice."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import orjson
import polars as pl
import pyarrow as pa
import pytest
from conftest import ROOT

pytest.importorskip("aiohttp", reason="the extra [openai] is not installed")

from serving import Asked, Send, Server, hang, raw, refuse, say, serving

KEY = "sk-" + "c4NaRy" * 6


def _behave(pause: float = 0.0) -> Any:
    def behave(asked: Asked) -> Send:
        number = int(asked.prompt.split()[3])
        message = {"reasoning": f"Three times {number}.", "content": f"\\boxed{{{3 * number}}}"}
        return say(message, pause=pause)

    return behave


def _spec(folder: Path, server: Server, problems: int = 40, **more: Any) -> Path:
    rows = [{"question": f"What is 3 times {n} ?", "answer": 3 * n} for n in range(problems)]
    rows = [{**r, "question": f"What is 3 {n} times"} for n, r in enumerate(rows)]
    (folder / "q.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    model = {
        "backend": "openai",
        "url": server.url,
        "model": "tiny",
        "key": "CANARY_KEY",
        "price": {"input": 1.0, "output": 2.0},
        "concurrency": 8,
        **more.pop("model", {}),
    }
    spec = {
        "name": "asked",
        "models": {"big": model},
        "sources": {"mine": {"jsonl": "q.jsonl", "kind": "math"}},
        "generate": [
            {
                "teacher": {
                    "stream": "reasoning",
                    "from": ["mine"],
                    "model": "big",
                    "samples": 4,
                    "prompt": "plain",
                }
            }
        ],
        "filters": ["complete", "think_format", "verify"],
        **more,
    }
    path = folder / "spec.yaml"
    path.write_text(json.dumps(spec))
    return path


def _command(folder: Path, path: Path) -> tuple[list[str], dict[str, Any]]:
    command = [sys.executable, "-m", "factory.cli", "build", "--spec", str(path), "--workers", "1"]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "CANARY_KEY": KEY}
    return command, {"cwd": folder, "env": env, "text": True, "stderr": subprocess.PIPE}


def _run(folder: Path, path: Path) -> subprocess.CompletedProcess[str]:
    command, options = _command(folder, path)
    return subprocess.run(command, **options, stdout=subprocess.PIPE, check=False, timeout=120)


def _samples(folder: Path) -> pl.DataFrame:
    parts = (folder / "runs" / "asked" / "samples").glob("*/part-*.parquet")
    return pl.concat([pl.read_parquet(part) for part in parts])


def test_every_answer_comes_in_once_and_is_counted(tmp_path: Path) -> None:
    with serving(_behave()) as server:
        done = _run(tmp_path, _spec(tmp_path, server))
        assert done.returncode == 0, done.stderr
        assert len(server.asked) == 160
        again = _run(tmp_path, tmp_path / "spec.yaml")
        assert again.returncode == 0, again.stderr
        assert len(server.asked) == 160
    assert {a.headers["Authorization"] for a in server.asked} == {f"Bearer {KEY}"}
    samples = _samples(tmp_path)
    assert (samples.height, samples["id"].n_unique()) == (160, 160)
    (told,) = json.loads((tmp_path / "runs/asked/asked.json").read_text())
    assert (told["model"], told["requests"], told["attempts"]) == ("big", 160, 160)
    spent = (told["prompt_tokens"] + 2 * told["completion_tokens"]) / 1e6
    assert told["cost"] == pytest.approx(spent, abs=1e-5)
    assert "asked big in all: 160 requests, 160 attempts" in done.stderr


def test_where_it_is_asked_and_how_fast_changes_no_key(tmp_path: Path) -> None:
    with serving(_behave()) as server:
        assert _run(tmp_path, _spec(tmp_path, server)).returncode == 0
    with serving(_behave()) as other:
        path = _spec(tmp_path, other, model={"concurrency": 3, "retries": 1})
        assert _run(tmp_path, path).returncode == 0
        assert other.asked == []


@pytest.mark.parametrize("seed", [1])
def test_killed_at_random_moments_nothing_is_lost_or_paid_for_twice(
    tmp_path: Path, seed: int
) -> None:
    _kills(tmp_path, seed, kills=6, problems=60)


@pytest.mark.slow
def test_killed_a_hundred_times(tmp_path: Path) -> None:
    _kills(tmp_path, 2, kills=100, problems=500)


def _kills(folder: Path, seed: int, kills: int, problems: int) -> None:
    chance = random.Random(seed)
    with serving(_behave(pause=0.05)) as server:
        path = _spec(folder, server, problems=problems, model={"stream": False})
        redone = 0
        for _ in range(kills):
            durable = _durable(folder)
            command, options = _command(folder, path)
            before = len(server.asked)
            process = subprocess.Popen(command, **options, start_new_session=True)
            time.sleep(chance.uniform(0.7, 3.0))
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            asked = {_place(a) for a in server.asked[before:]}
            assert not asked & durable
        assert _run(folder, path).returncode == 0
        counts = Counter(map(_place, server.asked))
        redone = sum(counts.values()) - len(counts)
    assert len(counts) == 4 * problems
    # In flight, and answered within the second before a commit.
    assert redone <= kills * (8 + 32)
    samples = _samples(folder)
    assert (samples.height, samples["id"].n_unique()) == (4 * problems, 4 * problems)


def _place(asked: Asked) -> tuple[str, Any]:
    return asked.prompt, asked.body["seed"]


def _durable(folder: Path) -> set[tuple[str, Any]]:
    """Prompt and seed of what the journal holds."""
    path = folder / "runs" / "asked" / "journal" / "completions.sqlite"
    if not path.exists():
        return set()
    db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        rows = db.execute("select size, body from completions").fetchall()
    except sqlite3.OperationalError:
        return set()
    finally:
        db.close()
    found = set()
    for size, body in rows:
        told = orjson.loads(pa.decompress(body, size, "zstd", asbytes=True))
        number = told["reasoning"].split()[-1].rstrip(".")
        found.add((f"What is 3 {number} times", orjson.loads(told["sent"])["seed"]))
    return found


def test_the_key_is_in_no_file_and_in_no_line(tmp_path: Path) -> None:
    def behave(asked: Asked) -> Send:
        if asked.attempt == 0 and asked.body["seed"] % 3 == 0:
            return refuse(500, f"the key {KEY} is not liked")
        if asked.body["seed"] % 7 == 0:
            return refuse(400, f"bad: {KEY}")
        return _behave()(asked)

    with serving(behave) as server:
        done = _run(tmp_path, _spec(tmp_path, server))
    assert KEY not in done.stdout + done.stderr
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert KEY.encode() not in path.read_bytes(), path
    ledger = json.loads((tmp_path / "runs/asked/ledger.json").read_text())
    stage = next(s for s in ledger if s["name"].startswith("generate"))
    assert stage["failed"]["not_answered"] > 0
    rows = json.loads((tmp_path / "runs/asked/asked.json").read_text())
    assert sum(row["attempts"] for row in rows) == len(server.asked)


@pytest.mark.parametrize(("limit", "value"), [("tokens", 300), ("cost", 0.0005)])
def test_a_limit_drains_and_stops(tmp_path: Path, limit: str, value: float) -> None:
    with serving(_behave(pause=0.01)) as server:
        path = _spec(tmp_path, server, limits={limit: value})
        done = _run(tmp_path, path)
        assert done.returncode == 1
        assert f"limits.{limit}" in done.stderr
        assert "Traceback" not in done.stderr
        first = len(server.asked)
        assert 0 < first < 160
        raised = json.loads(path.read_text())
        raised["limits"] = {}
        path.write_text(json.dumps(raised))
        assert _run(tmp_path, path).returncode == 0
        assert len(server.asked) == 160


def test_ctrl_c_once_keeps_what_comes_back(tmp_path: Path) -> None:
    pause = [0.3]
    with serving(lambda asked: _behave(pause[0])(asked)) as server:
        path = _spec(tmp_path, server, problems=200)
        command, options = _command(tmp_path, path)
        process = subprocess.Popen(command, **options)
        while len(server.asked) < 20:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=30)
        assert process.returncode == 130, told
        asked = len(server.asked)
        assert asked < 100
        assert len(_durable(tmp_path)) == asked
        pause[0] = 0.0
        assert _run(tmp_path, path).returncode == 0
        assert len(server.asked) == 800


def test_no_key_and_a_wrong_key_stop_at_once(tmp_path: Path) -> None:
    with serving(lambda asked: refuse(401, "who are you?")) as server:
        path = _spec(tmp_path, server)
        command, options = _command(tmp_path, path)
        began = time.monotonic()
        done = subprocess.run(command, **options, stdout=subprocess.PIPE, check=False, timeout=60)
        assert done.returncode in (1, 2)
        assert time.monotonic() - began < 20
        assert "CANARY_KEY" in done.stderr
        assert "Traceback" not in done.stderr
        del options["env"]["CANARY_KEY"]
        seen = len(server.asked)
        done = subprocess.run(command, **options, stdout=subprocess.PIPE, check=False, timeout=60)
        assert done.returncode == 2
        assert "CANARY_KEY" in done.stderr
        assert len(server.asked) == seen
    assert seen <= 8 + 4


def test_every_kind_of_fault_ends_answered_or_told(tmp_path: Path) -> None:
    faults = [
        lambda: refuse(429, "slow down", **{"Retry-After": "0"}),
        lambda: refuse(500, "oops"),
        lambda: raw(b"{not json"),
        lambda: raw(b'{"choices": []}'),
        lambda: hang(1.5),
    ]

    def behave(asked: Asked) -> Send:
        kind = asked.body["seed"] % 10
        if asked.attempt == 0 and kind < len(faults):
            return faults[kind]()
        return _behave()(asked)

    with serving(behave) as server:
        path = _spec(tmp_path, server, model={"idle_timeout": 1.0, "timeout": 5.0})
        done = _run(tmp_path, path)
    assert done.returncode == 0, done.stderr
    assert _samples(tmp_path).height == 160
    assert len(server.asked) <= 2 * 160
    rows = json.loads((tmp_path / "runs/asked/asked.json").read_text())
    assert sum(row["attempts"] for row in rows) == len(server.asked)


@pytest.mark.parametrize("template", ["raw", "chat"])
def test_a_base_model_goes_on_with_a_text(tmp_path: Path, template: str) -> None:
    def behave(asked: Asked) -> Send:
        return _text(" 3 </think> <answer> 3 </answer>")

    with serving(behave) as server:
        path = _spec(tmp_path, server, problems=3, model={"template": template, "stream": False})
        spec = json.loads(path.read_text())
        spec["generate"] = [{"zero": {"stream": "zero", "from": ["mine"], "model": "big"}}]
        path.write_text(json.dumps(spec))
        done = _run(tmp_path, path)
        if template == "chat":
            assert done.returncode == 2
            assert "template: raw" in done.stderr
            assert server.asked == []
            return
    assert done.returncode == 0, done.stderr
    assert {tuple(asked.body["stop"]) for asked in server.asked} == {("User:",)}
    assert all(asked.body["prompt"].startswith("A conversation") for asked in server.asked)
    assert set(_samples(tmp_path)["response"]) == {"<answer> 3 </answer>"}


def _text(text: str) -> Send:
    told = {
        "choices": [{"index": 0, "text": text, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 5, "completion_tokens": 5},
    }
    return raw(json.dumps(told).encode())
