"""Tests of a connection with outages, refused credentials and missing permissions."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from math import inf
from unittest.mock import patch

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.const import (
    CONF_PASSWORD,
    CONF_USERNAME,
    EVENT_HOMEASSISTANT_CLOSE,
    EVENT_HOMEASSISTANT_STOP,
)
from homeassistant.core import HassJob, HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util
from homeassistant.util.async_ import get_scheduled_timer_handles
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.event_relay import coordinator as relay_coordinator
from custom_components.event_relay.backends.errors import (
    BALANCE_EMPTY,
    NOT_STORED,
    BackendError,
    CannotConnect,
    InvalidCredentials,
    PermissionDenied,
    Unavailable,
)
from custom_components.event_relay.const import CONF_CAPABILITIES, DOMAIN
from custom_components.event_relay.coordinator import QUIET, permission_issue
from custom_components.event_relay.counts import SETTLING
from custom_components.event_relay.queue import backoff
from custom_components.event_relay.repair_flows import not_stored_issue
from tools.simulators.faults import Fault, FaultKind
from tools.simulators.frigate import FrigateSimulator

from .home import act, connect, connection_entry, coordinator, wait_for_state
from .waiting import wait_until

pytestmark = pytest.mark.usefixtures("socket_enabled")

LOGIN = {CONF_USERNAME: "admin", CONF_PASSWORD: "a good password"}
DOORBELL = {"camera": "front_door", "label": "doorbell"}


@pytest.fixture
async def frigate() -> AsyncIterator[FrigateSimulator]:
    """Run a Frigate simulator that requires a login."""
    async with FrigateSimulator(
        password=LOGIN[CONF_PASSWORD], async_delay=0
    ) as simulator:
        yield simulator


@pytest.fixture
async def entry(hass: HomeAssistant, frigate: FrigateSimulator) -> MockConfigEntry:
    """Set up a connection, with its first check done."""
    entry = await connect(hass, frigate, **LOGIN)
    await coordinator(entry).async_refresh()
    return entry


def count_logins(frigate: FrigateSimulator) -> int:
    """Return how often a login was attempted."""
    return sum(request.path == "/api/login" for request in frigate.requests)


def count_creates(frigate: FrigateSimulator) -> int:
    """Return how often an event was requested."""
    return sum(request.path.endswith("/create") for request in frigate.requests)


def scheduled_polls(hass: HomeAssistant) -> list[asyncio.TimerHandle]:
    """Return the timers of the next polls."""
    return [
        timer
        for timer in get_scheduled_timer_handles(hass.loop)
        if not timer.cancelled()
        and isinstance(job := (timer._args or [None])[-1], HassJob)
        and job.name == f"{DOMAIN} poll"
    ]


async def test_burst_of_responses_schedules_one_read(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = coordinator(entry)
    monkeypatch.setattr(relay_coordinator, "RESCHEDULE_EVERY", 60.0)
    with patch.object(
        relay_coordinator, "async_call_later", wraps=async_call_later
    ) as scheduled:
        running._rescheduled_at = -inf
        for _ in range(100):
            running.contacted(None)
        assert scheduled.call_count == 1
        running.contacted(CannotConnect("gone"))
        running.contacted(None)
        # A read cancelled by errors is scheduled again after the first good response.
        assert scheduled.call_count == 2
    assert len(scheduled_polls(hass)) == 1


async def test_no_read_is_scheduled_after_refused_credentials(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    running = coordinator(entry)
    assert len(scheduled_polls(hass)) == 1
    running.contacted(InvalidCredentials("expired"))
    assert not scheduled_polls(hass)
    running.contacted(PermissionDenied("not Anna"))
    assert len(scheduled_polls(hass)) == 1


async def test_no_read_is_scheduled_after_a_refused_one(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FrigateSimulator
) -> None:
    frigate.configure(password="another password")
    frigate.expire_logins()
    await coordinator(entry).async_refresh()
    assert isinstance(coordinator(entry).paused_for, InvalidCredentials)
    assert not scheduled_polls(hass)


async def test_refused_credentials_cancel_a_requested_read(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FrigateSimulator
) -> None:
    running = coordinator(entry)
    before = len(frigate.requests)
    await running.async_request_refresh()
    read = len(frigate.requests)
    assert read > before
    await running.async_request_refresh()
    # A second one waits until ten seconds after the first.
    assert len(frigate.requests) == read
    running.contacted(InvalidCredentials("expired"))
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=12))
    await hass.async_block_till_done()
    assert len(frigate.requests) == read


async def test_no_read_is_scheduled_after_unloading(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    running = coordinator(entry)
    assert len(scheduled_polls(hass)) == 1
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert not scheduled_polls(hass)
    running.contacted(None)
    assert not scheduled_polls(hass)


async def test_no_read_is_scheduled_while_home_assistant_stops(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    assert len(scheduled_polls(hass)) == 1
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done()
    assert not scheduled_polls(hass)
    coordinator(entry).contacted(PermissionDenied("not Anna"))
    await coordinator(entry).async_refresh()
    assert not scheduled_polls(hass)


async def test_no_read_is_scheduled_where_polling_is_disabled(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    hass.config_entries.async_update_entry(entry, pref_disable_polling=True)
    await coordinator(entry).async_refresh()
    assert coordinator(entry).last_update_success
    assert not scheduled_polls(hass)


async def test_cancelled_read_leaves_the_next_one_scheduled(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FrigateSimulator
) -> None:
    frigate.add_faults(Fault(kind=FaultKind.HANG))
    read = hass.async_create_task(coordinator(entry).async_refresh())
    await asyncio.sleep(0)
    assert not scheduled_polls(hass)
    read.cancel()
    with pytest.raises(asyncio.CancelledError):
        await read
    assert len(scheduled_polls(hass)) == 1


async def test_counts_end_without_an_error_when_the_file_closes(
    hass: HomeAssistant, entry: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    await act(hass, "create_camera_event", **DOORBELL)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_CLOSE)
    await hass.async_block_till_done()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=2 * SETTLING))
    await hass.async_block_till_done()
    assert not [one for one in caplog.records if one.levelname == "ERROR"]


async def test_missing_permission_pauses_with_a_repair_until_granted(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FrigateSimulator
) -> None:
    frigate.configure(role="viewer")
    frigate.expire_logins()
    first = await act(hass, "create_camera_event", **DOORBELL)
    second = await act(hass, "create_camera_event", **DOORBELL)
    assert (first["state"], second["state"]) == ("pending", "pending")
    (listed, _) = (await act(hass, "list_deliveries"))["deliveries"]
    assert listed["attempts"] == 0
    issue = ir.async_get(hass).async_get_issue(DOMAIN, permission_issue(entry))
    assert issue is not None
    assert "viewer" in str(coordinator(entry).paused_for)
    assert not hass.config_entries.flow.async_progress()
    before, tried = count_logins(frigate), count_creates(frigate)

    async_fire_time_changed(hass, dt_util.utcnow() + QUIET + timedelta(seconds=2))
    await wait_until(
        lambda: count_creates(frigate) > tried and coordinator(entry).worker.held
    )
    await wait_for_state(hass, first["delivery_id"], "pending")
    await wait_for_state(hass, second["delivery_id"], "pending")
    assert count_logins(frigate) <= before + 1

    frigate.configure(role="admin")
    async_fire_time_changed(hass, dt_util.utcnow() + QUIET + timedelta(seconds=2))
    await wait_for_state(hass, first["delivery_id"], "delivered")
    await wait_for_state(hass, second["delivery_id"], "delivered")
    assert len(frigate.events) == 2
    assert ir.async_get(hass).async_get_issue(DOMAIN, permission_issue(entry)) is None


@pytest.mark.parametrize(
    "before",
    [PermissionDenied("0 EUR", code=BALANCE_EMPTY), InvalidCredentials("expired")],
)
async def test_repair_says_what_is_missing_now(
    hass: HomeAssistant, entry: MockConfigEntry, before: BackendError
) -> None:
    for error in (before, PermissionDenied("not Anna")):
        coordinator(entry).contacted(error)
    issue = ir.async_get(hass).async_get_issue(DOMAIN, permission_issue(entry))
    assert issue is not None
    assert issue.translation_key == "permission_denied"
    assert coordinator(entry).last_exception is coordinator(entry).paused_for


async def test_renamed_connection_is_called_by_its_new_name(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(not_stored_issue, "SURE_AFTER", timedelta())
    running = coordinator(entry)
    hass.config_entries.async_update_entry(entry, title="Yard")
    await hass.async_block_till_done()
    assert coordinator(entry) is running

    running.contacted(Unavailable(code=NOT_STORED))
    running.contacted(PermissionDenied("not Anna"))
    issues = ir.async_get(hass).issues.values()
    assert [(one.translation_placeholders or {})["connection"] for one in issues] == [
        "Yard",
        "Yard",
    ]
    assert "Yard: deliveries wait" in caplog.text
    assert running.name == running.counts.name == "Yard"


async def test_refused_login_pauses_until_reauthentication(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FrigateSimulator
) -> None:
    frigate.configure(password="another password")
    frigate.expire_logins()
    before = count_logins(frigate)

    first = await act(hass, "create_camera_event", **DOORBELL)
    for _ in range(5):
        assert (await act(hass, "create_camera_event", **DOORBELL))[
            "state"
        ] == "pending"
    assert count_logins(frigate) == before + 1

    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == SOURCE_REAUTH
    result = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {CONF_USERNAME: "admin", CONF_PASSWORD: "another password"}
    )
    assert result["reason"] == "reauth_successful"
    await hass.async_block_till_done()

    await wait_for_state(hass, first["delivery_id"], "delivered")
    for one in (await act(hass, "list_deliveries"))["deliveries"]:
        await wait_for_state(hass, one["delivery_id"], "delivered")
    assert len(frigate.events) == 6


async def test_refused_login_at_start_still_accepts_deliveries(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    entry = await connect(hass, frigate, **{**LOGIN, CONF_PASSWORD: "wrong"})
    await coordinator(entry).async_refresh()
    assert entry.state is ConfigEntryState.LOADED
    assert len(hass.config_entries.flow.async_progress()) == 1
    assert (await act(hass, "create_camera_event", **DOORBELL))["state"] == "pending"


async def test_outage_and_its_end_are_logged_once(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FrigateSimulator,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(backoff, "BACK_OFF_BASE", 0.01)
    await frigate.stop()
    answers = [await act(hass, "create_camera_event", **DOORBELL) for _ in range(5)]
    await frigate.start()
    for answer in answers:
        await wait_for_state(hass, answer["delivery_id"], "delivered")

    told = [
        record.getMessage()
        for record in caplog.records
        if record.name.endswith("event_relay.coordinator")
        and record.levelname != "DEBUG"
    ]
    assert told == [
        "Frigate: deliveries wait (Connection refused)",
        "Frigate: deliveries go on",
    ]


async def test_new_cameras_are_stored_without_a_reload(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FrigateSimulator
) -> None:
    running = coordinator(entry)
    frigate.configure(cameras=["front_door", "cellar"])
    frigate.clock.advance(60)

    await running.async_refresh()
    await hass.async_block_till_done()

    assert coordinator(entry) is running
    assert [*entry.data[CONF_CAPABILITIES]["cameras"]] == ["front_door", "cellar"]
    answer = await act(hass, "create_camera_event", camera="cellar", label="leak")
    assert answer["state"] == "delivered"


async def test_unreadable_capabilities_request_reconfiguration(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    entry = connection_entry(frigate.url, capabilities={"version": 7})
    entry.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert entry.error_reason_translation_key == "capabilities_unreadable"


async def test_idle_connection_is_checked_once(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FrigateSimulator
) -> None:
    await frigate.stop()
    async_fire_time_changed(hass, dt_util.utcnow() + QUIET + timedelta(seconds=2))
    await wait_until(lambda: not coordinator(entry).last_update_success)

    await frigate.start()
    before = len(frigate.requests)
    async_fire_time_changed(hass, dt_util.utcnow() + QUIET + timedelta(seconds=2))
    await wait_until(lambda: coordinator(entry).last_update_success)
    assert [one.path for one in frigate.requests[before:]].count("/api/version") <= 1


async def test_refused_login_is_not_retried_while_idle(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FrigateSimulator
) -> None:
    frigate.configure(password="another password")
    frigate.expire_logins()
    await act(hass, "create_camera_event", **DOORBELL)
    before = len(frigate.requests)
    async_fire_time_changed(hass, dt_util.utcnow() + QUIET + timedelta(seconds=2))
    await hass.async_block_till_done()
    await coordinator(entry).counts.async_refresh()
    assert len(frigate.requests) == before
