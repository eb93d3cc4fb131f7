"""Nothing that Event Relay itself writes holds a credential or personal text."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any

from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.const import CONF_PASSWORD, CONF_USERNAME
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.event_relay.const import DOMAIN
from tools.simulators.faults import Fault, FaultKind
from tools.simulators.frigate import FrigateSimulator
from tools.simulators.wire import Json

from .canaries import written_texts
from .home import act, connect

pytestmark = pytest.mark.usefixtures("socket_enabled")

USERNAME = "canary-username"
PASSWORD = "canary-password"
PERSONAL = {
    "label": "canary-label",
    "sub_label": "canary-sub-label",
    "description": "canary-description",
}
CREATE = "/api/events/*/*/create"
ECHO: dict[str, Json] = {
    "detail": [{"loc": ["body"], "msg": "wrong", "input": {**PERSONAL}}]
}
"""How Frigate refuses a field, which it repeats."""
WORDS: Json = {
    "success": False,
    "message": (
        f"{USERNAME} ({PASSWORD}) may not say {PERSONAL['label']}"
        f" {PERSONAL['sub_label'].upper()} {PERSONAL['description']}"
    ),
}
"""How it may refuse a user, with all that it was told."""


@pytest.fixture
async def frigate() -> AsyncIterator[FrigateSimulator]:
    """Run a Frigate that asks for a login."""
    async with FrigateSimulator(
        user=USERNAME, password=PASSWORD, async_delay=0
    ) as simulator:
        yield simulator


@pytest.fixture
async def entry(hass: HomeAssistant, frigate: FrigateSimulator) -> MockConfigEntry:
    """Set up a connection with its login."""
    return await connect(
        hass, frigate, **{CONF_USERNAME: USERNAME, CONF_PASSWORD: PASSWORD}
    )


TROUBLES: dict[str, dict[str, Any]] = {
    "delivered": {},
    "refused": {"kind": FaultKind.STATUS, "status": 422, "body": ECHO},
    "limited": {"kind": FaultKind.STATUS, "status": 429, "body": ECHO},
    "broken": {"kind": FaultKind.STATUS, "status": 500, "body": ECHO},
    "not permitted": {"kind": FaultKind.STATUS, "status": 403},
    "not permitted, with words": {
        "kind": FaultKind.STATUS,
        "status": 403,
        "body": WORDS,
    },
    "refused with words": {"kind": FaultKind.STATUS, "status": 400, "body": WORDS},
    "limited with words": {"kind": FaultKind.STATUS, "status": 429, "body": WORDS},
    "reply lost": {"kind": FaultKind.RESET_AFTER},
    "not taken": {"kind": FaultKind.REFUSE},
    "garbage": {"kind": FaultKind.GARBAGE},
    "half an answer": {"kind": FaultKind.HALF_BODY},
}


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_no_canary_in_logs_states_errors_or_repairs(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FrigateSimulator,
    caplog: pytest.LogCaptureFixture,
    trouble: str,
) -> None:
    if fault := TROUBLES[trouble]:
        frigate.add_faults(Fault(method="POST", path=CREATE, **fault))
    written: list[object] = []
    try:
        await act(hass, "create_camera_event", camera="front_door", **PERSONAL)
    except HomeAssistantError as error:
        written.append(error)

    _assert_clean(hass, caplog, written)


async def test_no_canary_when_the_login_is_refused(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FrigateSimulator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    frigate.configure(password="another")
    frigate.expire_logins()

    answer = await act(hass, "create_camera_event", camera="front_door", **PERSONAL)

    assert answer["state"] == "pending"
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["context"]["source"] == SOURCE_REAUTH
    _assert_clean(hass, caplog, [flow])


def _assert_clean(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture, written: list[object]
) -> None:
    """Look for canaries in whatever Event Relay itself has written."""
    for text in [*map(str, written), *written_texts(hass, caplog)]:
        assert "canary" not in text


async def test_the_canaries_are_what_was_sent(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FrigateSimulator
) -> None:
    """Otherwise the tests above would prove nothing."""
    await act(hass, "create_camera_event", camera="front_door", **PERSONAL)
    assert "canary-description" in str(frigate.stored_events())
    logins = [one for one in frigate.requests if one.path == "/api/login"]
    assert [one.status for one in logins] == [HTTPStatus.OK]
