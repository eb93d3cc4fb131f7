"""Aipix: scripts and camera marks are created, looked up, changed and removed."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, override
from uuid import NAMESPACE_URL, uuid5

from custom_components.event_relay.backends.aipix.api.client import (
    UNKNOWN_SCRIPT,
    AipixClient,
)
from custom_components.event_relay.backends.aipix.api.login import AipixLogin, Api
from custom_components.event_relay.backends.aipix.api.models import (
    AipixCapabilities,
    AipixScript,
)
from custom_components.event_relay.backends.aipix.backend import AIPIX
from custom_components.event_relay.backends.aipix.choices import (
    EVENTS,
    REACTIONS,
    ScriptChoices,
    script_choices,
)
from custom_components.event_relay.backends.aipix.operations.script import (
    DISABLED,
    ENABLED,
)
from custom_components.event_relay.backends.aipix.operations.week import Numbering
from custom_components.event_relay.backends.aipix.resolving import Home, resolve
from custom_components.event_relay.backends.base import Json
from custom_components.event_relay.backends.errors import Rejected
from custom_components.event_relay.backends.transport import (
    Effect,
    HttpTransport,
    Reply,
)
from custom_components.event_relay.queue.delivery import Delivery

from .aipix_claims import ADMINISTRATOR, CLIENT
from .reading import members, moment
from .report_text import (
    NOTHING,
    Word,
    but,
    chosen,
    flagged,
    form_of_time,
    names,
    version,
)
from .system import System, Thing
from .toolbox import LABEL, Lab, Tempo
from .wire import Exchange, Wire

_CREATE = "create_script"
_MARK = "create_camera_mark"
_SCRIPT_THING = Word("script")
_MARK_THING = Word("camera mark")
_CLOCKS_APART = timedelta(minutes=5)
_AROUND = timedelta(minutes=10)
_GONE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
_NO_WAY = (HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.FORBIDDEN)
_WEEK = [
    {"day": "monday", "ranges": [{"from": "08:00:00", "to": "12:00:00"}]},
    {
        "day": "tuesday",
        "ranges": [
            {"from": "08:00:00", "to": "12:00:00"},
            {"from": "13:00:00", "to": "17:00:00"},
        ],
    },
]
"""A week with different days, one of them with a break."""


class Aipix(System):
    """One account of an aipix, of either API."""

    title = Word("aipix")
    backend = AIPIX
    routes = MappingProxyType(
        {
            Word("static/basic"): r"/static/basic$",
            Word("static"): r"/static$",
            Word("token"): r"/v1/(auth/)?token$",
            Word("logout"): r"/logout$",
            Word("users/self"): r"/users/self$",
            Word("users"): r"/admin/v1/users$",
            Word("scripts/users"): r"/scripts/users$",
            Word("scripts/{id}"): r"/scripts/\d+$",
            Word("scripts"): r"/scripts$",
            Word("cameras/{id}/marks/{id}"): r"/cameras/\d+/marks/\d+$",
            Word("cameras/{id}/marks"): r"/cameras/\d+/marks$",
            Word("cameras"): r"/cameras$",
        }
    )

    def __init__(self, data: Mapping[str, Any], wire: Wire, tempo: Tempo) -> None:
        """Take address, API and login; `event` and `camera` may be given."""
        super().__init__(data, wire, tempo)
        self._api = Api(data["api"])
        self._login = AipixLogin(
            HttpTransport(wire.session, data["url"]),
            self._api,
            username=data["username"],
            password=data["password"],
            device_id=str(uuid5(NAMESPACE_URL, f"{data['url']} {data['username']}")),
        )
        self._client = AipixClient(self._login)
        administrator = self._api is Api.ADMINISTRATOR
        self.claims = ADMINISTRATOR if administrator else CLIENT

    @override
    @classmethod
    def makes(cls, data: Mapping[str, Any]) -> Sequence[str]:
        if Api(data["api"]) is Api.ADMINISTRATOR:
            return (
                "one script without users and reaction",
                "if aipix has no call that removes it, delete it in its interface",
            )
        return (
            "two scripts without users and reaction",
            "two marks on a camera",
            "all are removed again",
        )

    @property
    @override
    def client(self) -> AipixClient:
        return self._client

    @property
    @override
    def secrets(self) -> frozenset[str]:
        return frozenset({self.data["username"], self.data["password"]})

    @override
    async def leave(self) -> None:
        await self._login.log_out()

    @override
    async def prove(self, lab: Lab, capabilities: AipixCapabilities) -> None:
        facts = lab.findings.facts
        facts[Word("Version")] = version(capabilities.version)
        facts[Word("API")] = chosen(self._api.value, [api.value for api in Api])
        async with lab.step(Word("read what a script can be made of")):
            choices = await script_choices(self._client)
        facts[Word("It lists users")] = flagged(choices.users is not None)
        facts[Word("It lists events")] = flagged(choices.events is not None)
        facts[Word("It lists reactions")] = flagged(choices.reactions is not None)
        facts[Word("It lists cameras")] = flagged(choices.cameras is not None)
        event = self._event(choices)
        async with lab.step(Word("choose an event")):
            if event is None:
                raise Rejected("name one by --event", code="event_needed")
        wanted = {"event_id": event, "users": []}
        if self._api is Api.ADMINISTRATOR:
            await self._prove_administrator(lab, wanted)
            return
        self._see_static(lab)
        self._see_listing(lab, capabilities)
        made = await self._make_script(lab, wanted)
        await self._lose_a_script(lab, wanted, capabilities, made)
        await self._change_script(lab, made)
        await self._prove_marks(lab, choices)
        await self._remove_all(lab)

    def _event(self, choices: ScriptChoices) -> int | None:
        """Return the event given by option, or the first one listed."""
        if (named := self.data.get("event")) is not None:
            return int(named)
        listed = (*(choices.events or ()), *choices.used_events)
        return listed[0].id if listed else None

    def _resolved(self, operation: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return data as an action passes them to the queue."""
        home = Home(
            api=self._api,
            numbering=Numbering.MONDAY_0,
            zone=UTC,
            offset=timedelta(),
            helper=None,
        )
        return resolve(operation, data, home)

    async def _make_script(self, lab: Lab, wanted: Mapping[str, Any]) -> Delivery:
        """Create a script and compare it with the request."""
        data = self._resolved(_CREATE, {**wanted, "title": lab.label(1)})
        async with lab.step(Word("make a script")):
            made = await lab.deliver(_CREATE, data)
        self._see_created(lab, self.wire.seen("POST", "/scripts$")[-1])
        async with lab.step(Word("read it back")):
            script = await self._client.script(_id(made))
        findings, raw = lab.findings, script.raw
        wrong = [
            name
            for name, same in (
                ("title", script.title == lab.label(1)),
                ("event_id", script.event_id == wanted["event_id"]),
                ("timetable", _same_times(raw.get("timetable"), data["timetable"])),
            )
            if not same
        ]
        findings.see("stored", not wrong, but(wrong))
        findings.see("reaction", script.reaction_id is None)
        findings.see("users", raw.get("users") == [])
        status = chosen(raw.get("status"), (ENABLED, DISABLED))
        findings.see("enabled", status == ENABLED, status)
        kinds = _types(raw.get("timetable"))
        findings.see("every_day", kinds == ["same_every_day"])
        return made

    def _see_created(self, lab: Lab, exchange: Exchange) -> None:
        """Check the response to create, and the date in it."""
        answer = members(exchange.json)
        wrapped = "id" not in answer and "id" in members(answer, "data")
        script = members(answer, "data") if wrapped else answer
        holds = exchange.status in {200, 201} and "id" in script
        lab.findings.see("created", holds, exchange.status or 0)
        lab.findings.facts[Word("Answers are wrapped in data")] = flagged(wrapped)
        written = script.get("created_at")
        form = form_of_time(written)
        made, date = moment(written), exchange.date
        if made is not None and date is not None:
            lab.findings.see("dates", abs(made - date) < _CLOCKS_APART, form)

    async def _lose_a_script(
        self,
        lab: Lab,
        wanted: Mapping[str, Any],
        capabilities: AipixCapabilities,
        first: Delivery,
    ) -> None:
        """Create a script, lose the reply, and check that it is found."""
        data = self._resolved(_CREATE, {**wanted, "title": lab.label(2)})
        loss = lab.wire.lose("POST", "/scripts$")
        if not capabilities.lists_scripts:
            async with lab.step(Word("lose the reply to another"), proves=("lost",)):
                await lab.deliver(_CREATE, data)
            return
        async with lab.step(Word("lose the reply to another, and look it up")):
            found = await lab.deliver(_CREATE, data)
            scripts = await self._client.scripts() or ()
        alike = [one for one in scripts if one.title == lab.label(2)]
        once = lab.was_looked_up(found, loss) and len(alike) == 1
        lab.findings.see("lost", once, len(alike))
        lab.findings.see("ids", _id(found) > _id(first))

    async def _change_script(self, lab: Lab, made: Delivery) -> None:
        """Change the times of a script, then disable it."""
        before = await self._client.script(_id(made))
        async with lab.step(Word("change its times"), proves=("weekdays", "kept")):
            after = await self._update(lab, made, schedule=_WEEK)
            sent = members(self.wire.seen("PUT", "/scripts/")[-1].request)
            kinds = _types(after.raw.get("timetable"))
            findings = lab.findings
            findings.see("weekdays", kinds == ["monday", "tuesday"])
            same = _same_times(after.raw.get("timetable"), sent.get("timetable"))
            findings.see("breaks", same)
            changed = [
                name
                for name, value in before.raw.items()
                if name not in {"timetable", "updated_at"}
                and after.raw.get(name) != value
            ]
            findings.see("kept", not changed, but(changed, lab.confided))
        async with lab.step(Word("disable it"), proves=("disabled",)):
            after = await self._update(lab, made, status=False)
            status = chosen(after.raw.get("status"), (ENABLED, DISABLED))
            lab.findings.see("disabled", status == DISABLED, status)

    async def _update(self, lab: Lab, made: Delivery, **changes: object) -> AipixScript:
        data = {"delivery_id": made.id, **changes}
        await lab.deliver("update_script", self._resolved("update_script", data))
        return await self._client.script(_id(made))

    async def _prove_marks(self, lab: Lab, choices: ScriptChoices) -> None:
        """Create two marks on a camera, one of them with its reply lost."""
        camera = self.data.get("camera")
        if camera is None and choices.cameras:
            camera = choices.cameras[0].id
        if camera is None:
            return
        proves = ("mark", "marks", "mark_lost")
        async with lab.step(Word("set a mark on a camera"), proves=proves):
            await self._set_mark(lab, int(camera), 3)
            loss = lab.wire.lose("POST", "/marks$")
            found = await self._set_mark(lab, int(camera), 4)
            await self._see_marks(
                lab, int(camera), looked_up=lab.was_looked_up(found, loss)
            )

    async def _set_mark(self, lab: Lab, camera: int, number: int) -> Delivery:
        data = {"camera_id": camera, "title": lab.label(number)}
        return await lab.deliver(_MARK, data)

    async def _see_marks(self, lab: Lab, camera: int, *, looked_up: bool) -> None:
        """Compare the marks with the requests."""
        now = datetime.now(UTC)
        marks = await self._client.marks(camera, now - _AROUND, now + _AROUND)
        findings = lab.findings
        findings.see("marks", marks is not None)
        first = [one for one in marks or () if one.title == lab.label(3)]
        alike = [one for one in marks or () if one.title == lab.label(4)]
        findings.see("mark", len(first) == 1 and first[0].start is not None)
        findings.see("mark_lost", looked_up and len(alike) == 1, len(alike))

    async def _remove_all(self, lab: Lab) -> None:
        """Remove the test objects, by undocumented calls."""
        findings = lab.findings
        async with lab.step(Word("remove scripts and marks"), proves=("delete",)):
            for thing in await self.things(await lab.queue.kept()):
                removed = await self.remove(thing)
                is_script = thing.kind == _SCRIPT_THING
                findings.see("delete" if is_script else "delete_mark", removed is True)
                if removed:
                    self.gone.add(thing)
        if (answers := self.wire.seen("GET", r"/scripts/\d+$")) and (
            answers[-1].status == HTTPStatus.NOT_FOUND
        ):
            findings.see("unknown", answers[-1].json is not None)

    async def _prove_administrator(self, lab: Lab, wanted: Mapping[str, Any]) -> None:
        """Create a script with the older API, and check that API's other calls."""
        findings = lab.findings
        data = self._resolved(_CREATE, wanted)
        async with lab.step(Word("make a script")):
            made = await lab.deliver(_CREATE, data)
        exchange = self.wire.seen("POST", "/scripts$")[-1]
        self._see_created(lab, exchange)
        answer = members(exchange.json)
        script = members(answer, "data") or answer
        findings.see("reaction", script.get("reaction") is None)
        findings.see("users", script.get("users") == [])
        findings.see("schedule", script.get("schedule") == data["schedule"])
        async with lab.step(Word("ask for it"), proves=()):
            listed = await self._ask("GET", "scripts")
            shown = await self._ask("GET", "scripts", str(_id(made)))
            findings.see("admin_list", not listed.ok, listed.status)
            findings.see("admin_show", not shown.ok, shown.status)

    def _see_static(self, lab: Lab) -> None:
        """Check the name under which `static` has the reactions."""
        if not (answers := self.wire.seen("GET", "/static$")):
            return
        answer = members(answers[-1].json)
        content = members(answer, "data") or answer
        keys = [key for key in content if "reaction" in key.casefold()]
        lab.findings.see("events_key", isinstance(content.get(EVENTS), list))
        told = names(keys, lab.confided) if keys else NOTHING
        lab.findings.see("reactions_key", keys == [REACTIONS], told)

    def _see_listing(self, lab: Lab, capabilities: AipixCapabilities) -> None:
        """Check whether scripts are listed."""
        answer = self.wire.seen("GET", "/scripts$")[0]
        lab.findings.see("listed", capabilities.lists_scripts, answer.status or 0)

    async def _ask(self, method: str, *segments: str) -> Reply:
        """Send a request that the product does not use."""
        return await self._login.transport.send(
            method,
            *self._api.prefix,
            *segments,
            effect=Effect.NONE if method == "GET" else Effect.REPEATABLE,
            headers=self._login.headers,
        )

    @override
    async def things(self, deliveries: Sequence[Delivery]) -> Sequence[Thing]:
        found = [one async for one in self._made(deliveries)]
        if self._api is Api.CLIENT:
            scripts = await self._client.scripts() or ()
            found += [
                Thing(_SCRIPT_THING, str(one.id))
                for one in scripts
                if one.title and LABEL.fullmatch(one.title)
            ]
        return list(dict.fromkeys(found))

    async def _made(self, deliveries: Sequence[Delivery]) -> AsyncIterator[Thing]:
        """Yield the objects of deliveries, and marks that may be theirs."""
        for one in deliveries:
            made = one.receipt.outside_id if one.receipt else None
            if one.operation == _CREATE and made:
                yield Thing(_SCRIPT_THING, made)
            if one.operation == _MARK and one.attempts:
                async for mark in self._marks_of(one):
                    yield mark

    async def _marks_of(self, delivery: Delivery) -> AsyncIterator[Thing]:
        """Yield the marks with the label of a delivery, on its camera."""
        camera, at = delivery.payload.get("camera_id"), delivery.occurred_at
        if not isinstance(camera, int):
            return
        marks = await self._client.marks(camera, at - _AROUND, at + _AROUND)
        for mark in marks or ():
            if mark.title == delivery.payload.get("title"):
                yield Thing(_MARK_THING, str(mark.id), str(camera), at)

    @override
    async def remove(self, thing: Thing) -> bool | None:
        path: tuple[str, ...] = ("scripts", thing.id)
        if thing.kind == _MARK_THING:
            path = ("cameras", thing.place, "marks", thing.id)
        if self._login.token is None:
            await self._login.renew(None)
        reply = await self._ask("DELETE", *path)
        if not reply.ok and reply.status not in {*_NO_WAY, *_GONE}:
            return False
        if self._api is Api.ADMINISTRATOR:
            return True if reply.ok else None
        # A 404 means no such object, or no such call.
        return True if await self._is_gone(thing) else None

    async def _is_gone(self, thing: Thing) -> bool:
        """Return whether an object no longer exists."""
        if thing.kind == _MARK_THING and thing.at is not None:
            around = (thing.at - _AROUND, thing.at + _AROUND)
            marks = await self._client.marks(int(thing.place), *around)
            return str(thing.id) not in {str(mark.id) for mark in marks or ()}
        try:
            await self._client.script(int(thing.id))
        except Rejected as error:
            return error.code == UNKNOWN_SCRIPT
        return False


def _id(delivery: Delivery) -> int:
    """Return the id of the script that a delivery created."""
    return int(delivery.receipt.outside_id or 0) if delivery.receipt else 0


def _types(timetable: Json) -> list[Json]:
    """Return the kinds of the days of a timetable."""
    days = timetable.get("days") if isinstance(timetable, dict) else None
    return [members(day).get("type") for day in days] if isinstance(days, list) else []


def _same_times(one: Json, other: Json) -> bool:
    """Return whether two timetables are equal, whatever their offsets."""
    return _comparable(one) == _comparable(other)


def _comparable(value: Json) -> Json:
    """Return a timetable with its times in UTC."""
    if isinstance(value, dict):
        return {name: _comparable(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_comparable(inner) for inner in value]
    if isinstance(value, str):
        try:
            return (
                datetime.fromisoformat(f"2026-01-05T{value}")
                .astimezone(UTC)
                .time()
                .isoformat()
            )
        except ValueError:
            return value
    return value
