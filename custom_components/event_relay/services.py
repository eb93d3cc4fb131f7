"""Actions: coerce, resolve, put in the outbox, wait for the outcome, answer."""

from collections.abc import Coroutine, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import async_register_admin_service
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .backends.base import InvalidField, UnreadablePayload
from .backends.errors import BackendError
from .backends.forms import BackendForms, Coercer, Query
from .const import (
    ATTR_CONFIG_ENTRY_ID,
    ATTR_CONFIRM,
    ATTR_DELIVERY_ID,
    ATTR_LIMIT,
    ATTR_SINCE,
    ATTR_STATE,
    ATTR_WAIT,
    DOMAIN,
)
from .coordinator import (
    RelayConfigEntry,
    backend_error,
    delivery_error,
    outbox_error,
)
from .outbox.delivery import Delivery, DeliveryState, Origin, OriginKind
from .outbox.outbox import NotAllowed, Request
from .outbox.store import OutboxFull, StaleDelivery, StoreUnavailable
from .registry import BACKENDS
from .resolve import (
    coerce,
    connection_by_id,
    connection_of_backend,
    delivery_by_id,
    find_delivery,
    invalid_field,
    resolve_start,
)
from .storage import async_get_store

WAIT = 10
"""Seconds that an action waits for an outcome unless told otherwise."""
WAIT_LONGEST = 300
LIMIT = 100
LIMIT_MOST = 1000

_WAIT_FIELD: dict[str, Coercer] = {
    ATTR_WAIT: vol.All(vol.Coerce(float), vol.Range(min=0, max=WAIT_LONGEST))
}
LIST_FIELDS: dict[str, Coercer] = {
    ATTR_CONFIG_ENTRY_ID: cv.string,
    ATTR_STATE: vol.All(cv.ensure_list, [vol.Coerce(DeliveryState)]),
    ATTR_SINCE: cv.datetime,
    ATTR_LIMIT: vol.All(vol.Coerce(int), vol.Range(min=1, max=LIMIT_MOST)),
}
DISCARD_FIELDS: dict[str, Coercer] = {
    ATTR_CONFIG_ENTRY_ID: cv.string,
    ATTR_DELIVERY_ID: cv.string,
}
RETRY_FIELDS: dict[str, Coercer] = {
    **DISCARD_FIELDS,
    ATTR_CONFIRM: cv.boolean,
    **_WAIT_FIELD,
}


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions of all backends, and those that mind the outbox.

    No schema is given to Home Assistant: its errors are not translated and do not
    say which field they mean.
    """
    for forms in BACKENDS:
        for name in forms.action_fields:
            handler = partial(_async_send, forms, name)
            if name in forms.administrative:
                async_register_admin_service(
                    hass, DOMAIN, name, handler, _ANY, SupportsResponse.OPTIONAL
                )
            else:
                hass.services.async_register(
                    DOMAIN, name, handler, None, SupportsResponse.OPTIONAL
                )
        for name, query in forms.queries.items():
            hass.services.async_register(
                DOMAIN,
                name,
                partial(_async_query, forms, query),
                None,
                SupportsResponse.ONLY,
            )
    hass.services.async_register(
        DOMAIN, "list_deliveries", _async_list, None, SupportsResponse.ONLY
    )
    async_register_admin_service(
        hass, DOMAIN, "retry_delivery", _async_retry, _ANY, SupportsResponse.OPTIONAL
    )
    async_register_admin_service(
        hass,
        DOMAIN,
        "discard_delivery",
        _async_discard,
        _ANY,
        SupportsResponse.OPTIONAL,
    )


_ANY = vol.Schema({}, extra=vol.ALLOW_EXTRA)


async def _async_send(
    forms: BackendForms, name: str, call: ServiceCall
) -> ServiceResponse:
    """Deliver what an action asks for."""
    fields = forms.action_fields[name]
    data = coerce(call.data, {ATTR_CONFIG_ENTRY_ID: cv.string, **_WAIT_FIELD, **fields})
    wait = data.pop(ATTR_WAIT, WAIT)
    entry_id = data.pop(ATTR_CONFIG_ENTRY_ID, None)
    if ATTR_DELIVERY_ID in data and entry_id is None:
        entry_id = (await find_delivery(call.hass, data[ATTR_DELIVERY_ID])).connection
    entry = connection_of_backend(call.hass, forms, entry_id)
    if ATTR_DELIVERY_ID in fields:
        data = await resolve_start(call.hass, entry, data)
    occurred_at = dt_util.utcnow()
    try:
        request = Request(
            operation=name,
            data=await forms.resolve(
                call.hass, {**entry.data, **entry.options}, name, data
            ),
            origin=Origin(
                kind=OriginKind.ACTION,
                context_id=call.context.id,
                user_id=call.context.user_id,
            ),
            occurred_at=occurred_at,
        )
        delivery = await entry.runtime_data.outbox.submit(request, wait=wait)
    except InvalidField as error:
        raise invalid_field(error) from error
    except (OutboxFull, StoreUnavailable) as error:
        raise outbox_error(error, entry.title) from error
    return _answer(delivery, entry)


async def _async_query(
    forms: BackendForms, query: Query, call: ServiceCall
) -> ServiceResponse:
    """Answer what a backend says."""
    data = coerce(call.data, {ATTR_CONFIG_ENTRY_ID: cv.string, **query.fields})
    entry = connection_of_backend(
        call.hass, forms, data.pop(ATTR_CONFIG_ENTRY_ID, None)
    )
    try:
        return await query.run(entry.runtime_data.client, data)
    except InvalidField as error:
        raise invalid_field(error) from error
    except BackendError as error:
        raise backend_error(error, entry.title) from error


async def _async_list(call: ServiceCall) -> ServiceResponse:
    """List deliveries, newest first."""
    data = coerce(call.data, LIST_FIELDS)
    connection = data.get(ATTR_CONFIG_ENTRY_ID)
    if connection is not None:
        connection = connection_by_id(call.hass, connection).entry_id
    since = data.get(ATTR_SINCE)
    try:
        deliveries = await (await async_get_store(call.hass)).listing(
            owner=connection,
            states=data.get(ATTR_STATE, ()),
            since=dt_util.as_utc(since) if since else None,
            limit=data.get(ATTR_LIMIT, LIMIT),
        )
    except StoreUnavailable as error:
        raise outbox_error(error) from error
    return {"deliveries": [_listed(delivery) for delivery in deliveries]}


async def _async_retry(call: ServiceCall) -> ServiceResponse:
    """Open one delivery again, or all that failed for a known reason."""
    data = coerce(call.data, RETRY_FIELDS)
    if ATTR_DELIVERY_ID in data:
        delivery, entry = await delivery_by_id(call.hass, data)
        retried = await _allowed(
            entry,
            entry.runtime_data.outbox.retry(
                delivery,
                confirm=data.get(ATTR_CONFIRM, False),
                wait=data.get(ATTR_WAIT, WAIT),
            ),
        )
        return {"deliveries": [_answer(retried, entry)]}
    entry = _all_of(call.hass, data)
    retried_all = [
        await _allowed(entry, entry.runtime_data.outbox.retry(delivery))
        for delivery in await _failed(call.hass, entry)
    ]
    return {"deliveries": [_state(delivery) for delivery in retried_all]}


async def _async_discard(call: ServiceCall) -> ServiceResponse:
    """Give up one delivery, or all that failed for a known reason."""
    data = coerce(call.data, DISCARD_FIELDS)
    if ATTR_DELIVERY_ID in data:
        delivery, entry = await delivery_by_id(call.hass, data)
        deliveries = [delivery]
    else:
        entry = _all_of(call.hass, data)
        deliveries = await _failed(call.hass, entry)
    discarded = [
        await _allowed(entry, entry.runtime_data.outbox.discard(delivery))
        for delivery in deliveries
    ]
    return {"deliveries": [_state(delivery) for delivery in discarded]}


def _all_of(hass: HomeAssistant, data: Mapping[str, Any]) -> RelayConfigEntry:
    """Return the connection whose failed deliveries are meant."""
    if ATTR_CONFIG_ENTRY_ID not in data:
        raise invalid_field(InvalidField(ATTR_DELIVERY_ID, "required"))
    return connection_by_id(hass, data[ATTR_CONFIG_ENTRY_ID])


async def _failed(hass: HomeAssistant, entry: RelayConfigEntry) -> list[Delivery]:
    """Return a connection's failed deliveries, without those of unknown outcome."""
    deliveries = await (await async_get_store(hass)).listing(
        owner=entry.entry_id,
        states=(DeliveryState.FAILED,),
        limit=None,
    )
    return [delivery for delivery in deliveries if not delivery.unclear]


async def _allowed(
    entry: RelayConfigEntry, work: Coroutine[Any, Any, Delivery]
) -> Delivery:
    """Do what a user asks of a delivery; raise in the user's words what forbids it."""
    try:
        return await work
    except NotAllowed as error:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key=error.code,
            translation_placeholders={"state": error.state.value},
        ) from error
    except StaleDelivery as error:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="delivery_moved_on"
        ) from error
    except (KeyError, UnreadablePayload) as error:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="unreadable",
            translation_placeholders={"reason": str(error), "connection": entry.title},
        ) from error
    except StoreUnavailable as error:
        raise outbox_error(error, entry.title) from error


def _answer(delivery: Delivery, entry: RelayConfigEntry) -> dict[str, Any]:
    """Answer with what became of a delivery; raises if it ended otherwise."""
    if delivery.state.settled and delivery.state is not DeliveryState.DELIVERED:
        raise delivery_error(delivery, entry.title)
    answer = _state(delivery)
    if delivery.receipt:
        answer |= {
            "outside_id": delivery.receipt.outside_id,
            "links": dict(delivery.receipt.links),
            "details": delivery.receipt.details,
            "warnings": list(delivery.receipt.warnings),
        }
    if delivery.failure:
        answer["reason"] = delivery.failure.reason or delivery.failure.code
    return answer


def _state(delivery: Delivery) -> dict[str, Any]:
    """Return the least that is said of a delivery."""
    return {ATTR_DELIVERY_ID: delivery.id, ATTR_STATE: delivery.state.value}


def _listed(delivery: Delivery) -> dict[str, Any]:
    """Return what a list says of a delivery; times are ISO 8601 in UTC."""
    receipt = delivery.receipt
    failure = delivery.failure
    return _state(delivery) | {
        ATTR_CONFIG_ENTRY_ID: delivery.connection,
        "operation": delivery.operation,
        "summary": delivery.summary,
        "origin": delivery.origin.kind.value,
        "occurred_at": delivery.occurred_at.isoformat(),
        "accepted_at": delivery.accepted_at.isoformat(),
        "settled_at": _iso(delivery.settled_at),
        "due_at": _iso(delivery.due_at),
        "expires_at": _iso(delivery.expires_at),
        "attempts": delivery.attempts,
        "outside_id": receipt.outside_id if receipt else None,
        "links": dict(receipt.links) if receipt else {},
        "warnings": list(receipt.warnings) if receipt else [],
        "error": {"code": failure.code, "reason": failure.reason} if failure else None,
    }


def _iso(moment: datetime | None) -> str | None:
    """Return an instant as ISO 8601."""
    return moment.isoformat() if moment else None
