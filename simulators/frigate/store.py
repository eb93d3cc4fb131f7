"""The events that Frigate has stored."""

from collections.abc import Callable
from dataclasses import dataclass, field
import random
import string

from simulators.wire import Json

_ALPHABET = string.ascii_lowercase + string.digits


def new_event_id(now: float) -> str:
    """Return <unix seconds>-<6 of a-z0-9> (facts §2.2)."""
    tail = "".join(random.choices(_ALPHABET, k=6))
    return f"{now}-{tail}"


@dataclass(kw_only=True)
class StoredEvent:
    """One row."""

    id: str
    camera: str
    label: str
    sub_label: str | None
    """An empty one is kept as it is, unlike none (facts §2)."""
    score: float | None
    start_time: float
    end_time: float | None
    """None: open until /end (facts §2)."""
    has_clip: bool
    source_type: str = "api"
    draw: dict[str, Json] | None = None
    """What came as draw; None where the version does not keep it (facts §2.4)."""
    has_snapshot: bool = True
    """Always true at first (facts §2.2)."""
    retained: bool = False
    description: str | None = None
    sub_label_score: float | None = None
    stored_at: float = 0.0
    """When the row was written, unix seconds; not part of Frigate's own."""

    def as_json(self) -> dict[str, Json]:
        """Return it as GET /events and /events/{id} do."""
        return {
            "id": self.id,
            "camera": self.camera,
            "label": self.label,
            "sub_label": self.sub_label,
            "start_time": self.start_time,
            "end_time": self.end_time,
            "has_clip": self.has_clip,
            "has_snapshot": self.has_snapshot,
            "retain_indefinitely": self.retained,
            "zones": [],
            "box": [],
            "thumbnail": None,
            "top_score": None,
            "false_positive": None,
            "plus_id": None,
            "data": self._data(),
        }

    def _data(self) -> dict[str, Json]:
        data: dict[str, Json] = {
            "type": self.source_type,
            "score": self.score,
            "top_score": self.score,
        }
        if self.draw is not None:
            data |= {"snapshot_clean": True, "draw": self.draw}
        if self.description is not None:
            data["description"] = self.description
        if self.sub_label_score is not None:
            data["sub_label_score"] = self.sub_label_score
        return data


@dataclass
class EventStore:
    """All rows, by id."""

    rows: dict[str, StoredEvent] = field(default_factory=dict)
    listeners: list[Callable[[StoredEvent], None]] = field(default_factory=list)

    def add(self, event: StoredEvent, now: float) -> None:
        """Write a new row."""
        event.stored_at = now
        self.rows[event.id] = event
        for listener in self.listeners:
            listener(event)
