"""Whole programs that ask a server, watched from outside: time, CPU and memory of all processes.

The server counts what it is asked and tells at /stats, and forgets it at /reset; a program is told
--base-url, --n, --concurrency, --out and --work, and leaves a line {"id", "text"} for each answer.
"""

import json
import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_LOOK = 0.1  # seconds
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass
class Cost:
    """What a program and all that it started took."""

    seconds: float = 0.0
    cpu: float = 0.0
    memory: int = 0
    """Bytes resident at most, over all processes together."""
    processes: int = 0
    status: int = 0
    late: bool = False
    _each: dict[int, float] = field(default_factory=dict)

    def look(self, session: int) -> None:
        """Take in the processes of a session (Linux)."""
        resident = count = 0
        for place in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                # The name, in brackets, may hold spaces.
                told = (place / "stat").read_text().rpartition(")")[2].split()
                if int(told[3]) == session:
                    self._each[int(place.name)] = (int(told[11]) + int(told[12])) / _TICKS
                    resident += int(told[21]) * _PAGE
                    count += 1
        self.memory = max(self.memory, resident)
        self.processes = max(self.processes, count)
        self.cpu = sum(self._each.values())


def followed(command: Sequence[str], log: Path, deadline: float) -> Cost:
    """Run a program to its end, or to the deadline in seconds."""
    cost = Cost()
    began = time.perf_counter()
    with log.open("wb") as sink:
        process = subprocess.Popen(command, stdout=sink, stderr=sink, start_new_session=True)
    while True:
        pid, status, used = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        cost.look(process.pid)
        if time.perf_counter() - began > deadline and not cost.late:
            cost.late = True
            os.killpg(process.pid, signal.SIGKILL)
        time.sleep(_LOOK)
    process.returncode = cost.status = os.waitstatus_to_exitcode(status)
    cost.seconds = time.perf_counter() - began
    # The first sees processes that nobody waited for, the second what the last look missed.
    cost.cpu = max(cost.cpu, used.ru_utime + used.ru_stime)
    return cost


def told(url: str, what: str) -> dict[str, Any]:
    """What the server says under a path."""
    with urllib.request.urlopen(f"{url}/{what}", timeout=30) as reply:
        answer: dict[str, Any] = json.load(reply)
    return answer


def answers(out: Path) -> int:
    """How many questions have an answer in the file."""
    if not out.exists():
        return 0
    rows = map(json.loads, out.read_text("utf-8").splitlines())
    return len({str(row["id"]) for row in rows if row.get("text")})


def compare(
    url: str, programs: dict[str, list[str]], count: int, concurrency: int, faults: str, work: Path
) -> None:
    """A line for each program: `{out}` and `{work}` in its words are places of its own."""
    print(f"{count} questions, {concurrency} at a time{', ' + faults if faults else ''}")
    print(f"{'':14}{'answered':>9}{'asked':>7}{'per s':>7}{'seconds':>9}"
          f"{'CPU ms each':>12}{'MB':>6}{'processes':>10}")  # fmt: skip
    for name, words in programs.items():
        place = work / f"{name}-{concurrency}".replace(" ", "-")
        (place / "work").mkdir(parents=True)
        out = place / "out.jsonl"
        places = {"{out}": str(out), "{work}": str(place / "work")}
        told(url, f"reset?{faults}")
        cost = followed([places.get(w, w) for w in words], place / "log", 600.0)
        seen = told(url, "stats")
        done = answers(out)
        rate = seen["delivered"] / (seen["window_s"] or 1)
        end = "  took too long" if cost.late else f"  exit {cost.status}" if cost.status else ""
        print(f"{name:14}{done:>9}{seen['requests']:>7}{rate:>7.0f}{cost.seconds:>9.1f}"
              f"{1000 * cost.cpu / max(1, done):>12.2f}{cost.memory >> 20:>6}"
              f"{cost.processes:>10}{end}", flush=True)  # fmt: skip
