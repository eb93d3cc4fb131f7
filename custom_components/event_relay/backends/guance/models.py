"""What is read from the service."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
import re
from typing import Self

from ..base import Json, JsonObject, UnreadablePayload
from ..errors import InvalidResponse

RETENTION = timedelta(days=14)
"""How long events are kept unless the workspace says otherwise (vendor
documentation, billing): 30 and 60 days can be bought."""
LONGEST = 9_999
"""Days; what claims more has another shape than expected."""
_DAYS = re.compile(r"([1-9]\d{0,3})d", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class GuanceCapabilities:
    """What is kept of a workspace: how long it keeps events, and nothing else."""

    retention: timedelta = RETENTION

    def dump(self) -> JsonObject:
        """Turn the capabilities into what the connection keeps."""
        return {"retention_days": self.retention.days}

    @classmethod
    def load(cls, data: JsonObject) -> Self:
        """Read what `dump` gave; raises UnreadablePayload."""
        days = data.get("retention_days")
        if not isinstance(days, int) or not 0 < days <= LONGEST:
            raise UnreadablePayload("retention_days is no number of days")
        return cls(retention=timedelta(days=days))


@dataclass(frozen=True, kw_only=True)
class GuanceWorkspace:
    """The workspace that a key belongs to.

    The answer also holds the workspace's write token (vendor client), which is why
    it is read here, and only here, and thrown away.
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
    """Return how long events are kept; the default where it says nothing clear."""
    match workspace:
        case {"durationSet": {"keyevent": str(words)}}:
            if found := _DAYS.fullmatch(words):
                return timedelta(days=int(found[1]))
    return RETENTION


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """What a look for an event saw."""

    seen: bool
    finished: bool = True
    """False where the search goes on, so that unseen does not mean absent."""
    document_id: str | None = None
    """The id in the service's store, `__docid`; create does not give it."""
