"""From the form of a connection to its login, which all share that use the account."""

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from homeassistant.const import (
    CONF_PASSWORD,
    CONF_URL,
    CONF_USERNAME,
    CONF_VERIFY_SSL,
    EVENT_HOMEASSISTANT_FINAL_WRITE,
)
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ..errors import BackendError
from ..forms import cookieless_session
from ..transport import HttpTransport
from .login import AipixLogin, Api

CONF_API = "api"
CONF_DEVICE_ID = "device_id"
GOODBYE = 6.0
"""Seconds that a log-out may take; longer than the look-up of a `.local` name, as in
`transport.py`."""


class Account(NamedTuple):
    """What a login is for."""

    address: str
    api: str
    username: str
    password: str
    device_id: str
    verify_ssl: bool


_LOGINS: HassKey[dict[Account, AipixLogin]] = HassKey("event_relay_aipix_logins")


@callback
def shared_login(hass: HomeAssistant, data: Mapping[str, Any]) -> AipixLogin:
    """Return the login of a connection's account, the same one for all its clients.

    When Home Assistant ends every login is given back, since a session would be
    taken anew at each start.
    """
    account = _account(data)
    if (logins := hass.data.get(_LOGINS)) is None:
        logins = hass.data[_LOGINS] = {}

        async def give_back(_event: Event) -> None:
            """Give back the sessions once nothing is sent any more."""
            await _log_out(hass.data[_LOGINS].values())

        hass.bus.async_listen_once(EVENT_HOMEASSISTANT_FINAL_WRITE, give_back)
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


async def log_out(hass: HomeAssistant, device_id: str) -> None:
    """Give back the sessions of a connection that is removed."""
    logins = hass.data.get(_LOGINS, {})
    ours = [one for one in logins if one.device_id == device_id]
    await _log_out([logins.pop(account) for account in ours])


async def _log_out(logins: Iterable[AipixLogin]) -> None:
    """Give sessions back, as far as that can be done soon."""

    async def log_out(login: AipixLogin) -> None:
        with suppress(BackendError, TimeoutError):
            async with asyncio.timeout(GOODBYE):
                await login.log_out()

    await asyncio.gather(*map(log_out, logins))


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
