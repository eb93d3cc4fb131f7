"""The stored data of a simulated HTTP API."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tools.simulators.clock import Clock
from tools.simulators.wire import Json

from .settings import HttpSettings


@dataclass(kw_only=True)
class Note:
    """One written item."""

    id: str
    content: Mapping[str, Json]
    headers: Mapping[str, str]
    """Headers of the first request that wrote it, without credentials."""
    stored_at: float
    """Unix seconds."""
    written: int = 1
    """Number of requests that have written it."""

    def as_json(self) -> dict[str, Json]:
        """Return it as reads return it."""
        return {**self.content, "id": self.id}


@dataclass(kw_only=True)
class Alert:
    """An alert, open until it is resolved."""

    key: str
    content: Mapping[str, Json]
    stored_at: float
    entries: int = 1
    """Number of requests that have triggered it while it was open."""
    resolved_at: float | None = None


@dataclass(kw_only=True)
class Answered:
    """The response to a request with a key."""

    body: bytes
    note: Note
    ready_at: float
    """When the request was finished, unix seconds."""


@dataclass
class Store:
    """Notes and alerts, oldest first."""

    settings: HttpSettings
    clock: Clock
    notes: dict[str, Note] = field(default_factory=dict)
    """By id; a PUT chooses its own."""
    alerts: list[Alert] = field(default_factory=list)
    keys: dict[str, Answered] = field(default_factory=dict)
    """By idempotency key."""
    flushed_at: float = 0.0
    _last_id: int = 0

    def add(
        self, content: Mapping[str, Json], headers: Mapping[str, str], note_id: str = ""
    ) -> Note:
        """Store a note, under a new id if none is given."""
        self._last_id += 1
        note = Note(
            id=note_id or str(self._last_id),
            content=content,
            headers=headers,
            stored_at=self.clock.now(),
        )
        self.notes[note.id] = note
        return note

    def shown(self) -> list[Note]:
        """Return the notes that reads already show."""
        latest = self.clock.now() - self.settings.lag
        return [
            note
            for note in self.notes.values()
            if note.stored_at <= max(latest, self.flushed_at)
        ]

    def open_alert(self, key: str) -> Alert | None:
        """Return the unresolved alert with a key."""
        for alert in self.alerts:
            if alert.key == key and alert.resolved_at is None:
                return alert
        return None

    def clear(self) -> None:
        """Delete everything."""
        self.notes.clear()
        self.alerts.clear()
        self.keys.clear()
