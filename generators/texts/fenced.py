"""Text that others wrote, shown to a model as material: between marked lines, its tokens apart.

Whoever wrote it may have written it to the model that reads it. The mark is a hash of the text, so
nobody can write a text that holds its own.
"""

import re

# What chat templates open and close turns with, and the tags of thoughts.
_ROLE_TOKEN = re.compile(
    r"<(?=[|｜/]|(?:s|bos|eos|think|thinking|thought|summary|system|user|assistant|human|"
    r"start_of_turn|end_of_turn|tool_call|tool_response|im_start|im_end)>|<SYS>>)"
    r"|\[(?=/?(?:INST|SYSTEM|AVAILABLE_TOOLS)\])",
    re.IGNORECASE,
)
_ROLE_LINE = re.compile(
    r"^(?=[#* \t]{0,8}(?:system|user|human|assistant|instruction|response|judge)[* \t]{0,8}:)",
    re.IGNORECASE | re.MULTILINE,
)


def fenced(name: str, text: str, mark: str) -> str:
    """The text as a block of that name."""
    return f"BEGIN {name} {mark}\n{harmless(text)}\nEND {name} {mark}"


def harmless(text: str) -> str:
    """The text with template tokens taken apart and lines that seem to open a turn quoted."""
    text = "".join(c if c.isprintable() or c in "\n\t" else " " for c in text)
    return _ROLE_LINE.sub("| ", _ROLE_TOKEN.sub(lambda token: token[0] + " ", text))
