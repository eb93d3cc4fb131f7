"""Resolves action data: values, connections, deliveries."""

from collections.abc import Mapping, Sequence
import re
from typing import Any, NoReturn

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..backends.base import InvalidField
from ..backends.coercion_forms import Coercer, in_seconds
from ..backends.fields import number
from ..backends.forms import BackendForms
from ..const import (
    ATTR_CONFIG_ENTRY_ID,
    ATTR_DELIVERY_ID,
    ATTR_WAIT,
    CONF_BACKEND,
    DOMAIN,
)
from ..coordinator import RelayConfigEntry
from ..errors import outbox_error
from ..home_language import in_home_language
from ..queue.delivery import Delivery, DeliveryState
from ..queue.store.store import StoreUnavailable
from ..registry import BY_NAME
from ..storage import async_get_store
from .coercion import coerce as coerce_fields
from .default_connection import connections_to, default_of

WAIT = 10
"""Default seconds that an action waits for an outcome."""
WAIT_LONGEST = 300


def _wait(value: object) -> float:
    """Return how many seconds to wait; raises InvalidField."""
    try:
        seconds = vol.Coerce(float)(in_seconds(value))
    except vol.Invalid as error:
        raise InvalidField(ATTR_WAIT, "not_a_duration") from error
    return number(seconds, ATTR_WAIT, minimum=0, maximum=WAIT_LONGEST)


WAIT_FIELD: dict[str, Coercer] = {ATTR_WAIT: _wait}
_NOT_THERE = re.compile(
    r"has no (?:attribute|element) '?(?P<attribute>[^']+?)'?$"
    r"|'(?P<variable>[^']+)' is undefined"
)
"""Jinja's message for an undefined name."""
_KIND_OF_ERROR = re.compile(r"^\w+Error: ")


def coerce(data: Mapping[str, Any], coercers: Mapping[str, Coercer]) -> dict[str, Any]:
    """Return the data of an action with every value coerced to its field's type.

    Raises ServiceValidationError with the field's name.
    """
    try:
        return coerce_fields(data, coercers)
    except InvalidField as error:
        raise invalid_field(error) from error


def invalid_field(error: InvalidField) -> ServiceValidationError:
    """Return the error for an invalid field; a time is shown as it is entered."""
    details = dict(error.details)
    if (limit := dt_util.parse_datetime(details.get("limit", ""))) is not None:
        details["limit"] = f"{dt_util.as_local(limit):%Y-%m-%d %H:%M:%S}"
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=f"field_{error.problem}",
        translation_placeholders={"field": error.field, **details},
    )


def unfilled_field(field: str, reason: str) -> ServiceValidationError:
    """Return the error for a field whose template cannot be rendered.

    `reason` is Home Assistant's message.
    """
    if (missing := _NOT_THERE.search(reason)) is not None:
        return ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="template_not_there",
            translation_placeholders={
                "field": field,
                "name": missing["attribute"] or missing["variable"],
            },
        )
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="template_fails",
        translation_placeholders={
            "field": field,
            "reason": _KIND_OF_ERROR.sub("", reason),
        },
    )


def connection_by_id(hass: HomeAssistant, named: str) -> RelayConfigEntry:
    """Return a loaded connection by its id; raises ServiceValidationError."""
    return _loaded(hass, _entry_by_id(hass, named))


def _entry_by_id(hass: HomeAssistant, named: str) -> RelayConfigEntry:
    """Return a connection by its entry id or the id of one of its devices.

    A blueprint can filter devices by backend, but not connections. Raises
    ServiceValidationError.
    """
    device = dr.async_get(hass).async_get(named)
    entry_id = named if device is None else device.config_entry_id
    entry: RelayConfigEntry | None = hass.config_entries.async_get_entry(entry_id)
    if entry is None or entry.domain != DOMAIN:
        entries = hass.config_entries.async_entries(DOMAIN, include_ignore=False)
        known = ", ".join(f"{one.title} ({one.entry_id})" for one in entries)
        _refuse("connection_not_found", entry_id=named, known=known or "-")
    return entry


def _loaded(hass: HomeAssistant, entry: RelayConfigEntry) -> RelayConfigEntry:
    """Return a connection if it is loaded; raises ServiceValidationError."""
    if entry.state is not ConfigEntryState.LOADED:
        _refuse_unloaded(hass, entry)
    return entry


def connection_of_backend(
    hass: HomeAssistant, forms: BackendForms, named: str | None
) -> RelayConfigEntry:
    """Return the named connection, else the only one, else the default.

    Raises ServiceValidationError.
    """
    if named is not None:
        entry = _entry_by_id(hass, named)
        if (other := BY_NAME[entry.data[CONF_BACKEND]]) is not forms:
            _refuse(
                "connection_other_backend",
                connection=entry.title,
                other=other.backend.title,
                backend=forms.backend.title,
            )
        return _loaded(hass, entry)
    entries = connections_to(hass, forms.backend.name)
    if len(entries) > 1 and (default := default_of(entries)) is not None:
        return _loaded(hass, default)
    loaded = [one for one in entries if one.state is ConfigEntryState.LOADED]
    if not loaded:
        _refuse_all_unloaded(hass, forms.backend.title, entries)
    if len(loaded) > 1:
        listed = ", ".join(f"{entry.title} ({entry.entry_id})" for entry in loaded)
        _refuse("connection_ambiguous", field=ATTR_CONFIG_ENTRY_ID, connections=listed)
    return loaded[0]


async def async_await_reloads(hass: HomeAssistant) -> None:
    """Wait until no connection is being loaded or unloaded.

    An action called during a reload is then accepted rather than refused.
    """
    for entry in hass.config_entries.async_entries(DOMAIN):
        if entry.setup_lock.locked():
            async with entry.setup_lock:
                pass


async def find_delivery(hass: HomeAssistant, delivery_id: str) -> Delivery:
    """Return a delivery by its id; raises ServiceValidationError."""
    delivery = await _stored(hass, delivery_id)
    if delivery is None:
        raise invalid_field(InvalidField(ATTR_DELIVERY_ID, "not_found"))
    return delivery


async def delivery_by_id(
    hass: HomeAssistant, data: Mapping[str, Any]
) -> tuple[Delivery, RelayConfigEntry]:
    """Return a delivery by its id, and its connection."""
    delivery = await find_delivery(hass, data[ATTR_DELIVERY_ID])
    named = data.get(ATTR_CONFIG_ENTRY_ID)
    if named and _entry_by_id(hass, named).entry_id != delivery.connection:
        raise invalid_field(InvalidField(ATTR_DELIVERY_ID, "other_connection"))
    return delivery, connection_by_id(hass, delivery.connection)


async def resolve_start(
    hass: HomeAssistant, entry: RelayConfigEntry, data: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the data with the id of the delivery that created their object.

    This keeps deliveries about one object in order, however it was named.
    """
    resolved = dict(data)
    if ATTR_DELIVERY_ID in data:
        start = await find_delivery(hass, data[ATTR_DELIVERY_ID])
        if start.connection != entry.entry_id:
            raise invalid_field(InvalidField(ATTR_DELIVERY_ID, "other_connection"))
        if start.follows is not None:
            raise invalid_field(InvalidField(ATTR_DELIVERY_ID, "not_a_start"))
        if start.state.settled and start.state is not DeliveryState.DELIVERED:
            raise invalid_field(
                InvalidField(
                    ATTR_DELIVERY_ID, "start_never_was", state=start.state.value
                )
            )
        return resolved
    forms = BY_NAME[entry.data[CONF_BACKEND]]
    if (outside_id := data.get(forms.outside_id_field)) is None:
        return resolved
    try:
        store = await async_get_store(hass)
        start_of = await store.by_outside_id(entry.entry_id, str(outside_id))
    except StoreUnavailable as error:
        raise outbox_error(error) from error
    if start_of is not None:
        del resolved[forms.outside_id_field]
        resolved[ATTR_DELIVERY_ID] = start_of.id
    return resolved


async def _stored(hass: HomeAssistant, delivery_id: str) -> Delivery | None:
    """Read a delivery from the store."""
    try:
        return await (await async_get_store(hass)).get(delivery_id)
    except StoreUnavailable as error:
        raise outbox_error(error) from error


def _refuse_all_unloaded(
    hass: HomeAssistant, backend: str, entries: Sequence[RelayConfigEntry]
) -> NoReturn:
    """Refuse a call because no connection to a backend is loaded, and say why."""
    if not entries:
        _refuse("connection_missing", backend=backend)
    if len(entries) == 1:
        _refuse_unloaded(hass, entries[0])
    _refuse(
        "connections_not_loaded",
        backend=backend,
        connections=", ".join(
            f"{entry.title} ({reason})" if reason else entry.title
            for entry in entries
            for reason in [_why_not_loaded(hass, entry)]
        ),
    )


def _why_not_loaded(hass: HomeAssistant, entry: RelayConfigEntry) -> str | None:
    """Return why a connection could not be set up, in the home's language."""
    if entry.error_reason_translation_key is None:
        return entry.reason
    error = HomeAssistantError(
        translation_domain=entry.error_reason_translation_domain,
        translation_key=entry.error_reason_translation_key,
        translation_placeholders=entry.error_reason_translation_placeholders,
    )
    return in_home_language(hass, error)


def _refuse_unloaded(hass: HomeAssistant, entry: RelayConfigEntry) -> NoReturn:
    """Refuse a call because a connection is not loaded, and say why it is not."""
    if entry.disabled_by is not None:
        _refuse("connection_disabled", connection=entry.title)
    if reason := _why_not_loaded(hass, entry):
        _refuse("connection_not_loaded_because", connection=entry.title, reason=reason)
    _refuse("connection_not_loaded", connection=entry.title)


def _refuse(key: str, **placeholders: str) -> NoReturn:
    """Refuse a call because of the connection that it names."""
    raise ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders=placeholders,
    )
