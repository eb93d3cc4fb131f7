"""What Home Assistant's forms ask for to reach an aipix, and what it knows for us."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any, NamedTuple, cast, override
from uuid import uuid4

from homeassistant.const import (
    CONF_PASSWORD,
    CONF_URL,
    CONF_USERNAME,
    CONF_VERIFY_SSL,
    EVENT_HOMEASSISTANT_FINAL_WRITE,
)
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceNotFound
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey
import voluptuous as vol
from yarl import URL

from ..base import Client, InvalidField, JsonObject
from ..errors import BackendError
from ..forms import (
    BackendForms,
    Coercer,
    Probe,
    Product,
    Query,
    as_it_is,
    cookieless_session,
    with_test_title,
)
from ..http import HttpTransport, normalise_address
from ..rule_forms import RuleField
from .choices import ScriptChoices, script_choices
from .client import AipixClient
from .login import AipixLogin, Api
from .models import AipixCapabilities
from .operations import AIPIX
from .resolving import Home, resolve
from .rule_forms import camera_mark_fields, script_fields
from .script import LONGEST_TITLE
from .week import Numbering

CONF_API = "api"
CONF_DEVICE_ID = "device_id"
CONF_WEEKDAYS = "weekdays"
GOODBYE = 5.0
"""Seconds that a log-out may take."""
LISTS = 5.0
"""Seconds that a form waits for lists to choose from."""

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

_SCRIPT: Mapping[str, Coercer] = {
    "event_id": as_it_is,
    "reaction_id": as_it_is,
    "users": as_it_is,
    "schedule": cv.ensure_list,
    "schedule_entity": cv.entity_id,
    "title": cv.string,
    "status": as_it_is,
    "cameras": cv.ensure_list,
    "timetable": as_it_is,
    "extra": as_it_is,
}

ACTION_FIELDS: Mapping[str, Mapping[str, Coercer]] = {
    "create_script": _SCRIPT,
    "update_script": {"script_id": as_it_is, "delivery_id": cv.string, **_SCRIPT},
    "create_camera_mark": {
        "camera_id": as_it_is,
        "title": cv.string,
        "start": cv.datetime,
        "end": cv.datetime,
    },
}
"""What the actions take; numbers are read by the operations themselves."""


async def _list_choices(client: AipixClient, _fields: Mapping[str, Any]) -> JsonObject:
    """Answer what a script can be made of."""
    return (await script_choices(client)).as_json()


async def _scripts(client: AipixClient) -> JsonObject:
    """Answer the scripts, null where they are not listed; nothing secret of them."""
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


class Account(NamedTuple):
    """What a login is for."""

    address: str
    api: str
    username: str
    password: str
    device_id: str
    verify_ssl: bool


_LOGINS: HassKey[dict[Account, AipixLogin]] = HassKey("event_relay_aipix_logins")


class AipixForms(BackendForms):
    """The part of aipix that Home Assistant sees."""

    backend = AIPIX
    action_fields = ACTION_FIELDS
    administrative = frozenset(
        {"create_script", "update_script", "list_script_choices"}
    )
    outside_id_field = "script_id"
    queries: Mapping[str, Query] = {
        "list_script_choices": Query(fields={}, run=_list_choices)
    }
    looks: Mapping[str, Callable[[AipixClient], Awaitable[JsonObject]]] = {
        "scripts": _scripts
    }

    @override
    def rule_operations(self, capabilities: AipixCapabilities) -> tuple[str, ...]:
        """Return the operations that a rule may ask for of this API."""
        if capabilities.api is Api.CLIENT:
            return ("create_camera_mark", "create_script")
        return ("create_script",)

    @override
    async def rule_fields(
        self, operation: str, capabilities: AipixCapabilities, client: AipixClient
    ) -> tuple[RuleField, ...]:
        """Return what the form of a rule asks for, with lists if aipix gives them."""
        choices = ScriptChoices()
        with suppress(BackendError, TimeoutError):
            async with asyncio.timeout(LISTS):
                choices = await script_choices(client)
        if operation == "create_camera_mark":
            return camera_mark_fields(choices)
        return script_fields(choices, capabilities.api)

    @override
    def as_test(self, operation: str, data: Mapping[str, object]) -> dict[str, object]:
        """Return the data of an operation with a title that says it is a test."""
        return with_test_title(data, longest=LONGEST_TITLE)

    @override
    def connection_schema(self) -> vol.Schema:
        """Return the form that adds or reconfigures a connection."""
        return vol.Schema(
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

    @override
    def credentials_schema(self) -> vol.Schema:
        """Return the part of it that reauthentication asks for again."""
        return vol.Schema(CREDENTIALS)

    @override
    def normalise(self, user_input: Mapping[str, Any]) -> dict[str, Any]:
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

    @override
    def made_once(self, previous: Mapping[str, Any]) -> dict[str, Any]:
        """Return the id by which aipix knows this connection (`X-UUID`)."""
        return {CONF_DEVICE_ID: previous.get(CONF_DEVICE_ID) or str(uuid4())}

    @override
    def options_schema(self) -> vol.Schema:
        """Return the form for the numbering of weekdays, which is not documented."""
        return vol.Schema(
            {
                vol.Required(
                    CONF_WEEKDAYS, default=Numbering.MONDAY_0.value
                ): SelectSelector(
                    SelectSelectorConfig(
                        options=[numbering.value for numbering in Numbering],
                        translation_key="weekdays",
                    )
                )
            }
        )

    @override
    def identity(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return the account: aipix gives itself no id."""
        return {key: data[key] for key in (CONF_URL, CONF_API, CONF_USERNAME)}

    @override
    def product(
        self, data: Mapping[str, Any], capabilities: AipixCapabilities
    ) -> Product:
        """Say what system a connection leads to."""
        return Product(
            manufacturer="aipix",
            model="aipix",
            version=capabilities.version,
            address=data[CONF_URL],
        )

    @override
    def create_client(self, hass: HomeAssistant, data: Mapping[str, Any]) -> Client:
        """Build a client from a connection's data.

        Clients of the same account share its login, so that neither a form nor a
        reload takes another of the user's sessions.
        """
        return AipixClient(_login(hass, data))

    @override
    async def probe(self, client: Client, data: Mapping[str, Any]) -> Probe:
        """Try the live system; raises a BackendError with the code of a form error."""
        aipix = cast("AipixClient", client)
        aipix.forget_refusal()
        capabilities = await aipix.capabilities()
        return Probe(
            title=f"aipix ({URL(data[CONF_URL]).host})", capabilities=capabilities
        )

    @override
    async def resolve(
        self,
        hass: HomeAssistant,
        connection: Mapping[str, Any],
        operation: str,
        data: dict[str, Any],
    ) -> dict[str, Any]:
        """Turn schedules into what the API of the connection takes."""
        entity_id = data.get("schedule_entity")
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
        """Log out, so that the user has the sessions back."""
        logins = hass.data.get(_LOGINS, {})
        ours = [one for one in logins if one.device_id == data[CONF_DEVICE_ID]]
        await _log_out([logins.pop(account) for account in ours])


async def _log_out(logins: Iterable[AipixLogin]) -> None:
    """Give sessions back, as far as that can be done soon."""

    async def log_out(login: AipixLogin) -> None:
        with suppress(BackendError, TimeoutError):
            async with asyncio.timeout(GOODBYE):
                await login.log_out()

    await asyncio.gather(*map(log_out, logins))


async def _helper(hass: HomeAssistant, entity_id: str) -> object:
    """Return the week of a schedule helper; None where there is none."""
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


def _account(data: Mapping[str, Any]) -> Account:
    """Return what the login of a connection is for."""
    return Account(
        address=data[CONF_URL],
        api=data[CONF_API],
        username=data[CONF_USERNAME],
        password=data[CONF_PASSWORD],
        device_id=data[CONF_DEVICE_ID],
        verify_ssl=data[CONF_VERIFY_SSL],
    )


@callback
def _login(hass: HomeAssistant, data: Mapping[str, Any]) -> AipixLogin:
    """Return the login of an account, the same one for all its clients.

    When Home Assistant ends every login is given back, since a session would be
    taken anew at each start.
    """
    account = _account(data)
    if (logins := hass.data.get(_LOGINS)) is None:
        logins = hass.data[_LOGINS] = {}

        async def log_out(_event: Event) -> None:
            """Give back the sessions once nothing is sent any more."""
            await _log_out(hass.data[_LOGINS].values())

        hass.bus.async_listen_once(EVENT_HOMEASSISTANT_FINAL_WRITE, log_out)
    if (login := logins.get(account)) is None:
        login = logins[account] = AipixLogin(
            HttpTransport(
                cookieless_session(hass, verify_ssl=data[CONF_VERIFY_SSL]),
                data[CONF_URL],
            ),
            Api(data[CONF_API]),
            username=data[CONF_USERNAME],
            password=data[CONF_PASSWORD],
            device_id=data[CONF_DEVICE_ID],
        )
    return login
