"""The settings of a simulated workspace."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, TypedDict

from tools.simulators.settings import (
    Reader,
    Settings,
    flag,
    or_none,
    seconds,
    text,
    whole,
)


class GuanceOptions(TypedDict, total=False):
    """The fields of GuanceSettings, all optional."""

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
class GuanceSettings(Settings):
    """All settings; each can also be changed at run time."""

    api_key: str = "simulated-key-id"
    """The Key ID, the value of the header (facts §2, three vendor clients)."""
    secret: str = "simulated-key-secret"
    """The other value in the console; refused in the header (facts §2)."""
    workspace: str = "wksp_0123456789abcdef0123456789abcdef"
    """Its uuid (facts §2)."""
    name: str = "Simulated workspace"
    retention: str = "14d"
    """durationSet.keyevent (facts §2, §4)."""
    ingest_lag: float | None = 0.2
    """Seconds from the response until a query sees the event; a sample took 7.6 (facts
    §5). None: until a flush."""
    rate_limit: int | None = None
    """Requests per minute and key; limits are documented, but not their values (facts
    §3)."""
    workspace_rate_limit: int | None = None
    """The same for the workspace (facts §3)."""
    may_write: bool = True
    """Whether the key's role may create events; the required role is unknown (facts
    §2)."""
    may_query: bool = True
    """Whether it has "event data query" (facts §2)."""
    queries_end: bool = True
    """Whether queries finish, or return is_running (facts §5)."""
    source: str = "custom"
    """df_source of events created by the Open API: `custom` on some pages, `user` on
    others (facts §4)."""

    readers: ClassVar[Mapping[str, Reader]] = {
        "api_key": text,
        "secret": text,
        "workspace": text,
        "name": text,
        "retention": text,
        "ingest_lag": or_none(seconds),
        "rate_limit": or_none(whole),
        "workspace_rate_limit": or_none(whole),
        "may_write": flag,
        "may_query": flag,
        "queries_end": flag,
        "source": text,
    }
