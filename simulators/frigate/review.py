"""Review items: what Frigate's own interface shows (facts §2.2)."""

from collections.abc import Callable
from dataclasses import dataclass, field

from simulators.clock import Clock
from simulators.wire import Json

from .settings import Camera, FrigateSettings
from .store import EventStore, StoredEvent, new_event_id

_CUTOFF = {"alert": 40.0, "detection": 30.0}
"""Seconds from the end of the last event to the end of the item (facts §2.2)."""


@dataclass(kw_only=True)
class ReviewItem:
    """One item, of one or more events on one camera."""

    id: str
    camera: str
    start_time: float
    severity: str
    events: list[StoredEvent]
    reviewed: bool = False

    def end_time(self, now: float) -> float | None:
        """Return when it ended; None while it has not."""
        ends = [event.end_time for event in self.events if event.end_time is not None]
        if len(ends) < len(self.events):
            return None
        end = max(ends) + _CUTOFF[self.severity]
        return end if end <= now else None

    def as_json(self, now: float) -> dict[str, Json]:
        """Return it as GET /review does (facts §3)."""
        detections: list[Json] = [event.id for event in self.events]
        objects: list[Json] = [object_name(event) for event in self.events]
        return {
            "id": self.id,
            "camera": self.camera,
            "start_time": self.start_time,
            "end_time": self.end_time(now),
            "severity": self.severity,
            "thumb_path": f"/media/frigate/clips/review/thumb-{self.id}.webp",
            "data": {
                "detections": detections,
                "objects": objects,
                "sub_labels": [],
                "zones": [],
                "audio": [],
            },
            "has_been_reviewed": self.reviewed,
        }


def object_name(event: StoredEvent) -> str:
    """Return "label: sub_label" (facts §2.2)."""
    return f"{event.label}: {event.sub_label}" if event.sub_label else event.label


@dataclass
class Reviews:
    """All review items."""

    settings: FrigateSettings
    clock: Clock
    items: list[ReviewItem] = field(default_factory=list)

    def watch(self, store: EventStore) -> None:
        """Make or join an item for every event that is stored from now on."""
        store.listeners.append(self._add)

    def of_event(self, event_id: str) -> ReviewItem | None:
        """Return the item that holds the event."""
        return self.find(lambda item: any(row.id == event_id for row in item.events))

    def find(self, test: Callable[[ReviewItem], bool]) -> ReviewItem | None:
        """Return the first item that passes a test."""
        return next((item for item in self.items if test(item)), None)

    def _add(self, event: StoredEvent) -> None:
        camera = self.settings.camera(event.camera)
        if camera is None or not _reviewed(camera, event):
            return
        severity = self._severity(camera, event)
        now = self.clock.now()
        # facts §2.2: an event joins the item that is still open on its camera.
        current = self.find(
            lambda item: item.camera == camera.name and item.end_time(now) is None
        )
        if current is None:
            item = ReviewItem(
                id=new_event_id(event.start_time),
                camera=camera.name,
                start_time=event.start_time,
                severity=severity,
                events=[event],
            )
            self.items.append(item)
            return
        current.events.append(event)
        if severity == "alert":
            current.severity = severity

    def _severity(self, camera: Camera, event: StoredEvent) -> str:
        # facts §2.2: up to 0.17 always alert; 0.18 detection if the label is one of
        # review.detections.labels. A label with ": " in it breaks the match.
        label = object_name(event).partition(": ")[0]
        by_label = self.settings.release.severity_by_label
        found = by_label and label in (camera.detection_labels or ())
        return "detection" if found else "alert"


def _reviewed(camera: Camera, event: StoredEvent) -> bool:
    # facts §2.2: none when the camera or its recording is off, or both severities;
    # facts §2: none for another source_type than "api".
    return (
        camera.enabled
        and camera.record_enabled
        and (camera.alerts_enabled or camera.detections_enabled)
        and event.source_type == "api"
    )
