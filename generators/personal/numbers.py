"""Telephone, card, account and identity numbers in a text.

A number counts where its check digits hold or where the text says what it is, for traces are full
of long numbers. Those that exist for examples are none: 555-0123, the card numbers that payment
providers publish for tests.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Literal

import numpy as np

from generators.personal.digits import digits, runs

Kind = Literal["phone", "card", "id_number"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Not \w, to which Han belong: in Chinese no blank stands between a word and a number.
_LETTERS = "A-Za-z0-9_À-ɏΑ-ωА-я"
_NUMBER = re.compile(
    rf"(?<![{_LETTERS}.,/^{{}}=*-])[+(0-9](?:[ .()-]{{0,2}}[0-9]){{7,20}}[Xx]?"
    rf"(?![{_LETTERS}/^{{}}*]|[.,]\d| ?[=*+])"
)
_FEWEST, _WIDEST = 8, 3  # digits of it, and characters from one to the next
_BEFORE, _BEHIND = 3, 4  # characters that it may have before its first digit, and need behind it
_QUADS = re.compile(r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}")
_CARDS = re.compile(r"\d{4}([ -])\d{4}\1\d{4}\1\d{4}|3[47]\d{2}([ -])\d{6}\2\d{5}|\d{15,16}")
_ISSUED = re.compile(r"4|5[1-5]|2[2-7]|3[47]|6011|65|62")
_TEST_CARDS = _words(
    "4111111111111111 4242424242424242 4012888888881881 5555555555554444 5105105105105100 "
    "378282246310005 371449635398431 6011111111111117 6011000990139424 4000056655665556 "
    "2223003122003222 4222222222222 4000000000000002 5200828282828210"
)
_CARD_WORDS = re.compile(r"card|visa|amex|master|信用卡|银行卡|卡号", re.IGNORECASE)
_PHONE_WORDS = re.compile(
    r"phone|mobile|\bcell|\btel\b|\bcall|contact|whatsapp|wechat|\bsms\b|\bfax\b|reach|"
    r"text (?:me|him|her|us)|dial|电话|手机|联系|拨打|微信|号码",
    re.IGNORECASE,
)
_AMERICAN = re.compile(r"(?:\+?1[ .-]?)?(?:\([2-9]\d\d\) ?|[2-9]\d\d[ .-])[2-9]\d\d[ .-]\d{4}")
_MOBILE_CN = re.compile(r"(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}")
_ABROAD = re.compile(r"\+(?!0)\d{1,3}[ .()-]{0,2}\d[\d .()-]{5,17}\d")
_SOCIAL = re.compile(r"(?!000|666|9)\d{3}-(?!00)\d\d-(?!0000)\d{4}")
_SOCIAL_WORDS = re.compile(r"\bssn\b|social security", re.IGNORECASE)
_SOCIAL_EXAMPLES = frozenset({"123-45-6789", "078-05-1120", "219-09-9999", "987-65-4321"})
# Behind the name of what it is, a number as people dial it at home: 030 90182745.
_AT_HOME = re.compile(r"0[1-9][\d ().-]{7,14}\d")
_NAMED_PHONE = re.compile(
    r"(?:\btel|\b(?:tele)?phone|\bt[eé]l[eé]ph?one?|telefon[eo]?|\bmobile|\bmobil|\bcell|\bfax|\bcall|"
    r"\bdial|whatsapp|\bsms|\bhandy|\bmóvil|телефон|тел|电话|電話|手机|전화|携帯)"
    r"(?: (?:number|no|nr|me|us|him|her|is|at|on|num|nummer)|nummer|番号|번호|号码?|是|は|는){0,3}"
    r"[.:：\s]{0,4}\Z",
    re.IGNORECASE,
)
# "The sum of 212-736-5000", "(415) 555 2671 m", "4539 1488 0343 6467 pieces": amounts.
_COMPUTED = re.compile(
    r"\b(?:sum|products?|difference|total|coordinates?|values?|equals?|compute|calculate|evaluate|"
    r"subtract|minus|plus|times|divided by|range|interval|sequence|digits|integers?|digit sum)\b"
    r"[^.\n]{0,12}\Z",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    r" ?(?:[ckm]?m|[km]?g|m?s|k?Hz|%|°|pieces|units|items|points|steps|ways|combinations|combos|"
    r"dollars|euros|USD|EUR|bytes|bits|people|seconds|meters|metres|miles)(?![\w-])"
)
_FICTION = re.compile(
    r"\A0?7700\D?900|1632\D?960|7946\D?0\d\d\d\Z|"  # what British films may dial
    r"555\D{0,2}01\d\d\Z|555\D{0,2}555|123\D{0,2}4567\Z|1234567|0{6}"
)
_NEAR = 40


def numbers(text: str) -> Iterator[tuple[int, int, Kind]]:
    """Where telephone, card and identity numbers stand, and which they are."""
    for first, last in runs(digits(text), _FEWEST, _WIDEST):
        for found in _NUMBER.finditer(text, max(0, first - _BEFORE), last + _BEHIND):
            told = found[0]
            start, end = found.span()
            if told.endswith(")") or (told[0] == "(" and ")" not in told):
                told, start = told.strip("()"), start + (told[0] == "(")
            before = text[max(0, start - _NEAR) : start]
            if kind := _kind(told, before, _MEASURED.match(text, end) is not None):
                yield start, end, kind


def _kind(told: str, before: str, is_measured: bool) -> Kind | None:
    """What a long number is, by its form, its check digits and the words before it."""
    digits = "".join(filter(str.isdigit, told))
    if not digits.isascii() or len(set(digits)) < 3:
        return None
    if _QUADS.fullmatch(told):
        return None  # looked for by itself
    if _CARDS.fullmatch(told) and _ISSUED.match(digits) and _luhn(digits):
        is_plain = (digits == told or is_measured) and not _CARD_WORDS.search(before)
        return None if is_plain or digits in _TEST_CARDS else "card"
    if _SOCIAL.fullmatch(told):
        is_told = _SOCIAL_WORDS.search(before) and told not in _SOCIAL_EXAMPLES
        return "id_number" if is_told else None
    if len(told) == 18 and told[:17].isdigit():
        return "id_number" if _is_chinese_id(told.upper()) else None
    if _FICTION.search(told):
        return None
    said = _PHONE_WORDS.search(before)
    if not said and (is_measured or _COMPUTED.search(before)):
        return None
    if _AMERICAN.fullmatch(told):
        return "phone" if said or told[0] in "+(" or told.count("-") == 2 else None
    if _MOBILE_CN.fullmatch(told):
        return "phone" if said or told[0] == "+" else None
    if told.count(".") == 1:
        return None  # a decimal
    if _AT_HOME.fullmatch(told) and 9 <= len(digits) <= 12:
        return "phone" if _NAMED_PHONE.search(before) else None
    if _ABROAD.fullmatch(told) and 9 <= len(digits) <= 15:
        return "phone" if said or len(digits) < len(told) - 1 else None
    return None


def _luhn(digits: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    doubled = [int(d) * 2 for d in digits[-2::-2]]
    return (sum(map(int, digits[-1::-2])) + sum(d - 9 * (d > 9) for d in doubled)) % 10 == 0


def _is_chinese_id(told: str) -> bool:
    """GB 11643-1999: region, date of birth, order, check digit modulo 11."""
    if len(told) != 18 or told[0] not in "123456" or not "1900" <= told[6:10] <= "2030":
        return False
    try:
        date(int(told[6:10]), int(told[10:12]), int(told[12:14]))
    except ValueError:
        return False
    weights = [pow(2, 17 - place, 11) for place in range(17)]
    total = sum(int(digit) * weight for digit, weight in zip(told, weights, strict=False))
    return "10X98765432"[total % 11] == told[17]


_IBAN = re.compile(
    r"(?<![A-Za-z0-9])[A-Z]{2}\d\d(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])"
)
_SHORTEST_IBAN = 15  # Norway's
_EXAMPLE_IBANS = _words(
    "GB82WEST12345698765432 DE89370400440532013000 FR1420041010050500013M02606 "
    "NL91ABNA0417164300 ES9121000418450200051332 GB29NWBK60161331926819 "
    "GB33BUKB20201555555555"
)


def ibans(text: str) -> Iterator[tuple[int, int]]:
    """Where account numbers (ISO 13616) stand."""
    told = digits(text)
    if len(told.places) < _FEWEST:
        return
    # Two capitals and two digits: only there can one begin.
    pairs = told.places[:-1][told.gaps == 1]
    pairs = pairs[pairs >= 2]
    for back in (1, 2):
        pairs = pairs[told.codes[pairs - back] - np.uint32(ord("A")) < 26]
    for start in (pairs - 2).tolist():
        if not (found := _IBAN.match(text, start)):
            continue
        account = found[0].replace(" ", "")
        turned = account[4:] + account[:4]
        # ISO 13616: letters count from 10, and the whole is 1 modulo 97.
        number = int("".join(str(int(letter, 36)) for letter in turned))
        is_one = number % 97 == 1 and len(account) >= _SHORTEST_IBAN
        if is_one and account not in _EXAMPLE_IBANS:
            yield found.span()
