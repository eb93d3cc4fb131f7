"""The tools of a system's proof."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
import re
import time
from typing import Any

from custom_components.event_relay.backends.errors import BackendError
from custom_components.event_relay.queue.delivery import Delivery, DeliveryState

from .findings import Findings, StepDone
from .outcome import TooSlow
from .queue import Queue
from .report_text import Word, joined, names
from .wire import Loss, Wire

LABEL = re.compile(r"Event Relay test [0-9a-f]{8}-\d, please ignore")
"""The name of test objects, and of nothing else."""
_LATE = Word("not done in time")
_TELLING = 3
"""Length from which a confidential text is kept out of names."""


@dataclass(frozen=True, kw_only=True)
class Tempo:
    """The time limits; tests have their own."""

    patience: float = 300.0
    """Seconds for one delivery, look-ups of a lost reply included."""
    request: float | None = None
    """Seconds for one request; None for the product's own timeout."""
    look_up_after: tuple[float, ...] | None = None
    """Seconds until lost replies are looked up; None for the product's own."""
    between_looks: float = 3.0
    """Seconds between two looks for a result that is not there at once."""
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


class Stopped(Exception):
    """A step failed that the rest of the proof needs."""

    def __init__(self, error: BackendError | TooSlow) -> None:
        """Keep the reason."""
        super().__init__(str(error))
        self.error = error


@dataclass(kw_only=True)
class Lab:
    """The parts of one proof."""

    run: str
    """Eight hexadecimal digits in the label of every test object."""
    queue: Queue
    wire: Wire
    findings: Findings
    tempo: Tempo
    secrets: set[str] = field(default_factory=set)
    """Credentials, names of the account, and the codes that were sent."""
    say: Callable[[str], None] = print

    def label(self, number: int) -> str:
        """Return the title of a test object."""
        return f"Event Relay test {self.run}-{number}, please ignore"

    @property
    def confided(self) -> frozenset[str]:
        """Return the texts that no name in a report may contain."""
        return frozenset(
            text for text in self.secrets | self.wire.texts if len(text) >= _TELLING
        )

    @asynccontextmanager
    async def step(
        self, name: Word, *, proves: Sequence[str] | None = None
    ) -> AsyncIterator[None]:
        """Record the result of a step; raises Stopped if it fails and is needed.

        A step that only `proves` claims is not needed: on failure they are different.
        """
        began = time.monotonic()
        try:
            yield
        except (BackendError, TooSlow) as error:
            outcome = _LATE
            if isinstance(error, BackendError):
                outcome = joined(Word("failed:"), names([error.code], ()))
            self._keep(name, outcome, began, worked=False)
            if proves is None:
                raise Stopped(error) from error
            for claim in proves:
                self.findings.see(claim, False, outcome)
        else:
            self._keep(name, Word("done"), began, worked=True)

    async def deliver(self, operation: str, data: Mapping[str, Any]) -> Delivery:
        """Deliver with the product's own queue."""
        return await self.queue.deliver(operation, data, patience=self.tempo.patience)

    def was_looked_up(self, delivery: Delivery, loss: Loss) -> bool:
        """Return whether a delivery with a lost reply arrived by a look-up."""
        states = self.queue.states.get(delivery.id, [])
        return loss.exchange is not None and DeliveryState.UNCERTAIN in states

    def _keep(self, name: Word, outcome: Word, began: float, *, worked: bool) -> None:
        seconds = time.monotonic() - began
        self.findings.steps.append(
            StepDone(name=name, outcome=outcome, worked=worked, seconds=seconds)
        )
        self.say(f"  {name}: {outcome}, {seconds:.1f} s")
