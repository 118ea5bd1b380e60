"""The reader of formulas: what it reads, what it refuses, and that its size is bounded."""

import time
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filters.mathematics.canonical import canonical
from filters.mathematics.exact import exact
from filters.mathematics.latex import LONGEST, NotRead, Tree, read

steady = settings(deadline=None, derandomize=True)


def tree(text: str) -> Tree:
    readings = read(canonical(text))
    assert len(readings) == 1
    return readings[0][1]


# LaTeX, the same in plain syntax or typography, and the same once more.
SPELLINGS = [
    ("\\frac{\\pi}{2}", "pi/2", "π/2", "\\frac\\pi2", "\\dfrac{\\pi}{2}"),
    ("\\sqrt{2}", "sqrt(2)", "√2", "\\sqrt2"),
    ("2\\sqrt{3}", "2√3", "2 \\sqrt 3", "2\\sqrt{ 3 }"),
    ("2 \\cdot x", "2*x", "2×x", "2 \\times x", "2x"),
    ("x^2", "x**2", "x²", "x^{2}"),
    ("x^{10}", "x^10"),
    ("1\\frac{1}{2}", "1 1/2", "1½"),
    ("\\sin(\\pi x)", "sin(pi*x)", "\\sin\\left(\\pi x\\right)", "\\sin\\{\\pi x\\}"),
    ("\\sin 2x", "\\sin{2x}", "sin(2x)"),
    ("\\sin^2 x", "(\\sin x)^2", "\\sin^{2}(x)"),
    ("\\tan^{-1} x", "\\arctan x", "atan(x)"),
    ("e^{-x}", "e^(-x)", "\\mathrm{e}^{-x}"),
    ("\\exp(16)", "exp(16)", "\\operatorname{exp}(16)"),
    ("|x-1|", "\\left|x-1\\right|", "abs(x-1)", "\\lvert x-1 \\rvert"),
    ("\\log_2 8", "\\log_{2}(8)", "log_2(8)"),
    ("\\lfloor x \\rfloor", "floor(x)"),
    ("\\binom{5}{2}", "\\dbinom{5}{2}", "binom(5,2)"),
    ("\\gcd(4, 6)", "gcd(4,6)", "\\operatorname{gcd}(4,6)"),
    ("17 \\bmod 5", "17 mod 5", "mod(17, 5)"),
    ("x_1", "x_{1}"),
    ("0.\\overline{3}", "1/3", "\\frac13"),
    ("\\theta", "θ", "theta"),
    ("ab", "a b", "a \\cdot b"),
    ("10{,}000", "10,000", "10000", "10\\,000"),
    ("50\\%", "50/100"),
    ("0.\\bar{3}", "0.\\dot{3}", "0.\\bar3", "0.(3)", "\\frac13"),
    ("0.\\dot{1}4\\dot{2}", "\\frac{142}{999}"),
    ("0.1\\bar{6}", "0.1\\dot6", "\\frac16"),
    ("{1 \\over 2}", "1/2"),
    ("\\frac{{a+1 \\over 2}}{3}", "\\frac{a+1}{6}"),
    ("\\binom83", "\\tbinom 83", "\\binom{8}3", "{8 \\choose 3}", "56"),
    ("C_{10}^{3}", "C^3_{10}", "C(10,3)", "{}_{10}C_3", "^{10}C_3", "10C3", "120"),
    ("A_5^2", "{}_5P_2", "5P2", "P(5,2)", "20"),
    ("C_1^2", "(C_1)^2"),
    ("C_n^2", "C_{n}^{2}", "\\binom{n}{2}"),
    ("C(x+1)", "Cx+C"),
    ("5!!", "15"),
    ("6!!", "48"),
    ("\\log_3 \\frac{1}{3}", "-1"),
    ("2^3\\frac{1}{2}", "4"),
    ("\\sqrt2\\frac{1}{3}", "\\frac{\\sqrt2}{3}"),
    ("\\overline{3+4i}", "3-4i"),
    ("\\overline{(1+i)^2}", "-2i"),
    ("\\lbrace 1+x \\rbrace", "1+x"),
]


@pytest.mark.parametrize("spellings", SPELLINGS, ids=lambda spellings: spellings[0])
def test_spellings_of_one_formula(spellings: tuple[str, ...]) -> None:
    from filters.mathematics.identity import identical

    first = tree(spellings[0])
    for other in spellings[1:]:
        assert identical(first, tree(other)).same, other


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1+2*3", 7),
        ("2^3^2", 512),
        ("-2^2", -4),
        ("(-2)^2", 4),
        ("2^{-1}", Fraction(1, 2)),
        ("8/2/2", 2),
        ("8/(2/2)", 8),
        ("6/2*3", 9),
        ("3!+1", 7),
        ("2\\cdot3!", 12),
        ("--4", 4),
        ("3 1\\frac{1}{2}", Fraction(9, 2)),
        ("2\\frac{1}{3}+1", Fraction(10, 3)),
        ("2\\frac{4}{3}", Fraction(8, 3)),
        ("|-3|+|2-4|", 5),
        ("\\max(1,234)", 234),
        ("\\sqrt[3]{27}", 3),
        ("0.1\\overline{6}", Fraction(1, 6)),
        (".5", Fraction(1, 2)),
        ("5.", 5),
    ],
)
def test_what_binds_tighter(text: str, value: int | Fraction) -> None:
    assert exact(tree(text)) == value


@pytest.mark.parametrize(
    ("text", "conventions"),
    [
        ("1/2x", [{"loose"}, {"tight"}]),
        ("1/2(x+1)", [{"loose"}, {"tight"}]),
        ("\\log x", [{"ln"}, {"common"}]),
        ("\\frac{1}{2x}", [set()]),
        ("x/2", [set()]),
        ("\\ln x", [set()]),
        ("\\log_{10} x", [set()]),
    ],
)
def test_what_can_be_read_in_two_ways(text: str, conventions: list[set[str]]) -> None:
    assert [set(names) for names, _ in read(canonical(text))] == conventions


@pytest.mark.parametrize(
    "text",
    ["", "1 0/9", "1 2", "hello", "two lines", "1+", "(1", "1)", "\\frac{1}", "\\foo{1}", "x = 1",
     "1, 2", "3 7/2", "4210_7", "\\sqrt{", "|x", "a < b", "\\sin", "\\log_", "\\max", "①",
     "\\binom{1}", "mod(1)", "sin(1,2)", "\\sum k", "\\int x dx", "\\int_0^1 x",
     "\\frac{d}{dx}", "\\frac{d(x^2)}{dx}", "\\frac{d^2}{dx}x",
     "_5", "^5D_2", "_{10}C", "\\det 5", "\\det A", "|\\begin{vmatrix}1\\end{vmatrix}|",
     "\\begin{vmatrix}1&2\\end{vmatrix}", "\\begin{vmatrix}1", "2^3_5", "\\lim x", "()", "{}",
     "\\begin{pmatrix}1\\end{pmatrix}", "__import__('os')", "x.y", "lambda: 1", "f(x)[0]; 1"],
)  # fmt: skip
def test_what_is_not_read(text: str) -> None:
    with pytest.raises(NotRead):
        read(text)


@pytest.mark.parametrize(
    "text",
    ["(" * 700 + "1" + ")" * 700, "-" * 1_400 + "5", "x^{" * 300 + "2" + "}" * 300,
     "^".join("2" * 700), "\\sqrt{" * 200 + "2" + "}" * 200, "\\sin " * 200 + "x",
     "|" * 1_000 + "x", "f(" * 200 + "x" + ")" * 200, "7" + " mod 3" * 200,
     "\\max(" * 100 + "1,2" + ")" * 100, "1" * (LONGEST + 1)],
    ids=lambda text: text[:12],
)  # fmt: skip
def test_what_is_too_deep_or_too_long_is_refused_at_once(text: str) -> None:
    start = time.process_time()
    with pytest.raises(NotRead):
        read(text)
    assert time.process_time() - start < 0.2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\\int_1^2 \\frac{dx}{x}", "\\int_1^2 \\frac{1}{x}dx"),
        ("\\int_0^1 \\frac{x\\,dx}{1+x}", "\\int_0^1 \\frac{x}{1+x}\\,\\mathrm{d}x"),
        ("\\int_0^1 dx", "\\int_0^1 1dx"),
        ("\\int_0^1 (x + 1)\\,dx", "\\int_0^1 x + 1\\,dx"),
        ("\\frac{d}{dx}(x^3)", "\\frac{\\partial}{\\partial x} x^3"),
        ("\\frac{d^2}{dx^2}x^3", "\\frac{d}{dx}\\frac{d}{dx}x^3"),
        ("\\lim_{x\\to0^+}x", "\\lim_{x \\rightarrow 0^{+}} x"),
    ],
)
def test_one_tree(text: str, expected: str) -> None:
    assert tree(text) == tree(expected)


def test_what_a_sign_binds() -> None:
    assert tree("\\int_0^1\\int_0^x xy\\,dy\\,dx")[2] == "x"
    assert tree("\\int_0^1 x dx + 1")[0] == "add"
    assert tree("\\int_0^\\pi \\sin\\theta\\,d\\theta")[2] == "theta"
    assert tree("\\lim_{x\\to0^-}x")[4] == ("num", Fraction(-1))
    assert tree("\\frac{dy}{dx}") == ("sym", "{dy}{dx}")
    assert tree("\\overline{AB}") == ("sym", "overline AB")
    assert tree("\\overline{z+i}")[0] == "sym"


def test_long_flat_formulas_are_read() -> None:
    for sign in ("+", "-", "*", "/", ""):
        assert read(sign.join(["x"] * 600) if sign else "2x" * 400)


_PIECES = st.sampled_from(
    [*"()[]{}|,^_!%°'+-*/ .=0123456789xyei", "\\frac", "\\sqrt", "\\sin", "\\log", "\\sum", "\\int",
     "\\overline", "\\binom", "\\max", "\\lim", "\\to", "\\{", "\\}", "\\lfloor", "pi", "mod", "dx"]
)  # fmt: skip


@steady
@given(st.lists(_PIECES, max_size=40).map("".join))
def test_any_formula_is_read_or_refused(text: str) -> None:
    try:
        readings = read(text)
    except NotRead:
        return
    assert all(isinstance(one[1], tuple) for one in readings)
