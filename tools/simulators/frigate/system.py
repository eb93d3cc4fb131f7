"""The endpoints about Frigate itself and the caller (facts §3, §4)."""

import random

from tools.simulators.wire import Json, Reply, json_reply, text_reply

from . import coercion
from .documents import Fields
from .errors import detail, refusal
from .routes import Request, Route
from .settings import Camera
from .state import FrigateState


class SystemEndpoints:
    """Version, configuration, health, profile, login."""

    def __init__(self, state: FrigateState) -> None:
        """Read the state."""
        self._state = state

    def routes(self) -> tuple[Route, ...]:
        """Return the endpoints; any user may call them (facts §3)."""
        always = (
            Route("GET", "/version", self.version),
            Route("GET", "/config", self.config),
            Route("GET", "/stats", self.stats),
        )
        if not self._state.settings.release.authentication:
            return always
        return (
            *always,
            Route("GET", "/profile", self.profile),
            Route("POST", "/login", self.login, body=True),
        )

    def version(self, _request: Request) -> Reply:
        """Return the version as plain text (facts §3)."""
        return text_reply(self._state.settings.release.text)

    def config(self, _request: Request) -> Reply:
        """Return the configuration; its cameras are the valid names (facts §3)."""
        settings = self._state.settings
        cameras: dict[str, Json] = {
            camera.name: _camera(camera) for camera in settings.cameras
        }
        return json_reply(
            {
                "version": settings.release.text,
                "cameras": cameras,
                "mqtt": {"topic_prefix": "frigate"},
                "auth": {
                    "enabled": settings.authentication,
                    "cookie_name": settings.cookie_name,
                    "session_length": settings.session_length,
                },
            }
        )

    def stats(self, _request: Request) -> Reply:
        """Return the state of the service (facts §3)."""
        settings, now = self._state.settings, self._state.clock.now()
        cameras: dict[str, Json] = {
            camera.name: {"camera_fps": 5.0} for camera in settings.cameras
        }
        return json_reply(
            {
                "cameras": cameras,
                "service": {
                    "version": settings.release.text,
                    "uptime": int(now - self._state.started_at),
                    "last_updated": int(now),
                },
            }
        )

    def last_routes(self) -> tuple[Route, ...]:
        """Return the routes that are tried last (facts §9)."""
        if not self._state.settings.release.validates:
            return ()
        return (
            Route("GET", "/", self.health),
            Route("GET", "/{camera}", self.live_picture),
        )

    def health(self, _request: Request) -> Reply:
        """Return that it runs."""
        return text_reply("Frigate is running. Alive and healthy!")

    def live_picture(self, request: Request) -> Reply:
        """Stream a camera; any path of one segment counts as its name (facts §9)."""
        caller, release = request.caller, self._state.settings.release
        if not caller.role and release.denies_by_default:
            raise detail(401, "No authorization headers.")
        (name,) = request.parameters
        if self._state.settings.camera(name) is None:
            if release.denies_by_default and caller.role != "admin":
                raise detail(
                    403, "Access denied. A user with the admin role is required."
                )
            raise refusal(404, "Camera not found")
        return Reply(content_type="multipart/x-mixed-replace;boundary=frame")

    def profile(self, request: Request) -> Reply:
        """Return the caller, the best probe of permissions (facts §3)."""
        caller, release = request.caller, self._state.settings.release
        profile: dict[str, Json] = {"username": caller.username}
        # Roles are from 0.16, roles by camera from 0.17 (facts §4).
        if release.roles:
            profile["role"] = caller.role
        if release.end_checks:
            # facts §9: in no order.
            names = [camera.name for camera in self._state.settings.cameras]
            profile["allowed_cameras"] = [*random.sample(names, len(names))]
        return json_reply(profile)

    def login(self, request: Request) -> Reply:
        """Log in (facts §4)."""
        fields = Fields.of_body(request.document, required=True)
        user = fields.required("user", coercion.text, "")
        password = fields.required("password", coercion.text, "")
        fields.check()
        return self._state.auth.login(user, password)


def _camera(camera: Camera) -> dict[str, Json]:
    """Return a camera without unset fields (run)."""
    detections: dict[str, Json] = {"enabled": camera.detections_enabled}
    if camera.detection_labels is not None:
        detections["labels"] = [*camera.detection_labels]
    about: dict[str, Json] = {
        "name": camera.name,
        "enabled": camera.enabled,
        "objects": {"track": [*camera.track]},
        "record": {
            "enabled": camera.record_enabled,
            "alerts": {"pre_capture": camera.alerts_pre_capture},
            "detections": {"pre_capture": camera.detections_pre_capture},
        },
        "review": {
            "alerts": {
                "enabled": camera.alerts_enabled,
                "labels": [*camera.alert_labels],
            },
            "detections": detections,
        },
    }
    if camera.friendly_name is not None:
        about["friendly_name"] = camera.friendly_name
    return about
