"""How a simulated HTTP API is set up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, TypedDict

from simulators.settings import Reader, Settings, or_none, refused, seconds, text, whole
from simulators.wire import Json


class HttpOptions(TypedDict, total=False):
    """The fields of HttpSettings, none of them required."""

    token: str
    lag: float
    takes: float
    rate_limit: int | None
    refused: Mapping[str, int]


def _statuses(value: Json) -> Mapping[str, int]:
    if not isinstance(value, dict):
        raise refused(value)
    return {path: whole(status) for path, status in value.items()}


@dataclass(kw_only=True)
class HttpSettings(Settings):
    """What can be set, all of it at run time too."""

    token: str = ""
    """The bearer token that is asked for; none if empty."""
    lag: float = 0.0
    """Seconds from the answer to a write until a read shows it."""
    takes: float = 0.0
    """Seconds that a write takes; its key is in use meanwhile."""
    rate_limit: int | None = None
    """Requests per minute; one too many is answered 429 with Retry-After."""
    refused: Mapping[str, int] = field(default_factory=dict)
    """Statuses that paths are answered instead of anything else, such as 401 or 410."""

    readers: ClassVar[Mapping[str, Reader]] = {
        "token": text,
        "lag": seconds,
        "takes": seconds,
        "rate_limit": or_none(whole),
        "refused": _statuses,
    }
