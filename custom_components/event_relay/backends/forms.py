"""What a backend provides to Home Assistant's forms, and how its client is built."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, ClassVar, override

from aiohttp import ClientSession, DummyCookieJar
from homeassistant.config_entries import ConfigEntry, ConfigSubentryFlow
from homeassistant.const import CONF_URL, CONF_VERIFY_SSL, EVENT_HOMEASSISTANT_CLOSE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import async_create_clientsession
from homeassistant.util import dt as dt_util
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
from .connection_forms import credentials_in, read_fields
from .errors import Gone, InvalidResponse, PermissionDenied, RequestPaused
from .json_client import JsonClient
from .outside_calendar import OutsideCalendar
from .rule_forms import RuleField
from .rule_patterns import Pattern
from .table_forms import coercer_of, rule_field_of


@dataclass(frozen=True, kw_only=True)
class Probe:
    """What a live system reported when a connection was tested."""

    title: str
    """Proposed name of the connection."""
    capabilities: Capabilities
    unique_id: str | None = None
    """Id that the system has for itself; None without one."""
    id_of_credentials: bool = False
    """Whether the id depends on the credentials, so that new ones bring a new id."""


@dataclass(frozen=True, kw_only=True)
class Product:
    """Device information of the system behind a connection."""

    manufacturer: str
    model: str
    version: str | None = None
    address: str | None = None
    """Address of its web page for people."""


@dataclass(frozen=True, kw_only=True)
class Query:
    """An action that only reads and changes nothing, there or here."""

    fields: Mapping[str, Coercer]
    run: Callable[[Any, Mapping[str, Any]], Awaitable[JsonObject]]
    """Takes the client and the coerced fields; raises BackendError, InvalidField."""


@dataclass(frozen=True, kw_only=True)
class Trait:
    """A property of a part of a connection, shown on its device."""

    translation_key: str
    """Translation key of the sensor that shows it."""
    options: tuple[str, ...]
    read: Callable[[Mapping[str, Any]], object]
    """Takes the form's data of the part; a value outside the options is shown as
    unknown."""


_ID_LENGTH = 16
"""Characters that tell apart all systems that a connection ever had."""
_SESSIONS: HassKey[dict[bool, ClientSession]] = HassKey("event_relay_sessions")


@callback
def cookieless_session(
    hass: HomeAssistant, *, verify_ssl: bool = True
) -> ClientSession:
    """Return the session that all clients share.

    It keeps no cookies, since a login belongs to one client. It lives as long as Home
    Assistant: neither a form nor a connection has to close it.
    """
    sessions = hass.data.setdefault(_SESSIONS, {})
    if (session := sessions.get(verify_ssl)) is not None:
        return session
    session = sessions[verify_ssl] = async_create_clientsession(
        hass, verify_ssl=verify_ssl, auto_cleanup=False, cookie_jar=DummyCookieJar()
    )

    @callback
    def detach(_event: Event) -> None:
        """Detach the connector, which belongs to Home Assistant."""
        session.detach()

    hass.bus.async_listen_once(EVENT_HOMEASSISTANT_CLOSE, detach)
    return session


TEST = "Test"
"""Title of a test in a backend, in every language."""


def with_test_title(
    data: Mapping[str, object], field: str = "title"
) -> dict[str, object]:
    """Return data whose title, if present, is marked as a test."""
    title = data.get(field)
    if not isinstance(title, str):
        return dict(data)
    return {**data, field: f"{TEST}: {title.strip()}"}


async def read_capabilities(client: Any) -> Capabilities:  # noqa: ANN401 the backend's own
    """Return the capabilities of the live system; raises BackendError.

    An address without what is read there, or with something of another shape, leads to
    another system.
    """
    try:
        capabilities: Capabilities = await client.capabilities()
    except (Gone, InvalidResponse) as error:
        if isinstance(error, InvalidResponse) and not error.foreign:
            raise
        raise InvalidResponse(error.reason, code="other_system") from error
    return capabilities


class BackendForms:
    """The part of a backend that Home Assistant sees."""

    backend: Backend
    client: ClassVar[Callable[..., Client]]
    """The class of its client."""
    connection: vol.Schema
    """The form that adds or reconfigures a connection; `connection_forms` has the usual
    fields."""
    credentials: tuple[str, ...]
    """The fields of it that reauthentication asks for again; by default all for names,
    passwords and keys."""
    identified_by: tuple[str, ...] = (CONF_URL,)
    """The fields of it that identify a connection."""
    options: vol.Schema | None = None
    """The form for the options that only this backend has."""
    administrative: frozenset[str] = frozenset()
    """Operations and queries for administrators only."""
    form_errors: frozenset[str] = frozenset()
    """Error codes of its client for which the connection's form has its own texts."""
    reasons: Mapping[str, str] = {}
    """Our sentences that only its code gives as a reason, with `{}` around the names of
    values, and the keys of their texts in `common`.

    Those of earlier versions stay, because deliveries store them.
    """
    reports_held_back: bool = False
    """Whether it creates repairs of its own for a RequestPaused, in `contacted`."""
    test_field: str = ""
    """The field whose text marks a test; by default the first required text that people
    write, or else `title`."""
    outside_id_field: str = "event_id"
    """The field that takes an outside id; `delivery_id` is its counterpart."""

    endings: Mapping[str, Ending] = {}
    """How the operations that begin something are ended."""

    patterns: Mapping[str, Pattern] = {}
    """Rules that only lack their entities, by translation key."""
    snapshots_of: frozenset[str] = frozenset()
    """Operations whose result has a picture."""
    queries: Mapping[str, Query] = {}
    """Actions that only read."""
    looks: Mapping[str, Callable[[Any], Awaitable[JsonObject]]] = {}
    """Look-ups with which mirrors find what they have created; each takes the
    client."""
    subentry_flows: Mapping[str, type[ConfigSubentryFlow]] = {}
    """Config flows of the subentry types that only this backend has, by type."""
    begins_with: str = "rule"
    """The subentry type that a new connection needs first: its form follows at once."""
    traits: Mapping[str, Trait] = {}
    """What is shown of subentries for which nothing runs, by type."""
    runners: Mapping[str, Callable[..., Any]] = {}
    """What runs for each such subentry, by type, as for a rule; nothing for types that
    are not here. See `rules.rules.MakeRunner`."""
    calendar: OutsideCalendar | None = None
    """Its schedule, if it can list one."""

    @override
    def __init_subclass__(cls) -> None:
        """Derive the credentials from the form."""
        super().__init_subclass__()
        if "connection" in vars(cls) and "credentials" not in vars(cls):
            cls.credentials = credentials_in(cls.connection)

    @cached_property
    def action_fields(self) -> Mapping[str, Mapping[str, Coercer]]:
        """Return the schema of each operation's action, permissive in what it takes."""
        return {
            operation.name: {
                field.name: coercer_of(field) for field in operation.asked()
            }
            for operation in self.backend.operations
        }

    def patterns_for(self, settings: Settings) -> Mapping[str, Pattern]:
        """Return the patterns that make sense for a connection."""
        del settings
        return self.patterns

    def rule_operations(self, capabilities: Any) -> tuple[str, ...]:  # noqa: ANN401 the backend's own
        """Return the operations that a rule may use, the usual one first.

        By default all but those that act on what another one has created.
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
        """Return the rule form's fields to deliver an operation."""
        del capabilities
        return tuple(
            rule_field_of(field, listed)
            for field in self.backend.operation(operation).asked()
            if field.in_rule
        )

    def known_lists(self, capabilities: Any) -> Listed:  # noqa: ANN401 the backend's own
        """Return the choices that are known without asking the live system.

        For the forms of rules, mirrors and actions. Every user of Home Assistant may
        read the options of actions, so they must not hold anything confidential.
        """
        del capabilities
        return {}

    async def ask_lists(self, client: Any) -> Listed:  # noqa: ANN401 the backend's own
        """Return further choices that the live system lists; raises BackendError."""
        del client
        return {}

    def shape_of(self, operation: str, field: str) -> Shape:
        """Return the shape of an operation's field; text by default.

        Numbers, booleans and times are parsed from their text, so that none is changed
        on the way.
        """
        coercer = self.action_fields[operation].get(field)
        return coercer.shape if isinstance(coercer, Structure) else Shape.TEXT

    def as_test(self, operation: str, data: Mapping[str, object]) -> dict[str, object]:
        """Return the data of an operation marked as a test.

        Unchanged if the system has no field for that: the user is told so.
        """
        return with_test_title(data, self.test_field or self._text_of(operation))

    def _text_of(self, operation: str) -> str:
        """Return the field of an operation with a text that people write for people."""
        asked = self.backend.operation(operation).asked()
        return next((one.name for one in asked if one.required and one.prose), "title")

    def preview(self, operation: str, payload: JsonObject) -> JsonObject:
        """Return the data to deliver as people know it, for a rule's preview."""
        del operation
        return payload

    @cached_property
    def credentials_schema(self) -> vol.Schema:
        """Return the part of the connection's form that reauthentication shows."""
        return vol.Schema(
            {
                marker: field
                for marker, field in self.connection.schema.items()
                if marker in self.credentials
            }
        )

    def read_url(self, entered: str) -> str:
        """Return the address in its stored form; raises InvalidField."""
        return read_address(entered)

    def normalise(self, user_input: Mapping[str, Any]) -> dict[str, Any]:
        """Return the data to store; raises InvalidField."""
        return read_fields(self.connection, user_input, self.read_url)

    async def check_connection(self, data: Mapping[str, Any]) -> None:
        """Check data to store with what only the network tells; raises InvalidField.

        Nothing of it was sent yet.
        """

    def shows_snapshots(self, options: Mapping[str, Any]) -> bool:
        """Return whether the user wants to see pictures of results."""
        del options
        return False

    async def snapshot(self, client: Any, outside_id: str) -> bytes:  # noqa: ANN401 the backend's own
        """Return a small JPEG picture of a result; raises BackendError."""
        raise NotImplementedError

    def suggestions(self, hass: HomeAssistant) -> Sequence[Mapping[str, Any]]:
        """Return suggested values for the form of a new connection.

        Such as the address that another integration knows; never a secret.
        """
        del hass
        return ()

    def made_once(self, previous: Mapping[str, Any]) -> dict[str, Any]:
        """Return data that we generate for a connection and keep when it is changed.

        `previous` is its current data; empty for a new one.
        """
        del previous
        return {}

    def settings_of(self, entry: ConfigEntry) -> Settings:
        """Return the user's current settings of a connection."""
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
        """Return a live system's capabilities as limited by the user's settings.

        Operations get them as their capabilities. They are computed at acceptance and
        at each attempt, and so follow changes of the settings.
        """
        del settings
        return capabilities

    def identity(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return the part of the data that must be unique among connections."""
        return {name: data[name] for name in self.identified_by}

    def instance(self, data: Mapping[str, Any], unique_id: str | None) -> Instance:
        """Return the system, or the account of one, that a connection leads to.

        Identified by the id that the system has for itself, or by the connection's
        `identity`.
        """
        own = unique_id or f"{sorted(self.identity(data).items())}"
        digest = sha256(f"{self.backend.name}\n{own}".encode()).hexdigest()
        address = self.backend.name
        if CONF_URL in data:
            address = str(URL(data[CONF_URL]).with_user(None).with_query(None))
        return Instance(id=digest[:_ID_LENGTH], address=address)

    def product(self, data: Mapping[str, Any], capabilities: Any) -> Product:  # noqa: ANN401 - each backend has its own
        """Return the device information of the system behind a connection.

        By default the title of the backend, the address, and the `version` of the
        capabilities if they have one.
        """
        title, version = self.backend.title, getattr(capabilities, "version", None)
        return Product(
            manufacturer=title,
            model=title,
            version=str(version) if version else None,
            address=data.get(CONF_URL),
        )

    def found(self, capabilities: Any) -> Mapping[str, int]:  # noqa: ANN401 the backend's own
        """Return how many items a new connection has found, by the key of their text.

        Such as `cameras` for the text `connected_cameras`.
        """
        del capabilities
        return {}

    def tests_login(self, data: Mapping[str, Any]) -> bool:
        """Return whether the test of a new connection uses its credentials."""
        del data
        return True

    def create_client(self, hass: HomeAssistant, data: Mapping[str, Any]) -> Client:
        """Build a client from a connection's data.

        By default `client`, with a session, the address, and the credentials by name.
        """
        session = cookieless_session(hass, verify_ssl=data.get(CONF_VERIFY_SSL, True))
        credentials = {name: data[name] for name in self.credentials}
        client = type(self).client(session, data[CONF_URL], **credentials)
        if isinstance(client, JsonClient):
            client.zone = dt_util.get_default_time_zone
        return client

    async def probe(self, client: Any, data: Mapping[str, Any]) -> Probe:  # noqa: ANN401 the backend's own
        """Test the live system; raises a BackendError with the code of a form error.

        By default it reads the capabilities, and names the connection after the backend
        and the host.
        """
        title = self.backend.title
        host = URL(data.get(CONF_URL, "")).host_subcomponent
        try:
            capabilities = await read_capabilities(client)
        except RequestPaused as error:
            raise PermissionDenied(error.reason) from error
        return Probe(
            title=f"{title} ({host})" if host else title, capabilities=capabilities
        )

    async def resolve(
        self,
        hass: HomeAssistant,
        settings: Settings,
        operation: str,
        data: dict[str, Any],
    ) -> dict[str, Any]:
        """Turn what only Home Assistant knows, such as a schedule, into plain values.

        Runs once, before acceptance. Raises InvalidField.
        """
        del hass, settings, operation
        return data

    def contacted(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: Any,  # noqa: ANN401 the backend's own
    ) -> bool:
        """Show what the client has learned about the backend.

        Called after each contact, and when parts of the connection have changed. It
        runs often, in the event loop, and must cost nothing if nothing changed.
        Return whether deliveries that were held back are worth an attempt now.
        """
        del hass, entry, client
        return False

    async def removed(self, hass: HomeAssistant, data: Mapping[str, Any]) -> None:
        """Log out and clean up when a connection is removed; raises nothing."""
