"""How a text opens before an equation and closes behind it, or goes on as part of it."""

import re

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'’"
_WORD = re.compile(r"([A-Za-z]+)(\(?)")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# A number behind one of these is part of what they say: "half of 6 + 2".
_BINDING = _words(
    "of by per over plus minus times negative twice thrice double triple half squared cubed sqrt "
    "root power mod modulo base divided multiplied added subtracted less more sin cos tan cot sec "
    "csc arcsin arccos arctan sinh cosh tanh log ln lg exp max min gcd lcm choose ceil floor xor "
    "nor nand shl shr"
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
LONGEST_LINE = 400
_TERM = re.compile(r"[-−*] ?\d")
_RESULT = re.compile(r"[\s*$]*[-−]?[\d,.]+[%°]?[\s*$.]*")
_RATIO = re.compile(r": ?[-−(]?\d")
_BEFORE = frozenset('<>≤≥≠→⇒⟹:;—–“”"‘`?#∴∵|~，。；：（、！？【「《✓✗')
_BEHIND_IT = frozenset(".,;:?!\"”’（')]}>…→⇒⟹✓✔✗✘❌✅<≤≥≠~`—–#@|，。；：？！）」】》、∴∵/")
_HARD = frozenset(":;→⇒⟹∴∵，。；：（、！？")
_PROSE = "\u2e80"  # before it a letter at a number is a name: x2; Han and kana are prose


def opening(text: str, at: int, side: str) -> str:
    """How the text before a first side ends: equal, hard, soft (in a word), or "" (it goes on)."""
    if not side.strip():
        return "hard"
    before = text[max(0, at - 40) : at]
    last = before[-1:]
    if last in ("=", "≈") or before.endswith("\\approx"):
        return "equal"
    has_gap = side[0] in " \t\xa0\u202f"
    if last in ("", "\n", "\r"):
        above = before.rstrip()
        if above.endswith("**"):  # what was set in bold
            return "hard"
        return "" if above and above[-1] in "+*/×÷·=^(," else "hard"
    if last.isalpha():
        if last >= _PROSE:
            return "soft"
        stem = before.rstrip(_LETTERS)
        word = before[len(stem) :]
        is_name = len(word) < 2 or stem.endswith("\\")
        return "" if not has_gap or is_name or word.lower() in _BINDING else "soft"
    if last == ":" and not has_gap:
        return "" if before[-2:-1].isdigit() else "hard"
    if last not in _BEFORE or before.endswith(("<<", ">>")) or (last == "|" and not has_gap):
        return ""
    return "hard" if last in _HARD else "soft"


def begins_item(text: str, at: int, side: str) -> bool:
    """Whether a side that begins with a star opens a line below prose or below an equation.

    Below a bare number the star multiplies it.
    """
    if text[at - 1 : at] not in ("", "\n", "\r") or not side.lstrip().startswith("* "):
        return False
    above = text[max(0, at - 200) : at].rstrip()
    above = above[above.rfind("\n") + 1 :]
    return not above[-1:].isdigit() or any(sign in above for sign in "=≈:")


def _ends_item(text: str, end: int, side: str, below: str) -> bool:
    """Whether the next line, which begins with a sign and a number, is another item of a list.

    It is where this line is an item with the same mark, or ends with a result: "x = 3 + 4" and
    below it "- 2 = 5" go on.
    """
    if below[1:2] != " ":
        return False
    line = text[max(0, end - LONGEST_LINE) : end]
    line = line[line.rfind("\n") + 1 :].lstrip()
    return line.startswith(below[:2]) or _RESULT.fullmatch(side) is not None


def closing(text: str, end: int, side: str) -> bool:
    """Whether a last side ends where the run ends."""
    after = text[end : end + 40]
    following = after[:1]
    if side.endswith(" ("):  # 12 (since ...), not 12 (x + 1)
        return following >= _PROSE or (
            (word := _WORD.match(after)) is not None
            and len(word[1]) > 1
            and word[1].lower() not in _GOES_ON
        )
    has_gap = side[-1:] in (" ", "\t", "\xa0", "\u202f")
    if following in ("", "\n", "\r"):
        below = after.lstrip()
        if below[:1] in ("+", "×", "÷", "·", "/", "^"):
            return False
        return not _TERM.match(below) or _ends_item(text, end, side, below)
    if following.isalpha():
        if following >= _PROSE:
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
    if following in "'’" and after[1:2].isdigit():
        return False  # 1'000
    return following in _BEHIND_IT and (has_gap or following != "|")
