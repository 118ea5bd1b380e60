"""Matrices as rows of cells: how they are written, and what is written between them worked out."""

import re
from dataclasses import dataclass

from filters.mathematics.latex import NotRead, read
from filters.mathematics.matrix_algebra import (
    Rows,
    inverse,
    power,
    product,
    scaled,
    total,
    transposed,
)
from filters.mathematics.splitting import scanner, split

__all__ = ["Rows", "matrix", "plain_rows", "system"]

MOST = 8
"""Matrices in one answer."""
DEEPEST = 6
_ONE = re.compile(
    r"\\begin\{(?P<name>(?:[bBp]|small)?matrix|array)\}(?:(?<=y\}) ?\{[lcr| ]*\})?"
    r"(?P<inside>(?:(?!\\begin|\\end).)*+)\\end\{(?P=name)\}",
    re.DOTALL,
)
_SPACING = re.compile(r"^ ?\[-?[\d.]+ ?(?:pt|em|ex|mm|cm)\]")
_HELD = re.compile(r"\x00(\d)\x00")
_TIMES = re.compile(r" ?(?:\\cdot|\\times|\*) ?")
_POSTFIX = re.compile(r" ?(?:\^ ?(?:\{([^{}]*)\}|(\\top|-1|\w))|('))")
_ROW = re.compile(r"(?:\\\\)+")


def matrix(text: str) -> tuple[str, Rows] | None:
    """Name and rows of a canonical text that is a matrix; None for other texts.

    Products, sums, powers, transposes and inverses of matrices are worked out.
    """
    if "\\\\begin" in text:  # escaped twice
        text = re.sub(r"\\\\(?=[A-Za-z])", r"\\", text)
    count = text.count("\\begin")
    if not 0 < count <= MOST or "\x00" in text:
        return None
    held: list[Rows] = []
    name = ""
    for found in _ONE.finditer(text):
        name = name or found["name"]
        held.append(_cells(found["inside"]))
    if len(held) != count:
        return None
    numbers = iter(range(count))
    whole = _ONE.sub(lambda _: f"\x00{next(numbers)}\x00", text).strip()
    value = _Expression(held).sum(whole, 0)
    return (name, value) if isinstance(value, tuple) else None


def _cells(inside: str) -> Rows:
    rows = (_SPACING.sub("", row.replace("\\hline", "")) for row in split(inside, r"(?:\\\\)+")[0])
    return tuple(tuple(split(row, "&")[0]) for row in rows if row.strip())


@dataclass
class _Expression:
    """What stands between matrices, which are held apart: a text stands for a number."""

    held: list[Rows]

    def sum(self, text: str, depth: int) -> Rows | str | None:
        terms, signs = split(text, r"\+|(?<=[\x00)\w}'])-")
        if depth > DEEPEST or (not terms[0] and not signs):
            return None
        whole: Rows | None = None
        for sign, term in zip(("+", *signs), terms, strict=True):
            if not term and whole is None:
                continue
            value = self.product(term, depth)
            if not isinstance(value, tuple):
                # A number is no term of a sum of matrices.
                return text if len(terms) == 1 and value is not None else None
            value = value if sign == "+" else scaled(value, "-1")
            whole = value if whole is None else total(whole, value)
            if whole is None:
                return None
        return whole

    def product(self, text: str, depth: int) -> Rows | str | None:
        found: Rows | None = None
        factors: list[str] = []
        at = 0
        if text[:1] == "-":
            factors, at = ["-1"], 1
        while at < len(text):
            value, at = self.factor(text, at, depth)
            if isinstance(value, tuple):
                found = value if found is None else product(found, value)
                if found is None:
                    return None
            elif value is None:
                return None
            elif value:
                factors.append(value)
        if found is None:
            return text
        for factor in factors:
            found = scaled(found, factor)
        return found

    def factor(self, text: str, at: int, depth: int) -> tuple[Rows | str | None, int]:
        """The factor that begins here, a matrix or a number, and where it ends."""
        if sign := _TIMES.match(text, at):
            at = sign.end()
        if one := _HELD.match(text, at):
            return self.raised(self.held[int(one[1])], text, one.end())
        if text[at : at + 1] in ("(", "["):
            end = _closing(text, at)
            if "\x00" in text[at:end]:
                inner = self.sum(text[at + 1 : end - 1].strip(), depth + 1)
                if not isinstance(inner, tuple):
                    return None, at
                return self.raised(inner, text, end)
        end = text.find("\x00", at)
        end = len(text) if end < 0 else end
        opened = text.rfind("(", at + 1, end)
        if opened > 0 and _closing(text, opened) > end:
            end = opened
        said = text[at:end].strip()
        said = re.sub(r" ?(?:\\cdot|\\times|\*)$", "", said)
        if said.startswith("/") and end == len(text) and said[1:].isdigit():
            return f"1{said}", end
        return (said if _is_read(said) else None), end

    def raised(self, rows: Rows, text: str, at: int) -> tuple[Rows | None, int]:
        """With the signs after it: ^T, ', ^{-1}, ^2."""
        value: Rows | None = rows
        while value is not None and (sign := _POSTFIX.match(text, at)):
            said, at = (sign[1] or sign[2] or "T").strip(), sign.end()
            if said in ("T", "t", "\\top", "\\mathsf T", "\\intercal"):
                value = transposed(value)
            elif said == "-1":
                value = inverse(value)
            else:
                value = power(value, int(said)) if said.isdigit() and len(said) < 3 else None
        return value, at


def _is_read(said: str) -> bool:
    try:
        read(said)
    except NotRead:
        return False
    return True


def _closing(text: str, at: int) -> int:
    """Where the bracket ends that opens here; the end of the text if it never does."""
    depth = 0
    for token in scanner("$^").finditer(text, at):
        depth += 1 if token["open"] else -1
        if depth <= 0:
            return token.end()
    return len(text)


_SYSTEM = re.compile(
    r"\\begin\{(?P<name>cases|aligned|array|matrix)\}(?:(?<=y\}) ?\{[lcr| ]*\})?"
    r"(?P<inside>(?:(?!\\begin|\\end).)*+)\\end\{(?P=name)\}",
    re.DOTALL,
)


def system(text: str) -> tuple[str, ...] | None:
    """The equations that stand under each other; None where it is no system."""
    found = _SYSTEM.fullmatch(text.removeprefix("\\{"))
    if found is None:
        return None
    rows = [row.strip(" ,;") for row in _ROW.split(found["inside"])]
    rows = [re.sub(r"& ?(?==)|(?<==) ?&", "", row) for row in rows if row]
    is_system = len(rows) > 1 and all("=" in row and "&" not in row for row in rows)
    return tuple(rows) if is_system else None


def plain_rows(text: str) -> Rows | None:
    """The rows of [[1, 2], [3, 4]] or [1, 2; 3, 4]; None for other texts."""
    if text[:1] != "[" or text[-1:] != "]" or _closing(text, 0) != len(text):
        return None
    if text[1:2] != "[":
        rows = tuple(tuple(split(row, ",")[0]) for row in split(text[1:-1], ";")[0])
        return rows if len(rows) > 1 and _is_even(rows) else None
    return nested_rows(split(text[1:-1], ",")[0], "[", "]")


def nested_rows(parts: list[str] | tuple[str, ...], left: str, right: str) -> Rows | None:
    """The cells of rows that stand in brackets each."""
    rows = []
    for part in parts:
        if part[:1] != left or part[-1:] != right or _closing(part, 0) != len(part):
            return None
        rows.append(tuple(split(part[1:-1], ",")[0]))
    return tuple(rows) if _is_even(rows) else None


def _is_even(rows: list[tuple[str, ...]] | Rows) -> bool:
    return len({len(row) for row in rows}) == 1 and all(all(row) for row in rows)
