"""Read the address of a connection as people type it or copy it from a browser."""

from collections.abc import Collection, Mapping
import re
from typing import Any

from homeassistant.const import CONF_URL
from yarl import URL

from .base import InvalidField
from .transport import normalise_address

TLS_PORTS = frozenset({"443", "8443"})
"""Ports on which https is usual."""
LOOPBACK = frozenset({"127.0.0.1", "localhost"})
"""Hosts to which secrets may be sent without TLS."""
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE | re.ASCII)
_AUTHORITY = re.compile(r"(\[[^\[\]]*\]|[^:\[\]]*)(?::([^:\[\]]*))?")
_HOST = re.compile(
    r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?|[0-9a-f.]*:[0-9a-f:.]*(%\w+)?", re.ASCII
)
"""A host name as it is sent, in Punycode if needed, or an IP address."""
_REST = re.compile(r"[/?#]")
_LARGEST_PORT = 65_535


def read_address(
    entered: str,
    *,
    scheme: str = "https",
    tls_ports: Collection[str] = TLS_PORTS,
    pages: Collection[str] = (),
    branches: Collection[str] = (),
) -> str:
    """Return the base address of a system's API; raises InvalidField.

    An address without a scheme gets the given one, or https on a TLS port. Query and
    fragment belong to a page in the browser and are dropped. So is a path that ends in
    one of the `pages`, or the part that begins with one of the `branches`.
    """
    text = entered.strip()
    named = _SCHEME.match(text)
    rest = text[named.end() :] if named else text.removeprefix("//")
    authority = _REST.split(rest, maxsplit=1)[0]
    port = _checked(authority)
    if named:
        scheme = named[1].lower()
    elif port in tls_ports:
        scheme = "https"
    if scheme not in ("http", "https"):
        raise InvalidField(CONF_URL, "address_scheme", scheme=scheme)
    path = re.split(r"[?#]", rest.removeprefix(authority), maxsplit=1)[0]
    return _built(f"{scheme}://{authority}", _prefix(path, pages, branches))


def refuse_unencrypted(address: str) -> str:
    """Return an address whose requests nobody can read; raises InvalidField.

    Requests to this machine do not leave it: tests and the demo have simulators there.
    """
    url = URL(address)
    if url.scheme != "https" and url.host not in LOOPBACK:
        raise InvalidField(CONF_URL, "https_only")
    return address


def wrong_path(data: Mapping[str, Any]) -> InvalidField | None:
    """Return the error for an address whose path leads to something else."""
    if not (path := URL(data[CONF_URL]).path.strip("/")):
        return None
    return InvalidField(CONF_URL, "wrong_path", path=f"/{path}")


def _checked(authority: str) -> str | None:
    """Check the host and port of an address; raises InvalidField."""
    if "@" in authority:
        raise InvalidField(CONF_URL, "address_with_login")
    parts = _AUTHORITY.fullmatch(authority)
    if parts is None:
        raise InvalidField(CONF_URL, "address_host", host=authority)
    host, port = parts[1], parts[2]
    if not host:
        raise InvalidField(CONF_URL, "invalid_address")
    if port and not (
        port.isascii() and port.isdecimal() and 0 < int(port[:6]) <= _LARGEST_PORT
    ):
        raise InvalidField(CONF_URL, "address_port", port=port)
    try:
        known = URL(f"https://{host}").raw_host or ""
    except ValueError:
        known = ""
    if not _HOST.fullmatch(known):
        raise InvalidField(CONF_URL, "address_host", host=host)
    return port


def _prefix(path: str, pages: Collection[str], branches: Collection[str]) -> str:
    """Return the part of a path before the system's own web pages."""
    segments = path.strip("/").split("/")
    for at, segment in enumerate(segments):
        if segment in branches:
            segments = segments[:at]
            break
    if segments and segments[-1] in pages:
        segments.pop()
    return "/".join(segments)


def _built(server: str, path: str) -> str:
    """Return an address in its stored form; raises InvalidField."""
    try:
        return normalise_address(f"{server}/{path}")
    except ValueError as error:
        raise InvalidField(CONF_URL, "invalid_address") from error
