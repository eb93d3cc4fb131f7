"""The card: found by browsers old and new, by day and night, large and small."""

import re
from typing import cast

from playwright.async_api import Browser, BrowserContext, Locator, Page, expect
import pytest

from simulators.faults import Fault, FaultKind
from simulators.wire import Json

from .album import Album
from .forms import press
from .house import HALL, PORCH, WEATHER, House
from .past import MANY

pytestmark = pytest.mark.asyncio(loop_scope="package")

_FIRST = 50
"""Deliveries that the card shows at first."""
_MORE = 200
"""How many it adds when it is asked for earlier ones."""
_LOADED = """
() => performance.getEntriesByType("resource")
  .filter((one) => one.name.includes("event-relay-card"))
  .map((one) => ({address: one.name, bytes: one.transferSize}))
"""
_CONTRAST = """
(card) => {
  const light = (colour) => {
    const [red, green, blue] = colour.match(/[\\d.]+/g).map((part) => {
      const value = part / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
  };
  const style = getComputedStyle(card);
  const both = [light(style.color), light(style.backgroundColor)];
  return Math.max(...both) / Math.min(...both);
}
"""
_READABLE = 7.0
"""The stricter of the two contrasts that WCAG asks for."""
_PHONE = 390
"""Pixels that a phone is wide."""
_REFUSED: Json = {
    "code": 400,
    "errorCode": "ft.InvalidParams",
    "message": "No such status",
}


def rows(page: Page) -> Locator:
    """Return the deliveries that the card shows."""
    return page.locator("event-relay-card").get_by_role("listitem")


def older(number: int) -> re.Pattern[str]:
    """Return how the delivery with a number in the past of the house is shown."""
    return re.compile(rf"Gust of wind {number}\b")


def listen(page: Page) -> list[str]:
    """Return what from now on goes wrong on a page, or is said on its console."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(f"{said.type}: {said.text}"))
    return complaints


async def loaded(page: Page) -> tuple[str, int]:
    """Return from where the page had the card, and how much it fetched for it."""
    (card,) = await page.evaluate(_LOADED)
    return card["address"], card["bytes"]


async def test_is_added_to_a_dashboard(page: Page, house: House) -> None:
    await page.goto(f"{house.url}/{HALL}?edit=1")
    await press(page, "Add card")
    await page.get_by_role("tab", name="By card").click()
    await page.get_by_placeholder("Search cards").fill("Event Relay")
    await expect(rows(page)).to_have_count(_FIRST)
    # What takes the click lies over the card, so that the card itself does not.
    await page.get_by_text("Event Relay", exact=True).click(force=True)
    await press(page, "Save")
    await press(page, "Done")

    await expect(rows(page)).to_have_count(_FIRST)


async def test_cold_and_warm(
    visit: BrowserContext, browser: Browser, house: House
) -> None:
    known = await visit.storage_state()
    async with await browser.new_context(storage_state=known) as newcomer:
        page = await newcomer.new_page()
        complaints = listen(page)
        await page.goto(f"{house.url}/{PORCH}")
        await expect(rows(page)).to_have_count(_FIRST)
        address, fetched = await loaded(page)
        assert re.search(r"\?v=[0-9a-f]{12}$", address)
        assert fetched
        for _ in range(3):
            await page.reload()
            await expect(rows(page)).to_have_count(_FIRST)
            assert await loaded(page) == (address, 0)
        assert not complaints


async def test_many_deliveries(page: Page, house: House) -> None:
    complaints = listen(page)
    await page.goto(f"{house.url}/{PORCH}")
    card = page.locator("event-relay-card")
    await card.get_by_label("Connection").select_option(WEATHER)
    await card.get_by_label("State").select_option("Delivered")
    await expect(rows(page)).to_have_count(_FIRST)
    for shown in range(_FIRST + _MORE, _FIRST + 4 * _MORE, _MORE):
        await press(page, "Show earlier deliveries")
        await expect(rows(page)).to_have_count(shown)
        await expect(rows(page).last).to_contain_text(older(MANY - shown + 1))
    assert not complaints


async def test_day_night_and_phone(page: Page, house: House, album: Album) -> None:
    await something_of_each(house)
    await page.set_viewport_size({"width": 560, "height": 640})
    await page.goto(f"{house.url}/{PORCH}")
    for state in ("Delivered", "Failed", "Pending"):
        await expect(rows(page).filter(has_text=state).first).to_be_visible()
    card = page.locator("event-relay-card")
    await album.keep("card", page, card)
    assert await contrast(card) >= _READABLE

    await page.emulate_media(color_scheme="dark")
    await album.keep("card-dark", page, card)
    assert await contrast(card) >= _READABLE

    await page.emulate_media(color_scheme="light")
    await page.set_viewport_size({"width": _PHONE, "height": 844})
    await album.keep("card-phone", page, card)
    assert await page.evaluate("document.documentElement.scrollWidth") == _PHONE
    for button in await card.get_by_role("button").all():
        box = await button.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= _PHONE


async def something_of_each(house: House) -> None:
    """Let something arrive, something be refused, and something have to wait."""
    for fault in (
        Fault(kind=FaultKind.STATUS, method="POST", status=400, body=_REFUSED),
        Fault(kind=FaultKind.STATUS, method="POST", status=503, retry_after="900"),
    ):
        house.weather.add_faults(fault)
    for title in ("Storm", "Hail"):
        await house.socket.act(
            "event_relay.create_custom_event",
            config_entry_id=house.weather_entry,
            status="warning",
            title=title,
            wait=0,
        )
    await house.socket.act(
        "event_relay.create_camera_event",
        config_entry_id=house.frigate_entry,
        camera="garden",
        label="fence_down",
    )


async def contrast(card: Locator) -> float:
    """Return the contrast of text and background, from 1 to 21 as WCAG counts it."""
    return cast("float", await card.locator("ha-card").evaluate(_CONTRAST))
