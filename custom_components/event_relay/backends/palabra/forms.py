"""The forms of a connection to Palabra."""

from collections.abc import Awaitable, Callable, Mapping
from hashlib import sha256
from typing import Any, override

from homeassistant.config_entries import ConfigSubentryFlow
from homeassistant.const import (
    CONF_API_KEY,
    CONF_CLIENT_ID,
    CONF_CLIENT_SECRET,
    CONF_URL,
)
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..address_forms import read_address, refuse_unencrypted
from ..base import InvalidField, JsonObject, Settings
from ..connection_forms import ACCOUNT, ADDRESS, SECRET
from ..errors import BALANCE_EMPTY
from ..forms import BackendForms, Probe, Product, Query, cookieless_session
from .api.client import DEFAULT_ADDRESS, PalabraClient
from .api.credentials import PalabraCredentials
from .api.models import PalabraCapabilities
from .backend import PALABRA
from .mirror.calendar_mirror import CalendarMirror
from .mirror.calendar_settings import SUBENTRY_CALENDAR_MIRROR
from .mirror.flow_forms import CalendarMirrorFlow
from .operations.fields import time_zone, unknown_time_zone
from .patterns import PATTERNS
from .planned import LIVE_EVENTS

CONSOLE = "https://platform.palabra.ai"
"""The web page of an account."""
ID_SALT = "event_relay palabra"
"""Hashed into the id of a connection together with its key; never change it."""


async def _events(client: PalabraClient) -> JsonObject:
    """Return the events without secrets."""
    return {"events": [event.as_json() for event in await client.events()]}


async def _list_events(client: PalabraClient, _fields: Mapping[str, Any]) -> JsonObject:
    """Return the events as the response of an action."""
    return await _events(client)


class PalabraForms(BackendForms):
    """The part of Palabra that Home Assistant sees."""

    backend = PALABRA
    connection = vol.Schema(
        {
            vol.Optional(CONF_API_KEY): SECRET,
            vol.Optional(CONF_CLIENT_ID): ACCOUNT,
            vol.Optional(CONF_CLIENT_SECRET): SECRET,
            vol.Optional(CONF_URL, default=DEFAULT_ADDRESS): ADDRESS,
        }
    )
    patterns = PATTERNS
    form_errors = frozenset({BALANCE_EMPTY, "client_pair_refused"})
    reasons: Mapping[str, str] = {
        "the event has no id": "own_no_id",
        "the event is not an object": "own_unreadable",
        "the next page cannot be read": "own_unreadable",
        "the event would end before it starts": "own_ends_too_early",
        "there is no such event": "reason_unknown_event",
    }
    administrative = frozenset(
        {*(one.name for one in PALABRA.operations), "list_live_events"}
    )
    queries: Mapping[str, Query] = {
        "list_live_events": Query(fields={}, run=_list_events)
    }
    looks: Mapping[str, Callable[[PalabraClient], Awaitable[JsonObject]]] = {
        "live_events": _events
    }
    calendar = LIVE_EVENTS
    subentry_flows: Mapping[str, type[ConfigSubentryFlow]] = {
        SUBENTRY_CALENDAR_MIRROR: CalendarMirrorFlow
    }
    runners: Mapping[str, Callable[..., Any]] = {
        SUBENTRY_CALENDAR_MIRROR: CalendarMirror
    }

    @override
    def read_url(self, entered: str) -> str:
        """Return the address of the API; raises InvalidField."""
        address = entered or DEFAULT_ADDRESS
        return refuse_unencrypted(read_address(address, branches=("saas",)))

    @override
    def normalise(self, user_input: Mapping[str, Any]) -> dict[str, Any]:
        """Return the data to store; raises InvalidField.

        Either the API key or the older pair is allowed: with both it would be unknown
        which of them Palabra refuses.
        """
        data = super().normalise(user_input)
        api_key, client_id, client_secret = (data[name] for name in self.credentials)
        if api_key and (client_id or client_secret):
            raise InvalidField(CONF_API_KEY, "one_of_both")
        if not api_key and not client_id and not client_secret:
            raise InvalidField(CONF_API_KEY, "missing_credentials")
        if client_secret and not client_id:
            raise InvalidField(CONF_CLIENT_ID, "missing_client_id")
        if client_id and not client_secret:
            raise InvalidField(CONF_CLIENT_SECRET, "missing_client_secret")
        return data

    @override
    def identity(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return the identity of the account: the key, or the ClientID."""
        known_by = CONF_API_KEY if data[CONF_API_KEY] else CONF_CLIENT_ID
        return {known_by: data[known_by]}

    @override
    def product(
        self, data: Mapping[str, Any], capabilities: PalabraCapabilities
    ) -> Product:
        """Return the device information of the system behind a connection."""
        del data, capabilities
        name = PALABRA.title
        return Product(manufacturer=name, model=name, address=CONSOLE)

    @override
    def create_client(
        self, hass: HomeAssistant, data: Mapping[str, Any]
    ) -> PalabraClient:
        """Build a client from a connection's data."""
        return PalabraClient(
            cookieless_session(hass),
            data[CONF_URL],
            credentials=PalabraCredentials(
                api_key=data[CONF_API_KEY],
                client_id=data[CONF_CLIENT_ID],
                client_secret=data[CONF_CLIENT_SECRET],
            ),
        )

    @override
    async def probe(self, client: PalabraClient, data: Mapping[str, Any]) -> Probe:
        """Test the live system; raises a BackendError with the code of a form error.

        Palabra has no readable account id, so the connection's id is derived from its
        key or ClientID, and changes with it.
        """
        capabilities = await client.capabilities()
        (known_by,) = self.identity(data).values()
        return Probe(
            title="Palabra",
            capabilities=capabilities,
            unique_id=sha256(f"{ID_SALT}/{known_by}".encode()).hexdigest(),
            id_of_credentials=True,
        )

    @override
    async def resolve(
        self,
        hass: HomeAssistant,
        settings: Settings,
        operation: str,
        data: dict[str, Any],
    ) -> dict[str, Any]:
        """Refuse an unknown time zone; raises InvalidField."""
        name = data.get("timezone")
        if isinstance(name, str):
            known = await dt_util.async_get_time_zone(time_zone(name, "timezone"))
            if known is None:
                raise unknown_time_zone("timezone")
        return data
