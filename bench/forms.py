"""The part of the bench's backend that Home Assistant sees."""

from collections.abc import Mapping
from typing import Any, cast, override

from homeassistant.const import CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from custom_components.event_relay.backends.base import Client
from custom_components.event_relay.backends.choice_forms import Listed
from custom_components.event_relay.backends.coercion_forms import Coercer
from custom_components.event_relay.backends.forms import (
    BackendForms,
    Probe,
    Product,
    cookieless_session,
)
from custom_components.event_relay.backends.rule_forms import RuleField
from custom_components.event_relay.registry import BY_NAME

from .backend import BENCH, OPERATION, BenchCapabilities, BenchClient


class BenchForms(BackendForms):
    """What a connection to the receiving server is."""

    backend = BENCH
    action_fields: Mapping[str, Mapping[str, Coercer]] = {
        OPERATION: {"number": vol.Coerce(int), "title": cv.string}
    }

    @override
    def rule_operations(self, capabilities: BenchCapabilities) -> tuple[str, ...]:
        """Return the one operation."""
        return (OPERATION,)

    @override
    def as_test(self, operation: str, data: Mapping[str, object]) -> dict[str, object]:
        """Leave it as it is: nobody tests a rule."""
        return dict(data)

    @override
    def rule_fields(
        self, operation: str, capabilities: BenchCapabilities, listed: Listed
    ) -> tuple[RuleField, ...]:
        """Ask for nothing: no rule is made by hand."""
        return ()

    @override
    def connection_schema(self) -> vol.Schema:
        """Ask for nothing: no connection is made by hand."""
        return vol.Schema({})

    @override
    def credentials_schema(self) -> vol.Schema:
        """Ask for nothing: there are none."""
        return vol.Schema({})

    @override
    def normalise(self, user_input: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is stored."""
        return dict(user_input)

    @override
    def identity(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return the address."""
        return {CONF_URL: data[CONF_URL]}

    @override
    def product(self, data: Mapping[str, Any], capabilities: Any) -> Product:
        """Say that it is the bench's."""
        return Product(manufacturer="Event Relay", model="Bench")

    @override
    def create_client(self, hass: HomeAssistant, data: Mapping[str, Any]) -> Client:
        """Build a client as the others are built."""
        return BenchClient(cookieless_session(hass), data[CONF_URL])

    @override
    async def probe(self, client: Client, data: Mapping[str, Any]) -> Probe:
        """Try the server."""
        capabilities = await cast("BenchClient", client).capabilities()
        return Probe(title="Bench", capabilities=capabilities)


def register() -> None:
    """Add the backend to those that there are, as its line in the registry would."""
    BY_NAME[BENCH.name] = BenchForms()
