r"""InfluxDB 2: a point in a bucket.

A point of the same measurement, tags and time replaces the one before. With the time of
the occurrence, a second write is the same point. The line protocol escapes blanks,
commas and equals signs of a tag with a backslash, and so quotes of a text.
"""

from .preset import Preset

_TAG = (
    "{{ name | replace('\\\\', '\\\\\\\\') | replace(' ', '\\\\ ')"
    " | replace(',', '\\\\,') | replace('=', '\\\\=') | replace('\\n', '\\\\ ') }}"
)
_TEXT = "{{ text | replace('\\\\', '\\\\\\\\') | replace('\"', '\\\\\"') }}"

INFLUXDB = Preset(
    name="influxdb",
    asks={"org": "", "bucket": ""},
    definition={
        "path": "/api/v2/write",
        "query": {"org": "<<org>>", "bucket": "<<bucket>>", "precision": "ms"},
        "body_kind": "text",
        "body_text": (
            f'event_relay,name={_TAG} text="{_TEXT}",value={{{{ value }}}} '
            "{occurred_ms}"
        ),
        "fields": {
            "name": {"required": True, "type": "text"},
            "text": {"default": "", "type": "text"},
            "value": {"default": 1, "type": "number"},
        },
        "test_field": "text",
        "repeat": "repeatable",
        "success_statuses": "204",
        "reason_from": "message",
    },
    limits="The header Authorization takes the word Token, a blank, and the token.",
    source="docs.influxdata.com, v2: write data, duplicate points, line protocol",
)
