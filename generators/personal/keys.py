"""Keys and tokens in a text, told by the prefixes that their issuers give them.

What is plainly made up is none: sk-xxxx, AKIAIOSFODNN7EXAMPLE, your-key-here.
"""

import re
from collections.abc import Iterator

from generators.personal.cues import places, wait_for
from generators.personal.made_up import is_example
from generators.texts.words import words

# What a key begins with -> the whole of it. Bounded, and read from a word's beginning only.
_PREFIXED = {
    "sk-": r"sk-(?:[a-z]{2,8}\d{0,2}-){0,2}[A-Za-z0-9_-]{20,200}",  # OpenAI, Anthropic and others
    "sk_live_": r"sk_live_[A-Za-z0-9]{16,200}",  # Stripe
    "rk_live_": r"rk_live_[A-Za-z0-9]{16,200}",
    "hf_": r"hf_[A-Za-z0-9]{30,60}",
    "gh": r"gh[pousr]_[A-Za-z0-9]{36,255}",
    "github_pat_": r"github_pat_[A-Za-z0-9_]{22,255}",
    "gl": r"gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent)-[A-Za-z0-9_.-]{19,128}[A-Za-z0-9_-]",
    "xox": r"xox[abeoprs]-[A-Za-z0-9-]{10,250}",  # Slack
    "xapp-": r"xapp-[A-Za-z0-9-]{20,250}",
    "GOCSPX-": r"GOCSPX-[A-Za-z0-9_-]{28}",  # Google, as the next
    "ya29.": r"ya29\.[A-Za-z0-9_-]{30,500}",
    "npm_": r"npm_[A-Za-z0-9]{36}",
    "pypi-": r"pypi-[A-Za-z0-9_-]{50,300}",
    "SG.": r"SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64}",  # SendGrid
}
# Their prefixes go on without a break: no word of the text betrays these.
_UNBROKEN = {
    "AKIA": r"AKIA[A-Z0-9]{16}",
    "ASIA": r"ASIA[A-Z0-9]{16}",
    "AIza": r"AIza[A-Za-z0-9_-]{35}",
    "eyJ": r"eyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{10,1000}",
}
_KEY = {
    start: re.compile(rf"(?<![A-Za-z0-9_.-]){pattern}(?![A-Za-z0-9_])")
    for start, pattern in (_PREFIXED | _UNBROKEN).items()
}
# Each prefix, and the words that it is: only a text that has one is searched.
wait_for(
    {
        "sk-": "sk", "sk_live_": "sk", "rk_live_": "rk", "hf_": "hf", "gh": "ghp gho ghu ghs ghr",
        "github_pat_": "github", "gl": "glpat gldt glrt glcbt glptt glft glsoat glagent",
        "xox": "xoxa xoxb xoxe xoxo xoxp xoxr xoxs", "xapp-": "xapp", "GOCSPX-": "gocspx",
        "ya29.": "ya29", "npm_": "npm", "pypi-": "pypi", "SG.": "sg", "private": "private",
        "slack": "slack",
    }
)  # fmt: skip
_HOOK = re.compile(r"hooks\.slack\.com/services/(T[A-Z0-9]{8,12}/B[A-Z0-9]{8,12}/[A-Za-z0-9]{24})")
_AWS_SECRET = re.compile(r"(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])")
_AWS_NEAR = 300
_PRIVATE = re.compile(r"-----BEGIN (?:[A-Z]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----")
_LONG_WORD = 12  # letters and digits in a row, as keys without a break have
_LAST_LINE = re.compile(r"-----END [A-Z ]{3,40}-----")
_LEFT_OUT = re.compile(r"\.{3}|\*{3}|x{8}|X{8}|<|…")
# The token that introductions to JWT sign: sub 1234567890, John Doe.
_EXAMPLE_CLAIMS = "eyJzdWIiOiIxMjM0NTY3ODkw"
_FEWEST_DIFFERENT = 9
_LONGEST_PRIVATE = 10_000


def keys(text: str) -> Iterator[tuple[int, int]]:
    """Where keys, tokens and private keys stand."""
    told = places(text)
    for start in (*(start for start in _PREFIXED if start in told), *_unbroken(text)):
        for found in _KEY[start].finditer(text):
            body = found[0][len(start) :]
            if len(set(body)) >= _FEWEST_DIFFERENT and not is_example(body):
                if _EXAMPLE_CLAIMS not in body:
                    yield found.span()
                if start in ("AKIA", "ASIA"):
                    yield from _aws_secrets(text, *found.span())
    if "slack" in told:
        for found in _HOOK.finditer(text):
            if not is_example(found[1]):
                yield found.span(1)
    if "private" in told:
        for found in _PRIVATE.finditer(text):
            yield from _private_key(text, *found.span())


def _unbroken(text: str) -> set[str]:
    """Which of the prefixes that go on without a break some word of the text begins with."""
    told = words(text)
    may_be = told.starts[told.ends - told.starts >= _LONG_WORD].tolist()
    found = {start for at in may_be for start in _UNBROKEN if text.startswith(start, at)}
    # This one may have a dash soon.
    return found | {"AIza"} if "AIza" in text else found


def _aws_secrets(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Forty characters beside the name of an access key: its secret has no prefix of its own."""
    for found in _AWS_SECRET.finditer(text, max(0, start - _AWS_NEAR), end + _AWS_NEAR):
        told = found[0]
        is_mixed = any(map(str.isupper, told)) and any(map(str.islower, told))
        if is_mixed and any(map(str.isdigit, told)) and not is_example(told):
            yield found.span()


def _private_key(text: str, start: int, begin: int) -> Iterator[tuple[int, int]]:
    """The block that begins there, up to its last line or, cut off, as far as one may go."""
    limit = begin + _LONGEST_PRIVATE
    end = text.find("-----", begin, limit)
    key = text[begin : end if end >= 0 else limit]
    if len(set(key)) < 2 * _FEWEST_DIFFERENT or _LEFT_OUT.search(key):
        return
    if end < 0:
        yield start, begin + len(key)
    else:
        line = _LAST_LINE.match(text, end)
        yield start, line.end() if line else end
