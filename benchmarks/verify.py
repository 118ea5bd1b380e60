"""Speed of `verify` beside math-verify's, on a MATH-like mix, in one run on one machine.

    python benchmarks/verify.py --peer-python other/venv/bin/python

Golds are read from FACTORY_DATA; each is asked for with a response of one to two thousand
characters around a boxed answer: the gold itself (70 %), or another gold of its kind. Both judge
the same cases, one at a time, in one thread. The peer runs in its own environment, as its README
shows: parse(gold), parse(response), verify.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import time
from pathlib import Path

from filters.mathematics import algebra
from filters.mathematics.canonical import canonical
from filters.mathematics.shapes import shape
from filters.verify import reference, verify_response
from generators.records import Problem

DATA = Path(os.environ.get("FACTORY_DATA") or Path(__file__).parents[2] / "shared" / "data")
GOLDS = DATA / "real" / "problems" / "math_train_7500" / "math.json"
RIGHT = 0.7
PROSE = (
    "First we look at what is given, and write down what follows from it. ",
    "Substituting $x = {} + t$ we get $x^2 - {}x + {} = 0$, which factors. ",
    "Let $n$ be the number of ways; then $n = \\binom{{{}}}{{2}} + {}$, so that ",
    "\\[ \\frac{{a + {}}}{{b}} = \\sqrt{{{}}} \\] and the two sides agree. ",
    "Checking the case $k = {}$ by hand shows that nothing was left out. ",
)

PEER = """
import json, sys, time
from math_verify import parse, verify
for line in sys.stdin:
    case = json.loads(line)
    start = time.perf_counter()
    same = verify(parse("$" + case["gold"] + "$"), parse(case["response"]))
    print(json.dumps([time.perf_counter() - start, bool(same)]), flush=True)
"""


def cases(count: int, seed: int) -> list[dict[str, str]]:
    """Golds with a response each: right, or with another gold of the same kind."""
    rng = random.Random(seed)
    golds = [
        reference(row["answer"]) for row in json.loads(GOLDS.read_text("utf-8")) if row["answer"]
    ]
    kinds: dict[tuple[str, bool], list[str]] = {}
    for gold in golds:
        kinds.setdefault(kind(gold), []).append(gold)
    found = []
    for gold in rng.sample(golds, count):
        others = kinds[kind(gold)]
        answer = gold if rng.random() < RIGHT or len(others) < 2 else rng.choice(others)
        found.append({"gold": gold, "response": response(answer, rng)})
    return found


def kind(gold: str) -> tuple[str, bool]:
    """Golds of one kind look alike: plain ones with and without LaTeX, tuples, intervals ..."""
    return shape(canonical(gold)).kind, "\\" in gold


def response(answer: str, rng: random.Random) -> str:
    """One to two thousand characters that end in a boxed answer."""
    size, text = rng.randint(1_000, 2_000), ""
    while len(text) < size:
        text += rng.choice(PROSE).format(*(rng.randint(2, 99) for _ in range(3)))
    return f"{text}\n\nTherefore the answer is $\\boxed{{{answer}}}$."


def ours(found: list[dict[str, str]]) -> tuple[list[float], list[str]]:
    """Seconds and verdict of each case."""
    algebra.warm()
    seconds, verdicts = [], []
    for case in found:
        problem = Problem("p", "", case["gold"], "math", "math", "", "en")
        start = time.perf_counter()
        verdict = verify_response(problem, case["response"])
        seconds.append(time.perf_counter() - start)
        verdicts.append(verdict.outcome)
    return seconds, verdicts


def peer(found: list[dict[str, str]], python: str) -> tuple[list[float], list[bool]]:
    """The same of math-verify, in its own interpreter; the first case warms it up."""
    lines = [json.dumps(case) for case in (found[0], *found)]
    done = subprocess.run(
        [python, "-c", PEER], input="\n".join(lines), capture_output=True, text=True, check=True
    )
    told = [json.loads(line) for line in done.stdout.splitlines()][1:]
    return [one[0] for one in told], [one[1] for one in told]


def figures(seconds: list[float]) -> dict[str, float]:
    """Median, mean and 99th percentile in milliseconds."""
    ordered = sorted(seconds)
    return {
        "median": 1e3 * statistics.median(ordered),
        "mean": 1e3 * statistics.fmean(ordered),
        "p99": 1e3 * ordered[int(0.99 * len(ordered))],
    }


def main() -> None:
    """Run both and print a table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--peer-python", default="", help="an interpreter with math-verify")
    options.add_argument("--cases", type=int, default=600)
    options.add_argument("--seed", type=int, default=17)
    told = options.parse_args()
    if not GOLDS.is_file():
        sys.exit(f"skipped: no golds at {GOLDS}; FACTORY_DATA may name another folder")
    found = cases(told.cases, told.seed)
    seconds, verdicts = ours(found)
    mine = figures(seconds)
    counts = {word: verdicts.count(word) for word in ("keep", "reject", "unknown")}
    print(f"{len(found)} cases: {counts}")
    print("| milliseconds | " + " | ".join(mine) + " |\n| --- | --- | --- | --- |")
    print("| verify | " + " | ".join(f"{value:.3f}" for value in mine.values()) + " |")
    if not told.peer_python or not Path(told.peer_python).is_file():
        print("math-verify: skipped, --peer-python names no interpreter")
        return
    other_seconds, same = peer(found, told.peer_python)
    other = figures(other_seconds)
    print("| math-verify | " + " | ".join(f"{value:.3f}" for value in other.values()) + " |")
    print("| times as fast | " + " | ".join(f"{other[n] / mine[n]:.0f}" for n in mine) + " |")
    differ = sum((a == "keep") != b for a, b in zip(verdicts, same, strict=True))
    print(f"verdicts that differ: {differ}")


if __name__ == "__main__":
    main()
