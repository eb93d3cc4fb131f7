"""Tests of reading events of any shape."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.event_relay.backends.base import Json
from custom_components.event_relay.backends.errors import InvalidResponse
from custom_components.event_relay.backends.palabra.api.models import (
    LiveEvent,
    PalabraCapabilities,
)
from custom_components.event_relay.backends.palabra.api.times import duration_or_none
from custom_components.event_relay.backends.reading import moment_or_none

START = datetime(2030, 5, 1, 18, tzinfo=UTC)


def read(**fields: Json) -> LiveEvent:
    """Read an event with some fields."""
    return LiveEvent.parse({"event_id": "one", **fields})


def test_only_the_id_is_required() -> None:
    assert read() == LiveEvent(id="one")
    assert read(title=5, is_recurring="x", target_languages="de", stages=[1]) == read()


@pytest.mark.parametrize("value", [None, [], {}, {"event_id": 5}, {"event_id": "a/b"}])
def test_event_without_an_id_is_refused(value: Json) -> None:
    with pytest.raises(InvalidResponse):
        LiveEvent.parse(value)


@pytest.mark.parametrize(
    "value",
    [
        "2030-05-01T18:00:00Z",
        "2030-05-01T18:00:00.000000",
        "2030-05-01T20:00:00+02:00",
        " 2030-05-01 18:00:00 ",
    ],
)
def test_instants(value: str) -> None:
    assert moment_or_none(value) == START


@pytest.mark.parametrize(
    "value", [None, "", "soon", 5, "0001-01-01T00:00:00+05:00", "2030-13-01T00:00:00Z"]
)
def test_invalid_instants_are_none(value: Json) -> None:
    assert moment_or_none(value) is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("PT1H30M", 5400),
        ("P1DT1S", 86_401),
        ("PT90.5S", 90),
        ("01:30:00", 5400),
        (5400, 5400),
        (0.5, 0.5),
    ],
)
def test_durations(value: Json, seconds: float) -> None:
    assert duration_or_none(value) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "value", [None, "", "P", "PT", "long", -1, True, 1e300, float("nan"), "9999:00:00x"]
)
def test_invalid_durations_are_none(value: Json) -> None:
    assert duration_or_none(value) in (None, timedelta())


def test_older_shape() -> None:
    event = read(
        utc_start_dt="2030-05-01T18:00:00Z", duration="PT2H", event_status="completed"
    )
    assert event.end == START + timedelta(hours=2)
    assert event.status == "finished"
    assert read(duration="PT2H").end is None
    assert read(utc_start_dt="9999-12-31T23:00:00Z", duration="PT2H").end is None
    assert read(event_status="paused").status == "unknown"
    assert read(lifecycle_status="dreaming").status == "unknown"
    assert read(lifecycle_status="live").status == "live"


@pytest.mark.parametrize(
    ("link", "kept"),
    [
        ("https://qr.example/one.png", True),
        ("http://qr.example/one.png", True),
        ("javascript:alert(1)", False),
        ("https://me@qr.example/one.png", False),
        ("https://qr.example/one.png?code=my%20code", False),
        ("https://[", False),
        (5, False),
    ],
)
def test_qr_code(link: Json, *, kept: bool) -> None:
    event = read(qr_code_url=link, access_code="my code")
    assert event.qr_code_url == (link if kept else None)
    assert "my code" not in repr(event)


def test_capabilities_are_empty() -> None:
    assert PalabraCapabilities.load(PalabraCapabilities().dump()) == (
        PalabraCapabilities()
    )
