"""Tests that add a connection and its first rule with the keyboard alone."""

import re

from playwright.async_api import Locator, Page, expect
import pytest

from tools.simulators.frigate import FrigateSimulator

from .forms import field, go, option
from .home import BrowserHome

pytestmark = pytest.mark.asyncio(loop_scope="package")

_FOCUSED = "one => one.matches(':focus-within')"
_STOPS = 30
"""More tab stops than any of these pages has."""
_REMOVE = """
async (title) => {
  const { hass } = document.querySelector("home-assistant");
  const type = "config_entries/get";
  const entries = await hass.callWS({ type, domain: "event_relay" });
  const { entry_id } = entries.find((one) => one.title === title);
  await hass.callApi("DELETE", `config/config_entries/entry/${entry_id}`);
}
"""


async def reach(wanted: Locator, key: str = "Tab") -> None:
    """Press a key until an element has the focus."""
    await wanted.wait_for()
    for _ in range(_STOPS):
        if await wanted.evaluate(_FOCUSED):
            return
        await wanted.page.keyboard.press(key)
    pytest.fail(f"{key} never reaches {wanted}")


async def press_button(page: Page, name: str) -> None:
    """Move to a button, and press it."""
    await reach(page.get_by_role("button", name=name, exact=True))
    await page.keyboard.press("Enter")


async def choose(page: Page, part: str) -> None:
    """Choose an option of the page, and submit."""
    wanted = option(page, part)
    await expect(wanted).not_to_be_checked()
    await reach(page.get_by_role("radio").first)
    await reach(wanted, "ArrowDown")
    await page.keyboard.press("Space")
    await expect(wanted).to_be_checked()
    await press_button(page, "Next")


async def test_connection_and_rule(page: Page, home: BrowserHome) -> None:
    async with FrigateSimulator() as frigate:
        await page.goto(f"{home.url}/config/integrations/integration/event_relay")
        await press_button(page, "Add service")
        await choose(page, "Frigate")
        await reach(field(page, "Address"))
        await page.keyboard.type(f"http://localhost:{frigate.port}")
        await press_button(page, "Submit")

        await choose(page, "Use an automation")
        await reach(page.locator("ha-entity-picker"))
        await page.keyboard.press("Space")  # Enter submits the form, too
        search = page.get_by_placeholder("Search", exact=True)
        await expect(search.last).to_be_focused()
        await page.keyboard.type("Night watch")
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        await expect(search).to_have_count(1)  # that of the page
        await press_button(page, "Next")
        await expect(field(page, "Name")).to_have_value("Night watch")
        await press_button(page, "Next")
        await expect(field(page, "Label")).to_have_value("by_automation")
        await press_button(page, "Next")
        await page.get_by_text("label: by_automation").first.wait_for()
        await press_button(page, "Submit")
        await press_button(page, "Finish")
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await expect(
            page.get_by_role("button", name=re.compile("^Night watch Rule"))
        ).to_be_visible()
        await page.evaluate(_REMOVE, "Frigate (localhost)")
        # The list of automations stays in the state of the page's history.
        await go(page, "/config")
