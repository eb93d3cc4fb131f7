"""How a simulated HTTP API is set up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypedDict

from simulators.wire import Json


class HttpOptions(TypedDict, total=False):
    """The fields of HttpSettings, none of them required."""

    token: str
    lag: float
    takes: float
    rate_limit: int | None
    refused: Mapping[str, int]


@dataclass(kw_only=True)
class HttpSettings:
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

    def change(self, name: str, value: Json) -> None:
        """Set one field from JSON; raise ValueError if that cannot be."""
        reader = _READERS.get(name)
        if reader is None:
            raise ValueError(f"unknown setting {name}; known: {', '.join(_READERS)}")
        setattr(self, name, reader(value))


def _refused(value: Json) -> ValueError:
    return ValueError(f"{value!r} is not of the type the setting takes")


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise _refused(value)
    return value


def _seconds(value: Json) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise _refused(value)
    return float(value)


def _limit(value: Json) -> int | None:
    return None if value is None else int(_seconds(value))


def _statuses(value: Json) -> Mapping[str, int]:
    if not isinstance(value, dict):
        raise _refused(value)
    return {path: int(_seconds(status)) for path, status in value.items()}


_READERS: Mapping[str, Callable[[Json], object]] = {
    "token": _text,
    "lag": _seconds,
    "takes": _seconds,
    "rate_limit": _limit,
    "refused": _statuses,
}
