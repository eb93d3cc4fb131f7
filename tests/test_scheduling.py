"""The order of the tests names what there is."""

from pathlib import Path

import pytest

from .scheduling import WAITING

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("start", WAITING)
def test_what_starts_first_is_there(start: str) -> None:
    assert (ROOT / start).exists()
