"""The operation that removes a live event."""

from dataclasses import dataclass
from typing import override

from ...base import JsonObject, StepContext
from ...target import FollowingOperation
from ..api.client import PalabraClient
from ..api.models import PalabraCapabilities
from .event_result import DETAILS
from .target import Target


@dataclass(frozen=True, kw_only=True)
class DeleteLiveEvent:
    """The removal of a live event."""

    target: Target


class DeleteLiveEventOperation(
    FollowingOperation[PalabraClient, DeleteLiveEvent, PalabraCapabilities]
):
    """Remove a live event; succeeds if it is gone already."""

    name = "delete_live_event"
    step = "delete"
    repeatable = True
    payload = DeleteLiveEvent
    target = Target
    details = DETAILS

    @override
    async def run(
        self, client: PalabraClient, payload: DeleteLiveEvent, context: StepContext
    ) -> JsonObject:
        """Remove the event; 404 means that it is gone (facts 1)."""
        event_id = payload.target.resolve(context)
        await client.delete_event(event_id)
        return {"event_id": event_id}
