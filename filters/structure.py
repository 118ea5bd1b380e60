"""Answers that are made of parts: compared part by part, each part by the ladder again.

Lists, sets and plus-minus have no order; tuples, intervals and matrices have one. Intervals,
inequalities and unions are compared as sets of real numbers.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence

from filters.figures import same_base, same_in_base, same_ratio
from filters.identity import symbols
from filters.latex import NotRead, read
from filters.line_sets import INFINITE, is_line_set, same_set, set_of
from filters.numbers import number
from filters.relations import same_relation
from filters.shapes import Shape, shape
from filters.words import may_be_a_number, numeral, same_words, words

Compare = Callable[[str, str], bool | None]
MOST_PARTS = 30
_BRACKETLESS = ("list", "set")


def same_structure(got: str, wanted: str, compare: Compare) -> bool | None:
    """Compare two canonical texts by structure; None where both are plain or it cannot be told."""
    a, b = shape(got), shape(wanted)
    if a.kind == b.kind == "plain":
        return _plain(got, wanted, compare)
    if a.kind == b.kind == "relation":
        if is_line_set(a) and is_line_set(b) and (same := _as_sets(a, b)) is not None:
            return same
        same = same_relation(a, b)
        return None if same is False and _may_mean(a, b, compare) else same
    if is_line_set(a) or is_line_set(b):
        return _with_a_set(a, b, compare)
    if "relation" in (a.kind, b.kind):
        return _with_a_relation(a, b, compare)
    if a.kind in _BRACKETLESS or b.kind in _BRACKETLESS:
        return _with_a_list(a, b, compare)
    if a.kind == b.kind:
        return _SAME_KIND[a.kind](a, b, compare)
    if {a.kind, b.kind} <= {"ratio", "plain"}:
        return same_ratio(a, b, compare)
    if {a.kind, b.kind} == {"base", "plain"}:
        return same_in_base(a, b)
    if "plain" in (a.kind, b.kind):
        return _unlike(got if a.kind == "plain" else wanted)
    if {a.kind, b.kind} == {"matrix", "tuple"}:
        return None if ordered(a.parts, b.parts, compare) is not False else False
    return False if {a.kind, b.kind} == {"tuple", "interval"} else None


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


# --- parts ------------------------------------------------------------------------------------


def ordered(got: Sequence[str], wanted: Sequence[str], compare: Compare) -> bool | None:
    """All parts are the same, each with its counterpart."""
    if len(got) != len(wanted):
        return False
    if len(got) > 4 * MOST_PARTS:
        return True if tuple(got) == tuple(wanted) else None
    same = [compare(a, b) for a, b in zip(got, wanted, strict=True)]
    return False if False in same else None if None in same else True


def unordered(got: Sequence[str], wanted: Sequence[str], compare: Compare) -> bool | None:
    """The same parts in any order."""
    mine, other = Counter(got), Counter(wanted)
    rest, missing = list((mine - other).elements()), list((other - mine).elements())
    if max(len(rest), len(missing)) > MOST_PARTS:
        return False if len(rest) != len(missing) else None
    unclear = False
    for part in missing:
        same = [compare(one, part) for one in rest]
        if True in same:
            rest.pop(same.index(True))
        elif None in same:
            unclear = True
        elif not any(compare(one, part) for one in got):
            return False  # and it is no repetition of another
    if unclear:
        return None
    if not rest and len(got) == len(wanted):
        return True
    return all(any(compare(one, part) for part in wanted) for one in rest)


_NAMED = re.compile(r"([A-Za-z]|\\[a-z]+)(?:_(?:\w|\{\w+\}))? ?= ?(.+)", re.DOTALL)


def _names(parts: Sequence[str]) -> dict[str, str]:
    """Values by name, where each part gives a value to another name: x = 1, y = 2."""
    found = [_NAMED.fullmatch(part) for part in parts]
    named = {one[1]: one[2] for one in found if one is not None}
    return named if len(named) == len(parts) else {}


def _by_name(names: dict[str, str]) -> tuple[str, ...]:
    return tuple(names[name] for name in sorted(names))


def _named_values(
    a: Shape, b: Shape, names: dict[str, str], others: dict[str, str], compare: Compare
) -> bool | None:
    """x = 1, y = 2 against (1, 2) or 1, 2: in the order of the names, or in that of writing."""
    same = ordered(_by_name(names) or a.parts, _by_name(others) or b.parts, compare)
    written = tuple(names.values()) or a.parts, tuple(others.values()) or b.parts
    if "tuple" in (a.kind, b.kind):
        return same if same is not False or not ordered(*written, compare) else None
    if same or ordered(*written, compare):
        return True
    return None if same is None or unordered(*written, compare) is not False else False


def _with_a_list(a: Shape, b: Shape, compare: Compare) -> bool | None:
    names, other_names = _names(a.parts), _names(b.parts)
    if len(names) > 1 and len(other_names) > 1:
        if set(names) != set(other_names):
            return None
        pairs = [(value, other_names[name]) for name, value in names.items()]
        return ordered([x for x, _ in pairs], [y for _, y in pairs], compare)
    if len(names) > 1 or len(other_names) > 1:
        return _named_values(a, b, names, other_names, compare)
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
    return None if x is None or y is None else same_set(x, y)


def _with_a_set(a: Shape, b: Shape, compare: Compare) -> bool | None:
    same = _as_sets(a, b)
    if same is not None:
        return same
    if a.kind == b.kind == "interval":
        return ordered(a.parts, b.parts, compare) if a.signs == b.signs else False
    if {a.kind, b.kind} == {"interval", "tuple"}:
        return False
    if a.kind == b.kind == "union" and a.signs == b.signs:
        # With variables for ends: a set can be the same in other words.
        return True if set(a.signs) == {"|"} and unordered(a.parts, b.parts, compare) else None
    one, other = (a, b) if is_line_set(a) else (b, a)
    if other.kind in ("plain", "tuple", "matrix", "ratio"):
        is_empty_word = one.kind in ("empty", "reals") and other.kind == "plain"
        if is_empty_word and words(other.parts[0]):
            return None
        return _unlike(other.parts[0]) if other.kind == "plain" else False
    if other.kind in _BRACKETLESS and one.kind in ("interval", "empty", "reals"):
        return False if all(_unlike(part) is False for part in other.parts) else None
    return None


def _may_mean(a: Shape, b: Shape, compare: Compare) -> bool:
    """x = 5 is not y = 5, but may be meant."""
    if not a.signs == b.signs == ("=",):
        return False
    named = [_NAMED.fullmatch("=".join(one.parts)) for one in (a, b)]
    return None not in named and compare(a.parts[1], b.parts[1]) is not False


def _with_a_relation(a: Shape, b: Shape, compare: Compare) -> bool | None:
    """An equation is no number, unless it says what a formula without variables is equal to."""
    one, other = (a, b) if a.kind == "relation" else (b, a)
    if other.kind != "plain" or one.signs != ("=",):
        return None
    try:
        trees = [read(part)[0][1] for part in (*one.parts, *other.parts)]
    except NotRead:
        return None
    is_sum = len(trees) == 3 and not any(symbols(trees[0])) and not any(symbols(trees[1]))
    if is_sum and number(one.parts[0]) is None:
        return compare(one.parts[1], other.parts[0])
    if one is a and number(one.parts[1]) is not None and compare(one.parts[1], other.parts[0]):
        return None  # m + n = 5 where 5 is wanted
    names = set(symbols(trees[0])) | set(symbols(trees[1]))
    return False if len(names) > 1 or set(symbols(trees[2])) else None


# --- the rest ---------------------------------------------------------------------------------


def _tuple(a: Shape, b: Shape, compare: Compare) -> bool | None:
    same = ordered(a.parts, b.parts, compare)
    return same if a.signs == b.signs or not same else None


def _matrix(a: Shape, b: Shape, compare: Compare) -> bool | None:
    if [len(row) for row in a.rows] != [len(row) for row in b.rows]:
        # A reference that lost its backslashes has one cell.
        return None if 1 in (len(a.parts), len(b.parts)) else False
    if ("vmatrix" in a.signs) != ("vmatrix" in b.signs):
        return None
    return ordered(a.parts, b.parts, compare)


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
    a, b = words(got), words(wanted)
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
