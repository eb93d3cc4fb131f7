"""What stands in for an outside system, whatever it is reached by."""

from abc import ABC, abstractmethod
import logging
import random

from .clock import Clock
from .faults import Fault, FaultKind, Faults
from .recording import SeenRequest
from .wire import Call, Json, Reply, text_reply

_LOGGER = logging.getLogger(__name__)


class StandIn(ABC):
    """Its clock, the faults in wait, what it was asked, and what it answers."""

    def __init__(self) -> None:
        """Begin with the right time, no faults, and nothing seen."""
        self.clock = Clock()
        self.faults = Faults()
        self.requests: list[SeenRequest] = []
        self.slowness: tuple[float, float] | None = None
        """Seconds that every request takes, from least to most; None: no time."""

    @abstractmethod
    def answer(self, call: Call) -> Reply:
        """Handle one request as the outside system would."""

    def stored_events(self) -> list[Json]:
        """Return what is stored, each with stored_at in unix seconds; nothing here."""
        return []

    def configure(self, **changes: Json) -> None:
        """Change settings at run time; raise ValueError for an unknown one."""
        if changes:
            raise ValueError(f"nothing can be set, such as {', '.join(changes)}")

    def expire_logins(self) -> None:  # noqa: B027 - some give out none
        """Make every token that was given out invalid."""

    def restart(self, *, graceful: bool = False) -> None:  # noqa: B027 - some forget nothing
        """Restart the outside system, not this server."""

    def flush(self) -> None:  # noqa: B027 - most store at once
        """Write at once whatever is still to be written later."""

    def kill(self, part: str) -> None:
        """Stop a part until a restart; raise ValueError for an unknown one."""
        raise ValueError(f"{part!r} is not a part that can be killed")

    def reset(self) -> None:
        """Forget faults and seen requests, set the clock right, and be quick again."""
        self.clear_faults()
        self.slowness = None
        self.requests.clear()
        self.clock.offset = 0.0

    def add_faults(self, *faults: Fault) -> None:
        """Lay faults in wait, after those that already are."""
        for fault in faults:
            if fault.kind is FaultKind.EXPIRE_LOGINS:
                self.expire_logins()
            else:
                self.faults.waiting.append(fault)

    def clear_faults(self) -> None:
        """Take away every fault that lies in wait."""
        self.faults.waiting.clear()

    def waits(self) -> tuple[float, float]:
        """Draw the seconds that a request takes before and after it is handled."""
        if self.slowness is None:
            return 0.0, 0.0
        seconds = random.uniform(*self.slowness)
        before = random.uniform(0, seconds)
        return before, seconds - before

    def answer_safely(self, call: Call) -> Reply:
        """Answer, with 500 where the outside system would have crashed."""
        try:
            return self.answer(call)
        except Exception:
            _LOGGER.exception("Unhandled error at %s %s", call.method, call.path)
            return text_reply("Internal Server Error", 500)
