"""Does a chain go round in circles: a loop at its end, the same passages over and over?"""

import zlib

import numpy as np

from filters.verdict import Verdict, keep, reject
from generators.records import Sample
from generators.registry import Count, Share, register
from generators.texts.enumerations import breaks_off, by_cases, listed, symbols, without_rows
from generators.texts.going_round import among, goes_round, said_again, said_often
from generators.texts.loops import exact_loop, longest_suffix, loop_within, near_loop, span
from generators.texts.words import grams, words

GRAM = 20
"""Words of an n-gram, as in open-r1's repetition reward; Gopher's longest is 10."""
_FEWEST = 200  # words and characters under which shares say nothing
_OFTEN = 3  # a passage said this often is going round; twice is a summary
_ROUND = 2_500  # characters
_USUAL = 4.0  # how many times smaller zlib makes all but the most repetitive texts
_TABLES = 100  # bytes: of the codes for letters and matches


@register("filter")
def repetition(
    sample: Sample, *, repeats: Share = 0.6, compression: Count = 12, after: Count = 1_000
) -> Verdict:
    """Drops chains and responses that go round in circles.

    `loop`: a block is repeated to the character at the end, three times or more; or anywhere, 20
    times or more in 2,000 characters. `near_loop`: a block is repeated with small changes that say
    nothing new (other words of its own, a counter, numbers of no list), or the last 2,500
    characters are passages said three times or more, or the last 1,200 are a few sentences in any
    order. At most `after` characters (1,000) follow either; a large number finds shorter exact
    loops anywhere, at some cost. `repeats`: more than this share (0.6) of all runs of 20 words have
    stood there before, also where the model left its loop again. `compressible`: zlib at level 1
    makes the text more than `compression` (12) times smaller, in bytes.

    Enumerations stay: cases of which something new is said, or of other names and values each;
    grids of signs and moves from state to state; a counter, unless it runs on to the end of a text
    that was cut off, by its `finish`, for want of a response, or to look at.

    The score is 1 less the share of the worse text, thought or response, that a loop or
    repeated runs take: 1 says nothing twice. Duplicate n-grams: Gopher (Rae et al. 2021, table
    A1), whose bounds are for web pages; here they are set on correct R1, QwQ and Qwen3 traces, the
    most repetitive of which have 0.47 and 8.6.
    """
    texts = (
        ("thought", sample.reasoning, bool(sample.response.strip())),
        ("response", sample.response, sample.finish in ("", "stop")),
    )
    verdicts = [
        _judge(name, text, closed, repeats, compression, after)
        for name, text, closed in texts
        if text
    ]
    if not verdicts:
        return keep(1.0)
    score = min(verdict.score or 0.0 for verdict in verdicts)
    for verdict in verdicts:
        if verdict.outcome != "keep":
            return reject(verdict.reason, verdict.detail, score)
    return keep(score)


def _judge(
    name: str, text: str, closed: bool, repeats: float, compression: int, after: int
) -> Verdict:
    share, where = repeated(text, after)
    found = exact_loop(text, after=after, closed=closed)
    found = found or near_loop(text, after=after, closed=closed)
    if found is None and share * len(words(text)) >= _ROUND // 10:
        found = loop_within(text)
    if found is not None:
        share = max(share, (found.end - found.start - found.period) / len(text))
        detail = (
            f"{found.times:.0f} times {found.period:,} characters in the {name} "
            f"from offset {found.start}"
        )
        return reject("near_loop" if found.near else "loop", detail, 1 - share)
    if where is not None or share > repeats:
        share, where = repeated(text, after, rows=False)
    where = where or goes_round(text, after=after)
    if where is not None and not _tells_cases(text, where, closed):
        share = max(share, (where[1] - where[0]) / len(text))
        detail = f"the same passages in the {name} again and again from offset {where[0]}"
        return reject("near_loop", detail, 1 - share)
    if share > repeats:
        return reject("repeats", f"{share:.0%} of the {name} was said before", 1 - share)
    if (ratio := _compressed_beyond(text, compression)) is not None:
        return reject("compressible", f"{ratio:.1f} times in the {name}", 1 - share)
    return keep(1 - share)


def _tells_cases(text: str, where: tuple[int, int], closed: bool) -> bool:
    """Whether these passages are the cases of a proof, and the text came to an end."""
    if not closed or breaks_off(text):
        return False
    told = words(text)
    first, last = told.starts.searchsorted(where).tolist()
    return by_cases(span(told, first, last).hashes)


def repeated(
    text: str, after: int = 1_000, *, rows: bool = True
) -> tuple[float, tuple[int, int] | None]:
    """Share of the runs of 20 words that stood in the text before, and where it goes round.

    The second is where passages said three times or more fill the text to its end (but for
    `after` characters), or None. Without `rows`, what is a row of an enumeration has
    not been said before, and looking for them takes its time.
    """
    told = words(text)
    if len(told) < _FEWEST:
        return 0.0, None
    hashes = grams(told.hashes, GRAM)
    ordered = said_again(hashes)
    count = len(said_often(ordered, 2))
    if count < _ROUND // 10:
        return count / len(hashes), None
    if not rows:
        row = listed(told.hashes, symbols(text, told), GRAM)
        ordered = said_again(hashes[~row])
        count = len(said_often(ordered, 2))
    share = count / len(hashes)
    often = among(hashes, said_often(ordered, _OFTEN))
    last = np.flatnonzero(often)[-1:]
    if not len(last):
        return share, None
    end = int(last[0]) + 1
    start = end - longest_suffix(often[:end])
    first, stop = int(told.starts[start]), int(told.ends[end + GRAM - 2])
    is_round = stop - first >= _ROUND and len(text.rstrip()) - stop <= after
    return share, (first, stop) if is_round else None


def compressed(text: str) -> float:
    """How many times smaller zlib at level 1 makes a text, in bytes; 1 for a very short one."""
    if len(text) < _FEWEST:
        return 1.0
    data = text.encode("utf-8", "surrogatepass")
    return len(data) / len(zlib.compress(data, 1))


def _compressed_beyond(text: str, times: int) -> float | None:
    """How many times smaller zlib makes a text without its lists, where both are above `times`.

    The whole is no smaller than a beginning of it (but for its tables), so that of most texts
    a beginning shows that it is not.
    """
    data = text.encode("utf-8", "surrogatepass")
    if times > _USUAL and len(text) >= _FEWEST:
        beginning = zlib.compress(data[: int(len(data) * _USUAL / times)], 1)
        if len(beginning) - _TABLES >= len(data) / times:
            return None
    if compressed(text) <= times:
        return None
    ratio = compressed(without_rows(text, GRAM))
    return ratio if ratio > times else None
