"""CPU and memory of the trace filters over long chains of thought, reading and writing included.

    python benchmarks/traces.py --rows 10000 --traces FOLDER \\
        --datatrove-python venv1/bin/python --data-juicer-python venv2/bin/python

FOLDER holds *.jsonl of real traces with the thought under one of the names in THOUGHTS. They are
cut to about 19 kB (4,000 tokens), repeated, and every twentieth word is exchanged, so that no two
are the same. The peers do the nearest that they have: Gopher repetition and MinHash signatures in
datatrove (in one process, whose CPU is counted whole), word and character repetition and MinHash in
data-juicer; neither looks for mixing, steps, form or benchmarks. CPU is user + system of the
command and all its children; what a build of 20 rows takes to start is taken off ours.
"""

import argparse
import json
import os
import platform
import random
import sys
import tempfile
from pathlib import Path

from line import measured

THOUGHTS = ("reasoning", "thinking", "reasoning_trace", "response", "solution")
CHARACTERS = 19_000
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
    "all": [
        "complete", "think_format", "language", "readability", "repetition", "steps",
        {"length": {"at_most": 100_000}}, "hygiene", "DECONTAMINATE", {"dedup": {"threshold": 0.8}},
    ],
}  # fmt: skip

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
    """Real thoughts of at least half the length, cut to it."""
    found = []
    for path in sorted(folder.rglob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                text = next((row[n] for n in THOUGHTS if isinstance(row.get(n), str)), "")
                text = text.replace("<think>", "").partition("</think>")[0]
                if len(text) >= CHARACTERS // 2 and "\ufffd" not in text:
                    found.append(text[:CHARACTERS])
    return found


def perturbed(text: str, rng: random.Random) -> str:
    """The text with every twentieth word exchanged for another of its words."""
    words = text.split(" ")
    for at in range(rng.randrange(20), len(words), 20):
        words[at] = words[rng.randrange(len(words))]
    return " ".join(words)


def make(folder: Path, traces: Path, rows: int, workers: int) -> None:
    """rows.jsonl for one reader, and the same rows in a shard for each worker."""
    thoughts = real_thoughts(traces)
    if not thoughts:
        raise SystemExit(f"{traces}: no traces of {CHARACTERS // 2} characters in *.jsonl")
    rng = random.Random(17)
    (folder / "shards").mkdir()
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


def spec(name: str) -> str:
    """A spec (JSON is YAML) with these filters over the rows."""
    known = {"name": "bench", "files": ["benchmark.jsonl"], "question": "problem"}
    against = {"decontaminate": {"benchmarks": [known]}}
    filters = [against if one == "DECONTAMINATE" else one for one in FILTERS[name]]
    told = {
        "name": name.replace(" ", "-"),
        "sources": {"made": {"jsonl": "rows.jsonl", "kind": "math", "domain": "math",
                             "language": "en", "licence": "MIT",
                             "fields": {"question": "prompt", "answer": "gold"}}},
        "generate": [{"recorded": {"stream": "reasoning", "from": ["made"],
                                   "fields": {"response": "text", "finish": "finish_reason"}}}],
        "filters": filters,
    }  # fmt: skip
    return json.dumps(told)


def started(folder: Path, workers: int) -> float:
    """Seconds of CPU that a build of 20 of the rows takes: its processes start and import."""
    command = [sys.executable, "-m", "factory.cli", "build", "--spec", "start.yaml", "--limit",
               "20", "--workers", str(workers), "--quiet"]  # fmt: skip
    (folder / "start.yaml").write_text(spec("line only").replace('"line-only"', '"start"'))
    return measured(command, folder)["cpu"]


def main() -> None:
    """Make the rows, run each set of filters and the peers once, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--traces", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=5_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", default="", help="one of: " + ", ".join(FILTERS))
    parser.add_argument("--folder", default=None, help="scratch space; a temporary folder")
    parser.add_argument("--datatrove-python", default="")
    parser.add_argument("--data-juicer-python", default="")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        folder = Path(name)
        make(folder, given.traces, given.rows, given.workers)
        size = (folder / "rows.jsonl").stat().st_size
        print(
            f"{given.rows} rows, {size / given.rows / 1000:.1f} kB each, {given.workers} workers; "
            f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}"
        )
        runs = {}
        for title in [given.only] if given.only else FILTERS:
            path = folder / f"{title.replace(' ', '-')}.yaml"
            path.write_text(spec(title))
            runs[title] = [sys.executable, "-m", "factory.cli", "build", "--spec", path.name,
                           "--workers", str(given.workers), "--quiet"]  # fmt: skip
        for title, python, script in (
            ("datatrove, nearest", given.datatrove_python, DATATROVE),
            ("data-juicer, nearest", given.data_juicer_python, DATA_JUICER),
        ):
            if python:
                path = folder / f"{title.partition(',')[0]}_peer.py"
                path.write_text(script)
                runs[title] = [python, str(path), str(folder), str(given.workers)]
        start = started(folder, given.workers)
        print(f"start-up, taken off ours below: {start:.2f} s of CPU")
        print(f"{'':22}{'CPU ms/sample':>14}{'wall s':>9}{'peak MB/process':>17}")
        for title, command in runs.items():
            told = measured(command, folder)
            ours = title in FILTERS
            each = 1000 * (told["cpu"] - (start if ours else 0)) / given.rows
            print(f"{title:22}{each:>14.3f}{told['wall']:>9.1f}{told['peak']:>17.0f}", flush=True)


if __name__ == "__main__":
    main()
