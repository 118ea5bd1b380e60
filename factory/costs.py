"""What a build would take: requests, tokens, time and money, as lines of `factory check`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from factory.progress import lasting
from factory.sections import Limits
from factory.spec import Model
from factory.spending import cost
from factory.watching import Speed


@dataclass(frozen=True)
class Item:
    """What one generator or filter would ask in all."""

    name: str
    model: Model
    requests: float | None
    """None: nobody can say yet."""
    prompt: float = 0.0
    completion: float = 0.0
    """Tokens, those of attempts that brought nothing too."""
    spread: float = 0.0
    """Two standard errors of the completion tokens, as a share of them."""
    cut_off: float = 0.0
    """Share of the answers that reached the limit of tokens."""
    speed: Speed | None = None
    of: str = ""
    """What it is asked about: "2,000 problems"."""

    @property
    def cost(self) -> float | None:
        """US dollars; None where the price or the number of requests is not known."""
        if self.requests is None:
            return None
        return cost(self.model.price, round(self.prompt), round(self.completion))

    @property
    def seconds(self) -> float | None:
        """At the speed that was measured."""
        if self.speed is None or not self.speed.tokens or self.requests is None:
            return None
        return self.completion * self.speed.seconds / self.speed.tokens


def lines(items: Sequence[Item], limits: Limits, *, measured: bool) -> Iterator[str]:
    """One line for each item, the sum, and what that means for the spec's limits.

    Not `measured`: each figure is a bound and told as one.
    """
    about = "about" if measured else "at most"
    for item in items:
        yield _line(item, about)
    if len(items) > 1:
        yield _sum(items, about)
    yield from _against(items, limits, about, measured=measured)


def _line(item: Item, about: str) -> str:
    if item.requests is None:
        return f"{item.name}: {item.of}, tokens and cost unknown"
    told = [f"{about} {_many(item.requests)} requests", _tokens(item.prompt, item.completion)]
    if item.of:
        told.insert(0, item.of)
    if item.spread >= 0.005:
        told[-1] += f" (± {item.spread:.0%} of the second)"
    if item.cut_off:
        told.append(f"{item.cut_off:.1%} cut off")
    told += [_time([item]), _money([item])]
    return f"{item.name}: {', '.join(told)}"


def _sum(items: Sequence[Item], about: str) -> str:
    known = [item for item in items if item.requests is not None]
    requests = _many(sum(item.requests or 0.0 for item in known))
    tokens = _tokens(sum(i.prompt for i in known), sum(i.completion for i in known))
    more = "" if len(known) == len(items) else " and what is not known yet"
    return f"in all: {about} {requests} requests, {tokens}, {_time(items)}, {_money(items)}{more}"


def _time(items: Sequence[Item]) -> str:
    seconds = [item.seconds for item in items if item.requests != 0]
    known = [one for one in seconds if one is not None]
    if len(known) < len(seconds):
        return "time unknown"
    if len(items) > 1 or not items[0].speed:
        return lasting(sum(known))
    speed = items[0].speed
    rate = speed.tokens / speed.seconds if speed.seconds else 0.0
    pace = f" at the {rate:,.0f} tokens/s that were measured" if rate else ""
    many = f" with {speed.in_flight:.0f} in flight" if speed.in_flight >= 1 else ""
    return f"{lasting(sum(known))}{pace}{many}"


def _money(items: Sequence[Item]) -> str:
    priced = [item.cost for item in items if item.cost is not None]
    lacking = sorted({item.model.name for item in items if item.model.price is None})
    told = [_dollars(sum(priced))] if priced else []
    if lacking:
        told.append(f"price of {', '.join(lacking)} unknown")
    return " and ".join(told) or "cost unknown"


def _dollars(amount: float) -> str:
    return f"${amount:,.2f}" if amount >= 1 or not amount else f"${amount:.4f}"


def _against(items: Sequence[Item], limits: Limits, about: str, *, measured: bool) -> Iterator[str]:
    dollars = sum(item.cost or 0.0 for item in items)
    tokens = sum(item.prompt + item.completion for item in items)
    for name, limit, would, told in (
        ("cost", limits.cost, dollars, _dollars(dollars)),
        ("tokens", limits.tokens, tokens, _many(tokens)),
    ):
        if limit is None:
            continue
        allowed = _dollars(limit) if name == "cost" else _many(limit)
        known = all(item.requests is not None for item in items)
        if would > limit:
            end = f"stop at {limit / would:.0%} of it" if measured else "stop there, if it came so"
            yield f"limits.{name}: {about} {told}, and {allowed} allowed: the build would {end}"
        elif known:
            yield f"limits.{name}: {about} {told}, and {allowed} allowed: enough"
        else:
            yield f"limits.{name}: {allowed} allowed; what is needed is not known yet"


def _tokens(prompt: float, completion: float) -> str:
    return f"{_many(_rounded(prompt))} + {_many(_rounded(completion))} tokens"


def _rounded(number: float) -> float:
    """Three digits are enough for what is estimated."""
    return float(f"{number:.3g}")


def _many(number: float) -> str:
    """ "8,150", "12.4 M"."""
    if number < 1e6:
        return f"{number:,.0f}"
    if number < 1e9:
        return f"{number / 1e6:,.1f} M"
    return f"{number / 1e9:,.1f} G"
