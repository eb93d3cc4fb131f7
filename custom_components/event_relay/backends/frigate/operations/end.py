"""The operation that ends an event."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import override

from ...base import Enrichment, InvalidField, JsonObject, Receipt, Step, StepContext
from ...field_table import time_field
from ...target import FollowingOperation
from ..api.client import FrigateClient
from ..api.models import FrigateCapabilities
from .ending import end_safely, tidy
from .event_result import DETAILS, event_result
from .review_link import review_link
from .target import Target

LATEST = timedelta(days=1)
"""How far ahead an end may be: the longest duration of an event."""


@dataclass(frozen=True, kw_only=True)
class EndCameraEvent:
    """The end of an event."""

    target: Target
    end_time: datetime | None = None
    """None for the time of the delivery's occurrence."""


class EndCameraEventOperation(
    FollowingOperation[FrigateClient, EndCameraEvent, FrigateCapabilities]
):
    """End an event, or move its end."""

    name = "end_camera_event"
    fields = (time_field("end_time", public=True),)
    payload = EndCameraEvent
    target = Target
    details = DETAILS
    public_summary = True

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
    def steps(
        self, payload: EndCameraEvent, capabilities: FrigateCapabilities
    ) -> tuple[Step[FrigateClient, EndCameraEvent], ...]:
        """Return the calls: set the end, then delete the short events it needed."""
        end, clear = partial(_end, capabilities), partial(_tidy, capabilities)
        return (
            Step(name="end", run=end, repeatable=True),
            Step(name="tidy", run=clear, repeatable=True),
        )

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
    """Delete the short events that the end needed."""
    await tidy(capabilities, client, context, context.results["end"])
    return {}
