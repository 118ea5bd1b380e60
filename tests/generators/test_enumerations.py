"""What tells an enumeration from a loop."""

import itertools
import random

import numpy as np
import pytest

from generators.texts.enumerations import (
    breaks_off,
    by_cases,
    covered,
    listed,
    numbers,
    symbols,
    without_rows,
)
from generators.texts.words import words


def test_numbers_and_symbols() -> None:
    text = "Move disk 12 from A to 3b, x2 是 7"
    told = words(text)
    said = [text[start:end] for start, end in zip(told.starts, told.ends, strict=True)]
    assert [said[at] for at in np.flatnonzero(numbers(text, told))] == ["12", "7"]
    assert [said[at] for at in np.flatnonzero(symbols(text, told))] == ["12", "A", "7"]
    none = words("?!")
    assert len(numbers("?!", none)) == len(symbols("?!", none)) == 0


@pytest.mark.parametrize(
    ("text", "share"),
    [
        (" ".join(f"move disk {n} to {'abc'[n % 3]} now" for n in range(40)), 1.0),
        (" ".join(f"move disk {n % 3} to the peg" for n in range(40)), 0.0),  # three fillings
        ("0 " * 100, 1.0),
        ("0 " * 6_000, 0.0),  # more than a grid
        ("so it is what it was " * 40, 0.0),
        ("too short", 0.0),
    ],
)
def test_rows_of_a_list(text: str, share: float) -> None:
    told = words(text)
    row = listed(told.hashes, symbols(text, told), 6)
    assert len(row) == max(0, len(told) - 5)
    assert (float(row.mean()) if len(row) else 0.0) == share


TURNS = list(itertools.permutations(("Ann", "Bob", "Cid", "Dan"), 3))
SUPPOSED = "Suppose {} is a knight and {} a knave. Then what {} says is true, so they agree. "
CHANCE = random.Random(3)
STARTS = ("Wait", "Hmm", "No", "So")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("".join(SUPPOSED.format(*names) for names in TURNS), True),
        ("".join(SUPPOSED.format(*names) for names in TURNS[:4]), False),
        ("".join(SUPPOSED.format(*names) for names in TURNS[:3] * 6), False),  # said before
        (SUPPOSED * 12, False),
        ("".join(SUPPOSED.format(f"n{n}", f"m{n}", f"k{n}") for n in range(30)), False),
        ("".join(f"{CHANCE.choice(STARTS)}, that is not it, so I look again. " for _ in range(30)),
         False),
        ("so it is", False),
    ],
)  # fmt: skip
def test_cases_that_fill_a_template_in(text: str, expected: bool) -> None:
    assert by_cases(words(text).hashes) is expected


def test_covered() -> None:
    assert covered(np.array([True, False, False, True]), 2).tolist() == [1, 1, 0, 1, 1]


def test_without_rows() -> None:
    rows = "".join(f"If x = {n}, then y is not an integer.\n" for n in range(50))
    assert without_rows(f"(So) we try all.\n{rows}And none is, which is what was asked.", 20) in (
        "(So) we try all.\nAnd none is, which is what was asked.",
        "(So) And none is, which is what was asked.",
    )
    assert without_rows("?! so it is", 20) == "?! so it is"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", True),
        ("So it is 4.", False),
        ("So it is **4**\n", False),
        ("So it i", True),
        ("1, 2, 3,", True),
        ("Move 1 from A to C\n\nMove 2 from A to B\n", False),
        ("Move 1 from A to C\nMove 2 from", True),
        ("是这样。", False),
    ],
)
def test_breaks_off(text: str, expected: bool) -> None:
    assert breaks_off(text) is expected
