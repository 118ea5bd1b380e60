"""Whether a sentence about its speaker is somebody else's: quoted, or told as what he says."""

import re

_SAYS = r"(?:says|said|claims|claimed|replies|replied|answers|answered|states|stated|writes|wrote)"
_ASKS = r"(?:asks|asked|exclaims|exclaimed|shouts|shouted|whispers|whispered)"
_OPENS = '"“„«「『'
_IN_FRONT = re.compile(
    rf"(?<![\w'’])(\w+) {_SAYS}(?: that| to \w+| to the \w+)?\s?[,:]?\s?[{_OPENS}]?\s?\Z"
)
# Behind these stands what a writer was told to be, or says himself.
_OF_ONESELF = frozenset(
    {
        "i", "we", "it", "which", "that", "and", "must", "should", "can", "will", "to",
        "my", "your", "the", "prompt", "system", "message", "instruction",
        "instructions", "developer", "policy",
    }
)  # fmt: skip
_BEHIND = re.compile(
    rf"[^\"”“»」』\n]{{0,100}}[\"”“»」』]\s?[,.]?\s?(?:{_SAYS}|{_ASKS}|"
    rf"(?:(?!i\b)\w+|(?:the|an?|his|her|my) \w+) (?:{_SAYS}|{_ASKS}))\b"
)
_FRONT = 60


def is_reported(near: str, start: int, end: int) -> bool:
    """Whether what stands there (in lower case) is put into another's mouth."""
    if start < len(near) and near[start] in _OPENS:
        start += 1
    said = _IN_FRONT.search(near, max(0, start - _FRONT), start)
    if said and said[1] not in _OF_ONESELF:
        return True
    is_quoted = start > 0 and near[start - 1] in _OPENS
    return is_quoted and _BEHIND.match(near, end) is not None
