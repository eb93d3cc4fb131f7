"""Profile the event loop during a burst, by a timer."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
import gc
import signal
import threading
import time
from types import FrameType

from .burst import burst
from .figures import Figures
from .side_by_side import side_by_side

_EACH = 0.0005
"""Seconds between two samples of the loop."""
_FILE_THREAD = "event_relay_outbox"
_OURS = "/custom_components/event_relay/"
_PARTS = (
    (f"{_OURS}queue/", "queue"),
    (f"{_OURS}rules/", "rules"),
    (f"{_OURS}backends/", "backend"),
    (_OURS, "entities"),
    ("/site-packages/aiohttp/", "aiohttp"),
    ("/site-packages/yarl/", "aiohttp"),
    ("/site-packages/homeassistant/", "home_assistant"),
    ("/site-packages/jinja2/", "home_assistant"),
    ("/bench/backend.py", "backend"),
)
"""Owner of the work by a part of the file's path; the first match counts."""


async def measure(*, rounds: int, events: int) -> Figures:
    """Return microseconds per event of a burst, by owner of the work.

    The standard library's work counts for its caller. `waiting` is the loop at rest;
    `file_thread` is the CPU time of the queue's own thread, which runs beside the
    others, but shares Python's lock with them.
    """
    figures: Figures = {}
    async with side_by_side() as contenders:
        for contender in (contenders.relay, contenders.without_storage):
            seen: Counter[str] = Counter()
            took = file_thread = 0.0
            for number in range(-1, rounds):
                gc.collect()
                contender.begin()
                before, begin = _file_thread(), time.perf_counter()
                with _sampling(seen if number >= 0 else Counter()):
                    await burst(contender, events)
                if number >= 0:
                    took += time.perf_counter() - begin
                    file_thread += _file_thread() - before
                await contenders.receiving.arrivals()
            each = 1e6 / (rounds * events)
            for part, times in seen.most_common():
                share = times / seen.total()
                figures[f"us_{contender.name}_{part}"] = took * share * each
            if contender is contenders.relay:
                figures[f"us_{contender.name}_file_thread"] = file_thread * each
    return figures


@contextmanager
def _sampling(seen: Counter[str]) -> Iterator[None]:
    """Count, every half a millisecond, the owner of the main thread's work."""

    def look(_: int, frame: FrameType | None) -> None:
        """Count one sample."""
        seen[_owner(frame)] += 1

    former = signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, _EACH, _EACH)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)


def _owner(frame: FrameType | None) -> str:
    """Return the owner of a thread's current work."""
    if frame is not None and frame.f_code.co_name == "select":
        return "waiting"
    while frame is not None:
        path = frame.f_code.co_filename
        for fragment, part in _PARTS:
            if fragment in path:
                return part
        frame = frame.f_back
    return "event_loop"


def _file_thread() -> float:
    """Return the CPU seconds of the queue's thread."""
    (thread,) = (one for one in threading.enumerate() if one.name == _FILE_THREAD)
    assert thread.ident is not None  # noqa: S101 - it runs
    return time.clock_gettime(time.pthread_getcpuclockid(thread.ident))
