"""Entries of reasoning-gym as lines of JSON, made in a process of their own.

    python -m generators.gym_entries 17 1000 zebra_puzzles n_queens

A few families walk through sets, so what they make depends on the interpreter's hash seed, and a
few print; here the seed is fixed and what is printed goes nowhere. Imports nothing of ours.
"""

import contextlib
import functools
import hashlib
import json
import numbers
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

# Entries a data set is made of. One family draws its entries from the size of the data set, so that
# the size must not depend on how many are asked for.
_BLOCK = 500

# It only mixes other families, by settings of its own.
_NOT_A_FAMILY = "composite"


@functools.cache
def known_families() -> tuple[str, ...]:
    """The names of reasoning-gym's families."""
    (names,) = _ask([])
    return tuple(names)


def entries(families: list[str], seed: int, count: int) -> Iterator[dict[str, Any]]:
    """`count` entries from these families in turn: family, question, answer, packed metadata.

    Entry i is a function of family, seed, i and the version of reasoning-gym.
    """
    return _ask([str(seed), str(count), *families])


def pack(value: Any) -> Any:
    """A value in a form that JSON keeps: it makes lists of tuples, and text of numbers as keys."""
    if isinstance(value, str):
        return str(value)  # of a subclass too: numpy has one
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list):
        return [pack(item) for item in value]
    if isinstance(value, tuple):
        return {"__tuple__": [pack(item) for item in value]}
    if isinstance(value, numbers.Integral):
        return int(value)  # sympy and numpy have their own
    if isinstance(value, numbers.Rational):
        return {"__fraction__": f"{value.numerator}/{value.denominator}"}
    if isinstance(value, dict):
        if all(isinstance(key, str) and not key.startswith("__") for key in value):
            return {str(key): pack(item) for key, item in value.items()}
        return {"__dict__": [[pack(key), pack(item)] for key, item in value.items()]}
    raise TypeError(f"reasoning-gym gave a {type(value).__name__}, which cannot be stored")


def unpack(value: Any) -> Any:
    """What was packed."""
    if isinstance(value, list):
        return [unpack(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "__tuple__" in value:
        return tuple(unpack(item) for item in value["__tuple__"])
    if "__fraction__" in value:
        return Fraction(value["__fraction__"])
    if "__dict__" in value:
        return {unpack(key): unpack(item) for key, item in value["__dict__"]}
    return {key: unpack(item) for key, item in value.items()}


def _ask(arguments: list[str]) -> Iterator[Any]:
    """Run this file with these arguments and read its lines."""
    path = os.pathsep.join(os.path.abspath(entry) for entry in sys.path)
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", __name__, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=os.environ | {"PYTHONHASHSEED": "0", "PYTHONPATH": path},
        )
        try:
            assert process.stdout is not None
            with process.stdout as lines:
                yield from map(json.loads, lines)
            if process.wait():
                errors.seek(0)
                said = errors.read().decode(errors="replace").strip()
                raise RuntimeError(f"reasoning-gym failed: {said[-2000:]}")
        finally:
            process.kill()
            process.wait()


def _main(arguments: list[str]) -> None:
    out = sys.stdout
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        for line in _made(arguments):
            out.write(json.dumps(line) + "\n")


def _made(arguments: list[str]) -> Iterator[Any]:
    import reasoning_gym.factory

    if not arguments:
        yield sorted(set(reasoning_gym.factory.DATASETS) - {_NOT_A_FAMILY})
        return
    seed, count, families = arguments[0], int(arguments[1]), arguments[2:]
    datasets: dict[str, Any] = {}
    for number in range(count):
        family = families[number % len(families)]
        block, index = divmod(number // len(families), _BLOCK)
        if index == 0:
            datasets[family] = reasoning_gym.create_dataset(
                family, seed=_seed(family, seed, block), size=_BLOCK
            )
        entry = datasets[family][index]
        yield {
            "family": family,
            "question": entry["question"],
            "answer": entry["answer"],
            "metadata": pack(entry["metadata"]),
        }


def _seed(family: str, seed: str, block: int) -> int:
    """A seed far from its neighbours': reasoning-gym makes entry i from seed + i."""
    digest = hashlib.sha256(f"{family}\0{seed}\0{block}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1


if __name__ == "__main__":
    _main(sys.argv[1:])
