"""Tests of the order of the tests and their distribution."""

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from xdist.workermanage import WorkerController

from .scheduling import APART, BROWSER, WAITING, SpreadByFile

ROOT = Path(__file__).parents[1]
TESTS = [
    f"{BROWSER}test_card.py::test_one",
    f"{BROWSER}test_rule.py::test_two",
    "tests/test_torture.py::test_one",
    "tests/test_torture.py::test_two",
    *(f"tests/test_large.py::test_{number}" for number in range(5)),
    "tests/test_small.py::test_one",
]


class Process:
    """A process that runs tests, and records them."""

    shutting_down = False

    def __init__(self) -> None:
        """Begin without tests."""
        self.gateway = SimpleNamespace(id="a process")
        self.given: list[str] = []

    def send_runtest_some(self, indices: list[int]) -> None:
        """Record tests."""
        self.given += (TESTS[index] for index in indices)

    def shutdown(self) -> None:
        """Accept no more tests."""
        self.shutting_down = True


@pytest.mark.parametrize("start", [*WAITING, *APART])
def test_files_that_start_first_exist(start: str) -> None:
    assert (ROOT / start).exists()


def test_only_the_smallest_file_waits_behind_a_long_one(
    pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pytestconfig.option, "tx", ["3*popen"])
    monkeypatch.setattr(pytestconfig.option, "loadscopereorder", False, raising=False)
    scheduler = SpreadByFile(pytestconfig)
    processes = Process(), Process(), Process()
    for process in processes:
        scheduler.add_node(cast("WorkerController", process))
        scheduler.add_node_collection(cast("WorkerController", process), TESTS)

    scheduler.schedule()

    browser, torture, other_torture = processes
    assert browser.given == [*TESTS[:2], TESTS[-1]]
    assert torture.given == [TESTS[2], *TESTS[4:-1]]
    assert other_torture.given == [TESTS[3]]
