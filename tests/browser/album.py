"""The pictures of the documentation, taken where a test sees what they show."""

from pathlib import Path

from playwright.async_api import Locator, Page

NAMES = (
    "activity",
    "card",
    "card-dark",
    "card-phone",
    "connection-error",
    "doorbell",
    "repair",
    "rule-device",
    "rule-form",
)


class Album:
    """A folder of pictures."""

    def __init__(self, folder: Path) -> None:
        """Use a folder that is there."""
        self.folder = folder

    async def keep(self, name: str, page: Page, part: Locator | None = None) -> None:
        """Take a picture of a page, or of a part of it, and keep it by its name."""
        assert name in NAMES
        await page.mouse.move(0, 0)
        await (part or page).screenshot(
            path=self.folder / f"{name}.png", animations="disabled", caret="hide"
        )
