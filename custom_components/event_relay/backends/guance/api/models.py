"""Models of the service's responses."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
import re
from typing import Self

from ...base import Json, JsonObject, UnreadablePayload
from ...errors import InvalidResponse

RETENTION = timedelta(days=14)
"""Default retention of events (vendor documentation, billing): 30 and 60 days can be
bought."""
LONGEST = 9_999
"""Days; a larger value means that the format is not the expected one."""
_DAYS = re.compile(r"([1-9]\d{0,3})d", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class GuanceCapabilities:
    """The retention of a workspace, and nothing else."""

    retention: timedelta = RETENTION

    def dump(self) -> JsonObject:
        """Turn the capabilities into their stored form."""
        return {"retention_days": self.retention.days}

    @classmethod
    def load(cls, data: JsonObject) -> Self:
        """Read the result of `dump`; raises UnreadablePayload."""
        days = data.get("retention_days")
        if not isinstance(days, int) or not 0 < days <= LONGEST:
            raise UnreadablePayload("retention_days is no number of days")
        return cls(retention=timedelta(days=days))


@dataclass(frozen=True, kw_only=True)
class GuanceWorkspace:
    """The workspace that a key belongs to.

    The response also holds the workspace's write token (vendor client). That is why it
    is read only here, and discarded.
    """

    uuid: str
    name: str
    capabilities: GuanceCapabilities

    @classmethod
    def parse(cls, content: Json) -> Self:
        """Read the content of workspace/get; raises InvalidResponse."""
        if not isinstance(content, dict):
            raise InvalidResponse("the workspace is not an object")
        uuid, name = content.get("uuid"), content.get("name")
        if not isinstance(uuid, str) or not uuid:
            raise InvalidResponse("the workspace has no uuid")
        return cls(
            uuid=uuid,
            name=name if isinstance(name, str) else "",
            capabilities=GuanceCapabilities(retention=_retention(content)),
        )


def _retention(workspace: Mapping[str, Json]) -> timedelta:
    """Return the retention; the default if it is unclear."""
    match workspace:
        case {"durationSet": {"keyevent": str(words)}}:
            if found := _DAYS.fullmatch(words):
                return timedelta(days=int(found[1]))
    return RETENTION


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """The result of looking up an event."""

    seen: bool
    finished: bool = True
    """False while the search goes on, so that a missing event need not be absent."""
    document_id: str | None = None
    """The id in the service's store, `__docid`; create does not return it."""
