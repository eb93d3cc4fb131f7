"""PagerDuty: an alert by its Events API v2, and its resolution.

A second trigger of an open alert only adds an entry to its log. After it was resolved,
it would be a new alert: the key deduplicates only while it is open.
"""

from .preset import Preset

PAGERDUTY = Preset(
    name="pagerduty",
    secrets=("routing_key",),
    definition={
        "path": "/v2/enqueue",
        "body_kind": "json",
        "body_json": {
            "routing_key": "{secret:routing_key}",
            "event_action": "trigger",
            "dedup_key": "{id}",
            "payload": {
                "summary": "{{ summary[:1024] }}",
                "source": "{{ source }}",
                "severity": "{{ severity }}",
                "timestamp": "{occurred_at}",
            },
        },
        "fields": {
            "summary": {"required": True, "type": "text"},
            "source": {"default": "Home Assistant", "type": "text"},
            "severity": {"default": "info", "type": "text"},
        },
        "test_field": "summary",
        "repeat": "while_open",
        "success_statuses": "202",
        "id_from": "dedup_key",
        "reason_from": "message",
        "end": {
            "path": "/v2/enqueue",
            "body_kind": "json",
            "body_json": {
                "routing_key": "{secret:routing_key}",
                "event_action": "resolve",
                "dedup_key": "{id}",
            },
            "repeat": "repeatable",
        },
    },
    limits="A summary of 1,024 characters, 512 KB, about 120 events a minute and key.",
    source="PagerDuty/developer-docs, docs/events-API-v2/01, 02 and 05",
)
