"""What the form of a rule asks for to make an event on a camera."""

from ..choice_forms import Listed, choice
from ..rule_forms import LINES, OBJECT, SECONDS, TEXT, YES_NO, RuleField
from .models import FrigateCapabilities


def camera_event_fields(
    capabilities: FrigateCapabilities, listed: Listed
) -> tuple[RuleField, ...]:
    """Return the fields of a camera event, without what this version lacks."""
    version = capabilities.version
    fields = (
        RuleField(
            name="camera", selector=choice(listed.get("camera", {})), required=True
        ),
        RuleField(name="label", selector=TEXT, required=True),
        RuleField(name="sub_label", selector=TEXT),
        RuleField(name="duration", selector=SECONDS),
        RuleField(name="description", selector=LINES, seldom=True),
        RuleField(name="include_recording", selector=YES_NO, seldom=True),
        RuleField(name="retain", selector=YES_NO, seldom=True),
        RuleField(name="pre_capture", selector=SECONDS, seldom=True),
        RuleField(name="score", selector=TEXT, seldom=True),
        RuleField(name="boxes", selector=OBJECT, seldom=True),
        RuleField(name="source_type", selector=TEXT, seldom=True),
    )
    lacking = {
        name
        for name, there in (
            ("description", version.has_descriptions),
            ("pre_capture", version.back_dates),
            ("source_type", version.takes_source_type),
        )
        if not there
    }
    return tuple(field for field in fields if field.name not in lacking)
