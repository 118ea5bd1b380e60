"""The whole of what a reader sees of a response, for kinds whose answer is all of it."""

import re

from generators.transcript import CLOSING

LONGEST = 1_000_000
"""Characters. No answer is longer, and what reads one stays within seconds on one that is."""

_TOKEN = re.compile(r"<\|[A-Za-z_ ]{1,40}\|>")


def reply(response: str) -> str:
    """The response after any thought, without the tokens that end a turn, without outer space."""
    text = response
    if "<" in text:
        for tag in CLOSING:
            text = text.rpartition(tag)[2]
        text = _TOKEN.sub(" ", text)
    return text.strip()


def shown(text: str, most: int = 60) -> str:
    """The beginning of a text on one line, for a verdict's detail; it can be written as UTF-8."""
    line = " ".join(text[: 4 * most].split())
    line = line if len(line) <= most else line[: most - 3] + "..."
    return line.encode("utf-8", "backslashreplace").decode("utf-8")
