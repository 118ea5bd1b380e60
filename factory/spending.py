"""What asking models has cost: tokens and money, by model and server, over all builds of a run."""

from collections.abc import Iterable, Iterator
from typing import Any

from factory import storage
from factory.plan import Plan
from factory.sections import Prices
from factory.spec import Spec
from generators.asking import Completion
from generators.journal import Asked, Journal


class Spent:
    """Tokens and dollars so far, against the spec's limits."""

    def __init__(self, spec: Spec, before: Iterable[Asked]) -> None:
        self._prices = {name: model.price for name, model in spec.models.items()}
        self._limits = spec.limits
        self.tokens = 0
        self.cost = 0.0
        for one in before:
            self._count(one.model, one.prompt_tokens, one.completion_tokens + one.discarded_tokens)

    def add(self, model: str, said: Completion) -> None:
        """Count what a completion took, discarded attempts too."""
        self._count(model, said.prompt_tokens, said.completion_tokens + said.discarded_tokens)

    def _count(self, model: str, prompt: int, completion: int) -> None:
        self.tokens += prompt + completion
        price = self._prices.get(model)
        self.cost += cost(price, prompt, completion) or 0.0

    def too_much(self) -> str:
        """Which limit has been met, in one line; "" where none has."""
        limits = self._limits
        if limits.cost is not None and self.cost >= limits.cost:
            return (
                f"limits.cost: ${self.cost:.4f} are spent and ${limits.cost:g} allowed; all that "
                "was answered is kept: raise the limit and run the same command to go on"
            )
        if limits.tokens is not None and self.tokens >= limits.tokens:
            return (
                f"limits.tokens: {self.tokens:,} are used and {limits.tokens:,} allowed; all that "
                "was answered is kept: raise the limit and run the same command to go on"
            )
        return ""


def cost(price: Prices | None, prompt: int, completion: int) -> float | None:
    """US dollars; None where the price is not known, which is not the same as nothing."""
    if price is None:
        return None
    return (prompt * price.input + completion * price.output) / 1e6


def asked(plan: Plan) -> list[Asked]:
    """Every attempt of all builds of a run, from its journal; empty where nobody was asked."""
    if not (plan.journal / "completions.sqlite").exists():
        return []
    journal = Journal(plan.journal, readonly=True)
    try:
        return sorted(journal.asked())
    finally:
        journal.close()


def write(plan: Plan) -> None:
    """Write asked.json: what was asked of whom, how it ended, what it took."""
    rows = asked(plan)
    if rows:
        with storage.written(plan.folder / "asked.json") as beside:
            beside.write_text(storage.json_text([_row(plan, one) for one in rows]) + "\n")


def _row(plan: Plan, one: Asked) -> dict[str, Any]:
    model = plan.spec.models.get(one.model)
    dollars = cost(
        model.price if model else None,
        one.prompt_tokens,
        one.completion_tokens + one.discarded_tokens,
    )
    return {**one._asdict(), "cost": "unknown" if dollars is None else round(dollars, 6)}


def lines(plan: Plan) -> Iterator[str]:
    """One line for each model: requests, attempts, tokens, what they cost."""
    rows = asked(plan)
    for name in dict.fromkeys(one.model for one in rows):
        mine = [one for one in rows if one.model == name]
        requests, attempts = sum(o.requests for o in mine), sum(o.attempts for o in mine)
        prompt = sum(o.prompt_tokens for o in mine)
        completion = sum(o.completion_tokens + o.discarded_tokens for o in mine)
        model = plan.spec.models.get(name)
        dollars = cost(model.price if model else None, prompt, completion)
        money = "cost unknown" if dollars is None else f"${dollars:.2f}"
        yield (
            f"asked {name} in all: {requests:,} requests, {attempts:,} attempts, "
            f"{prompt:,} + {completion:,} tokens, {money}"
        )
