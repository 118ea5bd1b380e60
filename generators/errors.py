"""The two ways in which a run ends early. A fault of ours is neither, and keeps its traceback."""


class UserError(Exception):
    """A mistake the user can mend: shown as one line, without a traceback, with exit status 2."""


class Stopped(Exception):
    """The world is in the way (no room, a limit of the spec): shown as one line, exit status 1.

    What is on disk is whole; the same command goes on from there.
    """


class Interrupted(Exception):
    """The user asked to stop: what was under way is finished and kept, exit status 130."""


class BadRow(Exception):
    """An input row that cannot become a record: counted under its reason, shown on request."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
