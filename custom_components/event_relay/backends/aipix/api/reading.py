"""Read values from responses of any shape."""

from collections.abc import Mapping
from datetime import UTC, datetime

from ...base import Json
from ...errors import InvalidResponse


def payload(value: Json) -> Json:
    """Return the content of a response: some resources are wrapped in `data`."""
    if isinstance(value, dict) and "id" not in value:
        inner = value.get("data")
        return inner if isinstance(inner, dict) else value
    return value


def an_object(value: Json, what: str) -> dict[str, Json]:
    """Return an object; raises InvalidResponse, which names the expected part."""
    if not isinstance(value, dict):
        raise InvalidResponse(f"{what} is not an object")
    return value


def items(value: Json, what: str) -> list[dict[str, Json]]:
    """Return a list, bare or below `data`; raises InvalidResponse."""
    match value:
        case {"data": list() as found} | [*found]:
            return [an_object(one, what) for one in found]
        case _:
            raise InvalidResponse(f"{what} is not a list")


def text(value: Mapping[str, Json], name: str) -> str:
    """Return the text below a name; raises InvalidResponse."""
    if not isinstance(below := value.get(name), str) or not below:
        raise InvalidResponse(f"{name} is missing or no text")
    return below


def whole_or_none(value: Mapping[str, Json], name: str) -> int | None:
    """Return the integer below a name; None without one."""
    below = value.get(name)
    return below if isinstance(below, int) and not isinstance(below, bool) else None


def id_of(value: Json) -> int | None:
    """Return the id of an object; None without one."""
    return whole_or_none(value, "id") if isinstance(value, dict) else None


def moment_or_none(value: Json) -> datetime | None:
    """Return a time; dates without a zone count as UTC (inferred)."""
    if not isinstance(value, str):
        return None
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        return None
    return read if read.tzinfo is not None else read.replace(tzinfo=UTC)
