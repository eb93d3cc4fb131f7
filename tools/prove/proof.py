"""Run one proof, from the connection to the report."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
import json
from pathlib import Path
import secrets
import shutil
from typing import Any

from aiohttp import ClientSession, DummyCookieJar, TCPConnector
from yarl import URL

from custom_components.event_relay.backends.errors import BackendError
from custom_components.event_relay.queue.delivery import Delivery
from custom_components.event_relay.queue.store.store import StoreUnavailable

from .aipix import Aipix
from .findings import Findings
from .frigate import Frigate
from .guance import Guance
from .outcome import Exit, TooSlow, exit_for
from .palabra import Palabra
from .queue import Queue, left_in
from .report import Proof, left_words
from .report_text import Word, names, version
from .system import Left, System
from .toolbox import Lab, Stopped, Tempo
from .wire import Wire

SYSTEMS: Mapping[str, type[System]] = {
    "aipix": Aipix,
    "guance": Guance,
    "palabra": Palabra,
    "frigate": Frigate,
}
_MANIFEST = Path(__file__).parents[2] / "custom_components/event_relay/manifest.json"
_CLEANING = 30.0
"""Seconds for removing the test objects after an interruption."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """The system to prove, and the options."""

    backend: str
    data: Mapping[str, Any]
    """A connection's data, as checked by its form."""
    folder: Path
    """Folder with the notes about objects of a killed run."""
    verify_ssl: bool = True
    only_clean: bool = False
    try_wrong_key: bool = False
    tempo: Tempo = field(default_factory=Tempo)
    say: Callable[[str], None] = print


class _Course:
    """The state of a running proof."""

    def __init__(self, order: Order, system: System, wire: Wire) -> None:
        self.order = order
        self.system = system
        self.wire = wire
        self.findings = Findings(claims=system.claims)
        self.left = Left()
        self.error: BackendError | TooSlow | None = None
        self.interrupted = False
        account = f"{order.data['url']}\n{system.account}"
        digest = sha256(account.encode()).hexdigest()[:16]
        self.folder = order.folder / f"{order.backend}-{digest}"

    @property
    def ended(self) -> Exit:
        """Return how it has ended."""
        if self.interrupted:
            return Exit.INTERRUPTED
        if self.error is not None:
            return exit_for(self.error)
        if self.left.remaining or self.left.unknown:
            return Exit.LEFT_BEHIND
        return Exit.PROVED if self.findings.as_assumed else Exit.DIFFERENT


async def prove(order: Order) -> Proof:
    """Prove the assumptions about a live system, and remove the test objects.

    Errors of the system end it early and are part of the result.
    """
    connector = TCPConnector(ssl=order.verify_ssl)
    async with ClientSession(
        connector=connector, cookie_jar=DummyCookieJar()
    ) as session:
        wire = Wire(session, limit=order.tempo.request)
        system = SYSTEMS[order.backend](order.data, wire, order.tempo)
        course = _Course(order, system, wire)
        try:
            await _go(course)
        except Stopped as stopped:
            course.error = stopped.error
        except (BackendError, TooSlow) as error:
            course.error = error
        finally:
            with suppress(BackendError):
                await system.leave()
    return _proof(course)


async def _go(course: _Course) -> None:
    """Connect, clean, prove, clean."""
    order, system = course.order, course.system
    order.say(f"Connecting to {system.title}")
    capabilities = await system.client.capabilities()
    await _clean_former(course)
    if order.only_clean:
        return
    await asyncio.to_thread(course.folder.mkdir, parents=True, exist_ok=True)
    queue = Queue(
        course.folder,
        backend=system.backend,
        client=system.client,
        capabilities=capabilities,
        look_up_after=order.tempo.look_up_after,
    )
    async with queue:
        try:
            await system.prove(_lab(course, queue), capabilities)
            if order.try_wrong_key:
                await system.try_wrong_key(_lab(course, queue))
        except asyncio.CancelledError:
            course.interrupted = True
            order.say("Interrupted; removing the test objects")
        finally:
            await _clean(course, await queue.kept())
    await _forget(course)


def _lab(course: _Course, queue: Queue) -> Lab:
    host = URL(course.order.data["url"]).host or ""
    return Lab(
        run=secrets.token_hex(4),
        queue=queue,
        wire=course.wire,
        findings=course.findings,
        tempo=course.order.tempo,
        secrets={*course.system.secrets, host, course.order.data["url"]},
        say=course.order.say,
    )


async def _clean_former(course: _Course) -> None:
    """Remove the test objects of a former run that was killed."""
    try:
        former = await left_in(course.folder)
    except StoreUnavailable:
        course.order.say("What a former run has kept cannot be read")
        former = ()
    if not former and not course.order.only_clean:
        return
    course.order.say("Removing what a former run has left")
    await _clean(course, former)
    await _forget(course)


async def _forget(course: _Course) -> None:
    """Forget the test objects, unless some must still be removed."""
    if not course.left.remaining and not course.left.unknown:
        await asyncio.to_thread(shutil.rmtree, course.folder, ignore_errors=True)


async def _clean(course: _Course, deliveries: Sequence[Delivery]) -> None:
    """Remove test objects, and return those that are left."""
    try:
        async with asyncio.timeout(_CLEANING):
            left = await course.system.clean(deliveries)
    except (BackendError, TimeoutError) as error:
        why = str(error) or "too slow"
        course.order.say(f"Removing the test objects failed: {why}")
        left = Left(unknown=True)
    course.left += left
    for line in left_words(left, len(course.system.gone)):
        course.order.say(f"  {line}")


def _proof(course: _Course) -> Proof:
    """Return the content of the report."""
    error: Word | None = None
    if isinstance(course.error, TooSlow):
        error = Word("too_slow")
    elif course.error is not None:
        error = names([course.error.code], ())
    manifest = json.loads(_MANIFEST.read_text())
    return Proof(
        system=course.system.title,
        product=version(manifest["version"]),
        day=datetime.now(UTC).date(),
        ended=course.ended,
        error=error,
        reason=getattr(course.error, "reason", ""),
        findings=course.findings,
        left=course.left,
        removed=len(course.system.gone),
        routes=course.system.routes,
        exchanges=course.wire.exchanges,
    )
