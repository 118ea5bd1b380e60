"""What an answer gives a value to: x = 5, f(x) = x + 1, (p, q) = (3, 2), x in (0, 1)."""

import re

from filters.mathematics.numbers import number
from filters.mathematics.splitting import AND, OR, split

_EQUALS = r"\\approx ?|\\simeq ?|\\equiv ?|:=|=(?!=)"
_INEQUALITY = re.compile(r"[<>]|\\(?:le|ge|ne|lt|gt)(?![a-z])")
_LIST = rf"[,;]|{OR}|{AND}"
_LETTER = re.compile(
    r"(?<![A-Za-z\\])[A-Za-z]|\\(?:alpha|beta|gamma|delta|epsilon|theta|lambda|mu|(?:var)?phi|psi|"
    r"rho|sigma|tau|omega|ell|angle)(?![a-z])"
)
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\{[a-z]+\}")
_ONE = (
    r"(?:[A-Za-z](?:_(?:\w|\{[^{}=<>]{1,20}\}))?'*|\\(?:alpha|beta|gamma|delta|epsilon|theta|lambda|mu|"
    r"phi|rho|sigma|tau|omega|ell)(?:_(?:\w|\{[^{}=<>]{1,20}\}))?)"
)
# What may be given a value: x, x_1, f(x), \theta, AB, \angle ABC, "total cost"; not sin, not x+y.
_NAME = re.compile(
    rf"{_ONE}|[A-Za-z]'*(?:\^-1|\^\{{-1\}})?\([^()=]{{1,20}}\)|[A-Z]{{2,3}}|{_ONE}:{_ONE}|"
    r"m?\\(?:angle|overline|triangle|overrightarrow|vec) ?\{?[A-Za-z]{1,3}\}?|"
    r"\|[A-Z]{2}\||\[[A-Z]{3,6}\]|\\frac\{[A-Z]{1,2}\}\{[A-Z]{1,2}\}|[A-Z]{2}/[A-Z]{2}|"
    rf"\({_ONE}(?:,{_ONE}){{1,5}}\)|"
    r"(?!(?:sin|cos|tan|cot|sec|csc|log|exp|max|min|gcd|lcm|mod|det|arg|abs|lim|inf|sup)\b)"
    r"[A-Za-z]{3,}(?: [A-Za-z]+){0,5}"
)
_FUNCTION = re.compile(r"[A-Za-z]'*(?:\^-1|\^\{-1\})?\([^()=]{1,20}\)|[a-z]")


def without_names(got: str, wanted: str) -> tuple[str, str]:
    """Both without "x =", "f(x) =", "x in" or "= x", unless they name different things."""
    (name, a), (other, b) = assigned(got), assigned(wanted)
    if (name and not other and "=" in b) or (other and not name and "=" in a):
        return got, wanted  # y = 2x + 1 and 2x - y + 1 = 0 are two equations
    if not name or not other or name == other or _is_function(name, other):
        return a, b
    return got, wanted


def _is_function(name: str, other: str) -> bool:
    """f(x) = and y = say the same of what follows."""
    both = _FUNCTION.fullmatch(name) and _FUNCTION.fullmatch(other)
    return bool(both) and ("(" in name or "(" in other)


def assigned(text: str) -> tuple[str, str]:
    """The name and what it is equal to; of a sum worked out, "" and the result."""
    if "=" not in text and "\\" not in text:
        return "", text
    sides, signs = split(text, rf"{_EQUALS}|\\in(?![a-z]) ?")
    if len(sides) < 2 or "" in sides[1:] or _INEQUALITY.search(text):
        return "", text
    if len(sides) > 2 and len(split(text, _LIST)[0]) > 1:
        return "", text  # x = 1, y = 2
    if signs == ["\\in"] or (signs and "\\in" in signs):
        is_plain = len(sides) == 2 and _NAME.fullmatch(sides[0])
        return (sides[0], sides[1]) if is_plain else ("", text)
    if "approx" not in text and not any(map(_has_letter, sides)):
        # "2 + 5/3 = 11/3", but not "0 = 0", and not "sin x = 3/5".
        return "", sides[-1] if number(sides[0]) is None or not sides[0] else text
    left, right = sides[0], sides[-1]
    if not left or _NAME.fullmatch(left):
        between = any(_NAME.fullmatch(side) for side in sides[1:-1])
        return (left, right) if not between else ("", text)
    if len(sides) == 2 and _NAME.fullmatch(right) and number(left) is not None:
        return right, left
    return "", text


def _has_letter(side: str) -> bool:
    return _LETTER.search(_ENVIRONMENT.sub("", side)) is not None
