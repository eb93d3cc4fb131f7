"""A backend that records its calls, and fails as prepared."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import override

from custom_components.event_relay.backends.base import (
    Absent,
    Backend,
    Capabilities,
    Finding,
    Found,
    InvalidField,
    JsonObject,
    Operation,
    Receipt,
    Step,
    StepContext,
    UnreadablePayload,
)
from custom_components.event_relay.backends.errors import BackendError
from custom_components.event_relay.queue.clock import SteadyClock
from custom_components.event_relay.queue.delivery import Origin, OriginKind

START = datetime(2026, 11, 22, 12, tzinfo=UTC)
WRITE_TIME = 30
"""Seconds until a write of the ledger shows."""
REPEATABLE_FOR = timedelta(hours=2)
"""How long the ledger remembers a `ticket` or a `pledge`."""
ACTION = Origin(kind=OriginKind.ACTION, context_id="context")


class Clock(SteadyClock):
    """A clock that only the test moves."""

    def __init__(self, now: datetime = START, elapsed: float = 0.0) -> None:
        self.now = now
        self.elapsed = elapsed
        super().__init__(lambda: self.now, lambda: self.elapsed)
        self.forward(hours=1)  # it is steady

    def restarted(self) -> Clock:
        """Return the clock as a new run sees it."""
        return Clock(self.now, self.elapsed)

    def forward(self, **parts: float) -> None:
        """Move both clocks forward."""
        elapsed = timedelta(**parts)
        self.now += elapsed
        self.elapsed += elapsed.total_seconds()
        self()

    def set(self, **parts: float) -> None:
        """Set the wall clock without any time passing."""
        self.now += timedelta(**parts)


@dataclass
class LedgerClient:
    """Records the calls, and raises `errors` one after the other."""

    written: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    contexts: list[StepContext] = field(default_factory=list)
    errors: list[BackendError | Exception | None] = field(default_factory=list)
    findings: list[Finding | Exception] = field(default_factory=list)
    gate: asyncio.Event | None = None
    """If set, calls wait for it before they take effect."""
    known: set[str] = field(default_factory=set)
    """Outside ids of the written lines."""
    look_up_gate: asyncio.Event | None = None
    """If set, look-ups wait for it."""

    async def capabilities(self) -> Capabilities:
        raise NotImplementedError

    async def write(self, step: str, text: str, context: StepContext) -> JsonObject:
        """Write a line, or raise the next error."""
        self.calls.append(step)
        self.contexts.append(context)
        if self.gate is not None:
            await self.gate.wait()
        if self.errors and (trouble := self.errors.pop(0)) is not None:
            raise trouble
        self.written.append(f"{step} {text}")
        return {"id": f"{step}-{text}"}

    async def recognises(self, outside_id: str) -> bool:
        """Return whether a line exists."""
        return outside_id in self.known

    async def find(self, context: StepContext) -> Finding:
        """Return the finding of a look-up."""
        if self.look_up_gate is not None:
            await self.look_up_gate.wait()
        self.contexts.append(context)
        finding = self.findings.pop(0) if self.findings else Absent()
        if isinstance(finding, Exception):
            raise finding
        return finding


@dataclass(frozen=True, kw_only=True)
class Line:
    """The payload of a delivery to the ledger."""

    text: str
    steps: tuple[str, ...] = ("write",)
    after: str | None = None
    lane: str | None = None
    seconds: float | None = None
    target: str | None = None


class WriteLine(Operation[LedgerClient, Line, None]):
    """Write a line: `write` can be looked up, `note` repeated, `stamp` neither.

    `ticket` and `pledge` can be repeated for two hours, and `pledge` looked up later.
    """

    name = "write_line"

    @override
    def parse(self, data: Mapping[str, object]) -> Line:
        if not data.get("text"):
            raise InvalidField("text", "required")
        return Line(**data)  # type: ignore[arg-type]

    @override
    def check(self, payload: Line, capabilities: None, now: datetime) -> None:
        if payload.text == "forbidden":
            raise InvalidField("text", "invalid")

    @override
    def dump(self, payload: Line) -> JsonObject:
        return {
            "text": payload.text,
            "steps": list(payload.steps),
            "after": payload.after,
            "lane": payload.lane,
            "seconds": payload.seconds,
            "target": payload.target,
        }

    @override
    def load(self, version: int, data: JsonObject) -> Line:
        if version != self.version:
            raise UnreadablePayload(f"version {version}")
        return Line(**{**data, "steps": tuple(data["steps"])})  # type: ignore[arg-type]

    @override
    def steps(
        self, payload: Line, capabilities: None
    ) -> tuple[Step[LedgerClient, Line], ...]:
        return tuple(_step(name) for name in payload.steps)

    @override
    def receipt(self, payload: Line, results: Mapping[str, JsonObject]) -> Receipt:
        first = results.get(payload.steps[0], {})
        return Receipt(outside_id=str(first.get("id")), links={"line": "l"})

    @override
    def overlaps(self, payload: Line, capabilities: None) -> bool:
        return "stamp" not in payload.steps

    @override
    def claims_ahead(self, payload: Line) -> bool:
        return "stamp" not in payload.steps

    @override
    def summary(self, payload: Line) -> str:
        return "a line"

    @override
    def expires(
        self, payload: Line, occurred_at: datetime, capabilities: None
    ) -> datetime | None:
        if payload.seconds is None:
            return None
        return occurred_at + timedelta(seconds=payload.seconds)

    @override
    def key(self, payload: Line, delivery_id: str) -> str | None:
        return payload.after or delivery_id

    @override
    def lane(self, payload: Line, capabilities: None) -> str | None:
        return payload.lane

    @override
    def target_id(self, payload: Line) -> str | None:
        return payload.target

    @override
    def follows(self, payload: Line) -> str | None:
        return payload.after


def _step(name: str) -> Step[LedgerClient, Line]:
    """Return a step of one of the kinds."""

    async def run(
        client: LedgerClient, payload: Line, context: StepContext
    ) -> JsonObject:
        return await client.write(name, payload.text, context)

    async def find(
        client: LedgerClient, payload: Line, context: StepContext
    ) -> Finding:
        return await client.find(context)

    return Step(
        name=name,
        run=run,
        repeatable=name in ("note", "ticket", "pledge"),
        repeatable_for=REPEATABLE_FOR if name in ("ticket", "pledge") else None,
        find=find if name in ("write", "pledge") else None,
    )


LEDGER = Backend(
    name="ledger",
    title="Ledger",
    operations=(WriteLine(),),
    load_capabilities=lambda _: None,
    concurrency=2,
    look_up_after=(1, 10),
    recognises=lambda client, outside_id: client.recognises(outside_id),
    write_time=timedelta(seconds=WRITE_TIME),
)

FOUND = Found(result={"id": "found"})
