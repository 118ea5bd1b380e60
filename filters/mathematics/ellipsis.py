"""Lists with some left out: 1, 2, \\ldots, 10 in full, where it is clear what is meant."""

DOTS = frozenset(("\\ldots", "\\dots", "\\cdots", "...", "…", "\\dotsc", "⋯"))
MOST = 200


def in_full(parts: tuple[str, ...]) -> tuple[str, ...]:
    """Parts with an arithmetic progression of whole numbers written out; others as they are."""
    at = next((n for n, part in enumerate(parts) if part in DOTS), -1)
    if at < 1 or at + 1 >= len(parts):
        return parts
    known = [_whole(part) for part in (*parts[max(0, at - 2) : at], parts[at + 1])]
    values = [value for value in known if value is not None]
    if len(values) < len(known):
        return parts
    step = values[-2] - values[-3] if len(values) > 2 else 1
    first, last = values[-2], values[-1]
    if not step or (last - first) % step or not 0 < (last - first) // step <= MOST:
        return parts
    between = (str(value) for value in range(first + step, last, step))
    return (*parts[:at], *between, *parts[at + 1 :])


def _whole(text: str) -> int | None:
    is_whole = text.removeprefix("-").isdecimal() and text.isascii() and len(text) < 10
    return int(text) if is_whole else None
