"""CPU and memory of the trace filters over long chains of thought, reading and writing included.

    python benchmarks/traces.py --rows 10000 --traces FOLDER \\
        --datatrove-python venv1/bin/python --data-juicer-python venv2/bin/python
    python benchmarks/traces.py --memory 10000 200000 --traces FOLDER      # is it flat?

FOLDER holds *.jsonl of real traces with the thought under one of the names in THOUGHTS. They are
cut to about 19 kB (4,000 tokens), repeated, and every twentieth word is exchanged, so that no two
are the same. The peers do the nearest that they have: Gopher repetition and MinHash signatures in
datatrove (in one process, whose CPU is counted whole), word and character repetition and MinHash in
data-juicer; neither looks for mixing, steps, form or benchmarks.

CPU is user + system of a command and all its children. What the same command takes for 20 rows of
its own (start, imports, models, the index of benchmarks) is taken off, ours and the peers' alike.
Memory is resident, shared pages counted in each process that has them, looked at 20 times a second.
"""

import argparse
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from line import measured

THOUGHTS = ("reasoning", "thinking", "reasoning_trace", "response", "solution")
CHARACTERS = 19_000
FEW = 20
ALL = [
    "complete", "think_format", "language", "readability", "repetition", "steps",
    {"length": {"at_most": 100_000}}, "hygiene", "DECONTAMINATE", {"dedup": {"threshold": 0.8}},
]  # fmt: skip
FILTERS = {
    "line only": ["complete"],
    "language": ["complete", "language"],
    "readability": ["complete", "readability"],
    "repetition": ["complete", "repetition"],
    "steps": ["complete", "steps"],
    "length": ["complete", {"length": {"at_most": 100_000}}],
    "hygiene": ["complete", "hygiene"],
    "decontaminate": ["complete", "DECONTAMINATE"],
    "near dedup": ["complete", {"dedup": {"threshold": 0.8}}],
    "all": ALL,
}
# Near duplicates are decided over the signatures of all samples, a kilobyte each.
FLAT = {"all but near dedup": ALL[:-1], "all": ALL}

DATATROVE = """
import sys
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup.minhash import MinhashDedupSignature
from datatrove.pipeline.filters import GopherRepetitionFilter
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter
if __name__ == "__main__":
    folder = sys.argv[1]
    LocalPipelineExecutor(
        pipeline=[
            JsonlReader(folder + "/shards", text_key="text"),
            GopherRepetitionFilter(),
            MinhashDedupSignature(folder + "/signatures"),
        ],
        tasks=1, workers=1, logging_dir=folder + "/logs",
    ).run()
    LocalPipelineExecutor(
        pipeline=[JsonlReader(folder + "/shards", text_key="text"),
                  JsonlWriter(folder + "/out", compression=None)],
        tasks=1, workers=1, logging_dir=folder + "/logs2",
    ).run()
"""
DATA_JUICER = """
import sys
import datasets
from data_juicer.ops.deduplicator.document_minhash_deduplicator import DocumentMinhashDeduplicator
from data_juicer.ops.filter.character_repetition_filter import CharacterRepetitionFilter
from data_juicer.ops.filter.word_repetition_filter import WordRepetitionFilter
datasets.disable_progress_bars()
folder, workers = sys.argv[1], int(sys.argv[2])
rows = datasets.load_dataset("json", data_files=folder + "/rows.jsonl", split="train",
                             cache_dir=folder + "/cache")
stats = [WordRepetitionFilter(rep_len=10), CharacterRepetitionFilter()]
minhash = DocumentMinhashDeduplicator(tokenization="space", window_size=5)
def look(rows):
    rows["__dj__stats__"] = [{} for _ in rows["text"]]
    for one in stats:
        rows = one.compute_stats_batched(rows)
    rows.pop("__dj__stats__")
    return rows
rows = rows.map(look, batched=True, num_proc=workers)
rows.map(minhash.compute_hash, num_proc=workers).to_parquet(folder + "/peer.parquet")
"""


def real_thoughts(folder: Path) -> list[str]:
    """Real thoughts of the length or more, cut to it."""
    found = []
    for path in sorted(folder.rglob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                text = next((row[n] for n in THOUGHTS if isinstance(row.get(n), str)), "")
                text = text.replace("<think>", "").partition("</think>")[0]
                if len(text) >= CHARACTERS and "\ufffd" not in text:
                    found.append(text[:CHARACTERS])
    return found


def perturbed(text: str, rng: random.Random) -> str:
    """The text with every twentieth word exchanged for another of its words.

    Numbers and formulas stay: what does not add up would be looked into, unlike in real traces.
    """
    words = text.split(" ")
    plain = [at for at, word in enumerate(words) if word.isalpha()]
    others = [words[at] for at in plain]
    for at in plain[rng.randrange(20) :: 20]:
        words[at] = rng.choice(others)
    return " ".join(words)


def make(folder: Path, thoughts: Sequence[str], rows: int, workers: int) -> None:
    """rows.jsonl for one reader, and the same rows in a shard for each worker."""
    rng = random.Random(rows)
    (folder / "shards").mkdir(parents=True)
    shards = [(folder / "shards" / f"{n}.jsonl").open("w") for n in range(workers)]
    with (folder / "rows.jsonl").open("w") as out:
        for number in range(rows):
            text = perturbed(thoughts[number % len(thoughts)], rng)
            answer = number + number % 97
            row = {
                "prompt": f"What is {number} + {number % 97}? Give the sum of both numbers.",
                "gold": str(answer),
                "text": f"<think>\n{text}\n</think>\n\nThe answer is \\boxed{{{answer}}}.",
                "finish_reason": "stop",
            }
            line = json.dumps(row) + "\n"
            out.write(line)
            shards[number % workers].write(line)
    for shard in shards:
        shard.close()
    with (folder / "benchmark.jsonl").open("w") as out:
        for number in range(500):
            words = " ".join(rng.choices(thoughts[number % len(thoughts)].split(), k=40))
            out.write(json.dumps({"problem": f"Question {number}: {words}?"}) + "\n")


def spec(name: str, filters: Sequence[str | dict[str, Any]]) -> str:
    """A spec (JSON is YAML) with these filters over the rows."""
    known = {"name": "bench", "files": ["benchmark.jsonl"], "question": "problem"}
    against = {"decontaminate": {"benchmarks": [known]}}
    told = {
        "name": name.replace(" ", "-"),
        "sources": {"made": {"jsonl": "rows.jsonl", "kind": "math", "domain": "math",
                             "language": "en", "licence": "MIT",
                             "fields": {"question": "prompt", "answer": "gold"}}},
        "generate": [{"recorded": {"stream": "reasoning", "from": ["made"],
                                   "fields": {"response": "text", "finish": "finish_reason"}}}],
        "filters": [against if one == "DECONTAMINATE" else one for one in filters],
    }  # fmt: skip
    return json.dumps(told)


def build(name: str, filters: Sequence[str | dict[str, Any]], folder: Path, workers: int,
          rows: int | None = None) -> list[str]:  # fmt: skip
    """The command that builds with these filters; their spec lies in the folder."""
    path = folder / f"{name.replace(' ', '-')}.yaml"
    path.write_text(spec(name, filters))
    limit = [] if rows is None else ["--limit", str(rows)]
    return [sys.executable, "-m", "factory.cli", "build", "--spec", path.name, *limit,
            "--workers", str(workers), "--quiet"]  # fmt: skip


def peer(python: str, script: str, folder: Path, workers: int) -> list[str]:
    """The command that runs a peer over the rows of a folder."""
    path = folder / "peer.py"
    path.write_text(script)
    return [python, str(path), str(folder), str(workers)]


def speed(
    folder: Path, rows: int, workers: int, only: str, peers: dict[str, tuple[str, str]]
) -> None:
    """Run each set of filters and the peers over all rows and over a few, and print a table."""
    print(f"{'':22}{'CPU ms/sample':>14}{'start-up s':>12}{'wall s':>9}{'peak MB/process':>17}")
    for title in [*([only] if only else FILTERS), *peers]:
        told = []
        for where in (folder / "few", folder / "all"):
            if title in FILTERS:
                command = build(title, FILTERS[title], where, workers)
            else:
                command = peer(*peers[title], where, workers)
            told.append(measured(command, where))
        start, whole = told
        each = 1000 * (whole["cpu"] - start["cpu"]) / (rows - FEW)
        print(
            f"{title:22}{each:>14.3f}{start['cpu']:>12.2f}{whole['wall']:>9.1f}"
            f"{whole['peak']:>17.0f}",
            flush=True,
        )


def memory(folder: Path, counts: Sequence[int], workers: int) -> None:
    """Peak memory of builds over so many of the rows."""
    print(f"{'peak resident MB':22}{'samples':>10}{'parent':>9}{'worker':>9}{'together':>10}")
    for title, filters in FLAT.items():
        for count in counts:
            told = peaks(build(title, filters, folder / "all", workers, count), folder / "all")
            print(
                f"{title:22}{count:>10}{told[0]:>9.0f}{told[1]:>9.0f}{told[2]:>10.0f}", flush=True
            )


def peaks(command: Sequence[str], cwd: Path) -> tuple[float, float, float]:
    """Peak resident MB of a command's own process, of its largest child, and of all together."""
    own = child = together = 0
    # A session of its own, by which its children are known.
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        while process.poll() is None:
            resident = _resident(process.pid)
            together = max(together, sum(resident.values()))
            own = max(own, resident.pop(process.pid, 0))
            child = max([child, *resident.values()])
            time.sleep(0.05)
    finally:
        process.kill()
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}")
    page = os.sysconf("SC_PAGE_SIZE")
    return own * page / 1e6, child * page / 1e6, together * page / 1e6


def _resident(session: int) -> dict[int, int]:
    """Resident pages of each process of a session (Linux: proc_pid_stat(5), fields 6 and 24)."""
    found = {}
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                told = Path(entry.path, "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it has just ended
            if int(told[3]) == session:
                found[int(entry.name)] = int(told[21])
    return found


def main() -> None:
    """Make the rows, run what is asked for, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--traces", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=5_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", default="", help="one of: " + ", ".join(FILTERS))
    parser.add_argument("--memory", type=int, nargs="+", default=[], help="numbers of samples")
    parser.add_argument("--folder", default=None, help="scratch space; a temporary folder")
    parser.add_argument("--datatrove-python", default="")
    parser.add_argument("--data-juicer-python", default="")
    given = parser.parse_args()
    thoughts = real_thoughts(given.traces)
    if not thoughts:
        raise SystemExit(f"{given.traces}: no traces of {CHARACTERS} characters in *.jsonl")
    peers = {
        "datatrove, nearest": (given.datatrove_python, DATATROVE),
        "data-juicer, nearest": (given.data_juicer_python, DATA_JUICER),
    }
    rows = max(given.memory, default=given.rows)
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        folder = Path(name)
        os.environ["FACTORY_CACHE"] = str(folder / "cache")
        make(folder / "few", thoughts, FEW, given.workers)
        make(folder / "all", thoughts, rows, given.workers)
        size = (folder / "all" / "rows.jsonl").stat().st_size
        print(
            f"{rows} rows, {size / rows / 1000:.1f} kB each, {given.workers} workers; "
            f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}"
        )
        if given.memory:
            memory(folder, given.memory, given.workers)
        else:
            asked = {title: how for title, how in peers.items() if how[0]}
            speed(folder, rows, given.workers, given.only, asked)


if __name__ == "__main__":
    main()
