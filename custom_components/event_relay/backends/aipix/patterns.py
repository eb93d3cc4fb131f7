"""Templates for rules of camera marks that only lack their entities."""

from ..rule_patterns import Pattern, purpose

PATTERNS = {
    "doorbell_to_camera_mark": Pattern(
        operation="create_camera_mark",
        triggers=[purpose("doorbell.rang")],
        fields={"title": "{{ trigger.to_state.name }}"},
    ),
}
