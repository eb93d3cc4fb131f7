"""Tests of the command line of the simulated HTTP API."""

import pytest

from tools.simulators import __main__ as command
from tools.simulators.http import HttpSettings, HttpSimulator


def made(*words: str) -> HttpSettings:
    """Return the settings from a command line."""
    arguments = command._parser().parse_args(["http", *words])
    simulator = command.made(arguments)
    assert isinstance(simulator, HttpSimulator)
    return simulator.settings


def test_options_are_settings() -> None:
    assert made() == HttpSettings()
    assert made(
        *("--token", "t", "--lag", "2", "--takes", "3", "--rate-limit", "4"),
        *("--refuse", "/a=401", "--refuse", "/b=c=410"),
    ) == HttpSettings(
        token="t", lag=2, takes=3, rate_limit=4, refused={"/a": 401, "/b=c": 410}
    )


def test_invalid_status_is_refused() -> None:
    with pytest.raises(ValueError, match="many"):
        made("--refuse", "/a=many")
