"""A build that is killed at any moment and started again ends as if nothing had happened."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Desk

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

GRACE = 10.0  # seconds; a worker that still imports looks for its parent when that is done


def _row(number: int) -> dict[str, Any]:
    """A question with what was said about it: some answers are wrong, some thoughts are cut."""
    right = number * 3
    said = right if number % 5 else right + 1
    thought = f"Three times {number}: " + " and ".join(str(number + i) for i in range(number % 40))
    response = f"<think>\n{thought}\n</think>\n\nThat is \\boxed{{{said}}}."
    if number % 17 == 0:
        response = response[:30]
    return {"q": f"What is 3 times {number}?", "gold": right, "said": response, "n": number}


SPEC: dict[str, Any] = {
    "models": {"m": {"backend": "scripted", "wrong": 0.3}},
    "sources": {
        "files": {
            "jsonl": ["rows-*.jsonl", "rows.jsonl.gz"],
            "fields": {"question": "q", "answer": "gold"},
            "kind": "math",
        },
        "made": {"procedural": ["chain", "linear"], "count": 150},
    },
    "problems": ["dedup"],
    "generate": [
        {
            "recorded": {
                "stream": "said",
                "from": ["files"],
                "fields": {"response": "said", "finish": "=stop"},
            }
        },
        {"teacher": {"stream": "asked", "from": ["made"], "model": "m", "samples": 2}},
    ],
    "filters": ["complete", "think_format", "verify", "pass_rate", "dedup", "best_of"],
    "corpus": {"quotas": {"said": 500}, "test": 0.05},
}


@dataclass(frozen=True)
class Whole:
    """A folder with a spec, and what an undisturbed build of it leaves."""

    desk: Desk
    tree: dict[str, str]
    seconds: float


@pytest.fixture(scope="module")
def whole(shared_desk: Desk) -> Whole:
    rows = [_row(number) for number in range(1000)]
    torn = [*rows[300:400], b'{"q": "cut in the mid\n', *rows[400:600]]
    shared_desk.lines("rows-1.jsonl", rows[:300])
    shared_desk.lines("rows-2.jsonl", torn)
    shared_desk.lines("rows.jsonl.gz", [*rows[600:], *rows[:40]])
    shared_desk.spec(**SPEC)
    began = time.monotonic()
    shared_desk.build(runs="whole", workers=2)
    seconds = time.monotonic() - began
    tree = shared_desk.tree("whole")
    assert len([name for name in tree if name.startswith("problems/")]) == 4
    assert any("dataset/data/asked/train" in name for name in tree)
    return Whole(shared_desk, tree, seconds)


def _start(desk: Desk, runs: str, workers: int = 2, **options: Any) -> "subprocess.Popen[str]":
    told = ("--spec", "spec.yaml", "--runs", runs, "--workers", workers)
    return desk.start("build", *told, start_new_session=True, **options)


def _of_session(leader: int) -> Iterator[int]:
    """Processes of a session that live: a build and its workers, wherever they hang."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, *numbers = (folder / "stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(numbers[2]) == leader and state != "Z":
            yield int(folder.name)


def _all_end(leader: int, seconds: float = GRACE) -> None:
    """What belongs to a session ends within some seconds, by itself."""
    deadline = time.monotonic() + seconds
    while left := list(_of_session(leader)):
        if time.monotonic() > deadline:
            told = [(Path("/proc") / str(n) / "cmdline").read_bytes()[:200] for n in left]
            for number in left:
                os.kill(number, signal.SIGKILL)
            pytest.fail(f"processes outlived their build: {told}")
        time.sleep(0.02)


def _kill_after(desk: Desk, runs: str, seconds: float) -> bool:
    """Start a build and kill it after some time; whether it was still at work."""
    with _start(desk, runs) as process:
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=seconds)
        return _killed(process)


def _killed(process: "subprocess.Popen[str]") -> bool:
    process.kill()
    _all_end(process.pid)
    process.communicate()
    return process.returncode == -signal.SIGKILL


def _await(whole: Whole, process: "subprocess.Popen[str]", runs: str, share: float) -> None:
    """Wait until a share of all files is there: on a busy machine no clock says how far it is."""
    folder = whole.desk.folder / runs / "run"
    while process.poll() is None:
        there = [name for name in whole.tree if (folder / name).exists()]
        if len(there) >= share * len(whole.tree):
            return
        time.sleep(0.002)


def _finish(desk: Desk, runs: str) -> None:
    """The same command, without its start; one worker makes what two make."""
    desk.quick_build(runs)


def _is_whole(whole: Whole, runs: str) -> None:
    """The same command again leaves what an undisturbed build leaves: no more, no less."""
    _finish(whole.desk, runs)
    assert whole.desk.tree(runs) == whole.tree
    folder = whole.desk.folder / runs / "run"
    known = {"rows", "problems", "samples", "verdicts", "journal", "dataset", "disagreements"}
    assert {path.name for path in folder.iterdir() if path.is_dir()} == known
    shutil.rmtree(whole.desk.folder / runs)


# One kill after the other in one run folder, each when a share of all files is there, before the
# build that is let finish.
@pytest.mark.parametrize("moments", [(0.02, 0.3, 0.6), (0.2, 0.75, 0.9)])
def test_killed_and_started_again(whole: Whole, moments: tuple[float, ...]) -> None:
    for share in moments:
        with _start(whole.desk, "killed") as process:
            _await(whole, process, "killed", share)
            assert _killed(process)
    _is_whole(whole, "killed")


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_killed_at_fifty_random_moments(whole: Whole) -> None:
    rng = random.Random(17)
    moments = [rng.uniform(0, whole.seconds) for _ in range(50)]
    killed = 0
    for moment in moments:
        killed += _kill_after(whole.desk, "killed", moment)
        _is_whole(whole, "killed")
    assert killed > 30


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_killed_again_and_again(whole: Whole) -> None:
    """Whatever little a build gets done before it is killed, it gets on."""
    for _ in range(60):
        if not _kill_after(whole.desk, "again", whole.seconds * 0.7):
            break
    else:
        pytest.fail("sixty builds of 0.7 of the time did not do what one does")
    _is_whole(whole, "again")


# ---------------------------------------------------------------- exactly at a rename

DYING = """
# The power is cut at one moment: before or after a file or folder gets its final name.
import os, pathlib, signal, sys
when, name = sys.argv.pop(1).split()

def dying(real):
    def named(self, target):
        here = str(target).endswith(name)
        if here and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        made = real(self, target)
        if here:
            os.kill(os.getpid(), signal.SIGKILL)
        return made
    return named

pathlib.Path.rename = dying(pathlib.Path.rename)
pathlib.Path.replace = dying(pathlib.Path.replace)
from factory.cli import main
main()
"""


def _die(desk: Desk, runs: str, moment: str) -> None:
    words = ["build", "--spec", "spec.yaml", "--runs", runs, "--workers", "1"]
    command = [sys.executable, "-c", DYING, moment, *words]
    told = subprocess.run(
        command, cwd=desk.folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True
    )
    assert told.returncode == -signal.SIGKILL, told.stderr


@pytest.fixture(scope="module")
def swapped(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """A build of one spec, as "old"; and of that spec with other inputs and quotas, on top."""
    desk = Desk(tmp_path_factory.mktemp("swapped"))
    _first(desk)
    _finish(desk, "old")
    shutil.copytree(desk.folder / "old", desk.folder / "new")
    _second(desk)
    _finish(desk, "new")
    return Whole(desk, desk.tree("new"), 0)


def _first(desk: Desk) -> None:
    desk.lines("rows-1.jsonl", map(_row, range(60)))
    desk.lines("rows.jsonl.gz", map(_row, range(60, 90)))
    desk.spec(**SPEC)


def _second(desk: Desk) -> None:
    desk.lines("rows-1.jsonl", map(_row, range(80, 60, -1)))
    desk.spec(**{**SPEC, "corpus": {"quotas": {"said": 15}, "test": 0.3}})


@pytest.mark.parametrize(
    "moment",
    [
        "after rows/part-00000.parquet",
        "after problems/part-00000.parquet",
        "after dataset.making/README.md",
        "before dataset.old",
        "after dataset.old",
        "after /dataset",
    ],
)
def test_killed_at_a_rename(swapped: Whole, moment: str) -> None:
    desk = swapped.desk
    shutil.copytree(desk.folder / "old", desk.folder / "cut")
    _second(desk)
    _die(desk, "cut", moment)
    _is_whole(swapped, "cut")


def test_killed_after_the_swap_and_then_changed(swapped: Whole) -> None:
    """The old dataset still stands beside the new one, which is to be replaced again."""
    desk = swapped.desk
    shutil.copytree(desk.folder / "old", desk.folder / "changed")
    _second(desk)
    _die(desk, "changed", "after /dataset")
    desk.spec(**{**SPEC, "corpus": {"quotas": {"said": 3}}})
    _finish(desk, "changed")
    _second(desk)
    _finish(desk, "changed")
    assert desk.dataset("changed") == desk.dataset("new")
    folders = {path.name for path in (desk.folder / "changed/run").iterdir()}
    assert not {"dataset.old", "dataset.making", "scratch"} & folders


def test_killed_among_new_inputs_that_are_then_put_back(swapped: Whole) -> None:
    """Half of the rows are of the new files, and the table of sources is of the old ones."""
    desk = swapped.desk
    shutil.copytree(desk.folder / "old", desk.folder / "back")
    _second(desk)
    _die(desk, "back", "before rows/sources.json")
    _first(desk)
    _finish(desk, "back")
    assert desk.tree("back") == desk.tree("old")


# ---------------------------------------------------------------- asked to stop


def _signalled(
    whole: Whole, runs: str, share: float, number: int, *, group: bool = False
) -> tuple[int, float, str]:
    """Exit status, seconds it took to stop, and what it said."""
    with _start(whole.desk, runs) as process:
        _await(whole, process, runs, share)
        (os.killpg if group else os.kill)(process.pid, number)
        began = time.monotonic()
        err = process.communicate(timeout=60)[1]
        took = time.monotonic() - began
        _all_end(process.pid)
    assert "Traceback" not in err, err
    return process.returncode, took, err


@pytest.mark.parametrize(
    ("number", "share", "group"),
    [
        (signal.SIGINT, 0.4, True),  # Ctrl-C reaches the workers as well
        (signal.SIGTERM, 0.7, False),
        (signal.SIGHUP, 0.2, True),  # the terminal was closed
    ],
)
def test_asked_to_stop_once(whole: Whole, number: int, share: float, group: bool) -> None:
    status, took, err = _signalled(whole, "stopped", share, number, group=group)
    assert (status, "what is finished is kept" in err) == (130, True), err
    assert took < 5
    finished = whole.desk.tree("stopped")
    assert finished  # something was
    same = {name: told for name, told in finished.items() if whole.tree.get(name) == told}
    assert all(name in same for name in finished if name.startswith(("rows/", "problems/")))
    _is_whole(whole, "stopped")


def test_asked_to_stop_while_workers_start(whole: Whole) -> None:
    """Ctrl-C right after the command was given; the workers have no handler yet."""
    for wait in (0.0, 0.3):
        with _start(whole.desk, f"early {wait}") as process:
            while not (whole.desk.folder / f"early {wait}/run/spec.yaml").exists():
                time.sleep(0.01)
            time.sleep(wait)
            os.killpg(process.pid, signal.SIGINT)
            err = process.communicate(timeout=60)[1]
        assert process.returncode == 130, err
        assert "Traceback" not in err, err


def test_asked_to_stop_twice(whole: Whole) -> None:
    with _start(whole.desk, "twice") as process:
        _await(whole, process, "twice", 0.4)
        began = time.monotonic()
        while process.poll() is None:  # an impatient user
            process.send_signal(signal.SIGINT)
            time.sleep(0.01)
        process.communicate(timeout=60)
        assert time.monotonic() - began < 1
        _all_end(process.pid)
    assert process.returncode == 130
    _is_whole(whole, "twice")
