"""The part of the bench's backend that Home Assistant sees."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.const import CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from custom_components.event_relay.backends.base import Client
from custom_components.event_relay.backends.choice_forms import Listed
from custom_components.event_relay.backends.coercion_forms import Coercer
from custom_components.event_relay.backends.forms import (
    BackendForms,
    cookieless_session,
)
from custom_components.event_relay.backends.rule_forms import RuleField
from custom_components.event_relay.registry import BY_NAME

from .backend import BENCH, OPERATION, BenchCapabilities, BenchClient


class BenchForms(BackendForms):
    """The form of a connection to the receiving server."""

    backend = BENCH
    connection = vol.Schema({})
    """Empty: no connection is added by hand."""
    action_fields: Mapping[str, Mapping[str, Coercer]] = {
        OPERATION: {"number": vol.Coerce(int), "title": cv.string}
    }

    @override
    def rule_operations(self, capabilities: BenchCapabilities) -> tuple[str, ...]:
        """Return the one operation."""
        return (OPERATION,)

    @override
    def as_test(self, operation: str, data: Mapping[str, object]) -> dict[str, object]:
        """Return the data unchanged: nobody tests a rule."""
        return dict(data)

    @override
    def rule_fields(
        self, operation: str, capabilities: BenchCapabilities, listed: Listed
    ) -> tuple[RuleField, ...]:
        """Return no fields: no rule is added by hand."""
        return ()

    @override
    def create_client(self, hass: HomeAssistant, data: Mapping[str, Any]) -> Client:
        """Build a client as the others are built."""
        return BenchClient(cookieless_session(hass), data[CONF_URL])


def register() -> None:
    """Register the backend, as its line in the registry would."""
    BY_NAME[BENCH.name] = BenchForms()
