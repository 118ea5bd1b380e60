"""Definitions of the filters with their precision and recall: writes docs/filters.md.

    FACTORY_DATA=... python benchmarks/filter_quality.py --write

Definitions come from docstrings and settings, texts from the fixtures of the tests. What needs real
data is left out where FACTORY_DATA names no folder. Without `--write` the page is printed. It takes
a few minutes.
"""

import argparse
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import fill

from filter_table import definition, markdown

from filters import form
from generators.registry import find

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "filters.md"

OPENING = """\
# Filters: what they look for, and how often they find it

Each part below is made from the code: what the filter says of itself, its settings with their
defaults (`factory list` has their types), and its precision and recall on the fixtures of its
tests. The [README](../README.md) has the list of all filters. Lengths are in characters and
offsets from 0 unless said otherwise.

This page is written by `make docs`, which is

```console
$ python benchmarks/filter_table.py --write
$ FACTORY_DATA=... python benchmarks/filter_quality.py --write
```

A set has texts *to find*, which break the rule, and texts *to leave*, most of which look as if they
did. *Found* are true positives, *taken* are false positives; precision is found / (found + taken),
recall is found / to find. Precision depends on how many of either kind a set has, and ours have far
more to find than a corpus has: for what a filter costs, read *taken* beside *to leave*.

- **made**: written by us, beside the rule and to show its bounds. A text that a rule got wrong was
  a reason to mend the rule, so these figures say what is covered and foretell nothing of unseen
  data.
- **drawn**: put together from a fixed seed by a recipe of ours: personal data, edits.
- **NTREX**: news lines in seven languages (NTREX-128) with a piece of another one spliced in at a
  random place. Nobody picks or reads the lines. Row names say how much is spliced in.
- **real**: what models and people wrote, from public data sets. The traces were labelled by one
  reader, a language model, once, and were seen while the rules were built;
  [how they were labelled](../tests/filters/labels/README.md). Benchmark questions are planted in
  several dresses.

None of the real texts is in this repository.
"""
WITHOUT = "\nFACTORY_DATA names no folder here, so the sets of real texts and NTREX are left out.\n"

NOTES = {
    "language": (
        "The labelled traces are to be found where a single word, or a piece of one, is in a "
        "script that the question's language does not have. Beside each NTREX splice stand the "
        "same clean passages; names, code and formulas are to be left."
    ),
    "readability": "The rules, by reason:",
    "repetition": (
        "Labelled as a loop is what repeats word for word in about three rounds or more; rows "
        "that two readers could judge differently are left out."
    ),
    "steps": (
        "Found is an equation that counts as wrong (a score below 1). Nobody has checked the steps "
        "of the real chains, R1's solutions of MATH-500: one that is taken may be wrong indeed."
    ),
    "length": "It counts and compares; only tokens that nobody counted are estimated.",
    "hygiene": "A row for each reason; what is to be left looks like that reason.",
    "mask": "The generator that takes out what `hygiene` finds.",
    "dedup": (
        "The made pairs are judged with threshold 0.8. Similarities are Jaccard's, of four words "
        "in a row, to within 0.02."
    ),
    "decontaminate": (
        "The benchmarks of the real sets are MATH-500, AIME 2024 and AMC 2023, by question. The "
        "training questions of MATH are not of MATH-500, but a few of them repeat one of its "
        "questions in nearly all words: not each that is taken is a mistake."
    ),
    "answerable": (
        "A row for each reason; the problems to be left are the same in each. Those of MATH were "
        "chosen by their makers to have an answer that can be compared."
    ),
}


def table(name: str) -> str:
    """The figures of a filter's sets."""
    # It imports the tests, and with them pytest: only where figures are asked for.
    import filter_sets
    import problem_sets

    lines = [
        "| set | to find | found | to leave | taken | precision | recall |\n",
        "| --- | --: | --: | --: | --: | --: | --: |\n",
    ]
    for row in (filter_sets.SETS | problem_sets.SETS)[name]():
        said = row.found + row.taken
        precision = f"{row.found / said:.3f}" if row.to_find and row.to_leave and said else ""
        recall = f"{row.found / row.to_find:.3f}" if row.to_find else ""
        counts = [f"{count:,}" for count in row[1:]]
        if not row.to_find:
            counts[:2] = ["", ""]
        if not row.to_leave:
            counts[2:] = ["", ""]
        lines.append(f"| {' | '.join([row.name, *counts, precision, recall])} |\n")
    return "".join(lines)


def described(name: str) -> str:
    """The heading of a part with what the code says: it must equal the code's words."""
    entry = find("generator" if name == "mask" else "filter", name)
    told = f"## {name}\n\n{definition(entry)}\n{fill(NOTES[name], 100)}\n"
    if name == "readability":
        told += "\n" + "".join(rules())
    return told


def rules() -> Iterator[str]:
    """Each rule of form as its function says it."""
    for rule, function in vars(form).items():
        is_own = inspect.isfunction(function) and function.__module__ == form.__name__
        if is_own and not rule.startswith("_"):
            said = " ".join((inspect.getdoc(function) or "").split())
            yield f"- `{rule}`: {markdown(said)}\n"


def page() -> str:
    from filter_sets import IS_REAL

    parts = [f"{described(name)}\n{table(name)}" for name in NOTES]
    return "\n".join([OPENING + ("" if IS_REAL else WITHOUT), *parts])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="change docs/filters.md")
    given = parser.parse_args()
    sys.path[:0] = [str(ROOT / "tests" / folder) for folder in ("filters", "generators")]
    told = page()
    if given.write:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(told, "utf-8")
    else:
        print(told, end="")


if __name__ == "__main__":
    main()
