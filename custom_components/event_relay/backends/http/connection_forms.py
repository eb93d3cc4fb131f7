"""The forms of a connection to any HTTP API, and how their input is stored."""

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
import re
import socket
from typing import Any

from homeassistant.const import CONF_NAME, CONF_URL, CONF_USERNAME, CONF_VERIFY_SSL
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from homeassistant.util.ssl import (
    SSL_ALPN_NONE,
    SSLCipherList,
    client_context,
    client_context_no_verify,
    get_default_context,
    get_default_no_verify_context,
)
import voluptuous as vol
from yarl import URL

from ..address_forms import read_address
from ..base import InvalidField
from ..connection_forms import ADDRESS, SECRET
from ..input_forms import BoundedNumber
from .api.access import Access, Authentication, Kind, Tls, pem_context
from .request import safety
from .request.signing import key_of
from .request.slots import SECRET_NAME

CONF_AUTHENTICATION = "authentication"
CONF_SECRET = "secret"  # noqa: S105 - a name
CONF_HEADER = "header"
CONF_SECRETS = "secrets"
CONF_SIGNING_SECRET = "signing_secret"  # noqa: S105 - a name
CONF_FORMER_SECRET = "former_signing_secret"  # noqa: S105 - a name
CONF_CERTIFICATE = "certificate"
CONF_INTERVAL = "interval"
CONF_READ_PATH = "read_path"
CONF_IN_ORDER = "in_order"
CONF_UNENCRYPTED = "unencrypted"
SECTION_MORE = "more"

LONGEST_INTERVAL = 3600
_RESOLVING = 5.0
"""Seconds for a name."""
_PASSWORDS = TextSelector(
    TextSelectorConfig(
        type=TextSelectorType.PASSWORD, autocomplete="off", multiple=True
    )
)
_ONE_LINE = re.compile(r"[^\x00-\x1f\x7f]{1,4000}")
_READ_PATH = re.compile(r"/[A-Za-z0-9._~!$&'()*+,;=:@/?%-]*", re.ASCII)

CREDENTIALS = (
    CONF_AUTHENTICATION,
    CONF_USERNAME,
    CONF_SECRET,
    CONF_HEADER,
    CONF_SECRETS,
)
"""The fields that reauthentication asks for again."""
_MORE = vol.Schema(
    {
        vol.Optional(CONF_SIGNING_SECRET): SECRET,
        vol.Optional(CONF_FORMER_SECRET): SECRET,
        vol.Required(CONF_UNENCRYPTED, default=False): BooleanSelector(),
        vol.Required(CONF_VERIFY_SSL, default=True): BooleanSelector(),
        vol.Optional(CONF_CERTIFICATE): TextSelector(
            TextSelectorConfig(multiline=True)
        ),
        vol.Required(CONF_INTERVAL, default=0): BoundedNumber(
            0, LONGEST_INTERVAL, fractions=True, unit="s"
        ),
        vol.Required(CONF_IN_ORDER, default=False): BooleanSelector(),
    }
)
CONNECTION = vol.Schema(
    {
        vol.Required(CONF_URL): ADDRESS,
        vol.Optional(CONF_NAME): TextSelector(),
        vol.Required(CONF_AUTHENTICATION, default=Kind.NONE.value): SelectSelector(
            SelectSelectorConfig(
                options=[kind.value for kind in Kind],
                translation_key="http_authentication",
                mode=SelectSelectorMode.DROPDOWN,
            )
        ),
        vol.Optional(CONF_USERNAME): TextSelector(),
        vol.Optional(CONF_SECRET): SECRET,
        vol.Optional(CONF_HEADER): TextSelector(),
        vol.Optional(CONF_SECRETS): _PASSWORDS,
        vol.Optional(CONF_READ_PATH): TextSelector(),
        # The section may be missing from the input. The interface shows this default
        # unchanged, but not the defaults of the fields in it.
        vol.Required(SECTION_MORE, default=_MORE({})): section(
            _MORE, {"collapsed": True}
        ),
    }
)


def normalised(entered: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data to store; raises InvalidField."""
    data = {
        CONF_URL: _origin(entered[CONF_URL]),
        **_credentials(entered),
        CONF_UNENCRYPTED: entered[CONF_UNENCRYPTED],
        CONF_VERIFY_SSL: entered[CONF_VERIFY_SSL],
        CONF_CERTIFICATE: _text(entered, CONF_CERTIFICATE),
        CONF_READ_PATH: _text(entered, CONF_READ_PATH),
        CONF_INTERVAL: entered[CONF_INTERVAL],
        CONF_IN_ORDER: entered[CONF_IN_ORDER],
    }
    for name in (CONF_SIGNING_SECRET, CONF_FORMER_SECRET):
        data[name] = _text(entered, name)
        if data[name] and not _readable(partial(key_of, data[name], name)):
            raise InvalidField(name, "bad_signing_secret")
    pem = data[CONF_CERTIFICATE]
    if pem and not _readable(partial(pem_context, pem, CONF_CERTIFICATE)):
        raise InvalidField(CONF_CERTIFICATE, "bad_certificate")
    if (path := data[CONF_READ_PATH]) and not _READ_PATH.fullmatch(path):
        raise InvalidField(CONF_READ_PATH, "bad_read_path")
    return data


async def refuse_exposure(data: Mapping[str, Any]) -> None:
    """Refuse secrets that would be sent unencrypted over the internet.

    Unless the user has confirmed that. Raises InvalidField.
    """
    url = data[CONF_URL]
    if data[CONF_UNENCRYPTED] or not _exposes_secrets(data):
        return
    if not safety.is_resolved_at_home(url) or not safety.are_in_home(
        await _resolved(safety.host_of(url))
    ):
        raise InvalidField(CONF_URL, "plain_http_public")


async def _resolved(host: str) -> list[str]:
    """Return the addresses of a host; none if that takes long or fails."""
    try:
        async with asyncio.timeout(_RESOLVING):
            found = await asyncio.get_running_loop().getaddrinfo(
                host, None, type=socket.SOCK_STREAM
            )
    except OSError, UnicodeError:
        return []
    return [str(address) for *_, (address, *_) in found]


def access_of(data: Mapping[str, Any]) -> Access:
    """Return the access of a stored connection."""
    return Access(
        origin=data[CONF_URL],
        tls=_tls(data),
        authentication=Authentication(
            kind=Kind(data[CONF_AUTHENTICATION]),
            username=data[CONF_USERNAME],
            secret=data[CONF_SECRET],
            header=data[CONF_HEADER],
        ),
        named_secrets=named_secrets(data),
        signing_secrets=signing_secrets(data),
        interval=data[CONF_INTERVAL],
        read_path=data[CONF_READ_PATH] or None,
    )


def signing_secrets(data: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the secrets that requests are signed with, the current one first."""
    return tuple(
        secret
        for secret in (data[CONF_SIGNING_SECRET], data[CONF_FORMER_SECRET])
        if secret
    )


def named_secrets(data: Mapping[str, Any]) -> dict[str, str]:
    """Return the secrets by the names of their placeholders."""
    pairs = (pair.partition("=") for pair in data[CONF_SECRETS])
    return {name.strip(): value.strip() for name, _, value in pairs}


def _tls(data: Mapping[str, Any]) -> Tls:
    """Return the TLS contexts; Home Assistant has read its own from disk before."""
    if pem := data[CONF_CERTIFICATE]:
        return Tls(
            shared=pem_context(pem, CONF_CERTIFICATE),
            fresh=pem_context(pem, CONF_CERTIFICATE),
        )
    default = SSLCipherList.PYTHON_DEFAULT
    if data[CONF_VERIFY_SSL]:
        return Tls(
            shared=get_default_context(), fresh=client_context(default, SSL_ALPN_NONE)
        )
    return Tls(
        shared=get_default_no_verify_context(),
        fresh=client_context_no_verify(default, SSL_ALPN_NONE),
    )


def _origin(entered: str) -> str:
    """Return scheme, host and port; raises InvalidField."""
    address = read_address(entered)
    if URL(address).path not in ("", "/"):
        raise InvalidField(CONF_URL, "origin_only")
    return str(URL(address).origin())


def _credentials(entered: Mapping[str, Any]) -> dict[str, Any]:
    """Return the authentication; raises InvalidField."""
    kind = Kind(entered[CONF_AUTHENTICATION])
    secret, username = _text(entered, CONF_SECRET), _text(entered, CONF_USERNAME)
    header = _text(entered, CONF_HEADER)
    if kind is not Kind.NONE and not secret:
        raise InvalidField(CONF_SECRET, "missing_secret")
    if secret and not _ONE_LINE.fullmatch(secret):
        raise InvalidField(CONF_SECRET, "bad_credential")
    if kind in (Kind.BASIC, Kind.DIGEST):
        if not username:
            raise InvalidField(CONF_USERNAME, "missing_user")
        if ":" in username or not _ONE_LINE.fullmatch(username):
            raise InvalidField(CONF_USERNAME, "bad_credential")
    named = partial(safety.header_name, header, CONF_HEADER)
    if kind is Kind.HEADER and not _readable(named):
        raise InvalidField(CONF_HEADER, "bad_header")
    return {
        CONF_AUTHENTICATION: kind.value,
        CONF_USERNAME: username if kind in (Kind.BASIC, Kind.DIGEST) else "",
        CONF_SECRET: secret if kind is not Kind.NONE else "",
        CONF_HEADER: header if kind is Kind.HEADER else "",
        CONF_SECRETS: _pairs(entered.get(CONF_SECRETS) or []),
    }


def _pairs(entered: list[str]) -> list[str]:
    """Return named secrets, each as `name=value`; raises InvalidField."""
    pairs: dict[str, str] = {}
    for pair in filter(None, map(str.strip, entered)):
        name, _, value = pair.partition("=")
        name, value = name.strip(), value.strip()
        if (
            not SECRET_NAME.fullmatch(name)
            or name in pairs
            or not _ONE_LINE.fullmatch(value)
        ):
            raise InvalidField(CONF_SECRETS, "bad_named_secret")
        pairs[name] = value
    return [f"{name}={value}" for name, value in pairs.items()]


def _exposes_secrets(data: Mapping[str, Any]) -> bool:
    """Return whether secrets would be sent unencrypted over the internet."""
    url = data[CONF_URL]
    has_secrets = bool(data[CONF_SECRET] or data[CONF_SECRETS])
    return has_secrets and URL(url).scheme == "http" and safety.is_public(url)


def _readable(read: Callable[[], object]) -> bool:
    """Return whether a value can be read."""
    try:
        _ = read()
    except InvalidField:
        return False
    return True


def _text(entered: Mapping[str, Any], name: str) -> str:
    return (entered.get(name) or "").strip()
