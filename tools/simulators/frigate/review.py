"""The review process and its items in Frigate's own interface (facts §2.2, §9).

While an item is open, the process holds it in memory. Its row is written with the next
picture after its start, and again when it closes, but not when an event joins it: until
then no item contains that event. The process closes an item some seconds after the last
known activity, which need not be the last event's end: a finished event that joins sets
it, even if another goes on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from tools.simulators.clock import Clock

from .delays import drawn
from .review_items import NEVER, OpenItem, ReviewRow, Severity
from .settings import Camera, FrigateSettings
from .store import StoredEvent, new_id
from .threads import Part, Threads


@dataclass(frozen=True, kw_only=True)
class ManualEvent:
    """A new event as the review process receives it."""

    id: str
    camera: str
    name: str
    """label, or "label: sub_label"."""
    asked_at: float
    end_time: float | None

    @classmethod
    def of(cls, event: StoredEvent, asked_at: float) -> Self:
        """Return the message about a row."""
        label, sub_label = event.label, event.sub_label
        return cls(
            id=event.id,
            camera=event.camera,
            name=f"{label}: {sub_label}" if sub_label else label,
            asked_at=asked_at,
            end_time=event.end_time,
        )


@dataclass
class Reviews:
    """The process, its memory, and the rows that it has written."""

    settings: FrigateSettings
    clock: Clock
    threads: Threads
    rows: dict[str, ReviewRow] = field(default_factory=dict)
    _open: dict[str, OpenItem] = field(default_factory=dict)
    """The open item by camera."""
    _endless: dict[str, set[str]] = field(default_factory=dict)
    """The events without an end, by camera."""

    def stored(self) -> list[ReviewRow]:
        """Return the rows as they are now, oldest first."""
        self._catch_up()
        return list(self.rows.values())

    def hear_create(self, event: ManualEvent) -> None:
        """Open an item for a new event, or let it join the open one."""
        self._catch_up()
        camera = self._watched(event.camera)
        if camera is None:
            return
        item = self._open.get(camera.name)
        if item is None:
            self._begin(camera, event)
        elif not self._closed_by_settings(camera, item):
            self._join(camera, item, event)

    def hear_end(self, camera_name: str, event_id: str, end_time: float) -> None:
        """Let an item close, some time after an event's end.

        The process assumes an open item here: without one it stops (facts §2.3).
        """
        self._catch_up()
        camera = self._watched(camera_name)
        if camera is None:
            return
        item = self._open.get(camera.name)
        if item is None:
            if self._relies_on_an_item(camera):
                self.threads.dead.add(Part.REVIEW)
            return
        if self._closed_by_settings(camera, item):
            return
        endless = self._endless.setdefault(camera.name, set())
        # A call that ends an event of fixed length changes nothing.
        if event_id in endless:
            endless.remove(event_id)
            if not endless:
                item.last_alert = item.last_detection = end_time

    def rename(self, event_id: str, events: Mapping[str, StoredEvent]) -> None:
        """Rename the closed item of an event; the object thread does that."""
        self._catch_up()
        for row in self.rows.values():
            if event_id in row.detections and row.end_time is not None:
                row.name_after([events[one] for one in row.detections if one in events])
                return

    def close_all(self) -> None:
        """Close every open item now, even with ongoing events."""
        self._catch_up()
        now = self.clock.now()
        for item in list(self._open.values()):
            item.last_alert = item.last_detection = now
            self._close(item)

    def restart(self) -> None:
        """Close every item now, and clear the memory."""
        self._catch_up()
        self._open.clear()
        self._endless.clear()
        for row in self.rows.values():
            if row.end_time is None:
                row.end_time = self.clock.now()

    def clear(self) -> None:
        """Delete all items."""
        self._open.clear()
        self._endless.clear()
        self.rows.clear()

    def _watched(self, name: str) -> Camera | None:
        """Return the camera; None if messages about it have no effect."""
        camera = self.settings.camera(name)
        if camera is None or not self.threads.alive(Part.REVIEW):
            return None
        # facts §2.2: none while the camera or its recording is off.
        return camera if camera.enabled and camera.record_enabled else None

    def _begin(self, camera: Camera, event: ManualEvent) -> None:
        severity = self._severity(camera, event)
        if severity is None:
            return
        if event.end_time is None:
            self._endless.setdefault(camera.name, set()).add(event.id)
        last = NEVER if event.end_time is None else event.end_time
        self._open[camera.name] = OpenItem(
            id=new_id(event.asked_at),
            camera=camera.name,
            start_time=event.asked_at,
            severity=severity,
            names={event.id: event.name},
            last_alert=last,
            last_detection=last,
            shown_at=self.clock.now() + drawn(self.settings.picture_seconds),
        )
        self._catch_up()

    def _join(self, camera: Camera, item: OpenItem, event: ManualEvent) -> None:
        item.names[event.id] = event.name
        is_detection = self._is_detection(camera, event)
        if event.end_time is None:
            self._endless.setdefault(camera.name, set()).add(event.id)
            if not is_detection and (
                camera.alerts_enabled or self.settings.release.severity_by_label
            ):
                item.severity = Severity.ALERT
            item.last_alert = item.last_detection = NEVER
        elif is_detection:
            item.last_detection = event.end_time
        else:
            if camera.alerts_enabled:
                item.severity = Severity.ALERT
            if camera.alerts_enabled or not self.settings.release.severity_by_label:
                item.last_alert = event.end_time

    def _severity(self, camera: Camera, event: ManualEvent) -> Severity | None:
        if self._is_detection(camera, event):
            return Severity.DETECTION
        return Severity.ALERT if camera.alerts_enabled else None

    def _is_detection(self, camera: Camera, event: ManualEvent) -> bool:
        # facts §2.2: up to 0.17 always alert; 0.18 detection if the label is one of
        # review.detections.labels. A label with ": " in it breaks the match.
        return (
            self.settings.release.severity_by_label
            and camera.detections_enabled
            and event.name.partition(": ")[0] in (camera.detection_labels or ())
        )

    def _relies_on_an_item(self, camera: Camera) -> bool:
        """Return whether an end without an item stops the process (facts §2.3)."""
        by_label = self.settings.release.severity_by_label
        return camera.alerts_enabled or (
            by_label
            and camera.detections_enabled
            and camera.detection_labels is not None
        )

    def _closed_by_settings(self, camera: Camera, item: OpenItem) -> bool:
        """Close an item whose severity is disabled; the message is lost."""
        is_alert = item.severity is Severity.ALERT
        if camera.alerts_enabled if is_alert else camera.detections_enabled:
            return False
        self._close(item)
        return True

    def _catch_up(self) -> None:
        """Catch up with the pictures that the process has handled since."""
        if not self.threads.alive(Part.REVIEW):
            return
        now = self.clock.now()
        for item in list(self._open.values()):
            if now < item.shown_at:
                continue
            self.rows.setdefault(item.id, item.row())
            if now > item.closes_at:
                self._close(item)

    def _close(self, item: OpenItem) -> None:
        self.rows[item.id] = item.row(ended=True)
        del self._open[item.camera]


def with_event(rows: Iterable[ReviewRow], event_id: str) -> ReviewRow | None:
    """Return the row that contains an event."""
    return next((row for row in rows if event_id in row.detections), None)
