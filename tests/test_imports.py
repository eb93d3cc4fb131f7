"""Tests that only used modules are imported, and none in the event loop."""

from functools import cache
import json
import subprocess
import sys
from typing import Any

import pytest

from .home import connection_entry

PACKAGE = "custom_components.event_relay"
MOST = 237
"""Modules that a set-up of one Frigate connection may import: what sends, the entities,
and what Home Assistant imports with every integration, such as its forms."""
OTHERS = ("aipix", "guance", "palabra", "http")


@cache
def _imported() -> dict[str, Any]:
    """Return the modules imported by a new process with a Frigate connection.

    It then calls an action of Guance, and opens the form of Palabra. That takes a few
    seconds, which the tests share.
    """
    data = json.dumps({**connection_entry("http://127.0.0.1:9").data})
    done = subprocess.run(  # noqa: S603 - of ours
        [sys.executable, "-m", "tests.set_up_imports", data],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    imported: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return imported


def _below(name: str, modules: list[str]) -> list[str]:
    return [module for module in modules if module.startswith(f"{PACKAGE}.{name}.")]


@pytest.mark.parametrize("backend", OTHERS)
def test_unused_backend_is_not_imported(backend: str) -> None:
    assert not _below(f"backends.{backend}", _imported()["set_up"])


def test_set_up_imports_few_modules() -> None:
    set_up = _imported()["set_up"]
    assert _below("backends.frigate", set_up)
    assert len(set_up) <= MOST, f"{len(set_up)} modules: {set_up}"


@pytest.mark.parametrize("backend", ["guance", "palabra"])
def test_backend_is_imported_when_needed(backend: str) -> None:
    assert _below(f"backends.{backend}", _imported()["all"])


def test_nothing_is_imported_in_the_event_loop() -> None:
    assert not _imported()["in_loop"]
