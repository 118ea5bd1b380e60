"""What to keep, and why: plain functions from a Problem, a Sample or a Group to a Verdict."""

from filters.answerable import answerable
from filters.best_of import best_of
from filters.complete import complete
from filters.decontaminate import decontaminate
from filters.dedup import dedup
from filters.difficulty import difficulty
from filters.diversity import diversity
from filters.gold_check import gold_check
from filters.hygiene import hygiene
from filters.judge import judge
from filters.language import language
from filters.length import length
from filters.paraphrase import paraphrase
from filters.pass_rate import pass_rate
from filters.readability import readability
from filters.refined import refined
from filters.repetition import repetition
from filters.steps import steps
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
    "answerable",
    "best_of",
    "complete",
    "decontaminate",
    "dedup",
    "difficulty",
    "diversity",
    "gold_check",
    "hygiene",
    "judge",
    "keep",
    "language",
    "length",
    "paraphrase",
    "pass_rate",
    "readability",
    "refined",
    "register",
    "reject",
    "repetition",
    "steps",
    "think_format",
    "unknown",
    "verify",
]
