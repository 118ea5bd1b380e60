"""Parts of two answers against each other: each with its counterpart, or in any order."""

from collections import Counter
from collections.abc import Callable, Sequence

Compare = Callable[[str, str], bool | None]
MOST = 30
"""Parts that are compared each with each."""


def ordered(got: Sequence[str], wanted: Sequence[str], compare: Compare) -> bool | None:
    """All parts are the same, each with its counterpart."""
    if len(got) != len(wanted):
        return False
    if len(got) > 4 * MOST:
        return True if tuple(got) == tuple(wanted) else None
    same = [compare(a, b) for a, b in zip(got, wanted, strict=True)]
    return False if False in same else None if None in same else True


def unordered(got: Sequence[str], wanted: Sequence[str], compare: Compare) -> bool | None:
    """The same parts in any order."""
    mine, other = Counter(got), Counter(wanted)
    rest, missing = list((mine - other).elements()), list((other - mine).elements())
    if max(len(rest), len(missing)) > MOST:
        return False if len(rest) != len(missing) else None
    unclear = False
    for part in missing:
        same = [compare(one, part) for one in rest]
        if True in same:
            rest.pop(same.index(True))
        elif None in same:
            unclear = True
        elif not any(compare(one, part) for one in got):
            return False  # and it is no repetition of another
    if unclear:
        return None
    if not rest and len(got) == len(wanted):
        return True
    return all(any(compare(one, part) for part in wanted) for one in rest)
