"""What the form of a rule asks for to make an event on a camera."""

from ..choice_forms import Listed
from ..rule_forms import RuleField
from ..table_forms import rule_field_of
from .create_payload import CAMERA_EVENT
from .models import FrigateCapabilities


def camera_event_fields(
    capabilities: FrigateCapabilities, listed: Listed
) -> tuple[RuleField, ...]:
    """Return the fields of a camera event, without what this version lacks."""
    version = capabilities.version
    there = {
        "description": version.has_descriptions,
        "pre_capture": version.back_dates,
        "source_type": version.takes_source_type,
    }
    return tuple(
        rule_field_of(field, listed)
        for field in CAMERA_EVENT
        if field.in_rule and there.get(field.name, True)
    )
