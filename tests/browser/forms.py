"""Fill in the forms of Home Assistant as a person does."""

import re

from playwright.async_api import Locator, Page, expect


def field(page: Page, label: str) -> Locator:
    """Return a text field by its label, which has a star if it is required."""
    return page.get_by_role("textbox", name=re.compile(rf"^{re.escape(label)}\*?$"))


async def press(page: Page, name: str) -> None:
    """Press the button with exactly this name."""
    await page.get_by_role("button", name=name, exact=True).click()


async def go(page: Page, path: str) -> None:
    """Go to another page of Home Assistant as its own links do, without a new start."""
    await page.evaluate(
        """(path) => {
          history.pushState(null, "", path);
          window.dispatchEvent(
            new CustomEvent("location-changed", { detail: { replace: false } }),
          );
        }""",
        path,
    )


def item_of(text: Locator) -> Locator:
    """Return the item of a list by its text, which is slotted into it.

    Since Home Assistant 2026.11 a click reaches the item only.
    """
    return text.locator("xpath=..")


def option(page: Page, part: str) -> Locator:
    """Return one of the options of a form by a part of its text."""
    return page.get_by_role("radio", name=part)


async def choose(page: Page, part: str, submit: str = "Next") -> None:
    """Choose one of the options of a form, and submit it."""
    await option(page, part).click()
    await press(page, submit)


async def open_list(page: Page, label: str) -> None:
    """Open a list without a chosen item; its button shows the label alone."""
    whole = re.compile(rf"^{re.escape(label)} ?\*?$")
    await page.get_by_label(whole).first.click()


async def pick(page: Page, item: str, *, typed: str = "") -> None:
    """Pick an item of the open list, and wait until the form has it."""
    search = page.get_by_placeholder("Search |")
    await search.fill(typed)
    await page.get_by_text(item, exact=True).click()
    # Until it has closed, the form forgets other input.
    await expect(search).to_be_hidden()
