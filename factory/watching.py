"""What goes on while models are asked: in flight, tokens a second, cost, a stall by its name."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from factory.plan import Backends
from factory.progress import Meter, Quiet
from factory.sections import Prices
from factory.spending import cost
from generators.asking import Completion

EVERY = 1.0  # seconds between two looks


@dataclass(frozen=True)
class Speed:
    """How fast answers came."""

    seconds: float = 0.0
    tokens: int = 0
    """Of completions, and of the attempts that brought none."""
    in_flight: float = 0.0
    """Requests, on average."""

    def then(self, other: "Speed") -> "Speed":
        """Both, one after the other."""
        seconds = self.seconds + other.seconds
        weighed = self.in_flight * self.seconds + other.in_flight * other.seconds
        return Speed(seconds, self.tokens + other.tokens, weighed / seconds if seconds else 0.0)


@dataclass
class Watch:
    """Follows one stage of asking."""

    meter: Meter
    backends: Backends
    show: Quiet
    price: Prices | None
    stop: threading.Event
    patience: float | None = None
    """Seconds without any server after which to stop; None: wait for as long as it takes."""
    dollars: float = 0.0
    cut: int = 0
    done: int = 0
    gone: str = ""
    """Why it was stopped, where patience was lost."""
    _expected: Callable[[], tuple[int, bool]] | None = field(default=None, repr=False)
    _before: int = 0
    _stalled: str = ""
    _began: float = field(default_factory=time.monotonic)
    _ended: float = 0.0
    _tokens: int = 0
    _looks: list[int] = field(default_factory=lambda: [0, 0])

    def expects(self, total: Callable[[], tuple[int, bool]]) -> None:
        """Ask this from now on how many will come besides those that have, and if it is a guess."""
        self._before, self._expected = self.done, total
        self._expect()

    def _expect(self) -> None:
        if self._expected is not None:
            total, about = self._expected()
            self.meter.expect(self._before + total, about=about)

    def answered(self, said: Completion) -> None:
        """A completion has come back."""
        self.done += 1
        self.cut += said.finish == "length"
        took = said.completion_tokens + said.discarded_tokens
        self._tokens += took
        self._ended = time.monotonic()
        self.dollars += cost(self.price, said.prompt_tokens, took) or 0.0
        self.meter.advance({f"finish:{said.finish}": 1})

    def look(self) -> None:
        """Tell what the backends say of themselves, first of all what holds them up."""
        made = [one for one in self.backends.made.values() if hasattr(one, "status")]
        told = [one.status() for one in made]
        in_flight = sum(one.get("in_flight", 0) for one in told)
        if in_flight and not self._looks[0]:  # a model may have been loaded until now
            self._began = time.monotonic() - max(one.get("oldest", 0.0) for one in told)
        if in_flight or self._looks[0]:
            self._looks[0] += 1
            self._looks[1] += in_flight
        self._expect()
        stalls = [stall for one in told if (stall := one.get("stalled"))]
        self.meter.note(", ".join([*stalls, *map(_line, told), *self._so_far()]))
        # Those that talk of their servers do so of a stall as well.
        mute = [t.get("stalled") for one, t in zip(made, told, strict=True)
                if not hasattr(one, "tell")]  # fmt: skip
        stalled = "; ".join(filter(None, mute))
        if stalled and not self._stalled:
            self.show.say(f"nothing comes in: {stalled}")
        self._stalled = stalled
        if stalls and self.patience is not None and not self.gone:
            away = min((one.get("all_away", 0.0) for one in told), default=0.0)
            if away > self.patience:
                self.gone = "; ".join(stalls)
                self.stop.set()

    def speed(self) -> Speed:
        """How fast it has been from the beginning to the last answer."""
        looks, seen = self._looks
        seconds = max(0.0, self._ended - self._began)
        return Speed(seconds, self._tokens, seen / looks if looks else 0.0)

    def _so_far(self) -> Iterator[str]:
        if self.cut:
            yield f"{self.cut / self.done:.1%} cut off"
        if self.done:
            yield f"${self.dollars:.2f}" if self.price else "cost unknown"


def _line(told: dict[str, Any]) -> str:
    return (
        f"{told.get('in_flight', 0)} in flight, oldest {told.get('oldest', 0.0):.0f} s, "
        f"{told.get('tokens_per_second', 0.0):,.0f} tokens/s"
    )


@contextmanager
def watched(watch: Watch) -> Iterator[Watch]:
    """Look every second, also where nothing comes back: then most of all."""
    over = threading.Event()

    def run() -> None:
        while not over.wait(EVERY):
            watch.look()

    thread = threading.Thread(target=run, name="watch", daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        over.set()
        thread.join()
