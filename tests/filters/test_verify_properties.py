"""What must hold whatever the answer is: it is itself, in any typography, in both orders."""

import json
import os
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filters.mathematics.canonical import canonical
from filters.mathematics.equal import compare
from filters.mathematics.identity import identical
from filters.mathematics.latex import NotRead, read
from filters.mathematics.shapes import shape
from filters.verify import reference, verify_response
from generators.records import Problem

DATA = Path(os.environ.get("FACTORY_DATA") or Path(__file__).parents[3] / "shared" / "data")
FILE = DATA / "real" / "problems" / "math_train_7500" / "math.json"

steady = settings(deadline=None, derandomize=True, max_examples=150)
needs_golds = pytest.mark.skipif(
    not FILE.is_file(), reason=f"no golds at {FILE}; FACTORY_DATA may name another folder"
)


@cache
def golds() -> list[str]:
    rows = json.loads(FILE.read_text("utf-8"))
    return sorted({reference(row["answer"]) for row in rows if row["answer"]})


def judged(gold: str, response: str) -> str:
    return verify_response(Problem("p", "", gold, "math", "", "", "en"), response).outcome


@needs_golds
def test_every_gold_is_itself() -> None:
    assert len(golds()) > 2_000
    assert [gold for gold in golds() if judged(gold, f"So \\boxed{{{gold}}}.") != "keep"] == []


def restyled(text: str) -> list[str]:
    """The same answer as others would write it."""
    styles = [
        f"${text}$",
        f"\\({text}\\)",
        f"**{text}**" if "$" not in text and "*" not in text else text,
        text.replace("\\frac", "\\dfrac"),
        text.replace("\\left", "").replace("\\right", ""),
        text.replace("(", "\\left(").replace(")", "\\right)") if "\\left" not in text else text,
        text.replace("-", "−"),
        text.replace(" + ", "  +  "),
        text.replace("\\pi", "π") if "\\pi" in text else text,
        text.replace("\\sqrt{2}", "√2").replace("\\cup", "∪").replace("\\infty", "∞"),
        text.translate({ord("0") + n: chr(ord("０") + n) for n in range(10)}),
        f"{text}.",
        f" {text} ",
    ]
    return list(dict.fromkeys(styles))


@needs_golds
def test_typography_changes_no_verdict() -> None:
    wrong = []
    for gold in golds():
        for other in restyled(gold):
            if compare(other, gold)[0] is not True:
                wrong.append((other, gold))
    assert wrong == []


@needs_golds
def test_typography_makes_nothing_right_that_was_wrong() -> None:
    found = golds()
    for first, other in pairwise(found):
        plain = compare(first, other)[0]
        assert {compare(one, other)[0] for one in restyled(first)} == {plain}


@needs_golds
def test_both_orders_say_the_same() -> None:
    found = golds()
    for step in (1, 7, 101):
        for a, b in zip(found, found[step:], strict=False):
            assert compare(a, b)[0] is compare(b, a)[0], (a, b)


_NUMBERS = st.one_of(
    st.integers(-999, 999).map(str),
    st.tuples(st.integers(1, 99), st.integers(2, 99)).map(lambda n: f"\\frac{{{n[0]}}}{{{n[1]}}}"),
    st.integers(2, 99).map(lambda n: f"\\sqrt{{{n}}}"),
    st.sampled_from(["\\pi", "e", "x", "y", "2x", "x^2", "i"]),
)
_FORMULAS = st.recursive(
    _NUMBERS,
    lambda parts: st.one_of(
        st.tuples(parts, st.sampled_from(["+", "-", "\\cdot ", "/"]), parts).map(
            lambda one: f"({one[0]}){one[1]}({one[2]})"
        ),
        parts.map(lambda one: f"\\sin({one})"),
        parts.map(lambda one: f"\\left({one}\\right)^2"),
        parts.map(lambda one: f"-({one})"),
    ),
    max_leaves=6,
)


@steady
@given(_FORMULAS, _FORMULAS)
def test_sums_and_products_have_no_order(a: str, b: str) -> None:
    assert compare(f"({a})+({b})", f"({b})+({a})")[0] is not False
    assert compare(f"({a})({b})", f"({b})\\cdot({a})")[0] is not False
    assert compare(f"{a}, {b}", f"{b}, {a}")[0] is not False


@steady
@given(_FORMULAS)
def test_one_more_is_another(a: str) -> None:
    try:
        trees = read(canonical(a))[0][1], read(canonical(f"({a})+1"))[0][1]
    except NotRead:
        return
    assert identical(*trees).same is not True
    assert compare(a, f"({a})+1")[0] is not True


_TEXT = st.one_of(
    st.text(max_size=80),
    st.lists(
        st.sampled_from(
            [*"()[]{}|,;:=<>^_!%°'+-*/ .0123456789xyei", "\\frac", "\\sqrt", "\\left", "\\right",
             "\\cup", "\\pm", "\\text{", "\\in ", "\\infty", "\\le ", "\\begin{pmatrix}",
             "\\end{pmatrix}", "\\\\", "&", "\\sin", "\\log", "\\{", "\\}", "\\sum_{k=1}^{n}",
             "\\int_0^1", "dx", " and ", " or ", "\\overline{", "\\boxed{", "$", "∪", "≤", "½"]
        ),
        max_size=25,
    ).map("".join),
)  # fmt: skip


@settings(deadline=None, derandomize=True, max_examples=600)
@given(_TEXT, _TEXT)
def test_no_text_crashes_it(a: str, b: str) -> None:
    same = compare(a, b)[0]
    assert compare(a, a)[0] is not False
    assert same is None or compare(b, a)[0] is not (not same)
    shape(canonical(a))
    judged(a, b)
