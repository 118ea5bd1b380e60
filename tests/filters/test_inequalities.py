"""Inequalities that are solved first, sets of the line with letters, relations that say nothing."""

import pytest

from filters.mathematics.equal import compare

SAME = [
    ("-2<2x\\leq 8", "-1<x\\leq 4"),
    ("2x+3>7", "x>2"),
    ("2x+3>7", "(2,\\infty)"),
    ("7 > 2x+3", "x<2"),
    ("-2x<4", "x>-2"),
    ("3-x \\le 2x+9", "x \\ge -2"),
    ("x+1<2x<x+5", "(1,5)"),
    ("\\frac{x}{2}<\\sqrt2", "x<2\\sqrt2"),
    ("\\sqrt2 x<2", "x<\\sqrt2"),
    ("2x \\ne 6", "\\mathbb{R}\\setminus\\{3\\}"),
    ("2x<6 or x>5", "(-\\infty,3)\\cup(5,\\infty)"),
    ("\\{x : 2x+1 \\le 5\\}", "(-\\infty,2]"),
    ("|x-3| \\le 2", "[1,5]"),
    ("|2x-1|>3", "(-\\infty,-1)\\cup(2,\\infty)"),
    ("3 > |2x-1|", "(-1,2)"),
    ("x+1>x", "\\mathbb{R}"),
    ("x>x+1", "\\emptyset"),
    ("x \\ge -3, x \\le 2", "[-3,2]"),
    ("x > 1, x \\ne 2", "(1,2)\\cup(2,\\infty)"),
    # Letters for ends.
    ("[a+b,b]", "a+b \\le x \\le b"),
    ("[a+b,b]", "b \\ge x \\ge a+b"),
    ("[a+b,b]", "\\{x | a+b \\le x \\le b\\}"),
    ("(a,b)", "a<x<b"),
    ("(a,\\infty)", "x>a"),
    # Sets of reals.
    ("\\mathbb{R} - \\{-8\\}", "(-\\infty,-8)\\cup(-8,\\infty)"),
    ("\\mathbb R\\setminus\\{1,2\\}", "(-\\infty,1)\\cup(1,2)\\cup(2,\\infty)"),
    ("R \\ {5}", "x \\ne 5"),
    ("\\mathbb{R} \\setminus {5}", "x \\neq 5"),
    ("(0,5)-\\{2\\}", "(0,2)\\cup(2,5)"),
    ("\\{1,2,3\\}-\\{3\\}", "\\{1,2\\}"),
    ("\\{x \\mid x \\in \\mathbb{R}, x \\ne 3\\}", "x \\ne 3"),
    ("\\lbrace 1,2 \\rbrace", "\\{2,1\\}"),
    ("\\{\\}", "\\emptyset"),
    ("\\lbrace\\rbrace", "\\emptyset"),
    # Equations with their sides in another order, or times a number.
    ("\\tan\\theta = 2", "2 = \\tan\\theta"),
    ("\\tan x = 2", "2\\tan x=4"),
    ("e^x=5", "5=e^x"),
    # What a function of a name is equal to.
    ("|z| = 7\\sqrt{2}", "7\\sqrt2"),
    ("\\cos A = 1/4", "\\frac14"),
    ("\\tan C = \\frac{3}{4}", "3/4"),
    ("\\cos\\angle BAC=\\frac12", "0.5"),
    ("\\sin^2 A = \\frac34", "0.75"),
    ("\\tan\\theta = 2", "2"),
    ("f(2)=5", "5"),
    ("\\frac{dy}{dx}=2x", "2x"),
    ("a \\times b = (1,2,3)", "(1,2,3)"),
    ("= 42", "42"),
]


@pytest.mark.parametrize(("a", "b"), SAME)
def test_the_same_in_both_orders(a: str, b: str) -> None:
    assert compare(a, b)[0] is True
    assert compare(b, a)[0] is True


DIFFERENT = [
    ("-2<2x\\leq 8", "-1<x< 4"),
    ("2x+3>7", "x<2"),
    ("-2x<4", "x<-2"),
    ("|2x-1|<3", "(-1,2]"),
    ("x>2", "y>3"),
    ("[a+b,b]", "a+b \\ge x \\ge b"),
    ("(a,b)", "a<x\\le b"),
    ("(a,\\infty)", "x<a"),
    ("[a,b]", "[b,a]"),
    ("\\mathbb{R} - \\{-8\\}", "x \\ne 8"),
    ("\\mathbb{R} - \\{-8\\}", "\\mathbb{R}"),
    ("\\mathbb{R}-\\{0\\}", "(0,\\infty)"),
    ("\\mathbb{N}", "\\mathbb{R}"),
    ("\\mathbb{Z}", "(-\\infty,\\infty)"),
    ("\\mathbb{N}", "\\mathbb{Z}"),
    ("R-r", "R-s"),
    ("\\{\\emptyset\\}", "\\emptyset"),
    ("\\{\\{\\}\\}", "\\{\\}"),
    ("\\lbrace 1,2 \\rbrace", "\\{1,3\\}"),
    # They hold always or never.
    ("0\\cdot x>0", "x>0"),
    ("0\\cdot x = 0", "x=3"),
    ("(x+y-3)\\cdot 0=0", "x+y=3"),
    ("x-x=0", "x=0"),
    ("0=0", "x+y=3"),
    # They are no value.
    ("\\ge 42", "42"),
    ("\\ne 42", "42"),
    ("<42", "42"),
    ("42 \\ne 43", "42"),
    ("42<43", "42"),
    ("x+y>2", "2"),
    ("\\sin x = \\frac12", "\\cos x=\\frac12"),
    ("\\sin\\theta = \\frac12", "\\cos\\theta=\\frac12"),
    ("\\cos A=\\frac14", "\\sin A=\\frac14"),
    ("\\cos A = 1/4", "\\frac15"),
    ("|z| = 7\\sqrt{2}", "7\\sqrt3"),
]


@pytest.mark.parametrize(("a", "b"), DIFFERENT)
def test_different_in_both_orders(a: str, b: str) -> None:
    assert compare(a, b)[0] is False
    assert compare(b, a)[0] is False


UNDECIDED = [
    ("\\sin x=\\frac12", "\\frac12"),  # it is solved for x
    ("|x|=3", "3"),
    ("x<1<2", "x<1"),
    ("x<1, x>3", "\\emptyset"),  # it is rather meant as "or"
    ("x^2<4", "(-2,2)"),
    ("\\{\\text{none}\\}", "\\emptyset"),
    ("0x=0", "0y=0"),
]


@pytest.mark.parametrize(("a", "b"), UNDECIDED)
def test_undecided_in_both_orders(a: str, b: str) -> None:
    assert compare(a, b) == (None, "")
    assert compare(b, a) == (None, "")
