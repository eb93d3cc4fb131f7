"""A simulated outside system, independent of its transport."""

from abc import ABC, abstractmethod
import logging
import random

from .clock import Clock
from .faults import Fault, FaultKind, Faults
from .recording import SeenRequest
from .wire import Call, Json, Reply, text_reply

_LOGGER = logging.getLogger(__name__)


class SimulatedSystem(ABC):
    """The clock, faults, recorded requests and responses of a simulated system."""

    def __init__(self) -> None:
        """Begin with the right time, no faults, and no requests."""
        self.clock = Clock()
        self.faults = Faults()
        self.requests: list[SeenRequest] = []
        self.slowness: tuple[float, float] | None = None
        """Range of seconds that every request takes; None: no time."""

    @abstractmethod
    def answer(self, call: Call) -> Reply:
        """Handle one request as the outside system would."""

    def stored_events(self) -> list[Json]:
        """Return all stored items, with stored_at in unix seconds; none here."""
        return []

    def configure(self, **changes: Json) -> None:
        """Change settings at run time; raise ValueError for an unknown one."""
        if changes:
            raise ValueError(f"nothing can be set, such as {', '.join(changes)}")

    def expire_logins(self) -> None:  # noqa: B027 - some give out none
        """Invalidate every token that was issued."""

    def restart(self, *, graceful: bool = False) -> None:  # noqa: B027 - some forget nothing
        """Restart the outside system, not this server."""

    def flush(self) -> None:  # noqa: B027 - most store at once
        """Do all pending writes at once."""

    def kill(self, part: str) -> None:
        """Stop a part until a restart; raise ValueError for an unknown one."""
        raise ValueError(f"{part!r} is not a part that can be killed")

    def reset(self) -> None:
        """Clear faults and recorded requests, and reset clock and slowness."""
        self.clear_faults()
        self.slowness = None
        self.requests.clear()
        self.clock.offset = 0.0

    def add_faults(self, *faults: Fault) -> None:
        """Arm faults, after those already armed."""
        for fault in faults:
            if fault.kind is FaultKind.EXPIRE_LOGINS:
                self.expire_logins()
            else:
                self.faults.waiting.append(fault)

    def clear_faults(self) -> None:
        """Remove all armed faults."""
        self.faults.waiting.clear()

    def waits(self) -> tuple[float, float]:
        """Draw the delays before and after a request is handled."""
        if self.slowness is None:
            return 0.0, 0.0
        seconds = random.uniform(*self.slowness)
        before = random.uniform(0, seconds)
        return before, seconds - before

    def answer_safely(self, call: Call) -> Reply:
        """Return the response, or 500 if the simulated system would have crashed."""
        try:
            return self.answer(call)
        except Exception:
            _LOGGER.exception("Unhandled error at %s %s", call.method, call.path)
            return text_reply("Internal Server Error", 500)
