"""No key, write token or personal text of Guance is in what Event Relay writes."""

from collections.abc import AsyncIterator
import logging
from typing import Any

from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.event_relay.backends.guance.api import client as guance_client
from custom_components.event_relay.const import DOMAIN
from tools.simulators.faults import Fault, FaultKind
from tools.simulators.guance import GuanceSimulator
from tools.simulators.wire import Json

from .canaries import written_texts
from .home import act
from .home_guance import connect

pytestmark = pytest.mark.usefixtures("socket_enabled")

KEY = "canary-key-id"
CREATE = "*/events/create"
EVENT: dict[str, object] = {
    "status": "error",
    "title": "canary-title",
    "message": "canary-message",
    "origin": "canary-origin",
    "tags": {"who": "canary-tag"},
}
ECHO: dict[str, Json] = {
    "code": 400,
    "content": {"title": "canary-title"},
    "errorCode": "ft.Other",
    "message": f"not canary-title, canary-message, canary-origin, canary-tag, {KEY}",
    "success": False,
}
"""How the service might refuse an event, if it repeats what it was sent."""


@pytest.fixture(autouse=True)
def no_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let requests follow one another at once."""
    monkeypatch.setattr(guance_client, "INTERVAL", 0)


@pytest.fixture
async def simulator() -> AsyncIterator[GuanceSimulator]:
    """Run a workspace."""
    async with GuanceSimulator(api_key=KEY, ingest_lag=0) as simulator:
        yield simulator


@pytest.fixture
async def entry(
    hass: HomeAssistant, simulator: GuanceSimulator, caplog: pytest.LogCaptureFixture
) -> MockConfigEntry:
    """Set up a connection, with all that is logged."""
    caplog.set_level(logging.DEBUG)
    return await connect(hass, simulator)


TROUBLES: dict[str, dict[str, Any]] = {
    "delivered": {},
    "refused": {"kind": FaultKind.STATUS, "status": 400, "body": ECHO},
    "refused in a 200": {"kind": FaultKind.STATUS, "status": 200, "body": ECHO},
    "limited": {"kind": FaultKind.STATUS, "status": 401, "body": ECHO},
    "not permitted": {"kind": FaultKind.STATUS, "status": 403, "body": ECHO},
    "broken": {"kind": FaultKind.STATUS, "status": 500, "body": ECHO},
    "unavailable": {"kind": FaultKind.STATUS, "status": 503, "body": ECHO},
    "reply lost": {"kind": FaultKind.RESET_AFTER},
    "not taken": {"kind": FaultKind.REFUSE},
    "garbage": {"kind": FaultKind.GARBAGE},
}


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_no_canary_in_logs_states_errors_or_repairs(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    simulator: GuanceSimulator,
    caplog: pytest.LogCaptureFixture,
    trouble: str,
) -> None:
    if fault := TROUBLES[trouble]:
        simulator.add_faults(Fault(method="POST", path=CREATE, **fault))
    written: list[object] = []
    try:
        await act(hass, "create_custom_event", **EVENT)
    except HomeAssistantError as error:
        written.append(error)

    _assert_clean(hass, caplog, written)


async def test_no_canary_when_the_key_is_refused(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    simulator: GuanceSimulator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    simulator.expire_logins()
    answer = await act(hass, "create_custom_event", **EVENT)

    assert answer["state"] == "pending"
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["context"]["source"] == SOURCE_REAUTH
    _assert_clean(hass, caplog, [flow])


def _assert_clean(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture, written: list[object]
) -> None:
    """Look for canaries and the write token in whatever Event Relay has written."""
    for text in [*map(str, written), *written_texts(hass, caplog)]:
        assert "canary" not in text
        assert "tkn_" not in text


async def test_write_token_of_the_workspace_is_not_kept(
    hass: HomeAssistant, entry: MockConfigEntry, simulator: GuanceSimulator
) -> None:
    await entry.runtime_data.async_refresh()
    kept = [*entry.data.values(), entry.runtime_data.data, vars(entry.runtime_data)]
    assert "tkn_" not in str(kept)
    assert {seen.path for seen in simulator.requests} == {"/api/v1/workspace/get"}


async def test_the_canaries_are_what_was_sent(
    hass: HomeAssistant, entry: MockConfigEntry, simulator: GuanceSimulator
) -> None:
    """Otherwise the tests above would prove nothing."""
    await act(hass, "create_custom_event", **EVENT)
    for word in ("title", "message", "origin", "tag"):
        assert f"canary-{word}" in str(simulator.stored_events())
    assert simulator.settings.api_key == KEY
