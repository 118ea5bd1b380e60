"""Is a secret drawn by a machine, or by a person who needed an example?"""

import re

_EXAMPLES = re.compile(
    r"x{4}|\*{3}|\.{3}|example|your|test|dummy|fake|sample|placeholder|secret|password|redacted|"
    r"12345|abcdef|token|user|pass\b|my[_-]",
    re.IGNORECASE,
)
# What people and textbooks take for a password, in letters: P@ssw0rd is "password".
_COMMON = re.compile(
    r"pass|secret|pwd|admin|qwert|letmein|hello|welcome|change|example|sample|strong|weak|"
    r"secure|abc|123|user|login|guest|root|demo|valid|test|dummy|fake|hash|your|my[_-]|opensesame|"
    r"string|value|input|(.)\1{3}",
    re.IGNORECASE,
)
_AS_LETTERS = str.maketrans("01345$@!+", "oieassait")


def is_example(body: str) -> bool:
    """Whether a key or token says itself that it is none: xxxx, your-key-here, abcdef, 12345."""
    return _EXAMPLES.search(body) is not None


def is_common(password: str) -> bool:
    """Whether a password is one that stands in textbooks: secret, P@ssw0rd, abc123."""
    if _COMMON.search(password):
        return True
    return _COMMON.search(password.translate(_AS_LETTERS)) is not None


def is_drawn(password: str) -> bool:
    """Whether it could be no name of a program: signs among its letters, or several numbers."""
    lower, upper, digit = (
        any(map(told, password)) for told in (str.islower, str.isupper, str.isdigit)
    )
    sign = _SIGN.search(password) is not None
    if lower + upper + digit + sign < 3:
        return False
    return sign or len(_NUMBERS.findall(password)) > 1


_SIGN = re.compile(r"[!@#$%^&?~]")
_NUMBERS = re.compile(r"\d+")
