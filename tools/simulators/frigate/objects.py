"""The object thread, which handles creates, ends and sub labels.

It handles them one after the other, in the order of arrival (facts §10).
"""

from dataclasses import dataclass, field

from tools.simulators.clock import Clock

from .delays import drawn
from .review import ManualEvent, Reviews
from .settings import FrigateSettings
from .store import EventStore, StoredEvent
from .threads import Part, Threads


@dataclass
class Objects:
    """The object thread's work, and its memory until Frigate restarts."""

    settings: FrigateSettings
    clock: Clock
    threads: Threads
    store: EventStore
    reviews: Reviews
    ongoing: dict[str, str] = field(default_factory=dict)
    """The camera of each event that counts as ongoing: created since Frigate's start
    and not ended by a call yet, whether it has a fixed length or not (facts §10)."""

    def create(self, event: StoredEvent, asked_at: float) -> None:
        """Store an event and have it reviewed, a little later."""

        def work() -> float:
            if self.threads.alive(Part.EVENTS):
                self.store.add(event, self.clock.now())
            # facts §2: none for another source_type than "api".
            if event.data["type"] == "api":
                self.ongoing[event.id] = event.camera
                self.reviews.hear_create(ManualEvent.of(event, asked_at))
            return drawn(self.settings.create_seconds)

        self.threads.submit(work)

    def end(self, event_id: str, end_time: float) -> None:
        """Write the end of an event, and have it reviewed the first time."""

        def work() -> float:
            event = self.store.rows.get(event_id)
            if event is not None and self.threads.alive(Part.EVENTS):
                event.end_time = end_time
            # facts §10: only the first end reaches the review process.
            camera = self.ongoing.pop(event_id, None)
            if camera is not None:
                self.reviews.hear_end(camera, event_id, end_time)
            return 0.0

        self.threads.submit(work)

    def sub_label(self, event_id: str, text: str | None, score: float | None) -> None:
        """Set the sub label: by this thread, and the whole row (facts §9)."""

        def change(event: StoredEvent) -> None:
            event.sub_label = text
            if text is None:
                event.data["sub_label_score"] = None
            elif score is not None:
                event.data["sub_label_score"] = score

        def work() -> float:
            event = self.store.rows.get(event_id)
            if event is None:
                return 0.0
            seconds = drawn(self.settings.save_seconds)
            self.store.save(event, change, seconds)
            self.reviews.rename(event_id, self.store.rows)
            return seconds

        self.threads.submit(work)

    def restart(self) -> None:
        """Clear the ongoing events."""
        self.ongoing.clear()
