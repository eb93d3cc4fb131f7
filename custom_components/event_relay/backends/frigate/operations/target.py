"""The camera event that a call changes."""

from typing import ClassVar

from ...base import StepContext
from ...errors import UNKNOWN_EVENT, Gone
from ...target import EventTarget
from ..api.client import FrigateClient
from ..api.models import EVENT_ID, FrigateEvent
from .stored import foreign_event


class Target(EventTarget):
    """The camera event meant."""

    pattern = EVENT_ID
    example: ClassVar[str] = "1795308374.207441-m5hyy1"

    async def event(self, client: FrigateClient, context: StepContext) -> FrigateEvent:
        """Return the event as it is stored; raises Gone if it is not.

        Read before each change, because up to 0.16 Frigate confirms the end of any id
        that could exist (source of 0.13 to 0.16).
        """
        if event_id := self.outside_id(context):
            event = await foreign_event(client, event_id)
            if event is not None:
                return event
        field = "delivery_id" if self.event_id is None else "event_id"
        reason = "Frigate has no such event"
        raise Gone(reason, code=UNKNOWN_EVENT, fields={field: reason})
