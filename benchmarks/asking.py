"""What asking costs: requests per second, CPU and memory per request, events of streams per second.

    python benchmarks/asking.py                      # against a small server of our own
    python benchmarks/asking.py --queued 1000000     # memory with many requests waiting
    python benchmarks/asking.py --tail               # answers of which a few take very long
    python benchmarks/asking.py --mock mock_server.py --drivers FOLDER \\
        --peer curator=PYTHON --peer datatrove=PYTHON --peer distilabel=PYTHON

Each way of asking runs in a process of its own against a server in another, one after the other on
the same machine: a bare aiohttp loop, which is about the least that HTTP costs in Python; our
backend, with the journal that makes each completion durable; and OpenAI's library. With --mock it
is another server, which takes --port and tells at /stats what it was asked, and the programs beside
ours are drive_NAME.py of the folder, each with a Python that has its library. Numbers belong to the
machine that printed them.
"""

import argparse
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from answering import tail_seconds
from asking_peers import compare as compare_programs

HERE = Path(__file__).parent
WAYS = str(HERE / "asking_ways.py")
TAIL = 16  # answers at a time: with more of them the last long one would be all that is measured


def measured(way: str, url: str, count: int, concurrency: int, stream: bool) -> dict[str, Any]:
    words = [way, url, str(count), str(concurrency), *(["stream"] if stream else [])]
    done = subprocess.run([sys.executable, WAYS, *words], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    if not stream and told["chunks"] != count:
        raise SystemExit(f"{way}: {told['chunks']} of {count} were answered")
    return told


def line(title: str, count: int, told: dict[str, Any], first: float) -> float:
    rate = count / told["wall"]
    idle, most = told["memory"]
    print(f"{title:34}{rate:>9.0f}{rate / (first or rate):>8.2f}"
          f"{1000 * told['cpu'] / count:>12.2f}{most - idle:>13.0f}", flush=True)  # fmt: skip
    return rate


def head() -> None:
    print(f"{'':34}{'per s':>9}{'of bare':>8}{'CPU ms each':>12}{'MB over idle':>13}")


def compare(url: str, count: int) -> None:
    """All ways, whole answers and streams."""
    head()
    for concurrency in (64, 256):
        first = 0.0
        for way in ("bare", "ours", "ours by the library", "library"):
            some = count if way in ("bare", "ours") else max(100, count // 5)
            told = measured(way, url, some, concurrency, False)
            rate = line(f"{way}, {concurrency} at a time", some, told, first)
            first = first or rate
    print("events of streams")
    for way in ("bare", "ours", "ours by the library", "library"):
        some = count // 20 if way in ("bare", "ours") else max(16, count // 200)
        told = measured(way, url, some, 64, True)
        print(f"{way + ', 64 at a time':34}{told['chunks'] / told['wall']:>9.0f} per second, "
              f"{told['chunks'] / told['cpu']:.0f} per second and core", flush=True)  # fmt: skip


def queued(url: str, count: int) -> None:
    """Few requests and many: memory must not tell them apart."""
    head()
    for some in (1000, count):
        line(f"ours, {some} queued", some, measured("ours", url, some, 256, False), 0.0)


def tail(url: str, count: int) -> None:
    """Wall time beside the least that there is, and beside that of batches."""
    each = [tail_seconds(number) for number in range(count)]
    least = max(sum(each) / TAIL, max(each))
    batches = sum(max(each[start : start + TAIL]) for start in range(0, count, TAIL))
    for way in ("bare", "ours"):
        took = measured(way, url, count, TAIL, False)["wall"]
        print(f"{way}: {took:.1f} s, {took / least:.3f} of the least there is", flush=True)
    print(f"in batches, each waiting for its last: {batches:.1f} s, {batches / least:.3f}")


def programs(given: argparse.Namespace, url: str) -> None:
    """Ours and the others as whole programs, against a server that counts."""
    root = url.removesuffix("/v1")
    for concurrency in (64, 256):
        ways = {
            name: [sys.executable, WAYS, name, url, str(given.count), str(concurrency), "{out}"]
            for name in ("ours", "bare")
            if name == "ours" or not given.faults
        }
        for one in given.peer:
            name, _, python = one.partition("=")
            ways[name] = [
                python, str(Path(given.drivers) / f"drive_{name}.py"), "--base-url", root,
                "--n", str(given.count), "--concurrency", str(concurrency),
                "--out", "{out}", "--work", "{work}",
            ]  # fmt: skip
        work = Path(tempfile.mkdtemp(dir=os.environ.get("ASKING_FOLDER")))
        compare_programs(root, ways, given.count, concurrency, given.faults, work)
        if given.keep:
            print(f"their logs: {work}")
        else:
            shutil.rmtree(work)


@contextmanager
def server(given: argparse.Namespace) -> Iterator[str]:
    """The base URL of a server in a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    if given.mock:
        words = [given.mock_python, given.mock, "--port", str(port)]
    else:
        words = [sys.executable, str(HERE / "answering.py"), str(port)]
    process = subprocess.Popen([*words, *(["tail"] if given.tail else [])])
    try:
        for _ in range(100):
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        else:
            raise SystemExit("the server does not start")
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    """Start a server, ask it in each way, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=0, help="questions; 8000, or 2000 with --mock")
    parser.add_argument("--queued", type=int, default=0, help="only ours, with so many requests")
    parser.add_argument("--tail", action="store_true", help="times of answers are log-normal")
    parser.add_argument("--mock", default="", help="another server's file; it takes --port")
    parser.add_argument("--mock-python", default=sys.executable, help="what runs it")
    parser.add_argument("--drivers", default=".", help="the folder of drive_NAME.py")
    parser.add_argument("--peer", action="append", default=[], help="NAME=PYTHON, one or several")
    parser.add_argument("--faults", default="", help="for the server's /reset: p429=0.05&p500=0.05")
    parser.add_argument("--keep", action="store_true", help="keep what the programs wrote")
    given = parser.parse_args()
    given.count = given.count or (2000 if given.mock else 8000)
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    with server(given) as url:
        if given.mock:
            programs(given, url)
        elif given.queued:
            queued(url, given.queued)
        elif given.tail:
            tail(url, given.count)
        else:
            compare(url, given.count)


if __name__ == "__main__":
    main()
