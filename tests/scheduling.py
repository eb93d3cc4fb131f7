"""The order of the tests, and their distribution over processes."""

from pathlib import Path
from typing import override

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

BROWSER = "tests/browser/"
WAITING = (
    BROWSER,
    "tests/test_torture.py",
    "tests/test_bench.py",
    "tests/test_demo.py",
    "tests/fleet/test_pictures.py",
    "tests/queue/test_damage.py",
    "tests/queue/test_outage.py",
    "tests/queue/test_promise.py",
)
"""The longest tests, which start first so that nothing waits for them at the end."""
APART = ("tests/test_torture.py", "tests/test_bench.py")
"""Files with long tests that share nothing and mostly wait."""


class SpreadByFile(LoadFileScheduling):
    """Gives each process one file, or one test of a file whose tests run apart.

    All browser tests go to one process: they share a home and a browser.
    """

    @override
    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(BROWSER):
            return BROWSER
        return nodeid if nodeid.startswith(APART) else super()._split_scope(nodeid)

    @override
    def _assign_work_unit(self, node: WorkerController) -> None:
        """Put only the smallest file behind one that takes long.

        A process gets its next file while it runs its last tests.
        """
        for scope, done in self.assigned_work[node].items():
            if scope.startswith(WAITING) and not all(done.values()):
                smallest = next(reversed(self.workqueue))
                self.workqueue.move_to_end(smallest, last=False)
                break
        super()._assign_work_unit(node)


def longest_first(items: list[pytest.Item], root: Path) -> None:
    """Put the longest files first, then those with the most tests."""
    numbers: dict[Path, int] = {}
    for item in items:
        numbers[item.path] = numbers.get(item.path, 0) + 1

    def rank(item: pytest.Item) -> tuple[int, int]:
        name = item.path.relative_to(root).as_posix()
        for place, start in enumerate(WAITING):
            if name.startswith(start):
                return place, 0
        return len(WAITING), -numbers[item.path]

    items.sort(key=rank)


def spread(config: pytest.Config, log: Producer) -> SpreadByFile | None:
    """Return the scheduler, if tests are distributed by file."""
    if config.getoption("dist") != "loadfile":
        return None
    # It would put the files with the most tests first.
    config.option.loadscopereorder = False
    return SpreadByFile(config, log)
