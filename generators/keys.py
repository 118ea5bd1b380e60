"""Keys, tokens and passwords in a text, told by the prefixes that their issuers give them.

What is plainly made up is none: sk-xxxx, AKIAIOSFODNN7EXAMPLE, your-key-here.
"""

import re
from collections.abc import Iterator

from generators.words import words

# What a key begins with -> the whole of it. Bounded, and read from a word's beginning only.
_KEYS = {
    "sk-": r"sk-(?:[a-z]{2,8}\d{0,2}-){0,2}[A-Za-z0-9_-]{20,200}",
    "sk_live_": r"sk_live_[A-Za-z0-9]{16,200}",
    "rk_live_": r"rk_live_[A-Za-z0-9]{16,200}",
    "hf_": r"hf_[A-Za-z0-9]{30,60}",
    "gh": r"gh[pousr]_[A-Za-z0-9]{36,255}",
    "github_pat_": r"github_pat_[A-Za-z0-9_]{22,255}",
    "glpat-": r"glpat-[A-Za-z0-9_-]{20,64}",
    "AKIA": r"AKIA[A-Z0-9]{16}",
    "ASIA": r"ASIA[A-Z0-9]{16}",
    "AIza": r"AIza[A-Za-z0-9_-]{35}",
    "xox": r"xox[abeprs]-[A-Za-z0-9-]{10,250}",
    "npm_": r"npm_[A-Za-z0-9]{36}",
    "pypi-": r"pypi-[A-Za-z0-9_-]{50,300}",
    "SG.": r"SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64}",
    "eyJ": r"eyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{10,1000}",
}
_KEY = {
    start: re.compile(rf"(?<![A-Za-z0-9_.-]){pattern}(?![A-Za-z0-9_])")
    for start, pattern in _KEYS.items()
}
_LOGIN = re.compile(r"://[^\s:/@]{1,64}:([^\s:/@]{3,64})@(?=[A-Za-z0-9])")
_PRIVATE = re.compile(r"-----BEGIN (?:[A-Z]{1,12} ){0,3}PRIVATE KEY-----")
_MADE_UP = re.compile(
    r"x{4}|X{4}|\*{3}|\.{3}|example|your|test|dummy|fake|sample|placeholder|secret|password|redacted|"
    r"12345|abcdef|token|user|pass\b|my[_-]",
    re.IGNORECASE,
)
_LAST_LINE = re.compile(r"-----END [A-Z ]{3,40}-----")
_LEFT_OUT = re.compile(r"\.{3}|\*{3}|x{8}|X{8}|<|…")
_FEWEST_DIFFERENT = 9
_LONGEST_PRIVATE = 10_000
_LONG_WORD = 16  # letters and digits in a row, as keys have and few texts


def _tokens(text: str) -> Iterator[tuple[int, int]]:
    for start, pattern in _KEY.items():
        if start in text:
            for found in pattern.finditer(text):
                body = found[0][len(start) :]
                if len(set(body)) >= _FEWEST_DIFFERENT and not _MADE_UP.search(body):
                    yield found.span()


def keys(text: str) -> Iterator[tuple[int, int]]:
    """Where keys, private keys and passwords in addresses stand."""
    told = words(text)
    is_long = len(told) and (told.ends - told.starts).max() >= _LONG_WORD
    if is_long or "eyJ" in text or "AIza" in text:
        yield from _tokens(text)
    if "://" in text and "@" in text:
        for found in _LOGIN.finditer(text):
            if not _MADE_UP.search(found[1]) and not found[1].startswith(("$", "{", "<")):
                yield found.span(1)
    if "-----BEGIN" in text:
        for found in _PRIVATE.finditer(text):
            yield from _private_key(text, *found.span())


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
