"""The fields of a rule's form for an event on a camera."""

from dataclasses import replace

from ..choice_forms import Listed, choice
from ..rule_forms import RuleField
from ..table_forms import rule_field_of
from .api.models import FrigateCapabilities
from .operations.create_payload import CAMERA_EVENT

LABELS = "labels"
"""Key of the existing events' labels in the live system's choices."""


def camera_event_fields(
    capabilities: FrigateCapabilities, listed: Listed
) -> tuple[RuleField, ...]:
    """Return the fields of a camera event that this version supports."""
    version = capabilities.version
    there = {
        "description": version.has_descriptions,
        "pre_capture": version.back_dates,
        "source_type": version.takes_source_type,
    }
    fields = (
        rule_field_of(field, listed)
        for field in CAMERA_EVENT
        if field.in_rule and there.get(field.name, True)
    )
    labels = listed.get(LABELS)
    return tuple(
        replace(field, selector=choice(labels))
        if labels and field.name == "label"
        else field
        for field in fields
    )
