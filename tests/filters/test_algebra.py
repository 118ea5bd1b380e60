"""The last rung: sympy in another process, on trees of our own, and what becomes of killers."""

import ast
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from filters.bounded.run import shared
from filters.mathematics import algebra
from filters.mathematics.canonical import canonical
from filters.mathematics.equal import compare
from filters.mathematics.latex import Tree, read
from filters.verify import verify_response
from generators.records import Problem

ROOT = Path(__file__).parents[2]


def tree(text: str) -> Tree:
    return read(canonical(text))[0][1]


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    """So that no test pays for starting a worker."""
    algebra.warm()


@pytest.mark.parametrize(
    ("got", "wanted", "same"),
    [
        ("\\sum_{k=1}^{10} k", "55", True),
        ("\\sum_{k=1}^{10} k", "56", False),
        ("\\sum_{k=1}^{n} k", "\\frac{n(n+1)}{2}", True),
        ("\\sum_{n=1}^{\\infty}\\frac{1}{n^2}", "\\frac{\\pi^2}{6}", True),
        ("\\prod_{k=1}^{5} k", "120", True),
        ("\\int_0^1 x^2\\,dx", "\\frac13", True),
        ("\\int_0^1 x^2\\,dx", "\\frac12", False),
        ("\\frac{d}{dx}x^3", "3x^2", True),
        ("\\lim_{x\\to 0}\\frac{\\sin x}{x}", "1", True),
        ("(n-1)!\\cdot n", "n!", True),
        ("\\int_1^2 \\frac{dx}{x}", "\\ln 2", True),
        ("\\int_1^2 \\frac{dx}{x}", "\\ln 3", False),
        ("\\int_0^1\\int_0^x xy\\,dy\\,dx", "\\frac18", True),
        ("\\frac{d}{dx} x^{3}", "2x", False),
        ("\\frac{d}{dx}(x^3+1)", "3x^2+1", False),
        ("\\frac{d^2}{dx^2}x^3", "6x", True),
        ("\\frac{d^2}{dx^2}x^3", "3x^2", False),
        ("\\frac{\\partial}{\\partial x}(x^3 y)", "3x^2y", True),
        ("\\frac{\\partial}{\\partial y}(x^3 y)", "3x^2y", False),
        ("\\lim_{x\\to0^+}\\frac{|x|}{x}", "1", True),
        ("\\lim_{x\\to0^-}\\frac{|x|}{x}", "1", False),
        ("\\lim_{x\\to0}\\frac{|x|}{x}", "1", None),
        ("\\sum_{k=1}^{n} k", "\\frac{n(n-1)}{2}", False),
        ("\\binom{n}{2}", "\\frac{n(n-1)}{2}", True),
        ("\\gcd(x,y,z)", "1", True),
        ("\\sqrt{a^2}", "a", None),
    ],
)
def test_what_only_algebra_decides(got: str, wanted: str, same: bool | None) -> None:
    assert compare(got, wanted)[0] is None
    decided, rung = compare(got, wanted, 20.0)
    assert decided is same
    assert rung == ("algebra" if same is not None else "")


def test_a_tree_goes_over_as_plain_values() -> None:
    told = algebra.encoded(tree("\\frac{x}{2}+\\pi"))
    assert told == ["add", ["div", ["sym", "x"], ["num", ["2", "1"]]], ["const", "pi"]]


def test_equations_with_fractions() -> None:
    f, g = tree("\\frac{1}{x}+\\frac{1}{y}-1"), tree("x+y-xy")
    assert algebra.same_by_algebra("equation", f, g, 20.0) == (True, "algebra")
    assert algebra.same_by_algebra("equation", f, tree("x+y+xy"), 20.0)[0] is None


def test_long_sums_and_large_formulas_are_not_sent() -> None:
    for text in ("\\sum_{k=1}^{10^9}\\frac1k", "\\sum_{k=1}^{2^{99999}}k"):
        start = time.monotonic()
        assert algebra.same_by_algebra("value", tree(text), tree("42"), 20.0) == (None, "")
        assert time.monotonic() - start < 0.5
    many = tree("+".join(["\\sin x"] * 150))
    assert algebra.same_by_algebra("value", many, tree("42"), 20.0) == (None, "")


KILLERS = [
    "\\int_0^{\\infty}\\frac{\\sin(x^7+e^x)}{\\ln(x^5+\\cos x)}dx",
    "\\int_0^1 e^{-x^{x^x}}\\sin(x^x)dx",
    "\\lim_{n\\to\\infty}(\\prod_{k=1}^{n}\\cos\\frac{k}{n\\sqrt n})^{n^n}",
    "9^{9^{9}}+x",
    "(x+y+z+w)^{400}",
    "\\cos(\\cos(10^{10^{10}}))",
    "1000000!",
    "\\sum_{k=1}^{10^9}\\frac{1}{k}",
    "{" * 200 + "2" + "}" * 200,
    "-" * 1_000 + "42x",
    "(" * 3_000,
    "__import__('os').system('echo no')",
]


def judge(answer: str, seconds: float = 1.0) -> tuple[str, str, float]:
    start = time.monotonic()
    problem = Problem("p", "", "42", "math", "", "", "en")
    verdict = verify_response(problem, f"\\boxed{{{answer}}}", seconds=seconds)
    return verdict.outcome, verdict.reason, time.monotonic() - start


@pytest.mark.parametrize("answer", KILLERS, ids=lambda answer: answer[:16])
def test_killers_end_in_any_thread(answer: str) -> None:
    found: list[tuple[str, str, float]] = []
    thread = threading.Thread(target=lambda: found.append(judge(answer)))
    thread.start()
    thread.join(20)
    assert found
    assert found[0][0] != "keep"
    assert found[0][2] < 1.5


def test_a_timeout_is_unknown_and_asked_once() -> None:
    answer = KILLERS[0]
    first, again = judge(answer, 0.9), judge(answer, 0.9)
    assert first[:2] == ("unknown", "timeout")
    assert again[:2] == first[:2]
    assert again[2] < 0.05


def test_normal_answers_do_not_notice_killers() -> None:
    normal = ["42", "\\frac{84}{2}", "41", "\\sqrt{1764}", "(42)", "\\sum_{k=1}^{3} 14", "x"]
    before = [judge(answer, 20.0)[:2] for answer in normal]
    found: dict[int, list[tuple[str, str]]] = {}

    def run(number: int) -> None:
        found[number] = []
        for answer in normal:
            judge(KILLERS[number % 3], 0.5 + number / 100)
            found[number].append(judge(answer, 20.0)[:2])

    threads = [threading.Thread(target=run, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert list(found.values()) == [before] * 3
    assert (
        shared()
        .run("filters.mathematics.sympy_tree:decide", "value", *[["num", ["1", "1"]]] * 2)
        .value
    )


@pytest.mark.slow
def test_a_thousand_answers_with_thirty_killers() -> None:
    killers = [f"\\int_0^1 e^{{-x^{{x^x}}}}\\sin({n}x^x)dx" for n in range(2, 32)]
    normal = [f"\\frac{{{n * 42}}}{{{n}}}" if n % 2 else f"\\sqrt{{{n}}}" for n in range(1, 971)]
    before = [judge(answer)[:2] for answer in normal]
    mixed = [*normal]
    for n, killer in enumerate(killers):
        mixed.insert(n * 33, killer)
    found: dict[str, tuple[str, str]] = {}
    thread = threading.Thread(
        target=lambda: found.update({answer: judge(answer, 0.7)[:2] for answer in mixed})
    )
    thread.start()
    thread.join(120)
    assert [found[answer] for answer in normal] == before
    assert {found[killer] for killer in killers} == {("unknown", "timeout")}


def test_no_code_in_an_answer_runs(tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    told = (
        f"__import__('os').system('touch {marker}')",
        f"open('{marker}','w')",
        f"exec(\"open('{marker}','w')\")",
        f"().__class__.__base__.__subclasses__()[0]or open('{marker}','w')",
        f"\\sum_{{k=1}}^{{__import__('os').system('touch {marker}')}} k",
        f"Symbol('x').__class__(open('{marker}','w'))",
        f"\\input{{|touch {marker}}}",
    )
    for code in told:
        for gold, answer in ((code, "42"), ("42", code), (code, code + " + 0")):
            problem = Problem("p", "", gold, "math", "", "", "en")
            for response in (f"\\boxed{{{answer}}}", answer, f"The answer is ${answer}$."):
                verify_response(problem, response, seconds=2.0)
    assert not marker.exists()


LADDER = [
    ROOT / "filters" / "verify.py",
    *sorted((ROOT / "filters" / "mathematics").glob("*.py")),
    *sorted((ROOT / "filters" / "answers").glob("*.py")),
]


@pytest.mark.parametrize("path", LADDER, ids=lambda p: p.stem)
def test_nothing_on_the_ladder_evaluates_text(path: Path) -> None:
    """No eval, exec, parse_expr or sympify, and sympy in the one file for workers only."""
    module = ast.parse(path.read_text("utf-8"))
    calls = [node.func for node in ast.walk(module) if isinstance(node, ast.Call)]
    names = {getattr(call, "id", getattr(call, "attr", "")) for call in calls}
    assert not names & {"eval", "exec", "parse_expr", "sympify", "S", "parse_latex", "lambdify"}
    imports = [node for node in ast.walk(module) if isinstance(node, ast.Import | ast.ImportFrom)]
    modules = {getattr(node, "module", None) or node.names[0].name for node in imports}
    has_sympy = any(module.split(".")[0] == "sympy" for module in modules)
    assert has_sympy == (path.stem == "sympy_tree")


def test_the_caller_never_imports_sympy() -> None:
    code = (
        "import sys; from filters.mathematics.equal import compare;"
        "assert compare('\\\\sum_{k=1}^{10} k', '55', 30.0) == (True, 'algebra');"
        "assert compare('x^2-1', '(x-1)(x+1)')[0];"
        "assert 'sympy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, env={**os.environ})
