"""Tests that add connections by clicking: first an error, then its correction."""

import re

from playwright.async_api import Page, expect
import pytest

from tools.simulators.aipix import AipixSimulator
from tools.simulators.frigate import FrigateSimulator
from tools.simulators.guance import GuanceSimulator
from tools.simulators.http import HttpSimulator
from tools.simulators.palabra import PalabraSimulator

from .album import Album
from .barriers import see_no_barrier, see_no_barrier_in_forms
from .forms import choose, field, go, open_list, option, pick, press
from .home import BrowserHome

pytestmark = pytest.mark.asyncio(loop_scope="package")

_SEARCH = re.compile("Search (for a brand name|all brands and integrations)")
"""What the list of integrations says, in Home Assistant 2026.10 and 2026.11."""


async def begin(
    page: Page, home: BrowserHome, backend: str, album: Album | None = None
) -> None:
    """Press Add integration, Event Relay, and choose a backend."""
    await page.goto(f"{home.url}/config/integrations/dashboard")
    await press(page, "Add integration")
    await page.get_by_placeholder(_SEARCH).fill("Event Relay")
    await press(page, "Event Relay")
    if album:
        await option(page, backend).wait_for()
        await album.keep("add-integration", page, page.get_by_role("dialog"))
    await choose(page, backend)
    await page.get_by_role("button", name="Submit", exact=True).wait_for()
    await see_no_barrier(page.get_by_role("dialog"))


async def see_error(page: Page, text: str) -> None:
    """Submit, and read the error."""
    await press(page, "Submit")
    await expect(page.get_by_text(text)).to_be_visible()


async def see_added(
    page: Page,
    title: str,
    follows: str = "Start from scratch",
    reached: str = "Connected to ",
    album: Album | None = None,
) -> None:
    """Submit, and see that the new connection reaches its system.

    The form of its first rule or request follows, and is closed.
    """
    await press(page, "Submit")
    await expect(option(page, follows)).to_be_visible()
    await expect(page.get_by_text(re.compile(rf"^{reached}.*"))).to_be_visible()
    if album:
        await album.keep("rule-start", page, page.get_by_role("dialog"))
    await press(page, "Close")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await go(page, "/config/integrations/integration/event_relay")
    await page.get_by_role("button", name=re.compile(rf"^{re.escape(title)} ")).click()
    connected = page.get_by_text(re.compile(r"^\s*Connected(?! devices)"))
    await expect(connected).to_be_visible()


async def test_frigate(page: Page, home: BrowserHome, album: Album) -> None:
    async with FrigateSimulator(password="a good password") as frigate:
        await begin(page, home, "Frigate", album)
        await field(page, "Address").fill("http://frigate.local:5000")
        await album.keep("connect", page, page.get_by_role("dialog"))

        await field(page, "Address").fill("http://127.0.0.1:9")
        await see_error(page, "Nothing responds at this address.")
        await album.keep("connection-error", page, page.get_by_role("dialog"))

        await field(page, "Address").fill(frigate.url)
        await see_error(page, "This address requires a login.")

        await field(page, "Username").fill(frigate.settings.user)
        await field(page, "Password").fill(frigate.settings.password or "")
        await see_added(page, "Frigate (127.0.0.1)", album=album)
        await see_no_barrier_in_forms(page, "Frigate (127.0.0.1)")


async def test_guance(page: Page, home: BrowserHome) -> None:
    async with GuanceSimulator(name="Night shift", workspace="wksp_night") as guance:
        await begin(page, home, "Guance / TrueWatch")
        await open_list(page, "Site")
        await pick(page, "Add custom item", typed=guance.url)
        await field(page, "API key (Key ID)").fill(guance.settings.secret)
        await see_error(page, "Enter the Key ID, not the secret key")

        await field(page, "API key (Key ID)").fill(guance.settings.api_key)
        await see_added(page, "Night shift")
        await see_no_barrier_in_forms(page, "Night shift")


async def test_aipix(page: Page, home: BrowserHome) -> None:
    async with AipixSimulator() as aipix:
        await begin(page, home, "aipix")
        await field(page, "Address").fill(aipix.url)
        await field(page, "Username").fill(aipix.settings.user)
        await field(page, "Password").fill("a wrong password")
        await see_error(page, "The username or password is wrong.")

        await field(page, "Password").fill(aipix.settings.password)
        await see_added(page, "aipix (127.0.0.1)")
        await see_no_barrier_in_forms(page, "aipix (127.0.0.1)", script_mirror="")


async def test_palabra(page: Page, home: BrowserHome) -> None:
    async with PalabraSimulator() as palabra:
        await begin(page, home, "Palabra")
        await field(page, "Address").fill(palabra.url)
        await see_error(page, "Enter an API key, or a ClientID")

        await field(page, "API key").fill(palabra.settings.api_key)
        await see_added(page, "Palabra")
        await see_no_barrier_in_forms(page, "Palabra", calendar_mirror="")


async def test_new_connection_is_followed_by_a_mirror(
    page: Page, home: BrowserHome
) -> None:
    async with PalabraSimulator() as palabra:
        palabra.expire_logins()  # a key of its own, as each account has
        await begin(page, home, "Palabra")
        await field(page, "Address").fill(palabra.url)
        await field(page, "API key").fill(palabra.settings.api_key)
        await press(page, "Submit")
        await choose(page, "No rule, but a calendar mirror")
        ahead = page.get_by_role("spinbutton", name="Days ahead")
        await expect(ahead).to_be_visible()
        await press(page, "Close")


async def test_http(page: Page, home: BrowserHome) -> None:
    async with HttpSimulator() as target:
        await begin(page, home, "HTTP API")
        await field(page, "Address").fill(f"{target.origin}/a/path")
        await see_error(page, "Remove the path.")

        # The fields under More options keep their defaults.
        await field(page, "Address").fill(target.origin)
        await field(page, "Name").fill("Doorbell light")
        await see_added(page, "Doorbell light", "Webhook", "The server at 127.0.0.1:")
        await see_no_barrier_in_forms(page, "Doorbell light", request="advanced")
