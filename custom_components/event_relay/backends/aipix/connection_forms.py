"""The forms of a connection."""

from homeassistant.const import CONF_PASSWORD, CONF_URL, CONF_USERNAME, CONF_VERIFY_SSL
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectSelector,
    SelectSelectorConfig,
)
import voluptuous as vol

from ..connection_forms import ADDRESS, PASSWORD, USERNAME
from .api.login import Api
from .login_forms import CONF_API
from .operations.week import Numbering

CONF_WEEKDAYS = "weekdays"

CONNECTION = vol.Schema(
    {
        vol.Required(CONF_URL): ADDRESS,
        vol.Required(CONF_API, default=Api.CLIENT.value): SelectSelector(
            SelectSelectorConfig(
                options=[Api.CLIENT.value, Api.ADMINISTRATOR.value],
                translation_key="aipix_api",
            )
        ),
        vol.Required(CONF_USERNAME): USERNAME,
        vol.Required(CONF_PASSWORD): PASSWORD,
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
