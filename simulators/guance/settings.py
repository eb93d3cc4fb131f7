"""How a simulated workspace is set up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypedDict

from simulators.wire import Json


class GuanceOptions(TypedDict, total=False):
    """The fields of GuanceSettings, none of them required."""

    api_key: str
    secret: str
    workspace: str
    name: str
    retention: str
    ingest_lag: float | None
    rate_limit: int | None
    workspace_rate_limit: int | None
    may_write: bool
    may_query: bool
    queries_end: bool
    source: str


@dataclass(kw_only=True)
class GuanceSettings:
    """What can be set, all of it at run time too."""

    api_key: str = "simulated-key-id"
    """The Key ID, which the header takes (facts §2, three vendor clients)."""
    secret: str = "simulated-key-secret"
    """The other value that the console shows; refused in the header (facts §2)."""
    workspace: str = "wksp_0123456789abcdef0123456789abcdef"
    """Its uuid (facts §2)."""
    name: str = "Simulated workspace"
    retention: str = "14d"
    """durationSet.keyevent (facts §2, §4)."""
    ingest_lag: float | None = 0.2
    """Seconds from the answer until a query sees the event; a sample took 7.6
    (facts §5). None: until a flush."""
    rate_limit: int | None = None
    """Requests per minute and key; that limits exist is documented, their numbers
    are not (facts §3)."""
    workspace_rate_limit: int | None = None
    """The same for the workspace (facts §3)."""
    may_write: bool = True
    """Whether the key's role may make events; which role may is unknown (facts §2)."""
    may_query: bool = True
    """Whether it has "event data query" (facts §2)."""
    queries_end: bool = True
    """Whether queries come to their end, or answer is_running (facts §5)."""
    source: str = "custom"
    """df_source of events made by the Open API: `custom` by some pages, `user` by
    others (facts §4)."""

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


def _flag(value: Json) -> bool:
    if not isinstance(value, bool):
        raise _refused(value)
    return value


def _seconds(value: Json) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise _refused(value)
    return float(value)


def _whole(value: Json) -> int | None:
    seconds = _seconds(value)
    return None if seconds is None else int(seconds)


_READERS: Mapping[str, Callable[[Json], object]] = {
    "api_key": _text,
    "secret": _text,
    "workspace": _text,
    "name": _text,
    "retention": _text,
    "ingest_lag": _seconds,
    "rate_limit": _whole,
    "workspace_rate_limit": _whole,
    "may_write": _flag,
    "may_query": _flag,
    "queries_end": _flag,
    "source": _text,
}
