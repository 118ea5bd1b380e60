"""Determinants in a formula: \\begin{vmatrix}, |\\begin{pmatrix}|, \\det\\begin{pmatrix}."""

from typing import TYPE_CHECKING, Any, TypeAlias

from filters.mathematics.latex_tokens import OPEN, NotRead

if TYPE_CHECKING:
    from filters.mathematics.latex import Reader

Tree: TypeAlias = tuple[Any, ...]

LARGEST = 4
"""Rows: it is written out in full, and has as many terms as there are orders of them."""


def determinant(reader: "Reader") -> Tree:
    """The determinant of the rows that follow, up to the end of the matrix."""
    reader.deeper()
    reader.bars, outside = 0, reader.bars
    rows: list[list[Tree]] = [[]]
    while True:
        rows[-1].append(reader.sum())
        while reader.peek() == reader.peek(1) == "\\\\":
            reader.at += 1
        if reader.take("&"):
            continue
        if reader.take("\\\\") and not reader.peek().startswith("\\end{"):
            rows.append([])
            continue
        if not reader.peek().startswith("\\end{"):
            raise NotRead("a matrix without end")
        reader.at += 1
        break
    reader.bars = outside
    reader.depth -= 1
    if any(len(row) != len(rows) for row in rows) or len(rows) > LARGEST:
        raise NotRead("no determinant")
    return _by_first_row(rows)


def enclosed(reader: "Reader", opening: str) -> Tree:
    """A matrix between bars or brackets, of which the first was read; or without, after \\det."""
    if reader.at >= len(reader.tokens) or reader.tokens[reader.at].kind != "begin":
        raise NotRead("no matrix")
    if "vmatrix" in reader.peek():
        raise NotRead("bars around bars")
    reader.at += 1
    tree = determinant(reader)
    if opening:
        reader.need(OPEN.get(opening, opening))
    return tree


def _by_first_row(rows: list[list[Tree]]) -> Tree:
    if len(rows) == 1:
        return rows[0][0]
    terms = []
    for at, cell in enumerate(rows[0]):
        term = ("mul", cell, _by_first_row([row[:at] + row[at + 1 :] for row in rows[1:]]))
        terms.append(("neg", term) if at % 2 else term)
    return ("add", *terms)
