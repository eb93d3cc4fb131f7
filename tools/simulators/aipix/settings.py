"""The settings of a simulated aipix."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, TypedDict

from tools.simulators.settings import (
    Reader,
    Settings,
    filled_text,
    flag,
    or_none,
    refused,
)
from tools.simulators.wire import Json


class AipixOptions(TypedDict, total=False):
    """The fields of AipixSettings, all optional."""

    version: str
    user: str
    password: str
    permitted: bool
    licensed: bool
    captcha: bool
    session_limit: int
    session_limit_status: int
    bare_sessions: bool
    login_limit: int | None
    lists_scripts: bool
    per_page: int
    wrapped: bool
    prefixed_token: bool
    events: Sequence[int]
    reactions: Sequence[int]
    users: Sequence[int]
    cameras: Sequence[int]


def _whole(value: Json) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise refused(value)
    return value


def _ids(value: Json) -> tuple[int, ...]:
    if not isinstance(value, list):
        raise refused(value)
    return tuple(_whole(one) for one in value)


@dataclass(kw_only=True)
class AipixSettings(Settings):
    """All settings; each can also be changed at run time."""

    version: str = "24.03.0.0"
    user: str = "relay"
    password: str = "a good password"
    """For both APIs, which do not accept each other's tokens (facts §10.8)."""
    permitted: bool = True
    """Whether the account may write; 403 if not (facts §3)."""
    licensed: bool = True
    """Whether the licence allows writes; 402 if not (facts §3, 25.06)."""
    captcha: bool = False
    """Whether the client API's login asks for a captcha (facts §2.2)."""
    session_limit: int = 5
    """Sessions of the client API; each login uses one (facts §2.2)."""
    session_limit_status: int = 419
    """The response list says 419, the prose 429 (facts §2.2)."""
    bare_sessions: bool = False
    """Whether the sessions are a bare list, as on old servers (facts §2.2)."""
    login_limit: int | None = None
    """Logins per ten minutes; throttling can be off (facts §3)."""
    lists_scripts: bool = True
    """Whether GET /api/v1/scripts exists, which no page states (facts §5)."""
    per_page: int = 25
    """Default entries of a page (facts §3)."""
    wrapped: bool = False
    """Whether single resources are wrapped in `data` (inferred, facts §10.6)."""
    prefixed_token: bool = False
    """Whether the token comes with "Bearer " before it (facts §1)."""
    events: Sequence[int] = (11, 41)
    """Ids of the existing events (facts §4, samples)."""
    reactions: Sequence[int] = (3, 4)
    users: Sequence[int] = (7, 8)
    cameras: Sequence[int] = (12,)

    readers: ClassVar[Mapping[str, Reader]] = {
        "version": filled_text,
        "user": filled_text,
        "password": filled_text,
        "permitted": flag,
        "licensed": flag,
        "captcha": flag,
        "session_limit": _whole,
        "session_limit_status": _whole,
        "bare_sessions": flag,
        "login_limit": or_none(_whole),
        "lists_scripts": flag,
        "per_page": _whole,
        "wrapped": flag,
        "prefixed_token": flag,
        "events": _ids,
        "reactions": _ids,
        "users": _ids,
        "cameras": _ids,
    }
