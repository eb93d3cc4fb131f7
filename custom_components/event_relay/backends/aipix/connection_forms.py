"""The forms of a connection, and what becomes of what is entered there."""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import (
    CONF_PASSWORD,
    CONF_URL,
    CONF_USERNAME,
    CONF_VERIFY_SSL,
)
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

from ..base import InvalidField
from ..http import normalise_address
from .login import Api
from .login_forms import CONF_API
from .week import Numbering

CONF_WEEKDAYS = "weekdays"

CREDENTIALS = {
    vol.Required(CONF_USERNAME): TextSelector(
        TextSelectorConfig(type=TextSelectorType.TEXT, autocomplete="username")
    ),
    vol.Required(CONF_PASSWORD): TextSelector(
        TextSelectorConfig(
            type=TextSelectorType.PASSWORD, autocomplete="current-password"
        )
    ),
}

CONNECTION = vol.Schema(
    {
        vol.Required(CONF_URL): TextSelector(
            TextSelectorConfig(type=TextSelectorType.URL, autocomplete="url")
        ),
        vol.Required(CONF_API, default=Api.CLIENT.value): SelectSelector(
            SelectSelectorConfig(
                options=[Api.CLIENT.value, Api.ADMINISTRATOR.value],
                translation_key="aipix_api",
            )
        ),
        **CREDENTIALS,
        vol.Required(CONF_VERIFY_SSL, default=True): BooleanSelector(),
    }
)

OPTIONS = vol.Schema(
    {
        vol.Required(CONF_WEEKDAYS, default=Numbering.MONDAY_0.value): SelectSelector(
            SelectSelectorConfig(
                options=[numbering.value for numbering in Numbering],
                translation_key="weekdays",
            )
        )
    }
)


def normalised(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is to be stored; raises InvalidField."""
    username = user_input[CONF_USERNAME].strip()
    if not username:
        raise InvalidField(CONF_USERNAME, "missing_username")
    if not user_input[CONF_PASSWORD]:
        raise InvalidField(CONF_PASSWORD, "missing_password")
    return {
        CONF_URL: _address(user_input[CONF_URL]),
        CONF_API: Api(user_input[CONF_API]).value,
        CONF_USERNAME: username,
        CONF_PASSWORD: user_input[CONF_PASSWORD],
        CONF_VERIFY_SSL: user_input[CONF_VERIFY_SSL],
    }


def _address(entered: str) -> str:
    """Return the address below which aipix has its APIs; raises InvalidField.

    People copy it with the path of an interface or of an API. Without a scheme it
    is https, since the logins go that way.
    """
    entered = entered.strip()
    try:
        address = normalise_address(
            entered if "://" in entered else f"https://{entered}"
        )
    except ValueError as error:
        raise InvalidField(CONF_URL, "invalid_address") from error
    for tail in ("/v1", "/admin", "/api"):
        address = address.removesuffix(tail)
    return address.removesuffix("/").removesuffix("/api")
