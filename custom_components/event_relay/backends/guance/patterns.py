"""Templates for rules of custom events that only lack their entities."""

from collections.abc import Mapping
from typing import Any

from ..rule_patterns import Pattern, each

NAME = "{{ trigger.to_state.name }}"


def _and_recovery(began: Mapping[str, Any], ended: Mapping[str, Any]) -> Pattern:
    """Return a pattern for a critical event, and another one that says it is over."""
    return Pattern(
        operation="create_custom_event",
        triggers=[{**began, "id": "alarm"}, {**ended, "id": "recovery"}],
        fields={
            "status": "{{ 'critical' if trigger.id == 'alarm' else 'ok' }}",
            "title": NAME,
            "message": f"{NAME}: {{{{ trigger.to_state.state }}}}",
            "tags": {"entity_id": "{{ trigger.entity_id }}"},
        },
    )


def _state(**options: list[str]) -> Mapping[str, Any]:
    """Return a trigger for changes of entities that are still to be chosen."""
    return {"trigger": "state", "entity_id": [], **options}


PATTERNS = {
    # Most times that a panel is disarmed, there was no alarm.
    "alarm_and_recovery": _and_recovery(
        each("alarm_control_panel.triggered"), _state(**{"from": ["triggered"]})
    ),
    "problem_and_recovery": _and_recovery(_state(to=["on"]), _state(to=["off"])),
}
