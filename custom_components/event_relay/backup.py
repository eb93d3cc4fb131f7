"""Backup platform: a restored queue must not resend blindly."""

import logging

from homeassistant.core import HomeAssistant

from .queue.store.store import StoreUnavailable
from .storage import get_open_store

_LOGGER = logging.getLogger(__name__)


async def async_pre_backup(hass: HomeAssistant) -> None:
    """Make copies of the queue's file consistent; never block a backup."""
    if (store := get_open_store(hass)) is None:
        return
    try:
        await store.begin_backup()
    except StoreUnavailable as error:
        _LOGGER.warning("The outbox is backed up unprepared: %s", error)


async def async_post_backup(hass: HomeAssistant) -> None:
    """Resume normal operation."""
    if (store := get_open_store(hass)) is None:
        return
    try:
        await store.end_backup()
    except StoreUnavailable as error:
        _LOGGER.warning("The outbox is still prepared for a backup: %s", error)
