"""Tests of the differences between two sides."""

import pytest

from tools.compare.differences import Difference, differences
from tools.simulators.wire import Json


@pytest.mark.parametrize(
    ("fact", "live", "simulated", "differs"),
    [
        ("end_time", 4, 5, False),
        ("end_time", 4, 9, True),
        ("end_time", None, 5, True),
        ("score", 4, 5, True),
    ],
)
def test_times_may_differ_a_little(
    fact: str, live: Json, simulated: Json, differs: bool
) -> None:
    found = differences({"end": {fact: live}}, {"end": {fact: simulated}})

    difference = Difference(step="end", fact=fact, live=live, simulated=simulated)
    assert found == ([difference] if differs else [])
