"""Tests of the documented alerts with promtool."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
import re
import subprocess
from typing import Any

from homeassistant.util.yaml import dump, parse_yaml
import pytest

from .checks.files import ROOT

_PAGE = ROOT / "docs" / "fleet.md"
_PROMTOOL = ROOT / ".toolchain" / "promtool"
_HOMES = 20
_AWAY = 'homeassistant_binary_sensor_state{entity="binary_sensor.guance"'
_PENDING = 'homeassistant_sensor_state{entity="sensor.guance_pending_deliveries"'
_FAILED = 'homeassistant_sensor_state{entity="sensor.guance_failed_deliveries"'
_OLDEST = (
    "homeassistant_sensor_timestamp_seconds"
    '{entity="sensor.guance_oldest_pending_delivery"'
)
_READABLE = 'homeassistant_entity_available{entity="sensor.guance_pending_deliveries"'
_UP = 'up{job="home_assistant"'


def series_of_homes(series: str, *values: str) -> dict[str, str]:
    """Return a series for each home; the last value is that of all others.

    The values are in promtool's format: one a minute, `0+2x9` counts up nine times.
    """
    return {
        f'{series},instance="home-{number}"}}': values[min(number, len(values)) - 1]
        for number in range(1, _HOMES + 1)
    }


@dataclass(frozen=True, kw_only=True)
class Case:
    """A series of measurements, and whether an alert fires after some time."""

    alert: str
    name: str
    series: Mapping[str, str]
    after: str
    fires: bool
    labels: Mapping[str, str] | None = None
    """The labels of an alert about a single home."""


def labels_of_one(series: str) -> dict[str, str]:
    """Return the labels of an alert about the first home."""
    named = dict(re.findall(r'(\w+)="([^"]*)"', series))
    return {**named, "instance": "home-1"}


def all_homes_case(name: str, after: str, *values: str, fires: bool) -> Case:
    """Return a case of what waits in all homes together."""
    return Case(
        alert="EventRelayNotDraining",
        name=name,
        series=series_of_homes(_PENDING, *values),
        after=after,
        fires=fires,
    )


def one_home_case(
    alert: str,
    name: str,
    series: str,
    after: str,
    value: str,
    *,
    fires: bool,
    rest: str,
) -> Case:
    """Return a case of one home; all others are well."""
    return Case(
        alert=alert,
        name=name,
        series=series_of_homes(series, value, rest),
        after=after,
        fires=fires,
        labels=labels_of_one(series),
    )


_QUIET = "0x300"
_SAWTOOTH = " ".join(["0+10x14", "150-10x14"] * 8)
_HOURLY = " ".join(["0x5 0+50x9 500-50x9 0x33"] * 5)
CASES = (
    all_homes_case("every home gathers", "90m", "0+1x300", fires=True),
    all_homes_case(
        "a tenth of the homes gather", "90m", *["0+2x300"] * 2, _QUIET, fires=True
    ),
    all_homes_case(
        "two wait for good", "45m", "0x30 1x270", "0x50 1x250", _QUIET, fires=False
    ),
    all_homes_case(
        "two wait for good, later",
        "75m",
        "0x30 1x270",
        "0x50 1x250",
        _QUIET,
        fires=False,
    ),
    all_homes_case("two came together", "55m", "0x30 2x270", _QUIET, fires=False),
    all_homes_case("a heap that stays", "65m", "0x30 1000x270", _QUIET, fires=False),
    all_homes_case(
        "a heap that is worked off", "70m", "0x9 900-10x90 0x200", _QUIET, fires=False
    ),
    all_homes_case(
        "one delivery more an hour",
        "250m",
        "0x59 1x59 2x59 3x59 4x59",
        _QUIET,
        fires=False,
    ),
    all_homes_case(
        "filled and emptied again and again", "125m", _SAWTOOTH, fires=False
    ),
    all_homes_case("a busy quarter in each hour", "200m", _HOURLY, fires=False),
    all_homes_case(
        "it has gathered, and is worked off",
        "150m",
        "0+1x60 60-1x59 0x200",
        fires=False,
    ),
    all_homes_case(
        "homes come that have a lot", "50m", *["_x29 200x270"] * 3, _QUIET, fires=False
    ),
    Case(
        alert="EventRelaySystemAway",
        name="a quarter of the homes",
        series=series_of_homes(_AWAY, *["1x9 0x90"] * 5, "1x100"),
        after="30m",
        fires=True,
    ),
    Case(
        alert="EventRelaySystemAway",
        name="a few homes",
        series=series_of_homes(_AWAY, *["1x9 0x90"] * 3, "1x100"),
        after="30m",
        fires=False,
    ),
    one_home_case(
        "EventRelayHomeAway",
        "for long",
        _AWAY,
        "50m",
        "1x9 0x90",
        fires=True,
        rest="1x100",
    ),
    one_home_case(
        "EventRelayHomeAway",
        "for a while",
        _AWAY,
        "50m",
        "1x9 0x20 1x70",
        fires=False,
        rest="1x100",
    ),
    one_home_case(
        "EventRelayLate",
        "for two hours",
        _OLDEST,
        "120m",
        "0x200",
        fires=True,
        rest="_x200",
    ),
    one_home_case(
        "EventRelayLate",
        "for half an hour",
        _OLDEST,
        "30m",
        "0x200",
        fires=False,
        rest="_x200",
    ),
    one_home_case(
        "EventRelayFailed", "one", _FAILED, "30m", "0x9 1x90", fires=True, rest="0x100"
    ),
    one_home_case(
        "EventRelayFailed",
        "retried at once",
        _FAILED,
        "30m",
        "0x9 1x2 0x90",
        fires=False,
        rest="0x100",
    ),
    one_home_case(
        "EventRelayFilling",
        "half full",
        _PENDING,
        "20m",
        "0x9 5001x90",
        fires=True,
        rest="0x100",
    ),
    one_home_case(
        "EventRelayFilling",
        "some wait",
        _PENDING,
        "20m",
        "0x9 4999x90",
        fires=False,
        rest="0x100",
    ),
    one_home_case(
        "EventRelayOutboxUnreadable",
        "it is",
        _READABLE,
        "30m",
        "1x9 0x90",
        fires=True,
        rest="1x100",
    ),
    one_home_case(
        "EventRelayOutboxUnreadable",
        "restarted",
        _READABLE,
        "30m",
        "1x9 0x4 1x90",
        fires=False,
        rest="1x100",
    ),
    one_home_case(
        "EventRelayHomeSilent",
        "it is",
        _UP,
        "40m",
        "1x9 0x90",
        fires=True,
        rest="1x100",
    ),
    one_home_case(
        "EventRelayHomeSilent",
        "restarted",
        _UP,
        "40m",
        "1x9 0x4 1x90",
        fires=False,
        rest="1x100",
    ),
)


@cache
def groups() -> list[dict[str, Any]]:
    """Return the groups of alerts on the page."""
    (block,) = re.findall(r"```yaml\n(groups:\n.*?)```", _PAGE.read_text(), re.DOTALL)
    read = parse_yaml(block)
    assert isinstance(read, dict)
    found: list[dict[str, Any]] = read["groups"]
    return found


def rules() -> dict[str, dict[str, Any]]:
    """Return the alerts by name."""
    return {rule["alert"]: rule for group in groups() for rule in group["rules"]}


def expected(case: Case) -> list[dict[str, Any]]:
    """Return the expected alerts in promtool's format."""
    if not case.fires:
        return []
    labels = dict(case.labels or {})
    summary = rules()[case.alert]["annotations"]["summary"]
    return [
        {
            "exp_labels": labels,
            "exp_annotations": {
                "summary": summary.replace(
                    "{{ $labels.instance }}", labels.get("instance", "")
                )
            },
        }
    ]


def promtool(*arguments: str | Path) -> str:
    """Run promtool and return its output; an error fails the test."""
    if not _PROMTOOL.exists():
        pytest.fail("there is no promtool: run script/bootstrap --promtool")
    done = subprocess.run(  # noqa: S603 - unpacked by script/bootstrap
        [_PROMTOOL.read_text(), *arguments], capture_output=True, text=True, check=False
    )
    assert not done.returncode, done.stdout + done.stderr
    return done.stdout


def test_rules_are_valid(tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text(dump({"groups": groups()}))
    assert f"{len(rules())} rules found" in promtool("check", "rules", file)


def test_each_alert_has_firing_and_silent_cases() -> None:
    for alert in rules():
        fires = {case.fires for case in CASES if case.alert == alert}
        assert fires == {True, False}, alert


@pytest.mark.parametrize("alert", rules())
def test_alerts_fire_exactly_as_expected(tmp_path: Path, alert: str) -> None:
    (tmp_path / "rules.yaml").write_text(dump({"groups": groups()}))
    file = tmp_path / "tests.yaml"
    file.write_text(dump(suite([case for case in CASES if case.alert == alert])))
    promtool("test", "rules", file)


def suite(cases: Sequence[Case]) -> dict[str, Any]:
    """Return cases in promtool's format."""
    return {
        "rule_files": ["rules.yaml"],
        "evaluation_interval": "1m",
        "tests": [
            {
                "name": case.name,
                "interval": "1m",
                "input_series": [
                    {"series": series, "values": values}
                    for series, values in case.series.items()
                ],
                "alert_rule_test": [
                    {
                        "eval_time": case.after,
                        "alertname": case.alert,
                        "exp_alerts": expected(case),
                    }
                ],
            }
            for case in cases
        ],
    }
