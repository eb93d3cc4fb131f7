"""Tests of texts in the language of the home."""

import asyncio
from contextlib import closing
from datetime import UTC, datetime
import sqlite3

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.translation import (
    TRANSLATION_FLATTEN_CACHE,
    async_load_integrations,
)
import pytest

from custom_components.event_relay import home_language, storage
from custom_components.event_relay.actions.resolve import invalid_field
from custom_components.event_relay.backends.base import InvalidField
from custom_components.event_relay.backends.own_sentences import OwnWarning
from custom_components.event_relay.const import DOMAIN
from custom_components.event_relay.home_language import (
    Texts,
    in_home_language,
    moment_in_words,
    operation_name,
    warnings_in_words,
)
from custom_components.event_relay.outcomes.descriptions import message
from tools.simulators.frigate import FrigateSimulator

from .home import act, connect, connection_entry

REJECTED = {
    "outcome": "failed",
    "name": "Klingel",
    "connection": "Frigate",
    "operation": "create_camera_event",
    "reason": "rejected",
}


@pytest.fixture
async def german(hass: HomeAssistant) -> HomeAssistant:
    """Return a home in German."""
    hass.config.language = "de"
    await async_load_integrations(hass, {DOMAIN})
    return hass


async def test_activity_is_translated(german: HomeAssistant) -> None:
    said = message(german, REJECTED)
    assert said == "Kameraereignis nicht erstellt in Frigate: es wurde abgelehnt"


async def test_reason_why_a_connection_is_not_loaded_is_translated(
    german: HomeAssistant,
) -> None:
    with closing(sqlite3.connect(storage.FILE_NAME)) as database:
        database.execute("PRAGMA user_version = 99")
    entry = connection_entry("http://127.0.0.1:1")
    entry.add_to_hass(german)
    assert not await german.config_entries.async_setup(entry.entry_id)
    with pytest.raises(ServiceValidationError) as caught:
        await act(german, "create_camera_event", camera="garden", label="bell")
    assert caught.value.translation_key == "connection_not_loaded_because"
    reason = (caught.value.translation_placeholders or {})["reason"]
    assert reason.startswith("Der Postausgang wurde von einer neueren Version")


async def test_operation_is_translated(german: HomeAssistant) -> None:
    assert operation_name(german, "create_camera_event") == "Kameraereignis erstellen"
    assert operation_name(german, "of_another_version") == "of another version"


async def test_error_is_translated(german: HomeAssistant) -> None:
    error = invalid_field(InvalidField("title", "too_long", maximum="9"))
    said = in_home_language(german, error)
    assert said == "title darf höchstens 9 Zeichen haben"


async def test_limit_of_a_time_is_written_as_entered(german: HomeAssistant) -> None:
    await german.config.async_set_time_zone("Europe/Berlin")
    error = InvalidField("end", "too_early", limit="2026-07-01T12:00:00+00:00")
    said = in_home_language(german, invalid_field(error))
    assert said == "end darf nicht vor 2026-07-01 14:00:00 liegen"


async def test_error_of_home_assistant_is_unchanged(german: HomeAssistant) -> None:
    error = HomeAssistantError(translation_domain="other", translation_key="any")
    assert in_home_language(german, error) == str(error)
    assert in_home_language(german, ValueError("broken")) == "broken"


async def test_language_changes_while_home_assistant_runs(
    hass: HomeAssistant, frigate: FrigateSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    # All tests share what any of them has loaded.
    known = hass.data[TRANSLATION_FLATTEN_CACHE].cache_data
    monkeypatch.setattr(known, "loaded", {})
    monkeypatch.setattr(known, "cache", {})
    await connect(hass, frigate)
    assert message(hass, REJECTED).startswith("camera event not created in Frigate")

    continue_loading = asyncio.Event()

    async def load(hass: HomeAssistant, domains: set[str]) -> None:
        """Load texts, later."""
        await continue_loading.wait()
        await async_load_integrations(hass, domains)

    monkeypatch.setattr(home_language, "async_load_integrations", load)
    await hass.config.async_update(language="de")
    assert message(hass, REJECTED).startswith("camera event not created in Frigate")
    continue_loading.set()
    await hass.async_block_till_done()
    said = message(hass, REJECTED)
    assert said == "Kameraereignis nicht erstellt in Frigate: es wurde abgelehnt"


async def test_missing_translation_is_in_english(hass: HomeAssistant) -> None:
    hass.config.language = "is"
    await async_load_integrations(hass, {DOMAIN})
    said = message(hass, REJECTED)
    assert said == "camera event not created in Frigate: it was rejected"


@pytest.mark.parametrize("warning", OwnWarning)
async def test_every_warning_is_translated(
    german: HomeAssistant, warning: OwnWarning
) -> None:
    sentence = warning.of(field="title", maximum="64", address="http://a")
    (said,) = warnings_in_words(german, [sentence])
    assert said != sentence
    assert "{" not in said


async def test_warning_of_a_backend_is_unchanged(german: HomeAssistant) -> None:
    said = warnings_in_words(german, ["retain: no such event", OwnWarning.NO_ID.of()])
    assert said == [
        "retain: no such event",
        "in der Antwort fehlt die erwartete ID",
    ]


def test_texts_below_a_path() -> None:
    texts = Texts({"a.one": "1", "a.b.two": "2", "ab.three": "3"}, "a.")
    assert dict(texts) == {"one": "1", "b.two": "2"}
    assert len(texts) == 2
    assert "three" not in texts
    assert texts.get("two") is None


@pytest.mark.parametrize(
    ("language", "zone", "expected"),
    [
        ("en", "UTC", "March 5, 2026, 6:07 PM"),
        ("en", "America/New_York", "March 5, 2026, 1:07 PM"),
        ("en-GB", "UTC", "March 5, 2026, 18:07"),
        ("de", "Europe/Berlin", "5. März 2026, 19:07"),
        ("pl", "UTC", "5 marca 2026, 18:07"),
    ],
)
async def test_time_is_written_as_in_the_home(
    hass: HomeAssistant, language: str, zone: str, expected: str
) -> None:
    hass.config.language = language
    await hass.config.async_set_time_zone(zone)
    await async_load_integrations(hass, {DOMAIN})
    moment = datetime(2026, 3, 5, 18, 7, 9, tzinfo=UTC)
    assert moment_in_words(hass, moment) == expected


async def test_time_can_have_seconds(hass: HomeAssistant) -> None:
    await async_load_integrations(hass, {DOMAIN})
    midnight = datetime(2026, 3, 5, tzinfo=UTC)
    await hass.config.async_set_time_zone("UTC")
    said = moment_in_words(hass, midnight, seconds=True)
    assert said == "March 5, 2026, 12:00:00 AM"
