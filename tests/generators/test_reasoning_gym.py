"""reasoning-gym's families as a source: the same rows in any process, and nothing lost in JSON."""

import importlib.util
import json
import os
import subprocess
import sys
from fractions import Fraction
from typing import Any

import pytest

from filters.kinds.logic import logic
from generators.errors import UserError
from generators.gym_entries import known_families, pack, unpack
from generators.reasoning_gym import reasoning_gym
from generators.records import Problem
from generators.registry import find


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        1.5,
        10**30,
        "text",
        [1, (2, [3, ()])],
        {"a": {"b": (1, 2)}, "c": []},
        [Fraction(2, 3), Fraction(4)],
        {1: "one", (2, 3): "pair"},
        {"__tuple__": [1]},
        {"__dict__": [[1, 2]], "x": 1},
    ],
)
def test_packing_loses_nothing(value: Any) -> None:
    back = unpack(json.loads(json.dumps(pack(value))))
    assert back == value
    assert repr(back) == repr(value)


@pytest.mark.parametrize("value", [{1, 2}, b"bytes", [object()], {"a": {3}}])
def test_what_cannot_be_packed_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="cannot be stored"):
        pack(value)


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"pip install 'reasoning-factory\[gym\]'"):
        reasoning_gym(["zebra_puzzles"])
    assert find("source", "reasoning_gym").needs == "gym"


@pytest.fixture
def gym() -> None:
    pytest.importorskip("reasoning_gym", exc_type=ImportError)


# One that packs tuples, one with numbers as keys and no reference, one whose scorer needs tuples,
# and two that walk through sets.
FAMILIES = ["countdown", "graph_color", "rearc", "word_ladder", "polynomial_multiplication"]


@pytest.mark.gym
@pytest.mark.usefixtures("gym")
def test_rows_are_whole_and_their_references_score() -> None:
    rows = list(reasoning_gym(FAMILIES, count=15, seed=2))
    assert [json.loads(row["check"])["family"] for row in rows] == FAMILIES * 3
    assert len({row["question"] for row in rows}) == 15
    for row in rows:
        problem = Problem(id="p", source="made", **row)
        assert (problem.kind, problem.domain, problem.language) == ("logic", "logic", "en")
        if problem.answer:
            verdict = logic(problem, f"<answer>{problem.answer}</answer>")
            assert verdict.outcome == "keep", (row["check"], verdict)
        assert logic(problem, "<answer>nonsense</answer>").outcome != "keep"


@pytest.mark.gym
@pytest.mark.usefixtures("gym")
def test_every_family_makes_rows_and_tells_right_from_wrong() -> None:
    families = list(known_families())
    assert len(families) > 90
    for row in reasoning_gym(families, count=len(families)):
        problem = Problem(id="p", source="made", **row)
        family = json.loads(row["check"])["family"]
        wrong = logic(problem, "<answer>nonsense</answer>")
        assert wrong.outcome != "keep", (family, wrong)
        if problem.answer:
            right = logic(problem, f"<answer>{problem.answer}</answer>")
            assert right.outcome == "keep", (family, right)


@pytest.mark.gym
@pytest.mark.usefixtures("gym")
def test_the_same_rows_in_any_process() -> None:
    program = (
        "from generators.reasoning_gym import reasoning_gym;"
        f"print([row for row in reasoning_gym({FAMILIES}, count=10, seed=5)])"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.getcwd()},
            capture_output=True,
            check=True,
        ).stdout
        for hash_seed in ("1", "2")
    ]
    assert said[0] == said[1]
    first, longer = (list(reasoning_gym(FAMILIES, count=n, seed=5)) for n in (5, 10))
    assert longer[:5] == first
    assert first != list(reasoning_gym(FAMILIES, count=5, seed=6))


@pytest.mark.gym
@pytest.mark.usefixtures("gym")
def test_an_unknown_family_is_named_with_its_neighbour() -> None:
    with pytest.raises(UserError, match="no family 'zebra_puzzle'; did you mean 'zebra_puzzles'"):
        reasoning_gym(["zebra_puzzle"])
    with pytest.raises(UserError, match="composite"):
        reasoning_gym(["composite"])
