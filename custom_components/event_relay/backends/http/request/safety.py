"""Keep requests at their origin, and their headers and paths unambiguous.

Administrators define requests, but their templates include values from sensors,
calendars and people. No value may redirect a request or add anything to it.
"""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import ip_address
import re
from typing import Final
import unicodedata
from urllib.parse import quote, urlsplit

from yarl import URL

from ...base import InvalidField

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}", re.ASCII)
"""A token of RFC 9110, section 5.6.2."""
OURS: Final = frozenset(
    {
        "connection",
        "content-length",
        "content-type",
        "expect",
        "host",
        "http2-settings",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Headers that belong to the connection, or define how a body is read."""
_LITERAL = re.compile(r"[/A-Za-z0-9._~!$&'()*+,;=:@ -]*", re.ASCII)
"""Characters that a path may have outside its values. A percent sign is not among them:
it would be encoded again, or hide its meaning."""
_CONTROL = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Unicode categories: control, half of a pair, line and paragraph separator."""


def header_name(name: str, field: str) -> str:
    """Return the name of a header that a request may set; raises InvalidField."""
    if not _NAME.fullmatch(name):
        raise InvalidField(field, "header_name", header=name[:100])
    if name.lower() in OURS:
        raise InvalidField(field, "header_reserved", header=name)
    return name


def is_header_value(text: str) -> bool:
    """Return whether a text is one line that a header can carry."""
    return not any(unicodedata.category(character) in _CONTROL for character in text)


def is_text(text: str) -> bool:
    """Return whether a text can be encoded as UTF-8."""
    try:
        _ = text.encode()
    except UnicodeEncodeError:
        return False
    return True


@lru_cache(maxsize=256)
def literal(text: str, field: str) -> str:
    """Return the literal part of a path, encoded; raises InvalidField."""
    if not _LITERAL.fullmatch(text):
        raise InvalidField(field, "path_character")
    return quote(text, safe="/!$&'()*+,;=:@")


def path_value(text: str, field: str) -> str:
    """Return a value encoded as a part of one path segment.

    Raises InvalidField for a value that has another meaning there.
    """
    if "\\" in text or not is_text(text) or not is_header_value(text):
        raise InvalidField(field, "path_character")
    return quote(text, safe="")


def segments_allowed(path: str) -> bool:
    """Return whether no encoded segment is empty, except the last, or goes up."""
    *inner, last = path.split("/")[1:] or [""]
    return path.startswith("/") and "" not in inner and not {".", ".."} & {*inner, last}


@lru_cache(maxsize=256)
def stays_at(address: str, origin: str) -> bool:
    """Return whether an address is at an origin, by two independent parsers."""
    try:
        wanted, parsed = URL(origin), URL(address, encoded=True)
        parts = urlsplit(address)
        port = parts.port or wanted.port
    except ValueError:
        return False
    return (
        parsed.origin() == wanted.origin()
        and parsed.user is None
        and parsed.password is None
        and "@" not in parts.netloc
        and parts.scheme == wanted.scheme
        and (parts.hostname or "") == (urlsplit(origin).hostname or "")
        and port == wanted.port
        and parts.fragment == ""
    )


def origin_of(address: str) -> str | None:
    """Return the origin of an address, without user or path; None if it has none."""
    try:
        parsed = URL(address)
        if parsed.scheme not in ("http", "https") or not parsed.host:
            return None
        return str(parsed.origin())
    except ValueError:
        return None


_OWN_DOMAINS = (".local", ".lan", ".home", ".internal", ".home.arpa", ".localhost")
"""Suffixes of names that no public name server knows."""


_HOME_RESOLVED = ("fritz.box", "ts.net")
"""Domains whose names the resolver of a home answers: a FRITZ!Box, or Tailscale. Other
name servers may answer them, too: fritz.box once belonged to a stranger (WIPO
D2024-0706), and Tailscale's Funnel publishes machines."""


def is_public(address: str) -> bool:
    """Return whether an address is outside the home, as far as its name shows."""
    host = host_of(address)
    try:
        found = ip_address(host.partition("%")[0])
    except ValueError:
        return "." in host and not host.endswith(_OWN_DOMAINS)
    # Shared addresses, which Tailscale uses, are neither private nor global.
    return found.is_global


def host_of(address: str) -> str:
    """Return the host of an address, in lower case."""
    return (URL(address).host or "").rstrip(".").lower()


def is_resolved_at_home(address: str) -> bool:
    """Return whether what a name resolves to tells whether it is in the home."""
    return f".{host_of(address)}".endswith(tuple(f".{one}" for one in _HOME_RESOLVED))


def are_in_home(resolved: Iterable[str]) -> bool:
    """Return whether the addresses of such a name are in the home.

    IPv4 decides if there is any: a router also tells the global IPv6 address that a
    device has in its network.
    """
    found = [ip_address(one.partition("%")[0]) for one in resolved]
    deciding = [one for one in found if one.version == 4] or found  # noqa: PLR2004
    return bool(deciding) and not any(one.is_global for one in deciding)
