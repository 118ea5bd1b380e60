import random
from collections import Counter
from collections.abc import Callable
from itertools import permutations

import pytest
from labelled import labelled

from filters.repetition import compressed, repeated, repetition
from generators.errors import UserError
from generators.records import Sample
from generators.registry import find
from generators.transcript import split

WORDS = """so then we have that the sum of both sides is larger when each term doubles which
means another look at this equation could help because every factor divides some number"""


def prose(characters: int, seed: int = 1) -> str:
    """Sentences that do not repeat."""
    chance = random.Random(seed)
    told: list[str] = []
    for _ in range(characters // 30 + 1):
        told += [*chance.choices(WORDS.split(), k=chance.randrange(6, 20)), f"{chance.random()}."]
    return " ".join(told)[:characters]


GOOD = prose(20_000)
PASSAGES = [prose(700, seed) for seed in range(10, 14)]


def circles(passages: int, seed: int = 0) -> str:
    """The same four passages in any order: no period."""
    chance = random.Random(seed)
    return "\n\n".join(chance.choices(PASSAGES, k=passages))


def turns(sentences: int, count: int, seed: int = 0) -> str:
    """A few sentences in any order."""
    chance = random.Random(seed)
    told = [" ".join(chance.choices(WORDS.split(), k=9)).capitalize() for _ in range(sentences)]
    return "".join(f" {one}." for one in chance.choices(told, k=count))


def hanoi(disks: int, pegs: str = "ABC") -> list[tuple[int, str, str]]:
    if not disks:
        return []
    a, b, c = pegs
    return [*hanoi(disks - 1, a + c + b), (disks, a, c), *hanoi(disks - 1, b + a + c)]


TRIES = "".join(f"Try {n}: it is not the one.\n" for n in range(99))
MOVES = "\n".join(f"Move disk {disk} from {a} to {b}" for disk, a, b in hanoi(8))
SUPPOSED = "".join(
    f"Suppose {one} is a knight and {two} is a knave. Then what {one} says is true, so {two} is a "
    f"knave. But {two} says that {three} is one, which is false, so {three} is a knight.\n\n"
    for one, two, three in permutations(("Ann", "Bob", "Cid", "Dan"), 3)
)
ZEROS = "\n".join([" ".join("0" * 30)] * 30)
DIGITS = "".join(random.Random(7).choices("0123456789", k=3_000))

CASES: list[tuple[str, str, str, str]] = [
    ("nothing", "", "", ""),
    ("good", GOOD, prose(900, 2), ""),
    ("loop", GOOD + "Wait, is that right? " * 40, "12", "loop"),
    ("stutter", GOOD + "Wait, is that right? " * 8, "12", ""),
    ("loop in the response", GOOD, prose(900, 2) + "The answer is 12. " * 40, "loop"),
    ("counter", GOOD + "".join(f"Try {n}: not the one.\n" for n in range(99)), "", "near_loop"),
    ("cases", GOOD + "".join(f"Try {n}: {n * n} is not it.\n" for n in range(99)), "", ""),
    ("circles", GOOD + circles(24), "", "near_loop"),
    ("two circles", GOOD + circles(2, 3), "", ""),
    ("circles that were left", prose(9_000) + circles(40) + prose(3_000, 9), "12", "repeats"),
    ("fewer of them", GOOD + circles(24) + prose(3_000, 9), "12", ""),
    ("said twice", GOOD + "\n\n" + GOOD, "12", ""),
    ("loops in the middle", GOOD + "Wait, is that right? " * 40 + prose(3_000, 9), "12", ""),
    ("more of them", GOOD + "Wait, is that right? " * 120 + prose(9_000, 9), "12", "loop"),
    ("cases of a proof", GOOD + SUPPOSED + "So Dan is one.", "12", ""),
    ("which never ends", GOOD + SUPPOSED[:-40], "", "near_loop"),
    ("which is told again", GOOD + SUPPOSED * 4 + "So Dan is one.", "12", "near_loop"),
    ("walls of signs", GOOD[:500] + "=" * 20_000 + prose(1_200, 4), "12", "compressible"),
    ("shorter ones", GOOD + "=" * 2_000 + prose(1_200, 4), "12", ""),
    ("sentences in any order", GOOD + turns(5, 60), "12", "near_loop"),
    ("and then an answer", GOOD + turns(5, 60) + prose(400, 8), "12", "near_loop"),
    ("in the response", GOOD, prose(900, 2) + turns(4, 60, 2), "near_loop"),
    ("few of them", GOOD + turns(5, 10), "12", ""),
    ("many sentences", GOOD + turns(60, 120), "12", ""),
    ("a counter that was left", GOOD + TRIES + "So there is none.", "12", ""),
    ("with the thought", GOOD + TRIES, "12", ""),
    ("cut off", GOOD + TRIES[:-8], "12", "near_loop"),
    ("cut off in the response", GOOD, TRIES[:-8], "near_loop"),
    ("a response of moves", GOOD, MOVES, ""),
    ("a response of zeros", GOOD, ZEROS, ""),
    ("cases and little else", "", "Look:\n" + TRIES, ""),
    ("many digits", GOOD + DIGITS, "12", ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("reasoning", "response", "reason"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_repetition(reasoning: str, response: str, reason: str) -> None:
    verdict = repetition(Sample(reasoning=reasoning, response=response))
    assert (verdict.outcome, verdict.reason) == ("reject" if reason else "keep", reason)
    assert type(verdict.score) is float
    assert 0 <= verdict.score <= 1


def test_the_score_is_what_is_not_said_again() -> None:
    def score(text: str) -> float:
        said = repetition(Sample(reasoning=text)).score
        assert said is not None
        return said

    assert score(GOOD) == 1.0
    assert score(GOOD + "Wait, is that right? " * 1_000) == pytest.approx(0.49, abs=0.02)
    assert score(GOOD + "\n\n" + GOOD) == pytest.approx(0.5, abs=0.01)
    assert score("??? -> " * 9_000) < 0.01
    # the worse text decides
    assert repetition(Sample(reasoning=GOOD, response="No. " * 900)).score < 0.01  # type: ignore[operator]


def test_details_say_what_and_where() -> None:
    looped = repetition(Sample(reasoning=GOOD + "Wait, is that right? " * 40))
    assert looped.detail == "40 times 21 characters in the thought from offset 20000"
    circling = repetition(Sample(response=GOOD + " " + circles(24)))
    start = int(circling.detail.rsplit(" ", 1)[1])
    assert circling.detail.startswith("the same passages in the response again and again")
    assert 20_000 <= start <= 25_000
    assert "was said before" in repetition(Sample(reasoning=CASES[9][1])).detail
    assert "times in the thought" in repetition(Sample(reasoning=CASES[17][1])).detail


def test_settings() -> None:
    left = Sample(reasoning=GOOD + "Wait, is that right? " * 40 + prose(3_000, 9))
    assert repetition(left).outcome == "keep"
    assert repetition(left, after=5_000).reason == "loop"
    twice = Sample(reasoning=GOOD + "\n\n" + GOOD)
    assert repetition(twice, repeats=0.4).reason == "repeats"
    assert repetition(Sample(reasoning=GOOD), compression=2).reason == "compressible"
    entry = find("filter", "repetition")
    assert entry.check({}, "filters") == {"repeats": 0.6, "compression": 12, "after": 1_000}
    for wrong in ({"repeats": 1.2}, {"compression": 0}, {"after": 2.5}, {"loops": True}):
        with pytest.raises(UserError):
            entry.check(wrong, "filters")


LOOPS: list[Callable[[int], str]] = [
    lambda n: "But wait, let me check the first equation again before I go on.\n\n",
    lambda n: f"Let me try {n}. That is not it, so the next one must be tried.\n",
    lambda n: (
        f"{('Hmm', 'No', 'Wait')[n * n % 7 % 3]}, so we are back at the start of the proof.\n"
    ),
    lambda n: PASSAGES[n * n % 5 % 4] + "\n\n",
    lambda n: "\\frac{1}{2} + ",
]
ENUMERATIONS: list[Callable[[int], str]] = [
    lambda n: f"For n = {n} the sum is {n * (n + 1) // 2}, and {n * (n + 1) // 2 % 9} is left.\n",
    lambda n: f"| {n} | {n * n} | {n**3 % 101} |\n",
    lambda n: f"({n // 12}, {n % 12}): {n // 12 + n % 12} and {n // 12 * (n % 12)}, not both.\n",
    lambda n: f"{prose(20 + n % 30, n)}\n",
    lambda n: f"\\binom{{{n}}}{{2}} = {n * (n - 1) // 2}, ",
]


def test_precision_and_recall_on_made_texts() -> None:
    """Loops and enumerations of several lengths after several texts, as the ends of chains."""

    def flagged(block: Callable[[int], str], seed: int) -> bool:
        text = prose(5_000 * seed, seed) + "\n\n"
        said = "".join(map(block, range(1, 60 + 20 * seed)))
        return repetition(Sample(reasoning=text + said)).outcome == "reject"

    found = [flagged(block, seed) for block in LOOPS for seed in range(5)]
    false = [flagged(block, seed) for block in ENUMERATIONS for seed in range(5)]
    assert sum(found) / len(found) >= 0.95, found
    assert sum(found) / (sum(found) + sum(false)) >= 0.95, false


def test_repeated_counts_every_run_of_20_words_after_its_first() -> None:
    words = [f"w{n}" for n in range(300)]
    assert repeated(" ".join(words)) == (0.0, None)
    twice = " ".join(words + words)
    # 600 words have 581 runs, of which the last 281 begin in the first half's copy
    assert repeated(twice)[0] == pytest.approx(281 / 581)
    assert repeated("too few words " * 20) == (0.0, None)


def test_compressed() -> None:
    assert compressed("a" * 199) == 1.0
    assert compressed("a" * 100_000) > 200
    assert compressed("\ud800" * 1_000) > 10


def test_labelled_real_traces() -> None:
    """Loops of MiniMax-M2, Sky-T1, Qwen3 and distilled models; correct traces of R1, QwQ ..."""
    told: Counter[tuple[str, str, str]] = Counter()
    for label, text, _ in labelled("loops"):
        turn = split(text)
        verdict = repetition(Sample(reasoning=turn.reasoning, response=turn.response))
        told[label["verdict"], label["state"], verdict.outcome] += 1
    loops = {state for verdict, state, _ in told if verdict == "loop"}
    assert sum(told["loop", state, "reject"] for state in loops) >= 40
    assert sum(told["loop", state, "keep"] for state in loops) <= 1
    correct = told["clean", "correct", "keep"]
    assert correct >= 400
    assert told["clean", "correct", "reject"] <= 0.01 * correct
