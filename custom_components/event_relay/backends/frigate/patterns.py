"""Templates for rules of camera events that only lack their entities."""

from ..rule_patterns import Pattern, each, purpose

CREATE = "create_camera_event"

PATTERNS = {
    "doorbell_to_camera_event": Pattern(
        operation=CREATE,
        triggers=[purpose("doorbell.rang")],
        fields={"label": "doorbell", "duration": "30"},
    ),
    "open_until_closed": Pattern(
        operation=CREATE,
        triggers=[each("door.opened")],
        fields={"label": "door"},
        until={"triggers": [each("door.closed")], "longest_open": 3600},
    ),
    "alarm_until_disarmed": Pattern(
        operation=CREATE,
        triggers=[each("alarm_control_panel.triggered")],
        fields={"label": "alarm"},
        until={
            "triggers": [each("alarm_control_panel.disarmed")],
            "longest_open": 3600,
        },
    ),
}
