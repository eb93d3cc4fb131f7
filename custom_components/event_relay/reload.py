"""Keeps rules running while their connection is reloaded."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
import logging

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util.hass_dict import HassKey

from .rules.rules import Rules
from .storage import async_before_closing

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class _Kept:
    """Running rules without a connection, and the timer that would stop them."""

    rules: Rules
    cancels: tuple[CALLBACK_TYPE, ...]


_KEPT: HassKey[dict[str, _Kept]] = HassKey("event_relay_kept_rules")
"""Rules of connections that are not loaded at the moment, by entry id."""

UNLOADED_FOR_GOOD = timedelta(seconds=30)
"""Time after which an unloaded connection no longer counts as reloading."""


async def async_keep_rules(
    hass: HomeAssistant, entry: ConfigEntry, rules: Rules
) -> None:
    """Keep rules running while their connection is reloaded.

    Their deliveries wait in the file. Rules of a disabled connection stop at once.
    """
    if entry.disabled_by is not None:
        await rules.async_stop()
        return
    # Again and again: it may be disabled while its set-up is retried, when Home
    # Assistant has nothing to unload.
    stop_looking = async_track_time_interval(
        hass,
        partial(_async_stop_if_unloaded, hass, entry),
        UNLOADED_FOR_GOOD,
        cancel_on_shutdown=True,
    )
    hass.data.setdefault(_KEPT, {})[entry.entry_id] = _Kept(
        rules=rules,
        cancels=(
            stop_looking,
            hass.async_add_shutdown_job(HassJob(rules.async_home_stops)),
            async_before_closing(hass, rules.async_stop),
        ),
    )


@callback
def kept_rules(hass: HomeAssistant, entry: ConfigEntry) -> Rules | None:
    """Return the kept rules of a connection, if any, and go on keeping them."""
    kept = hass.data.get(_KEPT, {}).get(entry.entry_id)
    return None if kept is None else kept.rules


@callback
def async_hand_over_rules(hass: HomeAssistant, entry: ConfigEntry) -> Rules | None:
    """Return the kept rules, if any, to the reloaded connection."""
    if (kept := hass.data.get(_KEPT, {}).pop(entry.entry_id, None)) is None:
        return None
    for cancel in kept.cancels:
        cancel()
    return kept.rules


async def async_stop_kept_rules(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Stop the kept rules of a connection that is not loaded again."""
    if (rules := async_hand_over_rules(hass, entry)) is not None:
        await rules.async_stop()


async def _async_stop_if_unloaded(
    hass: HomeAssistant, entry: ConfigEntry, _: datetime
) -> None:
    """Stop the kept rules unless their connection is loaded again, or being loaded."""
    if entry.state is ConfigEntryState.NOT_LOADED and not entry.setup_lock.locked():
        _LOGGER.debug("%s is not loaded again; its rules stop", entry.title)
        await async_stop_kept_rules(hass, entry)
