"""Values: exact where rational, to forty digits elsewhere, undecided where neither helps."""

import threading
import time

import pytest

from filters.mathematics.canonical import canonical
from filters.mathematics.exact import BITS, NotExact, NoValue, TooBig, exact
from filters.mathematics.identity import identical, proportion, real_value
from filters.mathematics.latex import Tree, read
from filters.mathematics.near import DOUBLES, Undecided


def tree(text: str) -> Tree:
    return read(canonical(text))[0][1]


SAME = [
    ("\\frac{\\sqrt{2}}{2}", "\\frac{1}{\\sqrt{2}}"),
    ("\\sqrt{5+2\\sqrt{6}}", "\\sqrt{2}+\\sqrt{3}"),
    ("\\cos\\frac{\\pi}{5}", "\\frac{1+\\sqrt{5}}{4}"),
    ("\\sqrt{2}-\\sqrt{2}", "0"),
    ("i(2-i)", "1+2i"),
    ("e^{i\\pi}", "-1"),
    ("\\sqrt{-4}", "2i"),
    ("\\sqrt[3]{-8}", "-2"),
    ("\\log_2 8", "3"),
    ("\\arctan 1", "\\frac{\\pi}{4}"),
    ("\\sin 30^\\circ", "0.5"),
    ("x^2-1", "(x-1)(x+1)"),
    ("\\frac{x^2-1}{x-1}", "x+1"),
    ("\\sin^2 x+\\cos^2 x", "1"),
    ("\\sin(90^\\circ-x)", "\\cos x"),
    ("\\sqrt{\\frac{1}{n}}", "\\frac{1}{\\sqrt{n}}"),
    ("\\ln x^3", "3\\ln x"),
    ("\\sqrt{x}\\sqrt{x}", "x"),
    ("e^{\\ln x}", "x"),
    ("\\sin(\\arcsin x)", "x"),
    ("x^{1/3}", "\\sqrt[3]{x}"),
    ("\\sqrt{12x^3}", "2x\\sqrt{3x}"),
    ("\\sqrt{(x-1)^2}", "|1-x|"),
    ("2^{n+1}", "2\\cdot2^n"),
    ("f(x+1)", "f(1+x)"),
    ("\\min(\\frac{9x}{4},z)", "\\min(z,9x/4)"),
    ("\\sinh x", "\\frac{e^x-e^{-x}}{2}"),
    ("x-x", "0"),
]


@pytest.mark.parametrize(("a", "b"), SAME)
def test_the_same_value(a: str, b: str) -> None:
    assert identical(tree(a), tree(b)).same is True
    assert identical(tree(b), tree(a)).same is True


DIFFERENT = [
    ("2^{-99}", "2^{-98}"),
    ("2^{-99}\\pi", "2^{-98}\\pi"),
    ("1/2004!", "1/2006!"),
    ("1-\\frac{1}{e}", "1+\\frac{1}{e}"),
    ("\\frac{n}{n+1}", "\\frac{n+1}{n}"),
    ("x", "y"),
    ("x", "X"),
    ("|x|", "x"),
    ("\\sec x", "\\sec x+1"),
    ("x^2", "2"),
    ("3+4i", "3-4i"),
    ("9^{9^9}", "7"),
    ("2^{2^{2^{49}}}", "1"),
    ("\\frac{0}{0}", "0"),
    ("1/0", "5"),
    ("2^{4950}", "2+2\\sqrt{2}"),
    ("\\sqrt{2}", "\\frac{141421356237309504880}{10^{20}}"),
    ("f(x)", "g(x)"),
    ("f(x)", "f(2x)"),
    ("\\sqrt{x^2}", "x"),
    ("\\sqrt{1-\\cos^2 x}", "\\sin x"),
    ("|y|+x", "x+y"),
    ("(-1)^n", "1"),
    ("n!", "n^2-n+2"),
    ("\\binom{n}{2}", "\\frac{n(n+1)}{2}"),
    ("10^{-30}x+1", "1"),
    ("e^{-1000}", "0"),
    ("3^{-10^9}\\pi", "0"),
    ("(1+10^{-10})^{10^{10}}", "e"),
    ("\\infty-\\infty", "42"),
]


@pytest.mark.parametrize(("a", "b"), DIFFERENT)
def test_different_values(a: str, b: str) -> None:
    assert identical(tree(a), tree(b)).same is False
    assert identical(tree(b), tree(a)).same is False


UNDECIDED = [
    ("\\sqrt{a^2}", "a"),  # only where a is not negative, as lengths are
    ("\\sqrt{x}\\sqrt{y}", "\\sqrt{xy}"),
    ("\\ln(x^2)", "2\\ln x"),  # only where x is positive
    ("\\ln|x|", "\\ln x"),
    ("\\sqrt{|x|}", "\\sqrt{x}"),
    ("\\cos(n\\pi)", "(-1)^n"),  # only where n is whole
    ("(-8)^{1/3}", "-2"),  # real root or principal value
    ("1+\\frac{\\pi}{10^{60}}", "1"),  # more than forty digits
    ("1+\\frac{\\pi}{10^{45}}", "1"),
    ("\\cos(10^{10^{10}})", "42"),
    ("\\frac{\\sin 0}{\\sin 0}", "1"),
    ("(1+x)^{10^7}-x", "42"),
    ("e^{e^{e^{e}}}", "1"),
    ("10^{10^{10}}", "10^{10^{11}}"),
    ("\\sum_{k=1}^{10} k", "55"),
]


@pytest.mark.parametrize(("a", "b"), UNDECIDED)
def test_what_numbers_cannot_tell(a: str, b: str) -> None:
    found = identical(tree(a), tree(b))
    assert found.same is None
    assert found.why


@pytest.mark.parametrize(
    ("text", "error"),
    [("\\pi", NotExact), ("x", NotExact), ("\\sqrt{2}", NotExact), ("\\sqrt{-1}", NotExact),
     ("1/0", NoValue), ("0^{-1}", NoValue), ("(-1)!", NoValue), ("2^{70000}", TooBig),
     ("1.5^{60000}", TooBig), ("10^{-30000}", TooBig), ("100000!", TooBig), ("9^{9^9}", TooBig)],
)  # fmt: skip
def test_values_that_are_not_exact(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        exact(tree(text))


def test_no_exact_value_takes_more_bits_than_allowed() -> None:
    for text in ("2^{60000}", "5000!", "\\binom{50000}{100}"):
        assert exact(tree(text)).numerator.bit_length() <= BITS


@pytest.mark.parametrize(
    "text",
    ["(x+y+z+w)^{400}", "100000!", "\\binom{10^6}{500000}", "10^{10^{10}}", "\\sqrt[1000]{2}",
     "(1+1/n)^{n^n}", "+".join(["\\sqrt{x}"] * 100), "2x" * 300, "\\sin(" * 25 + "x" + ")" * 25],
)  # fmt: skip
def test_nothing_takes_long(text: str) -> None:
    one = tree(text)
    start = time.process_time()
    identical(one, tree("42"))
    identical(one, ("add", one, ("sym", "q")))
    assert time.process_time() - start < 1.0


def test_threads_do_not_share_their_precision() -> None:
    a, b = tree("\\sqrt{5+2\\sqrt{6}}+x"), tree("\\sqrt{2}+\\sqrt{3}+x")
    found: list[bool | None] = []
    threads = [
        threading.Thread(target=lambda: found.extend(identical(a, b).same for _ in range(20)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 80


def test_real_values() -> None:
    bounds = real_value(tree("\\sqrt{2}"))
    assert bounds is not None
    assert bounds[0] < bounds[1]
    assert bounds[0] ** 2 < 2 < bounds[1] ** 2
    assert float(bounds[1] - bounds[0]) < 1e-40
    for text in ("i", "x", "1/0", "\\ln 0", "\\infty"):
        assert real_value(tree(text)) is None


@pytest.mark.parametrize(
    ("f", "g", "same", "sign"),
    [
        ("2x+4y-3", "y+x/2-3/4", True, 1),
        ("x-y", "2y-2x", True, -1),
        ("x-y", "x+y", False, 0),
        ("x^2-1", "x-1", False, 0),
        ("\\sin x-1/2", "\\cos x-1/2", False, 0),
        ("x-x", "x", None, 0),
    ],
)
def test_proportion(f: str, g: str, same: bool | None, sign: int) -> None:
    assert proportion(tree(f), tree(g)) == (same, sign)


def test_a_bound_on_the_error_is_kept() -> None:
    from filters.mathematics.approximate import approximate

    near = approximate(tree("10^{15}+1-10^{15}"), {}, DOUBLES)
    assert abs(near.value - 1) <= near.error
    with pytest.raises(Undecided):
        approximate(tree("10^{40}+1-10^{40}"), {}, DOUBLES)
