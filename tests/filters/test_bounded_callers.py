"""Whoever asks for a verdict gets the same one: a thread, asyncio, a fork, Ray, a trainer."""

import asyncio
import importlib.util
import json
import os
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from test_bounded import children, gone, linux

from filters.bounded import run as bounded
from filters.bounded.run import Bounded
from filters.mathematics import equal
from filters.verify import verify_response
from generators.records import Problem

ROOT = Path(__file__).parents[2]
KILLER = "\\int_0^{1} e^{-x^{x^{x}}} \\sin(x^{x}) dx"
# (reference, final answer, outcome, what decided); the integrals are decided in another process.
CASES = [
    ("10", "10", "keep", "text"),
    ("10", "11", "reject", "number"),
    ("\\frac12", "0.5", "keep", "number"),
    ("x+1", "1+x", "keep", "value"),
    ("(1,2)", "(2,1)", "reject", "structure"),
    ("\\frac{1}{2}", "\\int_0^1 x dx", "keep", "algebra"),
    ("\\frac{1}{3}", "\\int_0^1 x^2 dx", "keep", "algebra"),
    ("\\frac{1}{3}", "\\int_0^1 x^3 dx", "reject", "algebra"),
    ("10", "9^{9^{9^{9}}}", "reject", "value"),
]


def judged(wanted: str, answer: str, seconds: float) -> tuple[str, str]:
    problem = Problem("p", "", wanted, "math", "", "", "en")
    verdict = verify_response(problem, f"So it is \\boxed{{{answer}}}.", seconds=seconds)
    rung = verdict.detail.partition("(rung: ")[2].rstrip(")")
    return verdict.outcome, rung or verdict.reason


def all_judged(seconds: float = 60.0) -> list[tuple[str, str]]:
    """The verdict on each case, not from memory, and on one that never ends."""
    forget()
    found = [judged(wanted, answer, seconds) for wanted, answer, _, _ in CASES]
    return [*found, judged("42", KILLER, 1.0)]


def forget() -> None:
    equal._climb.cache_clear()
    equal._ask_algebra.cache_clear()


EXPECTED = [*((outcome, by) for _, _, outcome, by in CASES), ("unknown", "timeout")]


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bounded]:
    """A pool of this test's own in the place of the shared one."""
    with Bounded(workers=4) as made:
        monkeypatch.setitem(bounded._shared, os.getpid(), made)
        # The limit holds from the first call on, but a killer must not end before it has begun.
        made.run(
            "filters.mathematics.sympy_tree:decide",
            "value",
            ["num", ["1", "1"]],
            ["num", ["1", "1"]],
        )
        yield made


def run(program: str, **env: str) -> str:
    """What a program of its own prints, which has these tests at hand."""
    path = os.pathsep.join([str(ROOT), str(Path(__file__).parent)])
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        timeout=240,
        env={**os.environ, "PYTHONPATH": path, **env},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_main_thread(pool: Bounded) -> None:
    assert all_judged() == EXPECTED


def test_a_thread(pool: Bounded) -> None:
    found: list[list[tuple[str, str]]] = []
    thread = threading.Thread(target=lambda: found.append(all_judged()))
    thread.start()
    thread.join(120)
    assert found == [EXPECTED]


def test_a_pool_of_threads(pool: Bounded) -> None:
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: all_judged(), range(4)))
    assert found == [EXPECTED] * 4


def test_asyncio(pool: Bounded) -> None:
    async def main() -> list[list[tuple[str, str]]]:
        return await asyncio.gather(*(asyncio.to_thread(all_judged) for _ in range(3)))

    assert asyncio.run(main()) == [EXPECTED] * 3


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_of_a_process_that_has_asked() -> None:
    program = """
        import os, warnings
        warnings.simplefilter("ignore", DeprecationWarning)  # of a fork with threads
        from test_bounded_callers import EXPECTED, all_judged
        assert all_judged() == EXPECTED
        child = os.fork()
        if child == 0:
            os._exit(7 if all_judged() == EXPECTED else 1)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), all_judged() == EXPECTED)
    """
    assert run(program) == "7 True\n"


TRAINER = """
    import importlib.util, json, threading, time
    if importlib.util.find_spec("torch"):
        import torch
        torch.ones(500, 500) @ torch.ones(500, 500)  # its threads are there from now on
    import polars
    polars.DataFrame({"a": range(100_000)}).lazy().group_by("a").len().collect()
    busy = threading.Event()
    for _ in range(32):
        threading.Thread(target=busy.wait, daemon=True).start()
    from test_bounded_callers import CASES, EXPECTED, KILLER
    from filters.verify import verify_response
    from generators.records import Problem

    def accuracy(prompts, completions, answer, **columns):
        rewards = []
        for prompt, completion, wanted in zip(prompts, completions, answer, strict=True):
            problem = Problem("p", prompt[-1]["content"], wanted, "math", "", "", "en")
            verdict = verify_response(problem, completion[-1]["content"], seconds=1.0)
            rewards.append(verdict.score)
        return rewards

    cases = [(wanted, said) for wanted, said, _, _ in CASES] + [("42", KILLER)]
    completions = [[{"role": "assistant", "content": f"\\\\boxed{{{said}}}"}] for _, said in cases]
    prompts = [[{"role": "user", "content": "How many?"}]] * len(cases)
    accuracy(prompts[:6], completions[:6], [wanted for wanted, _ in cases[:6]])
    time.sleep(5)  # on a loaded machine too, the server is there for the second step
    rewards = accuracy(prompts, completions, [wanted for wanted, _ in cases], step=1)
    print(json.dumps([rewards, threading.active_count() > 32]))
"""


def test_a_reward_function_in_a_process_full_of_threads() -> None:
    """As a trainer calls it: a plain function of lists of completions. None: no reward."""
    rewards, is_full = json.loads(run(TRAINER))
    wanted = {"keep": 1.0, "reject": 0.0, "unknown": None}
    assert rewards == [wanted[outcome] for outcome, _ in EXPECTED]
    assert is_full


@pytest.mark.ray
@pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="ray is not installed")
def test_a_worker_of_ray() -> None:
    program = """
        import json, os, ray
        ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="ERROR")

        @ray.remote
        class Judge:
            def all(self):
                from test_bounded import children
                from test_bounded_callers import all_judged
                return all_judged(), children()

        judges = [Judge.remote() for _ in range(2)]
        told = ray.get([judge.all.remote() for judge in judges])
        ray.kill(judges[0])
        print(json.dumps(told))
        ray.shutdown()
    """
    told = json.loads(run(program))
    for verdicts, servers in told:
        assert [tuple(one) for one in verdicts] == EXPECTED
        assert len(servers) == 1
        assert gone(servers[0])


# --- a thousand answers -----------------------------------------------------------------------

# A second each in another process, and what has to be seen through at once in this one.
DEAR = [
    KILLER,
    "\\int_{0}^{\\infty} \\frac{\\sin(x^{7}+e^{x})}{\\ln(x^{5}+\\cos x)} dx",
    "\\lim_{n \\to \\infty} \\left(\\prod_{k=1}^{n} \\cos\\frac{k}{n\\sqrt{n}}\\right)",
]
CHEAP = [
    "9^{9^{9^{9}}}",
    "(10^{9})!",
    "\\sqrt[3]{5000!}",
    "((12)^{12})^{(1000)^{4999}}",
    "{" * 3_000 + "2" + "}" * 3_000,
    "\\sqrt{" * 1_500 + "2" + "}" * 1_500,
    "9" * 100_000,
    "1," * 50_000 + "1",
    "-" * 5_000 + "1",
    "\\sum_{k=1}^{10^{9}} \\frac{1}{k}",
    "\\!" * 20_000 + "1",
]


def thousand() -> list[tuple[str, str]]:
    """References and answers: most plain, each tenth decided in another process."""
    found = []
    for n in range(1_000):
        if n % 10 == 0:
            found.append((f"\\frac{{1}}{{{n + 2}}}", f"\\int_0^1 x^{{{n + 1 + n % 20 // 10}}} dx"))
        elif n % 3:
            found.append((str(n), f"\\frac{{{2 * n + n % 2}}}{{2}}"))
        else:
            found.append((f"x^2+{n}x", f"x(x+{n + n % 2})"))
    return found


def resident() -> int:
    """Bytes of memory that this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


MANY_ROOTS = ", ".join(f"\\sqrt[3]{{({n})^{{1000}}}}+1" for n in range(4000, 4029))
HOSTILE = [
    *((answer, "42") for answer in CHEAP),
    *(("42", answer) for answer in CHEAP),
    ("\\sqrt[7]{5000!}", "(\\sqrt[7]{5000!})+0"),
    ("x^{97}+\\sqrt[5]{4999!}=1", "x^{97}+\\sqrt[5]{4998!}=1"),
    (MANY_ROOTS, MANY_ROOTS.replace("+1", "+2")),
    ("((5)^{4999})^{1/3}!", "((5)^{4888})^{1/3}!"),
]


@pytest.mark.parametrize(("answer", "wanted"), HOSTILE)
def test_what_is_decided_here_takes_no_time(
    answer: str, wanted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rungs of this process: nobody kills it, so that they must see through a killer at once.

    A tenth of what is allowed is what it takes; what they did not see through took many seconds.
    """
    monkeypatch.setattr(equal, "same_by_algebra", lambda *_: (None, "timeout"))
    forget()
    began = time.thread_time()
    outcome, _ = judged(wanted, answer, 1.0)
    assert time.thread_time() - began < 2.0
    assert outcome != "keep" or answer == wanted or answer in wanted


@linux
@pytest.mark.parametrize("kind", ["math", "text", "choice", "json", "instruction"])
def test_no_long_text_is_kept_in_memory(kind: str) -> None:
    before = resident()
    for n in range(50):
        long = f"{n}" + "word " * 200_000
        check = json.dumps({"options": [long, "b"], "accept": [long]}) if kind != "math" else ""
        problem = Problem("p", long, long, kind, "", "", "en", check=check)
        assert verify_response(problem, "\\boxed{10}", seconds=1.0).outcome != "keep"
    assert resident() - before < 35 << 20  # and not the 50 that were read


@linux
def test_a_thousand_answers_with_thirty_killers_from_a_thread(pool: Bounded) -> None:
    normal = thousand()
    alone: list[tuple[str, str]] = []
    among: list[tuple[str, str]] = []
    killed: list[str] = []
    workers: set[int] = set()
    parent = pool.run("os:getppid").value

    def grade() -> None:
        forget()
        alone.extend(judged(wanted, answer, 5.0) for wanted, answer in normal)
        forget()
        killers = iter((DEAR * 5)[n // 2] if n % 2 else (CHEAP * 2)[n // 2] for n in range(30))
        for n, (wanted, answer) in enumerate(normal):
            if n % 33 == 1 and (killer := next(killers, None)) is not None:
                killed.append(judged(f"4{n}", killer, 0.5)[0])
            among.append(judged(wanted, answer, 5.0))
            if n % 10 == 0:  # one was just asked, so it is there
                workers.add(len(children(parent)))

    before, began = resident(), time.monotonic()
    thread = threading.Thread(target=grade)
    thread.start()
    thread.join(240)
    assert not thread.is_alive()
    print(f"2,000 answers and 30 killers: {time.monotonic() - began:.1f} s, "
          f"{(resident() - before) >> 20} MiB more")  # fmt: skip
    assert among == alone
    outcomes = [outcome for outcome, _ in alone]
    assert {"keep", "reject"} == set(outcomes)
    assert sum(by == "algebra" for _, by in alone) >= 90
    assert len(killed) == 30
    assert killed.count("unknown") >= 15
    assert "keep" not in killed
    assert workers == {1}
    assert resident() - before < 100 << 20
    (worker,) = children(parent)
    pool.close()
    assert gone(parent)
    assert gone(worker)
