"""Passwords and tokens in a text that stand behind their name: password=..., Bearer ..., a login.

Their values alone do not tell them, and programs are full of such names: a value counts where it
is plainly drawn. `password = input()`, `password="secret"` and `Bearer {token}` are none.
"""

import re
from base64 import b64decode
from binascii import Error
from collections.abc import Iterator

from generators.personal.cues import places, wait_for
from generators.personal.made_up import is_common, is_drawn, is_example

# Of which a text must have one of the words to be searched.
wait_for(
    {
        "password": "password passwd passphrase pwd dbpassword userpassword rootpassword "
        "contraseña kennwort passwort пароль senha",
        "token": "apikey accesstoken authtoken clientsecret secretkey secretaccesskey accesskey "
        "api access auth client secret",
        "header": "bearer basic",
    }
)
_IS = r"[\"'`]?\s{0,3}(?::=|=>|[:=：]|\bis:?\s)\s{0,3}"
_VALUE = r"(?:(?!&\w{1,20}=)[^\s\"'`<>,;(){}\[\]\\]){8,200}"
_PASSWORD = re.compile(
    r"(?P<name>pass(?:word|wd|phrase|wort)|\bpwd|contraseña|kennwort|пароль|senha)"
    rf"(?P<is>{_IS})(?P<quote>[\"'`]?)(?P<value>{_VALUE})(?![(\[{{])",
    re.IGNORECASE,
)
_TOKEN = re.compile(
    r"(?P<name>api[_-]?key|access[_-]?token|auth[_-]?token|client[_-]?secret|"
    rf"secret[_-]?(?:access[_-]?)?key){_IS}[\"'`]?"
    r"(?P<value>[A-Za-z0-9_/+=~.-]{16,200})(?![A-Za-z0-9_(\[{])",
    re.IGNORECASE,
)
_BEARER = re.compile(r"\bbearer\s{1,3}(?P<value>[A-Za-z0-9._~+/=-]{16,2000})", re.IGNORECASE)
_BASIC = re.compile(r"\bbasic\s{1,3}(?P<value>[A-Za-z0-9+/]{8,200}={0,2})", re.IGNORECASE)
_LOGIN = re.compile(r"://([^\s:/@]{0,64}):([^\s:/@]{3,64})@(?=([A-Za-z0-9.-]{1,100}|\[))")
# Where examples run: a plain word is the password there.
_EXAMPLE_HOST = re.compile(
    r"(?:localhost|127\.0\.0\.1|host(?:name)?|server|db|(?:.*\.)?(?:example|test|invalid)(?:\..*)?)\Z"
)
_HEX = re.compile(r"[0-9a-fA-F]+\Z")
_NUMBERS = re.compile(r"\d+")
_FEWEST_DIFFERENT = 9
# What an answer makes for whoever asks for a password is nobody's yet.
_NEW = re.compile(
    r"\b(?:new|random|generated?|strong|secure|suggested|example|sample|valid)\W+(?:\w+\W+)?\Z",
    re.IGNORECASE,
)
_BEFORE = 30
# In a line of a program only what is long and no word at all is more than an example.
_IN_PROGRAM = 12
_LIKE_A_WORD = re.compile(r"[a-z]{4}")


def passwords(text: str) -> Iterator[tuple[int, int]]:
    """Where passwords and tokens stand, without their names."""
    told = places(text)
    for cue, pattern, is_one in (
        ("password", _PASSWORD, _is_password),
        ("token", _TOKEN, _is_token),
        ("header", _BEARER, _is_bearer),
        ("header", _BASIC, _is_basic),
    ):
        if cue in told:
            for found in pattern.finditer(text):
                value = found["value"].rstrip(".")
                if is_one(found, value):
                    yield found.start("value"), found.start("value") + len(value)
    if "@" in text and "://" in text:
        yield from _logins(text)


def _is_password(found: re.Match[str], value: str) -> bool:
    if value[0] in "$%=" or len(value) < 8 or is_common(value) or not is_drawn(value):
        return False
    if _NEW.search(found.string, max(0, found.start() - _BEFORE), found.start()):
        return False
    # `password = "..."` is a line of a program, `"password": "..."` and password=... are settings.
    if found["quote"] and "=" in found["is"] and found["name"].islower():
        return len(value) >= _IN_PROGRAM and not _LIKE_A_WORD.search(value)
    return len(set(value)) >= 6


def _is_token(found: re.Match[str], value: str) -> bool:
    if _HEX.match(value):  # puzzles call their hexadecimal numbers secret keys
        return len(value) >= 32 and "secret" not in found["name"].lower() and _is_random(value)
    return any(map(str.isupper, value)) and any(map(str.islower, value)) and _is_random(value)


def _is_bearer(_found: re.Match[str], value: str) -> bool:
    return _is_random(value)


def _is_random(value: str) -> bool:
    is_varied = len(set(value)) >= _FEWEST_DIFFERENT and len(_NUMBERS.findall(value)) > 1
    return is_varied and not is_example(value)


def _is_basic(_found: re.Match[str], value: str) -> bool:
    """Whether it is the name and the password of RFC 7617, in base 64."""
    try:
        told = b64decode(value, validate=True).decode()
    except (Error, UnicodeDecodeError):
        return False
    name, is_login, password = told.partition(":")
    is_plain = name.isprintable() and password.isprintable() and len(password) >= 4
    return bool(is_login) and is_plain and not is_common(password.replace(" ", ""))


def _logins(text: str) -> Iterator[tuple[int, int]]:
    """Passwords in addresses: scheme://name:password@host."""
    for found in _LOGIN.finditer(text):
        name, password, host = found.groups()
        if password == name or password.startswith(("$", "{", "<", "%", "[")):
            continue
        if not is_example(password) and not (
            _EXAMPLE_HOST.match(host) and (password.isalpha() or "example" in host)
        ):
            yield found.span(2)
