"""Faster replacements for work that the harness does for every test."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
import gc
import logging
import sys
from types import ModuleType
from typing import Any
from unittest.mock import patch

from pytest_homeassistant_custom_component import common, patch_time


def skip_searches() -> None:
    """Spare every test and every freezer their searches.

    Before each test the harness looks for a database driver that is not installed.
    Whenever time is frozen, freezegun checks each of some 3,000 modules for changes
    since it was searched for clocks: the number of its names shows that quickly.
    """
    sys.modules.setdefault("MySQLdb", None)  # type: ignore[arg-type]
    patch_time.ha_get_module_attributes_hash = _module_names


def reduce_collections() -> None:
    """Collect garbage less often; the harness does so before each file of tests."""
    gc.set_threshold(50_000, 20)


def log_once() -> None:
    """Write no log beside the one that pytest keeps and shows for a failed test."""
    root = logging.getLogger()
    for handler in root.handlers:
        if type(handler) is logging.StreamHandler:
            root.removeHandler(handler)


def _module_names(module: ModuleType) -> str:
    """Return a value that changes whenever a module gets another name."""
    return f"{id(module)}-{len(getattr(module, '__dict__', ()))}"


@contextmanager
def storage_in_memory() -> Iterator[dict[str, Any]]:
    """Keep Home Assistant's storage in memory, as the harness does.

    The harness uses three autospec mocks, which take longer than a start of Home
    Assistant. Functions do not.
    """
    with ExitStack() as stack:
        with patch.object(common, "patch", _with_a_function):
            stored = stack.enter_context(common.mock_storage())
        yield stored


def _with_a_function(target: str, *, side_effect: object, autospec: bool) -> Any:  # noqa: ANN401 - as patch has it
    """Replace a mock by the function that it would call."""
    return patch(target, side_effect)
