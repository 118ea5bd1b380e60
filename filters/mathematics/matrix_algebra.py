"""Sums, products, powers, transposes and inverses of matrices whose cells are texts.

Cells that are plain numbers are worked out, others are written down as they are combined.
"""

from fractions import Fraction
from functools import reduce

from filters.mathematics.numbers import number

Rows = tuple[tuple[str, ...], ...]

LONGEST = 600
"""Characters of a cell."""
MOST_CELLS = 100
LARGEST_POWER = 60
LARGEST_INVERSE = 5


def total(a: Rows, b: Rows) -> Rows | None:
    """The sum; None where they have not the same form."""
    if [len(row) for row in a] != [len(row) for row in b]:
        return None
    return tuple(
        tuple(_sum(x, y) for x, y in zip(row, other, strict=True))
        for row, other in zip(a, b, strict=True)
    )


def scaled(rows: Rows, factor: str) -> Rows:
    """Each cell times a number."""
    return tuple(tuple(_times(factor, cell) for cell in row) for row in rows)


def transposed(rows: Rows) -> Rows | None:
    """Rows as columns."""
    return tuple(zip(*rows, strict=True)) if _is_even(rows) else None


def product(a: Rows, b: Rows) -> Rows | None:
    """The product of two matrices; None where they do not fit or it grows too long."""
    if not (_is_even(a) and _is_even(b)) or len(a[0]) != len(b):
        return None
    if len(a) * len(b[0]) * len(b) > 10 * MOST_CELLS:
        return None
    columns = tuple(zip(*b, strict=True))
    rows = tuple(tuple(reduce(_sum, map(_times, row, column)) for column in columns) for row in a)
    is_long = any(len(cell) > LONGEST for row in rows for cell in row)
    return None if is_long else rows


def power(rows: Rows, exponent: int) -> Rows | None:
    """A whole power, by squaring."""
    if not 0 < exponent <= LARGEST_POWER:
        return None
    found: Rows | None = None
    square: Rows | None = rows
    while exponent and square is not None:
        if exponent % 2:
            found = square if found is None else product(found, square)
            if found is None:
                return None
        exponent //= 2
        square = product(square, square) if exponent else square
    return found if square is not None else None


def inverse(rows: Rows) -> Rows | None:
    """The inverse of a matrix of rational numbers; None for others, and where there is none."""
    size = len(rows)
    values = [[_value(cell) for cell in row] for row in rows]
    if size > LARGEST_INVERSE or any(len(row) != size for row in rows):
        return None
    left: list[list[Fraction]] = []
    for n, row in enumerate(values):
        known = [value for value in row if value is not None and _is_short(value)]
        if len(known) != size:
            return None
        left.append([*known, *(Fraction(n == m) for m in range(size))])
    for at in range(size):
        pivot = next((n for n in range(at, size) if left[n][at]), None)
        if pivot is None:
            return None
        left[at], left[pivot] = left[pivot], left[at]
        first = left[at][at]
        left[at] = [value / first for value in left[at]]
        for n in range(size):
            if n != at:
                times = left[n][at]
                left[n] = [x - times * y for x, y in zip(left[n], left[at], strict=True)]
    return tuple(tuple(str(value) for value in row[size:]) for row in left)


def _is_even(rows: Rows) -> bool:
    return bool(rows) and len({len(row) for row in rows}) == 1


def _is_short(value: Fraction) -> bool:
    return max(value.numerator.bit_length(), value.denominator.bit_length()) <= 128


def _value(cell: str) -> Fraction | None:
    found = number(cell)
    return found.value if found is not None and not found.unit and not found.percent else None


def _sum(a: str, b: str) -> str:
    x, y = _value(a), _value(b)
    return str(x + y) if x is not None and y is not None else f"({a})+({b})"


def _times(a: str, b: str) -> str:
    x, y = _value(a), _value(b)
    return str(x * y) if x is not None and y is not None else f"({a})({b})"
