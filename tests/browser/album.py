"""The pictures of the documentation, taken during the tests of what they show."""

from pathlib import Path
import struct

from playwright.async_api import Locator, Page

from tests.checks.files import ROOT

DOCUMENTED = ROOT / "docs" / "images"
NAMES = {
    "activity",
    "add-integration",
    "card",
    "card-dark",
    "card-phone",
    "connect",
    "connection-error",
    "doorbell",
    "repair",
    "rule-device",
    "rule-form",
    "rule-start",
    "rule-when",
    "statistics",
}
_HEADER = struct.Struct(">8s4x4sII")
"""The head of a PNG: its signature, and a chunk with its width and its height."""


class Album:
    """A folder of pictures."""

    def __init__(self, folder: Path) -> None:
        """Take an existing folder."""
        self.folder = folder

    async def keep(self, name: str, page: Page, part: Locator | None = None) -> None:
        """Take a picture of a page, or of a part of it, and save it under its name."""
        assert name in NAMES
        await page.mouse.move(0, 0)
        await (part or page).screenshot(
            path=self.folder / f"{name}.png", animations="disabled", caret="hide"
        )


def pictures(folder: Path) -> dict[str, Path]:
    """Return the pictures in a folder by name."""
    return {picture.stem: picture for picture in folder.glob("*.png")}


def measure(picture: Path) -> tuple[int, int]:
    """Return the width and the height of a picture in pixels."""
    with picture.open("rb") as content:
        signature, chunk, width, height = _HEADER.unpack(content.read(_HEADER.size))
    assert (signature, chunk) == (b"\x89PNG\r\n\x1a\n", b"IHDR")
    return width, height
