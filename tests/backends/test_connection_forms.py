"""Tests of the usual fields of a connection."""

from typing import Any

from homeassistant.const import (
    CONF_API_KEY,
    CONF_CLIENT_ID,
    CONF_PASSWORD,
    CONF_URL,
    CONF_USERNAME,
    CONF_VERIFY_SSL,
)
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import BooleanSelector
import pytest
import voluptuous as vol

from custom_components.event_relay.backends.address_forms import read_address
from custom_components.event_relay.backends.base import InvalidField
from custom_components.event_relay.backends.connection_forms import (
    ACCOUNT,
    ADDRESS,
    PASSWORD,
    SECRET,
    USERNAME,
    read_fields,
)

FIELDS = vol.Schema(
    {
        vol.Required(CONF_URL): ADDRESS,
        vol.Optional(CONF_USERNAME): USERNAME,
        vol.Optional(CONF_PASSWORD): PASSWORD,
        vol.Required(CONF_API_KEY): SECRET,
        vol.Optional(CONF_CLIENT_ID): ACCOUNT,
        vol.Required("more", default={}): section(
            vol.Schema({vol.Required(CONF_VERIFY_SSL): BooleanSelector()})
        ),
    }
)
LEAST = {CONF_URL: "jotter.example", CONF_API_KEY: "key", CONF_VERIFY_SSL: True}


def read(**entered: object) -> dict[str, Any]:
    """Return the stored data of some input and the required fields."""
    return read_fields(FIELDS, {**LEAST, **entered}, read_address)


def test_omitted_texts_are_stored_empty() -> None:
    assert read() == {
        CONF_URL: "https://jotter.example",
        CONF_USERNAME: "",
        CONF_PASSWORD: "",
        CONF_API_KEY: "key",
        CONF_CLIENT_ID: "",
        CONF_VERIFY_SSL: True,
    }


@pytest.mark.parametrize(
    ("name", "entered", "stored"),
    [
        (CONF_URL, " http://jotter.example/ ", "http://jotter.example"),
        (CONF_USERNAME, " somebody ", "somebody"),
        (CONF_PASSWORD, " a password ", " a password "),
        (CONF_API_KEY, " key\n", "key"),
        (CONF_CLIENT_ID, " ", ""),
        (CONF_VERIFY_SSL, False, False),
    ],
)
def test_texts_are_stripped_but_not_passwords(
    name: str, entered: object, stored: object
) -> None:
    assert read(**{name: entered})[name] == stored


@pytest.mark.parametrize(
    ("name", "entered", "problem"),
    [
        (CONF_URL, "", "invalid_address"),
        (CONF_URL, "ftp://jotter.example", "address_scheme"),
        (CONF_API_KEY, " ", "bad_credential"),
        (CONF_API_KEY, "two words", "bad_credential"),
        (CONF_CLIENT_ID, "schlüssel", "bad_credential"),
    ],
)
def test_error_names_the_invalid_field(name: str, entered: str, problem: str) -> None:
    with pytest.raises(InvalidField) as raised:
        read(**{name: entered})
    assert (raised.value.field, raised.value.problem) == (name, problem)
