"""Nothing of Palabra's that Event Relay writes holds a secret or personal text."""

from collections.abc import AsyncIterator
from typing import Any

from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.event_relay.const import DOMAIN
from tools.simulators.faults import Fault, FaultKind
from tools.simulators.palabra import PalabraSimulator
from tools.simulators.palabra.events import INGEST_SECRET
from tools.simulators.wire import Json

from .canaries import written_texts
from .home import act
from .palabra_home import connect

pytestmark = pytest.mark.usefixtures("socket_enabled")

CREDENTIALS = {
    "api_key": "canary-api-key",
    "client_id": "canary-client-id",
    "client_secret": "canary-client-secret",
}
PERSONAL = {
    "title": "canary-title",
    "description": "canary-description",
    "location": "canary-location",
    "access_code": "canary-access-code",
}
EVENT = {
    "event_type": "online",
    "start": "2099-05-01T18:00:00+00:00",
    "end": "2099-05-01T20:00:00+00:00",
    **PERSONAL,
}


def echo(status: int) -> dict[str, Json]:
    """Return a refusal that repeats whatever it was sent."""
    told = ", ".join(PERSONAL.values())
    return {"ok": False, "errors": [{"status": status, "detail": f"not {told}"}]}


TROUBLES: dict[str, dict[str, Any]] = {
    "delivered": {},
    "refused": {"kind": FaultKind.STATUS, "status": 422, "body": echo(422)},
    "refused by a success": {
        "kind": FaultKind.STATUS,
        "status": 200,
        "body": echo(422),
    },
    "not accepted": {"kind": FaultKind.STATUS, "status": 401, "body": echo(401)},
    "limited": {"kind": FaultKind.STATUS, "status": 429, "body": echo(429)},
    "broken": {"kind": FaultKind.STATUS, "status": 500, "body": echo(500)},
    "not permitted": {"kind": FaultKind.STATUS, "status": 403, "body": echo(403)},
    "no credits": {"kind": FaultKind.STATUS, "status": 402, "body": echo(402)},
    "reply lost": {"kind": FaultKind.RESET_AFTER},
    "not taken": {"kind": FaultKind.REFUSE},
    "garbage": {"kind": FaultKind.GARBAGE},
    "half an answer": {"kind": FaultKind.HALF_BODY},
}


@pytest.fixture
async def palabra() -> AsyncIterator[PalabraSimulator]:
    """Run a Palabra with credentials that would show."""
    async with PalabraSimulator(
        api_key=CREDENTIALS["api_key"],
        client_id=CREDENTIALS["client_id"],
        client_secret=CREDENTIALS["client_secret"],
    ) as simulator:
        yield simulator


@pytest.fixture(params=[False, True], ids=["key", "pair"])
async def entry(
    hass: HomeAssistant, palabra: PalabraSimulator, request: pytest.FixtureRequest
) -> MockConfigEntry:
    """Set up a connection with either kind of credentials."""
    return await connect(hass, palabra, older=request.param)


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_no_canary_in_answers_logs_states_errors_or_repairs(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    palabra: PalabraSimulator,
    caplog: pytest.LogCaptureFixture,
    trouble: str,
) -> None:
    if fault := TROUBLES[trouble]:
        palabra.add_faults(Fault(method="POST", **fault))
    written: list[object] = []
    try:
        written.append(await act(hass, "create_live_event", **EVENT))
    except HomeAssistantError as error:
        written.append(error)
    listed: Any = await act(hass, "list_deliveries")
    (delivery,) = listed["deliveries"]
    # The one text that administrators are told, to know which event it is.
    assert delivery.pop("summary") == PERSONAL["title"]
    written.append(delivery)

    _assert_clean(hass, caplog, written)


async def test_no_canary_when_the_credentials_are_refused(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    palabra: PalabraSimulator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    palabra.expire_logins()

    answer = await act(hass, "create_live_event", **EVENT)

    assert answer["state"] == "pending"
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["context"]["source"] == SOURCE_REAUTH
    _assert_clean(hass, caplog, [flow, answer, entry.unique_id])


async def test_the_list_holds_neither_access_codes_nor_what_streams_need(
    hass: HomeAssistant, entry: MockConfigEntry, palabra: PalabraSimulator
) -> None:
    await act(hass, "create_live_event", **EVENT)
    listed = await act(hass, "list_live_events")
    assert "canary-title" in str(listed)
    assert "canary-access-code" not in str(listed)
    assert INGEST_SECRET not in str(listed)


async def test_the_canaries_are_what_was_sent(
    hass: HomeAssistant, entry: MockConfigEntry, palabra: PalabraSimulator
) -> None:
    """Otherwise the tests above would prove nothing."""
    await act(hass, "create_live_event", **EVENT)
    for text in PERSONAL.values():
        assert text in str(palabra.stored_events())


def _assert_clean(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture, written: list[object]
) -> None:
    """Look for canaries in whatever Event Relay itself has written."""
    for text in [*map(str, written), *written_texts(hass, caplog)]:
        assert "canary" not in text
