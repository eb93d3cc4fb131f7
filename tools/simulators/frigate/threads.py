"""The threads that work after the response, and which of them are dead.

From 0.16 Frigate returns 200 and leaves the rest to threads: the object thread creates
and ends events and sets sub labels, the event thread writes the rows of created and
ended events, the review process maintains the review items (facts §2.2, §9). A dead
part does nothing until Frigate is restarted, while requests get normal responses (facts
§2.3).
"""

from dataclasses import dataclass, field
from enum import StrEnum

from .delays import drawn
from .later import Later, Work
from .settings import FrigateSettings


class Part(StrEnum):
    """A part of Frigate that can be dead while its API responds."""

    OBJECTS = "object_thread"
    EVENTS = "event_thread"
    REVIEW = "review_process"


@dataclass
class Threads:
    """The state of the parts, and the object thread's queue."""

    settings: FrigateSettings
    dead: set[Part] = field(default_factory=set)
    _objects: Later = field(default_factory=Later)

    def submit(self, work: Work) -> None:
        """Let the object thread do work; at once before 0.16 (facts §2.2)."""
        delay = self.settings.async_delay
        if not self.settings.release.asynchronous:
            delay = 0
        seconds = None if delay is None else drawn(delay)
        self._objects.submit(lambda: self._do(work), seconds)

    def alive(self, part: Part) -> bool:
        """Return whether a part works."""
        return part not in self.dead

    def flush(self) -> None:
        """Do all queued work now."""
        self._objects.flush()

    def restart(self) -> None:
        """Revive dead parts; queued work is lost with the process."""
        self._objects.forget()
        self.dead.clear()

    def _do(self, work: Work) -> float:
        return work() if self.alive(Part.OBJECTS) else 0.0
