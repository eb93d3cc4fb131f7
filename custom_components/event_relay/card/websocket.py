"""WebSocket commands of the dashboard card.

Every user may see the state of deliveries. Their content, destination and the
backend's words may be personal: only administrators see those. Only they can retry
and discard, too, which the card does through the actions.
"""

from collections.abc import Collection
from typing import Any

from homeassistant.components.websocket_api import async_register_command
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.decorators import (
    async_response,
    websocket_command,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..actions.deliveries import listed, without_personal
from ..actions.resolve import find_delivery
from ..const import (
    ATTR_CONFIG_ENTRY_ID,
    ATTR_DELIVERY_ID,
    ATTR_LIMIT,
    ATTR_SINCE,
    ATTR_STATE,
    CONF_BACKEND,
    DOMAIN,
)
from ..coordinator import RelayConfigEntry, pause_of
from ..errors import outbox_error
from ..home_language import reason_in_words, warnings_in_words
from ..options import paused_since
from ..permissions import Right, demand, may
from ..queue.delivery import Delivery, DeliveryState
from ..queue.queue import outcome_unknown
from ..queue.store.store import Listed, StoreUnavailable, Wanted
from ..registry import BY_NAME
from ..rules.rule import SUBENTRY_RULE
from ..storage import async_get_store
from .snapshots import snapshot_path
from .subscription import Follower

ATTR_BEFORE = "before"
LIMIT = 50
LIMIT_MOST = 200
ATTR_SEARCH = "search"
ATTR_SUBENTRY_ID = "subentry_id"
ATTR_UNTIL = "until"
SEARCH_LONGEST = 200
"""Longest search text, in characters."""
RULES_MOST = 200
"""Most rules and mirrors in a filter."""
COUNTED_MOST = 100_000
"""Limit of the count per connection and state."""

type Row = dict[str, Any]


@callback
def async_setup_websocket(hass: HomeAssistant) -> None:
    """Register the commands."""
    async_register_command(hass, _async_list)
    async_register_command(hass, _async_get)
    async_register_command(hass, _async_count)
    async_register_command(hass, _async_subscribe)


@websocket_command(
    {
        vol.Required("type"): f"{DOMAIN}/deliveries/list",
        vol.Optional(ATTR_CONFIG_ENTRY_ID): [str],
        vol.Optional(ATTR_STATE): [vol.Coerce(DeliveryState)],
        vol.Optional(ATTR_SUBENTRY_ID): vol.All([str], vol.Length(max=RULES_MOST)),
        vol.Optional(ATTR_SINCE): vol.All(cv.datetime, dt_util.as_utc),
        vol.Optional(ATTR_UNTIL): vol.All(cv.datetime, dt_util.as_utc),
        vol.Optional(ATTR_SEARCH): vol.All(str, vol.Length(max=SEARCH_LONGEST)),
        vol.Optional(ATTR_BEFORE): cv.positive_int,
        vol.Optional(ATTR_LIMIT, default=LIMIT): vol.All(
            int, vol.Range(min=1, max=LIMIT_MOST)
        ),
    }
)
@async_response
async def _async_list(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Return a page of deliveries, newest first, and the cursor `before` of the next.

    `paused` of a connection is why it sends nothing until somebody acts, or None.
    Users who may not see the content of deliveries cannot search it either.
    """
    entries = _entries(hass)
    wanted = Wanted(
        states=msg.get(ATTR_STATE, ()),
        subentries=msg.get(ATTR_SUBENTRY_ID, ()),
        since=msg.get(ATTR_SINCE),
        until=msg.get(ATTR_UNTIL),
        words=msg.get(ATTR_SEARCH, "").split(),
        by_id_alone=not may(connection.user, Right.ADMINISTER),
    )
    try:
        page = await (await async_get_store(hass)).search(
            owners=entries.keys() & msg.get(ATTR_CONFIG_ENTRY_ID, entries.keys()),
            wanted=wanted,
            before=msg.get(ATTR_BEFORE),
            limit=msg[ATTR_LIMIT],
        )
    except StoreUnavailable as error:
        raise outbox_error(error) from error
    connection.send_result(
        msg["id"],
        {
            "deliveries": [_row(hass, one, connection) for one in page.listed],
            ATTR_BEFORE: page.before,
            "connections": [
                {
                    ATTR_CONFIG_ENTRY_ID: entry.entry_id,
                    "title": entry.title,
                    CONF_BACKEND: entry.data[CONF_BACKEND],
                    "paused": _pause(entry),
                    "subentries": [
                        {ATTR_SUBENTRY_ID: one.subentry_id, "title": one.title}
                        for one in entry.subentries.values()
                        if one.subentry_type in _requesting(entry)
                    ],
                }
                for entry in entries.values()
            ],
        },
    )


@websocket_command(
    {
        vol.Required("type"): f"{DOMAIN}/deliveries/get",
        vol.Required(ATTR_DELIVERY_ID): str,
    }
)
@async_response
async def _async_get(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Return the details of a delivery, but never its payload.

    `user` is the user who requested it; `context_id` leads to the run of the
    automation or script that did.
    """
    demand(connection.user, Right.ADMINISTER)
    delivery = await find_delivery(hass, msg[ATTR_DELIVERY_ID])
    entry = hass.config_entries.async_get_entry(delivery.connection)
    subentry = entry and entry.subentries.get(delivery.origin.subentry_id or "")
    connection.send_result(
        msg["id"],
        {
            **_shown(hass, delivery),
            "origin_title": subentry.title if subentry else None,
            "user": await _name_of_user(hass, delivery),
            "context_id": delivery.origin.context_id,
            "details": delivery.receipt.details if delivery.receipt else {},
        },
    )


@websocket_command({vol.Required("type"): f"{DOMAIN}/deliveries/count"})
@async_response
async def _async_count(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Return the number of deliveries per connection and state.

    No count goes beyond `most`.
    """
    counts: dict[str, dict[str, int]] = {}
    try:
        store = await async_get_store(hass)
        for entry_id in _entries(hass):
            counted = await store.states_up_to(entry_id, COUNTED_MOST)
            counts[entry_id] = {
                state.value: number for state, number in counted.items()
            }
    except StoreUnavailable as error:
        raise outbox_error(error) from error
    connection.send_result(msg["id"], {"counts": counts, "most": COUNTED_MOST})


@websocket_command({vol.Required("type"): f"{DOMAIN}/deliveries/subscribe"})
@callback
def _async_subscribe(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Subscribe to changed deliveries, sent in batches.

    `{"anew": true}` requests that the list be reloaded: at the beginning, and whenever
    more has changed than fits on a page.
    """

    @callback
    def tell(changed: list[Listed] | None) -> None:
        """Send a batch."""
        event: dict[str, object] = {"anew": True}
        if changed is not None:
            event = {"deliveries": [_row(hass, one, connection) for one in changed]}
        connection.send_event(msg["id"], event)

    follower = Follower(hass, tell, most=LIMIT_MOST)
    connection.subscriptions[msg["id"]] = follower.async_stop
    connection.send_result(msg["id"])
    follower.async_start()


def _entries(hass: HomeAssistant) -> dict[str, ConfigEntry]:
    """Return the connections by their ids."""
    return {
        one.entry_id: one
        for one in hass.config_entries.async_entries(DOMAIN, include_ignore=False)
    }


def _pause(entry: RelayConfigEntry) -> Row | None:
    """Return why nothing is sent until somebody acts, and since when if known.

    Without the backend's words, which not every user may see.
    """
    if (reason := pause_of(entry)) is None:
        return None
    since = paused_since(entry.options) if reason == "switched_off" else None
    return {"reason": reason, "since": since and since.isoformat()}


def _requesting(entry: ConfigEntry) -> Collection[str]:
    """Return the types of a connection's subentries that request deliveries."""
    backend = entry.data[CONF_BACKEND]
    # Those of all connections are; a later version may have had one that we have not.
    runners = BY_NAME[backend].runners if BY_NAME.is_loaded(backend) else {}
    return {SUBENTRY_RULE, *runners}


async def _name_of_user(hass: HomeAssistant, delivery: Delivery) -> str | None:
    """Return the name of the user who requested a delivery; None if unknown."""
    if (user_id := delivery.origin.user_id) is None:
        return None
    user = await hass.auth.async_get_user(user_id)
    return user.name if user else None


def _shown(hass: HomeAssistant, delivery: Delivery) -> Row:
    """Return a delivery as a row, with our words in the home's language."""
    row = listed(hass, delivery)
    if (error := row["error"]) is not None:
        row["error"] = error | {"reason": reason_in_words(hass, error["reason"])}
    return row | {"warnings": warnings_in_words(hass, row["warnings"])}


def _row(hass: HomeAssistant, one: Listed, connection: ActiveConnection) -> Row:
    """Return a delivery as a list row with the fields that the user may see."""
    row = _shown(hass, one.delivery) | {
        "sequence": one.sequence,
        "outcome_unknown": outcome_unknown(one.delivery),
        ATTR_SUBENTRY_ID: one.delivery.origin.subentry_id,
    }
    if not may(connection.user, Right.ADMINISTER):
        return without_personal(row)
    path = snapshot_path(hass, one.delivery, connection.refresh_token_id)
    return row | {"picture": path}
