"""Tests of the options of every connection."""

from collections.abc import Mapping
from datetime import timedelta
import sqlite3
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.event_relay import storage
from custom_components.event_relay.const import CONF_BACKEND, DOMAIN
from custom_components.event_relay.coordinator import TIDYING
from custom_components.event_relay.options import UNSETTLED_LIMIT_LEAST
from custom_components.event_relay.registry import BY_NAME
from tests.every_backend import BACKENDS
from tools.simulators.frigate import Camera, FrigateSimulator

from .home import act, connect, wait_for_listed
from .rule_flow import suggested_values

pytestmark = pytest.mark.usefixtures("socket_enabled")

OUTBOX = {"retention_days": 7, "unsettled_limit": 10_000}
OWN: Mapping[str, Mapping[str, Any]] = {
    "aipix": {"weekdays": "monday_0"},
    "frigate": {"undated_life": 60, "ends_unsafely": False, "snapshots": True},
}
DOORBELL = {"camera": "front_door", "label": "doorbell", "wait": 0}


async def submit_options(
    hass: HomeAssistant, entry: MockConfigEntry, **options: object
) -> Mapping[str, Any]:
    """Submit the form for options, and let its effects happen."""
    form = await hass.config_entries.options.async_init(entry.entry_id)
    assert form["step_id"] == entry.data[CONF_BACKEND]
    result = await hass.config_entries.options.async_configure(form["flow_id"], options)
    await hass.async_block_till_done()
    assert result["type"] is FlowResultType.CREATE_ENTRY
    return entry.options


@pytest.mark.parametrize("backend", [forms.backend.name for forms in BACKENDS])
async def test_every_connection_has_limits(hass: HomeAssistant, backend: str) -> None:
    entry = MockConfigEntry(domain=DOMAIN, data={CONF_BACKEND: backend})
    entry.add_to_hass(hass)

    shared = {"spread": 0} if BY_NAME[backend].backend.shared else {}
    own = {"default": False, **shared, **OWN.get(backend, {})}
    assert await submit_options(hass, entry) == {**OUTBOX, **own}
    chosen = {"retention_days": 30.0, "unsettled_limit": 500.0}
    options = await submit_options(hass, entry, **chosen)

    assert entry.supports_options
    assert options == {**chosen, **own}
    assert all(type(options[name]) is int for name in OUTBOX)


@pytest.mark.parametrize(
    ("backend", "option", "value", "problem", "limits"),
    [
        ("frigate", "undated_life", 9, "out_of_range", ("10", "86400")),
        ("frigate", "undated_life", 86_401, "out_of_range", ("10", "86400")),
        ("frigate", "undated_life", 60.5, "not_whole", ()),
        ("frigate", "retention_days", 0, "out_of_range", ("1", "365")),
        ("frigate", "retention_days", 366, "out_of_range", ("1", "365")),
        ("frigate", "retention_days", 1.5, "not_whole", ()),
        ("frigate", "unsettled_limit", 99, "out_of_range", ("100", "200000")),
        ("frigate", "unsettled_limit", 200_001, "out_of_range", ("100", "200000")),
        ("frigate", "unsettled_limit", 100.5, "not_whole", ()),
        ("guance", "spread", -1, "out_of_range", ("0", "600")),
        ("guance", "spread", 601, "out_of_range", ("0", "600")),
        ("guance", "spread", 0.5, "not_whole", ()),
    ],
)
async def test_refuses_a_number_at_its_field_with_the_limits(
    hass: HomeAssistant,
    backend: str,
    option: str,
    value: float,
    problem: str,
    limits: tuple[str, ...],
) -> None:
    entry = MockConfigEntry(domain=DOMAIN, data={CONF_BACKEND: backend})
    entry.add_to_hass(hass)
    form = await hass.config_entries.options.async_init(entry.entry_id)
    refused = await hass.config_entries.options.async_configure(
        form["flow_id"], {option: value}
    )
    assert refused["errors"] == {option: problem}
    assert tuple((refused["description_placeholders"] or {}).values()) == limits
    assert refused["data_schema"] is not None
    assert suggested_values(refused["data_schema"])[option] == value
    accepted = await hass.config_entries.options.async_configure(form["flow_id"], {})
    assert accepted["type"] is FlowResultType.CREATE_ENTRY


async def test_lower_limit_rejects_new_deliveries_and_drops_none(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    entry = await connect(hass, frigate)
    await frigate.stop()
    waiting = UNSETTLED_LIMIT_LEAST + 2
    for _ in range(waiting):
        await act(hass, "create_camera_event", **DOORBELL)

    await submit_options(hass, entry, unsettled_limit=UNSETTLED_LIMIT_LEAST)
    with pytest.raises(HomeAssistantError) as refusal:
        await act(hass, "create_camera_event", **DOORBELL)
    assert refusal.value.translation_key == "outbox_full"
    text = str(refusal.value)
    assert f"{waiting} deliveries are pending, and its options allow" in text
    assert f"allow {UNSETTLED_LIMIT_LEAST}" in text
    listed = await act(hass, "list_deliveries", limit=1000)
    assert len(listed["deliveries"]) == waiting
    assert {one["state"] for one in listed["deliveries"]} <= {"pending", "sending"}

    await submit_options(hass, entry, unsettled_limit=waiting + 1)
    accepted = await act(hass, "create_camera_event", **DOORBELL)
    assert accepted["state"] == "pending"
    with pytest.raises(HomeAssistantError):
        await act(hass, "create_camera_event", **DOORBELL)


async def test_settled_deliveries_are_kept_for_the_chosen_days(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    entry = await connect(hass, frigate)
    await submit_options(hass, entry, retention_days=30)
    old, new = [
        await act(hass, "create_camera_event", **DOORBELL | {"wait": 10})
        for _ in range(2)
    ]
    await _ended_before(hass, old["delivery_id"], timedelta(days=31))
    await _ended_before(hass, new["delivery_id"], timedelta(days=29))

    async_fire_time_changed(hass, dt_util.utcnow() + TIDYING + timedelta(seconds=1))

    await wait_for_listed(hass, new["delivery_id"])


async def _ended_before(hass: HomeAssistant, delivery_id: str, ago: timedelta) -> None:
    """Make a delivery look settled a time ago."""
    store = await storage.async_get_store(hass)
    moment = (dt_util.utcnow() - ago).timestamp()

    def age(database: sqlite3.Connection) -> None:
        database.execute(
            "UPDATE deliveries SET settled_at = ? WHERE id = ?", (moment, delivery_id)
        )

    await store._database.run(age)


@pytest.mark.parametrize("allowed", [False, True])
async def test_unsafe_end_is_sent_by_option(
    hass: HomeAssistant, frigate: FrigateSimulator, *, allowed: bool
) -> None:
    entry = await connect(hass, frigate)
    await submit_options(hass, entry, ends_unsafely=allowed)
    start = await act(
        hass, "create_camera_event", **DOORBELL | {"until_ended": True, "wait": 10}
    )
    camera = Camera(name="front_door", alerts_enabled=False, detection_labels=())
    frigate.close_review_items()
    frigate.settings.cameras = (camera,)
    end = {"delivery_id": start["delivery_id"], "wait": 10}
    if allowed:
        assert (await act(hass, "end_camera_event", **end))["state"] == "delivered"
        assert frigate.events[0].end_time is not None
        assert frigate.dead
        return
    with pytest.raises(HomeAssistantError) as refusal:
        await act(hass, "end_camera_event", **end)
    assert refusal.value.translation_key == "end_unsafe"
    assert frigate.events[0].end_time is None
    assert not frigate.dead


async def test_late_event_is_sent_by_option(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    frigate.settings.version = "0.17.2"
    entry = await connect(hass, frigate)
    store = await storage.async_get_store(hass)
    for seconds in (60, 7200):
        await submit_options(hass, entry, undated_life=seconds)
        await entry.runtime_data.async_refresh()
        await act(hass, "create_camera_event", **DOORBELL | {"wait": 10})
        (newest,) = await store.listing(limit=1)
        assert newest.expires_at is not None
        assert newest.expires_at - newest.occurred_at == timedelta(seconds=seconds)
