"""What tells an enumeration from a loop: a counter that advances, a state, a grid of signs.

Solutions do say the same thing many times: "if x = 7, then y is not an integer" for dozens of x,
"move disk 1 from A to C", rows of zeros. What changes in them are symbols: numbers, single letters.
"""

import numpy as np
import numpy.typing as npt

from generators.texts.words import Hashes, Offsets, Words, grams, words

Flags = npt.NDArray[np.bool_]

SYMBOL = np.uint64(0x6E756D6265720001)
"""What stands for all numbers, and for all symbols."""

_FILLINGS = 8  # Tower of Hanoi has 6 moves for each disk; an answer that wavers, A to D
_GRID = 5_000  # signs: 70 rows of 70
_SLOTS = 400  # changed numbers that are read, of the last blocks
_MOST = 0.9
# Words for each number: with more, what is said of it is not the point of the sentence.
_WORDY, _WORDY_AND_ENDS = 12, 24
_ADVANCES = 0.8
_TEMPLATE, _COMMONEST = 6, 4  # words of a run that each case has; gaps between them looked at
_FEWEST_CASES, _NAMES = 5, 24
_CHANGED, _ANEW = 0.4, 0.8
_ENDS = tuple(".!?。！？…)]}>|$`*:;")
_LINES = 4_000  # characters in which the last two lines of a list stand
_INDENT = 12  # characters before a number that leads its line


def numbers(text: str, told: Words) -> Flags:
    """Which words begin and end with a digit."""
    if not len(told):
        return np.zeros(0, np.bool_)
    codes, base = _codes(text, told)
    # Unsigned: what comes before the digits is large then.
    both: Flags = (codes[told.starts - base] - 48 < 10) & (codes[told.ends - (base + 1)] - 48 < 10)
    return both


def symbols(text: str, told: Words) -> Flags:
    """Which words are numbers or single letters of ASCII, such as the names of points and pegs."""
    if not len(told):
        return np.zeros(0, np.bool_)
    codes, base = _codes(text, told)
    single = (told.ends - told.starts == 1) & (codes[told.starts - base] < 128)
    either: Flags = numbers(text, told) | single
    return either


def listed(hashes: Hashes, symbol: Flags, n: int) -> Flags:
    """Which runs of `n` words are rows of a list: nothing but symbols, or filled in ever anew.

    A run is filled in anew if the words between its symbols stand there with eight different sets
    of symbols or more.
    """
    runs, masked = grams(hashes, n), grams(np.where(symbol, SYMBOL, hashes), n)
    if not len(runs):
        return np.zeros(0, np.bool_)
    fillings = masked[np.unique(runs, return_index=True)[1]]
    kinds, counts = np.unique(fillings, return_counts=True)
    rows = kinds[counts >= _FILLINGS]
    signs = grams(np.full(n, SYMBOL), n)
    if np.count_nonzero(masked == signs) <= _GRID:
        rows = np.append(rows, signs)
    return np.isin(masked, rows)


def covered(runs: Flags, n: int) -> Flags:
    """The words that one of these runs of `n` words holds."""
    told = np.zeros(len(runs) + n - 1, np.bool_)
    for at in range(n):
        told[at : at + len(runs)] |= runs
    return told


def without_rows(text: str, n: int) -> str:
    """The text without the rows of its lists, as runs of `n` words show them."""
    told = words(text)
    row = listed(told.hashes, symbols(text, told), n)
    if not row.any():
        return text
    kept = ~covered(row, n)
    ends = np.append(told.starts[1:], len(text))
    spans = zip(told.starts[kept].tolist(), ends[kept].tolist(), strict=True)
    return text[: int(told.starts[0])] + "".join(text[start:end] for start, end in spans)


def counter(text: str, told: Words, slots: Offsets, lag: int) -> float:
    """By how much the one counter in these places grows from block to block; 0 for no counter.

    All changed numbers of one block must lie within two steps of each other (a counter and its
    neighbours): a second progression beside it, such as 2n + 1, is something said of the case.
    """
    slots = slots[-_SLOTS:]
    if not len(slots):
        return 0.0
    values = _values(text, told, slots)
    steps = values - _values(text, told, slots - lag)
    kinds, counts = np.unique(steps, return_counts=True)
    step = float(kinds[counts.argmax()])
    if not np.isfinite(step) or counts.max() < _MOST * len(slots):
        return 0.0
    cuts = np.flatnonzero(np.diff((slots - slots[0]) // lag, prepend=-1))
    spans = np.maximum.reduceat(values, cuts) - np.minimum.reduceat(values, cuts)
    return step if np.mean(spans <= 2 * abs(step)) >= _MOST else 0.0


def arbitrary(text: str, told: Words, slots: Offsets, lag: int, ends: bool) -> bool:
    """Whether the numbers in these places are beside the point: few, and of no list.

    A list has a number that grows or falls from block to block, mostly. 24 words or more stand
    there for each number, 12 where the text breaks off.
    """
    slots = slots[-_SLOTS:]
    if len(slots) < 2:
        return False
    first = int(slots[0])
    wordy = np.count_nonzero(~symbols(text, told)[first:]) / len(slots)
    values = _values(text, told, slots)
    if wordy < (_WORDY_AND_ENDS if ends else _WORDY) or not np.isfinite(values).all():
        return False
    for place in np.unique(slots % lag):
        steps = np.diff(values[slots % lag == place])
        most = max(np.count_nonzero(steps >= 0), np.count_nonzero(steps <= 0))
        if most >= _ADVANCES * len(steps):
            return False
    return True


def by_cases(hashes: Hashes) -> bool:
    """Whether words fill one template in, each time differently, with a few names and values.

    So do proofs by cases: who is a knight and who a knave, which of three statements are true.
    Five cases or more, of one length; at most 24 words take turns, and no case is said twice.
    """
    runs = grams(hashes, _TEMPLATE)
    order = np.argsort(runs, kind="stable")
    gaps = np.diff(order)[runs[order][1:] == runs[order][:-1]]
    if not len(gaps):
        return False
    counts = np.bincount(gaps)
    for lag in np.sort(np.argsort(counts)[-_COMMONEST:]).tolist():
        if not _TEMPLATE < lag <= len(hashes) // _FEWEST_CASES:
            continue
        changed = hashes[lag:] != hashes[:-lag]
        if np.mean(changed) <= _CHANGED:
            # That is one case; several of them would differ from any others.
            names, cases = np.unique(hashes[lag:][changed]), grams(hashes, lag)
            new = len(np.unique(cases)) >= _ANEW * len(cases)
            return 0 < len(names) <= _NAMES and new
    return False


def numbers_items(text: str, told: Words, slots: Offsets, lag: int, step: float) -> bool:
    """Whether the counter numbers several items of each block: a list that repeats its items."""
    last = slots[slots >= slots[-1] - lag + 1]
    starts = told.starts[last].tolist()
    return len(last) > 1 and abs(step) == len(last) and all(_leads(text, at) for at in starts)


def breaks_off(text: str) -> bool:
    """Whether a text looks cut off: it ends with no mark, nor a row as long as the one before."""
    end = text[-_LINES:].rstrip()
    if end.endswith(_ENDS):
        return False
    lines = [len(line.split()) for line in end.split("\n") if line.strip()]
    return len(lines) < 2 or lines[-1] != lines[-2]


def _leads(text: str, at: int) -> bool:
    """Whether a word stands at the beginning of its line, marks of a list aside."""
    before = text[max(0, at - _INDENT) : at]
    line = before.rpartition("\n")[2]
    return (len(line) < len(before) or at <= _INDENT) and not line.strip(" \t#*-(•")


def _codes(text: str, told: Words) -> tuple[npt.NDArray[np.unsignedinteger], int]:
    """Code points from the first of the words on, and where it stands."""
    base = int(told.starts[0])
    piece = text[base : int(told.ends[-1])]
    if piece.isascii():
        return np.frombuffer(piece.encode("ascii"), np.uint8), base
    return np.frombuffer(piece.encode("utf-32-le", "surrogatepass"), np.uint32), base


def _values(text: str, told: Words, slots: Offsets) -> npt.NDArray[np.float64]:
    """The numbers at these words; NaN for what is too long for one or has letters in it."""
    spans = zip(told.starts[slots], told.ends[slots], strict=True)
    return np.array([_value(text[start:end]) for start, end in spans])


def _value(word: str) -> float:
    return float(word) if len(word) <= 15 and word.isdigit() and word.isascii() else float("nan")
