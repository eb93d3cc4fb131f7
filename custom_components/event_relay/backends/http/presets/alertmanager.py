"""Alertmanager: an alert, and its end.

The labels identify an alert: the same labels mean the same alert.
"""

from .preset import Preset

_LABELS = {
    "alertname": "{{ alertname }}",
    "severity": "{{ severity }}",
    "er_id": "{id}",
}

ALERTMANAGER = Preset(
    name="alertmanager",
    definition={
        "path": "/api/v2/alerts",
        "body_kind": "json",
        "body_json": [
            {
                "labels": {**_LABELS},
                "annotations": {"summary": "{{ summary }}"},
                "startsAt": "{occurred_at}",
                "endsAt": "{{ (now() + timedelta(hours=hours)).isoformat() }}",
            }
        ],
        "fields": {
            "alertname": {"required": True, "type": "text"},
            "summary": {"required": True, "type": "text"},
            "severity": {"default": "info", "type": "text"},
            "hours": {"default": 1, "type": "number"},
        },
        "test_field": "summary",
        "repeat": "repeatable",
        "end": {
            "path": "/api/v2/alerts",
            "body_kind": "json",
            "body_json": [
                {
                    "labels": {**_LABELS},
                    "annotations": {"summary": "{{ summary }}"},
                    "startsAt": "{occurred_at}",
                    "endsAt": "{ended_at}",
                }
            ],
            "repeat": "repeatable",
        },
    },
    limits=(
        "Without an end it resolves by itself after the hours that the data give, one "
        "unless they say otherwise."
    ),
    source="prometheus/alertmanager, docs/alerts_api.md",
)
