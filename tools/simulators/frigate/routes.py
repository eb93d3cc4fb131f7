"""Find the endpoint of a path as FastAPI does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from tools.simulators.wire import Call, Json, Reply

from .auth import Caller
from .errors import ApiError, no_route, wrong_method
from .release import Release


@dataclass(frozen=True, kw_only=True)
class Request:
    """The input of an endpoint."""

    call: Call
    caller: Caller
    parameters: tuple[str, ...]
    """The variable segments of the path, decoded."""
    document: Json
    """The body; None without one."""


@dataclass(frozen=True)
class Route:
    """One endpoint."""

    method: str
    path: str
    """Segments; those in braces take any one non-empty segment (facts §2.5)."""
    handle: Callable[[Request], Reply]
    admin: bool = False
    """Whether only an admin may call it (facts §3, §4)."""
    body: bool = False
    """Whether it reads a body."""

    def match(self, path: str) -> tuple[str, ...] | None:
        """Return the variable segments, or None if the path does not match."""
        mine, theirs = self.path.split("/"), path.split("/")
        if len(mine) != len(theirs):
            return None
        parameters: list[str] = []
        for pattern, segment in zip(mine, theirs, strict=True):
            if pattern.startswith("{") and segment:
                parameters.append(segment)
            elif pattern != segment:
                return None
        return tuple(parameters)


def find_route(
    routes: Sequence[Route], release: Release, call: Call, path: str
) -> tuple[Route, tuple[str, ...]]:
    """Return the endpoint and its parameters; raise 404, 405 or 307 (facts §2.1)."""
    found = _matching(routes, path)
    for route, parameters in found:
        if route.method == call.method:
            return route, parameters
    if found:
        raise wrong_method(release, found[0][0].method)
    other = path.removesuffix("/") if path.endswith("/") else path + "/"
    if release.validates and _matching(routes, other):
        raise _redirect(call, other)
    raise no_route(release)


def _matching(
    routes: Sequence[Route], path: str
) -> list[tuple[Route, tuple[str, ...]]]:
    tried = ((route, route.match(path)) for route in routes)
    return [(route, found) for route, found in tried if found is not None]


def _redirect(call: Call, path: str) -> ApiError:
    # facts §2.5: the Location has neither the port nor /api.
    query = f"?{call.query}" if call.query else ""
    location = f"http://{call.host}{quote(path)}{query}"
    return ApiError(
        Reply(status=307, content_type=None, headers=(("Location", location),))
    )
