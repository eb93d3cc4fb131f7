"""What Home Assistant's forms ask for to reach Jotter."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.const import CONF_API_KEY, CONF_URL
from homeassistant.core import HomeAssistant
import voluptuous as vol

from custom_components.event_relay.backends.base import Ending
from custom_components.event_relay.backends.connection_forms import ADDRESS, SECRET
from custom_components.event_relay.backends.forms import (
    BackendForms,
    cookieless_session,
)

from .client import JotterClient
from .operations import JOTTER


class JotterForms(BackendForms):
    """The part of Jotter that Home Assistant sees."""

    backend = JOTTER
    connection = vol.Schema(
        {vol.Required(CONF_URL): ADDRESS, vol.Required(CONF_API_KEY): SECRET}
    )
    credentials = (CONF_API_KEY,)
    test_field = "text"
    endings: Mapping[str, Ending] = {
        "write_note": Ending(operation="finish_note", left_open={"until_ended": True})
    }

    @override
    def create_client(
        self, hass: HomeAssistant, data: Mapping[str, Any]
    ) -> JotterClient:
        """Build a client from a connection's data."""
        session = cookieless_session(hass)
        return JotterClient(session, data[CONF_URL], api_key=data[CONF_API_KEY])
