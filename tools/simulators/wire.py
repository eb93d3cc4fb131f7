"""The messages between the HTTP server and a simulated system."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
import json

from multidict import CIMultiDict, CIMultiDictProxy

type Json = bool | int | float | str | list[Json] | dict[str, Json] | None


@dataclass(frozen=True, kw_only=True)
class Call:
    """One whole HTTP request."""

    method: str
    path: str
    """The raw path, still percent-encoded, without the prefix and the query."""
    query: str = ""
    headers: CIMultiDictProxy[str] = field(
        default_factory=lambda: CIMultiDictProxy(CIMultiDict())
    )
    body: bytes = b""
    too_large: bool = False
    """Whether the body was over the limit, and so was not read."""
    host: str = "127.0.0.1"
    """The host of the Host header, without the port."""
    remote: str = "127.0.0.1"


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One whole HTTP response."""

    status: int = HTTPStatus.OK
    body: bytes = b""
    content_type: str | None = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    after: float = 0.0
    """Seconds that its request took."""

    def with_header(self, name: str, value: str) -> Reply:
        """Return this reply with one more header."""
        return replace(self, headers=(*self.headers, (name, value)))


def json_reply(
    content: Json, status: int = HTTPStatus.OK, headers: Mapping[str, str] | None = None
) -> Reply:
    """Return content as JSON; raise ValueError for a number that JSON cannot hold."""
    body = json.dumps(content, ensure_ascii=False, allow_nan=False).encode()
    return Reply(status=status, body=body, headers=tuple((headers or {}).items()))


_NGINX_TITLES = {
    401: "Authorization Required",
    405: "Not Allowed",
    413: "Request Entity Too Large",
    414: "Request-URI Too Large",
    503: "Service Temporarily Unavailable",
    504: "Gateway Time-out",
}
"""Titles that differ from the standard's."""


def html_reply(status: int, page: str | None = None) -> Reply:
    """Return an HTML page; by default nginx's page for the status."""
    title = f"{status} {_NGINX_TITLES.get(status, HTTPStatus(status).phrase)}"
    default = (
        f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n"
        f"<center><h1>{title}</h1></center>\r\n<hr><center>nginx</center>\r\n"
        "</body>\r\n</html>\r\n"
    )
    body = (default if page is None else page).encode()
    return Reply(status=status, body=body, content_type="text/html")


def text_reply(text: str, status: int = HTTPStatus.OK) -> Reply:
    """Return plain text."""
    return Reply(
        status=status, body=text.encode(), content_type="text/plain; charset=utf-8"
    )
