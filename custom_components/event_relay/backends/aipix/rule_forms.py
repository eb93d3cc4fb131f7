"""What the form of a rule asks for to set a mark or make a script."""

from homeassistant.helpers.selector import EntitySelector, EntitySelectorConfig

from ..rule_forms import OBJECT, TEXT, RuleField, choice
from .choices import Choices, ScriptChoices
from .login import Api
from .script import CLIENT_ONLY, DISABLED, ENABLED


def camera_mark_fields(choices: ScriptChoices) -> tuple[RuleField, ...]:
    """Return the fields of a mark on a camera."""
    return (
        RuleField(
            name="camera_id", selector=choice(_listed(choices.cameras)), required=True
        ),
        RuleField(name="title", selector=TEXT, required=True),
        RuleField(name="start", selector=TEXT, seldom=True),
        RuleField(name="end", selector=TEXT, seldom=True),
    )


def script_fields(choices: ScriptChoices, api: Api) -> tuple[RuleField, ...]:
    """Return the fields of a script, without what this API lacks."""
    events = choices.used_events if choices.events is None else choices.events
    reactions = (
        choices.used_reactions if choices.reactions is None else choices.reactions
    )
    fields = (
        RuleField(name="title", selector=TEXT, required=True),
        RuleField(name="event_id", selector=choice(_listed(events)), required=True),
        RuleField(name="reaction_id", selector=choice(_listed(reactions))),
        RuleField(name="users", selector=choice(_listed(choices.users), multiple=True)),
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


def _listed(choices: Choices | None) -> dict[str, str]:
    """Return what can be chosen, by id; nothing where there is no list."""
    return {
        str(one.id): f"{one.name} ({one.id})" if one.name else str(one.id)
        for one in choices or ()
    }
