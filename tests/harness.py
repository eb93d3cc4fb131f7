"""What the harness does for every test, done in less time.

Nothing of it is left out; where it costs more than many a test, it is done another way.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
import gc
import logging
import sys
from types import ModuleType
from typing import Any
from unittest.mock import patch

from pytest_homeassistant_custom_component import common, patch_time


def spare_searches() -> None:
    """Let neither every test nor every freezer look through all there is.

    Before each test the harness looks for a database driver that is not here. Whenever
    time is frozen, freezegun asks each of some 3,000 modules whether it is as it was
    when it was searched for clocks: by their number its names tell it quickly.
    """
    sys.modules.setdefault("MySQLdb", None)  # type: ignore[arg-type]
    patch_time.ha_get_module_attributes_hash = _looks


def spare_collections() -> None:
    """Look for garbage less often; the harness does so before each file of tests."""
    gc.set_threshold(50_000, 20)


def log_once() -> None:
    """Write down no log beside what pytest keeps of it and shows where a test fails."""
    root = logging.getLogger()
    for handler in root.handlers:
        if type(handler) is logging.StreamHandler:
            root.removeHandler(handler)


def _looks(module: ModuleType) -> str:
    """Return what changes whenever a module gets another name."""
    return f"{id(module)}-{len(getattr(module, '__dict__', ()))}"


@contextmanager
def storage_in_memory() -> Iterator[dict[str, Any]]:
    """Keep what Home Assistant stores in memory, as the harness does.

    It puts three mocks in place that look like what they stand for, which takes longer
    than a Home Assistant takes to start. Functions do.
    """
    with ExitStack() as stack:
        with patch.object(common, "patch", _with_a_function):
            stored = stack.enter_context(common.mock_storage())
        yield stored


def _with_a_function(target: str, *, side_effect: object, autospec: bool) -> Any:  # noqa: ANN401 - as patch has it
    """Put what a mock would call in the place of the mock."""
    return patch(target, side_effect)
