"""The fields of a rule's form for a mark or a script."""

from homeassistant.helpers.selector import EntitySelector, EntitySelectorConfig

from ..choice_forms import Listed, choice
from ..rule_forms import OBJECT, TEXT, RuleField
from .api.login import Api
from .operations.script import CLIENT_ONLY, DISABLED, ENABLED


def camera_mark_fields(listed: Listed) -> tuple[RuleField, ...]:
    """Return the fields of a mark on a camera."""
    return (
        RuleField(
            name="camera_id",
            selector=choice(listed.get("camera_id", {})),
            required=True,
        ),
        RuleField(name="title", selector=TEXT, required=True),
        RuleField(name="start", selector=TEXT, seldom=True),
        RuleField(name="end", selector=TEXT, seldom=True),
    )


def script_fields(listed: Listed, api: Api) -> tuple[RuleField, ...]:
    """Return the fields of a script that this API supports."""
    fields = (
        RuleField(name="title", selector=TEXT, required=True),
        RuleField(
            name="event_id", selector=choice(listed.get("event_id", {})), required=True
        ),
        RuleField(name="reaction_id", selector=choice(listed.get("reaction_id", {}))),
        RuleField(
            name="users", selector=choice(listed.get("users", {}), multiple=True)
        ),
        RuleField(
            name="schedule_entity",
            selector=EntitySelector(EntitySelectorConfig(domain="schedule")),
        ),
        RuleField(name="schedule", selector=OBJECT, seldom=True),
        RuleField(name="timetable", selector=OBJECT, seldom=True),
        RuleField(name="status", selector=choice((ENABLED, DISABLED)), seldom=True),
        RuleField(name="cameras", selector=OBJECT, seldom=True),
        RuleField(name="extra", selector=OBJECT, seldom=True, secret=True),
    )
    if api is Api.CLIENT:
        return fields
    return tuple(field for field in fields if field.name not in CLIENT_ONLY)
