"""What an answer is made of: a list, a set, a tuple, an interval, a union, a relation, a matrix."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from filters.mathematics.bases import numeral_in_base
from filters.mathematics.ellipsis import in_full
from filters.mathematics.matrices import Rows, matrix, plain_rows, system
from filters.mathematics.numbers import number
from filters.mathematics.splitting import AND, COMMA, OR, RELATION, scanner, split

Kind = Literal[
    "plain", "list", "set", "builder", "tuple", "interval", "union", "relation", "matrix", "ratio",
    "base", "empty", "reals",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """One level of an answer's structure; the parts are canonical texts themselves."""

    kind: Kind
    parts: tuple[str, ...]
    signs: tuple[str, ...] = ()
    """Brackets of a tuple or an interval, operators of a union or a relation, a matrix's name."""
    rows: tuple[tuple[str, ...], ...] = ()


_SET_SIGN = (
    r"\\(?:cup|bigcup|cap|setminus|backslash)(?![a-z])|(?<=[)\]}]) ?[Uu] ?(?=[(\[{\\])|"
    r"(?<=[Ra-z]) ?\\ ?(?=\\?\{)|(?<=[R)\]}])-(?=\\\{|\\lbrace|\{)"
)
_PM = re.compile(r"\\(pm|mp)(?![a-z]) ?|\+-|\+/-|-\+(?=\w)")
_EMPTY = frozenset(
    ("\\emptyset", "\\varnothing", "\\{\\}", "{}", "\\phi", "∅", "no solution", "no solutions",
     "no real solution", "no real solutions", "none", "empty set", "the empty set", "no root",
     "no roots", "no real roots", "no real root", "there are no solutions", "there is no solution",
     "无解", "空集")
)  # fmt: skip
_REALS = frozenset(
    ("\\R", "R", "\\Reals", "\\reals", "\\mathbb R", "\\bf R", "\\rm R",
     "all real numbers", "all reals", "real numbers",
     "any real number", "all real x", "the real numbers", "the set of real numbers",
     "all real values", "ℝ")
)  # fmt: skip
_OPENERS = {"(": ")]", "[": ")]", "\\{": "\\}", "{": "}", "\\langle": "\\rangle"}
_OPENERS |= {"\\lbrace": "\\rbrace"}
_LEFT = ("\\{", "\\lbrace", "\\langle", "(", "[", "{")
_RIGHT = ("\\}", "\\rbrace", "\\rangle", ")", "]", "}")


@lru_cache(maxsize=2048)
def shape(text: str) -> Shape:
    """The outermost structure of a canonical text."""
    if number(text) is not None:
        return Shape("plain", (text,))
    if text in _EMPTY:
        return Shape("empty", ())
    if text in _REALS:
        return Shape("reals", ())
    if "\\begin" in text:
        if (equations := system(text)) is not None:
            return Shape("list", equations, ("and",))
        if (found := matrix(text)) is not None:
            return _of_rows(*found)
    if text[:1] == "[" and (rows := plain_rows(text)) is not None:
        return _of_rows("list", rows)
    for reading in (_listed, _of_sets, _related, _bracketed, _coloned):
        if (found_shape := reading(text)) is not None:
            return found_shape
    return Shape("plain", (text,))


def _of_rows(name: str, rows: Rows) -> Shape:
    return Shape("matrix", tuple(cell for row in rows for cell in row), (name,), rows)


def _listed(text: str) -> Shape | None:
    parts, _ = split(text, ";")
    joined = ";"
    if len(parts) == 1 and text.count("=") > 3:
        parts, _ = split(text, OR)
        if any(part.count("=") < 2 for part in parts):
            parts = [text]  # they are not one solution each
    if len(parts) == 1:
        parts, found = split(text, f"{COMMA}|{OR}|{AND}")
        joined = ",".join(sorted({"or" if re.fullmatch(OR, one) else one for one in found}))
    parts = [part for part in parts if part]
    if len(parts) > 1:
        whole = [one for part in parts for one in plus_minus(part)]
        return Shape("list", in_full(tuple(whole)), (joined,))
    both = plus_minus(text)
    return Shape("list", tuple(both), (",",)) if len(both) > 1 else None


def plus_minus(text: str) -> list[str]:
    """a \\pm b as a+b and a-b; other texts as they are."""
    if "pm" not in text and "+-" not in text and "+/-" not in text and "mp" not in text:
        return [text]
    if split(text, RELATION)[1][1:]:
        return [text]
    upper = _PM.sub(lambda sign: "-" if sign[1] == "mp" else "+", text)
    lower = _PM.sub(lambda sign: "+" if sign[1] == "mp" else "-", text)
    return [upper.lstrip("+"), lower] if upper != lower else [text]


def _of_sets(text: str) -> Shape | None:
    if re.match(r"R ?(?:\\\{|\{)", text) and text.endswith("}"):
        return Shape("union", ("R", text[1:].strip()), ("-",))  # its \ was taken for a space
    parts, found = split(text, _SET_SIGN)
    signs = {"cup": "|", "bigcup": "|", "U": "|", "u": "|", "cap": "&"}
    if not found or not all(parts):
        return None
    if "-" in found and not all(_is_set(part) for part in parts):
        return None  # a formula
    return Shape("union", tuple(parts), tuple(signs.get(sign.strip("\\ "), "-") for sign in found))


def _is_set(text: str) -> bool:
    return shape(text).kind in ("reals", "set", "builder", "interval", "tuple", "union", "empty")


_SPELLED = {"\\lt": "<", "\\gt": ">", "\\le": "<=", "\\ge": ">=", "\\ne": "!=", "\\in": "in"}
_SPELLED |= {"\\leqslant": "<=", "\\geqslant": ">=", "\\approx": "~", "\\notin": "notin"}


def _related(text: str) -> Shape | None:
    parts, found = split(text, RELATION)
    if not found:
        return None
    if not all(parts):
        return Shape("relation", (text,), ("?",))
    return Shape("relation", tuple(parts), tuple(_SPELLED.get(sign, sign) for sign in found))


def _bracketed(text: str) -> Shape | None:
    left = next((one for one in _LEFT if text.startswith(one)), "")
    if not left:
        return None
    right = next((one for one in _RIGHT if text.endswith(one)), "")
    if not right or right not in (_OPENERS[left] if left in "([" else (_OPENERS[left],)):
        return None
    inside = text[len(left) : -len(right)].strip()
    if not _is_one(text, len(text) - len(right)):
        return None
    if left in ("\\{", "{", "\\lbrace"):
        bars, _ = split(inside, r"\||\\mid(?![a-z])|(?<!\d):|:(?!\d)")
        if len(bars) == 2:
            return Shape("builder", tuple(bars))
        parts = tuple(one for part in split(inside, ",|;")[0] if part for one in plus_minus(part))
        return Shape("set", in_full(parts)) if parts or not inside else None
    parts = tuple(split(inside, ",|;")[0])
    if len(parts) == 2 and not parts[1]:
        return Shape("tuple", parts[:1], (left, right))  # (1,)
    if not all(parts) or len(parts) < 2:
        return None
    is_interval = len(parts) == 2 and (left, right) != ("(", ")") and left != "\\langle"
    return Shape("interval" if is_interval else "tuple", parts, (left, right))


def _is_one(text: str, last: int) -> bool:
    """Whether the bracket at the start is closed by the last one."""
    depth = 0
    for token in scanner("$^").finditer(text):
        depth += 1 if token["open"] else -1
        if not depth:
            return token.start() == last
    return False


def _coloned(text: str) -> Shape | None:
    if (found := numeral_in_base(text)) is not None:
        return Shape("base", found)
    parts, found_colons = split(text, r"\\colon(?![a-z])|\{:\}|[:∶]")
    return Shape("ratio", tuple(parts)) if found_colons and all(parts) else None
