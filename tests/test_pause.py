"""Tests of the switch of a connection: deliveries wait while it is off."""

from datetime import timedelta

from homeassistant.const import SERVICE_TURN_OFF, SERVICE_TURN_ON
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.event_relay.const import CONF_PAUSED, DOMAIN
from custom_components.event_relay.home_language import moment_in_words
from custom_components.event_relay.outcomes import losses
from custom_components.event_relay.repair_flows import pause_issue
from tools.simulators.frigate import FrigateSimulator

from .home import act, coordinator, turn, wait_for_state
from .repair_dialog import Dialog
from .rules.home import BELL, DOORBELL, rule_subentry, set_states, set_up
from .waiting import wait_until

pytestmark = pytest.mark.usefixtures("socket_enabled")

SWITCH = "switch.frigate_delivery"
VISITOR = {"camera": "garden", "label": "visitor"}


@pytest.fixture
async def entry(hass: HomeAssistant, frigate: FrigateSimulator) -> MockConfigEntry:
    """Set up a connection with a rule."""
    await set_states(hass, BELL, "off")
    return await set_up(hass, frigate, rule_subentry(DOORBELL))


async def test_paused_deliveries_wait_and_keep_their_order(
    hass: HomeAssistant, frigate: FrigateSimulator, entry: MockConfigEntry
) -> None:
    await turn(hass, SERVICE_TURN_OFF, SWITCH)
    assert hass.states.is_state(SWITCH, "off")
    answer = await act(hass, "create_camera_event", **VISITOR, wait=60)
    assert answer["state"] == "pending"
    await set_states(hass, BELL, "on")
    await wait_until(lambda: coordinator(entry).counts.data.waiting == 2)
    # The backend only gets health checks.
    await coordinator(entry).async_refresh()
    assert frigate.events == []

    await turn(hass, SERVICE_TURN_ON, SWITCH)
    await wait_for_state(hass, answer["delivery_id"], "delivered")
    await wait_until(lambda: len(frigate.events) == 2)
    assert hass.states.is_state(SWITCH, "on")


async def test_switch_stays_off_until_turned_on(
    hass: HomeAssistant, frigate: FrigateSimulator, entry: MockConfigEntry
) -> None:
    """Through a restart, and when other options are changed."""
    await turn(hass, SERVICE_TURN_OFF, SWITCH)
    form = await hass.config_entries.options.async_init(entry.entry_id)
    await hass.config_entries.options.async_configure(form["flow_id"], {})
    await hass.async_block_till_done()
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()

    assert hass.states.is_state(SWITCH, "off")
    answer = await act(hass, "create_camera_event", **VISITOR)
    assert answer["state"] == "pending"

    await turn(hass, SERVICE_TURN_ON, SWITCH)
    await wait_for_state(hass, answer["delivery_id"], "delivered")
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert hass.states.is_state(SWITCH, "on")


async def test_expired_deliveries_are_reported(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the repair for expired deliveries, until the switch is on again."""
    monkeypatch.setattr(losses, "GATHERING", 0.05)
    operation = type(coordinator(entry).forms.backend.operation("create_camera_event"))
    monkeypatch.setattr(
        operation, "expires", lambda _, __, at, *___: at + timedelta(seconds=0.2)
    )
    await turn(hass, SERVICE_TURN_OFF, SWITCH)
    answer = await act(hass, "create_camera_event", **VISITOR)
    await wait_for_state(hass, answer["delivery_id"], "expired")

    registry, issue_id = ir.async_get(hass), f"losses_expired_{entry.entry_id}"
    await wait_until(lambda: registry.async_get_issue(DOMAIN, issue_id))
    issue = registry.async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    assert issue.data is not None
    assert (issue.data["count"], issue.data["reason"]) == (1, "delivery was paused")
    assert not coordinator(entry).losses.async_seen(losses.Cause.EXPIRED)

    await turn(hass, SERVICE_TURN_ON, SWITCH)
    assert coordinator(entry).losses.async_seen(losses.Cause.EXPIRED)


def reminder(hass: HomeAssistant, entry: MockConfigEntry) -> ir.IssueEntry | None:
    """Return the repair of a forgotten pause, if any."""
    return ir.async_get(hass).async_get_issue(DOMAIN, pause_issue.pause_issue(entry))


async def pause_with_one_waiting(hass: HomeAssistant, entry: MockConfigEntry) -> str:
    """Pause the connection, accept a delivery, and return its id."""
    await turn(hass, SERVICE_TURN_OFF, SWITCH)
    answer = await act(hass, "create_camera_event", **VISITOR, duration=20)
    await wait_until(lambda: coordinator(entry).counts.data.waiting == 1)
    return str(answer["delivery_id"])


async def test_long_pause_is_reported_while_a_delivery_waits(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, entry: MockConfigEntry
) -> None:
    """Even after a restart, and until the switch is on."""
    assert await async_setup_component(hass, "repairs", {})
    delivery_id = await pause_with_one_waiting(hass, entry)
    assert reminder(hass, entry) is None

    # As if the pause had begun two days ago.
    since = dt_util.utcnow() - timedelta(days=2)
    options = {**entry.options, CONF_PAUSED: since.isoformat()}
    hass.config_entries.async_update_entry(entry, options=options)
    assert await hass.config_entries.async_reload(entry.entry_id)
    issue = reminder(hass, entry)
    assert issue is not None
    told = issue.translation_placeholders or {}
    assert (told["connection"], told["number"]) == ("Frigate", "1")
    assert told["since"] == moment_in_words(hass, since)

    dialog = Dialog(await hass_client(), pause_issue.pause_issue(entry))
    shown = await dialog.open()
    assert shown["description_placeholders"] == told
    assert (await dialog.submit())["type"] == "create_entry"
    await wait_for_state(hass, delivery_id, "delivered")
    assert reminder(hass, entry) is None
    assert hass.states.is_state(SWITCH, "on")


async def test_long_pause_is_reported_without_another_change(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pause_issue, "FORGOTTEN_AFTER", timedelta(seconds=1.5))
    await pause_with_one_waiting(hass, entry)
    await wait_until(lambda: reminder(hass, entry))

    await turn(hass, SERVICE_TURN_ON, SWITCH)
    assert reminder(hass, entry) is None


async def test_pause_without_deliveries_is_not_reported(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pause_issue, "FORGOTTEN_AFTER", timedelta(0))
    await turn(hass, SERVICE_TURN_OFF, SWITCH)
    assert reminder(hass, entry) is None
    answer = await act(hass, "create_camera_event", **VISITOR)
    await wait_until(lambda: reminder(hass, entry))
    await act(hass, "discard_delivery", delivery_id=answer["delivery_id"])
    await wait_until(lambda: reminder(hass, entry) is None)
