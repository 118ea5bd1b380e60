"""IP addresses in a text that may lead to a person.

Those of documentation and of private networks do not (RFC 5737, RFC 3849, RFC 9637, RFC 1918), nor
do networks, public resolvers, and the addresses of an exercise on networks: they are made up.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address, IPv6Network

import numpy as np

from generators.personal.cues import places, wait_for
from generators.personal.digits import Digits, digits

_LETTERS = "A-Za-z0-9_À-ɏΑ-ωА-я"
_THREE_MORE = re.compile(r"\.\d{1,3}\.\d{1,3}\.\d{1,3}(?![" + _LETTERS + r"]|\.\d)")
_FIRST_OCTET = re.compile(rf"(?<![{_LETTERS}.])\d{{1,3}}\Z")
_FEWEST_DIGITS = 4
_WIDEST = 8  # from the first dot to the third
_VERSION = 20  # four small numbers are a version or a section
_SIX = re.compile(rf"(?<![{_LETTERS}:.])[23][0-9A-Fa-f]{{3}}(?::{{1,2}}[0-9A-Fa-f]{{1,4}}){{2,7}}")
_GOES_ON = re.compile(rf"[{_LETTERS}:]|\.\d")
_BOOKS = IPv6Network("3fff::/20")  # for documentation since RFC 9637
_FEWEST_GROUPS = 4
_RESOLVERS = frozenset(
    {
        "8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9", "1.2.3.4", "4.4.4.4",
        "208.67.222.222", "208.67.220.220", "149.112.112.112", "114.114.114.114",
        "2001:4860:4860::8888", "2001:4860:4860::8844", "2606:4700:4700::1111",
        "2606:4700:4700::1001", "2620:fe::fe",
    }
)  # fmt: skip
_NEAR, _AROUND = 24, 1000
_NUMBERED = re.compile(
    r"(?:\b(?:versions?|ver\.|releases?|build|firmware|drivers?|sections?|chapters?|clauses?)|"
    r"§|版本|версии|версия)\W{0,3}(?:\w+\W{1,2})?\Z",
    re.IGNORECASE,
)
_EXERCISE = "an exercise on networks"
_IN_HAN = {"子网": "子", "掩码": "掩", "网段": "网", "路由": "路", "サブネット": "サ"}
wait_for(
    {
        _EXERCISE: "subnet subnets subnetting subnetted subnetz netmask mask masks cidr supernet "
        "octet octets broadcast router routers routing subred subredes subrede masque "
        "подсеть подсети маска маску маски"
    }
    | _IN_HAN
)
# A mask, or an address with the length of its prefix.
_OF_NETWORKS = re.compile(
    r"255\.(?<!\d255\.)(?:255|254|252|248|240|224|192|128|0)\."
    r"|\.\d{1,3}\.\d{1,3}/\d{1,2}(?!\d)|:/\d{1,3}(?!\d)"
)


def ip_addresses(text: str) -> Iterator[tuple[int, int]]:
    """Where the addresses of version 4 and 6 stand."""
    told = digits(text)
    if len(told.places) < _FEWEST_DIGITS:
        return
    found = [*_of_four(text, told), *_of_six(text, told)]
    taught = _exercises(text) if found else []
    for start, end in found:
        near = bisect_left(taught, start - _AROUND)
        is_taught = near < len(taught) and taught[near] < end + _AROUND
        if not is_taught and not _NUMBERED.search(text, max(0, start - _NEAR), start):
            yield start, end


def _exercises(text: str) -> list[int]:
    """Where a text talks of networks and not of who is in them, in order."""
    told = places(text)
    in_han = [at for one in _IN_HAN for at in told.get(one, ()) if text.startswith(one, at)]
    shown = [found.start() for found in _OF_NETWORKS.finditer(text)]
    return sorted([*told.get(_EXERCISE, ()), *in_han, *shown])


def _of_four(text: str, told: Digits) -> Iterator[tuple[int, int]]:
    dots = told.places[:-1][told.gaps == 2] + 1
    dots = dots[told.codes[dots] == ord(".")]
    if len(dots) < 3:
        return
    for dot in dots[:-2][dots[2:] - dots[:-2] <= _WIDEST].tolist():
        rest = _THREE_MORE.match(text, dot)
        first = _FIRST_OCTET.search(text, max(0, dot - 4), dot)
        if rest and first and _is_host(first[0] + rest[0]):
            yield first.start(), rest.end()


@lru_cache(maxsize=1024)
def _is_host(told: str) -> bool:
    parts = told.split(".")
    octets = [int(part) for part in parts]
    if max(octets) > 255 or max(octets) < _VERSION or told in _RESOLVERS:
        return False
    if octets[3] in (0, 255) or any(part != str(int(part)) for part in parts):
        return False  # a network, its broadcast, or no address as people write it
    address = IPv4Address(told)
    return address.is_global and not address.is_multicast


def _of_six(text: str, told: Digits) -> Iterator[tuple[int, int]]:
    # All that are routed begin with 2 or 3, and the first group has four digits (RFC 4291).
    starts = told.places[(told.codes[told.places] & ~np.uint32(1)) == ord("2")]
    starts = starts[starts + 4 < len(told.codes)]
    for start in starts[told.codes[starts + 4] == ord(":")].tolist():
        found = _SIX.match(text, start)
        if found and not _GOES_ON.match(text, found.end()) and _is_person(found[0]):
            yield found.span()


def _is_person(told: str) -> bool:
    groups = [group for group in told.split(":") if group]
    if len(groups) < _FEWEST_GROUPS:
        return False  # a network, a router, or no address at all
    try:
        address = IPv6Address(told)
    except AddressValueError:
        return False
    return address.is_global and address not in _BOOKS and address.compressed not in _RESOLVERS
