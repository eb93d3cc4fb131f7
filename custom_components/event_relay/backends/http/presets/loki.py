"""Loki: a line of a log.

The same line of the same stream at the same nanosecond is stored once.
"""

from .preset import Preset

LOKI = Preset(
    name="loki",
    definition={
        "path": "/loki/api/v1/push",
        "body_kind": "json",
        "body_json": {
            "streams": [
                {
                    "stream": {"app": "home_assistant", "source": "{{ source }}"},
                    "values": [["{occurred_ns}", "{{ line }}"]],
                }
            ]
        },
        "fields": {
            "line": {"required": True, "type": "text"},
            "source": {"default": "event_relay", "type": "text"},
        },
        "test_field": "line",
        "repeat": "repeatable",
        "success_statuses": "204",
        "life": 3600,
    },
    limits="A line more than an hour behind the newest of its stream is refused.",
    source="grafana/loki, issues 1519 and 12933",
)
