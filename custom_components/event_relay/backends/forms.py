"""What a backend tells Home Assistant's forms, and how its client is built."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

from aiohttp import ClientSession, DummyCookieJar
from homeassistant.config_entries import ConfigEntry, ConfigSubentryFlow
from homeassistant.const import CONF_URL, EVENT_HOMEASSISTANT_CLOSE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import async_create_clientsession
from homeassistant.util.hass_dict import HassKey
import voluptuous as vol
from yarl import URL

from .address_forms import read_address
from .base import (
    Backend,
    Capabilities,
    Client,
    Ending,
    Instance,
    JsonObject,
    Settings,
    Shape,
    SubentrySettings,
)
from .choice_forms import Listed
from .coercion_forms import Coercer, Structure
from .connection_forms import read_fields
from .outside_calendar import OutsideCalendar
from .rule_forms import RuleField
from .rule_patterns import Pattern
from .table_forms import coercer_of, rule_field_of


@dataclass(frozen=True, kw_only=True)
class Probe:
    """What a live system said of itself when a connection was tried."""

    title: str
    """Proposed name of the connection."""
    capabilities: Capabilities
    unique_id: str | None = None
    """Id that the system gives itself; None where it has none."""
    id_of_credentials: bool = False
    """Whether the id is made of the credentials, and so new ones bring a new id."""


@dataclass(frozen=True, kw_only=True)
class Product:
    """What the device of a connection says of the system behind it."""

    manufacturer: str
    model: str
    version: str | None = None
    address: str | None = None
    """Where people find it in a browser."""


@dataclass(frozen=True, kw_only=True)
class Query:
    """An action that asks the backend and changes nothing, there or here."""

    fields: Mapping[str, Coercer]
    run: Callable[[Any, Mapping[str, Any]], Awaitable[JsonObject]]
    """Takes the client and the coerced fields; raises BackendError, InvalidField."""


@dataclass(frozen=True, kw_only=True)
class Trait:
    """One of a few things that a part of a connection is, shown on its device."""

    translation_key: str
    """Of the texts of the sensor that shows it."""
    options: tuple[str, ...]
    read: Callable[[Mapping[str, Any]], object]
    """Takes what the part's form has left; what is no option is shown as unknown."""


_ID_LENGTH = 16
"""Characters by which systems are told apart, of those that a connection ever had."""
_SESSIONS: HassKey[dict[bool, ClientSession]] = HassKey("event_relay_sessions")


@callback
def cookieless_session(
    hass: HomeAssistant, *, verify_ssl: bool = True
) -> ClientSession:
    """Return the session that all clients share.

    It keeps no cookies, since a login belongs to one client, and lives as long as
    Home Assistant: neither a form nor a connection has to give it back.
    """
    sessions = hass.data.setdefault(_SESSIONS, {})
    if (session := sessions.get(verify_ssl)) is not None:
        return session
    session = sessions[verify_ssl] = async_create_clientsession(
        hass, verify_ssl=verify_ssl, auto_cleanup=False, cookie_jar=DummyCookieJar()
    )

    @callback
    def detach(_event: Event) -> None:
        """Let go of the connector, which is Home Assistant's."""
        session.detach()

    hass.bus.async_listen_once(EVENT_HOMEASSISTANT_CLOSE, detach)
    return session


TEST = "Test"
"""What a test is called in a backend, in every language."""


def with_test_title(
    data: Mapping[str, object], field: str = "title"
) -> dict[str, object]:
    """Return data whose title, where there is one, says that it is a test."""
    title = data.get(field)
    if not isinstance(title, str):
        return dict(data)
    return {**data, field: f"{TEST}: {title.strip()}"}


class BackendForms(ABC):
    """The part of a backend that Home Assistant sees."""

    backend: Backend
    connection: vol.Schema
    """The form that adds or reconfigures a connection; `connection_forms` has the usual
    fields."""
    credentials: tuple[str, ...] = ()
    """The fields of it that reauthentication asks for again."""
    identified_by: tuple[str, ...] = (CONF_URL,)
    """The fields of it that no two connections have in common."""
    options: vol.Schema | None = None
    """The form for the options that only this backend has."""
    administrative: frozenset[str] = frozenset()
    """Operations and queries that only administrators may ask for."""
    form_errors: frozenset[str] = frozenset()
    """Codes of its client for which the form of a connection has texts of its own."""
    test_field: str = "title"
    """The field whose text says that it is a test."""
    outside_id_field: str = "event_id"
    """The field that names a thing outside, where `delivery_id` names its delivery."""

    endings: Mapping[str, Ending] = {}
    """For operations that begin something, how it is ended."""

    patterns: Mapping[str, Pattern] = {}
    """Rules that only lack their entities, by the keys of their texts."""
    snapshots_of: frozenset[str] = frozenset()
    """Operations that make what there is a picture of."""
    queries: Mapping[str, Query] = {}
    """Actions that only ask."""
    looks: Mapping[str, Callable[[Any], Awaitable[JsonObject]]] = {}
    """What mirrors ask to find what they have made; each takes the client."""
    subentry_flows: Mapping[str, type[ConfigSubentryFlow]] = {}
    """Parts of a connection that only this backend has, and the flows that make them,
    by their kinds."""
    begins_with: str = "rule"
    """The kind of what a new connection needs first: the form follows its own."""
    traits: Mapping[str, Trait] = {}
    """What is shown of each such part for which nothing runs, by its kind."""
    members: Mapping[str, Callable[..., Any]] = {}
    """What runs for each such part of a connection, by its kind, as for a rule; nothing
    for kinds that are not here. See `rules.rules.MakeMember`."""
    calendar: OutsideCalendar | None = None
    """What it has planned, where it can list that."""

    @cached_property
    def action_fields(self) -> Mapping[str, Mapping[str, Coercer]]:
        """For each operation the fields of its action, permissive in what they take."""
        return {
            operation.name: {
                field.name: coercer_of(field) for field in operation.asked()
            }
            for operation in self.backend.operations
        }

    def patterns_for(self, settings: Settings) -> Mapping[str, Pattern]:
        """Return those of the patterns that make sense for a connection."""
        del settings
        return self.patterns

    def rule_operations(self, capabilities: Any) -> tuple[str, ...]:  # noqa: ANN401 the backend's own
        """Return the operations that a rule may ask for, the usual one first.

        By default all but those that are about what another one has made.
        """
        del capabilities
        return tuple(
            operation.name for operation in self.backend.operations if operation.in_rule
        )

    def rule_fields(
        self,
        operation: str,
        capabilities: Any,  # noqa: ANN401 the backend's own
        listed: Listed,
    ) -> tuple[RuleField, ...]:
        """Return what the form of a rule asks for to deliver an operation."""
        del capabilities
        return tuple(
            rule_field_of(field, listed)
            for field in self.backend.operation(operation).asked()
            if field.in_rule
        )

    def known_lists(self, capabilities: Any) -> Listed:  # noqa: ANN401 the backend's own
        """Return what is known to choose from without asking the live system.

        For the forms of rules, mirrors and actions. Every user of Home Assistant may
        read what actions offer, so it holds nothing that must be kept from one.
        """
        del capabilities
        return {}

    async def ask_lists(self, client: Any) -> Listed:  # noqa: ANN401 the backend's own
        """Return what else the live system lists, for the same; raises BackendError."""
        del client
        return {}

    def shape_of(self, operation: str, field: str) -> Shape:
        """Return what a field of an operation holds; text where nothing else is said.

        Numbers, booleans and times are read from their text, so that none is changed
        on the way.
        """
        coercer = self.action_fields[operation].get(field)
        return coercer.shape if isinstance(coercer, Structure) else Shape.TEXT

    def as_test(self, operation: str, data: Mapping[str, object]) -> dict[str, object]:
        """Return the data of an operation so that they say that it is a test.

        As they are where the system has no field for that: the user is told so.
        """
        del operation
        return with_test_title(data, self.test_field)

    @cached_property
    def credentials_schema(self) -> vol.Schema:
        """The part of the form of a connection that reauthentication asks for again."""
        return vol.Schema(
            {
                marker: field
                for marker, field in self.connection.schema.items()
                if marker in self.credentials
            }
        )

    def read_url(self, entered: str) -> str:
        """Return the address as it is stored; raises InvalidField."""
        return read_address(entered)

    def normalise(self, user_input: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is to be stored; raises InvalidField."""
        return read_fields(self.connection, user_input, self.read_url)

    def shows_snapshots(self, options: Mapping[str, Any]) -> bool:
        """Say whether the user wants pictures of what was made to be shown."""
        del options
        return False

    async def snapshot(self, client: Any, outside_id: str) -> bytes:  # noqa: ANN401 the backend's own
        """Return a small picture of what was made, as JPEG; raises BackendError."""
        raise NotImplementedError

    def suggestions(self, hass: HomeAssistant) -> Sequence[Mapping[str, Any]]:
        """Return what the form of a new connection may show as entered.

        Such as the address that another integration knows; never a secret.
        """
        del hass
        return ()

    def made_once(self, previous: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a connection is given by us, and keeps when it is changed.

        `previous` is the data that it has; empty for a new one.
        """
        del previous
        return {}

    def settings_of(self, entry: ConfigEntry) -> Settings:
        """Return what the user has set for a connection, as it is now."""
        kinds = self.subentry_flows
        return Settings(
            data=entry.data,
            options=entry.options,
            subentries={
                subentry_id: SubentrySettings(
                    kind=subentry.subentry_type,
                    title=subentry.title,
                    data=subentry.data,
                )
                for subentry_id, subentry in entry.subentries.items()
                if subentry.subentry_type in kinds
            }
            if kinds
            else {},
        )

    def with_settings(self, capabilities: Any, settings: Settings) -> Any:  # noqa: ANN401 the backend's own
        """Return what a live system can do, as far as the user's settings have it so.

        Operations get it as their capabilities. It is asked for anew at acceptance and
        at each attempt, and so follows what the user changes meanwhile.
        """
        del settings
        return capabilities

    def identity(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return the part of the data that no second connection may have."""
        return {name: data[name] for name in self.identified_by}

    def instance(self, data: Mapping[str, Any], unique_id: str | None) -> Instance:
        """Say which system, or account of one, a connection leads to.

        By the id that the system gives itself, or by what no second connection has.
        """
        own = unique_id or f"{sorted(self.identity(data).items())}"
        digest = sha256(f"{self.backend.name}\n{own}".encode()).hexdigest()
        address = self.backend.name
        if CONF_URL in data:
            address = str(URL(data[CONF_URL]).with_user(None).with_query(None))
        return Instance(id=digest[:_ID_LENGTH], address=address)

    def product(self, data: Mapping[str, Any], capabilities: Any) -> Product:  # noqa: ANN401 - each backend has its own
        """Say what system a connection leads to.

        By default the title of the backend, the address, and the `version` of the
        capabilities where they have one.
        """
        title, version = self.backend.title, getattr(capabilities, "version", None)
        return Product(
            manufacturer=title,
            model=title,
            version=str(version) if version else None,
            address=data.get(CONF_URL),
        )

    @abstractmethod
    def create_client(self, hass: HomeAssistant, data: Mapping[str, Any]) -> Client:
        """Build a client from a connection's data."""

    async def probe(self, client: Client, data: Mapping[str, Any]) -> Probe:
        """Try the live system; raises a BackendError with the code of a form error.

        By default it reads the capabilities, and names the connection after the
        backend and the host.
        """
        title, host = self.backend.title, URL(data.get(CONF_URL, "")).host
        return Probe(
            title=f"{title} ({host})" if host else title,
            capabilities=await client.capabilities(),
        )

    async def resolve(
        self,
        hass: HomeAssistant,
        settings: Settings,
        operation: str,
        data: dict[str, Any],
    ) -> dict[str, Any]:
        """Turn what only Home Assistant knows, such as a schedule, into plain values.

        Run once, before acceptance. Raises InvalidField.
        """
        del hass, settings, operation
        return data

    def contacted(  # noqa: B027 - most have nothing more to show
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: Any,  # noqa: ANN401 the backend's own
    ) -> None:
        """Show what the client has learned of the backend.

        After each contact, and when parts of the connection have changed.
        Called in the event loop, often; it must cost nothing where nothing changed.
        """

    async def removed(  # noqa: B027 - most have nothing to take leave of
        self, hass: HomeAssistant, data: Mapping[str, Any]
    ) -> None:
        """Take leave of the backend when a connection is removed; raises nothing."""
