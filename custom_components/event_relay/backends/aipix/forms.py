"""The forms of a connection to aipix, and the data that Home Assistant adds."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, cast, override
from uuid import uuid4

from homeassistant.config_entries import ConfigSubentryFlow
from homeassistant.const import CONF_URL, CONF_USERNAME
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceNotFound
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..address_forms import read_address
from ..base import Client, InvalidField, JsonObject, Settings
from ..choice_forms import Listed
from ..forms import BackendForms, Probe, Product, Query
from ..rule_forms import RuleField
from .api.client import AipixClient
from .api.login import Api
from .api.models import AipixCapabilities
from .backend import AIPIX
from .choices import script_choices
from .connection_forms import CONF_WEEKDAYS, CONNECTION, OPTIONS
from .login_forms import CONF_API, CONF_DEVICE_ID, log_out, shared_login
from .mirror.flow_forms import ScriptMirrorFlow
from .mirror.script_mirror import ScriptMirror
from .mirror.script_settings import SUBENTRY_SCRIPT_MIRROR
from .operations.week import Numbering
from .patterns import PATTERNS
from .resolving import Home, resolve
from .rule_forms import camera_mark_fields, script_fields


async def _list_choices(client: AipixClient, _fields: Mapping[str, Any]) -> JsonObject:
    """Return the values that a script can use."""
    return (await script_choices(client)).as_json()


async def _scripts(client: AipixClient) -> JsonObject:
    """Return the scripts without secrets; null if they are not listed."""
    if client.login.api is Api.ADMINISTRATOR:
        return {"scripts": None}
    found = await client.scripts()
    return {
        "scripts": None
        if found is None
        else [
            {
                "script_id": script.id,
                "title": script.title,
                "event_id": script.event_id,
                "reaction_id": script.reaction_id,
            }
            for script in found
        ]
    }


class AipixForms(BackendForms):
    """The part of aipix that Home Assistant sees."""

    backend = AIPIX
    connection = CONNECTION
    identified_by = (CONF_URL, CONF_API, CONF_USERNAME)
    options = OPTIONS
    patterns = PATTERNS
    form_errors = frozenset(
        {"captcha_required", "client_refused", "licence", "session_limit"}
    )
    reasons: Mapping[str, str] = {
        "a mark has no id": "own_no_id",
        "a script has no id": "own_no_id",
        "more entries than can be read": "own_too_many",
        "the answer has no id": "own_no_id",
        "the login is not JSON": "own_not_json",
        "aipix has no such script": "reason_unknown_script",
        "all sessions of this login are in use": "reason_session_limit",
        "that delivery made no script": "reason_unknown_script",
        "the script belongs to the desktop client": "reason_foreign_script",
    }
    administrative = frozenset(
        {"create_script", "update_script", "list_script_choices"}
    )
    outside_id_field = "script_id"
    subentry_flows: Mapping[str, type[ConfigSubentryFlow]] = {
        SUBENTRY_SCRIPT_MIRROR: ScriptMirrorFlow
    }
    runners: Mapping[str, Callable[..., Any]] = {SUBENTRY_SCRIPT_MIRROR: ScriptMirror}
    queries: Mapping[str, Query] = {
        "list_script_choices": Query(fields={}, run=_list_choices)
    }
    looks: Mapping[str, Callable[[AipixClient], Awaitable[JsonObject]]] = {
        "scripts": _scripts
    }

    @override
    def rule_operations(self, capabilities: AipixCapabilities) -> tuple[str, ...]:
        """Return the operations of this API that a rule may use."""
        if capabilities.api is Api.CLIENT:
            return ("create_camera_mark", "create_script")
        return ("create_script",)

    @override
    def rule_fields(
        self, operation: str, capabilities: AipixCapabilities, listed: Listed
    ) -> tuple[RuleField, ...]:
        """Return the fields of a rule's form."""
        if operation == "create_camera_mark":
            return camera_mark_fields(listed)
        return script_fields(listed, capabilities.api)

    @override
    async def ask_lists(self, client: AipixClient) -> Listed:
        """Return aipix's lists, or else the values that its scripts use; no logins."""
        return (await script_choices(client)).as_labels()

    @override
    def read_url(self, entered: str) -> str:
        """Return the base address of both APIs; raises InvalidField."""
        return read_address(entered, branches=("admin", "api"))

    @override
    def normalise(self, user_input: Mapping[str, Any]) -> dict[str, Any]:
        """Return the data to store; raises InvalidField."""
        data = super().normalise(user_input)
        for name in self.credentials:
            if not data[name]:
                raise InvalidField(name, f"missing_{name}")
        return data

    @override
    def made_once(self, previous: Mapping[str, Any]) -> dict[str, Any]:
        """Return the device id of this connection for aipix (`X-UUID`)."""
        return {CONF_DEVICE_ID: previous.get(CONF_DEVICE_ID) or str(uuid4())}

    @override
    def product(
        self, data: Mapping[str, Any], capabilities: AipixCapabilities
    ) -> Product:
        """Return the device information of the system behind a connection."""
        return Product(
            manufacturer=AIPIX.title,
            model="aipix",
            version=capabilities.version,
            address=data[CONF_URL],
        )

    @override
    def create_client(self, hass: HomeAssistant, data: Mapping[str, Any]) -> Client:
        """Build a client from a connection's data.

        Clients of the same account share its login, so that neither a form nor a reload
        uses another of the user's sessions.
        """
        return AipixClient(shared_login(hass, data))

    @override
    async def probe(self, client: AipixClient, data: Mapping[str, Any]) -> Probe:
        """Test the live system, even if it has refused the credentials before."""
        client.forget_refusal()
        return await super().probe(client, data)

    @override
    async def resolve(
        self,
        hass: HomeAssistant,
        settings: Settings,
        operation: str,
        data: dict[str, Any],
    ) -> dict[str, Any]:
        """Convert schedules to the format of the connection's API."""
        entity_id = data.get("schedule_entity")
        connection = settings.all
        return resolve(
            operation,
            data,
            Home(
                api=Api(connection[CONF_API]),
                numbering=Numbering(connection.get(CONF_WEEKDAYS, Numbering.MONDAY_0)),
                zone=dt_util.get_default_time_zone(),
                offset=dt_util.now().utcoffset() or timedelta(),
                helper=await _helper(hass, entity_id) if entity_id else None,
            ),
        )

    @override
    async def removed(self, hass: HomeAssistant, data: Mapping[str, Any]) -> None:
        """Log out, which frees the user's sessions."""
        await log_out(hass, data[CONF_DEVICE_ID])


async def _helper(hass: HomeAssistant, entity_id: str) -> object:
    """Return the week of a schedule helper; None without one."""
    try:
        answer = await hass.services.async_call(
            "schedule",
            "get_schedule",
            {"entity_id": entity_id},
            blocking=True,
            return_response=True,
        )
    except ServiceNotFound, HomeAssistantError, vol.Invalid:
        return None
    return cast("Mapping[str, object]", answer or {}).get(entity_id)
