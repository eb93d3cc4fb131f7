"""Models of Frigate's responses."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
import re
from typing import Self

from ...base import Json, JsonObject, UnreadablePayload
from ...errors import InvalidResponse
from ...reading import an_object, moment, number_or_none, part, text, text_or_none
from .version import FrigateVersion

EVENT_ID = re.compile(r"(\d{1,12}(?:\.\d{1,9})?)-[a-z0-9]{6}", re.ASCII)
"""Unix time of the request, and six random characters from the server."""
PRE_CAPTURE = 5
"""Default seconds of recording kept before an event."""
UNDATED_LIFE = timedelta(seconds=60)
"""How late an event may still be created if it cannot be back-dated and so would show
the wrong time. The user can extend it."""
DELIVERY_ID = "event_relay"
"""Our key within `draw`."""


def request_time(event_id: str) -> datetime:
    """Return when the server received the request that created a manual event.

    Raises ValueError if the text is not an event id.
    """
    if (match := EVENT_ID.fullmatch(event_id)) is None:
        raise ValueError("not an event id")
    return datetime.fromtimestamp(float(match[1]), UTC)


@dataclass(frozen=True, kw_only=True)
class FrigateCamera:
    """A camera, by its id in the API."""

    name: str
    friendly_name: str | None = None
    enabled: bool = True
    records: bool = True
    pre_capture: int = PRE_CAPTURE
    """Default seconds that an event starts before its request."""

    @property
    def reviews(self) -> bool:
        """Whether events there get a review item (0.17.2 and 0.18, source)."""
        return self.enabled and self.records

    @classmethod
    def parse(cls, name: str, value: Json) -> Self:
        """Read one camera of /config; raises InvalidResponse."""
        camera = an_object(value, f"camera {name}")
        record = part(camera, "record")
        lengths = [
            length
            for kind in ("alerts", "detections")
            if (length := number_or_none(part(record, kind), "pre_capture")) is not None
        ]
        return cls(
            name=name,
            friendly_name=text_or_none(camera, "friendly_name"),
            enabled=camera.get("enabled") is not False,
            records=record.get("enabled") is not False,
            pre_capture=int(max(lengths, default=PRE_CAPTURE)),
        )


@dataclass(frozen=True, kw_only=True)
class FrigateCapabilities:
    """The version, user, cameras and abilities of a server, as last seen."""

    version: FrigateVersion
    username: str | None
    role: str | None
    """None where the version has no roles (before 0.16)."""
    cameras: Mapping[str, FrigateCamera]
    undated_life: timedelta = UNDATED_LIFE
    """How late an event that cannot be back-dated may still be created: the user's
    option."""
    ends_unsafely: bool = False
    """Whether an event is ended even if that stops Frigate's review: the user's
    option."""

    @property
    def may_write(self) -> bool:
        """Return whether the user may write events: from 0.16 only an admin."""
        return self.role == "admin" or not self.version.has_roles

    def dump(self) -> JsonObject:
        """Turn the capabilities into their stored form."""
        return {
            "version": self.version.text,
            "username": self.username,
            "role": self.role,
            "cameras": {
                camera.name: {
                    "friendly_name": camera.friendly_name,
                    "enabled": camera.enabled,
                    "records": camera.records,
                    "pre_capture": camera.pre_capture,
                }
                for camera in self.cameras.values()
            },
        }

    @classmethod
    def load(cls, data: JsonObject) -> Self:
        """Read the result of `dump`; raises UnreadablePayload."""
        try:
            return cls(
                version=FrigateVersion.parse(text(data, "version")),
                username=text_or_none(data, "username"),
                role=text_or_none(data, "role"),
                cameras={
                    name: _load_camera(name, an_object(camera, name))
                    for name, camera in an_object(
                        data.get("cameras"), "cameras"
                    ).items()
                },
            )
        except (InvalidResponse, ValueError) as error:
            raise UnreadablePayload(str(error)) from error


def _load_camera(name: str, data: Mapping[str, Json]) -> FrigateCamera:
    length = number_or_none(data, "pre_capture")
    return FrigateCamera(
        name=name,
        friendly_name=text_or_none(data, "friendly_name"),
        enabled=data.get("enabled") is not False,
        records=data.get("records") is not False,
        pre_capture=PRE_CAPTURE if length is None else int(length),
    )


def parse_cameras(value: Json) -> dict[str, FrigateCamera]:
    """Read the cameras of /config; raises InvalidResponse."""
    cameras = an_object(an_object(value, "config").get("cameras"), "cameras")
    return {name: FrigateCamera.parse(name, one) for name, one in cameras.items()}


@dataclass(frozen=True, kw_only=True)
class FrigateEvent:
    """An event that Frigate has stored."""

    id: str
    camera: str
    label: str
    sub_label: str | None
    start: datetime
    end: datetime | None
    """None while it goes on."""
    type: str | None
    """`api` for an event created by a call, `object` for one that Frigate detected."""
    score: float | None
    description: str | None
    retained: bool
    """Whether it is kept for good."""
    delivery_id: str | None
    """Id of the delivery that created it, stored in `draw` from 0.18."""

    @classmethod
    def parse(cls, value: Json) -> Self:
        """Read an event; raises InvalidResponse."""
        event = an_object(value, "event")
        data = part(event, "data")
        return cls(
            id=text(event, "id"),
            camera=text(event, "camera"),
            label=text(event, "label"),
            sub_label=text_or_none(event, "sub_label"),
            start=moment(event, "start_time"),
            end=None if event.get("end_time") is None else moment(event, "end_time"),
            type=text_or_none(data, "type"),
            score=number_or_none(data, "score"),
            description=text_or_none(data, "description"),
            retained=event.get("retain_indefinitely") is True,
            delivery_id=text_or_none(part(data, "draw"), DELIVERY_ID),
        )
