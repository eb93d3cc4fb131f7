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

from ..address_forms import read_address
from ..base import InvalidField
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
        CONF_URL: read_address(user_input[CONF_URL], branches=("admin", "api")),
        CONF_API: Api(user_input[CONF_API]).value,
        CONF_USERNAME: username,
        CONF_PASSWORD: user_input[CONF_PASSWORD],
        CONF_VERIFY_SSL: user_input[CONF_VERIFY_SSL],
    }
