"""Every picture is shown on a page, in words too, and is quick to load."""

import re

import pytest

from tests.browser.album import DOCUMENTED, NAMES, measure, pictures
from tests.checks.files import ROOT

MOST_BYTES = 150_000
SHOWN = re.compile(r"!\[([^\]]+)\]\(images/([\w-]+)\.png\)")


def alternatives() -> dict[str, str]:
    """Return in which words the pages tell what a picture shows."""
    pages = (ROOT / "docs").glob("*.md")
    return {
        name: words for page in pages for words, name in SHOWN.findall(page.read_text())
    }


def test_pictures_are_those_that_are_shown() -> None:
    assert pictures(DOCUMENTED).keys() == alternatives().keys() == NAMES


@pytest.mark.parametrize("name", sorted(NAMES))
def test_picture_is_small_and_told_in_words(name: str) -> None:
    picture = DOCUMENTED / f"{name}.png"
    width, _ = measure(picture)
    assert picture.stat().st_size <= MOST_BYTES
    assert width <= 900
    assert len(alternatives()[name].split()) >= 4
