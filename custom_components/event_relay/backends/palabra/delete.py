"""The operation that removes a live event."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self, override

from ..base import JsonObject, Operation, Receipt, Step, StepContext
from ..fields import known_only
from ..target import TARGET
from .client import PalabraClient
from .content import stored_fields
from .models import PalabraCapabilities
from .parts import receipt_from
from .target import Target


@dataclass(frozen=True, kw_only=True)
class DeleteLiveEvent:
    """The removal of a live event."""

    target: Target

    @classmethod
    def parse(cls, data: Mapping[str, object]) -> Self:
        """Read the fields of the action; raises InvalidField."""
        known_only(data, {"event_id", "delivery_id"})
        return cls(target=Target.parse(data))


class DeleteLiveEventOperation(
    Operation[PalabraClient, DeleteLiveEvent, PalabraCapabilities]
):
    """Remove a live event; one that is gone already is as good."""

    name = "delete_live_event"
    public_fields = TARGET

    @override
    def parse(self, data: Mapping[str, object]) -> DeleteLiveEvent:
        """Read the fields of the action; raises InvalidField."""
        return DeleteLiveEvent.parse(data)

    @override
    def check(
        self,
        payload: DeleteLiveEvent,
        capabilities: PalabraCapabilities,
        now: datetime,
    ) -> None:
        """Accept whatever was read: only Palabra knows its events."""

    @override
    def dump(self, payload: DeleteLiveEvent) -> JsonObject:
        """Turn the payload into what the outbox stores."""
        return payload.target.dump()

    @override
    def load(self, version: int, data: JsonObject) -> DeleteLiveEvent:
        """Read a stored payload; raises UnreadablePayload."""
        return self.reread(version, stored_fields(data))

    @override
    def steps(
        self, payload: DeleteLiveEvent, capabilities: PalabraCapabilities
    ) -> tuple[Step[PalabraClient, DeleteLiveEvent], ...]:
        """Return the one call."""
        return (Step(name="delete", run=_delete, repeatable=True),)

    @override
    def receipt(
        self, payload: DeleteLiveEvent, results: Mapping[str, JsonObject]
    ) -> Receipt:
        """Return the id of the event that was removed."""
        return receipt_from(results)

    @override
    def summary(self, payload: DeleteLiveEvent) -> str:
        """Say which event."""
        return payload.target.summary

    @override
    def key(self, payload: DeleteLiveEvent, delivery_id: str) -> str:
        """Keep behind the making and what else is about the event."""
        return payload.target.key

    @override
    def follows(self, payload: DeleteLiveEvent) -> str | None:
        """Return the delivery that makes the event."""
        return payload.target.delivery_id


async def _delete(
    client: PalabraClient, payload: DeleteLiveEvent, context: StepContext
) -> JsonObject:
    """Remove the event; 404 says that it is gone (facts 1)."""
    event_id = payload.target.resolve(context)
    await client.delete_event(event_id)
    return {"event_id": event_id}
