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
        above = before.rstrip()[-1:]
        return "" if above and above in "+*/×÷·=^(," else "hard"
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
        return below[:1] not in ("+", "×", "÷", "·", "/", "^") and not re.match(r"[-−*] ?\d", below)
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
