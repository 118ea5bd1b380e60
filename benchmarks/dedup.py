"""Time and peak memory of removing near-duplicates from made problems of about 100 words.

    python benchmarks/dedup.py --problems 800000

Problems are drawn from a vocabulary by fixed hashes: a tenth of them are a near-duplicate of an
earlier one (a few words changed), a tenth are siblings of one template that differ in numbers.
Prints the CPU time of signing (in one process; the line signs in all its workers), the time of
deciding and the peak memory of the whole process as one line of JSON.
"""

import argparse
import json
import random
import resource
import time
from collections.abc import Iterator

import polars as pl

from filters.dedup import Signature, decide, dedup
from generators.records import Problem

WORDS = 100
THRESHOLD = 0.8


def problems(count: int, seed: int) -> Iterator[tuple[str, str]]:
    """Made problems: their ids and questions."""
    rng = random.Random(seed)
    letters = "abcdefghiklmnoprstuvwz"
    vocabulary = ["".join(rng.choices(letters, k=rng.randint(2, 10))) for _ in range(20_000)]
    weights = [1 / (rank + 2) for rank in range(len(vocabulary))]
    template = rng.choices(vocabulary, weights, k=WORDS)
    earlier = template
    for number in range(count):
        turn = number % 10
        if turn == 0:
            words = list(template)
            for place in range(0, WORDS, 9):
                words[place] = str(rng.randint(2, 10**6))
        elif turn == 1:
            words = list(earlier)
            for _ in range(2):
                words[rng.randrange(len(words))] = rng.choice(vocabulary)
        else:
            words = rng.choices(vocabulary, weights, k=rng.randint(WORDS - 20, WORDS + 20))
            words[5] = str(rng.randint(2, 10**6))
            earlier = words
        yield f"{rng.getrandbits(96):024x}", " ".join(words)


def signed(count: int, seed: int, rows: int = 4096) -> tuple[pl.DataFrame, float]:
    """Signatures in a table, made as the line makes them, and the seconds that signing took."""
    spent, parts, held = 0.0, [], []
    schema = {"id": pl.String, "text": pl.String, "problem": pl.String}
    schema |= {
        "values": pl.Int64,
        "words": pl.Binary,
        "sketch": pl.Binary,
        "near": pl.String,
        "like": pl.Float64,
    }
    for number, (identity, question) in enumerate(problems(count, seed), 1):
        problem = Problem(id=identity, question=question)
        began = time.process_time()
        row: Signature = dedup(problem, threshold=THRESHOLD)
        spent += time.process_time() - began
        held.append({"id": identity, **row})
        if len(held) == rows or number == count:
            parts.append(pl.DataFrame(held, schema=schema))
            held = []
    return pl.concat(parts), spent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--problems", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    table, signing = signed(given.problems, given.seed)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, cpu = time.perf_counter(), time.process_time()
    judged = decide(table, threshold=THRESHOLD)
    told = {
        "problems": given.problems,
        "signing_cpu_s": round(signing, 1),
        "deciding_s": round(time.perf_counter() - began, 1),
        "deciding_cpu_s": round(time.process_time() - cpu, 1),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
        "peak_before_deciding_mib": before >> 10,
        "dropped": int((judged["outcome"] == "reject").sum()),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
