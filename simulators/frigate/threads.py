"""The threads that go on after the answer, and which of them are dead.

From 0.16 Frigate answers 200 and leaves the rest to others: the object thread makes
and ends events and sets sub labels, the event thread writes the rows of what was made
and ended, the review process keeps the review items (facts §2.2, §9). A part that is
dead does nothing until Frigate is restarted, while requests are answered as ever
(facts §2.3).
"""

from dataclasses import dataclass, field
from enum import StrEnum

from .delays import drawn
from .later import Later, Work
from .settings import FrigateSettings


class Part(StrEnum):
    """What of Frigate can be dead while its API answers."""

    OBJECTS = "object_thread"
    EVENTS = "event_thread"
    REVIEW = "review_process"


@dataclass
class Threads:
    """Who is alive, and the work that waits for the object thread."""

    settings: FrigateSettings
    dead: set[Part] = field(default_factory=set)
    _objects: Later = field(default_factory=Later)

    def submit(self, work: Work) -> None:
        """Have the object thread do work; at once before 0.16 (facts §2.2)."""
        delay = self.settings.async_delay
        if not self.settings.release.asynchronous:
            delay = 0
        seconds = None if delay is None else drawn(delay)
        self._objects.submit(lambda: self._do(work), seconds)

    def alive(self, part: Part) -> bool:
        """Return whether a part does its work."""
        return part not in self.dead

    def flush(self) -> None:
        """Do everything that waits now."""
        self._objects.flush()

    def restart(self) -> None:
        """Revive what is dead; what waited is lost with the process."""
        self._objects.forget()
        self.dead.clear()

    def _do(self, work: Work) -> float:
        return work() if self.alive(Part.OBJECTS) else 0.0
