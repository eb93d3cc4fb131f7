"""A review item, open and stored (facts §2.2, §9)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
import sys

from tools.simulators.wire import Json

from .store import StoredEvent

NEVER = float(sys.maxsize)
"""Last activity of an ongoing event, unix seconds."""


class Severity(StrEnum):
    """Severity of an item."""

    ALERT = "alert"
    DETECTION = "detection"


_CUTOFF = {Severity.ALERT: 40.0, Severity.DETECTION: 30.0}
"""Seconds from the last activity to the close (facts §2.2)."""


@dataclass(kw_only=True)
class ReviewRow:
    """The stored form of an item."""

    id: str
    camera: str
    start_time: float
    end_time: float | None
    severity: Severity
    detections: list[str]
    """The ids of its events."""
    objects: list[str]
    """What they show, without duplicates."""
    sub_labels: list[str] = field(default_factory=list)

    def name_after(self, events: Sequence[StoredEvent]) -> None:
        """Name the objects after the item's events as they are now (facts §9)."""
        self.objects = [
            f"{event.label}-verified" if event.sub_label else event.label
            for event in events
        ]
        self.sub_labels = sorted(
            {event.sub_label for event in events if event.sub_label}
        )

    def as_single(self, *, described: bool) -> dict[str, Json]:
        """Return the format of GET /review/{id}; see `Release.describes_reviews`."""
        more: dict[str, Json] = {
            "verified_objects": [],
            "thumb_time": None,
            "metadata": None,
        }
        return {
            "id": self.id,
            "camera": self.camera,
            "start_time": self.start_time,
            "end_time": self.end_time,
            "severity": self.severity.value,
            "thumb_path": (
                f"/media/frigate/clips/review/thumb-{self.camera}-{self.id}.webp"
            ),
            "data": {
                "detections": [*self.detections],
                "objects": [*self.objects],
                "sub_labels": [*self.sub_labels],
                "zones": [],
                "audio": [],
                **(more if described else {}),
            },
        }

    def as_listed(self, *, described: bool) -> dict[str, Json]:
        """Return the format of GET /review."""
        return self.as_single(described=described) | {"has_been_reviewed": False}


@dataclass(kw_only=True)
class OpenItem:
    """An open item in the memory of the process."""

    id: str
    camera: str
    start_time: float
    severity: Severity
    names: dict[str, str]
    """What each event shows, by event id."""
    last_alert: float
    last_detection: float
    shown_at: float
    """Time of the next picture, which writes the row."""

    @property
    def last_activity(self) -> float:
        """Return the last activity of its severity."""
        is_alert = self.severity is Severity.ALERT
        return self.last_alert if is_alert else self.last_detection

    @property
    def closes_at(self) -> float:
        """Return when it closes, unless something else happens."""
        return self.last_activity + _CUTOFF[self.severity]

    def row(self, *, ended: bool = False) -> ReviewRow:
        """Return the row to store now; its end is the last activity."""
        return ReviewRow(
            id=self.id,
            camera=self.camera,
            start_time=self.start_time,
            end_time=self.last_activity if ended else None,
            severity=self.severity,
            detections=list(self.names),
            objects=list(dict.fromkeys(self.names.values())),
        )
