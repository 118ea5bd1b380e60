"""What the filters say of themselves, as markdown: the table of the README, and their definitions.

    python benchmarks/filter_table.py --write

Everything is taken from docstrings and signatures, so that it is written once. Without `--write`
the table is printed.
"""

import argparse
import re
from pathlib import Path

import filters  # noqa: F401  it registers them
from factory.listing import settings
from generators.registry import Entry, entries

README = Path(__file__).parent.parent / "README.md"
HEADER = "| name | what it does |\n| --- | --- |\n"
_CODE = re.compile(r"(`[^`]*`)")
# What markdown would take for its own; a < before a letter begins a tag.
_SPECIAL = re.compile(r"[\\*|]|<(?=[A-Za-z/|])")


def markdown(text: str) -> str:
    """The text as markdown that shows it as it is; what stands in backticks is code."""
    parts = _CODE.split(text)
    parts[::2] = [_SPECIAL.sub(r"\\\g<0>", part) for part in parts[::2]]
    return "".join(parts)


def in_one_line(doc: str) -> str:
    """The first paragraph of a docstring."""
    return markdown(" ".join(doc.split("\n\n")[0].split()))


def table() -> str:
    """A row for each filter of the package, by name."""
    own = [one for one in entries("filter") if one.function.__module__.startswith("filters.")]
    return HEADER + "".join(f"| `{one.name}` | {in_one_line(one.doc)} |\n" for one in own)


def with_table(text: str) -> str:
    """The README with its table made anew."""
    before, _, after = text.partition(HEADER)
    if not after:
        raise SystemExit("the README has no table of filters")
    return before + table() + re.sub(r"\A(?:\|.*\n)*", "", after)


def definition(entry: Entry) -> str:
    """Docstring and settings with their defaults."""
    told = [f"- `{name}{default}`\n" for name, _, default in settings(entry)]
    return f"{markdown(entry.doc)}\n\n{''.join(told)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="change README.md")
    if parser.parse_args().write:
        README.write_text(with_table(README.read_text("utf-8")), "utf-8")
    else:
        print(table(), end="")


if __name__ == "__main__":
    main()
