"""Values by name, lists and what is left out of them, figures with an index or a colon."""

import pytest

from filters.mathematics.bases import numeral_in_base
from filters.mathematics.ellipsis import in_full
from filters.mathematics.equal import compare

SAME = [
    ("(x,y)=(1,2)", "x=1, y=2"),
    ("(x,y)=(1,2)", "y=2, x=1"),
    ("(x,y)=(1,2)", "$x=1$ and $y=2$"),
    ("(x,y)=(1,2)", "(y,x)=(2,1)"),
    ("(x_1,x_2)=(1,2)", "x_1=1, x_2=2"),
    ("(a,b,c)=(1,-2,\\frac13)", "a=1, b=-2, c=\\frac{1}{3}"),
    ("(r,\\theta)=(2,\\pi/3)", "r=2, \\theta=\\frac{\\pi}{3}"),
    ("\\begin{cases} x=1 \\\\ y=2 \\end{cases}", "(1,2)"),
    ("\\begin{cases} x=1 \\\\ y=2 \\end{cases}", "y=2, x=1"),
    ("x=1,y=2 or x=3,y=4", "(1,2),(3,4)"),
    ("(x,y)=(1,2),(3,4)", "(3,4),(1,2)"),
    ("(x,y)=(1,2) or (x,y)=(3,4)", "(3,4),(1,2)"),
    ("A(1,2)", "(1,2)"),
    ("4; 6", "6, 4"),
    ("x=4 \\text{ or } x=-1", "x=-1 or x=4"),
    ("\\{1,2,\\ldots,10\\}", "\\{1,2,3,\\ldots,10\\}"),
    ("\\{2,4,\\dots,8\\}", "2,4,6,8"),
    ("ad-bc", "da-cb"),
    ("(2215)_{6}", "2215_6"),
    ("{3120}_{4}", "3120_4"),
    ("1101_{\\text{two}}", "1101_2"),
    ("(1101)_2", "1101_{(2)}"),
    ("12_{\\text{eight}}", "1010_2"),
    ("3{:}1", "3:1"),
    ("3∶1", "6:2"),
]


@pytest.mark.parametrize(("a", "b"), SAME)
def test_the_same_in_both_orders(a: str, b: str) -> None:
    assert compare(a, b)[0] is True
    assert compare(b, a)[0] is True


DIFFERENT = [
    ("(x,y)=(1,2)", "x=2, y=1"),
    ("(x,y)=(1,2)", "(y,x)=(1,2)"),
    ("(a,b,c)=(1,-2,\\frac13)", "a=1, b=2, c=\\frac{1}{3}"),
    ("\\begin{cases} x=2 \\\\ y=1 \\end{cases}", "(x,y)=(1,2)"),
    ("x=1,y=2 or x=3,y=4", "(1,2),(4,3)"),
    ("A(1,2)", "(2,1)"),
    ("4; 6", "4, 7"),
    ("1, 2", "1, 2, 3"),
    ("a, b, c", "a, b"),
    ("x=4 \\text{ or } x=-1", "x=4"),
    ("(1,2),(3,4)", "(1,2)"),
    ("\\{1,2,3,\\ldots,100\\}", "42"),
    ("1,2,3,\\dots", "42"),
    ("\\{1,2,\\ldots,10\\}", "\\{1,2,\\ldots,11\\}"),
    ("ad-bc", "ab-cd"),
    ("1101_{\\text{two}}", "1101_3"),
    ("2215_6", "2216_6"),  # 6 is no figure there, but another one all the same
    ("3{:}1", "1:3"),
]


@pytest.mark.parametrize(("a", "b"), DIFFERENT)
def test_different_in_both_orders(a: str, b: str) -> None:
    assert compare(a, b)[0] is False
    assert compare(b, a)[0] is False


UNDECIDED = [
    ("(x,y)=(1,2)", "a=1, b=2"),
    ("1,2,3,\\dots", "1,3,5,\\dots"),
]


@pytest.mark.parametrize(("a", "b"), UNDECIDED)
def test_undecided_in_both_orders(a: str, b: str) -> None:
    assert compare(a, b) == (None, "")
    assert compare(b, a) == (None, "")


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        ("1 \\ldots 4", "1 2 3 4"),
        ("9 7 ... 1", "9 7 5 3 1"),
        ("1 2 \\dots", "1 2 \\dots"),
        ("1 3 \\dots 8", "1 3 \\dots 8"),
        ("1 2 \\dots 900", "1 2 \\dots 900"),
        ("1 2 \\dots n", "1 2 \\dots n"),
        ("\\dots 3", "\\dots 3"),
    ],
)
def test_what_is_left_out(parts: str, whole: str) -> None:
    assert in_full(tuple(parts.split())) == tuple(whole.split())


@pytest.mark.parametrize(
    ("text", "numeral"),
    [
        ("1101_2", ("1101", "2")),
        ("-(12)_{10}", ("-12", "10")),
        ("{1a}_{16}", ("1A", "16")),
        ("7_{ten}", ("7", "10")),
        ("-(-1)_2", None),
        ("7_{max}", None),
        ("x_2", None),
        ("12_{100}", None),
    ],
)
def test_numerals(text: str, numeral: tuple[str, str] | None) -> None:
    assert numeral_in_base(text) == numeral
