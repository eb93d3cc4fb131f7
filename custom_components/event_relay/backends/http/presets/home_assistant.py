"""Another Home Assistant: an event on its bus.

Its webhooks would return 200 for requests that they ignore.
"""

from .preset import Preset

HOME_ASSISTANT = Preset(
    name="home_assistant",
    asks={"event_type": "event_relay"},
    definition={
        "path": "/api/events/<<event_type>>",
        "body_kind": "json",
        "body_json": {
            "delivery_id": "{id}",
            "occurred_at": "{occurred_at}",
            "data": "{{ data }}",
        },
        "success_path": "message",
    },
    limits="The token must be of an administrator.",
    source="Home Assistant 2026.10.4, components/api and components/webhook",
)
