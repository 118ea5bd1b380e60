"""What makes a chain hard to read: one small function for each rule, which says what it found.

Each takes a sample and, where it needs one, a bound, and returns a few words for a person, or ""
where the sample keeps to the rule. Offsets count characters. All are linear in the text.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain

from generators.records import Sample
from generators.texts.prose import code_blocks, prose

# Under this a response is not called longer than its chain: a greeting needs no thought.
_SHORT_SUMMARY = 1_000

# A line that begins with a small letter goes on with the paragraph of the line before.
_PARAGRAPH_END = re.compile(r"\n(?![a-z])")
# "# of apples" is English.
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]++(?!of\b)\S", re.MULTILINE)
# Of dashes, one as long as its title: any other parts paragraphs or adds up.
_UNDERLINE = re.compile(r"\n {0,3}(={3,}+|-{3,}+)[ \t]*+$", re.MULTILINE)
_TABLE_RULE = re.compile(
    r"^[ \t]*+\|?[ \t]*+:?-++:?[ \t]*+(?:\|[ \t]*+:?-++:?[ \t]*+)++\|?[ \t]*+$", re.MULTILINE
)
_TABLE_BAR = re.compile(r"\|[ \t]*+:?-")  # in every rule, and quickly looked for
_LETTERS = re.compile(r"[^\W_]++")
_ROWS = 60  # a grid has no more
# Turns and edges of text in the templates of R1, Qwen, Llama, Gemma, Mistral, Phi; text-only tags
# of thought and solution, which `generators.transcript` leaves where they cannot be paired.
_TAG = re.compile(
    r"<(?:\|[A-Za-z][A-Za-z0-9_]{2,31}\|>|｜[^｜<>\s]{2,32}｜>|(?:start|end)_of_turn>"
    r"|/?think(?:ing)?>|/?s>|(?:bos|eos|pad|unk)>|</?SYS>>)"
)
_TOKEN = re.compile(rf"{_TAG.pattern}|\[/?INST\]|\[TOOL_(?:CALLS|RESULTS)\]")
_ENVIRONMENT = re.compile(r"\\(begin|end)\{([A-Za-z]{1,20}+\*?)\}")
_DOLLARS = re.compile(r"\$\$?")
_INLINE_CODE = re.compile(r"`[^`\n]{1,1000}+`")
# Dollars that are no mathematics: a $ by itself, US$; $5, $1,000, $3.2M and **$-5**; $HOME, ${x},
# $(pwd), $? and $name of three letters or more; 5$ behind a word; $<<2*3=6>>6 is GSM8K's.
_MONEY = re.compile(
    r"(?<=\bUS)\$|(?<=\bHK)\$|(?<!\S)\$(?!\S)"
    r"|\$[ ]?(?:<<[^<>\n]{1,200}+>>)?[+-]?\.?\d[\d,.]*+(?:-?[A-Za-z]++)?+"
    r"(?![ ]?(?:[\^{]|\\[A-Za-z])|_\w|[$])"
    r"|\$(?:[A-Za-z]{3}\w*+(?![\^{(\\])|\{\w++\}|[?@#!](?!\S))"
    r"|\$\([a-z]{3,}+[^()$\n\\^_={}]{0,100}+\)"
)
# Behind a number, or behind a regex: ^b$.
_PRICE = re.compile(r"(?:^|[^\W\d_] ?)\d[\d,.]*+$|\s\^[A-Za-z\[(\\.]\S*+$")
_AFTER_PRICE = ("", " ", "\n", ",", ".", ")")
# All but tab, line ends and NEL; and the replacement character, which something unreadable left.
_CONTROLS = frozenset(map(chr, (*range(32), *range(127, 160), 0xFFFD))) - set("\t\n\r\x85")
_CONTROL = "".join(_CONTROLS & set(map(chr, range(128)))).encode()
_CONTROL_ABOVE = re.compile(rb"\xc2[\x80-\x84\x86-\x9f]")  # in UTF-8


def long_paragraph(sample: Sample, longest: int) -> str:
    """A paragraph of the chain of more than `longest` characters, code aside.

    A paragraph ends with its line, unless the next one begins with a small letter (text that was
    wrapped): lists and tables are many paragraphs.
    """
    text = sample.reasoning
    if len(text) <= longest or _is_broken_up(text, "\n\n", longest // 2):
        return ""
    for start, end in _outside_code(text):
        at = start
        for block in text[start:end].split("\n\n"):
            for part in _PARAGRAPH_END.split(block) if len(block) > longest else ():
                if len(part) > longest:
                    where = text.index(part, at)
                    return f"{len(part):,} characters at offset {where}"
            at += len(block) + 2
    return ""


def code_block(sample: Sample) -> str:
    """A fenced code block in the chain (R1's report, v1 section 2.3.3, drops them)."""
    blocks = code_blocks(sample.reasoning)
    return f"{len(blocks)} in the chain, at offset {blocks[0].start}" if blocks else ""


def heading(sample: Sample) -> str:
    """A markdown heading in the chain: one to six #, a blank and words, or an underlined title."""
    text = sample.reasoning
    if "#" in text and (found := _first(_HEADING, text)):
        return found
    if "===" not in text and "---" not in text:
        return ""
    for start, end in _outside_code(text):
        for rule in _UNDERLINE.finditer(text, start, end):
            before = text[max(0, rule.start() - 120) : rule.start()]
            if title := _title(before, rule[1]):
                return f"at offset {text.rindex(title, 0, rule.start())}"
    return ""


def table(sample: Sample) -> str:
    """A markdown table in the chain: a row with a rule of dashes and bars below it."""
    text = sample.reasoning
    if "|" not in text or not _TABLE_BAR.search(text):
        return ""
    for start, end in _outside_code(text):
        for rule in _TABLE_RULE.finditer(text, start, end):
            above = text[text.rfind("\n", 0, max(rule.start() - 1, 0)) + 1 : rule.start()]
            if "|" in above and any(map(str.isalnum, above)):
                return f"at offset {rule.start()}"
    return ""


def no_summary(sample: Sample) -> str:
    """No response after the chain."""
    return "" if sample.response.strip() else "the response is empty"


def long_summary(sample: Sample, times: float) -> str:
    """A response of more than `times` the characters of its chain, and more than 1,000."""
    chain, response = len(sample.reasoning), len(sample.response)
    if not chain or response <= max(_SHORT_SUMMARY, times * chain):
        return ""
    return f"{response:,} characters after a chain of {chain:,}"


def template_token(sample: Sample) -> str:
    """A token of some chat template left in the text; one named in code is a mention."""
    for name, text in _texts(sample):
        token = _TOKEN if "INST]" in text or "[TOOL" in text else _TAG
        found = token.search(text)
        struck = found is not None and _has_struck(text)
        while found and (
            prose(text)[found.start()] != text[found.start()]
            or (struck and found[0] in ("<s>", "</s>"))
        ):
            found = token.search(text, found.end())
        if found:
            return f"{found[0]} at offset {found.start()} of the {name}"
    return ""


def control_character(sample: Sample) -> str:
    """A control character, a replacement character or half of a surrogate pair."""
    for name, text in _texts(sample):
        try:
            data = text.encode()
        except UnicodeEncodeError as error:
            return f"U+{ord(text[error.start]):04X} at offset {error.start} of the {name}"
        plain = len(data.translate(None, _CONTROL)) == len(data)
        if not plain or "\ufffd" in text or (len(data) > len(text) and _CONTROL_ABOVE.search(data)):
            at = next(at for at, letter in enumerate(text) if letter in _CONTROLS)
            return f"U+{ord(text[at]):04X} at offset {at} of the {name}"
    return ""


def wall_of_symbols(sample: Sample, longest: int) -> str:
    """More than `longest` signs in a row with no letter or digit between them, blanks aside.

    A grid is none: up to 60 lines of one width, or with as many bars in each, such as a maze, the
    board of a puzzle, a table that is still empty.
    """
    for name, text in _texts(sample):
        step = longest // 2 + 1
        # A wall fills one of these pieces; in any other the first look finds a letter.
        whole = text[: len(text) // step * step]
        if all(
            sign.isalnum() or _LETTERS.search(text, number * step, (number + 1) * step)
            for number, sign in enumerate(whole[::step])
        ):
            continue
        start = 0
        for found in chain(_LETTERS.finditer(text), [None]):
            end = found.start() if found else len(text)
            signs = len("".join(text[start:end].split())) if end - start > longest else 0
            if signs > longest and not _is_grid(text[start:end]):
                return f"{signs:,} signs at offset {start} of the {name}"
            start = found.end() if found else end
    return ""


def open_fence(sample: Sample) -> str:
    """A code fence that is never closed."""
    for name, text in _texts(sample):
        blocks = code_blocks(text)
        if blocks and not blocks[-1].is_closed:
            return f"at offset {blocks[-1].start} of the {name}"
    return ""


def open_mathematics(sample: Sample) -> str:
    """Mathematics that is opened and not closed, or closed and not opened, by number.

    \\( and \\), \\[ and \\], \\begin and \\end of each environment, and dollars (not those
    of money and of shells).
    """
    for name, text in _texts(sample):
        if ("\\" in text or "$" in text) and (found := _unpaired(text)):
            return f"{found} in the {name}"
    return ""


def _texts(sample: Sample) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("chain", sample.reasoning), ("response", sample.response)


def _outside_code(text: str) -> Iterator[tuple[int, int]]:
    """Stretches of a text between its code blocks."""
    at = 0
    for block in code_blocks(text):
        yield at, block.start
        at = block.end
    yield at, len(text)


def _first(pattern: re.Pattern[str], text: str) -> str:
    for start, end in _outside_code(text):
        if found := pattern.search(text, start, end):
            return f"at offset {found.start()}"
    return ""


def _title(before: str, rule: str) -> str:
    """The line before a rule, where it stands alone and reads like a title; "" where not."""
    above, _, line = before.rpartition("\n")
    title = line.strip()
    if above.rpartition("\n")[2].strip() or not (title[:1] + title[-1:]).isalnum():
        return ""
    is_long = len(line) < 100 and (rule[0] == "=" or abs(len(title) - len(rule)) <= 2)
    return title if is_long and 2 * sum(map(str.isalpha, title)) > len(title) else ""


def _has_struck(text: str) -> bool:
    """Whether <s> is HTML's for struck text here: in a pair that is not around the whole."""
    text = text.strip()
    around = text.startswith("<s>") and text.endswith("</s>")
    return not around and "<s>" in text and "</s>" in text


def _is_broken_up(text: str, sign: str, step: int) -> bool:
    """Whether each piece of so many characters has the sign in it."""
    return all(
        text.find(sign, at, at + step) >= 0 for at in range(0, len(text) - step + 1, max(step, 1))
    )


def _is_grid(wall: str) -> bool:
    """Whether signs make a grid; of their first and last line, a part may belong to the text."""
    lines = [line.strip() for line in wall.split("\n")[1:-1]]
    rows = [line for line in lines if line and not line.startswith(("```", "~~~"))]
    widths, bars = {len(row) for row in rows}, {row.count("|") for row in rows}
    is_even = (len(widths) == 1 and min(widths) > 2) or (len(bars) == 1 and min(bars) > 2)
    return 2 < len(rows) <= _ROWS and is_even


@lru_cache(maxsize=8)
def _unpaired(text: str) -> str:
    """The first kind of delimiter whose numbers differ, with both numbers; "" for none."""
    environments = "\\begin{" in text or "\\end{" in text
    if _uneven(text, environments):
        # Row ends such as \\[2pt], and what is only named in code.
        text = _without_code(text).replace("\\\\", "  ")
        if found := _uneven(text, environments):
            return found
    if "$" in text:
        text = text.replace("\\$", "xx")
        # What is left in the prose belongs to no pair.
        left = [
            found[0]
            for found in _DOLLARS.finditer(prose(text))
            if not _is_money(text, found.start())
        ]
        if left.count("$") % 2 or left.count("$$") % 2:
            return "an odd number of dollars"
    return ""


def _is_money(text: str, at: int) -> bool:
    """Whether a dollar is one of money, of a shell or of a regex."""
    if _MONEY.match(text, at):
        return True
    return text[at + 1 : at + 2] in _AFTER_PRICE and bool(_PRICE.search(text[max(0, at - 16) : at]))


def _uneven(text: str, environments: bool) -> str:
    for opening, closing in (("\\(", "\\)"), ("\\[", "\\]")):
        opened, closed = text.count(opening), text.count(closing)
        if opened != closed:
            return f"{opened} {opening} and {closed} {closing}"
    if not environments:
        return ""
    begun: Counter[str] = Counter()
    for found in _ENVIRONMENT.finditer(text):
        begun[found[2]] += 1 if found[1] == "begin" else -1
    wrong = [name for name, count in begun.items() if count]
    return f"{wrong[0]} begins and ends unequally often" if wrong else ""


def _without_code(text: str) -> str:
    kept = "\n".join(text[start:end] for start, end in _outside_code(text))
    return _INLINE_CODE.sub("", kept)
