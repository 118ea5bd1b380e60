"""Benchmark questions in other words or another language: a model decides on likely pairs.

What a paraphrase and a translation keep are the numbers, the letters and the names: problems that
share most of these with a question of a benchmark are shown to the judge beside it.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from filters.judge import correctness
from filters.overlaps.benchmark_index import Index, index_of
from filters.overlaps.benchmarks import Benchmark
from filters.verdict import Verdict, keep, reject, unknown
from filters.words import NUMERALS
from generators.asking import Completion, Message
from generators.records import Problem, digest
from generators.registry import Count, Share, register
from generators.texts.fenced import fenced

LONGEST = 20_000
"""Characters of a problem that is compared: no benchmark's question is longer."""


def read(
    problem: Problem,
    said: Sequence[Completion],
    *,
    benchmarks: list[Benchmark],
    alike: Share,
    at_most: Count,
    at_least: Share,
) -> Verdict:
    """What the judge's replies amount to.

    Reasons: paraphrase; unknown: no_benchmark, judge_unreadable (of one of several candidates, and
    none of the others is a paraphrase).
    """
    if not benchmarks:
        return unknown("no_benchmark", "the filter names no benchmarks")
    index = index_of(benchmarks, 10, 5)
    pairs = candidates(index, problem.question, alike, at_most)
    told = [correctness(one) for one in said]
    scores = [score for score, _ in told if score is not None]
    worst = max(scores, default=0.0)
    for number, (score, analysis) in zip(pairs, told, strict=True):
        if score is not None and score >= at_least and score == worst:
            passage = index.passages[number]
            where = f"{passage.benchmark}@{passage.revision} row {passage.row}"
            return reject("paraphrase", f"{where}: {analysis}"[:1000], round(1 - score, 4))
    if len(scores) < len(told):
        return unknown("judge_unreadable", next(text for score, text in told if score is None))
    return keep(1 - worst)


@register("filter", read=read)
def paraphrase(
    problem: Problem,
    *,
    benchmarks: list[Benchmark] = [],  # noqa: B006  a setting's default, never changed
    alike: Share = 0.6,
    at_most: Count = 3,
    at_least: Share = 0.5,
) -> Iterator[tuple[Message, ...]]:
    """Drops problems that a model finds to be a benchmark's question in other words or language.

    `model` names the judge. It is shown the `at_most` likeliest questions of the benchmarks, one
    by one: those whose numbers are `alike` (a Jaccard similarity of the numbers, and of the letters
    and names that are shared, weighted by rarity). A problem without such a question costs nothing.
    The score is how sure the judge is that the problem is another one. `decontaminate` finds what
    is taken over word for word, for less, and should stand before this filter.
    """
    if not benchmarks:
        return
    index = index_of(benchmarks, 10, 5)
    for number in candidates(index, problem.question, alike, at_most):
        theirs = index.passages[number].text
        # Nobody can write a text that holds the hash of itself.
        mark = digest("paraphrase", problem.id, problem.question, theirs)
        blocks = [fenced("FIRST", problem.question, mark), fenced("SECOND", theirs, mark)]
        text = files("generators.prompts").joinpath("judge_paraphrase.txt").read_text("utf-8")
        before, _, after = text.rstrip("\n").replace("{mark}", mark).partition("{blocks}")
        yield ({"role": "user", "content": before + "\n\n".join(blocks) + after},)


# --- candidates ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Marked:
    """Marks of the questions of an index."""

    marks: dict[int, Counter[str]]
    holders: dict[str, list[int]]
    """Questions that hold a mark."""

    def weight(self, mark: str) -> float:
        """How much a mark tells: the rarer the more; what no question holds as much as any."""
        return math.log((1 + len(self.marks)) / (1 + len(self.holders.get(mark, ()))))


@lru_cache(maxsize=2)
def _marked(index: Index) -> _Marked:
    marks = {n: marks_of(p.text) for n, p in enumerate(index.passages) if p.part == "question"}
    holders: dict[str, list[int]] = {}
    for number, told in marks.items():
        for mark in told:
            holders.setdefault(mark, []).append(number)
    return _Marked(marks, holders)


RARE = 1000
"""Questions are looked for by those of a problem's marks that no more than so many hold."""
FEWEST = 2
"""Marks that a question must share."""


def candidates(index: Index, text: str, alike: float, at_most: int) -> list[int]:
    """Numbers of the questions that share most of their marks with a text, the likeliest first."""
    if len(text) > LONGEST:
        return []
    told, marked = marks_of(text), _marked(index)
    likely: Counter[int] = Counter()
    for mark in told:
        if len(marked.holders.get(mark, ())) <= RARE:
            likely.update(marked.holders.get(mark, ()))
    scored = []
    for number in likely:
        shared = told & marked.marks[number]
        if shared.total() < FEWEST:
            continue
        both = sum(count * marked.weight(mark) for mark, count in shared.items())
        unlike = (told | marked.marks[number]) - shared
        # Names and letters may be changed, and are written otherwise in another script.
        apart = sum(c * marked.weight(mark) for mark, c in unlike.items() if mark.isdecimal())
        share = both / (both + apart) if both else 0
        if share >= alike:
            scored.append((-share, number))
    return [number for _, number in sorted(scored)[:at_most]]


# Numbers, LaTeX commands (no marks), words; of Han only numerals, of which 一 is often none.
_MARK = re.compile(
    r"\d{1,3}(?:,\d{3}){1,9}(?!\d)|\d+|\\[A-Za-z]+|[二三四五六七八九十两]|[^\W\d_\u2e80-\u9fff]+"
)


def marks_of(text: str) -> Counter[str]:
    """Numbers (in words too), letters of variables and names: what another wording keeps."""
    found: Counter[str] = Counter()
    for mark in _MARK.findall(unicodedata.normalize("NFKC", text[:LONGEST])):
        if mark[0].isdecimal():
            found[mark.replace(",", "").lstrip("0") or "0"] += 1
        elif mark.lower() in NUMERALS:
            found[str(NUMERALS[mark.lower()])] += 1
        elif mark.isascii() and mark not in _PLAIN and (len(mark) == 1 or mark[0].isupper()):
            found[mark] += 1
    # A name that comes more often in one wording than in another is one name.
    return Counter({m: c if m[0].isdecimal() else 1 for m, c in found.items()})


# Words that open sentences.
_PLAIN = frozenset(
    {"a", "A", "I", "An", "The", "In", "If", "Is", "It", "Let", "Find", "What", "How", "When"}
    | {"Which", "Given", "Suppose", "For", "Each", "Compute", "Determine", "Evaluate", "Express"}
    | {"There", "Simplify", "Consider", "Write", "Your", "Assume", "Calculate", "Show", "Then"}
)
