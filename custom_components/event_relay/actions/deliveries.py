"""Actions on deliveries: list, retry, discard, mark as delivered."""

from collections.abc import Coroutine, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util

from ..backends.base import InvalidField, UnreadablePayload
from ..backends.coercion_forms import Coercer
from ..backends.fields import whole
from ..const import (
    ATTR_CONFIG_ENTRY_ID,
    ATTR_CONFIRM,
    ATTR_DELIVERY_ID,
    ATTR_LIMIT,
    ATTR_SINCE,
    ATTR_STATE,
    ATTR_WAIT,
    DOMAIN,
)
from ..coordinator import RelayConfigEntry, delivery_pause
from ..errors import delivery_error, outbox_error
from ..permissions import Right, async_may
from ..queue.delivery import Delivery, DeliveryState
from ..queue.queue import NotAllowed
from ..queue.store.store import StaleDelivery, StoreUnavailable
from ..storage import async_get_store
from .resolve import (
    WAIT,
    WAIT_FIELD,
    coerce,
    connection_by_id,
    delivery_by_id,
    invalid_field,
)


def answer(
    hass: HomeAssistant, delivery: Delivery, entry: RelayConfigEntry
) -> dict[str, Any]:
    """Return the response for a delivery; raises if it failed.

    A response is data for templates, so its reason is not translated, and has a code.
    """
    if delivery.state.settled and delivery.state is not DeliveryState.DELIVERED:
        raise delivery_error(hass, delivery, entry.title)
    answered = state(delivery)
    if delivery.receipt:
        answered |= {
            "outside_id": delivery.receipt.outside_id,
            "links": dict(delivery.receipt.links),
            "details": delivery.receipt.details,
            "warnings": list(delivery.receipt.warnings),
        }
    if delivery.failure:
        failure = delivery.failure
        answered |= {"code": failure.code, "reason": failure.reason or failure.code}
    return answered


def state(delivery: Delivery) -> dict[str, Any]:
    """Return the minimal response for a delivery."""
    return {ATTR_DELIVERY_ID: delivery.id, ATTR_STATE: delivery.state.value}


LIMIT = 100
LIMIT_MOST = 1000
PERSONAL = frozenset({"summary", "outside_id", "links", "warnings"})
"""Fields that only administrators see."""


def _states(value: object) -> list[DeliveryState]:
    """Return states; raises InvalidField."""
    try:
        return [DeliveryState(str(one)) for one in cv.ensure_list(value)]
    except ValueError as error:
        known = ", ".join(DeliveryState)
        raise InvalidField(ATTR_STATE, "not_one_of", known=known) from error


LIST_FIELDS: dict[str, Coercer] = {
    ATTR_CONFIG_ENTRY_ID: cv.string,
    ATTR_STATE: _states,
    ATTR_SINCE: cv.datetime,
    ATTR_LIMIT: partial(whole, name=ATTR_LIMIT, minimum=1, maximum=LIMIT_MOST),
}
DISCARD_FIELDS: dict[str, Coercer] = {
    ATTR_CONFIG_ENTRY_ID: cv.string,
    ATTR_DELIVERY_ID: cv.string,
}
MARK_DELIVERED_FIELDS: dict[str, Coercer] = {ATTR_DELIVERY_ID: cv.string}
RETRY_FIELDS: dict[str, Coercer] = {
    **DISCARD_FIELDS,
    ATTR_CONFIRM: cv.boolean,
    **WAIT_FIELD,
}


async def async_list(call: ServiceCall) -> ServiceResponse:
    """List deliveries, newest first, with the fields that the user may see.

    A call without a user, such as an automation's, gets all fields.
    """
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
    may_know = await async_may(call.hass, call.context, Right.ADMINISTER)
    tell = listed if may_know else _listed_without_personal
    return {"deliveries": [tell(call.hass, delivery) for delivery in deliveries]}


async def async_retry(call: ServiceCall) -> ServiceResponse:
    """Retry one delivery, or all that failed for a known reason."""
    data = coerce(call.data, RETRY_FIELDS)
    if ATTR_DELIVERY_ID in data:
        delivery, entry = await delivery_by_id(call.hass, data)
        retried = await _allowed(
            entry,
            entry.runtime_data.queue.retry(
                delivery,
                confirm=data.get(ATTR_CONFIRM, False),
                wait=data.get(ATTR_WAIT, WAIT),
            ),
        )
        return {"deliveries": [answer(call.hass, retried, entry)]}
    retried_all = await async_retry_failed(_all_of(call.hass, data))
    return {"deliveries": [state(delivery) for delivery in retried_all]}


async def async_retry_failed(entry: RelayConfigEntry) -> list[Delivery]:
    """Retry all deliveries of a connection that failed for a known reason."""
    try:
        return await entry.runtime_data.queue.retry_failed()
    except StoreUnavailable as error:
        raise outbox_error(error, entry.title) from error


async def async_discard(call: ServiceCall) -> ServiceResponse:
    """Discard one delivery, or all that failed for a known reason."""
    data = coerce(call.data, DISCARD_FIELDS)
    if ATTR_DELIVERY_ID in data:
        delivery, entry = await delivery_by_id(call.hass, data)
        discard = entry.runtime_data.queue.discard(delivery)
        return {"deliveries": [state(await _allowed(entry, discard))]}
    entry = _all_of(call.hass, data)
    try:
        discarded = await entry.runtime_data.queue.discard_failed()
    except StoreUnavailable as error:
        raise outbox_error(error, entry.title) from error
    return {"deliveries": [state(delivery) for delivery in discarded]}


async def async_mark_delivered(call: ServiceCall) -> ServiceResponse:
    """Mark one delivery of unknown outcome as delivered."""
    data = coerce(call.data, MARK_DELIVERED_FIELDS)
    if ATTR_DELIVERY_ID not in data:
        raise invalid_field(InvalidField(ATTR_DELIVERY_ID, "required"))
    delivery, entry = await delivery_by_id(call.hass, data)
    delivered = await _allowed(entry, entry.runtime_data.queue.arrived(delivery))
    return {"deliveries": [state(delivered)]}


def _all_of(hass: HomeAssistant, data: Mapping[str, Any]) -> RelayConfigEntry:
    """Return the connection of a call for all failed deliveries."""
    if ATTR_CONFIG_ENTRY_ID not in data:
        raise invalid_field(
            InvalidField(ATTR_DELIVERY_ID, "one_required", other=ATTR_CONFIG_ENTRY_ID)
        )
    return connection_by_id(hass, data[ATTR_CONFIG_ENTRY_ID])


async def _allowed(
    entry: RelayConfigEntry, work: Coroutine[Any, Any, Delivery]
) -> Delivery:
    """Await a change of a delivery; raise a translated error if it is not allowed."""
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


def listed(hass: HomeAssistant, delivery: Delivery) -> dict[str, Any]:
    """Return a delivery as a list row; times are ISO 8601 in UTC.

    `follows` is the id of the delivery that an end or change refers to, `paused` the
    key of why it waits until somebody acts, and `due_at` the time of the next attempt,
    as far as known.
    """
    entry: RelayConfigEntry | None
    entry = hass.config_entries.async_get_entry(delivery.connection)
    paused = entry and delivery_pause(entry, delivery)
    receipt = delivery.receipt
    failure = delivery.failure
    return state(delivery) | {
        ATTR_CONFIG_ENTRY_ID: delivery.connection,
        "operation": delivery.operation,
        "summary": delivery.summary,
        "follows": delivery.follows,
        "origin": delivery.origin.kind.value,
        "occurred_at": delivery.occurred_at.isoformat(),
        "accepted_at": delivery.accepted_at.isoformat(),
        "settled_at": _iso(delivery.settled_at),
        "paused": paused,
        "due_at": None if paused else _iso(_next_try(entry, delivery)),
        "expires_at": _iso(delivery.expires_at),
        "attempts": delivery.attempts,
        "outside_id": receipt.outside_id if receipt else None,
        "links": dict(receipt.links) if receipt else {},
        "warnings": list(receipt.warnings if receipt else delivery.warnings),
        "error": {"code": failure.code, "reason": failure.reason} if failure else None,
    }


def without_personal(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the state of a delivery, without its content and destination.

    The backend's own words are left out too: they may repeat a user's text.
    """
    known = {name: value for name, value in row.items() if name not in PERSONAL}
    if known["error"]:
        known["error"] = {"code": known["error"]["code"], "reason": ""}
    return known


def _listed_without_personal(hass: HomeAssistant, delivery: Delivery) -> dict[str, Any]:
    """Return a delivery as a list row for non-administrators."""
    return without_personal(listed(hass, delivery))


def _next_try(entry: RelayConfigEntry | None, delivery: Delivery) -> datetime | None:
    """Return the time of the next attempt: not before its connection sends again."""
    due = delivery.due_at
    if due is None or entry is None or entry.state is not ConfigEntryState.LOADED:
        return due
    held_until = entry.runtime_data.worker.held_until
    return max(due, held_until) if held_until else due


def _iso(moment: datetime | None) -> str | None:
    """Return an instant as ISO 8601."""
    return moment.isoformat() if moment else None
