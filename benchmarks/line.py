"""CPU and memory of the line over recorded samples: read, split, complete, think_format, exact
dedup, write. The same work by Hugging Face datasets stands beside it.

    python benchmarks/line.py --rows 10000 --characters 20000        # speed
    python benchmarks/line.py --rows 200000 --characters 16000 --no-peer      # memory

CPU is user + system time of the command and all its children; memory is the largest resident set
of any single process, looked at every 50 ms. Numbers belong to the machine that printed them.
"""

import argparse
import json
import os
import platform
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

SPEC = """
name: line
sources:
  made:
    jsonl: rows.jsonl
    fields: {question: prompt, answer: gold}
    kind: math
    domain: math
    licence: MIT
generate:
  - recorded: {stream: reasoning, from: [made], fields: {response: text, finish: finish_reason}}
filters: [complete, think_format, dedup]
"""

PEER = """
import hashlib, re, sys
import datasets
folder, workers = sys.argv[1], int(sys.argv[2])
datasets.disable_progress_bars()
rows = datasets.load_dataset("json", data_files=folder + "/rows.jsonl", split="train",
                             cache_dir=folder + "/cache")
def split(row):
    thought, closed, response = row["text"].removeprefix("<think>").partition("</think>")
    text = (thought + "\\0" + response).encode()
    return {"reasoning": thought.strip(), "response": response.strip(),
            "good": bool(closed and response.strip() and row["finish_reason"] == "stop"),
            "hash": hashlib.blake2b(text, digest_size=12).hexdigest()}
rows = rows.map(split, num_proc=workers)
rows = rows.filter(lambda good: good, input_columns="good", num_proc=workers)
seen = set()
first = [i for i, h in enumerate(rows["hash"]) if not (h in seen or seen.add(h))]
rows.select(first).to_parquet(folder + "/peer.parquet")
print(len(first))
"""


def make(path: Path, rows: int, characters: int) -> None:
    """Rows of prose-like text; one in fifty repeats an earlier answer, one in fifty is cut."""
    rng = random.Random(17)
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(rng.choices(letters, k=rng.randint(2, 9))) for _ in range(4000)]
    blocks = [" ".join(rng.choices(words, k=150)) + "." for _ in range(500)]
    each = max(1, characters // 960)
    with path.open("w") as out:
        for number in range(rows):
            thought = "\n\n".join(rng.choices(blocks, k=each))
            question = f"What is {number} + {number % 97}? Give the sum of both numbers."
            answer = number + number % 97
            text = f"<think>\n{thought}\n</think>\n\nThe answer is \\boxed{{{answer}}}."
            cut = number % 50 == 0
            row = {
                "prompt": question,
                "gold": str(answer),
                "text": text[: characters // 2] if cut else text,
                "finish_reason": "length" if cut else "stop",
            }
            out.write(json.dumps(row) + "\n")
            if number % 50 == 1:
                out.write(json.dumps({**row, "prompt": question + " "}) + "\n")


def measured(command: Sequence[str], cwd: Path) -> dict[str, float]:
    """Run a command; seconds of CPU and of wall time, and the peak of its largest process in MB."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL)
    peak = [0]
    done = threading.Event()
    watcher = threading.Thread(target=_watch, args=(process.pid, peak, done))
    watcher.start()
    status = process.wait()
    done.set()
    watcher.join()
    if status:
        raise SystemExit(f"{command} ended with {status}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"cpu": cpu, "wall": time.monotonic() - began, "peak": peak[0] / 1e6}


def _watch(root: int, peak: list[int], done: threading.Event) -> None:
    page = os.sysconf("SC_PAGE_SIZE")
    while not done.wait(0.05):
        for pid in _family(root):
            try:
                resident = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * page
            except (OSError, IndexError):
                continue  # it has just ended
            peak[0] = max(peak[0], resident)


def _family(root: int) -> list[int]:
    parents = {}
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                stat = Path(entry.path, "stat").read_text()
            except OSError:
                continue  # it has just ended
            parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
    family = [root]
    for pid in family:
        family += [child for child, parent in parents.items() if parent == pid]
    return family


def main() -> None:
    """Make the rows, run the line twice and the peer once, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--characters", type=int, default=20_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--folder", default=None, help="scratch space; a temporary folder")
    parser.add_argument("--no-peer", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        folder = Path(name)
        make(folder / "rows.jsonl", given.rows, given.characters)
        (folder / "line.yaml").write_text(SPEC)
        size = (folder / "rows.jsonl").stat().st_size
        rows = (folder / "rows.jsonl").read_bytes().count(b"\n") if size < 1 << 31 else given.rows
        print(
            f"{rows} rows, {size / rows / 1000:.1f} kB each, {given.workers} workers; "
            f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}"
        )
        build = [sys.executable, "-m", "factory.cli", "build", "--spec", "line.yaml",
                 "--workers", str(given.workers), "--quiet"]  # fmt: skip
        runs = {"factory build": build, "the same again": build}
        if not given.no_peer:
            peer = [sys.executable, "-c", PEER, str(folder), str(given.workers)]
            runs["datasets, same work"] = peer
        print(f"{'':22}{'CPU ms/sample':>14}{'wall s':>9}{'peak MB/process':>17}")
        for title, command in runs.items():
            told = measured(command, folder)
            each = 1000 * told["cpu"] / rows
            print(f"{title:22}{each:>14.3f}{told['wall']:>9.1f}{told['peak']:>17.0f}", flush=True)


if __name__ == "__main__":
    main()
