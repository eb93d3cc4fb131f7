"""The nginx in front of Frigate: paths, its own errors, its cache (facts §1)."""

from collections.abc import Callable
from dataclasses import dataclass, field
import re
from urllib.parse import unquote_to_bytes

from simulators.clock import Clock
from simulators.wire import Call, Reply

_BAD_ESCAPE = re.compile(r"%(?![0-9a-fA-F]{2})")


def normalise(raw: str) -> str | None:
    """Return the path as nginx sees it; None where it answers 400.

    It decodes first, so that %2F parts segments and %2e%2e goes up; it merges
    slashes, so that an empty segment vanishes (facts §2.5).
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


@dataclass
class ApiCache:
    """JSON answers kept for five seconds (facts §1)."""

    clock: Clock
    _kept: dict[str, tuple[float, Reply]] = field(default_factory=dict)

    def answer(
        self, call: Call, who: str, seconds: float, answer: Callable[[], Reply]
    ) -> Reply:
        """Return a kept reply, or a new one, marked with X-Cache-Status.

        Only JSON GETs answered 200 are kept, so a 404 never is. The key is the raw
        URI and who asks (facts §1). X-Cache-Bypass has the answer made anew.
        """
        if call.method != "GET":
            return answer()
        key = f"{call.path}?{call.query}|{who}"
        bypass = call.headers.get("X-Cache-Bypass", "") not in ("", "0")
        kept = self._kept.get(key)
        if kept is not None and not bypass and kept[0] > self.clock.now():
            return kept[1].with_header("X-Cache-Status", "HIT")
        reply = answer()
        if reply.status == 200 and reply.content_type == "application/json":
            self._kept[key] = (self.clock.now() + seconds, reply)
        return reply.with_header("X-Cache-Status", "BYPASS" if bypass else "MISS")

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()
