"""Matrices as rows of cells, with a factor before them and sums of them worked into the cells."""

import re

from filters.splitting import split

Rows = tuple[tuple[str, ...], ...]
_MATRIX = re.compile(
    r"(?P<factor>.*?)(?:\\cdot|\\times|\*)? ?\\begin\{(?P<name>[a-z]*matrix|array)\}"
    r"(?P<inside>(?:(?!\\begin|\\end).)*)\\end\{(?P=name)\}",
    re.DOTALL,
)


def matrix(text: str) -> tuple[str, Rows] | None:
    """Name and rows of a canonical text that is a matrix; None for other texts."""
    if text.count("\\begin") > 8:
        return None
    if text[:7] in ("(\\begin", "[\\begin") and text[-1:] in ")]":
        text = text[1:-1]
    terms, signs = split(text, r"\+|(?<=\})-")
    found = [_one(term) for term in terms]
    first = found[0]
    if first is None:
        return None
    name, rows = first
    for sign, other in zip(signs, found[1:], strict=True):
        if other is None or [len(row) for row in other[1]] != [len(row) for row in rows]:
            return None
        rows = tuple(
            tuple(f"({a}){sign}({b})" for a, b in zip(row, other_row, strict=True))
            for row, other_row in zip(rows, other[1], strict=True)
        )
    return name, rows


def _one(term: str) -> tuple[str, Rows] | None:
    found = _MATRIX.fullmatch(term)
    if found is None:
        return None
    factor, inside = found["factor"].strip(), found["inside"]
    if found["name"] == "array":
        inside = re.sub(r"^ ?\{[lcr| ]*\}", "", inside)
    rows = [row for row in split(inside, r"\\\\")[0] if row]
    cells = tuple(tuple(split(row, "&")[0]) for row in rows)
    factor = {"-": "-1", "+": ""}.get(factor, factor)
    if factor:
        cells = tuple(tuple(f"({factor})({cell})" for cell in row) for row in cells)
    return found["name"], cells
