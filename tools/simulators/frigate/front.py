"""The nginx in front of Frigate: paths, its own errors, its cache (facts §1)."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
import re
from urllib.parse import unquote_to_bytes

from tools.simulators.clock import Clock
from tools.simulators.wire import Call, Reply

_LONGEST_LINE = 8192
_OWN_ANSWER = ("/version", "/stats")
"""Paths with their own nginx location, which lacks the headers of the others."""
_IN_USE = 60.0
"""Seconds without a request after which nginx forgets a response."""
_BAD_ESCAPE = re.compile(r"%(?![0-9a-fA-F]{2})")


def normalise(raw: str) -> str | None:
    """Return the path as nginx sees it; None if it returns 400.

    It decodes first, so %2F separates segments and %2e%2e goes up; it merges slashes,
    so an empty segment vanishes (facts §2.5).
    """
    if _BAD_ESCAPE.search(raw):
        return None
    path = unquote_to_bytes(raw)
    if b"\x00" in path:
        return None
    return _without_dots(re.sub(r"/+", "/", path.decode(errors="replace")))


def _without_dots(path: str) -> str | None:
    kept: list[str] = []
    *folders, last = path.split("/")[1:]
    for segment in (*folders, last):
        if segment == "..":
            if not kept:
                return None
            kept.pop()
        elif segment not in (".", ""):
            kept.append(segment)
    tail = "/" if kept and last in ("", ".", "..") else ""
    return "/" + "/".join(kept) + tail


def too_long(call: Call) -> bool:
    """Return whether nginx refuses the request line as too long (facts §9)."""
    line = f"{call.method} {call.path}?{call.query} HTTP/1.1\r\n"
    return len(line) > _LONGEST_LINE


def as_get(call: Call) -> Call:
    """Return nginx's version of a HEAD at a path with a cache (facts §9)."""
    return replace(call, method="GET") if call.method == "HEAD" else call


def has_own_location(path: str) -> bool:
    """Return whether its responses lack the headers of the others (facts §9)."""
    return path.startswith(_OWN_ANSWER)


def not_to_be_stored(reply: Reply) -> Reply:
    """Return a reply with the header of successful responses (facts §9)."""
    if reply.status >= 400:
        return reply
    return reply.with_header("Cache-Control", "no-store")


@dataclass
class ApiCache:
    """A cache of JSON responses for five seconds (facts §1)."""

    clock: Clock
    _kept: dict[str, tuple[float, Reply]] = field(default_factory=dict)
    _used: dict[str, float] = field(default_factory=dict)
    """When each response was last asked for."""

    def answer(
        self, call: Call, who: str, seconds: float, answer: Callable[[], Reply]
    ) -> Reply:
        """Return a cached reply, or a new one, marked with X-Cache-Status.

        Only JSON GETs with a 200 are cached, so a 404 never is. The key is the raw URI
        and the user (facts §1). X-Cache-Bypass requests a new reply. Errors are not
        marked (facts §9). What is too old to be returned is replaced, which is called
        expired for as long as it is in use (0.18.0-beta1, run).
        """
        if call.method != "GET":
            return answer()
        key = f"{call.path}?{call.query}|{who}"
        bypass = call.headers.get("X-Cache-Bypass", "") not in ("", "0")
        now = self.clock.now()
        if now > self._used.get(key, now) + _IN_USE:
            self._kept.pop(key, None)
        self._used[key] = now
        kept = self._kept.get(key)
        if kept is not None and not bypass and kept[0] > now:
            return kept[1].with_header("X-Cache-Status", "HIT")
        reply = answer()
        if reply.status == 200 and reply.content_type == "application/json":
            self._kept[key] = (self.clock.now() + seconds, reply)
        if reply.status >= 400:
            return reply
        without = "MISS" if kept is None else "EXPIRED"
        return reply.with_header("X-Cache-Status", "BYPASS" if bypass else without)

    def clear(self) -> None:
        """Empty the cache."""
        self._kept.clear()
        self._used.clear()
