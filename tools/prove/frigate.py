"""Frigate: camera events are created, looked up, changed and removed.

No event is left open: how to end one safely is tested elsewhere.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Any, override

from custom_components.event_relay.backends.errors import Rejected
from custom_components.event_relay.backends.frigate.api.client import FrigateClient
from custom_components.event_relay.backends.frigate.api.models import (
    FrigateCapabilities,
    FrigateEvent,
)
from custom_components.event_relay.backends.frigate.backend import FRIGATE
from custom_components.event_relay.queue.delivery import Delivery

from .findings import Claim
from .report_text import Word, but, chosen, version
from .system import System, Thing
from .toolbox import LABEL, Lab, Tempo
from .wire import Wire

_CREATE = "create_camera_event"
_EVENT = Word("camera event")
_KIND = "event_relay_test"
"""The label of the events; their sub label marks them as tests."""
_SECONDS = 5
_AROUND = timedelta(minutes=10)
_ROLES = ("admin", "viewer")

CLAIMS = (
    Claim(name="created", text=Word("Create answers 200 with an `event_id`")),
    Claim(name="stored", text=Word("Camera, label, sub label and kind are stored")),
    Claim(name="length", text=Word("An event is as long as was asked for")),
    Claim(name="key", text=Word("From 0.18 our own id comes back in `draw`")),
    Claim(
        name="lost",
        text=Word("An event whose reply was lost is found, and is there once"),
    ),
    Claim(name="changed", text=Word("Sub label, description and retain are changed")),
    Claim(name="deleted", text=Word("DELETE removes an event")),
    Claim(
        name="ends",
        text=Word("An end never stops the review"),
        unseen=Word("no event is left open"),
    ),
)


class Frigate(System):
    """One Frigate, as one user."""

    title = Word("Frigate")
    backend = FRIGATE
    claims = CLAIMS
    routes = MappingProxyType(
        {
            Word("version"): r"/api/version$",
            Word("login"): r"/api/login$",
            Word("profile"): r"/api/profile$",
            Word("config"): r"/api/config$",
            Word("events/{camera}/{label}/create"): r"/api/events/[^/]+/[^/]+/create$",
            Word("events/{id}/sub_label"): r"/api/events/[^/]+/sub_label$",
            Word("events/{id}/description"): r"/api/events/[^/]+/description$",
            Word("events/{id}/retain"): r"/api/events/[^/]+/retain$",
            Word("events/{id}"): r"/api/events/[^/]+$",
            Word("events"): r"/api/events/?$",
            Word("review"): r"/api/review",
        }
    )

    def __init__(self, data: Mapping[str, Any], wire: Wire, tempo: Tempo) -> None:
        """Take address and login; `camera` may be given."""
        super().__init__(data, wire, tempo)
        self._client = FrigateClient(
            wire.session,
            data["url"],
            username=data["username"],
            password=data["password"],
        )

    @override
    @classmethod
    def makes(cls, data: Mapping[str, Any]) -> Sequence[str]:
        return (
            "two short events of one camera, without a recording",
            "both are removed again; a review item of them may stay",
        )

    @property
    @override
    def client(self) -> FrigateClient:
        return self._client

    @property
    @override
    def secrets(self) -> frozenset[str]:
        return frozenset(filter(None, (self.data["username"], self.data["password"])))

    @override
    async def prove(self, lab: Lab, capabilities: FrigateCapabilities) -> None:
        facts = lab.findings.facts
        facts[Word("Version")] = version(str(capabilities.version))
        facts[Word("Role")] = chosen(capabilities.role, _ROLES)
        async with lab.step(Word("choose a camera")):
            camera = self.data.get("camera") or next(iter(capabilities.cameras), None)
            if camera is None:
                raise Rejected("it has no camera", code="camera_needed")
        async with lab.step(Word("make an event")):
            made = await lab.deliver(_CREATE, self._wanted(lab, 1, camera))
        event_id = made.receipt.outside_id if made.receipt else None
        async with lab.step(Word("read it back")):
            event = await self._client.event(event_id or "")
        self._see_event(lab, made, event, camera, capabilities)
        loss = lab.wire.lose("POST", "/create$")
        async with lab.step(Word("lose the reply to another, and look it up")):
            found = await lab.deliver(_CREATE, self._wanted(lab, 2, camera))
            alike = await self._listed(found, lab.label(2))
        once = lab.was_looked_up(found, loss) and len(alike) == 1
        lab.findings.see("lost", once, len(alike))
        await self._change(lab, made, event_id or "")

    def _wanted(self, lab: Lab, number: int, camera: str) -> dict[str, object]:
        return {
            "camera": camera,
            "label": _KIND,
            "sub_label": lab.label(number),
            "duration": _SECONDS,
            "include_recording": False,
        }

    def _see_event(
        self,
        lab: Lab,
        made: Delivery,
        event: FrigateEvent | None,
        camera: str,
        capabilities: FrigateCapabilities,
    ) -> None:
        """Compare the event with the request."""
        findings = lab.findings
        answer = self.wire.seen("POST", "/create$")[-1]
        findings.see("created", answer.status == 200, answer.status or 0)
        wanted = {
            "camera": camera,
            "label": _KIND,
            "sub_label": lab.label(1),
            "type": "api",
        }
        wrong = [name for name, value in wanted.items() if _get(event, name) != value]
        findings.see("stored", not wrong, but(wrong))
        if event is not None and event.end is not None:
            seconds = (event.end - event.start).total_seconds()
            # The pre-capture that Frigate adds is not part of the request.
            findings.see("length", seconds >= _SECONDS, seconds)
        if capabilities.version.keeps_draw:
            findings.see("key", _get(event, "delivery_id") == made.id)

    async def _change(self, lab: Lab, made: Delivery, event_id: str) -> None:
        """Change all changeable fields, and remove the event."""
        text = "A test object of script/prove, changed."
        async with lab.step(Word("change it"), proves=("changed",)):
            changes = {"description": text, "sub_label": lab.label(3), "retain": False}
            data = {"delivery_id": made.id, **changes}
            await lab.deliver("update_camera_event", data)
            event = await self._client.event(event_id)
            same = _get(event, "description") == text
            renamed = _get(event, "sub_label") == lab.label(3)
            lab.findings.see("changed", same and renamed)
        async with lab.step(Word("remove it"), proves=("deleted",)):
            thing = Thing(_EVENT, event_id)
            if removed := await self.remove(thing):
                self.gone.add(thing)
            lab.findings.see("deleted", removed)

    async def _listed(self, delivery: Delivery, sub_label: str) -> Sequence[str]:
        """Return the ids of the events with a sub label."""
        at = self._client.server_time(delivery.occurred_at)
        events = await self._client.events(
            str(delivery.payload.get("camera")), _KIND, at - _AROUND
        )
        return [event.id for event in events if event.sub_label == sub_label]

    @override
    async def things(self, deliveries: Sequence[Delivery]) -> Sequence[Thing]:
        found: list[str] = []
        for one in deliveries:
            label = one.payload.get("sub_label")
            if one.operation != _CREATE or not one.attempts:
                continue
            if one.receipt and one.receipt.outside_id:
                found.append(one.receipt.outside_id)
            elif isinstance(label, str) and LABEL.fullmatch(label):
                found += await self._listed(one, label)
        return [Thing(_EVENT, one) for one in dict.fromkeys(found)]

    @override
    async def remove(self, thing: Thing) -> bool:
        if await self._client.event(thing.id) is not None:
            await self._client.delete_event(thing.id)
        return await self._client.event(thing.id) is None


def _get(event: FrigateEvent | None, name: str) -> object:
    return None if event is None else getattr(event, name)
