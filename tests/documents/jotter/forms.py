"""What Home Assistant's forms ask for to reach Jotter."""

from collections.abc import Mapping
from typing import Any, cast, override

from homeassistant.const import CONF_API_KEY, CONF_URL
from homeassistant.core import HomeAssistant
import voluptuous as vol

from custom_components.event_relay.backends.address_forms import read_address
from custom_components.event_relay.backends.base import Client, Ending
from custom_components.event_relay.backends.forms import (
    BackendForms,
    Probe,
    Product,
    cookieless_session,
)
from custom_components.event_relay.backends.rule_forms import TEXT

from .client import JotterCapabilities, JotterClient
from .operations import JOTTER


class JotterForms(BackendForms):
    """The part of Jotter that Home Assistant sees."""

    backend = JOTTER
    test_field = "text"
    endings: Mapping[str, Ending] = {
        "write_note": Ending(operation="finish_note", left_open={"until_ended": True})
    }

    @override
    def connection_schema(self) -> vol.Schema:
        """Return the form that adds or reconfigures a connection."""
        return vol.Schema({vol.Required(CONF_URL): TEXT, **_CREDENTIALS})

    @override
    def credentials_schema(self) -> vol.Schema:
        """Return the part of it that reauthentication asks for again."""
        return vol.Schema(_CREDENTIALS)

    @override
    def normalise(self, user_input: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is to be stored; raises InvalidField."""
        return {
            CONF_URL: read_address(user_input[CONF_URL]),
            CONF_API_KEY: user_input[CONF_API_KEY].strip(),
        }

    @override
    def identity(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return the part of the data that no second connection may have."""
        return {CONF_URL: data[CONF_URL]}

    @override
    def product(
        self, data: Mapping[str, Any], capabilities: JotterCapabilities
    ) -> Product:
        """Say what system a connection leads to."""
        return Product(
            manufacturer="Jotter", model="Notes", version=capabilities.version
        )

    @override
    def create_client(
        self, hass: HomeAssistant, data: Mapping[str, Any]
    ) -> JotterClient:
        """Build a client from a connection's data."""
        session = cookieless_session(hass)
        return JotterClient(session, data[CONF_URL], api_key=data[CONF_API_KEY])

    @override
    async def probe(self, client: Client, data: Mapping[str, Any]) -> Probe:
        """Try the live system; raises BackendError."""
        capabilities = await cast("JotterClient", client).capabilities()
        return Probe(title="Jotter", capabilities=capabilities)


_CREDENTIALS = {vol.Required(CONF_API_KEY): TEXT}
