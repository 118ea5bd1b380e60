"""Signs in words and nouns behind numbers, written over in as many characters as they had.

20% of 150 becomes 20% *  150, and 3 apples + 5 apples = 9 apples becomes 3 + 5 = 9 apples. Only
what has one reading is rewritten: in "5 times 3 + 2" it cannot be told what comes first.
"""

import re

_EQUALS = tuple(
    (word, re.compile(rf"{word}(?<=[\d)}}%$!] {word})(?= )")) for word in ("is equal to", "equals")
)
_EQUALS_IN_CHINESE = re.compile(r"等于(?:(?<=[\d)%}]等于)|(?<=[\d)%}] 等于))")
_FULL_WIDTH = str.maketrans("＝＋－＊／（）％０１２３４５６７８９", "=+-*/()%0123456789")
_LAST_FACTOR = r"(?=\$?\d[\d,.]{0,15} {0,10}[=≈])"
_OPERATORS = tuple(
    (word, sign, re.compile(rf"{word}(?<=\d{word}){_LAST_FACTOR}"))
    for word, sign in (
        (" times ", "*"),
        (" plus ", "+"),
        (" minus ", "-"),
        (" multiplied by ", "*"),
        (" divided by ", "/"),
    )
)
_SHARE = re.compile(rf"% of {_LAST_FACTOR}")
# A number that nothing goes on to: "2 + 3 times 4" has two readings.
_LONE = re.compile(r"(?:\A|[A-Za-z\u2e80-\U0010ffff,:;.(]|\n)[ $]{0,2}\d[\d,.]*\Z")
_NOUN_BEHIND = re.compile(r"=(?<=[a-z0-9] =)(?= \$?\d[\d,.]{0,15} ([a-z]{2,15})(?![\w^*/²³]))")
_TERM = re.compile(r"(\d[\d,.]{0,15})( [a-z]{2,15})?(?: ([-+−*×·/÷]) )?")
_SUM_WITH_NOUNS = re.compile(
    r"(?:\d[\d,.]{0,15}(?: [a-z]{2,15})? [-+−*×·/÷] ){1,9}\d[\d,.]{0,15}(?: [a-z]{2,15})? \Z"
)
_REACH = 120
"""Characters before a sign of equality in which a sum with nouns is searched."""


def respelled(text: str) -> str:
    """As long a text, with the signs of ASCII for those in full width and in words."""
    if not text.isascii():
        if "＝" in text or "＋" in text:
            text = text.translate(_FULL_WIDTH)
        if "于" in text:  # one sign is found at once
            text = _EQUALS_IN_CHINESE.sub(" =", text)
    if " equal" in text:
        for word, pattern in _EQUALS:
            text = pattern.sub("=".rjust(len(word)), text)
    for word, sign, pattern in _OPERATORS:
        if word in text:
            text = pattern.sub(lambda found, sign=sign: _operator(found, sign), text)  # type: ignore[misc]
    if "% of " in text:
        text = _SHARE.sub("% *  ", text)
    return _without_nouns(text)


def _operator(found: re.Match[str], sign: str) -> str:
    before = found.string[max(0, found.start() - 24) : found.start()]
    return f" {sign} ".ljust(len(found[0])) if _LONE.search(before) else found[0]


def _without_nouns(text: str) -> str:
    """The text with blanks for the noun of a result in the numbers that it was made of."""
    pieces, done = [], 0
    for found in _NOUN_BEHIND.finditer(text):
        start = max(done, found.start() - _REACH)
        window = text[start : found.start()]
        if found[1][:-1] not in window:
            continue
        said = _SUM_WITH_NOUNS.search(window)
        if said and _counts(window[: said.start()], said[0], found[1]):
            pieces += [text[done : start + said.start()], _TERM.sub(_blanked, said[0])]
            done = found.start()
    return "".join((*pieces, text[done:])) if pieces else text


def _counts(before: str, said: str, noun: str) -> bool:
    """Whether all terms of a sum, or one factor of a product, count what the result counts."""
    if before.rstrip(" ($")[-1:] in tuple("+-−*×·/÷^=") or before[-1:].isalnum():
        return False
    terms = [found.groups() for found in _TERM.finditer(said)]
    nouns = [(word or "").strip().removesuffix("s") for _, word, _ in terms]
    signs = {sign for *_, sign in terms if sign}
    if any(one not in ("", noun.removesuffix("s")) for one in nouns):
        return False
    if signs <= set("+-−"):
        return all(nouns)
    if signs & set("+-−") or nouns.count("") != len(nouns) - 1:
        return False
    # 60 / 3 min is a rate.
    at = next(number for number, one in enumerate(nouns) if one)
    return at == 0 or terms[at - 1][2] not in ("/", "÷")


def _blanked(term: re.Match[str]) -> str:
    number, noun, sign = term.groups()
    end = f" {sign} " if sign else ""
    return number + " " * len(noun or "") + end
