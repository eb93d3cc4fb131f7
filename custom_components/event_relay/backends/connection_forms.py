"""The usual fields of a connection, and how they are read."""

from collections.abc import Callable, Mapping
import re
from typing import Any

from homeassistant.const import CONF_API_KEY, CONF_PASSWORD, CONF_URL, CONF_USERNAME
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

from .base import InvalidField

ADDRESS = TextSelector(
    TextSelectorConfig(type=TextSelectorType.URL, autocomplete="url")
)
USERNAME = TextSelector(
    TextSelectorConfig(type=TextSelectorType.TEXT, autocomplete="username")
)
PASSWORD = TextSelector(
    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="current-password")
)
"""A password that a person types. It is stored as entered, spaces included."""
SECRET = TextSelector(
    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off")
)
"""A key or token that is copied and sent in a header."""
ACCOUNT = TextSelector(
    TextSelectorConfig(type=TextSelectorType.TEXT, autocomplete="off")
)
"""The public part of such a key, such as a client ID."""

WITH_API_KEY = vol.Schema(
    {vol.Required(CONF_URL): ADDRESS, vol.Required(CONF_API_KEY): SECRET}
)
WITH_LOGIN = vol.Schema(
    {
        vol.Required(CONF_URL): ADDRESS,
        vol.Required(CONF_USERNAME): USERNAME,
        vol.Required(CONF_PASSWORD): PASSWORD,
    }
)

_HEADER = re.compile(r"[\x21-\x7e]{1,2000}", re.ASCII)


def read_secret(entered: str, name: str) -> str:
    """Return a key or token that fits in a header; raises InvalidField."""
    if not _HEADER.fullmatch(secret := entered.strip()):
        raise InvalidField(name, "bad_credential")
    return secret


def read_fields(
    schema: vol.Schema, entered: Mapping[str, Any], read_url: Callable[[str], str]
) -> dict[str, Any]:
    """Return the stored form of a connection's fields; raises InvalidField.

    `entered` is flat, without sections. Texts are stripped, except for passwords. A
    text that was left out is stored as an empty one.
    """
    data: dict[str, Any] = {}
    for marker, field in schema.schema.items():
        name = str(marker)
        if isinstance(field, section):
            data |= read_fields(field.schema, entered, read_url)
        elif name == CONF_URL:
            data[name] = read_url(entered.get(name) or "")
        elif isinstance(field, TextSelector):
            optional = isinstance(marker, vol.Optional)
            data[name] = _text(entered.get(name) or "", name, field, optional=optional)
        elif name in entered:
            data[name] = entered[name]
    return data


def _text(entered: str, name: str, field: TextSelector, *, optional: bool) -> str:
    """Return a text in its stored form; raises InvalidField."""
    if field == PASSWORD:
        return entered
    text = entered.strip()
    if field in (SECRET, ACCOUNT) and (text or not optional):
        return read_secret(text, name)
    return text


def credentials_in(schema: vol.Schema) -> tuple[str, ...]:
    """Return the names of the fields for credentials, outside of sections."""
    kinds = (USERNAME, PASSWORD, SECRET, ACCOUNT)
    return tuple(str(key) for key, field in schema.schema.items() if field in kinds)


def not_refused(schema: vol.Schema, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the first values of reauthentication: all but the secret.

    A system does not refuse named secrets, so they stay as they are.
    """
    return {
        str(key): data[key]
        for key, selector in schema.schema.items()
        if key in data and selector not in (PASSWORD, SECRET)
    }
