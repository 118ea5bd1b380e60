"""The filter steps on wrong equations: which are claimed, which are not, and which are read."""

import pytest

from filters.steps import steps
from generators.records import Problem, Sample


def share(thought: str, question: str = "") -> float | None:
    return steps(Sample("s", Problem("p", question), thought, "")).score


# Each row: what nobody claims, and its nearest opposite, which is claimed and wrong.
SUPPOSED = [
    ("Hypothetically, 2 + 2 = 5.", "Hypothetically this is easy. So 2 + 2 = 5."),
    ("Let's pretend: 2 + 2 = 5.", "I pretend to know. 2 + 2 = 5."),
    ("For the sake of argument, 2 + 2 = 5.", "For the sake of n = 5, 2 + 2 = 5."),
    ("Suppose, for whatever reason, 7 * 8 = 54.", "Suppose x is 7, then x * 8 is 7 * 8 = 54."),
    ("Assume the following:\n2 + 2 = 5", "The following holds:\n2 + 2 = 5"),
    ("Suppose 2 + 2 = 5. Then 2 + 2 + 1 = 6.", "Suppose n = 5.\n\nThen 2 + 2 + 1 = 6."),
    ("假设一下，7×8=54。", "假设n是8。那么7×8=54。"),
    ("要是7×8=54就好了", "只要算7×8=54就好了"),
    ("One might think that 1/2 + 1/3 = 2/5.", "We find that 1/2 + 1/3 = 2/5."),
    ("A common mistake: 1/2 + 1/3 = 2/5.", "I made a mistake: 1/2 + 1/3 = 2/5."),
    ("The student wrote: 7 * 8 = 54.", "Since the student says n = 8, we get 7 * 8 = 54."),
    ("Bob says that 7 * 8 = 54.", "He said it is 8. Now 7 * 8 = 54."),
    ("小明说7×8=54。", "小明买了7×8=54。"),
    ("Earlier, I had 7 * 8 = 54.", "Earlier n was 8. I have 7 * 8 = 54."),
    ("7 * 8 = 54. Hold on, that is not correct.", "7 * 8 = 54. Hold on, what is n?"),
    ("7 * 8 = 54. Scratch that.", "7 * 8 = 54. From scratch that took long."),
    ("It cannot be that 7 * 8 = 54.", "It cannot exceed 7 * 8 = 54."),
    ("26 * 2 = 50 (not what I want)", "26 * 2 = 50 (not an integer)"),
    ("Roughly, 22 * 49 = 1100.", "22 * 49 = 1100."),
    ("Assume n is odd. Then 3 + 5 = 10. Contradiction.", "Let n be odd. Then 3 + 5 = 10. Fine."),
]
MENDED = [
    ("7 * 8 = 54, I mean 56.", "7 * 8 = 54. I mean it."),
    ("7 * 8 = 54. Hold on, that's 56.", "7 * 8 = 54. Hold on, that's 560."),
    ("7 * 8 = 54, er, 56.", "7 * 8 = 54, or 55."),
    ("7 * 8 = 54 -- 56, I mean.", "7 * 8 = 54 -- 55, I mean."),
    ("7 * 8 = 54. It's 56, sorry.", "7 * 8 = 54. The 56 is next. Then we rest. Sorry."),
    ("7×8=54，我是说56。", "7×8=54，我是说好。"),
    ("7×8=54。抱歉，是56。", "7×8=54。抱歉，是5。"),
    ("7 * 8 = 54.\n\nNow: 8 × 7 = 56.", "7 * 8 = 54.\n\nNow: 4 × 14 = 56."),
]
OTHERWISE = [
    ("In Z_5, 3 + 4 = 2.", "In Z_5, 3 + 4 = 3."),
    ("in $\\mathbb{Z}/5\\mathbb{Z}$, $3 + 4 = 2$", "in $\\mathbb{Z}/6\\mathbb{Z}$, $3 + 4 = 2$"),
    ("Over F_5 we work.\n\n" + "Well. " * 90 + "3 * 4 = 2", "F_5 = 5. So 3 * 4 = 2."),
    ("mod 7: 1/3 = 5", "mod 7: 1/3 = 4"),
    ("We have modulus 7, 3 * 5 = 1", "We have mode 7, 3 * 5 = 1"),
    (
        "Working modulo 7.\n" + "Well. " * 90 + "3 * 5 = 1",
        "1 mod 7.\n" + "Well. " * 90 + "3 * 5 = 1",
    ),
    ("3×5=1（模7）", "3×5=2（模7）"),
    ("255 + 1 = 0 for 8-bit numbers", "255 + 1 = 0 for 9-bit numbers"),
    ("7 + 8 = 5, and we carry the 1", "7 + 8 = 6, and we carry the 1"),
    ("5 ^ 3 = 6 as xor", "5 ^ 3 = 6"),
    ("Bitwise, 5 ^ 3 = 6.", "Bitwise, 5 ^ 3 = 7."),
    ("按位异或：5 ^ 3 = 6", "按位异或：5 ^ 3 = 7"),
    ("In Boolean algebra, 1 + 1 = 1.", "In Boolean algebra, 1 + 2 = 1."),
    ("in binary, 101 + 11 = 1000", "in binary, 101 + 11 = 1001"),
    ("hex: 9 + 8 = 11", "hexagon: 9 + 8 = 11"),
    ("二进制：101 + 11 = 1000", "二进制：101 + 11 = 1001"),
    ("concatenating gives 1 + 2 = 12", "adding gives 1 + 2 = 12"),
    ("2π = 2 * 3.14 = 6.283", "2π = 2 * 3.14 = 6.383"),
    ("1/6 = 0.1(6)", "1/6 = 0.1(5)"),
    ("0.1 + 0.2 = 0.30000000000000004", "0.1 + 0.2 = 0.30000000400000000"),
    ("200 + 10% = 220", "200 + 10% = 230"),
    ("1.500 + 500 = 2.000", "1.500 + 500 = 2.100"),
    ("2,500 * 2,500 = 6,250", "2,500 * 2,500 = 6,260"),
    ("1-1/2 + 1/2 = 2", "1-1/2 + 1/2 = 3"),
    ("6.02 * 10^23 * 2 = 1.2 * 10^24", "6.02 * 10^23 * 2 = 1.4 * 10^24"),
    ("Two films of 90 minutes: 90 * 2 = 3 hours", "Two films of 90 minutes: 90 * 2 = 4 hours"),
    ("3 bags of 500 g: 3 * 500 = 1.5 kg", "3 bags of 500 g: 3 * 500 = 1.6 kg"),
    ("3 bags of 500 g: 3 * 500 = 1.5 kg", "3 bags: 3 * 500 = 1.5 kg"),
    ("15/20 = 75 percent", "15/20 = 80 percent"),
    ("90 / 60 = 1 hour 30 minutes", "90 / 30 = 2 hours 30 minutes"),
    ("7/2 = 3 and a half", "7/2 = 3 and on"),
    ("the sum of 5 and 3 + 1 = 9", "the sum is 5 and 3 + 1 = 9"),
]
LISTS = [
    ("x = 3 * 4 + 5\n- 2 = 15", "- 3 * 4 = 13\n- 3 + 5 = 8"),
    ("= 3 + 4\n- 2 = 5", "* 3 + 4 = 8\n* 2 = 5 - 3"),
    ("50\n- 2 * 3 = 44", "50 days\n- 2 * 3 = 44"),
    ("Start with 2.\n\n* 3/4 = 3/2\n\n* 1/2 = (2*3)/8", "Start with 2.\n\n* 3/4 + 1 = 3/2"),
    ("5\n* 3 * 2 = 30", "Five:\n* 3 * 2 = 30"),
    ("7 * 8 = 54 would be the naive result", "7 * 8 = 54 would be the total"),
    ("7 * 8 = 54 is a common mistake", "7 * 8 = 54 is the number of mistakes"),
]


@pytest.mark.parametrize(("text", "opposite"), SUPPOSED + MENDED + OTHERWISE + LISTS)
def test_what_is_not_claimed_and_its_opposite(text: str, opposite: str) -> None:
    assert share(text) in (None, 1)
    claimed = share(opposite)
    assert claimed is not None
    assert claimed < 1


def test_a_riddle_has_an_arithmetic_of_its_own() -> None:
    assert share("8 + 11 = 96", "If 1 + 4 = 5, 2 + 5 = 12, 3 + 6 = 21, what is 8 + 11?") is None
    assert share("8 + 11 = 96", "If 1 + 4 = 5, 2 + 5 = 7, 3 + 6 = 9, what is 8 + 11?") == 0


# Read, and found wrong.
READ = [
    "(since 3 * 4 = 13)",
    "We get 12 (since 3 * 4 = 13).",
    "there are 12 (3 * 4 = 13) of them",
    "5 * 2 = 10 (3 * 4 = 13)",
    "2 + 3 = 6 (since two and three are six)",
    "12 [since 3 * 4 = 13]",
    "一共12个（因为3×4=13）",
    "\\(3 \\times 4 = 13\\,\\text{cm}\\)",
    "$$\\begin{aligned} 3 \\times 4 &= 13 \\end{aligned}$$",
    "Total: 12 + 7 = **18**",
    "it's 12 + 7 = 18",
    "a = - (1 + 2) = -4",
    "£5 + £3 = £9",
    "3 * 4 equals 13.",
    "3 * 4 is equal to 13.",
    "3×4等于13。",
    "（3＋4）×2＝15",
    "- 20 * 3 = 60\n- 15 * 4 = 65\n- 10 * 5 = 50",
    "Costs:\n* 20 * 3 = 60\n* 15 * 4 = 65\n* 10 * 5 = 50",
    "We have 20 * 3 = 60\n- 15 * 4 = 65",
    "- **20 * 3 = 60**\n\n- **15 * 4 = 65**",
    "  - Food: 20 * 3 = 65\n  - Rent: 15 * 4 = 60",
    "20% of 150 = 35",
    "so $20\\%$ is 20\\% of 150 = 35",
    "3 apples + 5 apples = 9 apples",
    "1 apple + 5 apples = 7 apples",
    "3 * 60 min = 190 min",
    "90 min / 3 = 40 min",
    "\\binom{6}{2} = 14",
    "$\\dbinom{6}{2} \\times \\tbinom{4}{2} = 91$",
    "7 times 8 equals 54",
    "120 divided by 5 = 25",
]


@pytest.mark.parametrize("text", READ)
def test_what_is_read(text: str) -> None:
    score = share(text)
    assert score is not None
    assert score < 1


NOT_READ = [
    "3 (x + 1) = 4 (x + 1)",
    "0x10 + 5 = 21",
    "1000 + 500 = 1'500",
    "3 << 2 + 1 = 24",
    "5 XOR 3 + 1 = 7",
    "arctan 1 + 2 = 2.785",
    "4!! = 8",
    "3×4不等于13",
    "3 m + 20 cm = 320 cm",
    "12:30 + 45 = 13:15",
    '"1" + "2" = "12"',
    "6 & 3 = 2",
    "80% of 20% of 150 = 25",
    "20% of 150 + 10 = 35",
    "increased by 20% of 150 = 180",
    "3 apples + 5 pears = 9 apples",
    "3 apples * 5 apples = 9 apples",
    "2 + 3 apples * 5 = 9 apples",
    "60 * 30 min = 30 km",
    "1.5 h * 60 min = 80 min",
    "60 / 3 min = 21 min",
    "2 + 3 times 4 = 20",
    "5 times 3 + 2 = 25",
    "negative 7 times 8 = 54",
    "x plus 7 times 8 = 54",
    "\\binom{6}{2}_q = 3 + 4",
    "\\binom{2}{6} = 15",
]


@pytest.mark.parametrize("text", NOT_READ)
def test_what_is_not_read(text: str) -> None:
    assert share(text) is None
