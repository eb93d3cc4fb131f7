"""Event Relay: delivers events at home to external systems."""

from functools import partial
import logging

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryError, ConfigEntryNotReady
from homeassistant.helpers import config_validation as cv, issue_registry as ir
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.typing import ConfigType

from .actions.choices import async_setup_action_forms
from .actions.default_connection import async_connection_removed
from .backends.base import UnreadablePayload
from .card.device_links import async_link_devices
from .card.resource import async_offer_card, async_serve_card
from .card.snapshots import SnapshotView
from .card.subscription import CHANGED
from .card.websocket import async_setup_websocket
from .cleanup import async_clean_up
from .const import CONF_BACKEND, DOMAIN
from .coordinator import RelayConfigEntry, RelayCoordinator, settings
from .entities.subentry_entity import async_register_runner, async_see_runners
from .entity import async_register_device
from .errors import outbox_error
from .home_language import async_follow_language
from .options import unsettled_limit
from .queue.store.store import StoreUnavailable
from .registry import BY_NAME, async_load
from .reload import (
    async_hand_over_rules,
    async_keep_rules,
    async_stop_kept_rules,
    kept_rules,
)
from .repair_flows.failed_issue import async_follow_failed
from .repair_flows.pause_issue import async_follow_pause
from .rule_context import make_context
from .rules.rules import Rules
from .services import async_setup_services
from .storage import async_get_store

_LOGGER = logging.getLogger(__name__)

PLATFORMS = (
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.EVENT,
    Platform.SENSOR,
    Platform.SWITCH,
)

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the actions, and the WebSocket commands of the dashboard card."""
    # Of those that are disabled or cannot be set up, too: they are shown as well.
    for entry in hass.config_entries.async_entries(DOMAIN):
        if (backend := entry.data[CONF_BACKEND]) in BY_NAME:
            await async_load(hass, backend)
    async_follow_language(hass)
    async_setup_services(hass)
    await async_setup_action_forms(hass)
    async_setup_websocket(hass)
    await async_serve_card(hass)
    if "http" in hass.config.components:
        hass.http.register_view(SnapshotView())
    return True


async def async_setup_entry(hass: HomeAssistant, entry: RelayConfigEntry) -> bool:
    """Set up a connection; its backend need not be reachable."""
    await async_load(hass, entry.data[CONF_BACKEND])
    try:
        store = await async_get_store(hass)
    except StoreUnavailable as error:
        raise _not_ready(error) from error
    try:
        entry.runtime_data = RelayCoordinator(hass, entry, store)
    except UnreadablePayload as error:
        raise ConfigEntryError(
            translation_domain=DOMAIN, translation_key="capabilities_unreadable"
        ) from error
    coordinator = entry.runtime_data
    # From now on, so that what is changed during the set-up is not missed.
    entry.async_on_unload(entry.add_update_listener(_async_entry_updated))
    await coordinator.counts.async_config_entry_first_refresh()
    entry.async_on_unload(async_follow_failed(hass, entry))
    entry.async_on_unload(async_follow_pause(hass, entry))
    async_register_device(hass, entry)
    rule_context = make_context(hass, entry, store, coordinator.queue)
    kept = kept_rules(hass, entry)
    coordinator.rules = kept or Rules(rule_context)
    try:
        if kept is None:
            await coordinator.rules.async_sync(entry.subentries)
        else:
            await kept.async_move(rule_context, entry.subentries)
    except StoreUnavailable as error:
        raise _not_ready(error) from error
    async_see_runners(entry, partial(async_register_runner, hass, entry))
    async_see_runners(entry, coordinator.announcer.async_observe)
    async_see_runners(entry, coordinator.losses.async_observe)
    entry.async_on_unload(coordinator.announcer.async_follow(coordinator.queue))
    await hass.config_entries.async_forward_entry_setups(entry, _platforms(entry))
    async_hand_over_rules(hass, entry)
    # Only now, so that the entities receive every outcome.
    coordinator.async_start()
    await coordinator.rules.async_start()
    entry.async_on_unload(async_link_devices(hass, entry))
    await async_offer_card(hass)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: RelayConfigEntry) -> bool:
    """Stop delivering; pending and newly accepted deliveries stay in the queue."""
    coordinator = entry.runtime_data
    await coordinator.async_stop_sending()
    if coordinator.rules is not None:
        await async_keep_rules(hass, entry, coordinator.rules)
    return await hass.config_entries.async_unload_platforms(entry, _platforms(entry))


async def async_remove_entry(hass: HomeAssistant, entry: RelayConfigEntry) -> None:
    """Report what is no longer sent, and clean up without waiting."""
    await async_stop_kept_rules(hass, entry)
    await async_clean_up(hass, entry)
    for issue in tuple(ir.async_get(hass).issues.values()):
        if (
            issue.domain == DOMAIN
            and (issue.data or {}).get("entry_id") == entry.entry_id
        ):
            ir.async_delete_issue(hass, DOMAIN, issue.issue_id)
    async_connection_removed(hass, entry.data[CONF_BACKEND])
    async_dispatcher_send(hass, CHANGED, None)


def _platforms(entry: RelayConfigEntry) -> tuple[Platform, ...]:
    """Return the platforms of a connection; few have a calendar."""
    if entry.runtime_data.forms.calendar is None:
        return PLATFORMS
    return (*PLATFORMS, Platform.CALENDAR)


async def _async_entry_updated(hass: HomeAssistant, entry: RelayConfigEntry) -> None:
    """Reload a connection whose settings have changed, else update its rules."""
    coordinator = entry.runtime_data
    if settings(entry) != coordinator.settings:
        hass.config_entries.async_schedule_reload(entry.entry_id)
        return
    coordinator.name = coordinator.counts.name = entry.title
    coordinator.queue.limit = unsettled_limit(entry.options)
    async_register_device(hass, entry)
    coordinator.forms.contacted(hass, entry, coordinator.client)
    if (rules := coordinator.rules) is not None:
        try:
            await rules.async_sync(entry.subentries)
        except StoreUnavailable as error:
            _LOGGER.warning("%s: rules change another time (%s)", entry.title, error)


def _not_ready(error: StoreUnavailable) -> ConfigEntryNotReady:
    """Return the error of a connection that cannot be set up yet."""
    told = outbox_error(error)
    return ConfigEntryNotReady(
        translation_domain=told.translation_domain,
        translation_key=told.translation_key,
        translation_placeholders=told.translation_placeholders,
    )
