"""Tests of the errors of actions without a connection or a file."""

from contextlib import closing
from pathlib import Path
import sqlite3

from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.event_relay import storage
from custom_components.event_relay.const import CONF_BACKEND, DOMAIN
from tests.every_backend import BACKENDS

from .home import act

pytestmark = pytest.mark.parametrize(
    ("backend", "action"),
    [(forms.backend.name, next(iter(forms.action_fields))) for forms in BACKENDS],
)

WRITTEN = {forms.backend.name: forms.backend.title for forms in BACKENDS}
"""The names of the systems as users write them."""


def unloaded_connection(
    hass: HomeAssistant, backend: str, title: str
) -> MockConfigEntry:
    """Add a connection that has not been loaded."""
    entry = MockConfigEntry(domain=DOMAIN, title=title, data={CONF_BACKEND: backend})
    entry.add_to_hass(hass)
    return entry


@pytest.fixture(autouse=True)
async def actions(hass: HomeAssistant) -> None:
    """Register the actions before any connection is loaded."""
    assert await async_setup_component(hass, DOMAIN, {})


async def refusal(hass: HomeAssistant, action: str, **data: object) -> tuple[str, str]:
    """Call an action that is refused; return key and text of the error."""
    with pytest.raises(HomeAssistantError) as raised:
        await act(hass, action, **data)
    assert raised.value.translation_domain == DOMAIN
    return raised.value.translation_key or "", str(raised.value)


async def test_no_connection_is_an_error(
    hass: HomeAssistant, backend: str, action: str
) -> None:
    for other in BACKENDS:
        if other.backend.name != backend:
            unloaded_connection(hass, other.backend.name, "Other")
    key, text = await refusal(hass, action)
    assert key == "connection_missing"
    assert text.startswith(f"There is no connection to {WRITTEN[backend]}. ")


async def test_connection_of_another_backend_is_an_error(
    hass: HomeAssistant, backend: str, action: str
) -> None:
    other = next(name for name in WRITTEN if name != backend)
    entry = unloaded_connection(hass, other, "Barn")
    key, text = await refusal(hass, action, config_entry_id=entry.entry_id)
    assert key == "connection_other_backend"
    assert text == (
        f"Barn is a connection to {WRITTEN[other]}. "
        f"Choose a connection to {WRITTEN[backend]}"
    )


async def test_disabled_connection_is_an_error(
    hass: HomeAssistant, backend: str, action: str
) -> None:
    entry = unloaded_connection(hass, backend, "Barn")
    await hass.config_entries.async_set_disabled_by(
        entry.entry_id, ConfigEntryDisabler.USER
    )
    for named in ({}, {"config_entry_id": entry.entry_id}):
        key, text = await refusal(hass, action, **named)
        assert key == "connection_disabled"
        assert text.startswith("The connection Barn is disabled.")


async def test_unloaded_connection_is_an_error(
    hass: HomeAssistant, backend: str, action: str
) -> None:
    entry = unloaded_connection(hass, backend, "Barn")
    for named in ({}, {"config_entry_id": entry.entry_id}):
        key, text = await refusal(hass, action, **named)
        assert key == "connection_not_loaded"
        assert text.startswith("The connection Barn is not loaded")


async def test_several_unloaded_connections_are_an_error(
    hass: HomeAssistant, backend: str, action: str
) -> None:
    unloaded_connection(hass, backend, "Barn")
    garden = unloaded_connection(hass, backend, "Garden")
    garden.mock_state(hass, ConfigEntryState.SETUP_RETRY, "it rains")
    key, text = await refusal(hass, action)
    assert key == "connections_not_loaded"
    assert f"connections to {WRITTEN[backend]} " in text
    assert "Barn, Garden (it rains)" in text


async def test_file_of_a_newer_version_is_an_error(
    hass: HomeAssistant, backend: str, action: str
) -> None:
    with closing(sqlite3.connect(storage.FILE_NAME)) as database:
        database.execute("PRAGMA user_version = 99")
    entry = unloaded_connection(hass, backend, "Barn")
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.error_reason_translation_key == "outbox_too_new"

    for named in ({}, {"config_entry_id": entry.entry_id}):
        key, text = await refusal(hass, action, **named)
        assert key == "connection_not_loaded_because"
        assert text.startswith("The connection Barn is not loaded: ")
        assert "newer version of Event Relay" in text
    key, text = await refusal(hass, "list_deliveries")
    assert key == "outbox_too_new"
    assert "newer version of Event Relay" in text


async def test_file_that_cannot_be_opened_is_an_error(
    hass: HomeAssistant,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    backend: str,
    action: str,
) -> None:
    monkeypatch.setattr(storage, "FILE_NAME", str(tmp_path / "nowhere" / "file.db"))
    entry = unloaded_connection(hass, backend, "Barn")
    assert not await hass.config_entries.async_setup(entry.entry_id)
    key, text = await refusal(hass, action)
    assert key == "connection_not_loaded_because"
    assert "unable to open" in text or "No such file" in text


async def test_validation_errors_are_logged_without_a_traceback(
    hass: HomeAssistant, backend: str, action: str
) -> None:
    """Home Assistant logs all other errors with one."""
    unloaded_connection(hass, backend, "Barn")
    with pytest.raises(ServiceValidationError):
        await act(hass, action)
