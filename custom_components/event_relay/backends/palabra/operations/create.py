"""The operation that creates a live event."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import override

from ...base import (
    Finding,
    InvalidField,
    JsonObject,
    Operation,
    Receipt,
    StepContext,
)
from ..api.client import PalabraClient
from ..api.models import PalabraCapabilities
from ..api.times import written
from .content import NEW_LIVE_EVENT, Content
from .event_result import DETAILS, event_result
from .fields import in_order
from .look_up import Wanted, find

STARTED = "The start was over when the event was made."


@dataclass(frozen=True, kw_only=True)
class CreateLiveEvent:
    """A live event to create."""

    title: str
    event_type: str
    start: datetime
    end: datetime
    content: Content
    """Title and times, with all other details."""

    @property
    def look(self) -> str:
        """Return the details that identify it, as Palabra stores no id of ours."""
        span = f"{written(self.start)}/{written(self.end)}"
        return f"{self.title}/{span}/{self.event_type}"


class CreateLiveEventOperation(
    Operation[PalabraClient, CreateLiveEvent, PalabraCapabilities]
):
    """Create a live event."""

    name = "create_live_event"
    step = "create"
    goes_first = True
    fields = NEW_LIVE_EVENT

    @override
    def parse(self, data: Mapping[str, object]) -> CreateLiveEvent:
        """Read the fields of the action; raises InvalidField."""
        values = self.read(data)
        in_order(values["start"], values["end"])
        return CreateLiveEvent(
            title=values["title"],
            event_type=values["event_type"],
            start=values["start"],
            end=values["end"],
            content=Content(**values),
        )

    @override
    def check(
        self,
        payload: CreateLiveEvent,
        capabilities: PalabraCapabilities,
        now: datetime,
    ) -> None:
        """Refuse an event that is over; one that has begun may still be created."""
        refuse_over(payload.end, now)

    @override
    def dump(self, payload: CreateLiveEvent) -> JsonObject:
        """Turn the payload into its stored form."""
        return self.stored(payload.content)

    @override
    async def run(
        self, client: PalabraClient, payload: CreateLiveEvent, context: StepContext
    ) -> JsonObject:
        """Create the event; without it in the response, the outcome is unknown."""
        event = await client.create_event(payload.content.body())
        return {**event_result(event), "started": payload.start < context.now}

    @override
    async def find(
        self, client: PalabraClient, payload: CreateLiveEvent, context: StepContext
    ) -> Finding:
        """Look up the event that this delivery may have created."""
        wanted = Wanted(
            title=payload.title,
            event_type=payload.event_type,
            start=payload.start,
            end=payload.end,
        )
        return await find(client, wanted, context)

    @override
    def receipt(
        self, payload: CreateLiveEvent, results: Mapping[str, JsonObject]
    ) -> Receipt:
        """Return the event's id, times and QR code."""
        started = results.get("create", {}).get("started") is True
        return Receipt.of(results, DETAILS, (STARTED,) if started else ())

    @override
    def summary(self, payload: CreateLiveEvent) -> str:
        """Name the title."""
        return payload.title

    @override
    def expires(
        self,
        payload: CreateLiveEvent,
        occurred_at: datetime,
        capabilities: PalabraCapabilities,
    ) -> datetime:
        """Return the end of the event: afterwards nobody listens."""
        return payload.end

    @override
    def lane(self, payload: CreateLiveEvent, capabilities: PalabraCapabilities) -> str:
        """Create indistinguishable events one at a time."""
        return payload.look


def refuse_over(end: datetime, now: datetime) -> None:
    """Refuse an end in the past."""
    if end <= now:
        limit = now.astimezone(UTC).isoformat("T", "seconds")
        raise InvalidField("end", "too_early", limit=limit)
