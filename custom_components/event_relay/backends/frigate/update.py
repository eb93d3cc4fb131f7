"""The operation that changes what is said of an event."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Self, override

from ..base import InvalidField, JsonObject, Operation, Receipt, Step, StepContext
from ..fields import description, flag, known_only, line, optional
from ..target import TARGET
from .client import FrigateClient
from .fields import PROSE
from .models import FrigateCapabilities
from .parts import event_result, receipt_from, refuse_unless
from .stored import set_description, set_retain, set_sub_label
from .target import Target

type UpdateStep = Step[FrigateClient, UpdateCameraEvent]


@dataclass(frozen=True, kw_only=True)
class UpdateCameraEvent:
    """Changes to an event; None leaves a thing as it is."""

    target: Target
    sub_label: str | None = None
    """Empty to clear it."""
    description: str | None = None
    """Empty to clear it."""
    retain: bool | None = None

    @classmethod
    def parse(cls, data: Mapping[str, object]) -> Self:
        """Read the fields of the action; raises InvalidField."""
        changes = {"sub_label", "description", "retain"}
        known_only(data, {"event_id", "delivery_id", *changes})
        target = Target.parse(data)
        if all(data.get(name) is None for name in changes):
            raise InvalidField("sub_label", "nothing_to_change")
        return cls(
            target=target,
            sub_label=optional(data, "sub_label", line),
            description=optional(data, "description", description),
            retain=optional(data, "retain", flag),
        )


class UpdateCameraEventOperation(
    Operation[FrigateClient, UpdateCameraEvent, FrigateCapabilities]
):
    """Change sub label, description or keeping of an event."""

    name = "update_camera_event"
    prose = PROSE
    public_fields = TARGET
    public_summary = True

    @override
    def parse(self, data: Mapping[str, object]) -> UpdateCameraEvent:
        """Read the fields of the action; raises InvalidField."""
        return UpdateCameraEvent.parse(data)

    @override
    def check(
        self,
        payload: UpdateCameraEvent,
        capabilities: FrigateCapabilities,
        now: datetime,
    ) -> None:
        """Refuse a description where the version has none."""
        version = capabilities.version
        refuse_unless(
            version.has_descriptions, payload.description, "description", version
        )

    @override
    def dump(self, payload: UpdateCameraEvent) -> JsonObject:
        """Turn the payload into what the outbox stores."""
        changes: JsonObject = {
            "sub_label": payload.sub_label,
            "description": payload.description,
            "retain": payload.retain,
        }
        given = {name: value for name, value in changes.items() if value is not None}
        return {**payload.target.dump(), **given}

    @override
    def load(self, version: int, data: JsonObject) -> UpdateCameraEvent:
        """Read a stored payload; raises UnreadablePayload."""
        return self.reread(version, data)

    @override
    def steps(
        self, payload: UpdateCameraEvent, capabilities: FrigateCapabilities
    ) -> tuple[UpdateStep, ...]:
        """Return a call for each thing that changes."""
        changes = {
            "sub_label": (payload.sub_label, _set_sub_label),
            "description": (payload.description, _describe),
            "retain": (payload.retain, _set_retain),
        }
        return tuple(
            Step(name=name, run=partial(run, capabilities), repeatable=True)
            for name, (value, run) in changes.items()
            if value is not None
        )

    @override
    def receipt(
        self, payload: UpdateCameraEvent, results: Mapping[str, JsonObject]
    ) -> Receipt:
        """Return the event's id, its links, and when it was."""
        return receipt_from(results)

    @override
    def summary(self, payload: UpdateCameraEvent) -> str:
        """Say which event."""
        return payload.target.summary

    @override
    def key(self, payload: UpdateCameraEvent, delivery_id: str) -> str:
        """Keep behind the start and what else is about the event."""
        return payload.target.key

    @override
    def follows(self, payload: UpdateCameraEvent) -> str | None:
        """Return the delivery that makes the event."""
        return payload.target.delivery_id


async def _set_sub_label(
    capabilities: FrigateCapabilities,
    client: FrigateClient,
    payload: UpdateCameraEvent,
    context: StepContext,
) -> JsonObject:
    event = await payload.target.event(client, context)
    event = await set_sub_label(client, event.id, payload.sub_label or "")
    return event_result(client, capabilities, event)


async def _describe(
    capabilities: FrigateCapabilities,
    client: FrigateClient,
    payload: UpdateCameraEvent,
    context: StepContext,
) -> JsonObject:
    event = await payload.target.event(client, context)
    event = await set_description(client, event.id, payload.description or "")
    return event_result(client, capabilities, event)


async def _set_retain(
    capabilities: FrigateCapabilities,
    client: FrigateClient,
    payload: UpdateCameraEvent,
    context: StepContext,
) -> JsonObject:
    event = await payload.target.event(client, context)
    event = await set_retain(client, event.id, retain=payload.retain is True)
    return event_result(client, capabilities, event)
