"""The shared login of all connections that use the same account."""

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
from .api.login import AipixLogin, Api

CONF_API = "api"
CONF_DEVICE_ID = "device_id"
GOODBYE = 6.0
"""Seconds for a log-out; longer than the look-up of a `.local` name, as in
`transport.py`."""


class Account(NamedTuple):
    """The key of a shared login."""

    address: str
    api: str
    username: str
    password: str
    device_id: str
    verify_ssl: bool


_LOGINS: HassKey[dict[Account, AipixLogin]] = HassKey("event_relay_aipix_logins")


@callback
def shared_login(hass: HomeAssistant, data: Mapping[str, Any]) -> AipixLogin:
    """Return the login of a connection's account, shared by all its clients.

    Home Assistant logs out when it stops; otherwise each start would use another
    session.
    """
    account = _account(data)
    if (logins := hass.data.get(_LOGINS)) is None:
        logins = hass.data[_LOGINS] = {}

        async def give_back(_event: Event) -> None:
            """Log out once no more requests are sent."""
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
    """Log out the sessions of a connection that is removed."""
    logins = hass.data.get(_LOGINS, {})
    ours = [one for one in logins if one.device_id == device_id]
    await _log_out([logins.pop(account) for account in ours])


async def _log_out(logins: Iterable[AipixLogin]) -> None:
    """Log out, as far as that succeeds soon."""

    async def log_out(login: AipixLogin) -> None:
        with suppress(BackendError, TimeoutError):
            async with asyncio.timeout(GOODBYE):
                await login.log_out()

    await asyncio.gather(*map(log_out, logins))


def _account(data: Mapping[str, Any]) -> Account:
    """Return the key of a connection's login."""
    return Account(
        address=data[CONF_URL],
        api=data[CONF_API],
        username=data[CONF_USERNAME],
        password=data[CONF_PASSWORD],
        device_id=data[CONF_DEVICE_ID],
        verify_ssl=data[CONF_VERIFY_SSL],
    )
