"""What to keep, and why: plain functions from a Problem, a Sample or a Group to a Verdict."""

from filters.best_of import best_of
from filters.complete import complete
from filters.dedup import dedup
from filters.gold_check import gold_check
from filters.judge import judge
from filters.pass_rate import pass_rate
from filters.refined import refined
from filters.think_format import think_format
from filters.verdict import Group, Verdict, keep, reject, unknown
from filters.verify import verify
from generators.records import Problem, Sample
from generators.registry import Count, EarlierFilter, Seconds, Share, register

__all__ = [
    "Count",
    "EarlierFilter",
    "Group",
    "Problem",
    "Sample",
    "Seconds",
    "Share",
    "Verdict",
    "best_of",
    "complete",
    "dedup",
    "gold_check",
    "judge",
    "keep",
    "pass_rate",
    "refined",
    "register",
    "reject",
    "think_format",
    "unknown",
    "verify",
]
