"""The live event that a call is about."""

from typing import ClassVar

from ..base import StepContext
from ..errors import UNKNOWN_EVENT, Gone
from ..target import EventTarget
from .fields import LONGEST_LINE
from .models import EVENT_ID


class Target(EventTarget):
    """Which live event is meant."""

    pattern = EVENT_ID
    longest: ClassVar[int] = LONGEST_LINE

    def resolve(self, context: StepContext) -> str:
        """Return the event's id; raises Gone where its making gave none."""
        if not (event_id := self.outside_id(context)):
            reason = "the delivery made no event"
            raise Gone(reason, code=UNKNOWN_EVENT, fields={"delivery_id": reason})
        return event_id
