"""The payload of a camera event to create."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from ...base import InvalidField, JsonObject
from ...field import Field
from ...field_table import (
    flag_field,
    lines_field,
    list_field,
    number_field,
    seconds_field,
    text_field,
)
from .boxes import Box, boxes, dump_boxes
from .fields import LONGEST_DURATION, LONGEST_PRE_CAPTURE, label

DEFAULT_DURATION = 30
"""Seconds; Frigate's own default."""
CAMERA_EVENT: tuple[Field, ...] = (
    text_field("camera", required=True, listed=True, public=True, example="front_door"),
    text_field("label", read=label, required=True, example="doorbell"),
    text_field("sub_label", prose=True, example="Visitor"),
    seconds_field("duration", least=1, most=LONGEST_DURATION, example=30),
    flag_field("until_ended", in_rule=False),
    lines_field("description", seldom_in_rule=True),
    flag_field("include_recording", seldom=True, default=True),
    flag_field("retain", seldom=True),
    seconds_field(
        "pre_capture", least=0, most=LONGEST_PRE_CAPTURE, seldom=True, example=5
    ),
    number_field("score", least=0, most=1, step=0.01, seldom=True, example=0.9),
    list_field(
        "boxes",
        boxes,
        seldom=True,
        example='[{"box": [0.1, 0.2, 0.3, 0.4], "color": [0, 0, 255], "score": 0.9}]',
    ),
    text_field("source_type", seldom=True, public=True, example="api"),
)
"""The fields of a camera event."""


@dataclass(frozen=True, kw_only=True)
class CreateCameraEvent:
    """A camera event to create."""

    camera: str
    label: str
    sub_label: str | None = None
    score: float | None = None
    duration: int | None = DEFAULT_DURATION
    """Seconds until it ends; None if it stays open."""
    include_recording: bool = True
    pre_capture: int | None = None
    """Seconds that it begins before its occurrence; None for the camera's own
    setting."""
    boxes: tuple[Box, ...] = ()
    description: str | None = None
    retain: bool = False
    source_type: str | None = None
    keyed: bool = True
    """Whether its score carries our key on versions that store it nowhere else."""

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Build it from values that were read; raises InvalidField."""
        given = dict(values)
        if given.pop("until_ended", False):
            if "duration" in given:
                raise InvalidField("until_ended", "exclusive", other="duration")
            given["duration"] = None
        return cls(**given)

    def dump(self) -> JsonObject:
        """Return the fields that `parse` reads, without those that have no value."""
        given: JsonObject = {
            "camera": self.camera,
            "label": self.label,
            "sub_label": self.sub_label,
            "score": self.score,
            "duration": self.duration,
            "until_ended": True if self.duration is None else None,
            "include_recording": self.include_recording,
            "pre_capture": self.pre_capture,
            "boxes": dump_boxes(self.boxes) or None,
            "description": self.description,
            "retain": self.retain,
            "source_type": self.source_type,
        }
        return {name: value for name, value in given.items() if value is not None}
