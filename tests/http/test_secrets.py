"""Tests that nothing that Event Relay writes contains a secret or a full address."""

import json

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.event_relay.diagnostics import async_get_config_entry_diagnostics
from tests.backends.http.target import Target
from tests.canaries import written_texts
from tests.home import act

from .home import connect

CANARIES = ("c4nary-token", "c4nary-hook", "c4nary-key", "c4nary-text", "c4nary-query")
REQUEST = {
    "path": "/hooks/{secret:hook}/send",
    "query": {"q": "{{ query }}"},
    "headers": {"X-Key": "{secret:key}"},
    "body_kind": "json",
    "body_json": {"text": "{{ text }}", "key": "{secret:key}"},
    "repeat": "ask",
}


@pytest.mark.parametrize("said", [400, 401, 403, 302, 500, 429, None])
async def test_no_canary_is_written(
    hass: HomeAssistant,
    target: Target,
    said: int | None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    entry = await connect(
        hass,
        target.origin,
        {"Hook": REQUEST, "Other": REQUEST},
        authentication="bearer",
        secret=CANARIES[0],
        secrets=[f"hook={CANARIES[1]}", f"key={CANARIES[2]}"],
    )
    body = {"error": f"refused {' '.join(CANARIES)}"}
    target.answers = [None if said is None else (said, body)]
    told = []
    try:
        answer = await act(
            hass,
            "send_http_request",
            request="Hook",
            data={"text": CANARIES[3], "query": CANARIES[4]},
        )
        told.append(json.dumps(dict(answer), default=str))
    except HomeAssistantError as error:
        told.append(str(error))
    (call,) = target.calls
    assert all(
        canary in f"{call.address} {dict(call.headers)} {call.body.decode()}"
        for canary in CANARIES
    )
    diagnostics = await async_get_config_entry_diagnostics(hass, entry)
    told.append(json.dumps(diagnostics, default=str))
    told += written_texts(hass, caplog)
    listed = await act(hass, "list_deliveries")
    told.append(json.dumps(dict(listed), default=str))
    for canary in (*CANARIES, "/hooks/"):
        assert [text for text in told if canary in text] == []
