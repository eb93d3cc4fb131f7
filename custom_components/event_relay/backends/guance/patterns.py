"""Templates for rules of custom events that only lack their entities."""

from ..rule_patterns import Pattern

NAME = "{{ trigger.to_state.name }}"

PATTERNS = {
    "alarm_and_recovery": Pattern(
        operation="create_custom_event",
        triggers=[
            {"trigger": "state", "entity_id": [], "to": ["on"], "id": "alarm"},
            {"trigger": "state", "entity_id": [], "to": ["off"], "id": "recovery"},
        ],
        fields={
            "status": "{{ 'critical' if trigger.id == 'alarm' else 'ok' }}",
            "title": NAME,
            "message": f"{NAME}: {{{{ trigger.to_state.state }}}}",
            "tags": {"entity_id": "{{ trigger.entity_id }}"},
        },
    ),
}
