"""The stored events of a simulated Palabra, and their formats."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

from tools.simulators.wire import Json

INGEST_SECRET = "simulated-ingest-key"
"""Channels hold the credentials of their sources (facts §4)."""
CONTENT = (
    "title",
    "description",
    "event_type",
    "location",
    "timezone",
    "is_recurring",
    "cover_image_key",
    "access_code",
    "target_languages",
    "listener_language_mode",
)
"""Fields that are stored unchanged (facts §3)."""
_NEWER = frozenset(
    {"location", "timezone", "target_languages", "listener_language_mode"}
)
"""Fields that v1 did not have (facts §9)."""


def iso(moment: datetime) -> str:
    """Return an instant in the format of responses, here with offset and fraction."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


@dataclass(kw_only=True)
class StoredEvent:
    """One event."""

    content: dict[str, Json]
    start: datetime
    end: datetime
    created: datetime
    updated: datetime
    event_id: str = field(default_factory=lambda: str(uuid4()))

    def as_json(self, *, older: bool = False) -> dict[str, Json]:
        """Return its owner's view, with the access code in clear (facts §3, §4)."""
        common: dict[str, Json] = {
            "event_id": self.event_id,
            "utc_start_dt": iso(self.start),
            "utc_created_at": iso(self.created),
            "utc_updated_at": iso(self.updated),
            "is_recurring": False,
        }
        if older:
            kept = {k: v for k, v in self.content.items() if k not in _NEWER}
            length = int((self.end - self.start).total_seconds())
            return {
                **common,
                **kept,
                "event_status": "upcoming",
                "duration": f"PT{length}S",
            }
        return {
            **common,
            **self.content,
            "utc_end_dt": iso(self.end),
            "qr_code_url": f"https://qr.palabra.invalid/{self.event_id}.png",
            "lifecycle_status": "setup_required",
            "finished_at": None,
            "input_languages": [],
            "output_languages": [],
        }

    def whole(self, *, older: bool = False) -> dict[str, Json]:
        """Return its single format, which includes its stages (facts §4)."""
        stage: dict[str, Json] = {
            "stage_id": str(uuid4()),
            "name": "Main stage",
            "status": "setup_required",
            "channels": [
                {"channel_id": str(uuid4()), "input": {"stream_key": INGEST_SECRET}}
            ],
        }
        return {**self.as_json(older=older), "stages": [stage]}
