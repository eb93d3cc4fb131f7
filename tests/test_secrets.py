"""Tests that nothing that Event Relay writes contains a credential or personal text."""

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
from tests.every_backend import DESCRIBED

from .backends.aipix import canaries as aipix
from .backends.canaries import CASES
from .backends.frigate import canaries as frigate
from .canaries import Case, written_texts
from .home import act

SECRETS = ("canary", "tkn_")
"""Canaries, and how the write token of a Guance workspace begins."""
BACKENDS = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


def test_every_backend_has_a_case() -> None:
    assert CASES.keys() >= DESCRIBED, "tests/backends/<name>/canaries.py"


@pytest.fixture(autouse=True)
def no_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove the pause between requests to Guance."""
    monkeypatch.setattr(guance_client, "INTERVAL", 0)


@pytest.fixture
async def simulator(socket_enabled: None, case: Case) -> AsyncIterator[Any]:
    """Run the simulator of the backend."""
    async with case.run() as simulator:
        yield simulator


@pytest.fixture
async def entry(
    hass: HomeAssistant, case: Case, simulator: object, caplog: pytest.LogCaptureFixture
) -> MockConfigEntry:
    """Set up a connection with full logging."""
    caplog.set_level(logging.DEBUG, "custom_components.event_relay")
    return await case.connect(hass, simulator)


@pytest.mark.usefixtures("entry")
@pytest.mark.parametrize(
    ("case", "outcome"),
    [
        pytest.param(case, outcome, id=f"{name}: {outcome}")
        for name, case in CASES.items()
        for outcome in case.outcomes()
    ],
)
async def test_no_canary_in_responses_logs_states_errors_or_repairs(
    hass: HomeAssistant,
    simulator: Any,  # noqa: ANN401 - of any backend
    caplog: pytest.LogCaptureFixture,
    case: Case,
    outcome: str,
) -> None:
    if case.login_path:
        simulator.expire_logins()
    if (fault := case.outcomes()[outcome]) is not None:
        simulator.add_faults(fault)
    written: list[object] = []
    try:
        answer = dict(await act(hass, case.action, **case.data))
        written.append(_without(case.listed, answer) if case.answered else answer)
    except HomeAssistantError as error:
        written.append(error)
    listed: Any = await act(hass, "list_deliveries")
    (delivery,) = listed["deliveries"]
    assert (case.listed or "") in delivery["summary"]
    written.append(_without(case.listed, delivery))

    _assert_clean(hass, caplog, written)


@BACKENDS
async def test_no_canary_when_the_credentials_are_refused(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    simulator: Any,  # noqa: ANN401 - of any backend
    caplog: pytest.LogCaptureFixture,
    case: Case,
) -> None:
    if case is frigate.CASE or case is aipix.CASE:
        simulator.configure(password="another")
    simulator.expire_logins()

    answer = await act(hass, case.action, **case.data)

    assert answer["state"] == "pending"
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["context"]["source"] == SOURCE_REAUTH
    _assert_clean(hass, caplog, [flow, answer, entry.unique_id])


@BACKENDS
@pytest.mark.usefixtures("entry")
async def test_canaries_are_sent(
    hass: HomeAssistant,
    simulator: Any,  # noqa: ANN401 - of any backend
    case: Case,
) -> None:
    """Otherwise the tests above would prove nothing."""
    await act(hass, case.action, **case.data)
    for text in case.sent:
        assert text in str(simulator.stored_events())


def _without(word: str | None, told: object) -> str:
    """Return a response without a word that the user may read."""
    return str(told).replace(word, "") if word else str(told)


def _assert_clean(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture, written: list[object]
) -> None:
    """Assert that nothing that Event Relay has written contains a canary."""
    for text in [*map(str, written), *written_texts(hass, caplog)]:
        for secret in SECRETS:
            assert secret not in text
