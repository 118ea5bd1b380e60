"""Numbers of choices in a formula, as schools write them: C_5^2, C(5,2), {}_5C_2, 5C2, A_5^2."""

from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from filters.mathematics.latex_tokens import NotRead

if TYPE_CHECKING:
    from filters.mathematics.latex import Reader

Tree: TypeAlias = tuple[Any, ...]

_NAMES = ("C", "P", "A")


def _chosen(name: str, n: Tree, k: Tree) -> Tree:
    """Combinations (C) or arrangements (P, A) of k out of n."""
    if name == "C":
        return ("fun", "binom", n, k)
    rest: Tree = ("fun", "factorial", ("add", n, ("neg", k)))
    return ("div", ("fun", "factorial", n), rest)


def prefixed(reader: "Reader") -> Tree:
    """_5C_2 or ^5P_2, of which the first sign comes next."""
    reader.take("_", "^")
    n = reader.exponent()
    name = reader.take("C", "P")
    if not name or not reader.take("_", "^"):
        raise NotRead("nothing is chosen")
    return _chosen(name, n, reader.exponent())


def written_between(reader: "Reader") -> Tree | None:
    """5C2, where C comes next: a product would be written the other way round."""
    n, name, k = (*reader.tokens[reader.at - 1 : reader.at + 2], None, None)[:3]
    if n is None or name is None or k is None or name.spaced or k.spaced:
        return None
    if not (n.text.isdigit() and k.text.isdigit()):
        return None
    reader.at += 2
    return _chosen(name.text, ("num", Fraction(int(n.text))), ("num", Fraction(int(k.text))))


def indexed(reader: "Reader", name: str) -> Tree | None:
    """C_5^2, C_n^2 or C^2_5, whose name was just read; None where it is a power of C_5."""
    start, marks = reader.at, dict[str, int]()
    if name == "C" and (n := _letter(reader)) is not None:
        return _chosen(name, ("sym", n), reader.exponent())
    for _ in range(2):
        mark = reader.take("_", "^")
        value = _numeral(reader)
        if not mark or value is None:
            break
        marks[mark] = value
    if len(marks) == 2 and marks["^"] <= marks["_"]:
        return _chosen(name, *(("num", Fraction(marks[mark])) for mark in "_^"))
    reader.at = start
    return None


def _letter(reader: "Reader") -> str | None:
    """The letter of a number at the foot of C, and the sign after it: _n^"""
    for marks in (("_", "n", "^"), ("_", "{", "n", "}", "^")):
        for letter in "nm":
            wanted = tuple(letter if mark == "n" else mark for mark in marks)
            if tuple(map(reader.peek, range(len(marks)))) == wanted:
                reader.at += len(marks)
                return letter
    return None


def _numeral(reader: "Reader") -> int | None:
    braced = reader.take("{")
    text = reader.peek()
    if not text.isdigit() or len(text) > 6:
        return None
    reader.at += 1
    return None if braced and not reader.take("}") else int(text)


def counted(reader: "Reader", name: str) -> Tree | None:
    """C(5, 2); None where it is a product."""
    from filters.mathematics.latex_names import arguments

    start = reader.at
    found = arguments(reader)
    if len(found) == 2:
        return _chosen(name, *found)
    reader.at = start
    return None
