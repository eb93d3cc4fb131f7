"""The fields of a script, for the calls that create and change one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Self, Unpack

from ...base import InvalidField, Json, JsonObject
from ...field import Field
from ...field_table import (
    About,
    any_field,
    entity_field,
    json_field,
    list_field,
    number_field,
    text_field,
)
from ...fields import as_json, line, whole
from ..api.login import Api
from ..api.models import AipixCapabilities
from .times import entries
from .timetable import timetable
from .week import schedule

MOST_USERS = 1000
LARGEST_ID = 2**53
LONGEST_TITLE = 255
"""Characters: what Laravel gives a text in a database (inferred)."""
ENABLED = "active"
"""The status of the documented sample."""
DISABLED = "inactive"
"""The documentation only says that false disables a script; the value is inferred."""

CLIENT_ONLY = ("title", "status", "cameras", "timetable", "extra")

identifier = partial(whole, minimum=1, maximum=LARGEST_ID)


def id_field(name: str, **about: Unpack[About]) -> Field:
    """Return a field for one of aipix's numeric ids."""
    shown = number_field(name, least=1, most=LARGEST_ID - 1, **about)
    return replace(shown, read=identifier, public=True, shown_as={"text": None})


def users(value: object, name: str) -> tuple[int, ...]:
    """Read the ids of users without duplicates; the list may be empty."""
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
        raise InvalidField(name, "required")
    return read


def cameras(value: object, name: str) -> list[Json]:
    """Read cameras, whose shape is not documented: they are passed on unchanged."""
    read = as_json(value, name)
    if not isinstance(read, list):
        raise InvalidField(name, "not_a_list")
    return read


def extra(value: object, name: str) -> JsonObject:
    """Read additional data for the reaction, such as a chat; passed on unchanged."""
    read = as_json(value, name)
    if not isinstance(read, dict):
        raise InvalidField(name, "not_a_mapping")
    return read


def _each(value: object) -> object:
    """Return a single day as a list."""
    return value if isinstance(value, list | tuple) else [value]


SCRIPT: tuple[Field, ...] = (
    id_field("event_id", example=41),
    id_field("reaction_id", example=3),
    list_field("users", users, clears=True, public=True, example="[7, 8]"),
    entity_field("schedule_entity", "schedule"),
    text_field(
        "title",
        longest=LONGEST_TITLE,
        prose=True,
        clears=True,
        example="Somebody after office hours",
    ),
    json_field(
        "schedule",
        schedule,
        prepare=_each,
        clears=True,
        public=True,
        seldom=True,
        example='[{"day": "monday", "ranges": [{"from": "22:00", "to": "06:00"}]}]',
    ),
    json_field(
        "timetable",
        timetable,
        clears=True,
        public=True,
        seldom=True,
        example=(
            '{"days": [{"type": "monday", "from": "08:00:00", "to": "18:00:00", '
            '"breaks": []}]}'
        ),
    ),
    any_field("status", status, public=True, seldom=True, example=ENABLED),
    list_field("cameras", cameras, clears=True, public=True, seldom=True),
    json_field("extra", extra, clears=True, secret=True, seldom=True),
)
"""The fields of a script, to create or change it."""


@dataclass(frozen=True, kw_only=True)
class ScriptFields:
    """The fields of a script; None for those not given."""

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
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Build it from the values of an action; raises InvalidField."""
        if {"schedule", "timetable"} <= values.keys():
            raise InvalidField("schedule", "exclusive", other="timetable")
        return cls(**values)

    def given(self) -> JsonObject:
        """Return the given fields in the format that is sent and stored."""
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
    """Refuse fields that the connection's API lacks; raises InvalidField."""
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
