"""One run folder has one writer: the second says who the first is, and a dead one holds nothing."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from conftest import Desk

import factory
from generators.errors import UserError

# A build that stands still in the middle, until a file appears.
SLOW = """
import time
from pathlib import Path
from filters.verdict import Verdict, keep
from generators import Sample, register

@register("filter")
def wait_for_it(sample: Sample) -> Verdict:
    \"\"\"Waits until it may go on.\"\"\"
    Path("standing").touch()
    while not Path("go on").exists():
        time.sleep(0.01)
    return keep()
"""
SPEC: dict[str, Any] = {
    "models": {"m": {"backend": "scripted"}},
    "sources": {"made": {"procedural": ["chain"], "count": 20}},
    "generate": [{"teacher": {"stream": "r", "from": ["made"], "model": "m"}}],
}


@pytest.fixture
def slow(desk: Desk) -> Desk:
    (desk.folder / "slow.py").write_text(SLOW)
    desk.spec(**SPEC, use=["slow.py"], filters=["wait_for_it"])
    desk.spec("other.yaml", **{**SPEC, "name": "other"}, filters=["complete"])
    return desk


@contextmanager
def standing(desk: Desk, workers: int = 1) -> Iterator["subprocess.Popen[str]"]:
    """A build that is in the middle of its work for as long as the block."""
    for name in ("standing", "go on"):
        (desk.folder / name).unlink(missing_ok=True)
    with desk.start("build", "--spec", "spec.yaml", "--workers", workers) as process:
        while not (desk.folder / "standing").exists():
            assert process.poll() is None
            time.sleep(0.01)
        try:
            yield process
        finally:
            process.kill()
            process.communicate()


def test_the_second_build_is_refused_at_once(slow: Desk) -> None:
    with standing(slow) as first:
        # The process alone, without the seconds that Python takes to start.
        began = time.monotonic()
        with pytest.raises(UserError, match=f"run is being written by process {first.pid}:"):
            factory.build(slow.folder / "spec.yaml", runs=slow.folder / "runs")
        assert time.monotonic() - began < 2
        told = slow.build(exits=2).stderr.strip()
        assert re.fullmatch(rf"factory: runs/run is being written by process {first.pid}: .*", told)
        assert first.poll() is None  # and the first is not disturbed
        (slow.folder / "go on").touch()
        err = first.communicate(timeout=60)[1]
        assert first.returncode == 0, err
    assert len(slow.dataset()) == 20


@pytest.mark.parametrize("workers", [1, 2])
def test_a_killed_build_holds_nothing(slow: Desk, workers: int) -> None:
    with standing(slow, workers) as first:
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
        # At once: its workers may still be on their way out.
        (slow.folder / "go on").touch()
        slow.build()
    assert len(slow.dataset()) == 20


def test_another_run_folder_is_not_disturbed(slow: Desk) -> None:
    with standing(slow):
        for runs in ("runs", "elsewhere"):
            factory.build(slow.folder / "other.yaml", runs=slow.folder / runs, workers=1)
            assert len(slow.dataset(runs, name="other")) > 10


def test_a_first_look_is_a_run_folder_of_its_own(slow: Desk) -> None:
    """`--limit` beside a running build; they share the journal, which both may write."""
    with standing(slow):
        slow.build("--spec", "other.yaml", "--limit", 5)
        (slow.folder / "go on").touch()
        slow.build("--limit", 5)


def test_looking_needs_no_lock(slow: Desk) -> None:
    with standing(slow):
        slow.factory("show", "--spec", "spec.yaml", "--rejected", "made")


HOLD = """
import sys, time
from pathlib import Path
from factory import storage
with storage.locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_of_many_that_start_together_one_goes_on(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path / "run")]
    root = str(Path(__file__).parents[2])
    pipes: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    several = [subprocess.Popen(command, cwd=root, text=True, **pipes) for _ in range(4)]
    ended = []
    while len(ended) < 3:
        ended = [one for one in several if one.poll() is not None]
        time.sleep(0.01)
    (holder,) = [one for one in several if one not in ended]
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    for one in ended:
        assert f"UserError: {tmp_path}/run is being written by" in one.communicate()[1]
    holder.communicate("")
    assert holder.returncode == 0
    assert (tmp_path / "run/.lock").read_text() == ""
