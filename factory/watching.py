"""What goes on while models are asked: in flight, tokens a second, cost, a stall by its name."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from factory.plan import Backends
from factory.progress import Meter, Quiet
from factory.sections import Prices
from factory.spending import cost
from generators.asking import Completion

EVERY = 1.0  # seconds between two looks


@dataclass
class Watch:
    """Follows one stage of asking."""

    meter: Meter
    backends: Backends
    show: Quiet
    price: Prices | None
    dollars: float = 0.0
    cut: int = 0
    done: int = 0
    _stalled: str = field(default="", repr=False)

    def answered(self, said: Completion) -> None:
        """A completion has come back."""
        self.done += 1
        self.cut += said.finish == "length"
        took = said.completion_tokens + said.discarded_tokens
        self.dollars += cost(self.price, said.prompt_tokens, took) or 0.0
        self.meter.advance({f"finish:{said.finish}": 1})

    def look(self) -> None:
        """Tell what the backends say of themselves; a new stall gets a line of its own."""
        told = [made.status() for made in self.backends.made.values() if hasattr(made, "status")]
        self.meter.note(", ".join([*map(_line, told), *self._so_far()]))
        stalled = "; ".join(one["stalled"] for one in told if one.get("stalled"))
        if stalled and stalled.split(" ")[:4] != self._stalled.split(" ")[:4]:
            self.show.say(f"nothing comes in: {stalled}")
        self._stalled = stalled

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
