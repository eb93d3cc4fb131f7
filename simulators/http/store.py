"""What a simulated HTTP API keeps."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from simulators.clock import Clock
from simulators.wire import Json

from .settings import HttpSettings


@dataclass(kw_only=True)
class Note:
    """One thing that was written."""

    id: str
    content: Mapping[str, Json]
    headers: Mapping[str, str]
    """Of the request that wrote it first, without its credentials."""
    stored_at: float
    """Unix seconds."""
    written: int = 1
    """How many requests have written it."""

    def as_json(self) -> dict[str, Json]:
        """Return it as reads answer it."""
        return {**self.content, "id": self.id}


@dataclass(kw_only=True)
class Alert:
    """What is open until it is resolved."""

    key: str
    content: Mapping[str, Json]
    stored_at: float
    entries: int = 1
    """How many requests have triggered it while it was open."""
    resolved_at: float | None = None


@dataclass(kw_only=True)
class Answered:
    """What a request with a key was answered."""

    body: bytes
    note: Note
    ready_at: float
    """When the request was done with, unix seconds."""


@dataclass
class Store:
    """Notes and alerts, oldest first."""

    settings: HttpSettings
    clock: Clock
    notes: dict[str, Note] = field(default_factory=dict)
    """By their ids, which are the sender's for what was put."""
    alerts: list[Alert] = field(default_factory=list)
    keys: dict[str, Answered] = field(default_factory=dict)
    """By the keys of their requests."""
    flushed_at: float = 0.0
    _last_id: int = 0

    def add(
        self, content: Mapping[str, Json], headers: Mapping[str, str], note_id: str = ""
    ) -> Note:
        """Keep a note, under an id of its own if none is given."""
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
        """Return what reads show already."""
        latest = self.clock.now() - self.settings.lag
        return [
            note
            for note in self.notes.values()
            if note.stored_at <= max(latest, self.flushed_at)
        ]

    def open_alert(self, key: str) -> Alert | None:
        """Return the alert with a key that is not resolved."""
        for alert in self.alerts:
            if alert.key == key and alert.resolved_at is None:
                return alert
        return None

    def clear(self) -> None:
        """Forget everything."""
        self.notes.clear()
        self.alerts.clear()
        self.keys.clear()
