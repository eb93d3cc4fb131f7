"""Tests of lost deliveries: one repair for each cause, with a count."""

from datetime import timedelta
import logging

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.event_relay.backends.errors import CannotConnect
from custom_components.event_relay.const import CONF_UNSETTLED_LIMIT, DOMAIN
from custom_components.event_relay.outcomes import losses
from custom_components.event_relay.outcomes.losses import Cause, Losses
from custom_components.event_relay.queue.store.store import Store, StoreUnavailable
from custom_components.event_relay.rules.rule_runner import RuleRunner
from tools.simulators.frigate import FrigateSimulator

from .home import act, coordinator, remove
from .repair_dialog import Dialog
from .rules.home import BELL, DOORBELL, RULE_ID, rule_subentry, set_states, set_up
from .waiting import wait_until

pytestmark = pytest.mark.usefixtures("socket_enabled", "dialogs")

FIRINGS = 5
EXPIRED = "sensor.frigate_expired_deliveries"
BROKEN = {**DOORBELL, "fields": {**DOORBELL["fields"], "label": "{{ 1 / 0 }}"}}


@pytest.fixture
async def dialogs(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set up repairs, with short delays."""
    monkeypatch.setattr(losses, "GATHERING", 0.05)
    monkeypatch.setattr(losses, "QUIET", timedelta(seconds=1))
    assert await async_setup_component(hass, "repairs", {})


def repair(
    hass: HomeAssistant, entry: MockConfigEntry, cause: Cause
) -> ir.IssueEntry | None:
    """Return the repair of a cause, if any."""
    return ir.async_get(hass).async_get_issue(
        DOMAIN, f"losses_{cause}_{entry.entry_id}"
    )


def lost(hass: HomeAssistant, entry: MockConfigEntry, cause: Cause) -> object:
    """Return the count in the repair of a cause."""
    issue = repair(hass, entry, cause)
    return issue.data["count"] if issue and issue.data else None


async def ring(hass: HomeAssistant, times: int = FIRINGS) -> None:
    """Ring this often."""
    for _ in range(times):
        await set_states(hass, BELL, "off", "on")


async def wait_for_count(
    hass: HomeAssistant, entry: MockConfigEntry, cause: Cause, count: int
) -> None:
    """Wait until the repair of a cause counts this many."""
    await wait_until(lambda: lost(hass, entry, cause) == count)


async def acknowledge(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    entry: MockConfigEntry,
    cause: Cause,
) -> dict[str, object]:
    """Open the repair and submit it; return its result."""
    dialog = Dialog(await hass_client(), f"losses_{cause}_{entry.entry_id}")
    shown = await dialog.open()
    assert shown["step_id"] == "confirm"
    return {**await dialog.submit(), "shown": shown["description_placeholders"]}


async def fill(hass: HomeAssistant, frigate: FrigateSimulator) -> MockConfigEntry:
    """Set up a connection with a full queue, and a rule."""
    entry = await set_up(hass, frigate, rule_subentry(DOORBELL))
    hass.config_entries.async_update_entry(entry, options={CONF_UNSETTLED_LIMIT: 1})
    await hass.async_block_till_done()
    coordinator(entry).worker.pause()
    await act(hass, "create_camera_event", camera="garden", label="first", wait=0)
    await wait_until(lambda: coordinator(entry).counts.data.waiting)
    return entry


async def test_full_queue_is_one_repair_until_over_and_acknowledged(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    frigate: FrigateSimulator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    entry = await fill(hass, frigate)
    await ring(hass)
    with pytest.raises(HomeAssistantError):
        await act(hass, "create_camera_event", camera="garden", label="more", wait=0)
    await wait_for_count(hass, entry, Cause.OUTBOX_FULL, FIRINGS + 1)
    sensor = hass.states.get("sensor.frigate_refused_deliveries")
    assert sensor is not None
    assert sensor.state == str(FIRINGS + 1)
    told = [one for one in caplog.records if "the outbox is full" in one.getMessage()]
    assert [one.levelno for one in told if one.name.endswith("losses")] == [
        logging.WARNING
    ]

    ended = await acknowledge(hass, hass_client, entry, Cause.OUTBOX_FULL)
    assert ended["reason"] == "goes_on"
    assert repair(hass, entry, Cause.OUTBOX_FULL) is not None

    coordinator(entry).worker.resume()
    await wait_until(lambda: not coordinator(entry).counts.data.waiting)
    assert repair(hass, entry, Cause.OUTBOX_FULL) is None
    await wait_until(lambda: f"lost: {FIRINGS + 1}" in caplog.text)


async def test_expired_deliveries_are_reported_until_acknowledged(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    frigate: FrigateSimulator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = await set_up(hass, frigate, rule_subentry(DOORBELL))
    operation = type(coordinator(entry).forms.backend.operation("create_camera_event"))
    monkeypatch.setattr(
        operation, "expires", lambda _, __, at, *___: at + timedelta(seconds=0.5)
    )
    coordinator(entry).worker.pause()
    await ring(hass)
    await wait_for_count(hass, entry, Cause.EXPIRED, FIRINGS)
    await wait_until(lambda: hass.states.is_state(EXPIRED, str(FIRINGS)))

    # It survives a reload of the connection, even without a new loss.
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert lost(hass, entry, Cause.EXPIRED) == FIRINGS
    assert hass.states.is_state(EXPIRED, str(FIRINGS))

    ended = await acknowledge(hass, hass_client, entry, Cause.EXPIRED)
    assert ended["type"] == "create_entry"
    assert repair(hass, entry, Cause.EXPIRED) is None


@pytest.mark.parametrize("known", ["by the worker", "by a read"])
async def test_delivery_expired_without_an_attempt_has_the_reason(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    frigate: FrigateSimulator,
    monkeypatch: pytest.MonkeyPatch,
    known: str,
) -> None:
    entry = await set_up(hass, frigate, rule_subentry(DOORBELL))
    runtime = coordinator(entry)
    operation = type(runtime.forms.backend.operation("create_camera_event"))
    monkeypatch.setattr(
        operation, "expires", lambda _, __, at, *___: at + timedelta(seconds=0.5)
    )
    await frigate.stop()
    if known == "by the worker":
        runtime.contacted(CannotConnect("Connection refused"))
    else:
        await runtime.async_refresh()
    runtime.worker.pause()
    await ring(hass, 1)
    await wait_for_count(hass, entry, Cause.EXPIRED, 1)

    ended = await acknowledge(hass, hass_client, entry, Cause.EXPIRED)
    assert "the connection was refused" in str(ended["shown"])


async def test_end_of_losses_is_logged_after_a_quiet_time(
    hass: HomeAssistant,
    frigate: FrigateSimulator,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    later: dict[str, float] = {}
    monkeypatch.setattr(losses, "QUIET", timedelta(minutes=5))
    monkeypatch.setattr(
        Losses, "_after", lambda _, delay, name, __: later.update({name: delay})
    )
    entry = await fill(hass, frigate)
    await ring(hass, 1)
    watch = coordinator(entry).losses
    await wait_until(lambda: watch.refused == 1)
    assert later[Cause.OUTBOX_FULL] == 300
    monkeypatch.setattr(watch, "_is_ongoing", lambda _: False)

    for ago, left in ((timedelta(minutes=4), 60), (timedelta(minutes=5), None)):
        later.clear()
        watch._losses[Cause.OUTBOX_FULL].last_at = dt_util.utcnow() - ago
        watch._log_if_over(Cause.OUTBOX_FULL)
        again = later.get(Cause.OUTBOX_FULL)
        assert again is None if left is None else again is not None and again <= left

    (over,) = (one for one in caplog.records if "lost: 1" in one.getMessage())
    assert over.levelno == logging.WARNING


async def test_rendering_error_is_reported_until_the_rule_is_changed(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, frigate: FrigateSimulator
) -> None:
    entry = await set_up(hass, frigate, rule_subentry(BROKEN))
    await ring(hass)
    await wait_for_count(hass, entry, Cause.NOT_MADE, FIRINGS)

    ended = await acknowledge(hass, hass_client, entry, Cause.NOT_MADE)
    assert ended["reason"] == "goes_on"
    assert "Doorbell" in str(ended["shown"])

    hass.config_entries.async_update_subentry(
        entry, entry.subentries[RULE_ID], data=DOORBELL
    )
    await hass.async_block_till_done()
    assert repair(hass, entry, Cause.NOT_MADE) is None


async def test_failures_with_their_own_repair_are_counted_there(
    hass: HomeAssistant, frigate: FrigateSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RuleRunner, "names_refused", True)
    entry = await set_up(hass, frigate, rule_subentry(BROKEN))
    await ring(hass)
    await wait_until(lambda: coordinator(entry).losses.refused == FIRINGS)
    coordinator(entry).losses.async_show()
    assert lost(hass, entry, Cause.NOT_MADE) is None


async def test_loss_after_the_acknowledgement_is_reported_again(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, frigate: FrigateSimulator
) -> None:
    entry = await fill(hass, frigate)
    await ring(hass, 1)
    await wait_for_count(hass, entry, Cause.OUTBOX_FULL, 1)
    await acknowledge(hass, hass_client, entry, Cause.OUTBOX_FULL)
    await ring(hass, 1)
    await wait_for_count(hass, entry, Cause.OUTBOX_FULL, 2)

    coordinator(entry).worker.resume()
    await wait_until(lambda: not coordinator(entry).counts.data.waiting)

    assert lost(hass, entry, Cause.OUTBOX_FULL) == 2
    await acknowledge(hass, hass_client, entry, Cause.OUTBOX_FULL)
    assert repair(hass, entry, Cause.OUTBOX_FULL) is None


async def test_unwritable_file_is_reported(
    hass: HomeAssistant, frigate: FrigateSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await set_up(hass, frigate, rule_subentry(DOORBELL))

    async def refuse(*_: object, **__: object) -> None:
        raise StoreUnavailable("database or disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(Store, "accepting", refuse)
        coordinator(entry).worker.pause()
        await ring(hass)
        await wait_for_count(hass, entry, Cause.OUTBOX_UNAVAILABLE, FIRINGS)


async def test_removing_the_connection_removes_its_repairs(
    hass: HomeAssistant, frigate: FrigateSimulator
) -> None:
    entry = await set_up(hass, frigate, rule_subentry(BROKEN))
    await ring(hass, 1)
    await wait_for_count(hass, entry, Cause.NOT_MADE, 1)

    await remove(hass, entry)

    assert repair(hass, entry, Cause.NOT_MADE) is None
