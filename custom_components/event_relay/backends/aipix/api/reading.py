"""Read the wrappers of responses."""

from ...base import Json
from ...reading import an_object, unreadable, whole_or_none


def payload(value: Json) -> Json:
    """Return the content of a response: some resources are wrapped in `data`."""
    if isinstance(value, dict) and "id" not in value:
        inner = value.get("data")
        return inner if isinstance(inner, dict) else value
    return value


def items(value: Json, what: str) -> list[dict[str, Json]]:
    """Return a list, bare or below `data`; raises InvalidResponse."""
    match value:
        case {"data": list() as found} | [*found]:
            return [an_object(one, what) for one in found]
        case _:
            raise unreadable(what)


def id_of(value: Json) -> int | None:
    """Return the id of an object; None without one."""
    return whole_or_none(value, "id") if isinstance(value, dict) else None
