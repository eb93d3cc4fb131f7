"""What a camera event to be made is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from ..base import InvalidField, JsonObject
from ..fields import description, flag, known_only, line, optional, required
from .boxes import Box, boxes, dump_boxes
from .fields import camera, duration, label, pre_capture, score

DEFAULT_DURATION = 30
"""Seconds; Frigate's own default."""
_FIELDS = frozenset(
    {
        "camera",
        "label",
        "sub_label",
        "score",
        "duration",
        "until_ended",
        "include_recording",
        "pre_capture",
        "boxes",
        "description",
        "retain",
        "source_type",
    }
)


@dataclass(frozen=True, kw_only=True)
class CreateCameraEvent:
    """An event on a camera."""

    camera: str
    label: str
    sub_label: str | None = None
    score: float | None = None
    duration: int | None = DEFAULT_DURATION
    """Seconds that it lasts; None until it is ended."""
    include_recording: bool = True
    pre_capture: int | None = None
    """Seconds that it begins before it occurred; None for the camera's own."""
    boxes: tuple[Box, ...] = ()
    description: str | None = None
    retain: bool = False
    source_type: str | None = None
    keyed: bool = True
    """Whether its score carries a key of ours where nothing else can."""

    @classmethod
    def parse(cls, data: Mapping[str, object]) -> Self:
        """Read the fields of the action; raises InvalidField."""
        known_only(data, _FIELDS)
        recording = optional(data, "include_recording", flag)
        return cls(
            camera=required(data, "camera", camera),
            label=required(data, "label", label),
            sub_label=optional(data, "sub_label", line) or None,
            score=optional(data, "score", score),
            duration=_duration(data),
            include_recording=True if recording is None else recording,
            pre_capture=optional(data, "pre_capture", pre_capture),
            boxes=optional(data, "boxes", boxes) or (),
            description=optional(data, "description", description) or None,
            retain=optional(data, "retain", flag) or False,
            source_type=optional(data, "source_type", line) or None,
        )

    def dump(self) -> JsonObject:
        """Return the fields that `parse` reads, those without a value left out."""
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


def _duration(data: Mapping[str, object]) -> int | None:
    """Read how long the event lasts; None until it is ended."""
    seconds = optional(data, "duration", duration)
    if not optional(data, "until_ended", flag):
        return DEFAULT_DURATION if seconds is None else seconds
    if seconds is not None:
        raise InvalidField("until_ended", "exclusive", other="duration")
    return None
