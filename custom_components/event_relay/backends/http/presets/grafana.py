"""Grafana: an annotation, optionally with an end."""

from .preset import Preset

GRAFANA = Preset(
    name="grafana",
    definition={
        "path": "/api/annotations",
        "body_kind": "json",
        "body_json": {
            "time": "{occurred_ms}",
            "tags": ["event-relay", "er:{id}", "{{ tag }}"],
            "text": "{{ text }}",
        },
        "fields": {
            "text": {"required": True, "type": "text"},
            "tag": {"type": "text"},
        },
        "test_field": "text",
        "repeat": "look_up",
        "look_up": {
            "path": "/api/annotations",
            "query": {"tags": "er:{id}", "limit": 1},
            "found_path": "[0]",
        },
        "id_from": "id",
        "reason_from": "message",
        "end": {
            "method": "PATCH",
            "path": "/api/annotations/{start_id}",
            "body_kind": "json",
            "body_json": {"timeEnd": "{ended_ms}"},
            "repeat": "repeatable",
        },
    },
    limits="Needs a service account token that may write annotations.",
    source="grafana/grafana, docs/sources/developers/http_api/annotations.md",
)
