"""The operation that changes the details of an event."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import override

from ...base import InvalidField, JsonObject, Step, StepContext
from ...field_table import flag_field, lines_field, text_field
from ...target import FollowingOperation
from ..api.client import FrigateClient
from ..api.models import FrigateCapabilities
from .event_result import DETAILS, event_result, refuse_unless
from .stored import set_description, set_retain, set_sub_label
from .target import Target

type UpdateStep = Step[FrigateClient, UpdateCameraEvent]


@dataclass(frozen=True, kw_only=True)
class UpdateCameraEvent:
    """Changes to an event; None keeps a value."""

    target: Target
    sub_label: str | None = None
    """Empty to clear it."""
    description: str | None = None
    """Empty to clear it."""
    retain: bool | None = None


class UpdateCameraEventOperation(
    FollowingOperation[FrigateClient, UpdateCameraEvent, FrigateCapabilities]
):
    """Change sub label, description or retention of an event."""

    name = "update_camera_event"
    fields = (
        text_field("sub_label", prose=True, clears=True, example="Visitor"),
        lines_field("description", clears=True),
        flag_field("retain"),
    )
    payload = UpdateCameraEvent
    target = Target
    details = DETAILS
    public_summary = True

    @override
    def parse(self, data: Mapping[str, object]) -> UpdateCameraEvent:
        """Read the fields of the action; raises InvalidField."""
        if all(data.get(one.name) is None for one in self.fields):
            Target.parse(data)
            raise InvalidField("sub_label", "nothing_to_change")
        return super().parse(data)

    @override
    def check(
        self,
        payload: UpdateCameraEvent,
        capabilities: FrigateCapabilities,
        now: datetime,
    ) -> None:
        """Refuse a description if the version has none."""
        version = capabilities.version
        refuse_unless(
            version.has_descriptions, payload.description, "description", version
        )

    @override
    def steps(
        self, payload: UpdateCameraEvent, capabilities: FrigateCapabilities
    ) -> tuple[UpdateStep, ...]:
        """Return a call for each changed field."""
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
