"""E-mail addresses in a text; those made for examples are none (RFC 2606 and common usage)."""

import re
from collections.abc import Iterator


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_DOMAIN = re.compile(r"@((?:[A-Za-z0-9-]{1,63}\.){1,6})([A-Za-z]{2,24})(?![\w(@-]|\.\w)")
_LOCAL = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._%+-")
_LONGEST_LOCAL = 64
_TOP = _words(
    "com org net edu gov mil int info biz name pro dev app tech online site store cloud blog "
    "email mobi asia world today live shop academy agency group team work zone museum aero "
    "coop"
)
_EXAMPLE_DOMAINS = re.compile(
    r"(?:.*\.)?(?:example|test|invalid|localhost|local|acme|foo|bar|abc|xyz|e?mail-?(?:domain|host)|"
    r"(?:your|my|some|the)-?mail|(?:your|my|some|the)?-?(?:domain|company|email|website|site|school|"
    r"university|organization|org|business))\.\Z"
)
# a@b.com, ann@a.org: domains of one letter are reserved (https://www.iana.org/domains/reserved),
# but for some given out before that.
_RESERVED = re.compile(r"[^qxz]\.com\Z|[^gwx]\.org\Z|[^iqx]\.net\Z")
_EXAMPLE_LOCALS = re.compile(
    r"user(?:name)?\d*|name|e?mail|(?:your|my|first|last)(?:[._-].*|e?mail|name|user)?|someone|somebody|nobody|firstname.*|"
    r"(?:john|jane)[._-]?(?:doe\d*|smith\d{0,3})|foo|bar|test\d*|example|no-?reply|xx+|git|\.*"
)


def emails(text: str) -> Iterator[tuple[int, int]]:
    """Where the addresses stand."""
    if "@" not in text:
        return
    for found in _DOMAIN.finditer(text):
        at, (domain, top) = found.start(), (found[1].lower(), found[2].lower())
        start = at
        while start > max(0, at - _LONGEST_LOCAL) and text[start - 1] in _LOCAL:
            start -= 1
        while start < at and text[start] in "._%+-":
            start += 1
        local = text[start:at].lower()
        if not local or (len(top) != 2 and top not in _TOP):
            continue
        if top in ("example", "test", "invalid") or _EXAMPLE_DOMAINS.match(domain):
            continue
        if len(domain) == 2 and (len(local) == 1 or _RESERVED.match(domain + top)):
            continue
        if not _EXAMPLE_LOCALS.fullmatch(local):
            yield start, found.end()
