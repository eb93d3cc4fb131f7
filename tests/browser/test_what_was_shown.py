"""Tests that the screenshots of the other tests match those of the documentation."""

from pathlib import Path

import pytest

from .album import DOCUMENTED, NAMES, Album, measure, pictures

_FONTS = 0.2
"""Tolerated difference in height on a machine with other fonts."""


def test_screenshots_match_the_documentation(
    album: Album, request: pytest.FixtureRequest
) -> None:
    run = {item.path for item in request.session.items}
    if not run >= set(Path(__file__).parent.glob("test_*.py")):
        pytest.skip("the tests that take the pictures are not all run")

    taken = pictures(album.folder)
    documented = pictures(DOCUMENTED)
    assert taken.keys() == documented.keys() == NAMES
    for name, picture in taken.items():
        width, height = measure(picture)
        known_width, known_height = measure(documented[name])
        assert width == known_width, name
        assert height == pytest.approx(known_height, rel=_FONTS), name
