"""Templates for rules of live events that only lack their entities."""

from ..rule_patterns import Pattern, purpose

PATTERNS = {
    "calendar_to_live_event": Pattern(
        operation="create_live_event",
        triggers=[
            purpose(
                "calendar.event_started",
                offset={"days": 0, "hours": 1, "minutes": 0, "seconds": 0},
                offset_type="before",
            )
        ],
        fields={
            "title": "{{ trigger.calendar_event.summary }}",
            "event_type": "in_person",
            "start": "{{ trigger.calendar_event.start }}",
            "end": "{{ trigger.calendar_event.end }}",
        },
    ),
}
