"""Loops at the end of a text: found whatever their period, and not seen in enumerations."""

import random
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generators.texts.loops import Loop, exact_loop, longest_suffix, loop_within, near_loop

WORDS = """so then we have that the sum of both sides is larger when each term doubles which
means another look at this equation could help because every factor divides some number"""
NAMES = ["Ada", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gus", "Hal", "Ida", "Jon", "Kim", "Lea"]


def prose(characters: int, seed: int = 1) -> str:
    """Sentences that do not repeat."""
    chance = random.Random(seed)
    sentences: list[str] = []
    size = 0
    while size < characters:
        words = chance.choices(WORDS.split(), k=chance.randrange(6, 20))
        sentences.append(f"{' '.join(words).capitalize()} {chance.randrange(1000)}.")
        size += len(sentences[-1]) + 1
    return " ".join(sentences)[:characters]


GOOD = prose(20_000)


@pytest.mark.parametrize(
    ("unit", "times", "found"),
    [
        ("No. \n", 45, True),
        ("No. \n", 35, False),  # 175 characters: a stutter
        ("So it is 5, and then again. ", 8, True),
        (prose(900, 2), 3, True),
        (prose(900, 2), 2, False),  # said twice is a summary
        ("-> ??? ", 100, True),
        ("-> ??? ", 60, False),  # without letters it takes more
        ("| 0 | 0 |\n", 30, False),  # rows of a matrix
        ("循环。", 100, True),
        ("😀 ok ", 60, True),
    ],
)
def test_exact_loops(unit: str, times: int, found: bool) -> None:
    text = GOOD + unit * times
    loop = exact_loop(text)
    assert (loop is not None) is found
    if loop:
        assert loop.period % len(unit) == 0 or len(unit) % loop.period == 0
        assert abs(loop.start - len(GOOD)) <= len(unit)
        assert len(text.rstrip()) == loop.end
        assert not loop.near


def test_a_loop_of_any_period_is_found_after_20_kilobytes() -> None:
    chance = random.Random(3)
    missed = []
    periods = range(5, 2_001, 7)
    for period in periods:
        unit = prose(period, seed=period)
        times = max(3, 400 // period + 1)
        text = GOOD + unit * times + unit[: chance.randrange(period)]
        loop = exact_loop(text)
        if not loop or loop.start > len(GOOD) + period:
            missed.append(period)
    assert len(missed) <= 0.01 * len(periods), missed


@pytest.mark.parametrize("before", [0, 20_000, 200_000])
def test_a_loop_may_start_late_and_reach_far(before: int) -> None:
    unit = "Wait, I should check this once more. "
    loop = exact_loop(prose(before, 4) + unit * 500)
    assert loop is not None
    assert (loop.period, round(loop.times)) == (len(unit), 500)


def test_what_may_follow_a_loop() -> None:
    text = GOOD + "Wait, I should check this once more. " * 50
    assert exact_loop(text + prose(700, 5))
    assert exact_loop(text + prose(1_300, 5)) is None
    assert exact_loop(text + prose(1_300, 5), after=1_500)
    assert exact_loop(text + prose(9_000, 5), after=1_000_000)
    counted = GOOD + "".join(f"Step {n}: check the sum again, it is the same.\n" for n in range(99))
    assert near_loop(counted)
    assert near_loop(counted + prose(500, 5)) is None  # a counter that came to its end
    waited = GOOD + "".join(map(wait, range(60)))
    assert near_loop(waited + prose(500, 5))
    assert near_loop(waited + prose(1_300, 5)) is None


def wait(n: int) -> str:
    said = ("Wait,", "Hmm,", "No,", "But")[(n * n + n // 3) % 4]
    return f"{said} that is not right, so let me add up the first terms once more.\n\n"


def twice(n: int) -> str:
    return f"On page {n} there is nothing, so turn to page {n + 1} and read it from the start.\n"


def hanoi(disks: int, pegs: str = "ABC") -> list[tuple[int, str, str]]:
    if not disks:
        return []
    a, b, c = pegs
    return [*hanoi(disks - 1, a + c + b), (disks, a, c), *hanoi(disks - 1, b + a + c)]


NEAR: list[tuple[Callable[[int], str], int, bool]] = [
    (wait, 60, True),
    (wait, 10, False),  # 700 characters
    (lambda n: f"Step {n}: let me check the sum again, it stays the same.\n", 60, True),
    (lambda n: f"Step {n}: let me check the sum again, it stays the same.\n", 15, False),
    (lambda n: f"{n}, ", 500, True),  # a counter and nothing else
    (lambda n: f"{n}, ", 100, False),
    (twice, 40, True),
    (lambda n: f"Step {500 - n}: let me check the sum again, it stays the same.\n", 60, True),
    (lambda n: f"第{n}步：再检查一次，结果还是一样，所以我们继续往下看。\n", 90, True),
]
NEW: list[Callable[[int], str]] = [
    lambda n: f"Case {n}: {n}^2 = {n * n}, which leaves {n * n % 7} when divided by 7: no.\n",
    lambda n: f"For n = {n} we get 2n + 1 = {2 * n + 1}, which is not a square of a number.\n",
    lambda n: f"| {n} | {n * n} | {n**3} |\n",
    lambda n: f"x = {n // 10}, y = {n % 10}: the sum is {n // 10 + n % 10}, not enough.\n",
    lambda n: f"{n}: {'divisible by 3' if n % 3 == 0 else 'prime' if n in (2, 5, 7) else 'odd'}.\n",
    lambda n: f"If {NAMES[n // 12]} lies, then {NAMES[n % 12]} is right, which cannot be.\n",
    lambda n: f"{n * 7919 % 10}, ",
    lambda n: f"{n:b} ",
    lambda n: f"{NAMES[n * 7 % 12]} is older than {NAMES[n * n // 9 % 12]}.\n",
]


@pytest.mark.parametrize(("block", "blocks", "found"), NEAR)
def test_near_loops(block: Callable[[int], str], blocks: int, found: bool) -> None:
    text = GOOD + "\n\n" + "".join(map(block, range(1, blocks + 1)))
    loop = near_loop(text)
    assert (loop is not None) is found
    if loop:
        assert loop.near
        assert loop.times >= 5
        assert loop.end <= len(text)


@pytest.mark.parametrize("block", NEW)
def test_blocks_that_say_something_new_are_no_loop(block: Callable[[int], str]) -> None:
    text = GOOD + "\n\n" + "".join(map(block, range(1, 101)))
    assert near_loop(text) is None
    assert exact_loop(text) is None


CHANCE = random.Random(11)
LISTS = {
    "moves": "\n".join(f"Move disk {disk} from {a} to {b}" for disk, a, b in hanoi(9)),
    "zeros": "\n".join([" ".join("0" * 30)] * 30),
    "bits": "\n".join(" ".join(CHANCE.choices("01", k=30)) for _ in range(30)),
    "unit matrix": "\n".join(" ".join("01"[row == at] for at in range(25)) for row in range(25)),
    "cases": "\n".join(
        f"If x = {n}, then 7 does not divide the left side, so y is not an integer."
        for n in range(60)
    ),
    "numbers": ", ".join(map(str, range(500))) + ".",
}
REPEATED = "\n".join(
    f"{n}. {('Look at the sum', 'Write it down', 'Draw a line')[n % 3]}" for n in range(1, 91)
)


@pytest.mark.parametrize("name", LISTS)
def test_an_enumeration_that_ends_is_no_loop(name: str) -> None:
    text = f"{GOOD}\n\n{LISTS[name]}"
    assert exact_loop(text, closed=True) is None
    assert near_loop(text, closed=True) is None
    concluded = f"{text}\n\nSo that is all there is to see."
    assert exact_loop(concluded) is None
    assert near_loop(concluded) is None


@pytest.mark.parametrize(("name", "cut"), [("cases", 30), ("numbers", 3), ("zeros", 5)])
def test_an_enumeration_that_is_cut_off_is_a_loop(name: str, cut: int) -> None:
    text = f"{GOOD}\n\n{LISTS[name][:-cut]}"
    for closed in (False, True):
        assert exact_loop(text, closed=closed) or near_loop(text, closed=closed)


def test_a_list_that_repeats_its_items_is_a_loop_though_it_ends() -> None:
    loop = near_loop(f"{GOOD}\n\n{REPEATED}\n\nSo that is all there is to see.")
    assert loop is not None
    # while one item for each number may be what is said of a case
    one = "\n".join(f"{n}. Write the sum of both sides down" for n in range(1, 91))
    assert near_loop(f"{GOOD}\n\n{one}\n\nSo that is all there is to see.") is None


CHECK = "Hmm, that is not right, because the sum must be even. "


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (GOOD + CHECK * 45 + GOOD[:9_000], True),
        (GOOD + CHECK * 32 + GOOD[:9_000], False),  # 1,728 characters
        (GOOD + prose(150, 6) * 15 + GOOD[:9_000], False),
        (GOOD + prose(150, 6) * 25 + GOOD[:9_000], True),
        (CHECK * 300 + GOOD, True),
        (GOOD + "等等，我再检查一遍这个数，它必须是偶数。" * 110 + GOOD, True),
        (GOOD + "False, False, True, " * 300 + GOOD, False),  # a table
        (GOOD + "x = 0, y = 1; " * 300 + GOOD, False),
        (GOOD + "-> ??? " * 900 + GOOD, False),
        (GOOD + "".join(f"Hmm, it is not {n}, the sum must be even. " for n in range(99)), False),
        (GOOD, False),
        ("", False),
    ],
)
def test_loops_within_a_text(text: str, found: bool) -> None:
    loop = loop_within(text)
    assert (loop is not None) is found
    if loop:
        assert loop.times >= 20
        said = text[loop.start : loop.end]
        assert said[loop.period :] == said[: -loop.period]


@pytest.mark.parametrize("least", [40, 200, 1_000])
def test_every_period_of_a_loop_within(least: int) -> None:
    for period in range(least, least + 40):
        unit = prose(period, period)
        text = GOOD + unit * max(22, 2_100 // period + 1) + GOOD
        loop = loop_within(text)
        assert loop is not None
        assert abs(loop.start - len(GOOD)) <= period


def recomputed(words: int, value: Callable[[int], int]) -> Callable[[int], str]:
    """A block of so many words that do not change, and a number."""
    said = " ".join(prose(900, 3).replace(".", "").split()[:words])
    return lambda n: f"Wait, it gives {value(n)}. {said}.\n"


NUMBERS = random.Random(5).choices(range(100, 1_000), k=100)


@pytest.mark.parametrize(
    ("words", "value", "blocks", "closed", "found"),
    [
        (28, lambda n: NUMBERS[n], 12, False, True),
        (28, lambda n: NUMBERS[n], 40, True, True),
        (28, lambda n: NUMBERS[n], 6, False, False),
        (14, lambda n: NUMBERS[n], 40, True, False),  # what is said of many numbers
        (14, lambda n: n * n, 40, False, False),  # and of a list of them
        (28, lambda n: n * n, 40, True, False),
        (28, lambda n: 3_000 - n * n, 40, False, False),
    ],
)
def test_numbers_of_no_list_say_nothing_new(
    words: int, value: Callable[[int], int], blocks: int, closed: bool, found: bool
) -> None:
    block = recomputed(words, value)
    text = GOOD + "\n\n" + "".join(map(block, range(blocks)))
    assert bool(near_loop(text, closed=closed)) is found


ARRAY = "$$\\begin{array}{cccc}" + " & ".join(["\\cdot"] * 40)


def test_a_filled_array_is_no_loop() -> None:
    assert exact_loop(f"{GOOD}\n\n{ARRAY}\\end{{array}}$$\n\nSo it is.") is None
    assert exact_loop(f"{GOOD}\n\n{ARRAY}" + " & \\cdot" * 60)  # it breaks off
    assert exact_loop(GOOD + "so & so on & " * 30 + "\nSo it is.")


def test_a_grid_has_its_bounds() -> None:
    assert exact_loop(GOOD + "0 " * 7_000 + "\nSo it is.") is None
    assert exact_loop(GOOD + "0 " * 8_000 + "\nSo it is.")
    assert exact_loop(GOOD + "-> ??? " * 100 + "\nSo it is.")  # no numbers


def test_numbers_of_many_digits_and_letters_are_no_counter() -> None:
    assert (
        near_loop(GOOD + "".join(f"{n}{'0' * 15} is it, not the other.\n" for n in range(100)))
        is None
    )
    assert (
        near_loop(GOOD + "".join(f"{n}x{n} is it, not the other one.\n" for n in range(100)))
        is None
    )


@pytest.mark.parametrize(
    "text", ["", " ", "a", "\ud800", "x" * 31, "no " * 20, GOOD, "\n" * 5_000, "1 " * 30]
)
def test_no_loop(text: str) -> None:
    assert exact_loop(text) is None
    assert near_loop(text) is None


@pytest.mark.parametrize(
    "text",
    ["a" * 300_000, "a" * 300_000 + "b", " a" * 150_000, ("a" * 31 + "b") * 9_000 + "a" * 40,
     "\ud800 x " * 60_000, "0123456789" * 30_000],
)  # fmt: skip
def test_hostile_texts(text: str) -> None:
    loop = exact_loop(text)
    assert loop is not None
    assert loop.times > 9_000


@given(
    st.text("ab \n", max_size=60),
    st.text("abc", min_size=5, max_size=40),
    st.integers(60, 90),
)
@settings(max_examples=60, deadline=None)
def test_an_exact_loop_is_what_it_says(before: str, unit: str, times: int) -> None:
    text = before + unit * times
    loop = exact_loop(text)
    assert loop is not None
    said = text[loop.start : loop.end]
    assert said[loop.period :] == said[: -loop.period]
    assert loop.end == len(text)
    # and it could not begin earlier
    assert not loop.start or text[loop.start - 1] != text[loop.start - 1 + loop.period]


@pytest.mark.parametrize(
    ("flags", "length"),
    [([], 0), ([0], 0), ([1], 1), ([0, 1, 1], 2), ([1, 1, 1, 1, 1, 0, 1], 7), ([1, 1, 1, 0, 1], 1)],
)
def test_longest_suffix(flags: list[int], length: int) -> None:
    assert longest_suffix(np.array(flags, np.bool_)) == length


def test_times() -> None:
    assert Loop(100, 350, 100, near=False).times == 2.5
