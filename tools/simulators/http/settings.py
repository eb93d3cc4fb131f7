"""The settings of a simulated HTTP API."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, TypedDict

from tools.simulators.settings import (
    Reader,
    Settings,
    or_none,
    refused,
    seconds,
    text,
    whole,
)
from tools.simulators.wire import Json


class HttpOptions(TypedDict, total=False):
    """The fields of HttpSettings, all optional."""

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
    """All settings; each can also be changed at run time."""

    token: str = ""
    """The required bearer token; none if empty."""
    lag: float = 0.0
    """Seconds from the response to a write until a read shows it."""
    takes: float = 0.0
    """Seconds for a write; its key is in use meanwhile."""
    rate_limit: int | None = None
    """Requests per minute; beyond that the response is 429 with Retry-After."""
    refused: Mapping[str, int] = field(default_factory=dict)
    """Statuses by path, returned instead of anything else, such as 401 or 410."""

    readers: ClassVar[Mapping[str, Reader]] = {
        "token": text,
        "lag": seconds,
        "takes": seconds,
        "rate_limit": or_none(whole),
        "refused": _statuses,
    }
