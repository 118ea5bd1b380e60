"""Whether two final answers are the same: a ladder of rungs, cheap before dear.

A rung is a function (got, wanted) -> True, False or None. It says True or False only where it is
sure; what it cannot decide it leaves to the next rung, and what no rung decides is undecided.
Nothing is evaluated here: an answer is text that a model wrote.
"""

import re
from collections.abc import Callable

from filters.canonical import canonical
from filters.numbers import number, rounds

Rung = Callable[[str, str], bool | None]


def same_text(got: str, wanted: str) -> bool | None:
    """Equal once typography, LaTeX wrapping and "x =" on one side are taken off; never unequal."""
    a, b = canonical(got), canonical(wanted)
    if a != b:
        a, b = _without_names(a, b)
    return True if a and a == b else None


def same_number(got: str, wanted: str) -> bool | None:
    """Equal as exact numbers; None where one side is no plain number, or its value is not all.

    A decimal of six significant digits or more is the exact number that it rounds or cuts short.
    Shorter ones are what they say: 0.33 is not 1/3.
    """
    if "=" in got or "=" in wanted:
        got, wanted = _without_names(canonical(got), canonical(wanted))
    x, y = number(got), number(wanted)
    if x is None or y is None or (x.unit and y.unit and x.unit != y.unit):
        return None
    if x.value == y.value:
        return True
    if x.percent != y.percent and x.value in (y.value * 100, y.value / 100):
        return None  # "10%" where 10 is wanted: only the question could tell
    close = rounds(x, y) or rounds(y, x)
    # Of two long decimals neither is the exact value.
    return None if close and x.step and y.step else close


RUNGS: tuple[tuple[str, Rung], ...] = (("text", same_text), ("number", same_number))
"""The ladder, in order. A new rung stands where its cost puts it."""


def compare(got: str, wanted: str) -> tuple[bool | None, str]:
    """Whether the answers are the same, and the rung that decided; (None, "") where none did."""
    for name, rung in RUNGS:
        same = rung(got, wanted)
        if same is not None:
            return same, name
    return None, ""


# --- "x =" ----------------------------------------------------------------------------------

_EQUALS = re.compile(r"\\approx ?|=")
_LETTER = re.compile(r"(?<![A-Za-z\\])[A-Za-z]")
# What may be given a value: x, x_1, f(x), \theta, AB, \angle ABC, "total cost"; not sin, not x+y.
_NAME = re.compile(
    r"[A-Za-z](?:_(?:\w|\{\w{1,8}\}))?'*(?:\([^()=]{1,20}\))?|[A-Z]{2}|"
    r"\\(?:angle|overline) ?\{?[A-Z]{1,3}\}?|"
    r"\\(?:alpha|beta|gamma|delta|epsilon|theta|lambda|mu|phi|rho|sigma|tau|omega|ell)|"
    r"(?!(?:sin|cos|tan|cot|sec|csc|log|exp|max|min|gcd|lcm|mod|det|arg|abs|lim|inf|sup)\b)"
    r"[A-Za-z]{3,}(?: [A-Za-z]+){0,5}"
)


def _without_names(got: str, wanted: str) -> tuple[str, str]:
    """Both without "x =", "f(x) =" or "= x", unless they name different things."""
    (name, a), (other, b) = _assigned(got), _assigned(wanted)
    return (a, b) if not name or not other or name == other else (got, wanted)


def _assigned(text: str) -> tuple[str, str]:
    """The name and what it is equal to; of a sum worked out, "" and the result."""
    if "=" not in text and "approx" not in text:
        return "", text
    sides = [side.strip() for side in _EQUALS.split(text)]
    if len(sides) > 1 and "approx" not in text and not any(map(_LETTER.search, sides)):
        # "2 + 5/3 = 11/3", but not "0 = 0", and not "sin x = 3/5".
        return "", sides[-1] if number(sides[0]) is None else text
    if len(sides) == 2:
        left, right = sides
        if not left or _NAME.fullmatch(left):
            return left, right
        if _NAME.fullmatch(right) and number(left) is not None:
            return right, left
    return "", text
