"""A pool of processes over parts. A task is a function and a part's number; no text crosses over.

Workers are spawned, never forked: polars and pyarrow run threads, and a fork of those can hang.
"""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import chain, islice
from multiprocessing import resource_tracker
from typing import Any, TypeVar

from generators.errors import Interrupted, Stopped, UserError

Result = TypeVar("Result")
_AHEAD = 4  # tasks handed out per worker: enough to keep it busy, few enough to stop soon


class Pool:
    """Runs tasks in `workers` processes; with one worker, in this process."""

    def __init__(
        self, workers: int, start: Callable[..., None], argument: Any, stop: threading.Event
    ) -> None:
        self.workers = workers
        self._stop = stop
        self._executor: ProcessPoolExecutor | None = None
        self._start = (start, argument)
        self._worked = False
        if workers == 1:
            start(argument)

    def run(
        self, function: Callable[..., Result], tasks: Iterable[tuple[Any, ...]]
    ) -> Iterator[tuple[tuple[Any, ...], Result]]:
        """Each task with its result, in the order they finish. Interrupted once `stop` is set."""
        if self.workers == 1:
            for task in tasks:
                self._go_on()
                yield task, function(*task)
            return
        coming = iter(tasks)
        if (first := next(coming, None)) is None:
            return
        coming = chain([first], coming)
        if self._executor is None:
            self._executor = self._started()
        waiting: dict[Future[Result], tuple[Any, ...]] = {}
        try:
            while True:
                for task in islice(coming, self.workers * _AHEAD - len(waiting)):
                    waiting[self._executor.submit(function, *task)] = task
                if not waiting:
                    return
                done, _ = wait(waiting, timeout=0.5, return_when=FIRST_COMPLETED)
                self._go_on()
                for future in done:
                    result = future.result()
                    self._worked = True
                    yield waiting.pop(future), result
        except BrokenProcessPool:
            if not self._worked:
                raise UserError(
                    "the workers could not start: in a script of your own, put the call of "
                    "factory.build under if __name__ == '__main__':, or give workers=1"
                ) from None
            raise Stopped(
                "a worker process died (out of memory, or killed from outside): what is finished "
                "is kept; run the same command again, with fewer --workers if memory was short"
            ) from None
        finally:
            for future in waiting:
                future.cancel()

    def _started(self) -> ProcessPoolExecutor:
        # Ctrl-C and a closed terminal reach the whole group, and the parent decides what is still
        # finished. A blocked signal stays blocked in a spawned process, from its first moment on.
        ours = [signal.SIGINT, signal.SIGHUP]
        signal.pthread_sigmask(signal.SIG_BLOCK, ours)
        try:
            resource_tracker.ensure_running()  # whose start unblocks SIGINT
            signal.pthread_sigmask(signal.SIG_BLOCK, ours)
            executor = ProcessPoolExecutor(
                self.workers,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_begin,
                initargs=self._start,
            )
            for _ in range(self.workers):  # each task that finds no worker idle spawns one
                executor.submit(os.getpid)
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, ours)
        return executor

    def _go_on(self) -> None:
        if self._stop.is_set():
            raise Interrupted

    def close(self, *, at_once: bool) -> None:
        """End the workers; at once means in the middle of a part, which is then made again."""
        if self._executor is None:
            return
        if at_once:
            # What kill_workers of Python 3.14 does.
            for process in list((self._executor._processes or {}).values()):
                process.kill()
        self._executor.shutdown(cancel_futures=True)


@contextmanager
def pool(
    workers: int, start: Callable[..., None], argument: Any, stop: threading.Event
) -> Iterator[Pool]:
    """A pool, closed at the end of the block; `start(argument)` runs first in each worker."""
    if multiprocessing.parent_process() is not None:
        raise UserError(
            "factory.build was called while a worker started: put the call of your script under "
            "if __name__ == '__main__':"
        )
    made = Pool(workers, start, argument, stop)
    try:
        yield made
    except BaseException:
        made.close(at_once=True)
        raise
    made.close(at_once=False)


def _begin(start: Callable[..., None], argument: Any) -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    # Without this, workers of a killed parent would wait for their next task for ever.
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    start(argument)


def _end_with(parent: Any) -> None:
    parent.join()
    os._exit(1)


def default_workers() -> int:
    """As many as there are processors for this process."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
