"""Actions: coerce, resolve, submit, await the outcome, respond."""

from collections.abc import Callable, Coroutine
from typing import Any

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util

from .actions.deliveries import (
    answer,
    async_discard,
    async_list,
    async_mark_delivered,
    async_retry,
)
from .actions.resolve import (
    WAIT,
    WAIT_FIELD,
    async_await_reloads,
    coerce,
    connection_of_backend,
    find_delivery,
    invalid_field,
    resolve_start,
)
from .backends.base import InvalidField
from .backends.errors import BackendError
from .backends.forms import BackendForms
from .const import ATTR_CONFIG_ENTRY_ID, ATTR_DELIVERY_ID, ATTR_WAIT, DOMAIN
from .errors import backend_error, outbox_error
from .permissions import Right, async_demand, right_to
from .queue.delivery import Origin, OriginKind
from .queue.queue import Request
from .queue.store.store import QueueFull, StoreUnavailable
from .registry import BY_NAME, async_load


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions of all backends, and those for deliveries.

    Without a schema: Home Assistant's schema errors are not translated and do not name
    the field.
    """
    for backend in BY_NAME.registered:
        for name in backend.actions:
            _register_of_backend(hass, backend.name, name, _async_send)
        for name in backend.queries:
            _register_of_backend(
                hass, backend.name, name, _async_query, response=SupportsResponse.ONLY
            )
    _register(
        hass,
        "list_deliveries",
        async_list,
        Right.READ,
        response=SupportsResponse.ONLY,
    )
    _register(hass, "retry_delivery", async_retry, Right.ADMINISTER)
    _register(hass, "discard_delivery", async_discard, Right.ADMINISTER)
    _register(hass, "mark_delivered", async_mark_delivered, Right.ADMINISTER)


def _register(
    hass: HomeAssistant,
    name: str,
    handler: Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]],
    right: Right,
    *,
    response: SupportsResponse = SupportsResponse.OPTIONAL,
) -> None:
    """Register one action, with a permission check."""

    async def permitted(call: ServiceCall) -> ServiceResponse:
        await async_demand(hass, call.context, right)
        await async_await_reloads(hass)
        return await handler(call)

    hass.services.async_register(DOMAIN, name, permitted, None, response)


def _register_of_backend(
    hass: HomeAssistant,
    backend: str,
    name: str,
    handler: Callable[
        [BackendForms, str, ServiceCall], Coroutine[Any, Any, ServiceResponse]
    ],
    *,
    response: SupportsResponse = SupportsResponse.OPTIONAL,
) -> None:
    """Register an action of a backend, which is only imported once it is called."""

    async def permitted(call: ServiceCall) -> ServiceResponse:
        forms = await async_load(hass, backend)
        await async_demand(hass, call.context, right_to(forms, name))
        await async_await_reloads(hass)
        return await handler(forms, name, call)

    hass.services.async_register(DOMAIN, name, permitted, None, response)


async def _async_send(
    forms: BackendForms, name: str, call: ServiceCall
) -> ServiceResponse:
    """Submit the delivery of an action."""
    fields = forms.action_fields[name]
    data = coerce(call.data, {ATTR_CONFIG_ENTRY_ID: cv.string, **WAIT_FIELD, **fields})
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
            data=await forms.resolve(call.hass, forms.settings_of(entry), name, data),
            origin=Origin(
                kind=OriginKind.ACTION,
                context_id=call.context.id,
                user_id=call.context.user_id,
            ),
            occurred_at=occurred_at,
        )
        delivery = await entry.runtime_data.queue.submit(request, wait=wait)
    except InvalidField as error:
        raise invalid_field(error) from error
    except (QueueFull, StoreUnavailable) as error:
        refused = outbox_error(error, entry.title)
        entry.runtime_data.losses.async_refused(refused)
        raise refused from error
    return answer(call.hass, delivery, entry)


async def _async_query(
    forms: BackendForms, name: str, call: ServiceCall
) -> ServiceResponse:
    """Return the backend's response to a query."""
    query = forms.queries[name]
    data = coerce(call.data, {ATTR_CONFIG_ENTRY_ID: cv.string, **query.fields})
    entry = connection_of_backend(
        call.hass, forms, data.pop(ATTR_CONFIG_ENTRY_ID, None)
    )
    try:
        return await query.run(entry.runtime_data.client, data)
    except InvalidField as error:
        raise invalid_field(error) from error
    except BackendError as error:
        raise backend_error(call.hass, error, entry.title) from error
