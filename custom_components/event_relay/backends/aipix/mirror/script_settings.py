"""The settings of a script mirror."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SUBENTRY_SCRIPT_MIRROR = "script_mirror"

CONF_SCHEDULE = "schedule_entity"
CONF_EVENT = "event_id"
CONF_REACTION = "reaction_id"
CONF_USERS = "users"
CONF_TITLE = "title"
CONF_CAMERAS = "cameras"
CONF_EXTRA = "extra"

_FIELDS = (
    CONF_SCHEDULE,
    CONF_EVENT,
    CONF_REACTION,
    CONF_USERS,
    CONF_TITLE,
    CONF_CAMERAS,
    CONF_EXTRA,
)


@dataclass(frozen=True, kw_only=True)
class ScriptMirrorSettings:
    """A script mirror as its form left it."""

    schedule: str
    """Entity id of the schedule helper."""
    fields: Mapping[str, Any]
    """Fields of the script, including the helper."""


def read_script_mirror(data: Mapping[str, Any]) -> ScriptMirrorSettings:
    """Read the settings from a subentry's data."""
    return ScriptMirrorSettings(
        schedule=data[CONF_SCHEDULE],
        fields={
            name: data[name] for name in _FIELDS if data.get(name) not in (None, "", {})
        },
    )
