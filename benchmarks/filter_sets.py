"""The fixtures of the tests as sets of texts, and how each filter of samples does on them.

It imports the tests, so `tests/filters` and `tests/generators` must be on the path: run
`filter_quality.py`. Sets on real data are left out where FACTORY_DATA names no folder.
"""

import json
import random
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import form_fixtures
import labelled
import test_hygiene
import test_language
import test_length
import test_loops
import test_personal
import test_readability
import test_repetition
import test_steps

from filters.language import language, language_share
from filters.length import length
from filters.repetition import repetition
from generators.mask import mask
from generators.records import Problem, Sample
from generators.texts.loops import exact_loop, near_loop
from generators.transcript import split

IS_REAL = (labelled.DATA / "real").is_dir()
PER_PAIR = 30  # made texts of each pair of languages
DRAWN = 300


class Row(NamedTuple):
    """What a filter does on one set: texts that it is to find, and texts that it is to leave."""

    name: str
    to_find: int
    found: int
    to_leave: int
    taken: int


def judged(name: str, told: Iterable[tuple[bool, bool]]) -> Row:
    """Of pairs (is to be found, is found)."""
    pairs = list(told)
    hits = [found for wanted, found in pairs if wanted]
    false = [found for wanted, found in pairs if not wanted]
    return Row(name, len(hits), sum(hits), len(false), sum(false))


def cases(test: Callable[..., Any]) -> list[tuple[Any, ...]]:
    """The table of a parametrized test."""
    rows: list[tuple[Any, ...]] = test.pytestmark[0].args[1]  # type: ignore[attr-defined]
    return rows


def turn(problem: str, text: str) -> Sample:
    told = split(text)
    question = Problem(question=problem)
    return Sample(problem=question, reasoning=told.reasoning, response=told.response)


def of_labels(name: str, positive: str, rejects: Callable[[Sample], bool]) -> Iterator[Row]:
    rows = [row for row in labelled.labelled(name) if row[0]["verdict"] != "unsure"]
    told = [(label, rejects(turn(problem, text))) for label, text, problem in rows]
    pairs = [(label["verdict"] == positive, found) for label, found in told]
    yield judged("real: labelled traces", pairs)
    states = [label.get("state") for label, _ in told]
    right = [pair for pair, state in zip(pairs, states, strict=True) if state == "correct"]
    if right:
        yield judged("real: of them, those with the right answer", right)


def of_language() -> Iterator[Row]:
    rules = test_language.RULES
    told = ((bool(to), bool(language_share(text, code).switches)) for code, text, to in rules)
    yield judged("made: one text for each rule", told)
    wrong = ("mixed_language", "other_language")
    told = []
    for question, target, reasoning, response, reason in test_language.TURNS:
        one = Sample(problem=Problem(question=question), reasoning=reasoning, response=response)
        told.append((reason in wrong, language(one, target=target).reason in wrong))
    yield judged("made: whole turns", told)
    if IS_REAL:
        yield from of_labels("mixing", "mixed", lambda one: language(one).reason in wrong)
        yield from spliced_lines()


def spliced_lines() -> Iterator[Row]:
    latin, pairs = set(test_language.LATIN), test_language.pairs()
    sizes = {
        "other script in Latin": sum(a in latin for a, _ in pairs),
        "other script in another": sum(not {a, b} & latin for a, b in pairs),
        "Latin in another script": sum(b in latin for _, b in pairs),
        "paragraph of the same script": len(latin) * (len(latin) - 1),
        "quoted names": sum(b in test_language.NAMES_OF for _, b in pairs),
    }
    shares = test_language.figures(PER_PAIR)
    texts = len(test_language.FILES) * PER_PAIR
    clean = round(shares["clean"] * texts)
    for kind, share in shares.items():
        count = PER_PAIR * sizes.get(kind.split(",")[0], len(test_language.FILES))
        found = round(share * count)
        if kind in ("clean", "quoted names") or kind.endswith(" in prose"):
            yield Row(f"NTREX: {kind}", 0, 0, count, found)
        else:
            yield Row(f"NTREX: {kind}", count, found, texts, clean)


def of_readability() -> Iterator[Row]:
    for rule, breaks in form_fixtures.BREAKS.items():
        keeps = [*form_fixtures.KEEPS[rule], *test_readability.PLAIN]
        sides = [*((True, text) for text in breaks), *((False, text) for text in keeps)]
        told = ((wanted, rule in test_readability.broken(text)) for wanted, text in sides)
        yield judged(f"made: `{rule}`", told)


def of_repetition() -> Iterator[Row]:
    def rejects(sample: Sample) -> bool:
        return repetition(sample).outcome == "reject"

    rows = test_repetition.CASES
    texts = ((bool(row[3]), Sample(reasoning=row[1], response=row[2])) for row in rows)
    yield judged("made: one text for each reason", ((w, rejects(one)) for w, one in texts))
    blocks = [(True, block) for block in test_repetition.LOOPS]
    blocks += [(False, block) for block in test_repetition.ENUMERATIONS]
    ends = (
        (wanted, test_repetition.prose(5_000 * seed, seed) + "\n\n"
         + "".join(map(block, range(1, 60 + 20 * seed))))
        for wanted, block in blocks for seed in range(5)
    )  # fmt: skip
    told = ((wanted, rejects(Sample(reasoning=text))) for wanted, text in ends)
    yield judged("made: loops, and enumerations of cases", told)
    good = test_loops.GOOD
    made = [(found, block, count) for block, count, found in test_loops.NEAR]
    made += [(False, block, 100) for block in test_loops.NEW]
    ends = ((w, f"{good}\n\n{''.join(map(block, range(1, n + 1)))}") for w, block, n in made)
    yield judged("made: loops with small changes", ((w, bool(near_loop(t))) for w, t in ends))
    told = ((True, exact_loop(good + text) is not None) for text in loops_of_any_period())
    yield judged("made: loops of periods from 5 to 1,999, after 20 kB", told)
    if IS_REAL:
        yield from of_labels("loops", "loop", rejects)


def loops_of_any_period() -> Iterator[str]:
    chance = random.Random(3)
    for period in range(5, 2_001, 7):
        unit = test_loops.prose(period, seed=period)
        yield unit * max(3, 400 // period + 1) + unit[: chance.randrange(period)]


def of_steps() -> Iterator[Row]:
    texts = [(True, f"Well. {text}", "") for text, _ in test_steps.WRONG]
    kept = [*test_steps.HOLD, *test_steps.NO_STEPS, *test_steps.MENDED]
    texts += [*((False, text, "") for text in kept), *((False, *row) for row in test_steps.DOUBTED)]
    scores = ((wanted, test_steps.judged(text, "", asked).score) for wanted, text, asked in texts)
    yield judged("made: equations", ((w, score is not None and score < 1) for w, score in scores))
    if test_steps.R1.is_file():
        rows = map(json.loads, test_steps.R1.read_text("utf-8").splitlines())
        texts = [(r["reasoning_trace"] or "", r["answer_text"] or "", r["problem"]) for r in rows]
        count = sum(len(list(test_steps.checked(text))) for pair in texts for text in pair[:2])
        real = (test_steps.judged(*text).score for text in texts)
        told = ((False, score < 1) for score in real if score is not None)
        yield judged(f"real: chains of R1 with steps, {count:,} in all", told)


def of_length() -> Iterator[Row]:
    rows = [row for row in cases(test_length.test_length) if row[2] != "unknown"]
    told = ((row[2] == "reject", length(row[0], **row[1]).outcome == "reject") for row in rows)
    yield judged("made: bounds, where they can be told", told)


def of_hygiene() -> Iterator[Row]:
    spoken = {
        "identity_leak": (test_hygiene.LEAKS, test_hygiene.MENTIONS),
        "as_an_ai": (test_hygiene.AIS, test_hygiene.NO_AIS),
        "refusal": (test_hygiene.REFUSALS, test_hygiene.NO_REFUSALS),
    }
    numbers = [text for text, _ in cases(test_personal.test_identity_numbers)]
    personal = {**drawn(), "id_number": numbers}
    sets = spoken | {kind: (texts, test_personal.NONE) for kind, texts in personal.items()}
    for kind, (finds, leaves) in sets.items():
        sides = [*((True, text) for text in finds), *((False, text) for text in leaves)]
        told = ((wanted, test_hygiene.judged(text).reason == kind) for wanted, text in sides)
        yield judged(f"{'drawn' if kind in test_personal.MADE else 'made'}: `{kind}`", told)
    if test_hygiene.IDENTITY.is_file():
        yield judged("real: introductions, in another's name and in one's own", introductions())


def drawn() -> dict[str, list[str]]:
    """Sentences with personal data of each kind; the same on every run."""
    test_personal.DRAW.seed(5)
    made = test_personal.MADE.items()
    return {
        kind: [f"Please note that {one()} is mine." for _ in range(DRAWN)] for kind, one in made
    }


def introductions() -> Iterator[tuple[bool, bool]]:
    rows = json.loads(test_hygiene.IDENTITY.read_text("utf-8"))
    for name, maker in (("ChatGPT", "OpenAI"), ("通义千问", "阿里云")):
        for row in rows:
            text = row["output"].replace("{{name}}", name).replace("{{author}}", maker)
            about = {"question": row["instruction"], "kinds": ["identity_leak"]}
            if text != row["output"]:
                yield True, test_hygiene.judged(text, **about).outcome == "reject"
            own = test_hygiene.judged(text, **about, name=name, maker=maker)
            yield False, own.outcome == "reject"


def of_mask() -> Iterator[Row]:
    for kind, texts in drawn().items():
        made = (list(mask(Sample(response=text))) for text in texts)
        gone = ((True, bool(one) and test_hygiene.judged(one[0][1]).reason == "") for one in made)
        yield judged(f"drawn: `{kind}` replaced, and `hygiene` keeps the rest", gone)
    kept = ((False, bool(list(mask(Sample(response=text))))) for text in test_personal.NONE)
    yield judged("made: what only looks like it", kept)


SETS: dict[str, Callable[[], Iterator[Row]]] = {
    "language": of_language,
    "readability": of_readability,
    "repetition": of_repetition,
    "steps": of_steps,
    "length": of_length,
    "hygiene": of_hygiene,
    "mask": of_mask,
}
