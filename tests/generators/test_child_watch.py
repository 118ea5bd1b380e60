"""Processes that must not outlive the one that started them."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from generators.backends.child_watch import ChildWatch

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="holds processes by pidfd")

ROOT = Path(__file__).parent.parent.parent
KILLED = """
import os, signal, subprocess, sys, time
sys.path.insert(0, sys.argv[1])
from generators.backends.child_watch import ChildWatch
child = subprocess.Popen(["sleep", "600"], start_new_session=True)
watch = ChildWatch([child.pid])
print(child.pid, flush=True)
time.sleep(1)
os.kill(os.getpid(), signal.SIGKILL)
"""


def _there(number: int) -> bool:
    try:
        told = Path(f"/proc/{number}/stat").read_text()
    except OSError:
        return False
    return told.rpartition(")")[2].split()[0] != "Z"


def test_a_process_ends_with_the_one_that_was_killed() -> None:
    words = [sys.executable, "-c", KILLED, str(ROOT)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert _there(child)
        parent.wait(60)
    until = time.monotonic() + 30
    while _there(child):
        assert time.monotonic() < until
        time.sleep(0.05)


def test_the_end_leaves_other_processes_alone() -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    with subprocess.Popen(["sleep", "600"]) as held, subprocess.Popen(["sleep", "600"]) as other:
        watch = ChildWatch([gone.pid, held.pid])
        time.sleep(0.5)
        assert held.poll() is None
        watch.end()
        assert held.wait(30) == -9
        assert other.poll() is None
        other.kill()
