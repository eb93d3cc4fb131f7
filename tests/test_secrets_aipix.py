"""Nothing that is written about aipix holds a credential, bot token or own text."""

from collections.abc import AsyncIterator
from typing import Any

from homeassistant.const import CONF_PASSWORD, CONF_USERNAME
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.event_relay.const import DOMAIN
from tools.simulators.aipix import AipixSimulator
from tools.simulators.faults import Fault, FaultKind
from tools.simulators.wire import Json

from .home import act
from .home_aipix import connect_aipix

pytestmark = pytest.mark.usefixtures("socket_enabled")

USERNAME = "canary-username"
PASSWORD = "canary-password"
DEVICE = "canary-device"
EXTRA = {"chat_id": "canary-chat", "bot_token": "canary-token"}
ECHO: dict[str, Json] = {
    "message": "canary-token",
    "errors": {
        "extra.bot_token": ["canary-token is wrong, and so is canary-chat"],
    },
}
"""How aipix might refuse a field and repeat it."""
ECHO_OF_LOGIN: dict[str, Json] = {
    "errors": {"login": [f"{USERNAME} with {PASSWORD} at {DEVICE}"]}
}
"""The same of a login, which is sent nothing else."""

TROUBLES: dict[str, dict[str, Any]] = {
    "delivered": {},
    **{
        f"status {status}": {
            "kind": FaultKind.STATUS,
            "status": status,
            "body": ECHO,
        }
        for status in (400, 402, 403, 404, 409, 419, 422, 429, 500, 503)
    },
    "reply lost": {"kind": FaultKind.RESET_AFTER},
    "not taken": {"kind": FaultKind.REFUSE},
    "garbage": {"kind": FaultKind.GARBAGE},
    "half an answer": {"kind": FaultKind.HALF_BODY},
}


@pytest.fixture
async def aipix() -> AsyncIterator[AipixSimulator]:
    """Run an aipix with an account to look for."""
    async with AipixSimulator(user=USERNAME, password=PASSWORD) as simulator:
        yield simulator


@pytest.fixture
async def entry(hass: HomeAssistant, aipix: AipixSimulator) -> MockConfigEntry:
    """Set up a connection with it."""
    account: dict[str, Any] = {
        CONF_USERNAME: USERNAME,
        CONF_PASSWORD: PASSWORD,
        "device_id": DEVICE,
    }
    return await connect_aipix(hass, aipix, **account)


@pytest.mark.parametrize("path", ["*/scripts", "*/token"])
@pytest.mark.parametrize("trouble", TROUBLES)
async def test_no_canary_in_logs_states_errors_or_repairs(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    aipix: AipixSimulator,
    caplog: pytest.LogCaptureFixture,
    trouble: str,
    path: str,
) -> None:
    aipix.expire_logins()
    if fault := TROUBLES[trouble]:
        if path == "*/token" and "body" in fault:
            fault = fault | {"body": ECHO_OF_LOGIN}
        aipix.add_faults(Fault(method="POST", path=path, **fault))
    written: list[object] = []
    try:
        answer = await act(
            hass, "create_script", event_id=41, title="At night", extra=EXTRA
        )
        written.append(answer)
    except HomeAssistantError as error:
        written.append(error)
    written.append(await act(hass, "list_deliveries"))
    written += [
        record.getMessage() + (record.exc_text or "")
        for record in caplog.records
        if DOMAIN in record.name
    ]
    written += [(state.state, state.attributes) for state in hass.states.async_all()]
    written += [
        (issue.translation_placeholders, issue.data)
        for issue in ir.async_get(hass).issues.values()
    ]
    for text in map(str, written):
        assert "canary" not in text


async def test_the_canaries_are_what_was_sent(
    hass: HomeAssistant, entry: MockConfigEntry, aipix: AipixSimulator
) -> None:
    """Otherwise the test above would prove nothing."""
    await act(hass, "create_script", event_id=41, title="At night", extra=EXTRA)
    assert "canary-token" in str(aipix.stored_events())
    assert DEVICE in aipix.devices
