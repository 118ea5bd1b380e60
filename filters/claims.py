"""Plain equations in running text: where one stands, its sides, and what stands around it.

Only numbers, signs and brackets are read. A side that goes on in a letter, an index or an unknown
command is none: better no claim than a wrong one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

FARTHEST = 300
"""Characters an equation may reach to the left of its first sign of equality."""
LONGEST = 4000
"""Characters it may reach to the right: what is longer is no equation that people write."""

# What sides are made of: no line breaks but before the next sign of equality.
_NAMES = "frac dfrac tfrac cfrac sqrt times cdot ast div left right boxed circ displaystyle quad"
_SIGNS = r"0-9.,+\-−*/×÷·⋅∙•^(){}\[\]%!√°⁰¹²³⁴⁵⁶⁷⁸⁹⁻ \t\xa0\u202f$&…"
_COMMAND = rf"\\(?:{'|'.join(_NAMES.split())}|approx)(?![A-Za-z])|\\[,;:!% $()]"
_BREAK = r"(?:\\\\|\r?\n)[ \t&$]*(?:\r?\n[ \t&$]*)?(?=[=≈]|\\approx)"
_TIMES = r"(?:(?<=\d)x(?=\d)|(?<=\d )x(?= \d))"
_AHEAD = re.compile(rf"(?:[{_SIGNS}=≈]+|{_COMMAND}|{_BREAK}|{_TIMES}|sqrt(?=\())+")
# The same backwards.
_DNAMMOC = "|".join(name[::-1] for name in _NAMES.split())
_BEHIND = re.compile(
    rf"[ \t&$]*(?:(?:\n\r?|\\\\)[ \t&$]*)?(?:\n\r?[ \t&$]*)?"
    rf"(?:[{_SIGNS}\\]+|(?:{_DNAMMOC})\\|{_TIMES}|(?<=\()trqs)*"
)
_EQUAL = re.compile(r"=|≈|\\approx(?![A-Za-z])")
# A sign of equality with the end of a number on its left and the beginning of one on its right.
_ENDS = r"[0-9)}\]%!⁰¹²³⁴⁵⁶⁷⁸⁹°$*\\&.\s…]"
_BEGINS = (
    r"(?=[\s$&({\[*\\]{0,12}(?:[-−+√.\d]|\\(?:[dtc]?frac|sqrt|boxed|left)(?![A-Za-z])|sqrt\())"
)
_BETWEEN_EQUALS = re.compile(rf"=(?:(?<={_ENDS}=)|(?<={_ENDS} =)){_BEGINS}")
_BETWEEN = re.compile(
    rf"(?:=(?:(?<={_ENDS}=)|(?<={_ENDS} =))|≈(?:(?<={_ENDS}≈)|(?<={_ENDS} ≈))"
    rf"|\\approx(?:(?<={_ENDS}\\approx)|(?<={_ENDS} \\approx))){_BEGINS}"
)
# x2, a_2, x^2: what stands right at a name is part of it.
_NAMED = re.compile(r"[A-Za-zͰ-Ͽ_'|][^\s$\\]")
_DIGIT = re.compile(r"\d")
# Marks of LaTeX and of money that do not end a side.
_INSIDE = re.compile(
    r"(?<=[=≈+\-*/×(])\$(?=\d)|(?<=[=≈+\-*/×(] )\$(?=\d)|\$(?=\s*[=≈])|\\\$"
    rf"|{_BREAK}"
    r"|(?<=[=≈])\\\(|(?<=[=≈] )\\\(|\\\)(?=\s*[=≈])|&(?=[=≈])|(?<=[=≈])&"
)
_CUT = re.compile(
    r"(?<!\.)\.(?!\.)(?=[\s$)\\*]|\Z)|,(?=[\s$]|\Z)|\$|\\[()\[\]\\]|&|[!=/]?==*(?<=[!=/]=)|=+/="
)
_MARKER = re.compile(r"\s*(?:[-•] +|\*\*(?=[\d(])|\(?\d{1,3}\) +)(?=[\d(\\√.\-*])")
_STARS = re.compile(r"(?<=[\d)}!%])\*{1,3} *\Z")

_LAST_WORD = re.compile(r"(\\?)([A-Za-z]+)\Z")
_WORD = re.compile(r"([A-Za-z]+)(\(?)")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# A number behind one of these is part of what they say: "half of 6 + 2".
_BINDING = _words(
    "of by per over plus minus times negative twice thrice double triple half squared cubed sqrt "
    "root power mod modulo base divided multiplied added subtracted less more sin cos tan cot sec "
    "csc log ln lg exp max min gcd lcm choose"
)
_GOES_ON = _words(
    "mod modulo squared cubed times plus minus over divided multiplied choose pi sqrt sin cos tan "
    "cot sec csc log ln remainder rem"
)
_UNITS = (
    "mm cm km kg mg ml mL kJ Hz mph ft in lb lbs oz min sec hr hrs hours minutes seconds days "
    "years cents dollars USD kW kWh units meters feet inches"
)
_UNIT = re.compile(rf"(?:{'|'.join(sorted(_UNITS.split(), key=len, reverse=True))})(?![A-Za-z(])")
_AFTER_COMMAND = re.compile(
    r"\\(?:[\])\\\"]|(?:text|textbf|quad|qquad|implies|iff|to|[Rr]ightarrow|Longrightarrow|therefore|"
    r"end|tag|neq?|leq?|geq?|lt|gt|hline|mathrm|checkmark|big[rl]?|hspace|because)(?![A-Za-z]))"
)
_RATIO = re.compile(r": ?[-−(]?\d")
_BEFORE = frozenset('<>≤≥≠→⇒⟹:;—–“”"‘`?#∴∵|~，。；：（、！？【「《✓✗')
_BEHIND_IT = frozenset(".,;:?!\"”’')]}>…→⇒⟹✓✔✗✘❌✅<≤≥≠~`—–#@|，。；：？！）」】》、∴∵/")
_HARD = frozenset(":;→⇒⟹∴∵，。；：（、！？")
_NOT_PROSE = 0x2E80  # below it a letter at a number is a name: x2; Han and kana are prose


@dataclass(frozen=True, slots=True)
class Chain:
    """Sides that a text says are equal: a = b = c."""

    start: int
    end: int
    sides: tuple[str, ...]
    """"" where a side is not made of numbers alone."""
    relations: str
    """One sign between each two sides: = or ≈."""
    is_loose: bool
    """Whether prose stands right before the first side, which may belong to it."""


def chains(text: str) -> Iterator[Chain]:
    """Every run of equations, in order. Linear in the text."""
    done = 0
    # A search that begins with one sign is many times as fast.
    rough = "≈" in text or "\\approx" in text
    for found in (_BETWEEN if rough else _BETWEEN_EQUALS).finditer(text):
        at, behind_it = found.span()
        if at < done:
            continue
        ahead = _AHEAD.match(text, at, at + LONGEST)
        assert ahead is not None
        window = text[max(done, at - FARTHEST) : at][::-1]
        done = ahead.end()
        behind = _BEHIND.match(window)
        assert behind is not None
        start = at - behind.end()
        is_named = not _DIGIT.search(text, start, at) or (
            _NAMED.match(text, start - 1) and not _CUT.search(text, start, at)
        )
        if is_named and not _EQUAL.search(text, behind_it, done):
            continue  # as most are: x = 5
        if behind.end() < FARTHEST and done < at + LONGEST:
            yield from _parts(text, start, done)


def _parts(text: str, start: int, end: int) -> Iterator[Chain]:
    """The equations of a run, which commas, full stops and dollar signs part."""
    run = text[start:end]
    if "$" in run or "\\" in run or "&" in run:
        run = _INSIDE.sub(lambda found: " " * len(found[0]), run)
    begin = 0
    while cut := _CUT.search(run, begin):
        part = run[begin : cut.start()]
        if _EQUAL.search(part) and (chain := _chain(text, start, begin, part, begin == 0, False)):
            yield chain
        begin = cut.end()
    part = run[begin:]
    if _EQUAL.search(part) and (chain := _chain(text, start, begin, part, begin == 0, True)):
        yield chain


def _chain(
    text: str, start: int, begin: int, part: str, is_first: bool, is_last: bool
) -> Chain | None:
    signs = list(_EQUAL.finditer(part))
    edges = [0, *(edge for sign in signs for edge in sign.span()), len(part)]
    sides = [part[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]
    if sum(1 for side in sides if _DIGIT.search(side)) < 2:
        return None
    how = _opening(text, start + begin, sides[0]) if is_first else "hard"
    marker = _MARKER.match(sides[0]) if how == "hard" else None
    if marker:
        sides[0] = sides[0][marker.end() :]
        edges[0] = marker.end()
    elif sides[0].lstrip()[:2] == "**":
        sides[0] = sides[0].replace("**", "", 1)
    first = sides[0].lstrip()
    if not how or first[:1] in "+*/^" or (how == "soft" and first[:2] in ("- ", "− ")):
        sides[0] = ""
    if is_last and not _closing(text, start + begin + len(part), sides[-1]):
        sides[-1] = ""
    if "*" in part:
        sides = [_STARS.sub("", side) for side in sides]
    sides = [side.strip() for side in sides]
    sides[0], sides[-1] = _unbracketed(sides[0], "("), _unbracketed(sides[-1], ")")
    read = [number for number, side in enumerate(sides) if side]
    if len(read) < 2:
        return None
    begin += start
    one, last = read[0], read[-1]
    gap = len(part[edges[2 * one] :]) - len(part[edges[2 * one] :].lstrip())
    return Chain(
        begin + edges[2 * one] + gap,
        begin + len(part[: edges[2 * last + 1]].rstrip()),
        tuple(sides[one : last + 1]),
        "".join("=" if sign[0] == "=" else "≈" for sign in signs[one:last]),
        how == "soft" and one == 0,
    )


def _unbracketed(side: str, bracket: str) -> str:
    """Without brackets at its edge whose partners stand outside the equation."""
    over = side.count("(") - side.count(")")
    if bracket == "(":
        while over > 0 and side[:1] == "(":
            side, over = side[1:].lstrip(), over - 1
    else:
        while over < 0 and side[-1:] == ")":
            side, over = side[:-1].rstrip(), over + 1
    return side


def _opening(text: str, at: int, side: str) -> str:
    """How the text before a first side ends: hard, soft (in a word), or "" where it goes on."""
    if not side.strip():
        return "hard"
    before = text[max(0, at - 40) : at]
    last = before[-1:]
    if last in ("=", "≈") or before.endswith("\\approx"):
        return "hard"
    has_gap = side[0] in " \t\xa0\u202f"
    if last in ("", "\n", "\r"):
        above = before.rstrip()[-1:]
        return "" if above and above in "+*/×÷·=^(," else "hard"
    if last.isalpha():
        if ord(last) >= _NOT_PROSE:
            return "soft"
        word = _LAST_WORD.search(before)
        if not has_gap or word is None or word[1] or len(word[2]) == 1:
            return ""
        return "" if word[2].lower() in _BINDING else "soft"
    if last == ":" and not has_gap:
        return "" if before[-2:-1].isdigit() else "hard"
    if last not in _BEFORE or (last == "|" and not has_gap):
        return ""
    return "hard" if last in _HARD else "soft"


def _closing(text: str, end: int, side: str) -> bool:
    """Whether a last side ends where the run ends."""
    after = text[end : end + 40]
    following = after[:1]
    has_gap = side[-1:] in (" ", "\t", "\xa0", "\u202f")
    if following in ("", "\n", "\r"):
        below = after.lstrip()
        return below[:1] not in ("+", "×", "÷", "·", "/", "^") and not re.match(r"[-−*] ?\d", below)
    if following.isalpha():
        if ord(following) >= _NOT_PROSE:
            return True
        word = _WORD.match(after)
        if not has_gap:
            return _UNIT.match(after) is not None
        if word is None or word[2] or (len(word[1]) == 1 and word[1] not in "IA"):
            return False
        return word[1].lower() not in _GOES_ON
    if following == "\\":
        return _AFTER_COMMAND.match(after) is not None
    if following == ":":
        return _RATIO.match(after) is None
    return following in _BEHIND_IT and (has_gap or following != "|")
