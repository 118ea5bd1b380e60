"""What to ask and whom to ask: sources make problems, generators make samples, backends answer."""

from generators.answer import answer
from generators.asking import Backend, Completion, Request
from generators.backends.openai import openai
from generators.backends.scripted import Scripted, scripted
from generators.backends.transformers_model import transformers
from generators.backends.vllm_engine import vllm
from generators.errors import BadRow, Stopped, UserError
from generators.few_shot import few_shot
from generators.mask import mask
from generators.procedural import procedural
from generators.reasoning_gym import reasoning_gym
from generators.recorded import recorded
from generators.records import Problem, Row, Sample
from generators.refine import refine
from generators.reflect import reflect
from generators.registry import Count, EarlierFilter, Seconds, Share, register
from generators.sources import hub, jsonl, parquet
from generators.teacher import teacher
from generators.transcript import join, message, split
from generators.zero import zero

__all__ = [
    "Backend",
    "BadRow",
    "Completion",
    "Count",
    "EarlierFilter",
    "Problem",
    "Request",
    "Row",
    "Sample",
    "Scripted",
    "Seconds",
    "Share",
    "Stopped",
    "UserError",
    "answer",
    "few_shot",
    "hub",
    "join",
    "jsonl",
    "mask",
    "message",
    "openai",
    "parquet",
    "procedural",
    "reasoning_gym",
    "recorded",
    "refine",
    "reflect",
    "register",
    "scripted",
    "split",
    "teacher",
    "transformers",
    "vllm",
    "zero",
]
