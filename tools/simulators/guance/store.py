"""The events of a workspace."""

from collections.abc import Iterator
from dataclasses import dataclass, field
import re

from tools.simulators.clock import Clock
from tools.simulators.wire import Json

from .settings import GuanceSettings

_DAY = 86_400.0


@dataclass(kw_only=True)
class StoredEvent:
    """One event."""

    document_id: str
    """`E_…`, which create does not return (facts §4)."""
    date: int
    """Unix milliseconds (facts §4)."""
    status: str
    title: str
    message: str | None
    origin: str | None
    tags: dict[str, str]
    source: str
    stored_at: float
    """When create responded, unix seconds."""
    indexed: bool = False
    """Whether a flush has made it visible early."""

    def as_json(self) -> dict[str, Json]:
        """Return it for read-back; not a format of the service."""
        return {
            "__docid": self.document_id,
            "date": self.date,
            "status": self.status,
            "title": self.title,
            "message": self.message,
            "origin": self.origin,
            "tags": {**self.tags},
            "source": self.source,
            "stored_at": self.stored_at,
        }

    def columns(self) -> dict[str, Json]:
        """Return its columns by the names that queries use (facts §5, §6b)."""
        return {
            "time": self.date,
            "__docid": self.document_id,
            "df_title": self.title,
            "df_message": self.message,
            "df_status": self.status,
            "df_source": self.source,
            **self.tags,
        }


@dataclass
class EventStore:
    """All events, oldest first."""

    settings: GuanceSettings
    clock: Clock
    events: list[StoredEvent] = field(default_factory=list)

    def visible(self) -> Iterator[StoredEvent]:
        """Yield the events that queries see: ingested and retained (facts §4, §5)."""
        now, lag = self.clock.now(), self.settings.ingest_lag
        for event in self.events:
            ingested = lag is not None and event.stored_at + lag <= now
            if (event.indexed or ingested) and event.date / 1000 > now - self._kept:
                yield event

    def flush(self) -> None:
        """Make all events visible to queries."""
        for event in self.events:
            event.indexed = True

    @property
    def _kept(self) -> float:
        found = re.fullmatch(r"(\d+)d", self.settings.retention)
        return (int(found[1]) if found else 14) * _DAY
