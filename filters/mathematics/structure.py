"""Answers that are made of parts: compared part by part, each part by the ladder again.

Lists, sets and plus-minus have no order; tuples, intervals and matrices have one. Intervals,
inequalities and unions are compared as sets of real numbers.
"""

import re
from collections.abc import Callable

from filters.mathematics.assertions import with_a_relation
from filters.mathematics.ellipsis import DOTS
from filters.mathematics.figures import same_base, same_in_base, same_ratio
from filters.mathematics.latex import NotRead, read
from filters.mathematics.line_sets import INFINITE, is_line_set, set_of, variables
from filters.mathematics.matrices import nested_rows
from filters.mathematics.named_values import may_mean, named_values, names, same_by_name
from filters.mathematics.numbers import number
from filters.mathematics.parts import Compare, ordered, unordered
from filters.mathematics.relations import same_relation
from filters.mathematics.set_order import SetTree, piece_of, same_set
from filters.mathematics.shapes import Shape, shape
from filters.words import may_be_a_number, numeral, same_words, words

_BRACKETLESS = ("list", "set")
_VALUES = ("matrix", "tuple", "set")


def same_structure(got: str, wanted: str, compare: Compare) -> bool | None:
    """Compare two canonical texts by structure; None where both are plain or it cannot be told."""
    a, b = shape(got), shape(wanted)
    if a.kind == b.kind == "plain":
        return _plain(got, wanted, compare)
    if "=" in got and "=" in wanted and (same := same_by_name(a, b, compare)) is not None:
        return same
    if a.kind == b.kind == "relation":
        if is_line_set(a) and is_line_set(b) and (same := _as_sets(a, b)) is not None:
            return same
        same = same_relation(a, b)
        return None if same is False and may_mean(a, b, compare) else same
    if is_line_set(a) or is_line_set(b):
        return _with_a_set(a, b, compare)
    if a.kind in _VALUES or b.kind in _VALUES:
        got, wanted = _right(a, b.kind) or got, _right(b, a.kind) or wanted
        a, b = shape(got), shape(wanted)
    if "relation" in (a.kind, b.kind):
        return with_a_relation(a, b, compare)
    if a.kind in _BRACKETLESS or b.kind in _BRACKETLESS:
        return _with_a_list(a, b, compare)
    if a.kind == b.kind:
        return _SAME_KIND[a.kind](a, b, compare)
    if {a.kind, b.kind} <= {"ratio", "plain"}:
        return same_ratio(a, b, compare)
    if {a.kind, b.kind} == {"base", "plain"}:
        return same_in_base(a, b)
    if "plain" in (a.kind, b.kind):
        if (same := _single(a, b, compare)) is not None:
            return same
        return _unlike(got if a.kind == "plain" else wanted)
    if {a.kind, b.kind} == {"matrix", "tuple"}:
        return _matrix_and_tuple(a, b, compare)
    return False if {a.kind, b.kind} == {"tuple", "interval"} else None


def _right(one: Shape, kind: str) -> str:
    """What a formula is said to be equal to, where that is of the other answer's kind; or ""."""
    if one.kind != "relation" or one.signs != ("=",) or shape(one.parts[1]).kind != kind:
        return ""
    return one.parts[1] if shape(one.parts[0]).kind == "plain" else ""


def _unlike(plain: str) -> bool | None:
    """Something with parts is not a number or a formula; of other texts nothing is known."""
    if number(plain) is not None or plain in INFINITE:
        return False
    try:
        read(plain)
    except NotRead:
        said = words(plain)
        return False if said and not may_be_a_number(said) else None
    return False


# --- lists ----------------------------------------------------------------------------------


def _with_a_list(a: Shape, b: Shape, compare: Compare) -> bool | None:
    mine, other_names = names(a.parts), names(b.parts)
    if len(mine) > 1 and len(other_names) > 1:
        if set(mine) != set(other_names):
            return None
        return ordered(list(mine.values()), [other_names[name] for name in mine], compare)
    if len(mine) > 1 or len(other_names) > 1:
        return named_values(a, b, mine, other_names, compare)
    if DOTS.intersection(a.parts) or DOTS.intersection(b.parts):
        is_number = any(one.kind == "plain" and number(one.parts[0]) for one in (a, b))
        return False if is_number else None
    if a.kind in _BRACKETLESS and b.kind in _BRACKETLESS:
        same = unordered(a.parts, b.parts, compare)
        # A list may count how often; a set does not.
        is_set = a.kind == b.kind == "set" or len(a.parts) == len(b.parts)
        is_set = is_set or shape(a.parts[0]).kind == "tuple"
        return same if is_set or not same else None
    one, other = (a, b) if a.kind in _BRACKETLESS else (b, a)
    if len(one.parts) == 1:
        return (
            compare(*((a.parts[0], *b.parts) if one is a else (*a.parts, b.parts[0])))
            if (other.kind == "plain")
            else None
        )
    if other.kind == "plain" and re.fullmatch(r"\d{1,3}(?:,\d{3})+", other.parts[0]):
        # "81,256" may be two numbers where the other answer is "81, 256".
        return unordered(other.parts[0].split(","), one.parts, compare)
    if other.kind == "plain" and other.parts[0] == ".".join(one.parts):
        return True  # 1,22 is how 1.22 is written elsewhere
    if other.kind == "plain":
        is_readable = all(_unlike(part) is False for part in one.parts)
        return False if is_readable and _unlike(other.parts[0]) is False else None
    if other.kind in ("tuple", "matrix"):
        same = unordered(one.parts, other.parts, compare)
        return False if same is False else None  # (1, 2) and 1, 2: the brackets may be forgotten
    return None


# --- sets of real numbers, relations ----------------------------------------------------------


def _as_sets(a: Shape, b: Shape) -> bool | None:
    x, y = set_of(a), set_of(b)
    same = None if x is None or y is None else same_set(x, y)
    return None if same and variables(a) != variables(b) else same


def _same_piece(a: SetTree, b: SetTree, compare: Compare) -> bool | None:
    """With variables for ends: [a, b) is a <= x < b."""
    same: bool | None = a[3:] == b[3:]
    for one, other in zip(a[1:3], b[1:3], strict=True):
        if one is None or other is None:
            is_same: bool | None = one is other
        else:
            is_text = isinstance(one, str) and isinstance(other, str)
            is_same = compare(one, other) if is_text else None
        same = False if same is False or is_same is False else same and is_same
    return same


def _with_a_set(a: Shape, b: Shape, compare: Compare) -> bool | None:
    x, y = set_of(a), set_of(b)
    if x is not None and y is not None:
        if (same := same_set(x, y)) is not None:
            return same
        one_piece = piece_of(x), piece_of(y)
        if one_piece[0] is not None and one_piece[1] is not None:
            return _same_piece(one_piece[0], one_piece[1], compare)
    if a.kind == b.kind == "interval":
        return ordered(a.parts, b.parts, compare) if a.signs == b.signs else False
    if {a.kind, b.kind} == {"interval", "tuple"}:
        return False
    if a.kind == b.kind == "union" and a.signs == b.signs:
        # With variables for ends: a set can be the same in other words.
        return True if set(a.signs) == {"|"} and unordered(a.parts, b.parts, compare) else None
    one, other = (a, b) if is_line_set(a) else (b, a)
    if one.kind == "empty" and other.kind == "set" and other.parts:
        return None if any(map(_words, other.parts)) else False
    if other.kind in ("plain", "tuple", "matrix", "ratio"):
        is_empty_word = one.kind in ("empty", "reals") and other.kind == "plain"
        if is_empty_word and words(other.parts[0]):
            return None
        return _unlike(other.parts[0]) if other.kind == "plain" else False
    if other.kind in _BRACKETLESS and one.kind in ("interval", "empty", "reals"):
        return False if all(_unlike(part) is False for part in other.parts) else None
    return None


# --- the rest ---------------------------------------------------------------------------------


def _tuple(a: Shape, b: Shape, compare: Compare) -> bool | None:
    same = ordered(a.parts, b.parts, compare)
    return same if a.signs == b.signs or not same else None


def _matrix(a: Shape, b: Shape, compare: Compare) -> bool | None:
    if [len(row) for row in a.rows] != [len(row) for row in b.rows]:
        # A reference that lost its backslashes has one cell.
        return None if 1 in (len(a.parts), len(b.parts)) else False
    return ordered(a.parts, b.parts, compare)


def _matrix_and_tuple(a: Shape, b: Shape, compare: Compare) -> bool | None:
    """((1, 2), (3, 4)) as rows; (1, 2) as a row or a column, which is not said."""
    rows = {one.kind: nested_rows(one.parts, "(", ")") or one.rows for one in (a, b)}
    if rows["tuple"]:
        if [len(row) for row in rows["tuple"]] != [len(row) for row in rows["matrix"]]:
            return False
        got, wanted = ([cell for row in rows[one.kind] for cell in row] for one in (a, b))
        return ordered(got, wanted, compare)
    return None if ordered(a.parts, b.parts, compare) is not False else False


_POINT = re.compile(r"[A-Z]'?(?:_\d)?(\(.+\))", re.DOTALL)


def _single(a: Shape, b: Shape, compare: Compare) -> bool | None:
    """A matrix of one number, A(1, 2) for the point (1, 2)."""
    one, other = (a, b) if a.kind == "plain" else (b, a)
    if other.kind == "matrix" and len(other.parts) == 1 and number(one.parts[0]) is not None:
        return compare(a.parts[0], b.parts[0])
    point = _POINT.fullmatch(one.parts[0]) if other.kind == "tuple" else None
    if point is None or shape(point[1]).kind != "tuple":
        return None
    return ordered(shape(point[1]).parts, other.parts, compare)


_SAME_KIND: dict[str, Callable[[Shape, Shape, Compare], bool | None]] = {
    "tuple": _tuple,
    "matrix": _matrix,
    "ratio": same_ratio,
    "base": same_base,
}


_COMMA = re.compile(r"-?0,\d+")
_LETTERS = re.compile("[A-Za-z]{2,3}")


def _plain(got: str, wanted: str, compare: Compare) -> bool | None:
    """Words, numbers in words, decimal commas."""
    if "," in got + wanted and got != wanted and got.replace(",", ".") == wanted.replace(",", "."):
        return True if _COMMA.fullmatch(got) or _COMMA.fullmatch(wanted) else None
    if _LETTERS.fullmatch(got) and _LETTERS.fullmatch(wanted):
        # As products they may be the same, and as words not: dog and god.
        if got.lower() == wanted.lower() and len(got) > 2:
            return True
        return None if sorted(got) == sorted(wanted) and len(got) < 3 else False
    a, b = _words(got), _words(wanted)
    if a and b:
        return same_words(a, b)
    if not a and not b:
        return None
    if digits := numeral(got if a else wanted):
        return compare(digits, wanted) if a else compare(got, digits)
    said, other = (a, wanted) if a else (b, got)
    if len(said) > 20 or may_be_a_number(said) or (len(other) < 2 and not other.isdigit()):
        return None
    return _unlike(other)


def _words(text: str) -> str:
    """Words; but ad-bc is a formula."""
    found = words(text)
    is_formula = "-" in found and max(map(len, re.split("[- ]", found))) < 4
    return "" if is_formula else found
