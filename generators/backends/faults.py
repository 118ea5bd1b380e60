"""What can go wrong with an attempt, and what that costs: nothing, an attempt, a sample, all."""

from collections.abc import Mapping, Sequence
from email.utils import parsedate_to_datetime
from typing import Any, Literal

import orjson

from generators.errors import Stopped, UserError

# refused: the server is busy, nothing was paid; ask again later, as often as it takes.
# unreachable: there is no server right now; nothing was paid.
# failed: something was lost on the way; ask again, a few times.
# sample: asking this again is hopeless, others may go on.
# run: whatever is asked of this server, it will be the same.
Cost = Literal["refused", "unreachable", "failed", "sample", "run"]

# Failures after which a server may well be gone altogether; one prompt can hardly be the cause.
GONE = frozenset({"disconnected", "timeout", "bad_gateway"})


class Fault(Exception):
    """An attempt that brought no answer. It holds no request and no header, hence no key."""

    def __init__(
        self,
        reason: str,
        words: str = "",
        cost: Cost = "failed",
        *,
        pause: float | None = None,
        tokens: int = 0,
        status: int = 0,
    ) -> None:
        super().__init__(reason, words)
        self.reason = reason
        """A fixed word: what stands after "error:" if no attempt succeeds."""
        self.words = words
        """The server's own words; not yet fit to be shown, for they may repeat a key."""
        self.cost = cost
        self.pause = pause
        """Seconds that the server asked to wait."""
        self.tokens = tokens
        """Tokens that came and are thrown away, as far as it is known."""
        self.status = status


_BY_STATUS: dict[int, tuple[str, Cost]] = {
    401: ("unauthorized", "run"),
    402: ("unpaid", "run"),
    403: ("forbidden", "run"),
    404: ("not_found", "run"),
    405: ("not_found", "run"),
    408: ("timeout", "failed"),
    409: ("server_error", "failed"),
    425: ("overloaded", "refused"),
    429: ("rate_limited", "refused"),
    502: ("bad_gateway", "failed"),
    503: ("overloaded", "refused"),
    504: ("bad_gateway", "failed"),
    529: ("overloaded", "refused"),
}
# A budget that is used up comes as 429, and no pause mends it.
_UNPAID = frozenset({"insufficient_quota", "billing_hard_limit_reached", "insufficient_balance"})
_TOO_LONG = (
    "context length",
    "context_length",
    "max_model_len",
    "maximum context",
    "too many token",
)


def of_status(status: int, headers: Mapping[str, str], body: bytes) -> Fault:
    """What an answer without success says. https://www.rfc-editor.org/rfc/rfc9110#section-15"""
    words, code = _words(body)
    reason, cost = _BY_STATUS.get(status, ("", "failed"))
    if 300 <= status < 400:
        reason, cost = "redirected", "run"
        words = f"{status} to {headers.get('Location', 'nowhere')}"
    elif code in _UNPAID:
        reason, cost = "unpaid", "run"
    elif status >= 500 and not reason:
        reason = "server_error"
    elif not reason:
        low = words.lower()
        long = status == 413 or any(sign in low for sign in _TOO_LONG)
        reason, cost = ("prompt_too_long" if long else "bad_request"), "sample"
    return Fault(reason, words, cost, pause=_pause(headers), status=status)


def of_error(error: Any) -> Fault:
    """An error that came with status 200, as a body or in the middle of a stream."""
    status = error.get("code", error.get("status")) if isinstance(error, dict) else None
    if isinstance(status, str) and status.isdecimal() and len(status) == 3:
        status = int(status)
    if isinstance(status, int) and 400 <= status < 600:
        return of_status(status, {}, orjson.dumps({"error": error}))
    words, code = _words(orjson.dumps({"error": error}))
    if code in _UNPAID:
        return Fault("unpaid", words, "run")
    return Fault("error_in_answer", words)


def _words(body: bytes) -> tuple[str, str]:
    """The message and the code of an error, in whichever of the usual shapes it comes."""
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError:
        return body[:20_000].decode("utf-8", "replace"), ""
    error = told.get("error", told) if isinstance(told, dict) else told
    if not isinstance(error, dict):
        return str(error), ""
    words = next((error[k] for k in ("message", "detail", "error", "msg") if error.get(k)), error)
    code = error.get("code") or error.get("type") or ""
    return str(words), code if isinstance(code, str) else ""


def _pause(headers: Mapping[str, str]) -> float | None:
    """Seconds of Retry-After: a number, or a date, which is read against the server's own clock."""
    for name, unit in (("retry-after-ms", 0.001), ("Retry-After", 1.0)):
        text = headers.get(name, "")
        try:
            seconds = float(text) * unit
        except ValueError:
            continue
        return seconds if 0 <= seconds < 1e9 else None
    try:
        until = parsedate_to_datetime(headers["Retry-After"])
        return max(0.0, (until - parsedate_to_datetime(headers["Date"])).total_seconds())
    except (KeyError, ValueError, TypeError):
        return None


def fatal(fault: Fault, url: str, key_name: str, offered: Sequence[str]) -> Exception:
    """Why a run cannot go on, as one line with the mend; the fault's words are fit to be shown.

    `offered` are the models that the server has.
    """
    words = f"; the server says: {fault.words}" if fault.words else ""
    match fault.reason:
        case "unauthorized" | "forbidden" if key_name:
            mend = f"refuses the key in the environment variable {key_name}"
        case "unauthorized" | "forbidden":
            mend = "wants a key: name the environment variable that holds it, as in key: MY_KEY"
        case "unpaid":
            return Stopped(f"{url}: there is no credit left{words}")
        case "redirected":
            mend = "sends us elsewhere, and a key is not sent there: give the url it names"
        case _:
            mend = "knows no such model or path"
            if offered:
                words += f"; it offers {', '.join(offered)}"
    return UserError(f"{url} {mend} (status {fault.status}){words}")
