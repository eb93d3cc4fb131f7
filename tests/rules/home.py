"""Connections with rules in a test's Home Assistant, and their outcomes."""

from contextlib import closing
import sqlite3
from typing import Any

from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.event_relay import storage
from custom_components.event_relay.rules.outcome import Outcome
from custom_components.event_relay.rules.subentry_runner import SubentryRunner
from tools.simulators.frigate import FrigateSimulator
from tools.simulators.frigate.store import StoredEvent

from ..home import connection_entry, coordinator
from ..waiting import wait_until

BELL = "binary_sensor.doorbell"
DOOR = "binary_sensor.door"
RULE_ID = "01JDOORBELLRULE00000000001"

PRESSED = {"trigger": "state", "entity_id": BELL, "to": "on"}
DOORBELL: dict[str, Any] = {
    "triggers": [PRESSED],
    "operation": "create_camera_event",
    "fields": {"camera": "front_door", "label": "doorbell", "duration": 20},
}
DAMAGED = ['{"at": 17', '{"at": 1e300, "ends_by": NaN}', "[]"]
"""Damaged notes."""
OPENED: dict[str, Any] = {
    "triggers": [{"trigger": "state", "entity_id": DOOR, "to": "on"}],
    "operation": "create_camera_event",
    "fields": {"camera": "garden", "label": "door"},
    "until": {
        "triggers": [{"trigger": "state", "entity_id": DOOR, "to": "off"}],
        "longest_open": 600,
    },
}


def rule_subentry(
    data: dict[str, Any], title: str = "Doorbell", subentry_id: str = RULE_ID
) -> ConfigSubentryDataWithId:
    """Return a rule's subentry."""
    return ConfigSubentryDataWithId(
        data=data,
        subentry_id=subentry_id,
        subentry_type="rule",
        title=title,
        unique_id=None,
    )


def entry_with_rules(url: str, *rules: ConfigSubentryDataWithId) -> MockConfigEntry:
    """Return the entry of a connection with rules."""
    plain = connection_entry(url)
    return MockConfigEntry(
        domain=plain.domain,
        title=plain.title,
        data=dict(plain.data),
        subentries_data=rules,
        entry_id=plain.entry_id,
    )


async def set_up(
    hass: HomeAssistant, simulator: FrigateSimulator, *rules: ConfigSubentryDataWithId
) -> MockConfigEntry:
    """Set up a connection with rules."""
    entry = entry_with_rules(simulator.url, *rules)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


def runner_of(entry: MockConfigEntry, subentry_id: str = RULE_ID) -> SubentryRunner:
    """Return the runner of a rule."""
    rules = coordinator(entry).rules
    assert rules is not None
    return rules.runners[subentry_id]


def outcomes_of(entry: MockConfigEntry, subentry_id: str = RULE_ID) -> list[Outcome]:
    """Return a list that collects the outcomes of a rule from now on."""
    outcomes: list[Outcome] = []
    runner_of(entry, subentry_id).listen(outcomes.append)
    return outcomes


def damage_notes(written: str, *names: str) -> None:
    """Overwrite notes of rules and mirrors, as a failing disk might."""
    with closing(sqlite3.connect(storage.FILE_NAME)) as file, file:
        changed = sum(
            file.execute(
                "UPDATE notes SET value = ? WHERE name LIKE ?", (written, name)
            ).rowcount
            for name in names
        )
    assert changed


async def set_states(hass: HomeAssistant, entity_id: str, *states: str) -> None:
    """Set the states of an entity, one after the other."""
    for state in states:
        hass.states.async_set(entity_id, state)
        await hass.async_block_till_done()


async def wait_for_events(
    simulator: FrigateSimulator, number: int
) -> list[StoredEvent]:
    """Return Frigate's events once there are exactly this many.

    Ending an event needs a second one, which exists only briefly.
    """
    await wait_until(lambda: len(simulator.events) == number)
    return list(simulator.events)
