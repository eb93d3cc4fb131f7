"""The operation that ends an event."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Self, override

from ..base import (
    Enrichment,
    InvalidField,
    JsonObject,
    Operation,
    Receipt,
    Step,
    StepContext,
    UnreadablePayload,
)
from ..fields import known_only, moment, optional
from ..target import TARGET
from .client import FrigateClient
from .ending import end_safely, tidy
from .models import FrigateCapabilities
from .parts import event_result, receipt_from
from .review_link import review_link
from .target import Target

LATEST = timedelta(days=1)
"""How far ahead an end may be: as far as an event may last."""


@dataclass(frozen=True, kw_only=True)
class EndCameraEvent:
    """The end of an event."""

    target: Target
    end_time: datetime | None = None
    """None for when the delivery occurred."""

    @classmethod
    def parse(cls, data: Mapping[str, object]) -> Self:
        """Read the fields of the action; raises InvalidField."""
        known_only(data, {"event_id", "delivery_id", "end_time"})
        return cls(
            target=Target.parse(data), end_time=optional(data, "end_time", moment)
        )


class EndCameraEventOperation(
    Operation[FrigateClient, EndCameraEvent, FrigateCapabilities]
):
    """End an event, or move its end."""

    name = "end_camera_event"
    public_fields = TARGET | {"end_time"}
    public_summary = True

    @override
    def parse(self, data: Mapping[str, object]) -> EndCameraEvent:
        """Read the fields of the action; raises InvalidField."""
        return EndCameraEvent.parse(data)

    @override
    def check(
        self, payload: EndCameraEvent, capabilities: FrigateCapabilities, now: datetime
    ) -> None:
        """Refuse an end that is absurdly far ahead."""
        if payload.end_time is not None and payload.end_time > now + LATEST:
            raise InvalidField(
                "end_time", "too_late", limit=(now + LATEST).isoformat("T", "seconds")
            )

    @override
    def dump(self, payload: EndCameraEvent) -> JsonObject:
        """Turn the payload into what the outbox stores."""
        if payload.end_time is None:
            return payload.target.dump()
        return {**payload.target.dump(), "end_time": payload.end_time.isoformat()}

    @override
    def load(self, version: int, data: JsonObject) -> EndCameraEvent:
        """Read a stored payload; raises UnreadablePayload."""
        moment = data.get("end_time")
        if not isinstance(moment, str):
            return self.reread(version, data)
        try:
            end_time = datetime.fromisoformat(moment)
        except ValueError as error:
            raise UnreadablePayload("end_time is no time") from error
        return self.reread(version, {**data, "end_time": end_time})

    @override
    def steps(
        self, payload: EndCameraEvent, capabilities: FrigateCapabilities
    ) -> tuple[Step[FrigateClient, EndCameraEvent], ...]:
        """Return the end, and what removes whatever was needed for it."""
        end, clear = partial(_end, capabilities), partial(_tidy, capabilities)
        return (
            Step(name="end", run=end, repeatable=True),
            Step(name="tidy", run=clear, repeatable=True),
        )

    @override
    def receipt(
        self, payload: EndCameraEvent, results: Mapping[str, JsonObject]
    ) -> Receipt:
        """Return the event's id, its links, and when it was."""
        return receipt_from(results)

    @override
    def enrichment(
        self,
        payload: EndCameraEvent,
        receipt: Receipt,
        capabilities: FrigateCapabilities,
        settled_at: datetime,
    ) -> Enrichment[FrigateClient] | None:
        """Return how to find the review item of the event."""
        return review_link(capabilities, receipt, settled_at)

    @override
    def summary(self, payload: EndCameraEvent) -> str:
        """Say which event."""
        return payload.target.summary

    @override
    def key(self, payload: EndCameraEvent, delivery_id: str) -> str:
        """Keep behind the start and what else is about the event."""
        return payload.target.key

    @override
    def follows(self, payload: EndCameraEvent) -> str | None:
        """Return the delivery that makes the event."""
        return payload.target.delivery_id


async def _end(
    capabilities: FrigateCapabilities,
    client: FrigateClient,
    payload: EndCameraEvent,
    context: StepContext,
) -> JsonObject:
    """End the event; the time is always sent, so that this may be repeated."""
    event = await payload.target.event(client, context)
    moment = (payload.end_time or context.occurred_at).astimezone(UTC)
    ended, more = await end_safely(
        capabilities, client, context, event, client.server_time(moment)
    )
    return {**event_result(client, capabilities, ended), **more}


async def _tidy(
    capabilities: FrigateCapabilities,
    client: FrigateClient,
    payload: EndCameraEvent,
    context: StepContext,
) -> JsonObject:
    """Remove what the end needed."""
    await tidy(capabilities, client, context, context.results["end"])
    return {}
