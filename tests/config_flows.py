"""Steps of the config flow for a connection."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import SOURCE_USER, ConfigFlowResult
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import get_schema_suggested_value

from custom_components.event_relay.backends.transport import HttpTransport
from custom_components.event_relay.const import DOMAIN


async def open_form(hass: HomeAssistant, backend: str) -> ConfigFlowResult:
    """Go through the menu to the form of a backend."""
    menu = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    return await submit(hass, menu, {"next_step_id": backend})


async def submit(
    hass: HomeAssistant, form: ConfigFlowResult, user_input: dict[str, Any]
) -> ConfigFlowResult:
    """Submit a form and wait for its effects."""
    result = await hass.config_entries.flow.async_configure(form["flow_id"], user_input)
    await hass.async_block_till_done()
    return result


@asynccontextmanager
async def only_added(
    hass: HomeAssistant, backend: str
) -> AsyncIterator[ConfigFlowResult]:
    """Yield the form of a backend; meanwhile a new entry is not set up."""
    with patch("custom_components.event_relay.async_setup_entry", return_value=False):
        yield await open_form(hass, backend)


def placeholder(form: ConfigFlowResult, key: str) -> str:
    """Return a placeholder of a form."""
    assert form["description_placeholders"] is not None
    return form["description_placeholders"][key]


def suggested(form: ConfigFlowResult, key: str) -> object:
    """Return the suggested value of a field."""
    assert form["data_schema"] is not None
    return get_schema_suggested_value(form["data_schema"].schema, key)


@contextmanager
def little_patience(error: str) -> Iterator[None]:
    """Shorten the timeout for a test of a missing response.

    All other tests keep the time that a slow machine may need.
    """
    defaults = HttpTransport.__init__.__kwdefaults__
    assert defaults is not None
    with patch.dict(defaults, {"timeout": 0.3 if error == "timeout" else 60.0}):
        yield
