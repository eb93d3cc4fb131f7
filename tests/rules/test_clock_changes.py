"""Tests of daylight saving changes."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from custom_components.event_relay.rules.mirrors.clock_changes import next_offset_change


@pytest.mark.parametrize(
    ("zone", "since", "until", "change"),
    [
        ("Europe/Berlin", "2026-03-28T23", "2026-03-29T22", "2026-03-29T01"),
        ("Europe/Berlin", "2026-10-24T22", "2026-10-25T23", "2026-10-25T01"),
        ("Australia/Lord_Howe", "2026-04-03T13", "2026-04-05T00", "2026-04-04T15"),
        ("Europe/Berlin", "2026-06-01T22", "2026-06-02T22", None),
        ("UTC", "2026-03-28T23", "2026-03-29T22", None),
    ],
)
def test_next_offset_change(
    zone: str, since: str, until: str, change: str | None
) -> None:
    def instant(written: str) -> datetime:
        return datetime.fromisoformat(f"{written}:00:00").replace(tzinfo=UTC)

    found = next_offset_change(ZoneInfo(zone), instant(since), instant(until))
    assert found == (None if change is None else instant(change))
