"""A model that is a function: for tests, for demos, and to see a spec run before paying for it."""

import hashlib
import inspect
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import orjson

from generators.asking import Backend, Completion, Request
from generators.records import Problem
from generators.registry import Share, register
from generators.transcript import split


@dataclass(frozen=True)
class Scripted:
    """Answers each request with `reply(request)`: raw text as a model says it, and a finish."""

    model: str
    reply: Callable[[Request], tuple[str, str]]

    def complete(self, requests: Iterable[Request]) -> Iterator[Completion]:
        """Completions in the order of the requests. Token counts are words: nothing tokenizes."""
        for request in requests:
            text, finish = self.reply(request)
            said = split(text)
            yield Completion(
                key=request.key,
                reasoning=said.reasoning,
                response=said.response,
                model=self.model,
                finish=finish,
                prompt_tokens=sum(len(m["content"].split()) for m in request.messages),
                completion_tokens=len(text.split()),
            )


# Something to vary, as samples of a real model do.
_OPENINGS = (
    "Let me see what is asked.", "First I write down what I know.", "I will go step by step.",
    "What do I have here?", "Let me start from the beginning.", "This looks manageable.",
)  # fmt: skip
_CHECKS = (
    "Let me check that again. It holds.", "That agrees with what was given.",
    "Wait, is that right? Yes, it is.", "A second look gives the same.",
)  # fmt: skip


@register("backend")
def scripted(
    model: str,
    *,
    wrong: Share = 0.25,
    cut_off: Share = 0.05,
    no_thought: Share = 0.05,
) -> Backend:
    """A pretended model that knows each answer and errs at the rates it is given.

    It sees the problem's reference, so it measures the line and no model. Of all completions,
    `cut_off` end in the middle of the thought, `no_thought` come without one; of the rest, `wrong`
    state a wrong answer. Each completion is a function of its request.
    """
    rates = orjson.dumps({"wrong": wrong, "cut_off": cut_off, "no_thought": no_thought}).decode()

    def reply(request: Request) -> tuple[str, str]:
        rng = random.Random(hashlib.sha256(request.key.encode()).digest())
        luck = rng.random()
        thought = "\n".join((rng.choice(_OPENINGS), _thought(request.problem), rng.choice(_CHECKS)))
        if luck < cut_off:
            return f"<think>\n{thought[: max(8, len(thought) // 2)]}", "length"
        right = rng.random() >= wrong
        answer = request.problem.answer if right else _other(request.problem, rng)
        response = f"The answer is \\boxed{{{answer}}}."
        if luck < cut_off + no_thought:
            return response, "stop"
        return f"<think>\n{thought}\nSo it is {answer}.\n</think>\n\n{response}", "stop"

    return Scripted(f"{model}:{rates}", reply)


def _thought(problem: Problem) -> str:
    steps = orjson.loads(problem.check).get("steps") if problem.check else None
    return steps or inspect.cleandoc(
        f"""The question is: {problem.question}
        Let me work through it and check the result before I answer."""
    )


def _other(problem: Problem, rng: random.Random) -> str:
    """An answer that differs from the reference and looks like it."""
    options = orjson.loads(problem.check).get("options") if problem.check else None
    if problem.kind == "choice" and options:
        labels = list(options) if isinstance(options, dict) else "ABCDEFGHIJ"[: len(options)]
        return rng.choice([label for label in labels if label != problem.answer])
    try:
        return str(Fraction(problem.answer) + rng.choice([-10, -2, -1, 1, 2, 10]))
    except (ValueError, ZeroDivisionError):
        return " ".join(reversed(problem.answer.split())) + " not"
