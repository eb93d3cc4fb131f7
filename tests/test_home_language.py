"""What is put together here is in the language of the home."""

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.translation import async_load_integrations
import pytest

from custom_components.event_relay.actions.resolve import invalid_field
from custom_components.event_relay.backends.base import InvalidField
from custom_components.event_relay.backends.warning import OwnWarning
from custom_components.event_relay.const import DOMAIN
from custom_components.event_relay.home_language import (
    Texts,
    in_home_language,
    operation_name,
    warnings_in_words,
)
from custom_components.event_relay.outcomes.descriptions import message

REJECTED = {
    "outcome": "failed",
    "name": "Klingel",
    "connection": "Frigate",
    "operation": "create_camera_event",
    "reason": "rejected",
}


@pytest.fixture
async def german(hass: HomeAssistant) -> HomeAssistant:
    """Return a home that speaks German."""
    hass.config.language = "de"
    await async_load_integrations(hass, {DOMAIN})
    return hass


async def test_activity(german: HomeAssistant) -> None:
    said = message(german, REJECTED)
    assert said == "Kameraereignis nicht erstellt in Frigate: es wurde abgelehnt"


async def test_an_operation(german: HomeAssistant) -> None:
    assert operation_name(german, "create_camera_event") == "Kameraereignis erstellen"
    assert operation_name(german, "of_another_version") == "of another version"


async def test_an_error(german: HomeAssistant) -> None:
    error = invalid_field(InvalidField("title", "too_long", maximum="9"))
    said = in_home_language(german, error)
    assert said == "title darf höchstens 9 Zeichen haben"


async def test_an_error_of_home_assistant_stays_as_it_is(german: HomeAssistant) -> None:
    error = HomeAssistantError(translation_domain="other", translation_key="any")
    assert in_home_language(german, error) == str(error)
    assert in_home_language(german, ValueError("broken")) == "broken"


async def test_what_a_language_lacks_is_in_english(hass: HomeAssistant) -> None:
    hass.config.language = "is"
    await async_load_integrations(hass, {DOMAIN})
    said = message(hass, REJECTED)
    assert said == "camera event not created in Frigate: it was rejected"


@pytest.mark.parametrize("warning", OwnWarning)
async def test_every_warning_is_in_the_home_language(
    german: HomeAssistant, warning: OwnWarning
) -> None:
    sentence = warning.of(field="title", maximum="64", address="http://a")
    (said,) = warnings_in_words(german, [sentence])
    assert said != sentence
    assert "{" not in said


async def test_a_warning_in_words_of_a_backend_stays(german: HomeAssistant) -> None:
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
