"""Diagnostics of a connection, without secrets and personal text."""

from collections import Counter
import sqlite3
from typing import Any

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.const import CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceEntry

from .const import CONF_BACKEND, CONF_CAPABILITIES
from .coordinator import RelayConfigEntry, delivery_pause
from .queue.delivery import Delivery
from .queue.store.store import StoreUnavailable
from .rules.subentry_runner import SubentryRunner
from .storage import async_get_store

SHOWN = frozenset({"api", CONF_BACKEND, CONF_CAPABILITIES, CONF_VERIFY_SSL})
"""Allowlist of entry data shown; a new backend must add its own here."""
PERSONAL = frozenset({"friendly_name", "user_id", "username"})
"""Capabilities that are left out."""
OUTCOMES = 50
"""Number of deliveries shown, the newest."""


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: RelayConfigEntry
) -> dict[str, Any]:
    """Return a connection's settings and health, and its deliveries' outcomes."""
    coordinator = entry.runtime_data
    product = coordinator.forms.product(entry.data, coordinator.data)
    hidden = entry.data.keys() - SHOWN
    return {
        "data": async_redact_data(dict(entry.data), hidden | PERSONAL),
        "options": async_redact_data(dict(entry.options), PERSONAL),
        "product": {"model": product.model, "version": product.version},
        "reachable": coordinator.last_update_success,
        "sends_nothing_now": coordinator.worker.held,
        "paused_by_user": coordinator.worker.switched_off,
        "rules_and_mirrors": [
            _runner(entry, runner)
            for runner in (
                coordinator.rules.runners.values() if coordinator.rules else ()
            )
        ],
        "outbox": await _queue(hass, entry),
    }


async def async_get_device_diagnostics(
    hass: HomeAssistant, entry: RelayConfigEntry, device: DeviceEntry
) -> dict[str, Any]:
    """Return the same for a device, with its rule or mirror if it has one."""
    told = await async_get_config_entry_diagnostics(hass, entry)
    return {"rule_or_mirror": device.config_subentry_id, **told}


def _runner(entry: RelayConfigEntry, runner: SubentryRunner) -> dict[str, Any]:
    """Return the state of a rule or mirror, without text from its user."""
    subentry = entry.subentries[runner.id]
    return {
        "id": runner.id,
        "kind": subentry.subentry_type,
        "operation": subentry.data.get("operation"),
        "enabled": runner.enabled,
        "armed": runner.armed,
    }


async def _queue(hass: HomeAssistant, entry: RelayConfigEntry) -> dict[str, Any]:
    """Return a connection's part of the queue's file, or why it cannot be read."""
    try:
        store = await async_get_store(hass)
        states = await store.states(entry.entry_id)
        newest = await store.listing(owner=entry.entry_id, limit=OUTCOMES)
        size = await store.size()
    except StoreUnavailable as error:
        return {"unavailable": str(error)}
    return {
        "sqlite": sqlite3.sqlite_version,
        "bytes": size,
        "states": {state.value: count for state, count in states.items()},
        "codes": Counter(one.failure.code for one in newest if one.failure),
        "newest": [_outcome(entry, delivery) for delivery in newest],
    }


def _outcome(entry: RelayConfigEntry, delivery: Delivery) -> dict[str, Any]:
    """Return the outcome of a delivery, without text from a field."""
    return {
        "id": delivery.id,
        "operation": delivery.operation,
        "version": delivery.version,
        "origin": delivery.origin.kind.value,
        "rule_or_mirror": delivery.origin.subentry_id,
        "state": delivery.state.value,
        "code": delivery.failure.code if delivery.failure else None,
        "outcome_unknown": delivery.outcome_unknown,
        "restored": delivery.restored,
        "attempts": delivery.attempts,
        "look_ups": delivery.look_ups,
        "steps_done": [*delivery.results],
        "occurred_at": delivery.occurred_at,
        "accepted_at": delivery.accepted_at,
        "paused": delivery_pause(entry, delivery),
        "due_at": delivery.due_at,
        "expires_at": delivery.expires_at,
        "settled_at": delivery.settled_at,
    }
