"""What a script is made of, for the calls that make and change one."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
import math
from typing import Self

from ..base import InvalidField, Json, JsonObject
from ..fields import line, optional, whole
from .login import Api
from .models import AipixCapabilities
from .times import entries
from .timetable import timetable
from .week import schedule

MOST_USERS = 1000
LARGEST_ID = 2**53
LONGEST_TITLE = 255
"""Characters: what Laravel gives a text in a database (inferred)."""
DEEPEST = 20
"""How far values that are passed on as they are may be nested."""
ENABLED = "active"
"""The status of the documented sample."""
DISABLED = "inactive"
"""The documentation only says that false disables a script; the word is inferred."""

FIELDS = (
    "event_id",
    "reaction_id",
    "users",
    "schedule",
    "title",
    "status",
    "cameras",
    "timetable",
    "extra",
)
PUBLIC = frozenset(
    {
        "event_id",
        "reaction_id",
        "users",
        "schedule",
        "status",
        "cameras",
        "timetable",
    }
)
"""The fields that hold ids, times and choices only."""
CLIENT_ONLY = ("title", "status", "cameras", "timetable", "extra")

identifier = partial(whole, minimum=1, maximum=LARGEST_ID)
PROSE = {"title": LONGEST_TITLE}
"""Characters of what people write."""

title = partial(line, longest=LONGEST_TITLE)


def users(value: object, name: str) -> tuple[int, ...]:
    """Read the ids of users, each once; the list may be empty."""
    listed = value if isinstance(value, list | tuple) else [value]
    found = entries(listed, name, most=MOST_USERS)
    ids = [identifier(one, f"{name}[{index}]") for index, one in enumerate(found)]
    return tuple(dict.fromkeys(ids))


def status(value: object, name: str) -> str:
    """Read a status: on, off, or a word that this version of aipix knows."""
    if isinstance(value, bool):
        return ENABLED if value else DISABLED
    read = line(value, name)
    if not read:
        raise InvalidField(name, "invalid")
    return read


def cameras(value: object, name: str) -> list[Json]:
    """Read cameras, whose shape is not documented: they are passed on as they are."""
    read = passed_on(value, name)
    if not isinstance(read, list):
        raise InvalidField(name, "invalid")
    return read


def extra(value: object, name: str) -> JsonObject:
    """Read what a reaction wants beside, such as a chat; passed on as it is."""
    read = passed_on(value, name)
    if not isinstance(read, dict):
        raise InvalidField(name, "invalid")
    return read


def passed_on(value: object, name: str, depth: int = 0) -> Json:
    """Read a value that JSON can hold, whatever it is."""
    if depth > DEEPEST:
        raise InvalidField(name, "invalid")
    match value:
        case bool() | str() | int() | None:
            return value
        case float() if math.isfinite(value):
            return value
        case list() | tuple():
            return [passed_on(one, name, depth + 1) for one in value]
        case Mapping():
            return {
                str(key): passed_on(one, f"{name}.{key}", depth + 1)
                for key, one in value.items()
            }
    raise InvalidField(name, "invalid")


@dataclass(frozen=True, kw_only=True)
class ScriptFields:
    """The fields of a script; None for what is not given."""

    event_id: int | None = None
    reaction_id: int | None = None
    users: tuple[int, ...] | None = None
    schedule: list[Json] | None = None
    """Days and ranges, for the administrator API."""
    title: str | None = None
    status: str | None = None
    cameras: list[Json] | None = None
    timetable: JsonObject | None = None
    extra: JsonObject | None = None
    """May hold a bot's token: never in a log, a summary or a message."""

    @classmethod
    def parse(cls, data: Mapping[str, object]) -> Self:
        """Read the fields of an action; raises InvalidField."""
        if data.get("schedule") is not None and data.get("timetable") is not None:
            raise InvalidField("schedule", "exclusive", other="timetable")
        return cls(
            event_id=optional(data, "event_id", identifier),
            reaction_id=optional(data, "reaction_id", identifier),
            users=optional(data, "users", users),
            schedule=optional(data, "schedule", schedule),
            title=optional(data, "title", title),
            status=optional(data, "status", status),
            cameras=optional(data, "cameras", cameras),
            timetable=optional(data, "timetable", timetable),
            extra=optional(data, "extra", extra),
        )

    def given(self) -> JsonObject:
        """Return the fields that are given, as they are sent and stored."""
        every: JsonObject = {
            "event_id": self.event_id,
            "reaction_id": self.reaction_id,
            "users": None if self.users is None else list(self.users),
            "schedule": self.schedule,
            "title": self.title,
            "status": self.status,
            "cameras": self.cameras,
            "timetable": self.timetable,
            "extra": self.extra,
        }
        return {name: value for name, value in every.items() if value is not None}


def refuse_other_api(fields: ScriptFields, capabilities: AipixCapabilities) -> None:
    """Refuse what the API of the connection does not have; raises InvalidField."""
    given = fields.given()
    if capabilities.api is Api.CLIENT:
        if "schedule" in given:
            raise InvalidField("schedule", "other_api", api=Api.ADMINISTRATOR.value)
        return
    for name in CLIENT_ONLY:
        if name in given:
            raise InvalidField(name, "other_api", api=Api.CLIENT.value)


def refuse_administrator(capabilities: AipixCapabilities, field: str) -> None:
    """Refuse a call that only the client API has; raises InvalidField."""
    if capabilities.api is not Api.CLIENT:
        raise InvalidField(field, "other_api", api=Api.CLIENT.value)
