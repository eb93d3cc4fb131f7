"""One home, one browser, one login and one tab for all tests here."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
import os
from pathlib import Path

from playwright.async_api import (
    Browser,
    BrowserContext,
    Page,
    ViewportSize,
    async_playwright,
    expect,
)
import pytest
import pytest_asyncio
import pytest_socket

from tests.checks.files import ROOT
from tools.demo.screen import say

from .album import Album
from .home import USER, BrowserHome, running_home

_CHROMIUM = ROOT / ".toolchain" / "chromium"
_ARGUMENTS = (
    "--no-sandbox",  # a build may run as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A page lives for seconds, so the time to optimise its code is lost.
    "--js-flags=--no-opt --no-maglev --no-sparkplug",
)
_WINDOW: ViewportSize = {"width": 860, "height": 1000}
"""Too narrow for the sidebar, so that pictures show only the subject."""
_PLAIN_BACKDROP = """
const style = new CSSStyleSheet();
style.replaceSync("html { --ha-dialog-scrim-backdrop-filter: none !important; }");
document.adoptedStyleSheets.push(style);
"""
"""Does not darken the page behind a dialog: without a graphics processor, the filter
takes ten times as long as the rest of a frame."""
_PATIENCE = 60_000
"""Timeout of any step on a page in milliseconds: two shared cores may be slow."""

in_package = pytest_asyncio.fixture(scope="package", loop_scope="package")
in_test = pytest_asyncio.fixture(loop_scope="package")


@pytest.fixture(autouse=True)
def sockets(socket_enabled: None) -> None:
    """Let every test here connect to servers on this machine."""


@in_package
async def home() -> AsyncIterator[BrowserHome]:
    """Run a home."""
    pytest_socket.enable_socket()
    # One thread from the start: a later one would count as left behind by a test.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    async with running_home() as home:
        yield home


@in_package
async def browser() -> AsyncIterator[Browser]:
    """Run the browser that `script/bootstrap --browser` has found."""
    expect.set_options(timeout=_PATIENCE)
    if not _CHROMIUM.exists():
        pytest.fail("there is no browser: run script/bootstrap --browser")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=_CHROMIUM.read_text(), args=_ARGUMENTS
        )
        yield browser
        await browser.close()


@in_package
async def visit(home: BrowserHome, browser: Browser) -> AsyncIterator[BrowserContext]:
    """Log in as a person does, and stay logged in."""
    async with await browser.new_context(
        viewport=_WINDOW,
        timezone_id="Europe/Amsterdam",
        reduced_motion="reduce",  # animations are drawn sixty times a second
    ) as visit:
        visit.set_default_timeout(_PATIENCE)
        await visit.add_init_script(_PLAIN_BACKDROP)
        page = await visit.new_page()
        await page.goto(home.url)
        await page.get_by_role("textbox", name="Username").fill(USER.name)
        await page.get_by_role("textbox", name="Password").fill(USER.password)
        await page.get_by_role("button", name="Log in").click()
        await page.get_by_role("button", name="Sidebar toggle").wait_for()
        yield visit


@in_test
async def page(
    visit: BrowserContext, request: pytest.FixtureRequest
) -> AsyncIterator[Page]:
    """Lend the tab to a test; if the test fails, print its content and close it.

    It keeps the compiled frontend. A new tab would request and compile all 117 files
    anew, which takes two thirds of the processor time of a page.
    """
    failed = request.session.testsfailed
    page = visit.pages[0] if visit.pages else await visit.new_page()
    await page.set_viewport_size(_WINDOW)
    yield page
    if request.session.testsfailed > failed:
        say(page.url)
        say(await page.locator("body").aria_snapshot())
        await page.close()
    else:
        # A dialog that closes goes back in the history, which would undo what follows.
        await page.wait_for_function("!history.state?.dialog")
        await page.goto("about:blank")  # nothing of the test goes on


@pytest.fixture(scope="package")
def album(tmp_path_factory: pytest.TempPathFactory) -> Album:
    """Save pictures, among the documents if they are being renewed."""
    renewed = os.environ.get("SCREENSHOTS")
    return Album(Path(renewed) if renewed else tmp_path_factory.mktemp("images"))
