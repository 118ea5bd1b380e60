"""Matrices: their notations, what is worked out between them, and determinants."""

import time

import pytest

from filters.mathematics.canonical import canonical
from filters.mathematics.equal import compare
from filters.mathematics.matrices import matrix, plain_rows, system
from filters.mathematics.matrix_algebra import inverse, power, product


def of(inside: str, name: str = "pmatrix") -> str:
    return f"\\begin{{{name}}}{inside}\\end{{{name}}}"


A = of("1 & 2 \\\\ 3 & 4")
V = of("1\\\\2")

SAME = [
    # Notations.
    (A, "[[1,2],[3,4]]"),
    (A, "((1,2),(3,4))"),
    (A, "[1,2;3,4]"),
    (A, of("1&2\\\\\\\\3&4")),
    (A, "\\\\begin{pmatrix} 1 & 2 \\\\\\\\ 3 & 4 \\\\end{pmatrix}"),
    (A, of("1 & 2 \\\\[4pt] 3 & 4", "bmatrix")),
    (A, "\\left[\\begin{array}{cc}1&2\\\\3&4\\end{array}\\right]"),
    ("[[1],[2]]", V),
    ("[[0.5,2]]", of("\\frac12&2")),
    ("A=" + A, A),
    ("A^{-1}=" + A, A),
    # Worked out.
    (A + V, of("5\\\\11")),
    (A + "\\cdot " + V, of("5\\\\11")),
    (of("a&0\\\\0&1") + of("x\\\\y"), of("ax\\\\y")),
    (A + "^T", of("1&3\\\\2&4")),
    (A + "^{\\top}", of("1&3\\\\2&4")),
    (A + "'", of("1&3\\\\2&4")),
    (A + "^2", of("7&10\\\\15&22")),
    (of("1&1\\\\0&1") + "^{10}", of("1&10\\\\0&1")),
    (A + "^{-1}", of("-2&1\\\\3/2&-1/2")),
    ("\\frac12" + A, of("1/2&1\\\\3/2&2")),
    (A + "+" + A, of("2&4\\\\6&8")),
    ("2" + A + "-" + A, A),
    ("-" + A, of("-1&-2\\\\-3&-4")),
    ("\\left(" + A + "+" + A + "\\right)^{-1}", of("-1&1/2\\\\3/4&-1/4")),
    (of("1&2") + of("3\\\\4"), "11"),
    # Determinants.
    (of("1&2\\\\3&4", "vmatrix"), "-2"),
    ("3" + of("1&2\\\\3&4", "vmatrix"), "-6"),
    (of("a&b\\\\c&d", "vmatrix"), "ad-bc"),
    (of("1&2&3\\\\0&4&5\\\\1&0&6", "vmatrix"), "22"),
    ("\\det" + A, "-2"),
    ("\\det\\left(" + A + "\\right)", "-2"),
    ("\\left|" + A + "\\right|", "-2"),
]


@pytest.mark.parametrize(("a", "b"), SAME)
def test_the_same_in_both_orders(a: str, b: str) -> None:
    assert compare(a, b)[0] is True
    assert compare(b, a)[0] is True


DIFFERENT = [
    (A, "[[1,2],[3,5]]"),
    (A, "((1,3),(2,4))"),
    (A, "((1,2,3),(4,5,6))"),
    (A + V, of("5\\\\12")),
    (A + "^T", A),
    (A + "^{-1}", of("-2&1\\\\3/2&1/2")),
    (A + "^2", of("1&4\\\\9&16")),
    (of("1&2") + of("3\\\\4"), "12"),
    (of("1&2\\\\3&4", "vmatrix"), "2"),
    (of("a&b\\\\c&d", "vmatrix"), "ad+bc"),
    (V, "(2,1)"),
    (A, "5"),
    (A, "(1,2)"),
]


@pytest.mark.parametrize(("a", "b"), DIFFERENT)
def test_different_in_both_orders(a: str, b: str) -> None:
    assert compare(a, b)[0] is False
    assert compare(b, a)[0] is False


UNDECIDED = [
    (V, "(1,2)"),  # a row or a column
    (A + of("1&2"), A),  # they do not fit
    (of("1&2\\\\2&4") + "^{-1}", A),  # there is none
    (of("x&1\\\\0&1") + "^{-1}", A),  # with variables
    (A + "^{x}", A),
    (of("1&2\\\\3&4", "Vmatrix"), "-2"),
    (of("1&2&3\\\\4&5&6", "vmatrix"), "-2"),
]


@pytest.mark.parametrize(("a", "b"), UNDECIDED)
def test_undecided_in_both_orders(a: str, b: str) -> None:
    assert compare(a, b) == (None, "")
    assert compare(b, a) == (None, "")


def test_rows() -> None:
    assert matrix(canonical(A)) == ("pmatrix", (("1", "2"), ("3", "4")))
    assert matrix(canonical(f"A{A}x")) == ("pmatrix", (("(x)((A)(1))", "(x)((A)(2))"),
                                                       ("(x)((A)(3))", "(x)((A)(4))")))  # fmt: skip
    for text in ("x", A + "+1", A + "/0x", "|" + A, A[:-5], "\x000\x00" + A):
        assert matrix(canonical(text)) is None
    assert plain_rows("[[1,2],[3,4]]") == (("1", "2"), ("3", "4"))
    for text in ("[1,2]", "[[1,2],[3]]", "[[1,2],3]", "[1,2][3,4]", "[[]]", "[1,2;3]"):
        assert plain_rows(text) is None
    assert system(of("x=1\\\\y=2", "cases")) == ("x=1", "y=2")
    assert system(of("x&x>0\\\\-x&x<0", "cases")) is None


def test_operations_have_bounds() -> None:
    rows = (("x", "1"), ("1", "x"))
    assert power((("1", "1"), ("0", "1")), 60) == (("1", "60"), ("0", "1"))
    assert power(rows, 40) is None
    assert power((("10",),), 61) is None
    assert product((("1", "2"),), (("1", "2"),)) is None
    assert inverse((("0", "1"), ("1", "0"))) == (("0", "1"), ("1", "0"))
    assert inverse((("9" * 60,),)) is None


@pytest.mark.parametrize(
    "text",
    [of("&".join("1" * 300)) * 8, of("\\\\".join(["1&2&3"] * 200)) + "^{60}", "(" * 200 + A,
     of("1&x\\\\x&1") + "^{50}", of("1" * 900) + of("1" * 900), A + "^T" * 300, "[" * 500 + "1",
     of("&".join("x" * 60), "vmatrix"), "\\det" * 200 + A, "[[" + "],[".join(["1,2"] * 200) + "]]"],
    ids=lambda text: text[:30],
)  # fmt: skip
def test_nothing_takes_long(text: str) -> None:
    start = time.process_time()
    for other in ("42", A, text + "+1"):
        compare(text, other)
    assert time.process_time() - start < 1.0
