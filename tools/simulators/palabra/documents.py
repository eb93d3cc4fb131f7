"""Read request bodies by Palabra's schema (facts §3)."""

from datetime import UTC, datetime
import json

from tools.simulators.wire import Call, Json

from .errors import ApiError
from .events import CONTENT

_TEXTS = (
    "description",
    "location",
    "timezone",
    "cover_image_key",
    "access_code",
)
_CHOICES = {
    "event_type": ("in-person", "online"),
    "listener_language_mode": ("off", "approval", "auto"),
}
_REQUIRED = ("title", "event_type", "utc_start_dt", "utc_end_dt")


def wrapped(call: Call) -> dict[str, Json]:
    """Return the content of `data`; a body without it is refused (facts §1)."""
    try:
        document: Json = json.loads(call.body)
    except ValueError as error:
        raise ApiError(422, "The body is not JSON") from error
    data = document.get("data") if isinstance(document, dict) else None
    if not isinstance(data, dict):
        raise ApiError(422, "data: field required")
    return data


def checked(data: dict[str, Json], *, whole: bool) -> dict[str, Json]:
    """Return the known fields, or refuse with a problem for each error.

    Null is refused in an optional field: pydantic's validation is inferred (facts §3).
    Unknown keys are ignored.
    """
    mistakes = [
        f"{name}: field required" for name in _REQUIRED if whole and name not in data
    ]
    mistakes += [
        f"{name}: {mistake}"
        for name, value in data.items()
        if (mistake := _mistake(name, value)) is not None
    ]
    if mistakes:
        raise ApiError(422, *mistakes)
    known = {*CONTENT, "utc_start_dt", "utc_end_dt"}
    return {name: value for name, value in data.items() if name in known}


def instant(value: Json) -> datetime:
    """Read a date-time; raises ValueError."""
    moment = datetime.fromisoformat(str(value))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _mistake(name: str, value: Json) -> str | None:
    """Return the error of a field; it repeats the value, as pydantic may."""
    wrong = False
    if name == "title":
        wrong = not isinstance(value, str) or not 3 <= len(value) <= 100
    elif name in _CHOICES:
        wrong = value not in _CHOICES[name]
    elif name in ("utc_start_dt", "utc_end_dt"):
        wrong = not _is_instant(value)
    elif name in _TEXTS:
        wrong = not isinstance(value, str)
    elif name == "is_recurring":
        wrong = not isinstance(value, bool)
    elif name == "target_languages":
        wrong = not isinstance(value, list) or not all(
            isinstance(one, str) for one in value
        )
    return f"invalid value {value!r}" if wrong else None


def _is_instant(value: Json) -> bool:
    try:
        instant(value)
    except ValueError:
        return False
    return isinstance(value, str)
