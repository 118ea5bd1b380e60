"""Numbers with units that are equal though the bare numbers are not: 90 min / 60 = 1 hour 30."""

import re
from fractions import Fraction

_POWERS = tuple(10**power for power in (1, 2, 3, 4, 6, 9))
# Units of one kind, and what may lie between two of them.
_KINDS = (
    (
        r"h|hrs?|hours?|min|mins|minutes?|s|sec|secs|seconds?|days?|weeks?|months?|years?"
        r"|小时|分钟|分|秒|天|日|周|星期|月|年",
        (60, 3600, 24, 1440, 86400, 7, 168, 12, 52, 365, 30),
    ),
    (r"dollars?|cents?|euros?|pounds?|pence|pennies|USD|yuan|元|角|分|\$|£|€|¥", (100, 10)),
    (r"percent|per cent|percentage|pct|%|百分", (100,)),
    (
        r"feet|foot|ft|inch|inches|in|yards?|yd|miles?|mi|lbs?|pounds?|oz|ounces?|tons?"
        r"|gallons?|quarts?|pints?|cups?",
        (12, 3, 36, 1760, 5280, 16, 2000, 4, 2, 8, 128),
    ),
    (
        r"[kcdmµnMGT]?(?:m|g|l|L|W|V|A|J|N|Hz|Pa|B)[²³]?|(?:kilo|centi|milli|deci)?(?:met(?:er|re)s?"
        r"|grams?|lit(?:er|re)s?)|k?W?h|t|tonnes?|厘米|毫米|分米|千米|公里|米|千克|公斤|毫克|克"
        r"|吨|毫升|升",
        _POWERS,
    ),
)
_UNITS = tuple(
    (
        re.compile(
            rf"\A[\s{{}}\\~,$]{{0,4}}(?:(?:text|mathrm|rm)[{{ ]{{1,2}})?({names})(?![A-Za-z])"
        ),
        re.compile(rf"(?:(?<![A-Za-z\\])|(?<=\d))(?:{names})(?![A-Za-z])"),
        factors,
    )
    for names, factors in _KINDS
)  # fmt: skip
_SHARE = _UNITS[2][0]
_MORE = re.compile(
    r"\A[ ~]?(?:and (?:a|an|one|two|three|half|\d)|[A-Za-z]{1,7}\.?,? (?:and )?(?:\d|half)"
    r"|[个小时分钟元角米年月天周点]{0,3}(?:半|多|余|\d))"
)


def is_converted(near: str, right_side: str, after: str, left: Fraction, right: Fraction) -> bool:
    """Whether the result stands in a larger or smaller unit than the numbers it was made of.

    Its unit must be told, and another of the kind must stand near. A share is told as percentage
    without more: 15/20 = 75 percent.
    """
    if not left or not right:
        return False
    ratio = max(left / right, right / left)
    if _SHARE.match(after) and ratio == 100:
        return True
    told = (right_side[:1] if right_side[:1] in "$£€¥" else "") + after
    for behind, anywhere, factors in _UNITS:
        if ratio in factors and (unit := behind.match(told)):
            return any(other != unit[1] for other in anywhere.findall(near))
    return False


def goes_on(after: str, left: Fraction, right: Fraction) -> bool:
    """Whether only the whole part of the result was read: 7/2 = 3 and a half, 1 hour 30 minutes."""
    return right == int(left) != left and _MORE.match(after) is not None
