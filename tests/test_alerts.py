"""The alerts that a page suggests fire when they should, and only then.

Prometheus itself evaluates them, in its own simulated time.
"""

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


def homes(series: str, *values: str) -> dict[str, str]:
    """Return a series of each home; the last of the values is that of all others.

    Values are written as promtool has them: one a minute, `0+2x9` counts up nine times.
    """
    return {
        f'{series},instance="home-{number}"}}': values[min(number, len(values)) - 1]
        for number in range(1, _HOMES + 1)
    }


@dataclass(frozen=True, kw_only=True)
class Case:
    """What is measured, and whether an alert fires that long afterwards."""

    alert: str
    name: str
    series: Mapping[str, str]
    after: str
    fires: bool
    labels: Mapping[str, str] | None = None
    """Those of the alert, where it is one of a single home."""


def of_one(series: str) -> dict[str, str]:
    """Return the labels of an alert about the first home."""
    named = dict(re.findall(r'(\w+)="([^"]*)"', series))
    return {**named, "instance": "home-1"}


def draining(name: str, after: str, *values: str, fires: bool) -> Case:
    """Return a case of what waits in all homes together."""
    return Case(
        alert="EventRelayNotDraining",
        name=name,
        series=homes(_PENDING, *values),
        after=after,
        fires=fires,
    )


def single(
    alert: str,
    name: str,
    series: str,
    after: str,
    value: str,
    *,
    fires: bool,
    rest: str,
) -> Case:
    """Return a case of one home, while in all others all is well."""
    return Case(
        alert=alert,
        name=name,
        series=homes(series, value, rest),
        after=after,
        fires=fires,
        labels=of_one(series),
    )


_QUIET = "0x300"
_SAWTOOTH = " ".join(["0+10x14", "150-10x14"] * 8)
_HOURLY = " ".join(["0x5 0+50x9 500-50x9 0x33"] * 5)
CASES = (
    draining("every home gathers", "90m", "0+1x300", fires=True),
    draining(
        "a tenth of the homes gather", "90m", *["0+2x300"] * 2, _QUIET, fires=True
    ),
    draining(
        "two wait for good", "45m", "0x30 1x270", "0x50 1x250", _QUIET, fires=False
    ),
    draining(
        "two wait for good, later",
        "75m",
        "0x30 1x270",
        "0x50 1x250",
        _QUIET,
        fires=False,
    ),
    draining("two came together", "55m", "0x30 2x270", _QUIET, fires=False),
    draining("a heap that stays", "65m", "0x30 1000x270", _QUIET, fires=False),
    draining(
        "a heap that is worked off", "70m", "0x9 900-10x90 0x200", _QUIET, fires=False
    ),
    draining(
        "one delivery more an hour",
        "250m",
        "0x59 1x59 2x59 3x59 4x59",
        _QUIET,
        fires=False,
    ),
    draining("filled and emptied again and again", "125m", _SAWTOOTH, fires=False),
    draining("a busy quarter in each hour", "200m", _HOURLY, fires=False),
    draining(
        "it has gathered, and is worked off",
        "150m",
        "0+1x60 60-1x59 0x200",
        fires=False,
    ),
    draining(
        "homes come that have a lot", "50m", *["_x29 200x270"] * 3, _QUIET, fires=False
    ),
    Case(
        alert="EventRelaySystemAway",
        name="a quarter of the homes",
        series=homes(_AWAY, *["1x9 0x90"] * 5, "1x100"),
        after="30m",
        fires=True,
    ),
    Case(
        alert="EventRelaySystemAway",
        name="a few homes",
        series=homes(_AWAY, *["1x9 0x90"] * 3, "1x100"),
        after="30m",
        fires=False,
    ),
    single(
        "EventRelayHomeAway",
        "for long",
        _AWAY,
        "50m",
        "1x9 0x90",
        fires=True,
        rest="1x100",
    ),
    single(
        "EventRelayHomeAway",
        "for a while",
        _AWAY,
        "50m",
        "1x9 0x20 1x70",
        fires=False,
        rest="1x100",
    ),
    single(
        "EventRelayLate",
        "for two hours",
        _OLDEST,
        "120m",
        "0x200",
        fires=True,
        rest="_x200",
    ),
    single(
        "EventRelayLate",
        "for half an hour",
        _OLDEST,
        "30m",
        "0x200",
        fires=False,
        rest="_x200",
    ),
    single(
        "EventRelayFailed", "one", _FAILED, "30m", "0x9 1x90", fires=True, rest="0x100"
    ),
    single(
        "EventRelayFailed",
        "retried at once",
        _FAILED,
        "30m",
        "0x9 1x2 0x90",
        fires=False,
        rest="0x100",
    ),
    single(
        "EventRelayFilling",
        "half full",
        _PENDING,
        "20m",
        "0x9 5001x90",
        fires=True,
        rest="0x100",
    ),
    single(
        "EventRelayFilling",
        "some wait",
        _PENDING,
        "20m",
        "0x9 4999x90",
        fires=False,
        rest="0x100",
    ),
    single(
        "EventRelayOutboxUnreadable",
        "it is",
        _READABLE,
        "30m",
        "1x9 0x90",
        fires=True,
        rest="1x100",
    ),
    single(
        "EventRelayOutboxUnreadable",
        "restarted",
        _READABLE,
        "30m",
        "1x9 0x4 1x90",
        fires=False,
        rest="1x100",
    ),
    single(
        "EventRelayHomeSilent",
        "it is",
        _UP,
        "40m",
        "1x9 0x90",
        fires=True,
        rest="1x100",
    ),
    single(
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
    """Return the groups of rules on the page."""
    (block,) = re.findall(r"```yaml\n(groups:\n.*?)```", _PAGE.read_text(), re.DOTALL)
    read = parse_yaml(block)
    assert isinstance(read, dict)
    found: list[dict[str, Any]] = read["groups"]
    return found


def rules() -> dict[str, dict[str, Any]]:
    """Return the alerts by their names."""
    return {rule["alert"]: rule for group in groups() for rule in group["rules"]}


def expected(case: Case) -> list[dict[str, Any]]:
    """Return the alerts that are to fire, as promtool takes them."""
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
    """Run it, and return what it says; it fails the test where it complains."""
    if not _PROMTOOL.exists():
        pytest.fail("there is no promtool: run script/bootstrap --promtool")
    done = subprocess.run(  # noqa: S603 - unpacked by script/bootstrap
        [_PROMTOOL.read_text(), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.returncode, done.stdout + done.stderr
    return done.stdout


def test_the_rules_can_be_read(tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text(dump({"groups": groups()}))
    assert f"{len(rules())} rules found" in promtool("check", "rules", file)


def test_each_alert_has_cases_that_fire_and_that_do_not() -> None:
    for alert in rules():
        fires = {case.fires for case in CASES if case.alert == alert}
        assert fires == {True, False}, alert


@pytest.mark.parametrize("alert", rules())
def test_alerts_fire_when_they_should_and_only_then(tmp_path: Path, alert: str) -> None:
    (tmp_path / "rules.yaml").write_text(dump({"groups": groups()}))
    file = tmp_path / "tests.yaml"
    file.write_text(dump(suite([case for case in CASES if case.alert == alert])))
    promtool("test", "rules", file)


def suite(cases: Sequence[Case]) -> dict[str, Any]:
    """Return cases as promtool takes them."""
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
