"""Models of aipix's responses."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from ...base import Json, JsonObject
from ...capabilities import PlainCapabilities
from ...errors import InvalidResponse
from ...reading import an_object, moment_or_none
from .login import Api
from .reading import id_of

DESKTOP_MARK = "[DESKTOP-REACTION]"
"""Marker in the titles of the desktop client's own scripts (user guide 25.12)."""
ANSWERED_ONLY = frozenset(
    {"id", "event", "reaction", "users", "created_at", "updated_at"}
)
"""Keys of a returned script that are not sent, or are sent in another shape."""


@dataclass(frozen=True, kw_only=True)
class AipixCapabilities(PlainCapabilities):
    """The version, account and abilities of a server, as last seen."""

    version: str
    api: Api
    user_id: int | None = None
    """Only the client API has it."""
    lists_scripts: bool = False
    """Whether scripts can be listed, which the documentation does not state."""


@dataclass(frozen=True, kw_only=True)
class AipixScript:
    """A stored script; `raw` is the whole response."""

    id: int
    title: str | None
    event_id: int | None
    reaction_id: int | None
    created_at: datetime | None
    raw: Mapping[str, Json]

    @classmethod
    def parse(cls, value: Json) -> Self:
        """Read a script; raises InvalidResponse."""
        script = an_object(value, "script")
        if (script_id := id_of(script)) is None:
            raise InvalidResponse("a script has no id")
        title = script.get("title")
        return cls(
            id=script_id,
            title=title if isinstance(title, str) else None,
            event_id=id_of(script.get("event")),
            reaction_id=id_of(script.get("reaction")),
            created_at=moment_or_none(script.get("created_at")),
            raw=script,
        )

    def body(self) -> JsonObject:
        """Return it as it is written, including its unknown fields."""
        kept = {
            name: value for name, value in self.raw.items() if name not in ANSWERED_ONLY
        }
        users = self.raw.get("users")
        listed = users if isinstance(users, list) else []
        ids = [user if isinstance(user, int) else id_of(user) for user in listed]
        return {
            **kept,
            "event_id": self.event_id,
            "reaction_id": self.reaction_id,
            "users": [user for user in ids if user is not None],
        }


@dataclass(frozen=True, kw_only=True)
class AipixMark:
    """A mark that somebody set on a camera."""

    id: int
    title: str | None
    start: datetime | None

    @classmethod
    def parse(cls, value: Json) -> Self:
        """Read a mark; raises InvalidResponse."""
        mark = an_object(value, "mark")
        if (mark_id := id_of(mark)) is None:
            raise InvalidResponse("a mark has no id")
        title = mark.get("title")
        return cls(
            id=mark_id,
            title=title if isinstance(title, str) else None,
            start=moment_or_none(mark.get("from")),
        )
