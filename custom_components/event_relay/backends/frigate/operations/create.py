"""The operation that creates an event on a camera."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import override

from ...base import Enrichment, InvalidField, JsonObject, Operation, Receipt, Step
from ..api.client import FrigateClient
from ..api.models import FrigateCapabilities
from .create_payload import CAMERA_EVENT, CreateCameraEvent
from .create_steps import back_date, clear, create, describe, retain
from .event_result import DETAILS, refuse_unless
from .look_up import find
from .review_link import review_link

type CreateStep = Step[FrigateClient, CreateCameraEvent]

EXPIRES = timedelta(hours=24)
"""How late an event may still be created if it can be back-dated."""


class CreateCameraEventOperation(
    Operation[FrigateClient, CreateCameraEvent, FrigateCapabilities]
):
    """Create an event on a camera."""

    name = "create_camera_event"
    goes_first = True
    version = 2
    fields = CAMERA_EVENT
    details = DETAILS
    public_summary = True

    @override
    def parse(self, data: Mapping[str, object]) -> CreateCameraEvent:
        """Read the fields of the action; raises InvalidField."""
        return CreateCameraEvent.of(self.read(data))

    @override
    def check(
        self,
        payload: CreateCameraEvent,
        capabilities: FrigateCapabilities,
        now: datetime,
    ) -> None:
        """Refuse an unknown camera, and fields that this version lacks."""
        version = capabilities.version
        if payload.camera not in capabilities.cameras:
            raise InvalidField(
                "camera",
                "unknown_camera",
                camera=payload.camera,
                known=_camera_list(capabilities) or "-",
            )
        refuse_unless(version.back_dates, payload.pre_capture, "pre_capture", version)
        refuse_unless(
            version.has_descriptions, payload.description, "description", version
        )
        refuse_unless(
            version.takes_source_type, payload.source_type, "source_type", version
        )

    @override
    def dump(self, payload: CreateCameraEvent) -> JsonObject:
        """Turn the payload into its stored form."""
        return payload.dump()

    @override
    def load(self, version: int, data: JsonObject) -> CreateCameraEvent:
        """Read a stored payload; raises UnreadablePayload.

        Payloads of version 1 carry no key of ours in what they send up to 0.17.
        """
        if version == 1:
            return replace(self.reread(self.version, data), keyed=False)
        return self.reread(version, data)

    @override
    def steps(
        self, payload: CreateCameraEvent, capabilities: FrigateCapabilities
    ) -> tuple[CreateStep, ...]:
        """Return the calls: create the event, then set its details."""
        steps: list[CreateStep] = [
            Step(
                name="create",
                run=partial(create, capabilities),
                find=partial(find, capabilities),
            )
        ]
        if capabilities.version.back_dates and payload.duration is not None:
            dated, cleared = (
                partial(back_date, capabilities),
                partial(clear, capabilities),
            )
            steps += [
                Step(name="back_date", run=dated, repeatable=True),
                Step(name="tidy", run=cleared, repeatable=True),
            ]
        if payload.description is not None:
            steps.append(Step(name="description", run=describe, repeatable=True))
        if payload.retain:
            steps.append(Step(name="retain", run=retain, repeatable=True))
        return tuple(steps)

    @override
    def enrichment(
        self,
        payload: CreateCameraEvent,
        receipt: Receipt,
        capabilities: FrigateCapabilities,
        settled_at: datetime,
    ) -> Enrichment[FrigateClient] | None:
        """Return how to find the review item of the event.

        Up to 0.16 only events with Frigate's own source type have one.
        """
        if payload.source_type not in (None, "api"):
            return None
        return review_link(capabilities, receipt, settled_at)

    @override
    def summary(self, payload: CreateCameraEvent) -> str:
        """Name the camera and the label."""
        return f"{payload.camera} / {payload.label}"

    @override
    def expires(
        self,
        payload: CreateCameraEvent,
        occurred_at: datetime,
        capabilities: FrigateCapabilities,
    ) -> datetime:
        """Return when it is too late to create the event."""
        dated = capabilities.version.back_dates
        return occurred_at + (EXPIRES if dated else capabilities.undated_life)

    @override
    def overlaps(
        self, payload: CreateCameraEvent, capabilities: FrigateCapabilities
    ) -> bool:
        """Allow an event that ends by itself and can be looked up by our own id."""
        return payload.duration is not None


def _camera_list(capabilities: FrigateCapabilities) -> str:
    """Return the cameras by id, with their display names."""
    return ", ".join(
        f"{name} ({friendly})"
        if (friendly := capabilities.cameras[name].friendly_name)
        else name
        for name in sorted(capabilities.cameras)
    )
