"""The settings of a simulated Frigate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, TypedDict

from tools.simulators.settings import (
    Reader,
    Settings,
    filled_text,
    flag,
    or_none,
    refused,
    seconds,
    whole,
)
from tools.simulators.wire import Json

from .delays import Delay, parse_delay
from .release import Release

_CREATE_SECONDS = (0.02, 0.04)
"""13 concurrent events are stored within 0.5 s (facts §10)."""
_PICTURE_SECONDS = (0.0, 0.5)
"""A review item exists 0.1 to 0.8 s after its event was requested (facts §10)."""
_SAVE_SECONDS = (0.005, 0.02)


@dataclass(frozen=True, kw_only=True)
class Camera:
    """One camera of the configuration."""

    name: str
    """The key: exact, case-sensitive, [a-zA-Z0-9_-]+ (facts §2.1, §2.5)."""
    friendly_name: str | None = None
    """For display only (facts §2.5)."""
    enabled: bool = True
    record_enabled: bool = True
    alerts_pre_capture: int = 5
    detections_pre_capture: int = 5
    alerts_enabled: bool = True
    detections_enabled: bool = True
    alert_labels: tuple[str, ...] = ("person", "car")
    detection_labels: tuple[str, ...] | None = None
    track: tuple[str, ...] = ("person",)

    @property
    def pre_capture(self) -> int:
        """Return the longer of the two, used for a null pre_capture (facts §2)."""
        return max(self.alerts_pre_capture, self.detections_pre_capture)


def named_cameras(names: Sequence[str]) -> tuple[Camera, ...]:
    """Return default cameras with these names."""
    return tuple(
        Camera(name=name, friendly_name=name.replace("_", " ").capitalize())
        for name in names
    )


class FrigateOptions(TypedDict, total=False):
    """The fields of FrigateSettings, all optional."""

    version: str
    user: str
    password: str | None
    role: str
    cameras: Sequence[Camera]
    cookie_name: str
    session_length: float
    async_delay: Delay | None
    review_delay: Delay | None
    save_delay: Delay | None
    rate_limit: int | None
    starting: bool
    cache_seconds: float


def _version(value: Json) -> str:
    return Release.parse(filled_text(value)).text


def _names(value: Json) -> tuple[Camera, ...]:
    if not isinstance(value, list):
        raise refused(value)
    return named_cameras([filled_text(name) for name in value])


@dataclass(kw_only=True)
class FrigateSettings(Settings):
    """All settings; most can also be changed at run time."""

    version: str = "0.18.0-e3fa701"
    user: str = "admin"
    password: str | None = None
    """With a password, authentication is on (port 8971), without it off (5000)."""
    role: str = "admin"
    cameras: Sequence[Camera] = named_cameras(("front_door", "garden"))
    cookie_name: str = "frigate_token"
    session_length: float = 86400
    """Seconds a token lives (facts §4)."""
    async_delay: Delay | None = (0.1, 0.3)
    """Seconds from the response to the work after it (facts §2.2, §9).

    None: until a flush. 0: at once, and nothing else takes time either, for tests about
    something else.
    """
    review_delay: Delay | None = None
    """Seconds from an event to the row of the review item that it opens (facts §10);
    None: as on the real server."""
    save_delay: Delay | None = None
    """Seconds between reading a whole row and writing it back (facts §9); None: as on
    the real server."""
    rate_limit: int | None = None
    """Logins per minute (facts §4: off by default)."""
    starting: bool = False
    """Whether nginx is up while Frigate is still starting (facts §1)."""
    cache_seconds: float = 5.0
    """How long nginx keeps a JSON GET (facts §1)."""

    @property
    def release(self) -> Release:
        """Return the features of the version."""
        return Release.parse(self.version)

    @property
    def quick(self) -> bool:
        """Return whether nothing takes time, except delays that are set by name."""
        return self.async_delay in (0, None)

    @property
    def create_seconds(self) -> Delay:
        """Return the seconds that a create occupies the object thread (facts §10)."""
        return 0 if self.quick else _CREATE_SECONDS

    @property
    def picture_seconds(self) -> Delay:
        """Return the seconds until the next picture."""
        if self.review_delay is not None:
            return self.review_delay
        return 0 if self.quick else _PICTURE_SECONDS

    @property
    def save_seconds(self) -> Delay:
        """Return the seconds to save a whole row."""
        if self.save_delay is not None:
            return self.save_delay
        return 0 if self.quick else _SAVE_SECONDS

    @property
    def authentication(self) -> bool:
        """Return whether a login is needed."""
        return self.password is not None and self.release.authentication

    def camera(self, name: str) -> Camera | None:
        """Return the camera of exactly this name (facts §2.1)."""
        return next((item for item in self.cameras if item.name == name), None)

    readers: ClassVar[Mapping[str, Reader]] = {
        "version": _version,
        "user": filled_text,
        "password": or_none(filled_text),
        "role": filled_text,
        "cameras": _names,
        "cookie_name": filled_text,
        "session_length": seconds,
        "async_delay": or_none(parse_delay),
        "review_delay": or_none(parse_delay),
        "save_delay": or_none(parse_delay),
        "rate_limit": or_none(whole),
        "starting": flag,
        "cache_seconds": seconds,
    }
