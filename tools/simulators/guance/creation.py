"""POST /api/v1/events/create (facts §4)."""

import uuid

from tools.simulators.clock import Clock
from tools.simulators.wire import Json, Reply

from .envelope import bad_parameter, wrapped
from .settings import GuanceSettings
from .store import EventStore, StoredEvent

_STATUSES = ("critical", "error", "warning", "ok", "info", "nodata")
_KNOWN = {"date", "status", "title", "message", "origin", "customTags"}
_RESERVED = {
    *("date", "status", "source", "title", "message", "dimension_tags", "check_value"),
    *("time", "time_us", "timestamp", "workspace_uuid", "workspace_name"),
    *("extra_data", "create_time"),
}


def create(
    settings: GuanceSettings, clock: Clock, store: EventStore, document: Json
) -> Reply:
    """Store an event and return true, without an id (facts §4).

    Every call creates another one: there is no idempotency key (facts §4).
    """
    if not isinstance(document, dict):
        raise bad_parameter("the body is not an object")
    if unknown := document.keys() - _KNOWN:
        # The service's treatment of these is unknown (facts §9): refused, not guessed.
        raise bad_parameter(f"unknown: {', '.join(sorted(unknown))}")
    store.events.append(
        StoredEvent(
            document_id=f"E_{uuid.uuid4().hex}",
            date=_date(document),
            status=_status(document),
            title=_text(document, "title"),
            message=_text_or_none(document, "message"),
            origin=_text_or_none(document, "origin"),
            tags=_tags(document),
            source=settings.source,
            stored_at=clock.now(),
        )
    )
    return wrapped(True)  # noqa: FBT003 this is the content


def _date(document: dict[str, Json]) -> int:
    """Read an integer of milliseconds (facts §4)."""
    date = document.get("date")
    if isinstance(date, bool) or not isinstance(date, int):
        raise bad_parameter("date: an integer is required")
    return date


def _status(document: dict[str, Json]) -> str:
    """Read one of six; fatal is not among them (facts §4)."""
    status = document.get("status")
    if not isinstance(status, str) or status not in _STATUSES:
        raise bad_parameter(f"status: not one of {', '.join(_STATUSES)}")
    return status


def _text(document: dict[str, Json], name: str) -> str:
    """Read a text that "may not be empty" (facts §4)."""
    value = document.get(name)
    if not isinstance(value, str) or not value:
        raise bad_parameter(f"{name}: may not be empty")
    return value


def _text_or_none(document: dict[str, Json], name: str) -> str | None:
    """Read an optional text that may not be empty (facts §4)."""
    return _text(document, name) if name in document else None


def _tags(document: dict[str, Json]) -> dict[str, str]:
    """Read tags, by the rules of the similar call push-events (facts §4)."""
    if "customTags" not in document:
        return {}
    tags = document["customTags"]
    if not isinstance(tags, dict) or not tags:
        raise bad_parameter("customTags: may not be empty")
    return {name: _tag(name, value) for name, value in tags.items()}


def _tag(name: str, value: Json) -> str:
    if name in _RESERVED or name.startswith(("_", "df_")):
        raise bad_parameter(f"customTags: {name} is reserved")
    if not isinstance(value, str):
        raise bad_parameter(f"customTags: {name} is not a string")
    return value
