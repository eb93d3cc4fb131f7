"""Tests that every preset sends what its service documents."""

from datetime import timedelta
import json
from typing import Any

import pytest

from custom_components.event_relay.backends.base import InvalidField, Json
from custom_components.event_relay.backends.http.presets import BY_NAME, PRESETS, Preset
from custom_components.event_relay.backends.http.request.definition import (
    Definition,
    Repeat,
)
from custom_components.event_relay.backends.http.request.filling import filler
from custom_components.event_relay.backends.http.request.prepared import (
    Prepared,
    prepare,
)
from custom_components.event_relay.backends.http.request.wire import Sent, Wire

from .jinja import NOON, rendering

MS = int(NOON.timestamp()) * 1000
ORIGIN = "https://target.example"
FILLED = {name: f"the-{name}" for preset in PRESETS for name in preset.asks} | {
    "path": "/webhook/the-path"
}


def made(preset: Preset, **data: object) -> Prepared:
    """Return a delivery of a preset's request."""
    definition = Definition.parse({"repeat": "ask", **preset.filled(FILLED)})
    return prepare(
        definition,
        rendering(*(definition.accepts or ()), **definition.given(data)),
        request="r",
        title="R",
    )


def sent(wire: Wire) -> Sent:
    """Return the HTTP request that is sent."""
    values = filler(
        delivery_id="d-1",
        occurred_at=NOON,
        now=NOON,
        ended_at=NOON + timedelta(minutes=5),
        start_id="77",
    )
    secrets = {"secret:routing_key": "k3y"}
    return wire.filled(ORIGIN, lambda name: secrets.get(name) or values(name))


def body(wire: Wire) -> Json:
    """Return the JSON body that is sent."""
    content = sent(wire).body
    assert content is not None
    decoded: Json = json.loads(content)
    return decoded


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_every_preset_has_its_texts_and_options(preset: Preset) -> None:
    assert preset.source
    assert preset.limits
    definition = preset.definition
    parsed = Definition.parse({"repeat": "ask", **preset.filled(FILLED)})
    assert preset.asks_repeat == ("repeat" not in definition)
    if preset.asks_repeat:  # its form has no choice about an end
        assert not {"end", "look_up"} & preset.definition.keys()
    assert "<<" not in json.dumps(preset.filled(FILLED))
    for name in preset.secrets:
        assert f"{{secret:{name}}}" in json.dumps(definition)
    # Without the user's consent, only repeatable requests are resent.
    assert parsed.repeat is not Repeat.MAY_REPEAT
    for name in preset.asks:
        with pytest.raises(InvalidField):
            preset.filled(FILLED | {name: " "})


DATA: dict[str, dict[str, Any]] = {
    "webhook": {"a": 1},
    "home_assistant": {"a": 1},
    "ntfy": {"message": 5, "priority": "4"},
    "pagerduty": {"summary": "x" * 2000},
    "grafana": {"text": "Front door"},
    "alertmanager": {"alertname": "Door", "summary": "Open"},
    "influxdb": {"name": "front door,a=b", "text": 'say "hi"\\', "value": "2.5"},
    "loki": {"line": "Front door"},
}
SENDS: dict[str, tuple[str, object]] = {
    "webhook": (
        "POST /webhook/the-path",
        {"id": "d-1", "occurred_at": "2026-11-28T12:00:00.000Z", "data": {"a": 1}},
    ),
    "home_assistant": (
        "POST /api/events/the-event_type",
        {
            "delivery_id": "d-1",
            "occurred_at": "2026-11-28T12:00:00.000Z",
            "data": {"a": 1},
        },
    ),
    "ntfy": (
        "POST /",
        {"topic": "the-topic", "sequence_id": "d-1", "message": "5", "priority": 4},
    ),
    "pagerduty": (
        "POST /v2/enqueue",
        {
            "routing_key": "k3y",
            "event_action": "trigger",
            "dedup_key": "d-1",
            "payload": {
                "summary": "x" * 1024,
                "source": "Home Assistant",
                "severity": "info",
                "timestamp": "2026-11-28T12:00:00.000Z",
            },
        },
    ),
    "grafana": (
        "POST /api/annotations",
        {"time": MS, "tags": ["event-relay", "er:d-1"], "text": "Front door"},
    ),
    "alertmanager": (
        "POST /api/v2/alerts",
        [
            {
                "labels": {"alertname": "Door", "severity": "info", "er_id": "d-1"},
                "annotations": {"summary": "Open"},
                "startsAt": "2026-11-28T12:00:00.000Z",
                "endsAt": "2026-11-28T13:00:00+00:00",
            }
        ],
    ),
    "loki": (
        "POST /loki/api/v1/push",
        {
            "streams": [
                {
                    "stream": {"app": "home_assistant", "source": "event_relay"},
                    "values": [[f"{MS}000000", "Front door"]],
                }
            ]
        },
    ),
}


@pytest.mark.parametrize("name", SENDS)
def test_preset_sends_its_request(name: str) -> None:
    wire = made(BY_NAME[name], **DATA[name]).wire
    request = sent(wire)
    wanted, wanted_body = SENDS[name]
    assert f"{request.method} {request.address.removeprefix(ORIGIN)}" == wanted
    assert body(wire) == wanted_body


def test_influxdb_line() -> None:
    request = sent(made(BY_NAME["influxdb"], **DATA["influxdb"]).wire)
    assert request.address == (
        f"{ORIGIN}/api/v2/write?org=the-org&bucket=the-bucket&precision=ms"
    )
    assert request.body is not None
    assert request.body.decode() == (
        f'event_relay,name=front\\ door\\,a\\=b text="say \\"hi\\"\\\\",value=2.5 {MS}'
    )


def test_every_preset_is_covered() -> None:
    assert DATA.keys() == BY_NAME.keys() == SENDS.keys() | {"influxdb"}


ENDS: dict[str, tuple[str, object]] = {
    "grafana": ("PATCH /api/annotations/77", {"timeEnd": MS + 300_000}),
    "pagerduty": (
        "POST /v2/enqueue",
        {"routing_key": "k3y", "event_action": "resolve", "dedup_key": "d-1"},
    ),
    "alertmanager": (
        "POST /api/v2/alerts",
        [
            {
                "labels": {"alertname": "Door", "severity": "info", "er_id": "d-1"},
                "annotations": {"summary": "Open"},
                "startsAt": "2026-11-28T12:00:00.000Z",
                "endsAt": "2026-11-28T12:05:00.000Z",
            }
        ],
    ),
}


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_preset_sends_its_end(preset: Preset) -> None:
    end = made(preset, **DATA[preset.name]).end
    if preset.name not in ENDS:
        assert end is None
        return
    assert end is not None
    assert end.repeat.sent_again
    request = sent(end.wire)
    wanted, wanted_body = ENDS[preset.name]
    assert f"{request.method} {request.address.removeprefix(ORIGIN)}" == wanted
    assert body(end.wire) == wanted_body


def test_grafana_look_up() -> None:
    question = made(BY_NAME["grafana"], text="x").question
    assert question is not None
    assert sent(question.wire).address == (
        f"{ORIGIN}/api/annotations?tags=er%3Ad-1&limit=1"
    )
