"""reasoning-gym's scorers without their eval. Imported by the workers of `bounded.py` alone.

Some scorers hand the answer to `eval` or to sympy's parser, which ends in one; a model could have
code run that way. Here both see an `eval` that refuses whatever is more than a formula or a list.
"""

import ast
import builtins
import functools
import importlib
import sys
from typing import Any

import reasoning_gym

from generators.gym_entries import unpack

sympy: Any = importlib.import_module("sympy")


# No answer to anything.
NONSENSE = "\N{REPLACEMENT CHARACTER}"


def score(family: str, answers: list[str], packed: dict[str, Any]) -> float:
    """The best score of these readings of one answer, between 0 and 1.

    Raises what the scorer raised where it could not read any of them.
    """
    told = [_try(family, answer, packed) for answer in answers]
    scores = [one for one in told if isinstance(one, float)]
    if not scores:
        raise RuntimeError(f"the scorer failed: {told[0]!r}")
    if max(scores) >= 1.0 and _try(family, NONSENSE, packed) == 1.0:
        # A scorer that takes anything (one compares the truth of two texts) has told nothing.
        wanted = str(packed["answer"]).strip().casefold()
        return float(any(answer.strip().casefold() == wanted for answer in answers))
    return max(scores)


def _try(family: str, answer: str, packed: dict[str, Any]) -> float | Exception:
    try:
        return float(_scorer(family)(answer, unpack(packed)))
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - a foreign function that reads what a model wrote
        return error


@functools.cache
def _scorer(family: str) -> Any:
    for name, module in list(sys.modules.items()):
        if name.startswith("reasoning_gym.") or name == "sympy.parsing.sympy_parser":
            # A module's own name stands before the built-in one.
            vars(module)["eval"] = guarded_eval
    return reasoning_gym.get_score_answer_fn(family)


_FORMULA = (
    ast.Expression, ast.Constant, ast.UnaryOp, ast.BinOp, ast.unaryop, ast.operator, ast.Compare,
    ast.cmpop, ast.List, ast.Tuple, ast.Set, ast.Dict, ast.Name, ast.Load, ast.Call, ast.keyword,
)  # fmt: skip

# What sympy's parser makes of a formula besides its classes. Others of its functions start
# programs or compile text.
_FUNCTIONS = frozenset({"sqrt", "cbrt", "root", "abs"})


def guarded_eval(
    source: Any, variables: dict[str, Any] | None = None, local: dict[str, Any] | None = None, /
) -> Any:
    """`eval` for literals, operators and calls of sympy's classes; ValueError for all else."""
    known = {**vars(sympy), **(variables or {}), **(local or {})}
    tree = ast.parse(source.strip(), mode="eval") if isinstance(source, str) else None
    if tree is None or not all(_is_formula(node, known) for node in ast.walk(tree)):
        raise ValueError("not a formula")
    # Every node was looked at: there is no attribute, no index and no lambda among them.
    known["__builtins__"] = {"abs": abs}
    return builtins.eval(compile(tree, "<answer>", "eval"), known)  # noqa: S307


def _is_formula(node: ast.AST, known: dict[str, Any]) -> bool:
    if isinstance(node, ast.Call):
        if not isinstance(node.func, ast.Name):
            return False
        called = known.get(node.func.id)
        is_class = isinstance(called, type) and issubclass(called, sympy.Basic)
        return is_class or node.func.id in _FUNCTIONS
    return isinstance(node, _FORMULA)
