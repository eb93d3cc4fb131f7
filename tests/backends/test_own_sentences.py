"""Tests that the reasons in our own words can be translated."""

import ast
from collections.abc import Iterator
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_load_integrations
import pytest

from custom_components.event_relay.backends import errors
from custom_components.event_relay.backends.http_failures import Effect, translate
from custom_components.event_relay.backends.own_sentences import OWN_REASONS
from custom_components.event_relay.const import DOMAIN
from custom_components.event_relay.coordinator import backend_error
from custom_components.event_relay.home_language import reason_in_words
from tests.checks.files import PACKAGE, read_json

RAISED = {
    name
    for name, one in vars(errors).items()
    if isinstance(one, type) and issubclass(one, errors.BackendError)
} | {"_unreadable"}
"""What takes a reason: the errors of clients, and a function that returns one."""
NAMED = {"reason", "redirected", "words"}
"""Variables that hold a reason."""


def reasons_in(source: str) -> Iterator[str]:
    """Yield the reasons in our own words in the source of a module."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name(id=name), args=given) if name in RAISED:
                values: list[ast.expr] = given
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in NAMED:
                values = [value]
            case _:
                continue
        for value in values:
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value


def test_every_reason_of_ours_has_a_text() -> None:
    found = {
        reason
        for path in Path(PACKAGE, "backends").rglob("*.py")
        for reason in reasons_in(path.read_text())
        if reason
    }
    assert "the answer is not JSON" in found
    assert found - OWN_REASONS.keys() == set()
    texts = read_json(PACKAGE / "translations/en.json")["common"]
    assert set(OWN_REASONS.values()) <= texts.keys()


@pytest.mark.parametrize(
    "error", [TimeoutError(), ConnectionResetError(), OSError("broken")]
)
def test_every_loss_on_the_way_has_a_text(error: Exception) -> None:
    assert str(translate(error, Effect.ONCE)) in OWN_REASONS


async def test_our_reasons_are_translated_and_others_are_quoted(
    hass: HomeAssistant,
) -> None:
    hass.config.language = "de"
    await async_load_integrations(hass, {DOMAIN})
    assert reason_in_words(hass, "no answer in time") == (
        "es hat nicht rechtzeitig geantwortet"
    )
    assert reason_in_words(hass, "No room left") == "No room left"
    ours = backend_error(hass, errors.InvalidResponse("the event has no id"), "Palabra")
    assert ours.translation_placeholders == {
        "connection": "Palabra",
        "reason": "die Antwort enthält keine ID",
    }
