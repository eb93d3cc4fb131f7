"""The calls of Frigate's API that events need."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
import time
from weakref import WeakValueDictionary

from aiohttp import ClientSession

from ...base import Json, JsonObject
from ...errors import InvalidResponse, OutcomeUnknown, Rejected
from ...json_responses import decoded, is_missing
from ...reading import a_list, an_object, part, text, text_or_none
from ...transport import Effect, Reply
from .connection import FrigateConnection
from .failures import FAILURES, reason
from .models import EVENT_ID, FrigateCapabilities, FrigateEvent, parse_cameras
from .review import ReviewSettings
from .version import FrigateVersion

PAGE = 250
"""Events per request."""
PAGES = 40
"""Pages read of a list at most."""
SCORE_TOLERANCE = 1e-12
"""How far a score may be off as a filter: SQLite need not read a double exactly."""
SNAPSHOT_HEIGHT = "270"
"""Pixels."""
TOO_LARGE = "too_large"
"""Code of a list with more pages."""


class FrigateClient:
    """Client of one Frigate server as one user."""

    def __init__(
        self,
        session: ClientSession,
        address: str,
        *,
        username: str = "",
        password: str = "",
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take a session without a cookie jar, and a normalised address."""
        self.address = address
        self._changing: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._connection = FrigateConnection(
            session,
            address,
            username=username,
            password=password,
            monotonic=monotonic,
        )

    def alone(self, event_id: str) -> asyncio.Lock:
        """Return the lock to hold while changing an event."""
        return self._changing.setdefault(event_id, asyncio.Lock())

    def forget_refusal(self) -> None:
        """Allow another login with credentials that were refused."""
        self._connection.login.forget_refusal()

    def server_time(self, moment: datetime) -> datetime:
        """Return the server's clock at a moment of ours."""
        return self._connection.server_time(moment)

    async def learn_clock(self) -> None:
        """Learn the offset of the server's clock, unless it is known already."""
        if not self._connection.clock_known:
            await self._connection.send("GET", "version")

    async def capabilities(self) -> FrigateCapabilities:
        """Read version, user and cameras.

        The version comes first and without a login, so that no other system receives a
        password. Raises CannotConnect, Unavailable, InvalidCredentials,
        PermissionDenied or InvalidResponse.
        """
        version = _version(await self._connection.send("GET", "version", log_in=False))
        if not version.supported:
            raise InvalidResponse(str(version), code="version_too_old")
        profile = await self._connection.send("GET", "profile")
        if profile.status == HTTPStatus.NOT_FOUND:
            user: JsonObject = {}
        else:
            user = _read_object(profile)
        return FrigateCapabilities(
            version=version,
            username=text_or_none(user, "username"),
            role=text_or_none(user, "role"),
            cameras=parse_cameras(_read(await self._connection.send("GET", "config"))),
        )

    async def health_check(self) -> None:
        """Return if Frigate responds; raises as `capabilities`."""
        reply = await self._connection.send("GET", "version", log_in=False)
        FAILURES.raise_for(reply, Effect.NONE)

    async def create_event(self, camera: str, label: str, body: JsonObject) -> str:
        """Create an event and return its id; it may not be stored yet (0.16).

        Every call creates another event. Raises OutcomeUnknown if it may have done so.
        """
        reply = await self._connection.write(
            "POST", "events", camera, label, "create", effect=Effect.ONCE, body=body
        )
        try:
            event_id = text(an_object(reply.json(), "answer"), "event_id")
        except (ValueError, InvalidResponse) as error:
            raise OutcomeUnknown("the answer to create cannot be read") from error
        if not EVENT_ID.fullmatch(event_id):
            raise OutcomeUnknown("create was answered without an event id")
        return event_id

    async def end_event(self, event_id: str, end: datetime | None) -> None:
        """Set the end of an event, whether it has one or not; None for now."""
        body: JsonObject = {} if end is None else {"end_time": end.timestamp()}
        await self._connection.write("PUT", "events", event_id, "end", body=body)

    async def delete_event(self, event_id: str) -> None:
        """Delete an event; succeeds if it is gone already."""
        try:
            await self._connection.write("DELETE", "events", event_id)
        except Rejected:
            if await self.event(event_id) is not None:
                raise

    async def set_sub_label(self, event_id: str, sub_label: str) -> None:
        """Set the sub label of an event; an empty one clears it."""
        await self._connection.write(
            "POST", "events", event_id, "sub_label", body={"subLabel": sub_label}
        )

    async def set_description(self, event_id: str, description: str) -> None:
        """Set the description of an event; an empty one clears it."""
        await self._connection.write(
            "POST",
            "events",
            event_id,
            "description",
            body={"description": description},
        )

    async def set_retain(self, event_id: str, *, retain: bool) -> None:
        """Set whether an event is kept for good."""
        await self._connection.write(
            "POST" if retain else "DELETE", "events", event_id, "retain"
        )

    async def event(self, event_id: str) -> FrigateEvent | None:
        """Return an event as it is stored now; None if it is not."""
        reply = await self._connection.send("GET", "events", event_id)
        if is_missing(reply):
            return None
        return FrigateEvent.parse(_read(reply))

    async def snapshot(self, event_id: str) -> bytes:
        """Return the small snapshot of an event; an open event has none yet.

        The parameter of the height has one name up to 0.15 and another one after.
        """
        size = {"h": SNAPSHOT_HEIGHT, "height": SNAPSHOT_HEIGHT, "quality": "70"}
        reply = await self._connection.send(
            "GET", "events", event_id, "snapshot.jpg", query=size
        )
        FAILURES.raise_for(reply, Effect.NONE)
        return reply.body

    async def labels(self) -> tuple[str, ...]:
        """Return the labels of the existing events."""
        labels = a_list(_read(await self._connection.send("GET", "labels")), "labels")
        return tuple(sorted({one for one in labels if isinstance(one, str) and one}))

    async def events(
        self,
        camera: str,
        label: str | None,
        after: datetime,
        *,
        score: float | None = None,
    ) -> tuple[FrigateEvent, ...]:
        """Return events that start after a moment, of a camera and label or of any.

        With a score, only those that have it, give or take `SCORE_TOLERANCE`. Also
        raises InvalidResponse if there are more than can be read.
        """
        query = {
            "cameras": camera,
            "after": str(after.timestamp()),
            "limit": str(PAGE),
            "sort": "date_desc",
            "include_thumbnails": "0",
        }
        if label is not None and "," not in label:  # else split into several
            query["labels"] = label
        if score is not None:
            query["min_score"] = str(score - SCORE_TOLERANCE)
            query["max_score"] = str(score + SCORE_TOLERANCE)
        found: dict[str, FrigateEvent] = {}
        for _ in range(PAGES):
            page = await self._page(query)
            found |= {event.id: event for event in page}
            if len(page) < PAGE:
                return tuple(
                    one for one in found.values() if label in (None, one.label)
                )
            query["before"] = str(min(event.start for event in page).timestamp())
        raise InvalidResponse("more events than can be read", code=TOO_LARGE)

    async def _page(self, query: dict[str, str]) -> list[FrigateEvent]:
        reply = await self._connection.send("GET", "events", query=query)
        return [FrigateEvent.parse(event) for event in a_list(_read(reply), "events")]

    async def review_settings(self, camera: str) -> ReviewSettings:
        """Return the camera's current settings of review items."""
        config = _read(await self._connection.send("GET", "config"))
        cameras = part(an_object(config, "config"), "cameras")
        return ReviewSettings.parse(part(cameras, camera))

    async def review_of(self, event_id: str) -> str | None:
        """Return the id of the review item that shows an event; None without one."""
        reply = await self._connection.send("GET", "review", "event", event_id)
        if is_missing(reply):
            return None
        return text_or_none(_read_object(reply), "id")


def _read(reply: Reply) -> Json:
    """Decode the response to a read; raises InvalidResponse and the usual failures."""
    FAILURES.raise_for(reply, Effect.NONE)
    return decoded(reply)


def _read_object(reply: Reply) -> JsonObject:
    """Decode the response to a read that must be an object."""
    return an_object(_read(reply), "answer")


def _version(reply: Reply) -> FrigateVersion:
    """Parse the response of /version, which tells Frigate from other systems."""
    if reply.status == HTTPStatus.NOT_FOUND:
        raise InvalidResponse(reason(reply), code="other_system")
    FAILURES.raise_for(reply, Effect.NONE)
    if reply.text.lstrip().startswith("<"):
        raise InvalidResponse("a web page, not an answer", code="not_json")
    try:
        return FrigateVersion.parse(reply.text[:200])
    except ValueError as error:
        raise InvalidResponse("no version", code="other_system") from error
