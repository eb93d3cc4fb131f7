"""Connections and requests as their forms store them."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigSubentryData,
)
from homeassistant.const import CONF_URL, CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.event_relay.backends.http import connection_forms as forms
from custom_components.event_relay.backends.http.presets import BY_NAME
from custom_components.event_relay.backends.menu_forms import NEXT_STEP
from custom_components.event_relay.const import CONF_BACKEND, CONF_CAPABILITIES, DOMAIN
from tests.rule_flow import Form

NOTE: dict[str, Any] = {
    "path": "/notes/{{ kind }}",
    "body_kind": "json",
    "body_json": {"id": "{id}", "text": "{{ text }}"},
    "fields": {
        "text": {"required": True, "type": "text"},
        "kind": {"default": "note"},
    },
    "test_field": "text",
    "id_from": "id",
    "repeat": "repeatable",
}
ENTERED: dict[str, Any] = {
    forms.CONF_AUTHENTICATION: "none",
    forms.CONF_UNENCRYPTED: False,
    CONF_VERIFY_SSL: True,
    forms.CONF_INTERVAL: 0,
    forms.CONF_IN_ORDER: False,
}
"""The interface's input for a connection's form with few values."""


def request_subentry(title: str, definition: Mapping[str, Any]) -> ConfigSubentryData:
    """Return a request as its form stores it."""
    return ConfigSubentryData(
        data={"preset": None, "definition": dict(definition)},
        subentry_type="request",
        title=title,
        unique_id=None,
    )


def of_preset(name: str, **values: str) -> dict[str, Any]:
    """Return the definition of a preset."""
    return {"repeat": "ask", **BY_NAME[name].filled(values)}


def connection_entry(
    origin: str, requests: Mapping[str, Mapping[str, Any]], **entered: object
) -> MockConfigEntry:
    """Return a connection as its form stores it."""
    settings = forms.normalised({CONF_URL: origin, **ENTERED, **entered})
    return MockConfigEntry(
        domain=DOMAIN,
        title="Target",
        data={CONF_BACKEND: "http", **settings, CONF_CAPABILITIES: {}},
        subentries_data=[request_subentry(*request) for request in requests.items()],
    )


async def connect(
    hass: HomeAssistant,
    origin: str,
    requests: Mapping[str, Mapping[str, Any]],
    **entered: object,
) -> MockConfigEntry:
    """Set up a connection with requests."""
    entry = connection_entry(origin, requests, **entered)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


async def add_request(hass: HomeAssistant, entry: MockConfigEntry, step: str) -> Form:
    """Choose a kind of request, and return its form."""
    choices = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "request"), context={"source": SOURCE_USER}
    )
    chosen = await hass.config_entries.subentries.async_configure(
        choices["flow_id"], {NEXT_STEP: step}
    )
    return Form(hass, chosen)


async def open_request(hass: HomeAssistant, entry: MockConfigEntry, title: str) -> Form:
    """Open the form of a request that is there."""
    (request,) = (
        one for one in entry.get_subentries_of_type("request") if one.title == title
    )
    shown = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "request"),
        context={
            "source": SOURCE_RECONFIGURE,
            "subentry_id": request.subentry_id,
        },
    )
    return Form(hass, shown)


async def change_request(
    hass: HomeAssistant, entry: MockConfigEntry, title: str, **entered: object
) -> None:
    """Change a request in its form."""
    form = await open_request(hass, entry, title)
    empty: dict[str, object] = {name: {} for name in form.sections()}
    assert await form.submit(**{**empty, **form.suggested(), **entered}) == "abort"
