"""Checks that every picture is used, described in words, and small."""

import re

import pytest

from tests.browser.album import DOCUMENTED, NAMES, measure, pictures
from tests.checks.files import ROOT

MOST_BYTES = 150_000
SHOWN = re.compile(r"!\[([^\]]+)\]\(images/([\w-]+)\.png\)")


def alternatives() -> dict[str, str]:
    """Return the descriptions of pictures on the pages."""
    pages = (ROOT / "docs").glob("*.md")
    return {
        name: words for page in pages for words, name in SHOWN.findall(page.read_text())
    }


def test_every_picture_is_used() -> None:
    assert pictures(DOCUMENTED).keys() == alternatives().keys() == NAMES


@pytest.mark.parametrize("name", sorted(NAMES))
def test_picture_is_small_and_described(name: str) -> None:
    picture = DOCUMENTED / f"{name}.png"
    width, _ = measure(picture)
    assert picture.stat().st_size <= MOST_BYTES
    assert width <= 900
    assert len(alternatives()[name].split()) >= 4
