"""Logic puzzles whose solution is a grid: each house's row, each attribute's column.

The response gives it as a table, as JSON in one of several shapes, or as a JSON table with its
header and rows; it is right when every cell is. Cells are compared by letters and digits alone.
"""

import re
from dataclasses import dataclass
from typing import Any

from filters.kinds.json_values import NotJson, candidates, read
from filters.kinds.reply import LONGEST, reply, shown
from filters.verdict import Verdict, keep, reject, unknown

LARGEST = 1_000
"""Cells of a solution."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A solution: the label of each row, and its cells by the name of their column."""

    label: str
    """Name of the column that labels the rows."""
    columns: tuple[str, ...]
    rows: dict[str, tuple[str, ...]]


def grid(wanted: Any, response: str) -> Verdict:
    """Compare the grid that the response ends with with {"header": [...], "rows": [[...]]}.

    The first column labels the rows. Score 1 where all cells are right, else 0; the detail has the
    share. Reasons: wrong_answer, no_answer; unknown: bad_check, too_long, no_answer (no grid, but
    its words), undecided (all that differs are words that the solution does not have).
    """
    solution = _solution(wanted)
    if solution is None:
        return unknown("bad_check", '"grid" is no {"header": [...], "rows": [[...]]}')
    if len(response) > LONGEST:
        return unknown("too_long", f"{len(response)} characters")
    text = reply(response)
    got = _given(text, solution)
    if got is None:
        words = _plain(text)
        names = any(cell and cell in words for row in solution.rows.values() for cell in row)
        return unknown("no_answer", "no grid") if names else reject("no_answer")
    return _compared(got, solution)


def _compared(got: dict[tuple[str, str], str], solution: Grid) -> Verdict:
    right = total = 0
    wrong: list[str] = []
    is_open = True
    for label, row in solution.rows.items():
        for column, cell in zip(solution.columns, row, strict=True):
            total += 1
            said = got.get((label, column), "")
            words = {cells[solution.columns.index(column)] for cells in solution.rows.values()}
            if _read(said, words) == cell:
                right += 1
                continue
            wrong.append(f"{label}/{column}: got {said or 'nothing'}, wanted {cell}")
            is_open = is_open and said not in words and said[:2] == cell[:2] != ""
    share = f"{right} of {total} cells"
    if not wrong:
        return keep(detail=share)
    detail = shown(f"{share}; {wrong[0]}", 300)
    return unknown("undecided", detail) if is_open else reject("wrong_answer", detail)


def _read(said: str, words: set[str]) -> str:
    """The word of the column that a cell says: "British" is brit, "Tesla" is tesla model 3."""
    if said in words or len(said) < 3:
        return said
    near = [word for word in words if word.startswith(said) or (word and said.startswith(word))]
    return near[0] if len(near) == 1 and len(near[0]) >= 3 else said


def _plain(text: Any) -> str:
    """Letters and digits in small letters, as one word."""
    return "".join(char for char in str(text).casefold() if char.isalnum())


def _label(text: Any) -> str:
    """The label of a row: House 1 and 1 are the same."""
    words = _plain(text)
    return words.removeprefix("house") or words


def _solution(wanted: Any) -> Grid | None:
    header = wanted.get("header") if isinstance(wanted, dict) else None
    rows = wanted.get("rows") if isinstance(wanted, dict) else None
    if not isinstance(header, list) or not isinstance(rows, list) or len(header) < 2 or not rows:
        return None
    if not all(isinstance(row, list) and len(row) == len(header) for row in rows):
        return None
    found = {_label(row[0]): tuple(map(_plain, row[1:])) for row in rows}
    label, *columns = map(_plain, header)
    is_odd = len(found) < len(rows) or len(set(columns)) < len(columns)
    if is_odd or len(rows) * len(header) > LARGEST:
        return None
    return Grid(label, tuple(columns), found)


# --- what the response gives ----------------------------------------------------------------


def _given(text: str, solution: Grid) -> dict[tuple[str, str], str] | None:
    """(row, column) -> cell of the last JSON or table that has rows and columns of the solution."""
    for number, candidate in enumerate(candidates(text)):
        try:
            value = read(candidate)
        except NotJson:
            if number:
                break
            continue
        cells = _placed(_tables(value), solution)
        if cells:
            return cells
    return _placed(_markdown(text), solution)


Table = list[list[Any]]


def _placed(tables: list[Table], solution: Grid) -> dict[tuple[str, str], str] | None:
    """The cells of the first of these tables that is one of the solution, perhaps turned."""
    for table in tables:
        width = max(map(len, table), default=0)
        if not width or len(table) * width > LARGEST * 4:
            continue
        square = [row + [""] * (width - len(row)) for row in table]
        for turned in (square, [list(column) for column in zip(*square, strict=True)]):
            cells = _cells(turned, solution)
            if cells is not None:
                return cells
    return None


def _cells(table: Table, solution: Grid) -> dict[tuple[str, str], str] | None:
    """The cells of a table with a header and labels, None where they are others."""
    names = [_plain(name) for name in table[0]]
    at = names.index(solution.label) if solution.label in names else 0
    labels = [_label(row[at]) for row in table[1:]]
    if not set(labels) & set(solution.rows) or len(set(labels)) < len(labels):
        return None
    header = _columns([name for place, name in enumerate(names) if place != at], solution)
    if header is None:
        return None
    return {
        (label, name): _plain(cell)
        for label, row in zip(labels, table[1:], strict=True)
        for name, cell in zip(header, row[:at] + row[at + 1 :], strict=True)
    }


def _columns(header: list[str], solution: Grid) -> list[str] | None:
    """The solution's names for these columns: by name, and those by another name in order."""
    known = [name for name in header if name in solution.columns]
    if len(set(known)) < len(known) or len(known) * 2 < len(header):
        return None
    if len(known) == len(header):
        return header
    left = [name for name in solution.columns if name not in known]
    if len(header) != len(solution.columns):
        return None
    return [name if name in known else left.pop(0) for name in header]


def _tables(value: Any) -> list[Table]:
    """The tables that a JSON value may be."""
    if isinstance(value, list):
        if value and all(isinstance(row, list) for row in value):
            return [value]
        if value and all(isinstance(row, dict) for row in value):
            names = list(value[0])
            return [[names, *([row.get(name, "") for name in names] for row in value)]]
        return []
    if not isinstance(value, dict):
        return []
    if isinstance(value.get("header"), list) and isinstance(value.get("rows"), list):
        rows = [row for row in value["rows"] if isinstance(row, list)]
        return [[value["header"], *rows]]
    inner = list(value.values())
    if inner and all(isinstance(row, dict) for row in inner):
        names = list(inner[0])
        rows = [[label, *(row.get(name, "") for name in names)] for label, row in value.items()]
        return [[["", *names], *rows]]
    return [table for one in inner for table in (_tables(one) if _is_nested(one) else [])]


def _is_nested(value: Any) -> bool:
    return isinstance(value, dict | list)


_RULE = re.compile(r"\|?[\s:|\-]*\|?")


def _markdown(text: str) -> list[Table]:
    """The tables of a text in Markdown, the last first."""
    found: list[Table] = []
    table: Table = []
    for line in [*text.split("\n"), ""]:
        if "|" in line:
            if not _RULE.fullmatch(line.strip()):
                table.append([cell.strip() for cell in line.strip().strip("|").split("|")])
        elif table:
            found.append(table)
            table = []
    return [rows for rows in reversed(found) if len(rows) > 1]
