"""Ntfy: a message to a topic."""

from .preset import Preset

NTFY = Preset(
    name="ntfy",
    asks={"topic": ""},
    definition={
        "path": "/",
        "body_kind": "json",
        "body_json": {
            "topic": "<<topic>>",
            "sequence_id": "{id}",
            "title": "{{ title }}",
            "message": "{{ message }}",
            "priority": "{{ priority }}",
            "tags": "{{ tags }}",
            "click": "{{ click }}",
        },
        "fields": {
            "message": {"required": True, "type": "text"},
            "title": {"type": "text"},
            "priority": {"type": "number"},
            "tags": {},
            "click": {"type": "text"},
        },
        "test_field": "message",
        "repeat": "repeatable",
        "id_from": "id",
        "reason_from": "error",
    },
    limits=(
        "A server from 2.16 on: there clients show a second copy in place of the "
        "first. An older one shows both. 60 messages at once, then one in 5 s; 4,096 "
        "bytes."
    ),
    source="binwiederhier/ntfy, docs/publish.md, v2.28.0",
)
