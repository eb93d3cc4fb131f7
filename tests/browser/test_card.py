"""Tests of the card in a browser: cache, search, themes, and screen sizes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import csv
import io
import json
import re

from playwright.async_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    WebSocket,
    WebSocketRoute,
    expect,
)
import pytest

from custom_components.event_relay.card.address import PARAMETER, RULE_PARAMETER
from tools.simulators.wire import Json

from ..responses import respond
from .album import Album
from .barriers import see_no_barrier
from .forms import press
from .home import AUTOMATION, HALL, PORCH, WEATHER, BrowserHome
from .past_deliveries import GIVEN_UP_ID, UNKNOWN, UNKNOWN_ID

pytestmark = pytest.mark.asyncio(loop_scope="package")

_ON_THE_PAGE = 60
"""Maximum number of rows in the page at once, however long the list is."""
SWITCH = "switch.frigate_delivery"
_CHANGED_IN_GERMAN = (
    "Die Zustellung hat sich inzwischen geändert. Sieh sie dir noch einmal an."
)
_FAR = 700
"""Number of rows to scroll through."""
_COUNTED = re.compile(r"^Failed \(\d+\)$")
_ACTIVITY = re.compile(r"^/logbook\?entity_id=binary_sensor\.\w+&start_date=2")
_FIND = """
  const find = (root) => {
    const card = root.querySelector("event-relay-card");
    if (card) return card;
    for (const one of root.querySelectorAll("*")) {
      const found = one.shadowRoot && find(one.shadowRoot);
      if (found) return found;
    }
  };
  const card = find(document);
"""
_SCROLL_DOWN_TO = f"""
(place) => {{ {_FIND}
  const body = card.shadowRoot.querySelector(".body");
  body.scrollTop = body.scrollHeight;
  const [last] = [...body.querySelectorAll("li")].slice(-1);
  return last && Number(last.getAttribute("aria-posinset")) >= place;
}}
"""
_LOSE_CONNECTION = f"""
async () => {{ {_FIND}
  const {{ connection }} = document.querySelector("home-assistant").hass;
  const lost = new Promise((lost) => connection.addEventListener("disconnected", lost));
  const search = card.shadowRoot.querySelector("select:last-of-type");
  search.value = "week";
  search.dispatchEvent(new Event("change"));
  connection.socket.close();
  await lost;
  await card.updateComplete;
  const text = (part) => card.shadowRoot.querySelector(part)?.textContent;
  return [text(".failure"), text(".body")];
}}
"""
_WATCH_COPYING = """
() => Object.defineProperty(navigator, "clipboard", {
  value: { writeText: async (text) => { window.copied = text; } },
})
"""
_SIDES = """
(all) => all.map((one) => one.getBoundingClientRect()).map(({ left, right }) => [
  left,
  right,
])
"""
_LOADED = """
() => performance.getEntriesByType("resource")
  .filter((one) => one.name.includes("event-relay-card"))
  .map((one) => ({address: one.name, bytes: one.transferSize}))
"""
_DAY = ("rgb(255, 255, 255)", "rgb(20, 20, 20)")
"""Home Assistant's own colours for the background and for the text."""
_NIGHT = ("rgb(28, 28, 28)", "rgb(225, 225, 225)")
_PHONE = 390
"""Width of a phone, in pixels."""
_REFUSED: Json = {
    "code": 400,
    "errorCode": "ft.InvalidParams",
    "message": "No such status",
}


def rows(page: Page) -> Locator:
    """Return the deliveries that the card shows."""
    return page.locator("event-relay-card").get_by_role("listitem")


def older(number: int) -> re.Pattern[str]:
    """Return how the card shows the delivery with this number in the home's history."""
    return re.compile(rf"Gust of wind {number}\b")


def listen(page: Page) -> list[str]:
    """Return a list that collects errors and console messages of a page."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(f"{said.type}: {said.text}"))
    return complaints


def watch_frames(page: Page) -> list[str]:
    """Return a list that collects WebSocket messages of the page."""
    frames: list[str] = []

    def watch(socket: WebSocket) -> None:
        for event in ("framesent", "framereceived"):
            socket.on(event, lambda content: frames.append(str(content)))

    page.on("websocket", watch)
    return frames


def pause_only_requests(page: WebSocketRoute) -> None:
    """Tell a page that requests are paused, and not their connection."""

    def pass_on(content: str | bytes) -> None:
        text = content if isinstance(content, str) else content.decode()
        text = re.sub(r'"paused":\{[^}]*\}', '"paused":null', text)
        page.send(text.replace(':"switched_off"', ':"request_paused"'))

    page.connect_to_server().on_message(pass_on)


def refuse_discarding(page: WebSocketRoute) -> None:
    """Answer a page that its delivery has changed, as the integration does."""
    server = page.connect_to_server()

    def answer(content: str | bytes) -> None:
        asked = json.loads(content)
        if isinstance(asked, dict) and asked.get("service") == "discard_delivery":
            refusal = {
                "code": "service_validation_error",
                "message": "The delivery has changed in the meantime.",
                "translation_domain": "event_relay",
                "translation_key": "delivery_moved_on",
                "translation_placeholders": None,
            }
            said = {"id": asked["id"], "type": "result", "success": False}
            page.send(json.dumps(said | {"error": refusal}))
        else:
            server.send(content)

    page.on_message(answer)


async def loaded(page: Page) -> tuple[str, int]:
    """Return where the page loaded the card from, and how many bytes it fetched."""
    (card,) = await page.evaluate(_LOADED)
    return card["address"], card["bytes"]


async def test_card_is_added_to_a_dashboard(page: Page, home: BrowserHome) -> None:
    await page.goto(f"{home.url}/{HALL}?edit=1")
    await press(page, "Add card")
    await page.get_by_role("tab", name="By card").click()
    await page.get_by_placeholder("Search cards").fill("Event Relay")
    await expect(rows(page).first).to_be_visible()
    # An overlay receives the click instead of the card.
    await page.get_by_text("Event Relay", exact=True).click(force=True)
    await press(page, "Save")
    await press(page, "Done")

    await expect(rows(page).first).to_be_visible()


@asynccontextmanager
async def another_page(visit: BrowserContext, browser: Browser) -> AsyncIterator[Page]:
    """Yield a page of the same user with a cache and settings of its own."""
    known = await visit.storage_state()
    async with await browser.new_context(storage_state=known) as another:
        yield await another.new_page()


async def test_card_loads_with_and_without_cache(
    visit: BrowserContext, browser: Browser, home: BrowserHome
) -> None:
    async with another_page(visit, browser) as page:
        complaints = listen(page)
        frames = watch_frames(page)
        await page.goto(f"{home.url}/{PORCH}")
        await expect(rows(page).first).to_be_visible()
        # The first page is requested before the subscription has begun.
        asked = next(at for at, one in enumerate(frames) if "deliveries/list" in one)
        assert not any('"anew"' in one for one in frames[:asked])
        # One screen, and the texts of its rows.
        assert '"limit":50' in frames[asked]
        assert not any('"exceptions"' in one for one in frames)
        address, fetched = await loaded(page)
        assert re.search(r"\?v=[0-9a-f]{12}$", address)
        assert fetched
        await page.reload()
        await expect(rows(page).first).to_be_visible()
        assert await loaded(page) == (address, 0)
        assert not complaints


async def test_many_deliveries_are_scrolled(page: Page, home: BrowserHome) -> None:
    complaints = listen(page)
    await page.goto(f"{home.url}/{PORCH}")
    card = page.locator("event-relay-card")
    await card.get_by_label("Connection").select_option(home.weather_entry)
    await card.get_by_label("State").select_option("delivered")
    await expect(rows(page).first).to_contain_text("Delivered")

    # Scroll some pages, each of which is read when it is near.
    await page.wait_for_function(_SCROLL_DOWN_TO, arg=_FAR)
    assert await rows(page).count() < _ON_THE_PAGE
    await expect(rows(page).last).to_have_attribute("aria-setsize", "-1")

    # 123, 1123, 2123 … 10123 and 1230 to 1239.
    await card.get_by_role("searchbox").fill("wind 123")
    await expect(rows(page).first).to_contain_text(older(10_123))
    last = rows(page).last
    await page.wait_for_function(_SCROLL_DOWN_TO, arg=21)
    await expect(last).to_contain_text(older(123))
    await expect(last).to_have_attribute("aria-posinset", "21")
    await expect(last).to_have_attribute("aria-setsize", "21")

    await rows(page).nth(-2).get_by_role("button").focus()
    await page.keyboard.press("End")
    await expect(last.get_by_role("button")).to_be_focused()
    await page.keyboard.press("Home")
    await expect(rows(page).first.get_by_role("button")).to_be_focused()
    await expect(rows(page).first).to_have_attribute("aria-posinset", "1")
    assert not complaints


async def test_list_keeps_its_place_after_a_reload(
    page: Page, home: BrowserHome
) -> None:
    await page.goto(f"{home.url}/{PORCH}")
    await expect(rows(page).first).to_be_visible()
    await page.wait_for_function(_SCROLL_DOWN_TO, arg=_FAR)

    connection = {"entry_id": home.weather_entry}
    for title in (f"{WEATHER} on the roof", WEATHER):
        await home.socket.command("config_entries/update", **connection, title=title)
        await home.socket.act("homeassistant.reload_config_entry", **connection)
        await expect(
            page.get_by_role("option", name=re.compile(rf"^{title} \("))
        ).to_have_count(1)
        place = await rows(page).last.get_attribute("aria-posinset")
        assert int(place or 0) >= _FAR


async def test_home_assistant_alone_reports_a_lost_connection(
    page: Page, home: BrowserHome
) -> None:
    await page.goto(f"{home.url}/{PORCH}")
    await expect(rows(page).first).to_be_visible()
    failure, shown = await page.evaluate(_LOSE_CONNECTION)
    assert failure is None
    assert shown
    await expect(rows(page).first).to_be_visible()


async def test_search_finds_deliveries(page: Page, home: BrowserHome) -> None:
    await page.goto(f"{home.url}/{PORCH}")
    card = page.locator("event-relay-card")
    search = card.get_by_role("searchbox", name="Search")
    await search.fill("wind 4321")
    await expect(rows(page)).to_have_count(1)
    await expect(rows(page)).to_contain_text(older(4321))

    await card.get_by_label("Time").select_option("hour")
    await expect(card.get_by_text("No matching deliveries")).to_be_visible()
    await press(page, "Show all")
    await expect(search).to_have_value("")
    await card.get_by_label("State").select_option("failed")
    await expect(rows(page).filter(has_text=UNKNOWN)).to_be_visible()
    await expect(card.get_by_role("option", name=_COUNTED)).to_have_count(1)


async def test_search_continues_until_something_is_found(
    page: Page, home: BrowserHome
) -> None:
    await page.goto(f"{home.url}/{PORCH}")
    await expect(rows(page).first).to_be_visible()
    search = page.locator("event-relay-card").get_by_role("searchbox")
    await search.fill(GIVEN_UP_ID)
    await expect(rows(page)).to_have_count(1)
    await expect(rows(page)).to_contain_text("Discarded")
    await search.fill(f"{GIVEN_UP_ID} nowhere")
    await expect(page.get_by_text("No matching deliveries")).to_be_visible()


async def test_screen_reader_reads_rows_as_separate_words(
    page: Page, home: BrowserHome
) -> None:
    await page.goto(f"{home.url}/{PORCH}")
    await page.locator("event-relay-card").get_by_role("searchbox").fill("wind 4321")
    await expect(rows(page)).to_have_count(1)
    said = ("info: Gust of wind 4321", "Delivered", "Create custom event", WEATHER)
    await expect(rows(page).get_by_role("button")).to_have_accessible_name(
        re.compile(rf"^{r' ?, '.join(map(re.escape, said))} ?, .*\d")
    )


async def test_link_leads_to_a_delivery_with_unknown_outcome(
    page: Page, home: BrowserHome
) -> None:
    await page.goto(f"{home.url}/{PORCH}/0?{PARAMETER}={UNKNOWN_ID}")
    await expect(rows(page)).to_have_count(1)
    row = rows(page).filter(has_text=UNKNOWN)
    await expect(row).to_contain_text("outcome unknown")
    await expect(row).to_contain_text("it may have reached")
    for choice in ("Retry", "Mark as delivered", "Discard"):
        await expect(row.get_by_role("button", name=choice)).to_be_visible()
    activity = row.get_by_role("link", name="Activity")
    await expect(activity).to_have_attribute("href", _ACTIVITY)
    await press(page, "Actions for the deliveries shown")
    await see_no_barrier(page.locator("event-relay-card"))

    await page.evaluate(_WATCH_COPYING)
    await press(page, "Copy Delivery ID")
    await expect(page.get_by_text("Delivery ID copied.")).to_be_visible()
    assert await page.evaluate("window.copied") == UNKNOWN_ID

    await press(page, "Mark as delivered")
    await expect(page.get_by_text("Have you seen it in the other")).to_be_visible()
    await press(page, "Mark as delivered")
    await expect(page.get_by_text("Marked as delivered.")).to_be_visible()
    await expect(row).to_contain_text("Delivered")


async def test_discarded_delivery_needs_no_decision(
    page: Page, home: BrowserHome
) -> None:
    await page.goto(f"{home.url}/{PORCH}/0?{PARAMETER}={GIVEN_UP_ID}")
    row = rows(page).first
    await expect(row).to_contain_text(GIVEN_UP_ID)
    await expect(row).to_contain_text("Discarded")
    await expect(row).not_to_contain_text("it may have reached")


async def test_link_to_a_rule_shows_only_its_deliveries(
    page: Page, home: BrowserHome
) -> None:
    await page.goto(f"{home.url}/{PORCH}/0?{RULE_PARAMETER}=another")
    await expect(page.get_by_text("No matching deliveries")).to_be_visible()
    await press(page, "Show all")
    await expect(rows(page).first).to_be_visible()


async def test_shown_deliveries_are_saved_and_retried(
    page: Page, home: BrowserHome
) -> None:
    refusal = respond(400, _REFUSED, method="POST", times=2)
    home.weather.add_faults(refusal)
    for title in ("=1+1", "Sleet"):
        await home.socket.act(
            "event_relay.create_custom_event",
            config_entry_id=home.weather_entry,
            status="warning",
            title=title,
            message="What is shown",
            wait=0,
        )
    await page.goto(f"{home.url}/{PORCH}")
    card = page.locator("event-relay-card")
    # The search waits for a pause in typing, and closes open rows when it begins.
    await card.get_by_role("searchbox").fill("no such status")
    await expect(rows(page)).to_have_count(2)
    await card.get_by_label("State").select_option("failed")
    for title in ("=1+1", "Sleet"):
        await expect(rows(page).filter(has_text=title)).to_be_visible()

    await press(page, "Actions for the deliveries shown")
    async with page.expect_download() as saving:
        await press(page, "Export as CSV")
    content = (await (await saving.value).path()).read_text("utf-8-sig")
    table = [*csv.DictReader(io.StringIO(content))]
    assert {line["state"] for line in table} == {"failed"}
    assert "No such status" in table[0]["reason"]
    assert not [
        value for line in table for value in line.values() if value.startswith("=")
    ]

    async with page.expect_download() as saving:
        await press(page, "Export as JSON")
    saved = json.loads((await (await saving.value).path()).read_text())
    assert [one["delivery_id"] for one in saved] == [
        line["delivery_id"] for line in table
    ]

    await press(page, "Retry")
    await expect(
        page.get_by_text("Failed or expired deliveries to retry: ")
    ).to_be_visible()
    await press(page, "Retry")
    await expect(page.get_by_text(re.compile(r"^Done: \d+\.$"))).to_be_visible()
    await expect(card.get_by_text("No matching deliveries")).to_be_visible()


async def accept_paused(home: BrowserHome, label: str) -> None:
    """Pause Frigate's connection, and have it accept a camera event."""
    await home.socket.act("switch.turn_off", entity_id=SWITCH)
    await home.socket.act(
        "event_relay.create_camera_event",
        config_entry_id=home.frigate_entry,
        camera="garden",
        label=label,
        wait=0,
    )


async def test_delivery_of_a_paused_connection_says_so(
    page: Page, home: BrowserHome
) -> None:
    await page.goto(f"{home.url}/{PORCH}")
    await accept_paused(home, "while_paused")
    row = rows(page).filter(has_text="while_paused").first
    await expect(row).to_contain_text("Paused")
    await expect(row).to_contain_text('the switch "Delivery" is off')
    await row.get_by_role("button").first.click()
    await expect(row).to_contain_text('the switch "Delivery" is off, since')
    await expect(row).not_to_contain_text("Next attempt")
    await see_no_barrier(page.locator("event-relay-card"))

    await home.socket.act("switch.turn_on", entity_id=SWITCH)
    await expect(row).to_contain_text("Delivered")
    await expect(row).not_to_contain_text("Paused")


async def test_delivery_of_a_paused_request_says_so(
    visit: BrowserContext, browser: Browser, home: BrowserHome
) -> None:
    await accept_paused(home, "request_paused")
    async with another_page(visit, browser) as page:
        await page.route_web_socket(re.compile("/api/websocket"), pause_only_requests)
        await page.goto(f"{home.url}/{PORCH}")
        row = rows(page).filter(has_text="request_paused").first
        await expect(row).to_contain_text("Paused")
        await expect(row).to_contain_text("it was rejected")
        await row.get_by_role("button").first.click()
        await expect(row).to_contain_text("Expires")
        await expect(row).not_to_contain_text("Next attempt")
    await home.socket.act("switch.turn_on", entity_id=SWITCH)


async def test_error_is_in_the_language_of_the_user(
    visit: BrowserContext, browser: Browser, home: BrowserHome
) -> None:
    await accept_paused(home, "not_discarded")
    async with another_page(visit, browser) as page:
        await page.add_init_script(
            "localStorage.setItem('selectedLanguage', JSON.stringify('de'))"
        )
        await page.route_web_socket(re.compile("/api/websocket"), refuse_discarding)
        await page.goto(f"{home.url}/{PORCH}")
        row = rows(page).filter(has_text="not_discarded").first
        await row.get_by_role("button").first.click()
        for _ in range(2):
            await row.get_by_role("button", name="Verwerfen").click()
        status = page.locator("event-relay-card").get_by_role("status")
        await expect(status).to_have_text(_CHANGED_IN_GERMAN)
    await home.socket.act("switch.turn_on", entity_id=SWITCH)


async def test_automation_of_a_delivery_is_named(page: Page, home: BrowserHome) -> None:
    await home.socket.act("automation.trigger", entity_id=AUTOMATION)
    await page.goto(f"{home.url}/{PORCH}")
    row = rows(page).filter(has_text="by_automation").first
    await row.get_by_role("button").first.click()
    await expect(row).to_contain_text("Night watch")
    await row.get_by_role("link", name="Show trace").click()
    await page.wait_for_url("**/config/automation/trace/night_watch?run_id=*")


async def test_card_fits_themes_and_a_phone(
    page: Page, home: BrowserHome, album: Album
) -> None:
    await something_of_each(home)
    await page.set_viewport_size({"width": 560, "height": 640})
    await page.goto(f"{home.url}/{PORCH}")
    for state in ("Delivered", "Failed", "Pending"):
        await expect(rows(page).filter(has_text=state).first).to_be_visible()
    card = page.locator("event-relay-card")
    await see_colours(card, *_DAY)
    await album.keep("card", page, card)

    await page.emulate_media(color_scheme="dark")
    await see_colours(card, *_NIGHT)
    await album.keep("card-dark", page, card)
    await see_no_barrier(card)

    await page.emulate_media(color_scheme="light")
    await see_colours(card, *_DAY)
    await page.set_viewport_size({"width": _PHONE, "height": 844})
    await album.keep("card-phone", page, card)
    assert await page.evaluate("document.documentElement.scrollWidth") == _PHONE
    # In one call: the list may change between two.
    buttons = await card.get_by_role("button").evaluate_all(_SIDES)
    assert buttons
    for left, right in buttons:
        assert 0 <= left < right <= _PHONE


async def something_of_each(home: BrowserHome) -> None:
    """Create a delivered, a rejected and a waiting delivery."""
    for fault in (
        respond(400, _REFUSED, method="POST"),
        respond(503, method="POST", retry_after="900"),
    ):
        home.weather.add_faults(fault)
    for title in ("Storm", "Hail"):
        await home.socket.act(
            "event_relay.create_custom_event",
            config_entry_id=home.weather_entry,
            status="warning",
            title=title,
            wait=0,
        )
    await home.socket.act(
        "event_relay.create_camera_event",
        config_entry_id=home.frigate_entry,
        camera="garden",
        label="fence_down",
    )


async def see_colours(card: Locator, behind: str, text: str) -> None:
    """Check that the card has changed its colours with the rest of the page."""
    surface = card.locator("ha-card")
    await expect(surface).to_have_css("background-color", behind)
    await expect(surface).to_have_css("color", text)
