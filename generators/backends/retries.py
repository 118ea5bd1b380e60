"""How often and after which pause a request is sent again. The pauses and the count are ours alone.

No client library retries beneath: each attempt is one that the ledger knows of.
"""

import random
from dataclasses import dataclass

from generators.backends.faults import Fault

_FIRST = 0.5  # seconds
_REFUSALS = 30  # in a row for one request; with growing pauses that is about half an hour


def growing(times: int, rng: random.Random, *, most: float = 60.0) -> float:
    """Seconds to wait after so many failures: twice as long each time, up to `most`.

    With jitter, so that those who failed together do not come back together.
    """
    return min(most, _FIRST * 2.0 ** min(times, 16)) * rng.uniform(0.5, 1.0)


@dataclass(slots=True)
class Tries:
    """The attempts at one request."""

    attempts: int = 0
    failures: int = 0
    refusals: int = 0
    discarded_tokens: int = 0
    last: Fault | None = None

    def again(self, fault: Fault, retries: int, rng: random.Random) -> float | None:
        """Seconds until it may be sent again; None where it is given up.

        A refusal or a server that is away costs nothing and does not count as one of the retries.
        """
        self.last = fault
        self.discarded_tokens += fault.tokens
        match fault.cost:
            case "unreachable":
                return 0.0  # the server is away, the request is not to blame
            case "refused":
                self.refusals += 1
                if self.refusals > _REFUSALS:
                    return None
                return max(fault.pause or 0.0, growing(self.refusals - 1, rng))
            case "failed":
                self.failures += 1
                if self.failures > retries:
                    return None
                return max(fault.pause or 0.0, growing(self.failures - 1, rng, most=30.0))
            case _:
                return None
