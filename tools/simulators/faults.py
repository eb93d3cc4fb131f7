"""Faults on demand: which request goes wrong, and how."""

from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from http import HTTPStatus
from typing import cast

from .wire import Json, Reply, html_reply, json_reply, text_reply

_CRASHED = HTTPStatus.INTERNAL_SERVER_ERROR


class FaultKind(StrEnum):
    """What can go wrong with one request."""

    DELAY = "delay"
    """Wait, then handle the request normally."""
    STATUS = "status"
    """Return a status, handling the request or not."""
    REFUSE = "refuse"
    """Close the connection unread and without a response."""
    RESET_BEFORE = "reset_before"
    """Reset the connection before the request took effect."""
    RESET_AFTER = "reset_after"
    """Handle it, then reset: it took effect, and the reply is lost."""
    HALF_BODY = "half_body"
    """Handle it, then send half of the reply."""
    GARBAGE = "garbage"
    """Handle it, then return 200 with bytes that are not JSON."""
    HANG = "hang"
    """Never respond, handling the request or not."""
    EXPIRE_LOGINS = "expire_logins"
    """Invalidate every token, at once and without a request."""


@dataclass(kw_only=True)
class Fault:
    """One fault: the requests that it strikes, how often, and its effect on them."""

    kind: FaultKind
    method: str = "*"
    path: str = "*"
    """An fnmatch pattern for the raw path without prefix; * crosses slashes."""
    times: int | None = 1
    """How many requests it strikes; None: until cleared."""
    skip: int = 0
    """How many matching requests pass first."""
    seconds: float = 0.0
    """Delay before anything else, for any kind."""
    status: int = 503
    retry_after: str | None = None
    """Seconds or an HTTP date."""
    body: Json = None
    html: str | None = None
    handled: bool = False
    """For hang and status: whether the request takes effect."""

    def strikes(self, method: str, path: str) -> bool:
        """Return whether it strikes this request, and count a matching one."""
        if self.times == 0 or not self._matches(method, path):
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True

    def reply(self) -> Reply:
        """Return the reply of a status fault.

        A 500 after a request was handled comes from the system itself. With nginx's own
        page, a 500 means that the request was not let through.
        """
        if self.html is None and self.body is not None:
            reply = json_reply(self.body, self.status)
        elif self.html is None and self.handled and self.status == _CRASHED:
            reply = text_reply("Internal Server Error", self.status)
        else:
            reply = html_reply(self.status, self.html)
        if self.retry_after is None:
            return reply
        return reply.with_header("Retry-After", self.retry_after)

    def as_json(self) -> dict[str, Json]:
        """Return it in the form the control call takes."""
        return {
            "kind": self.kind.value,
            "match": {"method": self.method, "path": self.path},
            "times": self.times,
            "skip": self.skip,
        }

    def _matches(self, method: str, path: str) -> bool:
        return self.method in ("*", method) and fnmatchcase(path, self.path)


@dataclass
class Faults:
    """The faults that are armed."""

    waiting: list[Fault] = field(default_factory=list)

    def take(self, method: str, path: str) -> Fault | None:
        """Return the first fault that strikes this request, and count it."""
        for fault in self.waiting:
            if fault.strikes(method, path):
                return fault
        return None


_TYPES: dict[str, tuple[type, ...]] = {
    "times": (int, type(None)),
    "skip": (int,),
    "seconds": (int, float),
    "status": (int,),
    "retry_after": (int, float, str, type(None)),
    "body": (object,),
    "html": (str, type(None)),
    "handled": (bool,),
}


def parse_fault(document: Json) -> Fault:
    """Parse a fault of a control call; raise ValueError if it is invalid."""
    if not isinstance(document, dict):
        raise ValueError("a fault is an object")  # noqa: TRY004 one error for all bad input
    fault = Fault(kind=FaultKind(str(document.get("kind"))))
    for name, value in document.items():
        if name == "match":
            _parse_match(fault, value)
        elif name != "kind":
            _parse_field(fault, name, value)
    return fault


def _parse_match(fault: Fault, match: Json) -> None:
    if not isinstance(match, dict) or not match.keys() <= {"method", "path"}:
        raise ValueError("match takes method and path")
    fault.method = str(match.get("method") or "*").upper()
    fault.path = str(match.get("path") or "*")


def _parse_field(fault: Fault, name: str, value: Json) -> None:
    if name not in _TYPES or not isinstance(value, _TYPES[name]):
        raise ValueError(f"{name} is not a field of a fault, or not of its type")
    if name == "retry_after" and value is not None:
        value = str(value)
    setattr(fault, name, cast("object", value))
