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
    async_fire_time_changed,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.event_relay.card.address import CARD
from custom_components.event_relay.const import DOMAIN
from custom_components.event_relay.counts import SETTLING
from custom_components.event_relay.queue.delivery import DeliveryState, Failure
from custom_components.event_relay.queue.store.store import Store
from custom_components.event_relay.repair_flows import addresses
from custom_components.event_relay.repair_flows.failed_deliveries import LISTED
from custom_components.event_relay.repair_flows.failed_issue import failed_issue
from custom_components.event_relay.storage import async_get_store
from tools.simulators.frigate import FrigateSimulator

from .config_flows import offered_steps
from .failing_store import disk_full
from .home import act, connect, rejected_delivery, remove, wait_for_state
from .markdown import read
from .repair_dialog import RepairHome
from .responses import invalid_field

pytestmark = pytest.mark.usefixtures("socket_enabled")

TRACE = r" \(\[Show trace\]\(/config/automation/trace/bell\?run_id=(\w+)\)\)$"


@pytest.fixture
async def home(
    hass: HomeAssistant, frigate: FrigateSimulator, hass_client: ClientSessionGenerator
) -> RepairHome:
    """Set up a connection, repairs and dashboards."""
    for name in ("repairs", "lovelace"):
        assert await async_setup_component(hass, name, {})
    entry = await connect(hass, frigate)
    return RepairHome(hass, entry, frigate, await hass_client(), failed_issue(entry))


async def reject(home: RepairHome, label: str = "doorbell") -> str:
    """Let an event be rejected, and return the id of its delivery."""
    return await rejected_delivery(home.hass, home.frigate, label)


async def unknown_delivery(home: RepairHome) -> str:
    """Let a delivery fail with an unknown outcome, and return its id."""
    delivery_id = await reject(home)
    store = await async_get_store(home.hass)
    delivery = await store.get(delivery_id)
    assert delivery is not None
    lost = replace(delivery, failure=Failure(code="outcome_unknown"))
    await store.update(lost, was=DeliveryState.FAILED)
    return delivery_id


async def settled_issue(home: RepairHome) -> ir.IssueEntry | None:
    """Let the changes settle, and return the repair, if any."""
    later = dt_util.utcnow() + timedelta(seconds=SETTLING + 1)
    async_fire_time_changed(home.hass, later)
    await home.hass.async_block_till_done()
    return home.issue


async def states(home: RepairHome) -> dict[str, str]:
    """Return the states of all deliveries."""
    listed = await act(home.hass, "list_deliveries")
    return {one["delivery_id"]: one["state"] for one in listed["deliveries"]}


async def test_retrying_all_resolves_the_repair(home: RepairHome) -> None:
    assert await settled_issue(home) is None
    delivery_id = await reject(home)
    issue = await settled_issue(home)
    assert issue is not None
    assert issue.severity is ir.IssueSeverity.WARNING
    assert issue.translation_placeholders == {"connection": "Frigate", "number": "1"}

    menu = await home.dialog.open()
    assert (menu["type"], menu["step_id"]) == ("form", "known")
    assert offered_steps(menu) == ["reasons", "retry_all", "discard_all"]
    assert menu["description_placeholders"]["known"] == "1"
    assert (await home.dialog.choose("retry_all"))["reason"] == "retried"

    await wait_for_state(home.hass, delivery_id, "delivered")
    assert await settled_issue(home) is None


async def test_repair_stays_if_the_retry_fails(home: RepairHome) -> None:
    delivery_id = await reject(home)
    assert await settled_issue(home) is not None
    home.frigate.add_faults(invalid_field())

    await home.dialog.open()
    await home.dialog.choose("retry_all")

    await wait_for_state(home.hass, delivery_id, "failed")
    assert await settled_issue(home) is not None


async def test_reasons_name_each_delivery(home: RepairHome) -> None:
    for number in range(LISTED + 2):
        await reject(home, f"parcel_{number}")
    issue = await settled_issue(home)
    await home.dialog.open()

    reasons = await home.dialog.choose("reasons")

    assert reasons["step_id"] == "reasons"
    raw = reasons["description_placeholders"]["reasons"]
    listed = read(re.sub(r"\[(.+?)\]\([^)]*\)", r"\1", raw))
    assert len(listed.splitlines()) == LISTED
    newest = (await act(home.hass, "list_deliveries", limit=1))["deliveries"][0]
    assert f"parcel_{LISTED + 1}" in newest["summary"]
    about = f"\u2068{newest['summary']}\u2069"
    assert (
        f"Create camera event, {about}: Frigate rejected it: duration: wrong"
        in listed.splitlines()[0]
    )
    # Without the card, each links to its line in Activity.
    assert raw.count("](/logbook?entity_id=binary_sensor.frigate&start_date=") == LISTED
    # All users can see the repair itself.
    assert "parcel" not in str(issue)
    assert (await home.dialog.submit())["step_id"] == "known"


async def test_reasons_link_to_the_card(home: RepairHome) -> None:
    (dashboard,) = home.hass.data[LOVELACE_DATA].dashboards.values()
    await dashboard.async_save({"views": [{"cards": [{"type": CARD}]}]})
    delivery_id = await reject(home)
    assert await settled_issue(home) is not None
    await home.dialog.open()

    reasons = await home.dialog.choose("reasons")

    (line,) = reasons["description_placeholders"]["reasons"].splitlines()
    assert f"](/lovelace/0?event_relay_delivery={delivery_id}): " in line


async def test_reasons_link_to_the_trace_of_the_automation(
    home: RepairHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Mock(wraps=async_list_contexts)
    monkeypatch.setattr(addresses, "async_list_contexts", read)
    visitor = {"camera": "garden", "label": "visitor"}
    action = {"action": f"{DOMAIN}.create_camera_event", "data": visitor}
    automation = {"id": "bell", "triggers": [], "actions": [action]}
    assert await async_setup_component(
        home.hass, "automation", {"automation": automation}
    )
    for _ in range(2):
        home.frigate.add_faults(invalid_field())
        await home.hass.services.async_call(
            "automation",
            "trigger",
            {"entity_id": "automation.automation_0"},
            blocking=True,
        )
    assert await settled_issue(home) is not None
    await home.dialog.open()

    reasons = await home.dialog.choose("reasons")

    lines = reasons["description_placeholders"]["reasons"].splitlines()
    traces = [re.search(TRACE, line) for line in lines]
    assert len({trace[1] for trace in traces if trace}) == 2
    read.assert_called_once()


async def test_discarding_all_is_confirmed_and_resolves_the_repair(
    home: RepairHome,
) -> None:
    failed = {
        await reject(home),
        await reject(home),
    }
    assert await settled_issue(home) is not None

    await home.dialog.open()
    assert (await home.dialog.choose("discard_all"))["type"] == "form"
    assert await states(home) == dict.fromkeys(failed, "failed")
    assert (await home.dialog.submit())["reason"] == "discarded"

    assert await states(home) == dict.fromkeys(failed, "discarded")
    assert await settled_issue(home) is None


async def test_unknown_outcomes_are_decided_one_by_one(home: RepairHome) -> None:
    first, second, third, fourth = [await unknown_delivery(home) for _ in range(4)]
    known = await reject(home)
    assert await settled_issue(home) is not None

    menu = await home.dialog.open()
    assert menu["step_id"] == "init"
    assert "outcome_unknown" in offered_steps(menu)
    asked = await home.dialog.choose("outcome_unknown")
    assert asked["description_placeholders"]["delivery_id"] == first
    asked = await home.dialog.submit(decision="discard")
    assert asked["description_placeholders"]["delivery_id"] == second
    asked = await home.dialog.submit(decision="leave")
    assert asked["description_placeholders"]["delivery_id"] == third
    asked = await home.dialog.submit(decision="arrived")
    assert asked["description_placeholders"]["delivery_id"] == fourth
    assert not home.frigate.events
    assert (await home.dialog.submit(decision="send_again"))["reason"] == "all_decided"

    await wait_for_state(home.hass, fourth, "delivered")
    assert await states(home) == {
        first: "discarded",
        second: "failed",
        third: "delivered",
        fourth: "delivered",
        known: "failed",
    }
    assert len(home.frigate.events) == 1
    assert await settled_issue(home) is not None


async def test_retrying_all_skips_unknown_outcomes(home: RepairHome) -> None:
    lost = await unknown_delivery(home)
    assert await settled_issue(home) is not None

    menu = await home.dialog.open()

    assert menu["step_id"] == "unknown"
    assert offered_steps(menu) == ["reasons", "outcome_unknown"]
    assert (await home.dialog.choose("reasons"))["step_id"] == "reasons"
    assert (await home.dialog.submit())["step_id"] == "unknown"
    assert await states(home) == {lost: "failed"}


async def test_failed_action_is_reported(
    home: RepairHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery_id = await reject(home)
    assert await settled_issue(home) is not None

    with monkeypatch.context() as broken:
        broken.setattr(Store, "listing", disk_full)
        told = await home.new_dialog().open()
    assert told["reason"] == "outbox_unavailable"

    opened = home.new_dialog()
    await opened.open()
    await act(home.hass, "discard_delivery", delivery_id=delivery_id)
    assert (await home.new_dialog().open())["reason"] == "nothing_failed"

    await home.hass.config_entries.async_unload(home.entry.entry_id)
    assert (await opened.choose("retry_all"))["reason"] == "not_loaded"
    assert home.issue is None


async def test_repair_returns_after_a_restart_and_is_removed_with_the_connection(
    home: RepairHome,
) -> None:
    await reject(home)
    ir.async_get(home.hass).async_delete(DOMAIN, home.issue_id)

    await home.hass.config_entries.async_reload(home.entry.entry_id)
    await home.hass.async_block_till_done()
    assert home.issue is not None

    await remove(home.hass, home.entry)
    assert home.issue is None
