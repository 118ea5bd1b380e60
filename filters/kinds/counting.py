"""What is counted in a text: sentences, words in capitals. Where a count is open, its bounds."""

import re

# A run of stops is looked at once, from its first; so is a run of what may close after it.
_STOP = re.compile(r"(?<![.!?。！？])(?:[.!?]++[\"'”’)\]*_]*+(?=\s|$)|[。！？]++[”’」』）]*+)")
_LAST_WORD = re.compile(r"[^\s(\"'“‘*_]{1,20}$")
_IN_WORDS = re.compile(r"\w")
_ABBREVIATION = re.compile(
    r"(?:mr|mrs|ms|dr|prof|st|sr|jr|gen|col|capt|lt|rev|hon|inc|ltd|co|corp|vs|etc|e\.g|i\.e|cf|"
    r"al|approx|dept|est|fig|no|vol|pp|p|ed|eds|u\.s|u\.k|a\.m|p\.m|ph\.d|[a-z]|(?:[a-z]\.)+[a-z]|"
    r"jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|mt|ave|blvd|rd)",
    re.IGNORECASE,
)


def sentences(text: str) -> tuple[int, int]:
    """The least and the most sentences that a text has.

    IFEval counts with a trained tokenizer (punkt), for which a line break ends no sentence. What
    it may take for an abbreviation, an initial, the number of a list or an ellipsis is open.
    """
    least = most = end = 0
    for stop in _STOP.finditer(text):
        has_words = _IN_WORDS.search(text, end, stop.start()) is not None
        end = stop.end()
        most += has_words
        least += has_words and _ends(text, stop)
    rest = text[end:].strip()
    return least + bool(_IN_WORDS.search(rest)), most + bool(rest)


def _ends(text: str, stop: re.Match[str]) -> bool:
    """Whether a sentence surely ends here."""
    after = text[stop.end() : stop.end() + 20].lstrip()
    if stop[0][0] != "." or not after:
        return True
    word = _LAST_WORD.search(text, max(0, stop.start() - 20), stop.start())
    if stop[0].startswith("..") or after[0].islower() or word is None:
        return False
    # A number that begins its line is that of a list.
    before = text[max(0, word.start() - 8) : word.start()].rstrip(" \t*#-")
    is_item = word[0].isdigit() and (not before or before[-1] == "\n")
    return not is_item and not _ABBREVIATION.fullmatch(word[0])


_WORD = re.compile(r"[^\W_]++(?:['’\-./&][^\W_]++)*+")
_PIECE = re.compile(r"[^\W_]++")


def capital_words(text: str) -> tuple[int, int]:
    """The least and the most words in capitals alone: DON'T and AND/OR are one or two."""
    least = sum(word.isupper() for word in _WORD.findall(text))
    most = sum(piece.isupper() for piece in _PIECE.findall(text))
    return min(least, most), most
