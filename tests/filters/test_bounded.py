"""A call that hangs, eats memory or dies harms no other call, and leaves nothing behind."""

import asyncio
import ctypes
import gc
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from filters.bounded.run import Bounded, shared
from filters.bounded.worker import LONGEST_REPLY

HERE = Path(__file__).stem
# What a loaded machine may take longer than the limit of a call.
SLACK = 3.0


# --- functions for the workers, named by this module's import path -------------------------------


def square(number: int) -> int:
    return number * number


def loop() -> None:
    while True:
        pass


def power() -> int:
    return len(bin(9 ** (9**9)))  # one operation in C that holds the interpreter's lock


def eat_memory() -> int:
    return len([bytearray(1 << 20) for _ in range(1 << 20)])


def segfault() -> None:
    ctypes.string_at(0)


def refuse(word: str) -> None:
    raise ValueError(f"not {word}")


def long_answer(length: int) -> str:
    return "x" * length


def a_set() -> set[int]:
    return {1}


def nest(depth: int) -> list[Any]:
    nested: list[Any] = []
    for _ in range(depth):
        nested = [nested]
    return nested


def shout() -> str:
    print("printed")
    os.write(1, b"\0\0\0\2{}" * 100)
    os.write(2, b"written")
    return "said"


def write_file(path: str) -> None:
    Path(path).write_text("written")


def look_around() -> dict[str, Any]:
    return {
        "environment": sorted(os.environ),
        "threads": threading.active_count(),
        "pid": os.getpid(),
        "session": os.getsid(0),
    }


def parent() -> int:
    return os.getppid()


def kill_server_once(marker: str) -> str:
    if not Path(marker).exists():
        return "again"
    os.unlink(marker)
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(60)
    return "alive"


def start_child() -> int:
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]).pid


# --- helpers -------------------------------------------------------------------------------------


def children(of: int | None = None) -> list[int]:
    """Processes whose parent is this one (or another), zombies included."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == (of or os.getpid()):
            found.append(int(status.parent.name))
    return sorted(found)


def workers(servers_before: list[int]) -> list[int]:
    """The workers of the one server that there is since."""
    (server,) = set(children()) - set(servers_before)
    return children(server)


def gone(pid: int, within: float = 10.0) -> bool:
    """Whether the process ends (a zombie that nobody buries counts as ended)."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.fixture
def pool() -> Iterator[Bounded]:
    with Bounded(memory=512 << 20) as made:
        yield made


# --- tests ---------------------------------------------------------------------------------------


KILLERS = [
    ("loop", "timeout", "0.5 s"),
    ("power", "timeout", "0.5 s"),
    ("eat_memory", "memory", "MemoryError"),
    ("segfault", "crashed", "SIGSEGV"),
    ("os:_exit", "crashed", "exit status 3"),
]


@pytest.mark.parametrize(("function", "outcome", "detail"), KILLERS)
def test_killers_end_in_time_and_leave_normal_calls_alone(
    pool: Bounded, function: str, outcome: str, detail: str
) -> None:
    name = function if ":" in function else f"{HERE}:{function}"
    arguments = [3] if function == "os:_exit" else []
    seconds = 0.5 if outcome == "timeout" else 30.0
    assert pool.run(f"{HERE}:square", 12).value == 144
    start = time.monotonic()
    result = pool.run(name, *arguments, seconds=seconds)
    assert (result.outcome, result.detail) == (outcome, detail)
    assert result.value is None
    assert time.monotonic() - start < seconds + SLACK
    after = pool.run(f"{HERE}:square", 12)
    assert (after.outcome, after.value) == ("ok", 144)


@pytest.mark.parametrize(
    ("function", "arguments", "outcome", "detail"),
    [
        ("square", [7], "ok", ""),
        ("refuse", ["this"], "error", "ValueError: not this"),
        ("refuse", ["x" * 5000], "error", "ValueError: not " + "x" * 984),
        ("sys:exit", [4], "error", "SystemExit: 4"),
        ("a_set", [], "error", "the returned value is no JSON"),
        ("nest", [50_000], "error", "the returned value is no JSON"),
        ("long_answer", [LONGEST_REPLY - 100], "ok", ""),
        ("long_answer", [LONGEST_REPLY + 1], "error", "the returned value has"),
        ("nowhere:square", [], "error", "ModuleNotFoundError: No module named 'nowhere'"),
        ("math:nothing", [], "error", "AttributeError: module 'math' has no attribute"),
        ("write_file", ["written_by_worker"], "error", "OSError"),
    ],
)
def test_what_a_function_does_is_its_result(
    pool: Bounded, function: str, arguments: list[Any], outcome: str, detail: str, tmp_path: Path
) -> None:
    if function == "write_file":
        arguments = [str(tmp_path / arguments[0])]
    name = function if ":" in function else f"{HERE}:{function}"
    before = pool.run(f"{HERE}:look_around").value["pid"]
    result = pool.run(name, *arguments, seconds=30)
    assert (result.outcome, result.detail[: len(detail)]) == (outcome, detail)
    assert len(result.detail) <= 1000
    # None of these costs a worker.
    assert pool.run(f"{HERE}:look_around").value["pid"] == before


def test_values_survive_the_way_there_and_back(pool: Bounded) -> None:
    values = ["é\ud800\u2028\0", 10**200, 0.1, None, True, [[], {}], {"a": [1]}, "x" * 2_000_000]
    for value in values:
        assert pool.run("copy:copy", value).value == value


def test_arguments_that_are_no_json_are_the_callers_mistake(pool: Bounded) -> None:
    with pytest.raises(TypeError):
        pool.run(f"{HERE}:square", {1, 2})
    for seconds in (0, -1, float("inf"), float("nan")):
        with pytest.raises(ValueError, match="positive"):
            pool.run(f"{HERE}:square", 2, seconds=seconds)
    assert pool.run(f"{HERE}:square", 3).value == 9


def test_arguments_that_do_not_fit(pool: Bounded) -> None:
    with Bounded(memory=128 << 20) as small:
        assert small.run("builtins:len", "x" * (80 << 20), seconds=30).outcome == "memory"
        assert small.run("builtins:len", "x" * 10).value == 10


def test_prints_do_not_reach_the_channel_or_the_screen(
    pool: Bounded, capfd: pytest.CaptureFixture[str]
) -> None:
    for _ in range(3):
        result = pool.run(f"{HERE}:shout")
        assert (result.outcome, result.value) == ("ok", "said")
    assert capfd.readouterr() == ("", "")


def test_a_worker_inherits_nothing(pool: Bounded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_KEY", "secret")
    seen = pool.run(f"{HERE}:look_around").value
    assert "SOME_KEY" not in seen["environment"]
    assert "HOME" not in seen["environment"]
    assert seen["threads"] == 1
    assert seen["session"] == seen["pid"]


def test_a_cold_import_is_not_the_calls_time(pool: Bounded) -> None:
    # This module imports pytest, which takes longer than the limit of the call.
    result = pool.run(f"{HERE}:square", 5, seconds=0.05)
    assert (result.outcome, result.value) == ("ok", 25)


def test_a_limit_for_the_whole_counts_the_start(pool: Bounded) -> None:
    began = time.monotonic()
    result = pool.run(f"{HERE}:square", 5, seconds=30, within=0.02)
    assert (result.outcome, result.value) == ("timeout", None)
    assert result.detail.startswith("no worker within 0.0")
    assert time.monotonic() - began < SLACK
    # What was started for it serves the next one.
    assert pool.run(f"{HERE}:square", 5).value == 25
    # An import in the worker counts as well, and so does the call itself.
    result = pool.run(f"{HERE}:loop", seconds=30, within=0.2)
    assert (result.outcome, result.detail[:2]) == ("timeout", "0.")
    assert pool.run(f"{HERE}:square", 6, seconds=30, within=30).value == 36
    with pytest.raises(ValueError, match="positive"):
        pool.run(f"{HERE}:square", 2, within=0)


def test_a_limit_for_the_whole_counts_the_wait_for_a_worker(pool: Bounded) -> None:
    assert pool.run(f"{HERE}:square", 2).value == 4
    with ThreadPoolExecutor(1) as thread:
        call = thread.submit(pool.run, f"{HERE}:loop", seconds=3)
        while pool._pool.idle.qsize():
            time.sleep(0.01)
        assert pool.run(f"{HERE}:square", 3, within=0.2).detail.startswith("no worker within 0.2")
        assert pool.run(f"{HERE}:square", 3).value == 9  # without it, the call waits its turn
        assert call.result().outcome == "timeout"


@linux
def test_started_ahead(pool: Bounded) -> None:
    mine = children()
    pool.start(f"{HERE}:square")
    pool.start(f"{HERE}:square")
    end = time.monotonic() + 30
    while not pool._pool.idle.qsize() and time.monotonic() < end:
        time.sleep(0.01)
    pids = workers(mine)
    assert len(pids) == 1
    assert pool.run(f"{HERE}:look_around", seconds=30).value["pid"] == pids[0]
    assert workers(mine) == pids


@linux
def test_a_server_that_imports_holds_nobody_up(tmp_path: Path) -> None:
    (tmp_path / "slow_to_import.py").write_text("import time\ntime.sleep(600)")
    mine = children()
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(tmp_path))
        pool = Bounded()
        pool.start("slow_to_import:f")
        while children() == mine:
            time.sleep(0.01)
        time.sleep(0.3)
        began = time.monotonic()
        pool.close()
    assert time.monotonic() - began < 1.5  # and not the two seconds that a server has to end
    assert children() == mine


def loaded() -> list[str]:
    return sorted(sys.modules)


def name_of_the_package() -> str:
    from filters import keep

    return str(keep().outcome)


def test_a_module_of_ours_is_imported_without_the_others(pool: Bounded) -> None:
    tree = ["num", ["1", "1"]]
    assert (
        pool.run("filters.mathematics.sympy_tree:decide", "value", tree, tree, seconds=30).value
        is True
    )
    seen = pool.run(f"{HERE}:loaded", seconds=30).value
    assert {"sympy", "filters", "filters.mathematics.sympy_tree"} <= set(seen)
    assert not {"polars", "pydantic", "filters.gold_check"} & set(seen)
    # The package is whole for whoever asks it for a name.
    assert pool.run(f"{HERE}:name_of_the_package", seconds=30).value == "keep"


@linux
def test_eight_threads_share_two_workers() -> None:
    mine = children()
    with Bounded(workers=2) as pool:
        jobs: list[tuple[str, list[Any], float]] = []
        for number in range(60):
            jobs.append((f"{HERE}:square", [number], 30.0))
            if number % 10 == 0:
                jobs += [(f"{HERE}:loop", [], 0.2), ("os:_exit", [1], 30.0)]
        with ThreadPoolExecutor(8) as threads:
            calls = [threads.submit(pool.run, name, *given, seconds=s) for name, given, s in jobs]
            results = [call.result() for call in calls]
        squares = [r.value for r, job in zip(results, jobs, strict=True) if job[0].endswith("re")]
        assert squares == [number * number for number in range(60)]
        assert sum(r.outcome == "timeout" for r in results) == 6
        assert sum(r.outcome == "crashed" for r in results) == 6
        assert pool.run(f"{HERE}:square", 2).value == 4
        end = time.monotonic() + 10
        while (count := len(workers(mine))) < 2 and time.monotonic() < end:
            time.sleep(0.01)  # the last one that died is being replaced
        assert count == 2
    assert children() == mine


@linux
def test_one_caller_keeps_one_worker() -> None:
    mine = children()
    with Bounded(workers=4) as pool:
        for number in range(20):
            pool.run(f"{HERE}:square", number)
        assert len(workers(mine)) == 1


@linux
def test_a_worker_outlives_the_thread_that_started_it(pool: Bounded) -> None:
    pids: list[int] = []

    def ask() -> None:
        pids.append(pool.run(f"{HERE}:look_around").value["pid"])

    for _ in range(3):
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
        time.sleep(0.05)
    assert len(set(pids)) == 1


@linux
def test_a_killed_worker_is_replaced_in_milliseconds(pool: Bounded) -> None:
    began = time.monotonic()
    assert pool.run("sympy:isprime", 10, seconds=30).value is False
    cold = time.monotonic() - began
    pids = [pool.run(f"{HERE}:look_around").value["pid"]]
    waits = []
    for _ in range(5):
        assert pool.run("os:_exit", 1, seconds=30).outcome == "crashed"
        began = time.monotonic()
        assert pool.run("sympy:isprime", 7, seconds=30).value is True
        waits.append(time.monotonic() - began)
        pids.append(pool.run(f"{HERE}:look_around").value["pid"])
    assert len(set(pids)) == 6
    assert sorted(waits)[2] < min(0.2, cold / 3), (cold, waits)


@linux
def test_a_killed_server_is_started_again(pool: Bounded, tmp_path: Path) -> None:
    mine = children()
    server = pool.run(f"{HERE}:parent").value
    os.kill(server, signal.SIGKILL)
    assert gone(server)
    for number in range(5):
        result = pool.run(f"{HERE}:square", number)
        assert (result.outcome, result.value) == ("ok", number * number)
    assert pool.run(f"{HERE}:parent").value != server
    # In the middle of a call, too: the call is made again, once.
    (tmp_path / "marker").touch()
    assert pool.run(f"{HERE}:kill_server_once", str(tmp_path / "marker"), seconds=30).value
    assert len(workers(mine)) == 1


@linux
def test_an_import_that_kills_costs_the_calls_that_need_it(pool: Bounded, tmp_path: Path) -> None:
    (tmp_path / "deadly.py").write_text("import os\nos._exit(5)")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(tmp_path))
        for _ in range(3):
            result = pool.run("deadly:f", seconds=30)
            assert (result.outcome, result.detail) == ("crashed", "exit status 5")
            assert pool.run(f"{HERE}:square", 3).value == 9


@linux
def test_a_thousand_calls_with_thirty_killers_from_a_thread() -> None:
    killers: list[tuple[str, list[Any], float]] = [
        (f"{HERE}:loop", [], 0.2), (f"{HERE}:power", [], 0.2), (f"{HERE}:segfault", [], 30.0),
        ("os:_exit", [0], 30.0), (f"{HERE}:eat_memory", [], 30.0),
    ]  # fmt: skip
    jobs: list[tuple[str, list[Any], float]] = []
    for number in range(1000):
        if number % 33 == 0 and number < 990:
            jobs.append(killers[number // 33 % len(killers)])
        jobs.append((f"{HERE}:square", [number], 30.0))
    mine = children()
    results: list[Any] = []
    counts = set()
    with Bounded(workers=2, memory=256 << 20) as pool:

        def grade() -> None:
            for name, given, seconds in jobs:
                results.append(pool.run(name, *given, seconds=seconds))
                if len(results) % 100 == 0:
                    counts.add(len(workers(mine)))

        thread = threading.Thread(target=grade)
        began = time.monotonic()
        thread.start()
        thread.join(120)
        assert not thread.is_alive()
        print(f"1,030 calls, 30 of them killers: {time.monotonic() - began:.1f} s")
        (server,) = set(children()) - set(mine)
        pids = [server, *children(server)]
    said = [r.value for r, job in zip(results, jobs, strict=True) if job[0].endswith("square")]
    assert said == [number * number for number in range(1000)]
    outcomes = [r.outcome for r in results]
    assert (outcomes.count("timeout"), outcomes.count("crashed")) == (12, 12)
    assert outcomes.count("memory") == 6
    assert counts == {1}
    assert children() == mine
    assert all(gone(pid) for pid in pids)


def test_from_asyncio(pool: Bounded) -> None:
    async def main() -> list[Any]:
        calls = [asyncio.to_thread(pool.run, f"{HERE}:square", n) for n in range(10)]
        return [result.value for result in await asyncio.gather(*calls)]

    assert asyncio.run(main()) == [n * n for n in range(10)]


def test_recycled_after_so_many_calls() -> None:
    with Bounded(recycle=3) as pool:
        pids = [pool.run(f"{HERE}:look_around").value["pid"] for _ in range(7)]
    assert [pids.count(pid) for pid in dict.fromkeys(pids)] == [3, 3, 1]


@linux
def test_no_descriptor_is_lost() -> None:
    def descriptors() -> int:
        return len(os.listdir("/proc/self/fd"))

    with Bounded() as pool:
        assert pool.run("math:gcd", 4, 6).value == 2
        before = descriptors()
        for _ in range(40):
            assert pool.run("os:_exit", 1, seconds=30).outcome == "crashed"
        assert pool.run("math:gcd", 4, 6).value == 2
        assert descriptors() == before
    assert descriptors() < before


@linux
def test_a_kill_takes_along_what_the_function_started() -> None:
    with Bounded() as pool:
        child = pool.run(f"{HERE}:start_child").value
        assert not gone(child, within=0.1)
    assert gone(child)


@linux
def test_closing() -> None:
    mine = children()
    pool = Bounded()
    assert pool.run(f"{HERE}:square", 2).value == 4
    with ThreadPoolExecutor(1) as thread:
        call = thread.submit(pool.run, f"{HERE}:loop", seconds=60)
        while pool._pool.idle.qsize():
            time.sleep(0.01)
        time.sleep(0.2)
        pool.close()
        assert call.result().outcome == "crashed"
    with pytest.raises(RuntimeError, match="closed"):
        pool.run(f"{HERE}:square", 2)
    pool.close()
    assert children() == mine


@linux
def test_a_forgotten_pool_is_closed() -> None:
    mine = children()
    pool = Bounded()
    assert pool.run(f"{HERE}:square", 2).value == 4
    assert children() != mine
    del pool
    gc.collect()
    assert children() == mine


@linux
@pytest.mark.parametrize("busy", [True, False])
def test_no_orphan_when_the_parent_is_killed(busy: bool) -> None:
    program = f"""
        import sys, threading, time
        sys.path.insert(0, {str(Path(__file__).parent)!r})
        from filters.bounded.run import Bounded
        pool = Bounded()
        print(pool.run("{HERE}:look_around").value["pid"], flush=True)
        if {busy}:
            call = dict(target=pool.run, args=("{HERE}:power",), kwargs=dict(seconds=600))
            threading.Thread(**call).start()
        time.sleep(0.3)
        print("busy", flush=True)
        time.sleep(600)
    """
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    worker = int(parent.stdout.readline())
    assert parent.stdout.readline() == "busy\n"
    assert not gone(worker, within=0.1)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    assert gone(worker)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_has_a_pool_of_its_own() -> None:
    program = f"""
        import os, sys
        sys.path.insert(0, {str(Path(__file__).parent)!r})
        from filters.bounded.run import shared
        pool = shared()
        worker = pool.run("{HERE}:look_around").value["pid"]
        child = os.fork()
        if child == 0:
            assert shared() is not pool
            assert shared().run("{HERE}:look_around").value["pid"] != worker
            try:
                pool.run("{HERE}:square", 2)
            except RuntimeError as error:
                assert "forked" in str(error)
            sys.exit(7)
        status = os.waitpid(child, 0)[1]
        assert os.waitstatus_to_exitcode(status) == 7
        assert pool.run("{HERE}:look_around").value["pid"] == worker
        print("well")
    """
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("well\n", "", 0)


def test_no_worker_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    with Bounded(workers=1) as pool:
        with monkeypatch.context() as patch:
            patch.setattr(sys, "executable", "/nowhere/python")
            result = pool.run(f"{HERE}:square", 2)
            assert result.outcome == "crashed"
            assert "no worker could be started" in result.detail
        # The one ordered meanwhile may have failed as well; then the world is well again.
        outcomes = [pool.run(f"{HERE}:square", 2).outcome for _ in range(3)]
        assert outcomes[-1] == "ok"


def test_shared_is_one_pool() -> None:
    assert shared() is shared()
    assert shared().run("math:gcd", 12, 18).value == 6
