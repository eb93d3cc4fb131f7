"""Tests of the repair of failed deliveries and its dialog."""

from dataclasses import replace
from datetime import timedelta
import re
from unittest.mock import Mock

from homeassistant.components.lovelace.const import LOVELACE_DATA
from homeassistant.components.trace.util import async_list_contexts
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.event_relay import addresses
from custom_components.event_relay.card.address import CARD
from custom_components.event_relay.const import DOMAIN
from custom_components.event_relay.counts import SETTLING
from custom_components.event_relay.queue.delivery import DeliveryState, Failure
from custom_components.event_relay.queue.store.store import Store
from custom_components.event_relay.repair_flows.failed_deliveries import LISTED
from custom_components.event_relay.repair_flows.failed_issue import failed_issue
from custom_components.event_relay.storage import async_get_store
from tools.simulators.frigate import FrigateSimulator

from .config_flows import offered_steps
from .failing_store import disk_full
from .home import act, connect, rejected_delivery, remove, wait_for_state
from .markdown import read
from .repair_dialog import Dialog
from .responses import invalid_field

pytestmark = pytest.mark.usefixtures("socket_enabled")

TRACE = r" \(\[Show trace\]\(/config/automation/trace/bell\?run_id=(\w+)\)\)$"


@pytest.fixture
async def entry(hass: HomeAssistant, frigate: FrigateSimulator) -> MockConfigEntry:
    """Set up a connection, repairs and dashboards."""
    for name in ("repairs", "lovelace"):
        assert await async_setup_component(hass, name, {})
    return await connect(hass, frigate)


@pytest.fixture
async def dialog(hass_client: ClientSessionGenerator, entry: MockConfigEntry) -> Dialog:
    """Return the dialog of the connection's repair, not yet opened."""
    return Dialog(await hass_client(), failed_issue(entry))


async def unknown_delivery(hass: HomeAssistant, frigate: FrigateSimulator) -> str:
    """Let a delivery fail with an unknown outcome, and return its id."""
    delivery_id = await rejected_delivery(hass, frigate)
    store = await async_get_store(hass)
    delivery = await store.get(delivery_id)
    assert delivery is not None
    lost = replace(delivery, failure=Failure(code="outcome_unknown"))
    await store.update(lost, was=DeliveryState.FAILED)
    return delivery_id


async def settle_and_get_repair(
    hass: HomeAssistant, entry: MockConfigEntry
) -> ir.IssueEntry | None:
    """Let the changes settle, and return the repair, if any."""
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=SETTLING + 1))
    await hass.async_block_till_done()
    return ir.async_get(hass).async_get_issue(DOMAIN, failed_issue(entry))


async def states(hass: HomeAssistant) -> dict[str, str]:
    """Return the states of all deliveries."""
    listed = await act(hass, "list_deliveries")
    return {one["delivery_id"]: one["state"] for one in listed["deliveries"]}


async def test_retrying_all_resolves_the_repair(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FrigateSimulator,
    dialog: Dialog,
) -> None:
    assert await settle_and_get_repair(hass, entry) is None
    delivery_id = await rejected_delivery(hass, frigate)
    issue = await settle_and_get_repair(hass, entry)
    assert issue is not None
    assert issue.severity is ir.IssueSeverity.WARNING
    assert issue.translation_placeholders == {"connection": "Frigate", "number": "1"}

    menu = await dialog.open()
    assert (menu["type"], menu["step_id"]) == ("form", "known")
    assert offered_steps(menu) == ["reasons", "retry_all", "discard_all"]
    assert menu["description_placeholders"]["known"] == "1"
    assert (await dialog.choose("retry_all"))["reason"] == "retried"

    await wait_for_state(hass, delivery_id, "delivered")
    assert await settle_and_get_repair(hass, entry) is None


async def test_repair_stays_if_the_retry_fails(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FrigateSimulator,
    dialog: Dialog,
) -> None:
    delivery_id = await rejected_delivery(hass, frigate)
    assert await settle_and_get_repair(hass, entry) is not None
    frigate.add_faults(invalid_field())

    await dialog.open()
    await dialog.choose("retry_all")

    await wait_for_state(hass, delivery_id, "failed")
    assert await settle_and_get_repair(hass, entry) is not None


async def test_reasons_name_each_delivery(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FrigateSimulator,
    dialog: Dialog,
) -> None:
    for number in range(LISTED + 2):
        await rejected_delivery(hass, frigate, f"parcel_{number}")
    issue = await settle_and_get_repair(hass, entry)
    await dialog.open()

    reasons = await dialog.choose("reasons")

    assert reasons["step_id"] == "reasons"
    raw = reasons["description_placeholders"]["reasons"]
    listed = read(re.sub(r"\[(.+?)\]\([^)]*\)", r"\1", raw))
    assert len(listed.splitlines()) == LISTED
    newest = (await act(hass, "list_deliveries", limit=1))["deliveries"][0]
    assert f"parcel_{LISTED + 1}" in newest["summary"]
    about = f"\u2068{newest['summary']}\u2069"
    assert (
        f"Create camera event, {about}: Frigate rejected it: duration: wrong"
        in listed.splitlines()[0]
    )
    # Without the card, each leads to its line in Activity.
    assert raw.count("](/logbook?entity_id=binary_sensor.frigate&start_date=") == LISTED
    # Everybody sees that there is a repair.
    assert "parcel" not in str(issue)
    assert (await dialog.submit())["step_id"] == "known"


async def test_reasons_link_to_the_card(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FrigateSimulator,
    dialog: Dialog,
) -> None:
    (dashboard,) = hass.data[LOVELACE_DATA].dashboards.values()
    await dashboard.async_save({"views": [{"cards": [{"type": CARD}]}]})
    delivery_id = await rejected_delivery(hass, frigate)
    assert await settle_and_get_repair(hass, entry) is not None
    await dialog.open()

    reasons = await dialog.choose("reasons")

    (line,) = reasons["description_placeholders"]["reasons"].splitlines()
    assert f"](/lovelace/0?event_relay_delivery={delivery_id}): " in line


async def test_reasons_link_to_the_trace_of_the_automation(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FrigateSimulator,
    dialog: Dialog,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read = Mock(wraps=async_list_contexts)
    monkeypatch.setattr(addresses, "async_list_contexts", read)
    visitor = {"camera": "garden", "label": "visitor"}
    action = {"action": f"{DOMAIN}.create_camera_event", "data": visitor}
    automation = {"id": "bell", "triggers": [], "actions": [action]}
    assert await async_setup_component(hass, "automation", {"automation": automation})
    for _ in range(2):
        frigate.add_faults(invalid_field())
        await hass.services.async_call(
            "automation",
            "trigger",
            {"entity_id": "automation.automation_0"},
            blocking=True,
        )
    assert await settle_and_get_repair(hass, entry) is not None
    await dialog.open()

    reasons = await dialog.choose("reasons")

    lines = reasons["description_placeholders"]["reasons"].splitlines()
    traces = [re.search(TRACE, line) for line in lines]
    assert len({trace[1] for trace in traces if trace}) == 2
    read.assert_called_once()


async def test_discarding_all_is_confirmed_and_resolves_the_repair(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FrigateSimulator,
    dialog: Dialog,
) -> None:
    failed = {
        await rejected_delivery(hass, frigate),
        await rejected_delivery(hass, frigate),
    }
    assert await settle_and_get_repair(hass, entry) is not None

    await dialog.open()
    assert (await dialog.choose("discard_all"))["type"] == "form"
    assert await states(hass) == dict.fromkeys(failed, "failed")
    assert (await dialog.submit())["reason"] == "discarded"

    assert await states(hass) == dict.fromkeys(failed, "discarded")
    assert await settle_and_get_repair(hass, entry) is None


async def test_unknown_outcomes_are_decided_one_by_one(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FrigateSimulator,
    dialog: Dialog,
) -> None:
    first, second, third, fourth = [
        await unknown_delivery(hass, frigate) for _ in range(4)
    ]
    known = await rejected_delivery(hass, frigate)
    assert await settle_and_get_repair(hass, entry) is not None

    menu = await dialog.open()
    assert menu["step_id"] == "init"
    assert "outcome_unknown" in offered_steps(menu)
    asked = await dialog.choose("outcome_unknown")
    assert asked["description_placeholders"]["delivery_id"] == first
    asked = await dialog.submit(decision="discard")
    assert asked["description_placeholders"]["delivery_id"] == second
    asked = await dialog.submit(decision="leave")
    assert asked["description_placeholders"]["delivery_id"] == third
    asked = await dialog.submit(decision="arrived")
    assert asked["description_placeholders"]["delivery_id"] == fourth
    assert not frigate.events
    assert (await dialog.submit(decision="send_again"))["reason"] == "all_decided"

    await wait_for_state(hass, fourth, "delivered")
    assert await states(hass) == {
        first: "discarded",
        second: "failed",
        third: "delivered",
        fourth: "delivered",
        known: "failed",
    }
    assert len(frigate.events) == 1
    assert await settle_and_get_repair(hass, entry) is not None


async def test_retrying_all_skips_unknown_outcomes(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FrigateSimulator,
    dialog: Dialog,
) -> None:
    lost = await unknown_delivery(hass, frigate)
    assert await settle_and_get_repair(hass, entry) is not None

    menu = await dialog.open()

    assert menu["step_id"] == "unknown"
    assert offered_steps(menu) == ["reasons", "outcome_unknown"]
    assert (await dialog.choose("reasons"))["step_id"] == "reasons"
    assert (await dialog.submit())["step_id"] == "unknown"
    assert await states(hass) == {lost: "failed"}


async def test_failed_action_is_reported(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    frigate: FrigateSimulator,
    hass_client: ClientSessionGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    delivery_id = await rejected_delivery(hass, frigate)
    assert await settle_and_get_repair(hass, entry) is not None
    client, issue_id = await hass_client(), failed_issue(entry)

    with monkeypatch.context() as broken:
        broken.setattr(Store, "listing", disk_full)
        told = await Dialog(client, issue_id).open()
    assert told["reason"] == "outbox_unavailable"

    opened = Dialog(client, issue_id)
    await opened.open()
    await act(hass, "discard_delivery", delivery_id=delivery_id)
    assert (await Dialog(client, issue_id).open())["reason"] == "nothing_failed"

    await hass.config_entries.async_unload(entry.entry_id)
    assert (await opened.choose("retry_all"))["reason"] == "not_loaded"
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is None


async def test_repair_returns_after_a_restart_and_is_removed_with_the_connection(
    hass: HomeAssistant, entry: MockConfigEntry, frigate: FrigateSimulator
) -> None:
    await rejected_delivery(hass, frigate)
    issues = ir.async_get(hass)
    issues.async_delete(DOMAIN, failed_issue(entry))

    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert issues.async_get_issue(DOMAIN, failed_issue(entry)) is not None

    await remove(hass, entry)
    assert issues.async_get_issue(DOMAIN, failed_issue(entry)) is None
