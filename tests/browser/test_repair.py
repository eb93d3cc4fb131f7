"""Tests of the repair of a failed delivery, from the error to the retry."""

from playwright.async_api import Page, expect
import pytest

from custom_components.event_relay.card.address import PARAMETER
from tools.simulators.wire import Json

from ..responses import respond
from .album import Album
from .barriers import see_no_barrier
from .forms import choose, go, item_of, option, press
from .home import PORCH, BrowserHome

pytestmark = pytest.mark.asyncio(loop_scope="package")

_REASON = "The disk of the recorder is full"
_MARKED_UP = (
    "# ![picture](/static/icons/favicon-192x192.png) [link](/config) <b>bold</b> "
    "**strong** _slanted_ `code` ~~gone~~ www.example.com https://example.com/ &copy;"
)
"""A message of a backend that contains all kinds of Markdown."""
_MADE = (
    "ha-markdown :is(a:not([href*='delivery=']), b, blockquote, code, del, em, h1,"
    " h2, hr, i, img, input, pre, script, strong, svg, table)"
)
"""The elements that it would become. The link to the card is ours."""


async def test_rejected_delivery(page: Page, home: BrowserHome, album: Album) -> None:
    refusal = respond(
        400, {"success": False, "message": _REASON}, method="POST", path="*/create"
    )
    home.frigate.add_faults(refusal)
    await home.socket.act(
        "event_relay.create_camera_event",
        config_entry_id=home.frigate_entry,
        camera="garden",
        label="parcel",
        wait=0,
    )

    await page.goto(f"{home.url}/config/repairs")
    repair = page.get_by_text("Deliveries to Frigate have failed")
    await item_of(repair).click()
    await expect(option(page, "Show the reasons")).to_be_checked()
    await press(page, "Submit")
    await expect(page.get_by_text(_REASON)).to_be_visible()
    await album.keep("repair", page, page.get_by_role("dialog"))
    await see_no_barrier(page.get_by_role("dialog"))

    await page.get_by_role("link", name="parcel").click()
    await page.wait_for_url(f"**/{PORCH}/0?{PARAMETER}=*")
    row = page.get_by_role("listitem").filter(has_text="parcel")
    await expect(row.get_by_role("button", name="Discard")).to_be_visible()

    await go(page, "/config/repairs")
    await item_of(repair).click()

    await choose(page, "Retry all", "Submit")
    await expect(page.get_by_text("They are being retried.")).to_be_visible()
    await page.get_by_text("Close", exact=True).click()
    await expect(repair).to_be_hidden()
    assert "parcel" in [event.label for event in home.frigate.events]


@pytest.mark.parametrize(
    ("status", "title", "shown", "wanted"),
    [
        (400, "Deliveries to Frigate have failed", ["Show the reasons"], "Retry all"),
        (403, "Frigate denies permission", [], "Try again"),
    ],
)
async def test_message_of_a_backend_is_plain_text(
    page: Page,
    home: BrowserHome,
    status: int,
    title: str,
    shown: list[str],
    wanted: str,
) -> None:
    body: Json = {"success": False, "message": _MARKED_UP}
    home.frigate.add_faults(respond(status, body, method="POST", path="*/create"))
    await home.socket.act(
        "event_relay.create_camera_event",
        config_entry_id=home.frigate_entry,
        camera="garden",
        label="marked_up",
        wait=0,
    )

    await page.goto(f"{home.url}/config/repairs")
    repair = page.get_by_text(title)
    await item_of(repair).click()
    for choice in shown:
        await choose(page, choice, "Submit")
    await expect(page.get_by_text(_MARKED_UP)).to_be_visible()
    assert await page.locator(_MADE).all_inner_texts() == []

    for _ in shown:
        await press(page, "Submit")
    await choose(page, wanted, "Submit")
    await page.get_by_text("Close", exact=True).click()
    await expect(repair).to_be_hidden()
