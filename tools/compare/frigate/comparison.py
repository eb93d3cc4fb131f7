"""The whole comparison: both sides are asked the same, in the same order."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import ClientSession, DummyCookieJar

from tools.compare.differences import Difference, differences
from tools.compare.side import Side
from tools.simulators.frigate import Camera, FrigateSettings, FrigateSimulator
from tools.simulators.frigate.delays import Delay
from tools.simulators.wire import Json

from .changing import change
from .reading import read
from .recorder import Recorder
from .signing_in import NotSignedInError, sign_in, try_logins
from .writing import write

_DEFAULTS = FrigateSettings()
_SIMULATOR_PATIENCE = 60.0
"""Seconds. It does what is waited for, however busy this machine is."""


@dataclass(frozen=True, kw_only=True)
class Login:
    """Who signs in on the live server."""

    user: str
    password: str


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What came of it."""

    version: str
    found: list[Difference]
    steps: int
    live_seconds: dict[str, float]
    simulated_seconds: dict[str, float]
    left: int
    """Events on the live server that were made and not removed."""


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How time goes in a comparison; a test has its own."""

    pass_time: Callable[[float], Awaitable[object]] = asyncio.sleep
    """Lets seconds pass on the live server."""
    patience: float = 8.0
    """Seconds after which what is waited for on the live server is given up."""
    async_delay: Delay = _DEFAULTS.async_delay or 0
    """That of the simulator."""


async def compare_frigate(
    url: str,
    *,
    login: Login | None = None,
    clean: bool = False,
    pace: Pace | None = None,
) -> Comparison:
    """Compare a live server with the simulator of its version.

    Raises NotSignedInError where the login is refused, and NotComparableError where
    the server is not fit for it.
    """
    pace = pace or Pace()
    async with ClientSession(cookie_jar=DummyCookieJar()) as session:
        live = Side("the live server", session, url, pace.pass_time, pace.patience)
        if login is not None:
            await sign_in(live, login.user, login.password)
        cameras = await _cameras(live)
        simulator = FrigateSimulator(
            version=(await live.ask("GET", "/api/version")).text.strip(),
            cameras=cameras,
            user=login.user if login else _DEFAULTS.user,
            password=login.password if login else None,
            async_delay=pace.async_delay,
        )
        async with simulator:

            async def advance(seconds: float) -> None:
                simulator.clock.advance(seconds)

            simulated = Side(
                "the simulator", session, simulator.url, advance, _SIMULATOR_PATIENCE
            )
            if login is not None:
                await sign_in(simulated, login.user, login.password)
            camera = next(one for one in cameras if _is_fit(one)).name
            user = login.user if login else None
            recorders = [Recorder(side, camera) for side in (live, simulated)]
            try:
                await asyncio.gather(*(_ask_all(one, user) for one in recorders))
            finally:
                left = await _left(recorders[0], clean=clean)
    return Comparison(
        version=simulator.settings.version,
        found=differences(live.seen, simulated.seen),
        steps=len(live.seen),
        live_seconds=live.seconds,
        simulated_seconds=simulated.seconds,
        left=left,
    )


class NotComparableError(Exception):
    """The live server has nothing to compare on."""


async def _ask_all(recorder: Recorder, user: str | None) -> None:
    await try_logins(recorder, user=user)
    await read(recorder)
    await write(recorder)
    await change(recorder)


async def _cameras(live: Side) -> list[Camera]:
    """Return the cameras of the live server, as the simulator has them."""
    config = (await live.ask("GET", "/api/config")).json
    found = config.get("cameras") if isinstance(config, dict) else None
    cameras = [
        _camera(name, about)
        for name, about in (found or {}).items()  # type: ignore[union-attr]
        if isinstance(about, dict)
    ]
    if not any(_is_fit(camera) for camera in cameras):
        raise NotComparableError(
            "no camera is on, records, and makes review items of alerts"
        )
    return cameras


def _is_fit(camera: Camera) -> bool:
    return camera.enabled and camera.record_enabled and camera.alerts_enabled


def _camera(name: str, about: dict[str, Json]) -> Camera:
    def at(way: str, default: object) -> object:
        value: object = about
        for part in way.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        return default if value is None else value

    labels = at("review.detections.labels", None)
    return Camera(
        name=name,
        friendly_name=at("friendly_name", None),  # type: ignore[arg-type]
        enabled=bool(at("enabled", True)),
        record_enabled=bool(at("record.enabled", True)),
        alerts_pre_capture=int(str(at("record.alerts.pre_capture", 5))),
        detections_pre_capture=int(str(at("record.detections.pre_capture", 5))),
        alerts_enabled=bool(at("review.alerts.enabled", True)),
        detections_enabled=bool(at("review.detections.enabled", True)),
        alert_labels=tuple(at("review.alerts.labels", ())),  # type: ignore[arg-type]
        detection_labels=None if labels is None else tuple(labels),  # type: ignore[arg-type]
        track=tuple(at("objects.track", ())),  # type: ignore[arg-type]
    )


async def _left(recorder: Recorder, *, clean: bool) -> int:
    """Return how many of the events that were made are left, after removing them.

    An open one is not removed: its review item would stay open for good (facts §10).
    """
    left = 0
    for event_id in recorder.made:
        if not (event := await recorder.event(event_id)):
            continue
        if clean and event.get("end_time") is not None:
            await recorder.side.ask("DELETE", f"/api/events/{event_id}")
        else:
            left += 1
    return left


__all__ = [
    "Comparison",
    "Login",
    "NotComparableError",
    "NotSignedInError",
    "Pace",
    "compare_frigate",
]
