"""All texts that Event Relay has written in a test, to search for canaries."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.event_relay.const import DOMAIN


def written_texts(hass: HomeAssistant, caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return its log, the states, and its repairs."""
    logged = [
        record.getMessage() + (record.exc_text or "")
        for record in caplog.records
        if DOMAIN in record.name
    ]
    states = [
        str((state.state, dict(state.attributes))) for state in hass.states.async_all()
    ]
    repairs = [
        str((issue.translation_placeholders, issue.data))
        for issue in ir.async_get(hass).issues.values()
        if issue.domain == DOMAIN
    ]
    return [*logged, *states, *repairs]
