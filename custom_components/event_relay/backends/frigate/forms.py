"""The forms of a connection to Frigate."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast, override

from homeassistant.const import CONF_PASSWORD, CONF_URL, CONF_USERNAME, CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import BooleanSelector
import voluptuous as vol

from ..address_forms import TLS_PORTS, read_address
from ..base import Ending, InvalidField, Settings
from ..choice_forms import Listed
from ..connection_forms import ADDRESS, PASSWORD, USERNAME
from ..errors import PermissionDenied
from ..forms import TEST, BackendForms, Probe, Product
from ..input_forms import BoundedNumber
from ..rule_forms import RuleField
from .api.client import FrigateClient
from .api.models import UNDATED_LIFE, FrigateCapabilities
from .backend import FRIGATE
from .operations.create_steps import NOT_SHOWN
from .patterns import PATTERNS
from .rule_forms import LABELS, camera_event_fields

CONF_UNDATED_LIFE = "undated_life"
CONF_ENDS_UNSAFELY = "ends_unsafely"
CONF_SNAPSHOTS = "snapshots"
UNDATED_LIFE_LEAST = 10
UNDATED_LIFE_MOST = 86_400
OPTIONS = vol.Schema(
    {
        vol.Required(
            CONF_UNDATED_LIFE, default=int(UNDATED_LIFE.total_seconds())
        ): BoundedNumber(UNDATED_LIFE_LEAST, UNDATED_LIFE_MOST, unit="s"),
        vol.Required(CONF_ENDS_UNSAFELY, default=False): BooleanSelector(),
        vol.Required(CONF_SNAPSHOTS, default=True): BooleanSelector(),
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
"""Last path segments of Frigate's own pages (0.13 to 0.18, source); those of a camera's
live view and of a recording have more after them."""


class FrigateForms(BackendForms):
    """The part of Frigate that Home Assistant sees."""

    backend = FRIGATE
    client = FrigateClient
    connection = vol.Schema(
        {
            vol.Required(CONF_URL): ADDRESS,
            vol.Optional(CONF_USERNAME): USERNAME,
            vol.Optional(CONF_PASSWORD): PASSWORD,
            vol.Required(CONF_VERIFY_SSL, default=True): BooleanSelector(),
        }
    )
    options = OPTIONS
    patterns = PATTERNS
    snapshots_of = frozenset({"create_camera_event"})
    form_errors = frozenset(
        {
            "auth_disabled",
            "auth_required",
            "plain_http",
            "role_may_not_write",
            "version_too_old",
        }
    )
    reasons: Mapping[str, str] = {
        NOT_SHOWN: "own_not_shown",
        "Frigate took the change, but does not store it": "reason_not_stored",
        "a web page, not an answer": "own_not_json",
        "create was answered without an event id": "own_no_id",
        "Frigate has no such event": "reason_unknown_event",
        (
            "its end would stop Frigate's review: alerts are off and no label is a"
            " detection"
        ): "own_no_alerts",
        "too many logins": "own_too_many_logins",
    }
    endings = {  # noqa: RUF012 - as the base class has it
        "create_camera_event": Ending(
            operation="end_camera_event",
            left_open={"until_ended": True},
            instead_of=frozenset({"duration"}),
        )
    }

    @override
    def shows_snapshots(self, options: Mapping[str, Any]) -> bool:
        """Return whether the card shows the snapshots of events."""
        return options.get(CONF_SNAPSHOTS) is not False

    @override
    async def snapshot(self, client: FrigateClient, outside_id: str) -> bytes:
        """Return the snapshot of an event."""
        return await client.snapshot(outside_id)

    @override
    def suggestions(self, hass: HomeAssistant) -> Sequence[Mapping[str, Any]]:
        """Return the servers that Frigate's own integration connects to.

        Their passwords are not read.
        """
        found: list[dict[str, Any]] = []
        for entry in hass.config_entries.async_entries("frigate"):
            with suppress(InvalidField, KeyError):
                found.append(
                    {
                        CONF_URL: self.read_url(str(entry.data[CONF_URL])),
                        CONF_USERNAME: str(entry.data.get(CONF_USERNAME) or ""),
                        CONF_VERIFY_SSL: entry.data.get("validate_ssl") is not False,
                    }
                )
        return found

    @override
    async def ask_lists(self, client: FrigateClient) -> Listed:
        """Return the labels of existing events, as suggestions for rules.

        Not under `label`: the form of an action would accept no other one.
        """
        return {LABELS: {name: name for name in await client.labels()}}

    @override
    def rule_fields(
        self, operation: str, capabilities: FrigateCapabilities, listed: Listed
    ) -> tuple[RuleField, ...]:
        """Return the fields of a rule's form."""
        return camera_event_fields(capabilities, listed)

    @override
    def known_lists(self, capabilities: FrigateCapabilities) -> Listed:
        """Return the cameras as last seen."""
        return {
            "camera": {
                camera.name: camera.friendly_name or camera.name
                for camera in capabilities.cameras.values()
            }
        }

    @override
    def as_test(self, operation: str, data: Mapping[str, object]) -> dict[str, object]:
        """Return the data of an event with a sub label that marks it as a test."""
        more = data.get("sub_label")
        said = f"{TEST}: {more}" if more else TEST
        return {**data, "sub_label": said}

    @override
    def read_url(self, entered: str) -> str:
        """Return the base address of the API; raises InvalidField."""
        return read_address(
            entered,
            scheme="http",
            tls_ports=TLS_PORTS | {"8971"},
            pages=_PAGES,
            branches=("api", "cameras", "recording"),
        )

    @override
    def normalise(self, user_input: Mapping[str, Any]) -> dict[str, Any]:
        """Return the data to store; raises InvalidField.

        Both credentials are empty for the port without a login.
        """
        data = super().normalise(user_input)
        if data[CONF_PASSWORD] and not data[CONF_USERNAME]:
            raise InvalidField(CONF_USERNAME, "missing_username")
        if data[CONF_USERNAME] and not data[CONF_PASSWORD]:
            raise InvalidField(CONF_PASSWORD, "missing_password")
        return data

    @override
    def with_settings(
        self, capabilities: FrigateCapabilities, settings: Settings
    ) -> FrigateCapabilities:
        """Return the capabilities, with the user's choice between end and review."""
        options = settings.options
        life = options.get(CONF_UNDATED_LIFE, UNDATED_LIFE.total_seconds())
        return replace(
            capabilities,
            undated_life=timedelta(seconds=life),
            ends_unsafely=options.get(CONF_ENDS_UNSAFELY, False),
        )

    @override
    def product(
        self, data: Mapping[str, Any], capabilities: FrigateCapabilities
    ) -> Product:
        """Return the device information of the system behind a connection."""
        return Product(
            manufacturer=FRIGATE.title,
            model="Frigate NVR",
            version=capabilities.version.text,
            address=data[CONF_URL],
        )

    @override
    def found(self, capabilities: FrigateCapabilities) -> Mapping[str, int]:
        """Return the number of cameras."""
        return {"cameras": len(capabilities.cameras)}

    @override
    async def probe(self, client: FrigateClient, data: Mapping[str, Any]) -> Probe:
        """Test the live system, and refuse an account that may not write."""
        probe = await super().probe(client, data)
        if not cast("FrigateCapabilities", probe.capabilities).may_write:
            raise PermissionDenied(code="role_may_not_write")
        return probe
