"""Serves snapshots of what a delivery has created, for the card.

Only administrators see them, and only of our own deliveries: requests name a delivery,
never a URL or an id of the backend. A few are cached in memory.
"""

import asyncio
from collections import OrderedDict
from datetime import timedelta
from http import HTTPStatus
from typing import override

from aiohttp import web
from homeassistant.components.http.auth import async_sign_path
from homeassistant.components.http.const import KEY_HASS_USER
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView

from ..actions.resolve import find_delivery
from ..backends.errors import BackendError
from ..const import DOMAIN
from ..coordinator import RelayConfigEntry
from ..permissions import Right, demand
from ..queue.delivery import Delivery, DeliveryState

PATH = f"/api/{DOMAIN}/snapshots"
SIGNED_FOR = timedelta(days=1)
"""How long an open page can load it."""
KEPT = 100
LARGEST = 1024 * 1024
"""Most bytes of a snapshot; larger ones are not shown."""
AT_ONCE = 2
JPEG = b"\xff\xd8\xff"
_HEADERS = {
    "Cache-Control": "private, max-age=86400",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}


def snapshot_path(
    hass: HomeAssistant, delivery: Delivery, refresh_token_id: str | None
) -> str | None:
    """Return the path of a delivery's snapshot for a session; None without one."""
    if _pictured(hass, delivery) is None or "http" not in hass.config.components:
        return None
    return async_sign_path(
        hass, f"{PATH}/{delivery.id}", SIGNED_FOR, refresh_token_id=refresh_token_id
    )


class SnapshotView(HomeAssistantView):
    """Serves the snapshot of a delivery."""

    url = f"{PATH}/{{delivery_id}}"
    name = f"api:{DOMAIN}:snapshots"

    def __init__(self) -> None:
        """Initialize with an empty cache."""
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._free = asyncio.Semaphore(AT_ONCE)

    @override
    async def get(  # type: ignore[misc]
        self, request: web.Request, delivery_id: str
    ) -> web.Response:
        """Return the snapshot; 404 without one or while the backend is unavailable."""
        demand(request[KEY_HASS_USER], Right.ADMINISTER)
        hass = request.app[KEY_HASS]
        try:
            delivery = await find_delivery(hass, delivery_id)
        except HomeAssistantError:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        if (pictured := _pictured(hass, delivery)) is None:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        if (picture := self._kept.get(delivery_id)) is None:
            picture = await self._ask(*pictured)
        if picture is None:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        self._kept[delivery_id] = picture
        self._kept.move_to_end(delivery_id)
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return web.Response(body=picture, content_type="image/jpeg", headers=_HEADERS)

    async def _ask(self, entry: RelayConfigEntry, outside_id: str) -> bytes | None:
        """Fetch it from the backend; None if it is not an image that can be shown."""
        runtime = entry.runtime_data
        try:
            async with self._free:
                picture: bytes = await runtime.forms.snapshot(
                    runtime.client, outside_id
                )
        except BackendError:
            return None
        shown = picture.startswith(JPEG) and len(picture) <= LARGEST
        return picture if shown else None


def _pictured(
    hass: HomeAssistant, delivery: Delivery
) -> tuple[RelayConfigEntry, str] | None:
    """Return the connection and the id at the backend of what a delivery created.

    None if there is nothing to show, or the user has disabled it.
    """
    entry: RelayConfigEntry | None
    entry = hass.config_entries.async_get_entry(delivery.connection)
    outside_id = delivery.receipt.outside_id if delivery.receipt else None
    if (
        entry is None
        or entry.state is not ConfigEntryState.LOADED
        or delivery.state is not DeliveryState.DELIVERED
        or not outside_id
    ):
        return None
    forms = entry.runtime_data.forms
    shown = forms.shows_snapshots(entry.options)
    if not shown or delivery.operation not in forms.snapshots_of:
        return None
    return entry, outside_id
