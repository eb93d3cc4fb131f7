"""Tests that add a rule by clicking, fire it, and look at its delivery."""

from datetime import UTC, datetime, timedelta
import json
import re

from aiohttp import ClientSession
from playwright.async_api import Page, expect
import pytest

from tools.demo.polling import eventually

from .album import Album
from .barriers import SINCE_2026_11, see_no_barrier
from .forms import choose, field, go, item_of, open_list, pick, press
from .home import DOORBELL, FRIGATE, PORCH, BrowserHome

pytestmark = pytest.mark.asyncio(loop_scope="package")

DELIVERED = re.compile("Frigate.*camera event|camera event.*Frigate")
"""The part of the sentence in Activity that is always there."""
_INTEGRATION = "/config/integrations/integration/event_relay"


async def add_rule(page: Page, home: BrowserHome, album: Album) -> None:
    """Add a rule for the doorbell, which delivers to Frigate."""
    await page.goto(home.url + _INTEGRATION)
    await press(page, "Add rule")
    await page.get_by_role("button", name=FRIGATE, exact=True).click()
    await choose(page, "Start from scratch")
    await field(page, "Name").fill("Doorbell")
    await press(page, "Add trigger")
    await page.get_by_role("button", name="By target").wait_for()
    await page.get_by_placeholder("Search").last.fill("Doorbell")
    await page.get_by_text("Input boolean").click()
    await item_of(page.get_by_text("Switch turned on")).click()
    await album.keep("rule-when", page, page.get_by_role("dialog").first)
    await see_no_barrier(page.locator("dialog-data-entry-flow"))
    await press(page, "Next")

    await open_list(page, "Camera")
    await pick(page, "Front door")
    await expect(page.get_by_text("Front door", exact=True)).to_be_visible()
    await open_list(page, "Label")
    await pick(page, "doorbell")
    await field(page, "Sub label").fill("{{ trigger.to_state.name }}")
    await album.keep("rule-form", page, page.get_by_role("dialog"))
    await see_no_barrier(page.get_by_role("dialog"))
    await press(page, "Next")

    await expect(page.get_by_text("sub_label: Doorbell")).to_be_visible()
    await expect(page.get_by_text("Based on a sample")).to_be_visible()
    await item_of(page.get_by_role("paragraph").filter(has_text="Send it once")).click()
    await press(page, "Submit")
    await expect(page.get_by_text("The test arrived in")).to_be_visible()
    await see_no_barrier(page.get_by_role("dialog"))
    await press(page, "Submit")
    await press(page, "Finish")
    # A closing dialog goes back in the history of the page.
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def outcome_is_recorded(home: BrowserHome) -> bool | None:
    """Return True once Home Assistant has recorded the outcome of the bell.

    It does so a second late, and the page that shows it does not reload.
    """
    start = datetime.now(UTC) - timedelta(minutes=5)
    lines = await home.socket.command(
        "logbook/get_events", start_time=start.isoformat(), entity_ids=[*DOORBELL]
    )
    return True if DELIVERED.search(json.dumps(lines)) else None


async def make_known(home: BrowserHome, label: str) -> None:
    """Store an event with a label in Frigate, so that forms list that label."""
    address = f"{home.frigate.url}/api/events/front_door/{label}/create"
    async with ClientSession() as session, session.post(address, json={}) as response:
        assert response.ok


async def test_rule_for_a_doorbell(page: Page, home: BrowserHome, album: Album) -> None:
    await make_known(home, "doorbell")
    await add_rule(page, home, album)

    await page.set_viewport_size({"width": 860, "height": 640})
    await go(page, f"/{PORCH}")
    await page.get_by_role("button", name="Doorbell", exact=True).click()
    rows = page.get_by_role("listitem").filter(has_text="doorbell")
    await expect(rows).to_have_count(2)  # above the one of the test
    tested = re.compile(r"^Test ?, .*, Delivered")
    await expect(rows.last.get_by_role("button")).to_have_accessible_name(tested)
    # As in the list of cards to add, whose lines are lower than the badge.
    card = page.locator("event-relay-card")
    await card.evaluate("card => card.style.setProperty('line-height', 'normal')")
    start = "part => part.getBoundingClientRect().left"
    (badge, notes) = [
        await rows.last.locator(part).evaluate(start) for part in (".badge", ".notes")
    ]
    assert notes == badge
    await card.evaluate("card => card.style.removeProperty('line-height')")
    row = rows.first
    await expect(row.get_by_role("button")).not_to_have_accessible_name(tested)
    await expect(row).to_contain_text("Delivered")
    await row.get_by_role("button").click()
    await expect(row.get_by_role("link", name="Snapshot")).to_be_visible()
    sentence = page.get_by_text(DELIVERED).first
    await expect(sentence).to_be_visible()
    await album.keep("doorbell", page)

    rung = [event for event in home.frigate.events if event.label == "doorbell"]
    assert [(event.camera, event.sub_label) for event in rung] == [
        ("front_door", None),  # the earlier one
        ("front_door", "Test: Doorbell"),
        ("front_door", "Doorbell"),
    ]

    await eventually(lambda: outcome_is_recorded(home), "a line in Activity", 30)
    await go(page, f"/logbook?entity_id={','.join(DOORBELL)}")
    await expect(sentence).to_be_visible()
    await page.set_viewport_size({"width": 860, "height": 420})
    await album.keep("activity", page)

    await go(page, _INTEGRATION)
    await page.get_by_role("button", name="Doorbell Rule").click()
    line = "listitem" if SINCE_2026_11 else "list"
    await expect(page.locator("body")).to_match_aria_snapshot(
        f"- {line}: /Last delivery .* ago/"
    )
    await page.set_viewport_size({"width": 860, "height": 900})
    await album.keep("rule-device", page)
