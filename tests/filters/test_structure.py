"""Answers with parts: lists, sets, tuples, intervals, inequalities, matrices, ratios, words."""

import time

import pytest

from filters.mathematics.canonical import canonical
from filters.mathematics.equal import compare
from filters.mathematics.line_sets import set_of
from filters.mathematics.shapes import plus_minus, shape
from filters.words import numeral, words


@pytest.mark.parametrize(
    ("text", "kind", "parts"),
    [
        ("5", "plain", ("5",)),
        ("1,234", "plain", ("1,234",)),
        ("1, 2", "list", ("1", "2")),
        ("-1,2", "list", ("-1", "2")),
        ("5 \\text{ or } 6", "list", ("5", "6")),
        ("19, 46, \\text{ and } 82", "list", ("19", "46", "82")),
        ("1\\pm\\sqrt{2}", "list", ("1+\\sqrt{2}", "1-\\sqrt{2}")),
        ("p=5,q=2;p=7,q=2", "list", ("p=5,q=2", "p=7,q=2")),
        ("\\{1, 2\\}", "set", ("1", "2")),
        ("{1,2} \\cup {2,3}", "union", ("{1,2}", "{2,3}")),
        ("\\{x \\mid x > 2\\}", "builder", ("x", "x>2")),
        ("(1, 2)", "tuple", ("1", "2")),
        ("(100,101)", "tuple", ("100", "101")),
        ("(1)(2)", "plain", ("(1)(2)",)),
        ("(1,2]", "interval", ("1", "2")),
        ("[1,2]", "interval", ("1", "2")),
        ("\\left(\\frac12, 3\\right)", "tuple", ("\\frac{1}{2}", "3")),
        ("(1,2)\\cup(3,4)", "union", ("(1,2)", "(3,4)")),
        ("(1,2) U (3,4)", "union", ("(1,2)", "(3,4)")),
        ("1 < x \\le 3", "relation", ("1", "x", "3")),
        ("x \\neq 5", "relation", ("x", "5")),
        ("3:4", "ratio", ("3", "4")),
        ("4210_7", "base", ("4210", "7")),
        ("\\emptyset", "empty", ()),
        ("\\text{no solution}", "empty", ()),
        ("\\mathbb{R}", "reals", ()),
    ],
)
def test_shapes(text: str, kind: str, parts: tuple[str, ...]) -> None:
    found = shape(canonical(text))
    assert (found.kind, found.parts) == (kind, parts)


def test_a_matrix_has_rows() -> None:
    found = shape(canonical("\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}"))
    assert found.rows == (("1", "2"), ("3", "4"))


SAME = [
    # Without order.
    ("\\{1,2,3\\}", "3, 2, 1"),
    ("\\{1,2,3\\}", "{3,2,1}"),
    ("\\{1,1,2\\}", "\\{1,2\\}"),
    ("1 and 2 and 3", "\\{1,2,3\\}"),
    ("-12;-11", "\\{-12,-11\\}"),
    ("1, \\sqrt{8}", "2\\sqrt2, 1.0"),
    ("(1,2),(3,4)", "(3,4), (1,2)"),
    ("2\\pm\\sqrt{3}", "2-\\sqrt3, 2+\\sqrt3"),
    ("\\pm 2", "-2 or 2"),
    ("x = \\pm 2", "\\{2,-2\\}"),
    ("1, 2", "x = 1 or x = 2"),
    ("x_1=1, x_2=2", "2, 1"),
    ("Alice, Bob", "Bob and Alice"),
    # With order.
    ("(1, \\frac{9}{2})", "(1, 4.5)"),
    ("(p,q)=(3,2)", "(3,2)"),
    ("x=1, y=2", "(1,2)"),
    ("y=2, x=1", "x=1, y=2"),
    ("p=5,q=2;p=7,q=2", "(5,2),(7,2)"),
    ("\\begin{pmatrix}1/2&\\sqrt8\\end{pmatrix}", "\\begin{bmatrix}0.5&2\\sqrt2\\end{bmatrix}"),
    # Sets of real numbers.
    ("(-\\infty,2)", "x<2"),
    ("[3,5)", "3 \\le x < 5"),
    ("5 > x \\ge 3", "[3,5)"),
    ("x \\in [0,1]", "[0,1]"),
    ("(-\\infty,-1)\\cup(1,\\infty)", "x<-1 \\text{ or } x>1"),
    ("(-\\infty,-1)\\cup(1,\\infty)", "|x| > 1"),
    ("|x| \\le 1", "[-1,1]"),
    ("x>1 and x<3", "(1,3)"),
    ("[0,1]\\cup[1,2]", "[0,2]"),
    ("\\mathbb{R}\\setminus\\{5\\}", "x \\ne 5"),
    ("x \\ne 1, x \\ne 2", "(-\\infty,1)\\cup(1,2)\\cup(2,\\infty)"),
    ("\\{x \\in \\mathbb{R} : x > 2\\}", "(2,\\infty)"),
    ("\\{1,2\\}\\cup\\{2,3\\}", "{1,2} \\cup {2,3}"),
    ("(0,2]\\cap[1,3)", "[1,2]"),
    ("all real numbers", "(-\\infty,\\infty)"),
    ("no real solutions", "\\emptyset"),
    ("x \\geq 5", "5 \\leq x"),
    ("[-\\sqrt8,\\frac{\\pi}{2}]", "-2\\sqrt2 \\le x \\le \\pi/2"),
    # Equations and inequalities.
    ("2x+4y-3=0", "y=-\\frac12x+\\frac34"),
    ("x^2/4+y^2/3=1", "x^2/16+y^2/12=1/4"),
    ("xy=1", "y=\\frac1x"),
    ("y=2x+3", "2x+3"),
    ("f(x)=2x+3", "y=2x+3"),
    ("2x=4", "x=2"),
    ("y>2x", "2x-y<0"),
    # Figures.
    ("3:4", "6:8"),
    ("3:4", "\\frac34"),
    ("1:2:3", "2:4:6"),
    ("20:34", "20:34:00"),
    ("1010_2", "12_8"),
    ("\\text{two}", "2"),
    ("twenty-one", "21"),
    ("\\infty", "+\\infty"),
    # Units on one side.
    ("15\\pi\\text{ cm}^2", "15\\pi"),
    ("3\\sqrt{2}\\text{ inches}", "\\sqrt{18}"),
    ("(45\\sqrt2)^\\circ", "45\\sqrt2"),
    ("\\$\\frac{x}{2}", "\\frac{x}{2}"),
]


@pytest.mark.parametrize(("a", "b"), SAME)
def test_the_same_in_both_orders(a: str, b: str) -> None:
    assert compare(a, b)[0] is True
    assert compare(b, a)[0] is True


DIFFERENT = [
    ("\\{1,2,3\\}", "\\{1,2\\}"),
    ("1, 2", "1"),
    ("1, 2", "1, 3"),
    ("2\\pm\\sqrt3", "2+\\sqrt3"),
    ("(1,2)", "(2,1)"),
    ("(1,2)", "(1,2,3)"),
    ("(1,2)", "x=2, y=1"),
    ("(1,2)", "[1,2]"),
    ("[1,2)", "[x,y)"),
    ("(1,2)", "3"),
    ("(1,2),(3,4)", "(2,1),(3,4)"),
    ("\\begin{pmatrix}1&2\\end{pmatrix}", "\\begin{pmatrix}1\\\\2\\end{pmatrix}"),
    ("\\begin{pmatrix}1\\\\6/65\\end{pmatrix}", "\\begin{pmatrix}2\\\\6/65\\end{pmatrix}"),
    ("[0,1)\\cup(1,2]", "[0,2]"),
    ("[0,1]\\cup[2,3]", "[0,3]"),
    ("x<2", "x\\le2"),
    ("x<2", "x>2"),
    ("x<2", "2"),
    ("x<1 or x>3", "(1,3)"),
    ("x \\ne 5", "5"),
    ("\\emptyset", "0"),
    ("\\emptyset", "\\{0\\}"),
    ("\\mathbb{R}", "(0,\\infty)"),
    ("[0,\\infty)", "5"),
    ("y=2x+3", "y=2x+4"),
    ("y>2x", "y<2x"),
    ("y>2x", "y\\ge2x"),
    ("\\sin x=\\frac12", "\\cos x=\\frac12"),
    ("3:4", "4:3"),
    ("3:4", "\\frac43"),
    ("20:34", "20:35"),
    ("4210_7", "4210_8"),
    ("even", "odd"),
    ("Friday", "not Friday"),
    ("Friday", "Monday"),
    ("dog", "god"),
    ("even", "12"),
    ("2", "three"),
    ("\\infty", "-\\infty"),
    ("\\infty", "5"),
    ("15\\pi\\text{ cm}", "14\\pi\\text{ m}"),
]


@pytest.mark.parametrize(("a", "b"), DIFFERENT)
def test_different_in_both_orders(a: str, b: str) -> None:
    assert compare(a, b)[0] is False
    assert compare(b, a)[0] is False


UNDECIDED = [
    ("(1,2)", "1, 2"),  # the brackets may be forgotten, or the order not meant
    ("101_2", "101"),
    ("101_2", "5"),
    ("x = 5", "y = 5"),
    ("15\\pi\\text{ cm}", "15\\pi\\text{ m}"),
    ("twenty apples", "twenty pears"),
    ("the function is increasing", "5x"),
    ("1, 1, 2", "1, 2"),
]


@pytest.mark.parametrize(("a", "b"), UNDECIDED)
def test_undecided_in_both_orders(a: str, b: str) -> None:
    assert compare(a, b) == (None, "")
    assert compare(b, a) == (None, "")


def test_an_equation_where_a_number_is_wanted() -> None:
    assert compare("m+n=2", "2") == (None, "")
    assert compare("m+n=3", "2")[0] is False
    assert compare("2", "m+n=2")[0] is False


def test_a_decimal_comma_is_a_point() -> None:
    assert compare("1,22", "1.22")[0] is True
    assert compare("1.22", "1,22")[0] is True
    assert compare("1,22", "1.23")[0] is False


def test_two_times_of_day_are_no_ratios() -> None:
    assert compare("10:20", "5:10") == (None, "")
    assert compare("10:20", "1:2")[0] is True
    assert compare("10:20", "10:21")[0] is False


def test_plus_minus_takes_all_signs_together() -> None:
    assert plus_minus("a\\pm b\\mp c") == ["a+b-c", "a-b+c"]
    assert plus_minus("\\pm 2") == ["2", "-2"]
    assert plus_minus("a+b") == ["a+b"]


@pytest.mark.parametrize(
    "text",
    [
        "x < y",
        "x^2 < 4",
        "x < 1 < 2",
        "x < 1, x > 3",
        "\\{n \\mid n \\text{ is odd}\\}",
        "x \\in A",
    ],
)
def test_sets_that_are_not_known(text: str) -> None:
    assert set_of(shape(canonical(text))) is None
    assert compare(text, "(0,1)")[0] is not True
    assert compare("(x, 2)", "(0, 2)")[0] is False


def test_words_and_numerals() -> None:
    assert words("odd") == "odd"
    assert words("True") == words("yes")
    assert words("x") == words("xy") == words("a b") == words("\\pi") == ""
    assert (numeral("twenty-one"), numeral("Twelve"), numeral("x")) == ("21", "12", "")


@pytest.mark.parametrize(
    "text",
    [
        "(1," * 300 + "1" + ")" * 300,
        "\\{" * 400 + "1" + "\\}" * 400,
        ",".join(f"\\sqrt{{{n}}}" for n in range(2, 150)),
        "\\{" + ",".join(f"\\sqrt{{{n}}}" for n in range(2, 140)) + "\\}",
        "\\cup".join(f"[{2 * n},{2 * n + 1}]" for n in range(120)),
        "\\begin{pmatrix}" + "&".join("1" * 400) + "\\end{pmatrix}",
        "\\begin{pmatrix}" * 50 + "1" + "\\end{pmatrix}" * 50,
        "\\pm" * 300 + "1",
        "a=b=" * 200 + "c",
        "x<" * 200 + "y",
        "1:" * 500 + "2",
        "and " * 300,
        "\\{x|" * 100 + "x>1" + "\\}" * 100,
    ],
    ids=lambda text: text[:12],
)
def test_nothing_takes_long(text: str) -> None:
    start = time.process_time()
    for other in ("42", "(1,2)", text + "+1", text.replace("1", "3"), "[0,1]\\cup[2,3]"):
        compare(text, other)
    assert time.process_time() - start < 1.0
