"""Splits a canonical text where no bracket is open."""

import re
from functools import lru_cache

_BRACKETS = (
    r"(?P<open>\\\{|\\lbrace(?![a-z])|\\langle(?![a-z])|\\lfloor|\\lceil|[(\[{]|\\begin\{[a-z]+\*?\})|"
    r"(?P<close>\\\}|\\rbrace(?![a-z])|\\rangle|\\rfloor|\\rceil|[)\]}]|\\end\{[a-z]+\*?\})"
)


@lru_cache(maxsize=32)
def scanner(separator: str) -> re.Pattern[str]:
    """A pattern of brackets (groups open, close) and separators (group sep)."""
    return re.compile(f"{_BRACKETS}|(?P<sep>{separator})")


def split(text: str, separator: str) -> tuple[list[str], list[str]]:
    """The parts of a text between separators that stand in no bracket, and the separators."""
    parts, found = [], []
    depth = start = 0
    for token in scanner(separator).finditer(text):
        if token["open"]:
            depth += 1
        elif token["close"]:
            depth -= 1
        elif not depth:
            parts.append(text[start : token.start()].strip())
            found.append(token["sep"].strip())
            start = token.end()
    return [*parts, text[start:].strip()], found


OR = r"(?<![A-Za-z])or(?![A-Za-z])|或|\\(?:vee|lor)(?![a-z])"
AND = r"(?<![A-Za-z])and(?![A-Za-z])|[和与及]|\\(?:wedge|land)(?![a-z])|&(?!=)"
# A comma that groups no digits: "1,234" is one number, "1, 234" is two, and so is "x,234".
COMMA = r"(?<!\d),|,(?!\d{3}(?!\d))|(?<=\d{4}),"
RELATION = (
    r"<=|>=|!=|=|<|>|\\(?:le|ge|ne|lt|gt|in|notin|approx|leqslant|geqslant|equiv|sim)(?![a-z])"
)
