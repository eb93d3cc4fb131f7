"""The events that Frigate has stored."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field, fields
import random
import string

from tools.simulators.wire import Json

from .later import Later

_ALPHABET = string.ascii_lowercase + string.digits


def new_id(now: float) -> str:
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
    """An empty one is stored as it is, unlike none (facts §2)."""
    start_time: float
    end_time: float | None
    """None: open until /end (facts §2)."""
    has_clip: bool
    has_snapshot: bool = True
    """Always true at first (facts §2.2)."""
    retained: bool = False
    data: dict[str, Json] = field(default_factory=dict)
    """One JSON column: the sent values, and later additions (facts §2.2)."""
    stored_at: float = 0.0
    """When the row was written, unix seconds; not a column of Frigate's."""

    @property
    def score(self) -> float | None:
        """Return the score, as the double that was sent (facts §10)."""
        score = self.data.get("score")
        return score if isinstance(score, int | float) else None

    @property
    def draw(self) -> Json:
        """Return the draw that was sent; None if it is not stored (facts §2.4)."""
        return self.data.get("draw")

    @property
    def description(self) -> Json:
        """Return the description; None without one."""
        return self.data.get("description")

    def as_listed(self) -> dict[str, Json]:
        """Return the format of GET /events (facts §9)."""
        return {
            "id": self.id,
            "camera": self.camera,
            "label": self.label,
            "zones": [],
            "start_time": self.start_time,
            "end_time": self.end_time,
            "has_clip": self.has_clip,
            "has_snapshot": self.has_snapshot,
            "plus_id": None,
            "retain_indefinitely": self.retained,
            "sub_label": self.sub_label,
            "top_score": None,
            "false_positive": None,
            "box": None,
            "data": self.data,
        }

    def as_single(self) -> dict[str, Json]:
        """Return the format of GET /events/{id} (facts §9)."""
        listed = self.as_listed()
        del listed["top_score"], listed["box"]
        return listed | {
            "thumbnail": None,
            "model_hash": None,
            "detector_type": None,
            "model_type": None,
        }


type Change = Callable[[StoredEvent], None]


@dataclass
class EventStore:
    """All rows, by id."""

    rows: dict[str, StoredEvent] = field(default_factory=dict)
    _saves: Later = field(default_factory=Later)

    def add(self, event: StoredEvent, now: float) -> None:
        """Write a new row."""
        event.stored_at = now
        self.rows[event.id] = event

    def save(self, event: StoredEvent, change: Change, seconds: float) -> None:
        """Read a whole row, change it, and write it back that many seconds later.

        Changes by others in between are lost (facts §9).
        """
        changed = deepcopy(event)
        change(changed)

        def write() -> float:
            for each in fields(StoredEvent):
                setattr(event, each.name, getattr(changed, each.name))
            return 0.0

        self._saves.submit(write, seconds)

    def flush(self) -> None:
        """Do all pending writes now."""
        self._saves.flush()

    def restart(self) -> None:
        """Lose the pending writes, and keep the rows."""
        self._saves.forget()

    def clear(self) -> None:
        """Delete all rows."""
        self._saves.forget()
        self.rows.clear()
