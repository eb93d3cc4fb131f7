"""What Home Assistant's forms ask for to reach a Frigate."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast, override

from homeassistant.const import (
    CONF_PASSWORD,
    CONF_URL,
    CONF_USERNAME,
    CONF_VERIFY_SSL,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol
from yarl import URL

from ..address_forms import TLS_PORTS, read_address
from ..base import Client, Ending, InvalidField, Settings
from ..choice_forms import Listed
from ..errors import PermissionDenied
from ..forms import TEST, BackendForms, Probe, Product, cookieless_session
from ..rule_forms import RuleField
from .client import FrigateClient
from .models import UNDATED_LIFE, FrigateCapabilities
from .operations import FRIGATE
from .patterns import PATTERNS
from .rule_forms import camera_event_fields

CREDENTIALS = {
    vol.Optional(CONF_USERNAME): TextSelector(
        TextSelectorConfig(type=TextSelectorType.TEXT, autocomplete="username")
    ),
    vol.Optional(CONF_PASSWORD): TextSelector(
        TextSelectorConfig(
            type=TextSelectorType.PASSWORD, autocomplete="current-password"
        )
    ),
}

CONF_UNDATED_LIFE = "undated_life"
CONF_ENDS_UNSAFELY = "ends_unsafely"
UNDATED_LIFE_LEAST = 10
UNDATED_LIFE_MOST = 86_400
OPTIONS = vol.Schema(
    {
        vol.Required(
            CONF_UNDATED_LIFE, default=int(UNDATED_LIFE.total_seconds())
        ): vol.All(
            NumberSelector(
                NumberSelectorConfig(
                    min=UNDATED_LIFE_LEAST,
                    max=UNDATED_LIFE_MOST,
                    step=1,
                    mode=NumberSelectorMode.BOX,
                    unit_of_measurement="s",
                )
            ),
            vol.Coerce(int),
        ),
        vol.Required(CONF_ENDS_UNSAFELY, default=False): BooleanSelector(),
    }
)

_PAGES = frozenset(
    {
        "birdseye",
        "chat",
        "classification",
        "config",
        "events",
        "explore",
        "export",
        "exports",
        "faces",
        "login",
        "logs",
        "playground",
        "replay",
        "review",
        "settings",
        "storage",
        "system",
        "unauthorized",
    }
)
"""What addresses of Frigate's interface end in (0.13 to 0.18, source); those of the
live view of a camera and of a recording go on."""


class FrigateForms(BackendForms):
    """The part of Frigate that Home Assistant sees."""

    backend = FRIGATE
    patterns = PATTERNS
    form_errors = frozenset(
        {
            "auth_disabled",
            "auth_required",
            "plain_http",
            "role_may_not_write",
            "version_too_old",
        }
    )
    endings = {  # noqa: RUF012 - as the base class has it
        "create_camera_event": Ending(
            operation="end_camera_event",
            left_open={"until_ended": True},
            instead_of=frozenset({"duration"}),
        )
    }

    @override
    def rule_fields(
        self, operation: str, capabilities: FrigateCapabilities, listed: Listed
    ) -> tuple[RuleField, ...]:
        """Return what the form of a rule asks for."""
        return camera_event_fields(capabilities, listed)

    @override
    def known_lists(self, capabilities: FrigateCapabilities) -> Listed:
        """Return the cameras as they were last seen."""
        return {
            "camera": {
                camera.name: camera.friendly_name or camera.name
                for camera in capabilities.cameras.values()
            }
        }

    @override
    def as_test(self, operation: str, data: Mapping[str, object]) -> dict[str, object]:
        """Return the data of an event with a sub label that says that it is a test."""
        more = data.get("sub_label")
        said = f"{TEST}: {more}" if more else TEST
        return {**data, "sub_label": said}

    @override
    def connection_schema(self) -> vol.Schema:
        """Return the form that adds or reconfigures a connection."""
        return vol.Schema(
            {
                vol.Required(CONF_URL): TextSelector(
                    TextSelectorConfig(type=TextSelectorType.URL, autocomplete="url")
                ),
                **CREDENTIALS,
                vol.Required(CONF_VERIFY_SSL, default=True): BooleanSelector(),
            }
        )

    @override
    def credentials_schema(self) -> vol.Schema:
        """Return the part of it that reauthentication asks for again."""
        return vol.Schema(CREDENTIALS)

    @override
    def normalise(self, user_input: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is to be stored; raises InvalidField.

        Both credentials are empty for the port that asks for no login.
        """
        username = user_input.get(CONF_USERNAME, "").strip()
        password = user_input.get(CONF_PASSWORD, "")
        if password and not username:
            raise InvalidField(CONF_USERNAME, "missing_username")
        if username and not password:
            raise InvalidField(CONF_PASSWORD, "missing_password")
        return {
            CONF_URL: read_address(
                user_input[CONF_URL],
                scheme="http",
                tls_ports=TLS_PORTS | {"8971"},
                pages=_PAGES,
                branches=("api", "cameras", "recording"),
            ),
            CONF_USERNAME: username,
            CONF_PASSWORD: password,
            CONF_VERIFY_SSL: user_input[CONF_VERIFY_SSL],
        }

    @override
    def options_schema(self) -> vol.Schema:
        """Return the form for what Frigate cannot do without a loss."""
        return OPTIONS

    @override
    def with_settings(
        self, capabilities: FrigateCapabilities, settings: Settings
    ) -> FrigateCapabilities:
        """Return what Frigate can do, and which loss the user prefers."""
        options = settings.options
        life = options.get(CONF_UNDATED_LIFE, UNDATED_LIFE.total_seconds())
        return replace(
            capabilities,
            undated_life=timedelta(seconds=life),
            ends_unsafely=options.get(CONF_ENDS_UNSAFELY, False),
        )

    @override
    def identity(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return the address: Frigate gives itself no id."""
        return {CONF_URL: data[CONF_URL]}

    @override
    def product(
        self, data: Mapping[str, Any], capabilities: FrigateCapabilities
    ) -> Product:
        """Say what system a connection leads to."""
        return Product(
            manufacturer=FRIGATE.title,
            model="Frigate NVR",
            version=capabilities.version.text,
            address=data[CONF_URL],
        )

    @override
    def create_client(
        self, hass: HomeAssistant, data: Mapping[str, Any]
    ) -> FrigateClient:
        """Build a client from a connection's data."""
        return FrigateClient(
            cookieless_session(hass, verify_ssl=data[CONF_VERIFY_SSL]),
            data[CONF_URL],
            username=data[CONF_USERNAME],
            password=data[CONF_PASSWORD],
        )

    @override
    async def probe(self, client: Client, data: Mapping[str, Any]) -> Probe:
        """Try the live system; raises a BackendError with the code of a form error."""
        capabilities = await cast("FrigateClient", client).capabilities()
        if not capabilities.may_write:
            raise PermissionDenied(code="role_may_not_write")
        return Probe(
            title=f"{FRIGATE.title} ({URL(data[CONF_URL]).host})",
            capabilities=capabilities,
        )
