"""Invalid input of actions, case by case with one connection."""

from collections.abc import Iterable, Mapping

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.translation import async_get_exception_message
import pytest

from custom_components.event_relay.const import DOMAIN

from .home import act

type Case = tuple[str, Mapping[str, object], str, str]
"""Action, its data, the invalid field, and the problem."""


async def assert_each_names_its_field(
    hass: HomeAssistant, subtests: pytest.Subtests, cases: Iterable[Case]
) -> None:
    """Call actions with invalid input: each names its field and stores nothing.

    The caller checks the requests to the backend.
    """
    for action, data, field, problem in cases:
        with subtests.test(f"{action}: {field} {problem}", data=data):
            with pytest.raises(ServiceValidationError) as raised:
                await act(hass, action, **data)
            assert raised.value.translation_key == f"field_{problem}"
            placeholders = raised.value.translation_placeholders
            assert placeholders is not None
            assert placeholders["field"] == field
            message = async_get_exception_message(
                DOMAIN, raised.value.translation_key, placeholders
            )
            assert field in message
            assert "{" not in message
            assert (await act(hass, "list_deliveries"))["deliveries"] == []
