"""What ends a stream as a loop, and what does not."""

import random

import pytest

from generators.backends.repetition_stop import LEAST, LONGEST, TIMES, RepetitionStop, loop

rng = random.Random(5)
WORDS = ["".join(rng.choices("abcdefghijklmnop", k=rng.randint(2, 9))) for _ in range(500)]


def prose(characters: int) -> str:
    return " ".join(rng.choices(WORDS, k=characters // 3))[:characters]


SENTENCE = "Wait, let me check that again. "
PARAGRAPH = prose(LONGEST)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("", 0),
        (prose(30_000), 0),
        (SENTENCE * 200, len(SENTENCE)),
        (prose(5000) + SENTENCE * 200, len(SENTENCE)),
        (prose(5000) + SENTENCE * 200 + "So it is 4.", 0),  # it got out of it
        ("a" * LEAST, 1),
        ("a" * (LEAST - 1), 0),
        (prose(900) + PARAGRAPH * TIMES, LONGEST),
        (prose(900) + PARAGRAPH * (TIMES - 1), 0),
        (prose(900) + (PARAGRAPH + "x") * TIMES, 0),  # longer than what is looked for
        ((SENTENCE * 2 + "So it is 4. ") * 100, 2 * len(SENTENCE) + 12),
        ("".join(f"{n} is no prime. " for n in range(2000)), 0),
        ("\n".join(f"| {n} | {n * n} | {n**3} |" for n in range(500)), 0),
        ("0" * 2000 + "1", 0),
    ],
)
def test_a_loop_is_a_part_that_stands_at_the_end_again_and_again(text: str, period: int) -> None:
    assert loop(text) == period


@pytest.mark.parametrize("size", [1, 7, 100, 5000])
def test_a_text_that_grows_is_told_soon_after_it_starts_to_loop(size: int) -> None:
    start = prose(20_000)
    text = start + (SENTENCE + PARAGRAPH[:300]) * 200
    watch = RepetitionStop()
    for end in range(size, len(text), size):
        if watch.grew([text[end - size : end]]):
            break
    assert len(start) < end <= len(start) + LEAST + 331 + 512 + size


def test_a_text_that_never_loops_is_never_told() -> None:
    watch = RepetitionStop()
    assert not any(watch.grew([prose(50)]) for _ in range(2000))
