"""One spelling for answers that differ in typography, LaTeX wrapping or spacing only."""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

LONGEST = 2_000
"""Characters: longer answers are left as they stand."""


class _Fold(dict[int, str]):
    """Typographic variants to plain characters; digits of any script to 0-9."""

    def __missing__(self, code: int) -> str:
        # decimal(), not digit(): a circled or superscript 2 is no plain 2.
        value = unicodedata.decimal(chr(code), None)
        return chr(code) if value is None else str(value)


_fold = _Fold({code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)})  # fullwidth
_fold |= {ord(c): "-" for c in "−–—‐‑﹣"}
_fold |= {ord(c): "" for c in "\u200b\u200c\u200d\u2060\ufeff\u00ad"}
# Marks of writing direction that change nothing on a line of figures; overrides do, and stay.
_fold |= {ord(c): "" for c in "\u200e\u200f\u061c\u202a\u202b\u202c\u2066\u2067\u2068\u2069"}
_fold |= {ord(c): "\u2009" for c in "\u00a0\u2007\u2008\u202f\u200a"}  # thin and fixed spaces
_fold |= {ord(c): " " for c in "\u3000\u2002\u2003\u2004\u2005"}
_fold |= {ord(a): b for a, b in zip("‘’“”′，。；：、", "''\"\"',.;:,", strict=True)}
_fold |= {
    ord(a): b
    for a, b in {
        "½": " 1/2", "⅓": " 1/3", "⅔": " 2/3", "¼": " 1/4", "¾": " 3/4", "⅕": " 1/5",
        "⅛": " 1/8", "⅖": " 2/5", "⅗": " 3/5", "⅘": " 4/5", "⅙": " 1/6", "⅚": " 5/6",
        "⅐": " 1/7", "⅜": " 3/8", "⅝": " 5/8", "⅞": " 7/8", "⅑": " 1/9", "⅒": " 1/10",
        "∶": ":", "×": "\\times ", "·": "\\cdot ", "⋅": "\\cdot ", "÷": "/", "⁄": "/",
        "∕": "/", "π": "\\pi ", "∞": "\\infty ", "√": "\\sqrt ", "≤": "\\le ", "≥": "\\ge ",
        "≠": "\\ne ", "≈": "\\approx ", "±": "\\pm ", "∪": "\\cup ", "∩": "\\cap ",
        "∈": "\\in ", "θ": "\\theta ", "℃": "°C", "º": "°",
    }.items()
}  # fmt: skip

_TO_LINE = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿ", "0123456789-+n")
_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿ]+")
_FROM_BELOW = str.maketrans("₀₁₂₃₄₅₆₇₈₉ₙ", "0123456789n")
_LOWERED = re.compile("[₀₁₂₃₄₅₆₇₈₉ₙ]+")


def fold(text: str) -> str:
    """Fullwidth forms, minus signs, digits, spaces and common symbols in one spelling."""
    if text.isascii():
        return text
    text = _RAISED.sub(lambda run: "^{" + run[0].translate(_TO_LINE) + "}", text)
    text = _LOWERED.sub(lambda run: "_{" + run[0].translate(_FROM_BELOW) + "}", text)
    return text.translate(_fold)


_PAIRS = (
    ("$$", "$$"),
    ("$", "$"),
    ("\\(", "\\)"),
    ("\\[", "\\]"),
    ("**", "**"),
    ("`", "`"),
    ('"', '"'),
    ('\\"', '\\"'),
    ("{", "}"),
)


def _without_end(text: str) -> str:
    """Without the stops and LaTeX spaces after it."""
    while True:
        cut = text.rstrip(" \t\n\r.,;:")
        if len(cut) == len(text) or not cut.endswith("\\") or cut.endswith("\\\\"):
            return cut
        text = cut[:-1]  # it was \, or \;


def unwrapped(text: str) -> str:
    """Without the dollars, brackets, stars and bare braces around the whole of it."""
    for _ in range(6):
        text = _without_end(text.strip())
        for left, right in _PAIRS:
            inside = text[len(left) : -len(right)]
            if not inside or not text.startswith(left) or not text.endswith(right):
                continue
            if left not in inside and right not in inside and inside[-1] != "\\":
                text = inside
                break
        else:
            break
    dollars = text.count("$") - text.count("\\$")
    if dollars >= 2 and dollars % 2 == 0:
        text = re.sub(r"(?<!\\)\$", "", text)
    return text


_WRAPPERS = re.compile(
    r"\\(?:text|textrm|textnormal|textbf|textit|textsf|mathrm|mathbf|mathit|mathsf|mathbb|mbox|hbox|"
    r"operatorname|boldsymbol|bm)\*?\s?\{([^{}]*)\}"
)


_SWITCHED = re.compile(r"\{\\(?:rm|bf|it|sf) ([^{}]*)\}|^\\(?:rm|bf|it|sf) ([^{}]*)$")


def without_wrappers(text: str) -> str:
    """Without \\text{} and its like, whose content stays."""
    text = _SWITCHED.sub(lambda m: m[1] or m[2] or "", text)  # {\rm Saturday}
    for _ in range(3):
        text, times = _WRAPPERS.subn(r"\1", text)
        if not times:
            break
    return text


def _circled(number: int) -> str:
    return chr(0x245F + number) if 0 < number <= 20 else f"({number})"


_LATEX: list[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]] = [
    (re.compile(r"\\(?:left|right)\s?\."), ""),
    (re.compile(r"\\(?:m?left|m?right|[bB]igg?[lr]?|displaystyle|limits)(?![A-Za-z])"), ""),
    (re.compile(r"\{,\}|(?<!\\),\\!\s?"), ","),
    (re.compile(r"(?<!\\)\\!"), ""),
    (
        re.compile(
            r"(?<!\\)\\[,;:> ]|~|\\(?:(?:q?quad)(?![A-Za-z]{2})|(?:thinspace|enspace)(?![A-Za-z]))"
        ),
        "\u2009",
    ),
    (re.compile(r"\\[dtc]frac(?![A-Za-z])"), r"\\frac"),
    (re.compile(r"\\frac\s?(\d)\s?(\d)"), r"\\frac{\1}{\2}"),
    (re.compile(r"\\frac\s?(\d)\s?\{"), r"\\frac{\1}{"),
    (re.compile(r"(\\frac\s?\{[^{}]*\})\s?(\d)"), r"\1{\2}"),
    (re.compile(r"\^\s?\{?\s?\\circ\s?\}?|\\degree(?![A-Za-z])"), "°"),
    (re.compile(r"\\(leq|geq|neq)(?:slant)?(?![A-Za-z])"), lambda m: "\\" + m[1][:2] + " "),
    (re.compile(r"(?<=\d)\^\{? ?(st|nd|rd|th) ?\}?(?![A-Za-z])"), r"\1"),
    (re.compile(r"\\textcircled\s?\{(\d{1,2})\}"), lambda m: _circled(int(m[1]))),
    (re.compile(r"\\lbrace(?![A-Za-z])"), r"\\{"),
    (re.compile(r"\\rbrace(?![A-Za-z])"), r"\\}"),
    (re.compile(r"\\lbrack(?![A-Za-z])"), "["),
    (re.compile(r"\\rbrack(?![A-Za-z])"), "]"),
    (re.compile(r"\\([%$#&])"), r"\1"),
]
# "Answer: 14" in a box; 3:30 p.m.; {:} for a colon without space; infinity in letters.
_LEAD = re.compile(r"(?:the )?(?:final |correct )?answer(?: is)?\s?[:=]?\s(?=\S)", re.IGNORECASE)
_HALF_OF_DAY = re.compile(r"(?<=\d) ?([ap])\.? ?m\.?(?![a-z])", re.IGNORECASE)
_INFINITY = re.compile(
    r"(?<![A-Za-z\\])(?P<minus>negative |minus )?(?:infty|infinity)(?![A-Za-z])", re.IGNORECASE
)
_ESCAPED_TWICE = re.compile(r"\\\\(?=[A-Za-z])")
_SPACES = re.compile(r"[ \t\n\r\f\v]+")
_LOOSE_SPACE = re.compile(r"(?<![0-9A-Za-z]) | (?![0-9A-Za-z])")
# "1, 234" is two numbers and "1,234" is one: this space stays where no bracket tells them apart.
_SAFE_SPACE = re.compile(r"(?<![0-9A-Za-z,]) |(?<=,) (?!\d{3}(?!\d))| (?![0-9A-Za-z])")
_BRACED = re.compile(r"([\^_])\{([0-9](?=\}(?![0-9]))|[A-Za-z](?=\}(?![A-Za-z])))\}")
_WORDS = re.compile(r"[A-Za-z][a-z']+(?: [A-Za-z]+)*|[A-Z]{3,}(?: [A-Z]+)*")


@lru_cache(maxsize=1024)
def canonical(text: str) -> str:
    """A formula in one spelling: equal results are equal answers; unequal ones may be equal too.

    Thin spaces between digits stay as U+2009 and letters keep their case, unless all is words.
    """
    if len(text) > LONGEST:
        return text.strip()
    text = unwrapped(fold(text))
    if text.endswith("$") and text.count("$") == 1:
        text = text[:-1].removesuffix("\\")  # 12$, as prices are written elsewhere
    if "\\\\" in text and "\\begin" not in text:
        text = _ESCAPED_TWICE.sub(r"\\", text)
    if "\\" in text or "~" in text or "{,}" in text:
        text = without_wrappers(text)
        for pattern, by in _LATEX:
            text = pattern.sub(by, text)
    low = text.lower()
    if "answer" in low:
        text = _LEAD.sub("", text, count=1) if _LEAD.match(text) else text
    if "inf" in low:
        text = _INFINITY.sub(lambda m: "-\\infty " if m["minus"] else "\\infty ", text)
    if ":" in text:
        text = _HALF_OF_DAY.sub(lambda m: f" {m[1].lower()}m", text.replace("{:}", ":"))
    if "\u2009" in text:
        text = re.sub(r"(?<!\d)\u2009|\u2009(?!\d)", " ", text)
    text = _SPACES.sub(" ", text).lstrip(" ,;:").rstrip(" .,;:")
    text = (_LOOSE_SPACE if text[:1] in "([{\\" else _SAFE_SPACE).sub("", text)
    text = _BRACED.sub(r"\1\2", text)
    if len(text) == 3 and text[0] + text[2] == "()" and text[1].isupper():
        return text[1]  # "(C)", as multiple choice is answered
    return text.lower() if _WORDS.fullmatch(text) else text


@lru_cache(maxsize=1024)
def plain(text: str) -> str:
    """Words in one spelling: case, spacing, wrapping and outer punctuation taken off."""
    text = unicodedata.normalize("NFC", text[:LONGEST])
    text = " ".join(without_wrappers(unwrapped(fold(text))).split())
    text = text.lstrip(" ,;:?!*_").rstrip(" .,;:?*_")
    if text[-1:] == "!" and not text[-2:-1].isdigit():  # 5! is a number
        text = text.rstrip("!")
    if text[:1] in ("'", '"') and text[-1:] == text[:1]:  # f' is a name
        text = text[1:-1]
    return text.casefold()
