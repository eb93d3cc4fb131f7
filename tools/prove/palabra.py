"""Palabra: live events are created, looked up, changed and removed."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
import secrets
from types import MappingProxyType
from typing import Any, override
from urllib.parse import unquote

from custom_components.event_relay.backends.base import Json, JsonObject
from custom_components.event_relay.backends.errors import BackendError
from custom_components.event_relay.backends.palabra.api.client import (
    DEFAULT_ADDRESS,
    EVENTS,
    PalabraClient,
)
from custom_components.event_relay.backends.palabra.api.credentials import (
    PalabraCredentials,
)
from custom_components.event_relay.backends.palabra.api.models import (
    STATUSES,
    LiveEvent,
    PalabraCapabilities,
)
from custom_components.event_relay.backends.palabra.backend import PALABRA
from custom_components.event_relay.backends.transport import HttpTransport
from custom_components.event_relay.queue.delivery import Delivery

from .findings import Claim
from .reading import members, moment
from .report_text import Word, but, chosen, form_of_time, names
from .system import System, Thing
from .toolbox import LABEL, Lab, Tempo
from .wire import Exchange, Wire

_CREATE = "create_live_event"
_EVENT = Word("live event")
_OFFICIAL, _ANOTHER = Word("the official one"), Word("another one")
_PAIR, _KEY = Word("the older pair"), Word("an API key")
_AHEAD = timedelta(days=30)
_CLOCKS_APART = timedelta(minutes=5)
_LISTED = ("title", "event_type", "utc_start_dt", "utc_end_dt", "utc_created_at")
"""The fields of the list that a look-up needs."""
_DESCRIPTION = "A test object of script/prove. It may be deleted."
_CHANGED = "A test object of script/prove, changed. It may be deleted."
_ZONE = "Europe/Berlin"

CLAIMS = (
    Claim(name="paths", text=Word("Events are at `/saas/v2/event` and `…/events`")),
    Claim(
        name="bearer",
        text=Word("An API key is accepted there as `Authorization: Bearer`"),
    ),
    Claim(name="created", text=Word("Create answers 200 or 201 with the event")),
    Claim(name="stored", text=Word("Title, type, times and texts come back as sent")),
    Claim(name="setup", text=Word("A new event is `setup_required`")),
    Claim(name="times", text=Word("Times come back as instants with a zone")),
    Claim(name="zone", text=Word("`timezone` does not move the times")),
    Claim(name="recurring", text=Word("`is_recurring` left out means false")),
    Claim(name="clock", text=Word("`utc_created_at` fits the `Date` of the answer")),
    Claim(name="twice", text=Word("Two events may have the same times and type")),
    Claim(name="list", text=Word("The list has `items`, `page_size`, `count`, `next`")),
    Claim(
        name="list_fields",
        text=Word("Items of the list tell title, type, times, time of creation"),
    ),
    Claim(name="newest", text=Word("`sort=desc` gives the newest event first")),
    Claim(name="pages", text=Word("The next page is asked for by `token` alone")),
    Claim(
        name="lost",
        text=Word("An event whose reply was lost is found, and is there once"),
    ),
    Claim(name="partial", text=Word("PATCH takes what changes, and leaves the rest")),
    Claim(name="clears", text=Word("An empty description clears it")),
    Claim(name="languages", text=Word("`target_languages` takes `de` and `en-us`")),
    Claim(name="code", text=Word("The owner is shown the access code")),
    Claim(name="qr", text=Word("The address of the QR code has no access code in it")),
    Claim(name="deleted", text=Word("DELETE removes it, and answers 200 or 204")),
    Claim(name="unknown", text=Word("An event that is gone is answered 404 with JSON")),
    Claim(name="again", text=Word("Deleting it again does no harm")),
    Claim(
        name="wrong_key",
        text=Word("A wrong key is answered 401, a wrong older pair 404"),
        unseen=Word("only with `--try-wrong-key`"),
    ),
    Claim(
        name="balance",
        text=Word("An empty balance is answered 403 with 100050"),
        unseen=Word("takes an account without credits"),
    ),
    Claim(
        name="limits",
        text=Word("Limits are answered 429"),
        unseen=Word("would take too many requests"),
    ),
    Claim(
        name="past",
        text=Word("What is refused: past start, end before start, bad language"),
        unseen=Word("no request is sent that is known to be wrong"),
    ),
)


class Palabra(System):
    """Palabra, as one account."""

    title = Word("Palabra")
    backend = PALABRA
    claims = CLAIMS
    routes = MappingProxyType(
        {
            Word("events"): r"/saas/v2/events$",
            Word("event"): r"/saas/v2/event$",
            Word("event/{id}"): r"/saas/v2/event/[^/]+$",
        }
    )

    def __init__(self, data: Mapping[str, Any], wire: Wire, tempo: Tempo) -> None:
        """Take address and credentials."""
        super().__init__(data, wire, tempo)
        self._credentials = PalabraCredentials(
            api_key=data["api_key"],
            client_id=data["client_id"],
            client_secret=data["client_secret"],
        )
        self._client = PalabraClient(
            wire.session, data["url"], credentials=self._credentials
        )

    @override
    @classmethod
    def makes(cls, data: Mapping[str, Any]) -> Sequence[str]:
        return (
            "two live events 30 days ahead, behind an access code",
            "both are removed again",
        )

    @property
    @override
    def client(self) -> PalabraClient:
        return self._client

    @property
    @override
    def secrets(self) -> frozenset[str]:
        return frozenset(filter(None, self._credentials.secrets))

    @override
    async def prove(self, lab: Lab, capabilities: PalabraCapabilities) -> None:
        facts, findings = lab.findings.facts, lab.findings
        official = self.data["url"] == DEFAULT_ADDRESS
        facts[Word("Address")] = _OFFICIAL if official else _ANOTHER
        older = self._credentials.older
        facts[Word("Credentials")] = _PAIR if older else _KEY
        findings.see("paths", True)
        if not older:
            findings.see("bearer", True)
        code = secrets.token_hex(8)
        lab.secrets.add(code)
        start = (datetime.now(UTC) + _AHEAD).replace(microsecond=0)
        wanted = {
            "event_type": "online",
            "start": start,
            "end": start + timedelta(minutes=30),
            "timezone": _ZONE,
            "description": _DESCRIPTION,
            "access_code": code,
            "listener_language_mode": "off",
        }
        async with lab.step(Word("make a live event")):
            made = await lab.deliver(_CREATE, {"title": lab.label(1), **wanted})
        first = made.receipt.outside_id if made.receipt else None
        self._see_created(lab, self.wire.seen("POST", "/event$")[-1])
        async with lab.step(Word("read it back")):
            event = await self._client.event(first or "")
        self._see_event(lab, event, {"title": lab.label(1), **wanted}, code)
        await self._lose_a_reply(lab, {"title": lab.label(2), **wanted})
        async with lab.step(Word("list the events")):
            await self._see_list(lab)
        await self._change(lab, made, event)
        await self._delete(lab, made)

    async def _lose_a_reply(self, lab: Lab, wanted: Mapping[str, Any]) -> None:
        """Create an event, lose the reply, and check that it is found."""
        loss = lab.wire.lose("POST", "/event$")
        async with lab.step(Word("lose the reply to another, and look it up")):
            found = await lab.deliver(_CREATE, wanted)
        alike = [
            one for one in await self._client.events() if one.title == wanted["title"]
        ]
        once = lab.was_looked_up(found, loss) and len(alike) == 1
        lab.findings.see("lost", once, len(alike))
        lab.findings.see("twice", len(alike) == 1)

    async def _change(self, lab: Lab, made: Delivery, before: LiveEvent | None) -> None:
        """Change one field after the other."""
        findings, event_id = lab.findings, (before.id if before else "")
        async with lab.step(Word("change its description"), proves=("partial",)):
            await self._update(lab, made, description=_CHANGED)
            event = await self._client.event(event_id)
            kept = (
                before
                and event
                and (
                    (event.title, event.start, event.end, event.timezone)
                    == (before.title, before.start, before.end, before.timezone)
                )
            )
            holds = bool(kept) and event is not None and event.description == _CHANGED
            findings.see("partial", holds)
        async with lab.step(Word("change its languages"), proves=("languages",)):
            await self._update(lab, made, target_languages=["de", "en-us"])
            event = await self._client.event(event_id)
            told = set(event.target_languages) if event else set()
            findings.see("languages", told == {"de", "en-us"})
        async with lab.step(Word("clear its description"), proves=("clears",)):
            await self._update(lab, made, description="")
            event = await self._client.event(event_id)
            findings.see("clears", event is not None and not event.description)

    async def _update(self, lab: Lab, made: Delivery, **changes: object) -> None:
        await lab.deliver("update_live_event", {"delivery_id": made.id, **changes})

    async def _delete(self, lab: Lab, made: Delivery) -> None:
        """Remove the event as users do, and a second time."""
        findings = lab.findings
        event_id = (made.receipt.outside_id if made.receipt else None) or ""
        async with lab.step(Word("remove it")):
            await lab.deliver("delete_live_event", {"delivery_id": made.id})
            reply = self.wire.seen("DELETE", "/event/")[-1]
            status = reply.status or 0
            gone = await self._client.event(event_id) is None
            findings.see("deleted", gone and status in {200, 204}, status)
            answer = self.wire.seen("GET", "/event/")[-1]
            findings.see("unknown", gone and answer.json is not None)
        if gone:
            self.gone.add(Thing(_EVENT, event_id))
        async with lab.step(Word("remove it again"), proves=("again",)):
            await lab.deliver("delete_live_event", {"event_id": event_id})
            reply = self.wire.seen("DELETE", "/event/")[-1]
            findings.see("again", True, reply.status or 0)

    def _see_created(self, lab: Lab, exchange: Exchange) -> None:
        """Check the response to create."""
        answer = members(exchange.json, "data")
        holds = exchange.status in {200, 201} and "event_id" in answer
        lab.findings.see("created", holds, exchange.status or 0)
        status = answer.get("lifecycle_status") or answer.get("event_status")
        setup = status == "setup_required"
        lab.findings.see("setup", setup, chosen(status, STATUSES))
        made, date = moment(answer.get("utc_created_at")), exchange.date
        if made is not None and date is not None:
            lab.findings.see("clock", abs(made - date) < _CLOCKS_APART)

    def _see_event(
        self,
        lab: Lab,
        event: LiveEvent | None,
        wanted: Mapping[str, Any],
        code: str,
    ) -> None:
        """Compare the event with the request."""
        findings = lab.findings
        answer = members(self.wire.seen("GET", "/event/")[-1].json, "data")
        fields = ("title", "event_type", "start", "end", "timezone", "description")
        wrong = [
            name
            for name in fields
            if event is None or getattr(event, name) != wanted[name]
        ]
        findings.see("stored", not wrong, but(wrong))
        moved = event is None or event.start != wanted["start"]
        findings.see("zone", not moved)
        form = form_of_time(answer.get("utc_start_dt"))
        findings.see("times", form in {"with Z", "with an offset"}, form)
        findings.see("recurring", answer.get("is_recurring") is False)
        findings.see("code", answer.get("access_code") == code)
        link = answer.get("qr_code_url")
        if isinstance(link, str):
            findings.see("qr", code not in unquote(link))

    async def _see_list(self, lab: Lab) -> None:
        """Check the list, and its second page."""
        findings = lab.findings
        page = await self._page({"sort": "desc", "page_size": "1"})
        keys = {"items", "page_size", "count"}
        findings.see("list", keys <= page.keys(), names(page.keys(), lab.confided))
        listed = page.get("items")
        item = listed[0] if isinstance(listed, list) and listed else None
        shown = item if isinstance(item, dict) else {}
        missing = [name for name in _LISTED if name not in shown]
        findings.see("list_fields", not missing, but(missing))
        newest = shown.get("title") == lab.label(2) if "title" in shown else None
        if newest is not None:
            findings.see("newest", newest)
        following = page.get("next")
        if isinstance(following, str) and following:
            page = await self._page({"token": following})
            findings.see("pages", isinstance(page.get("items"), list))

    async def _page(self, query: Mapping[str, str]) -> JsonObject:
        """Return a raw page of the list."""
        transport = HttpTransport(self.wire.session, self.data["url"])
        reply = await transport.send(
            "GET", *EVENTS, query=query, headers=self._credentials.headers
        )
        content: Json = None
        if reply.ok:
            content = self.wire.exchanges[-1].json
        return members(content, "data")

    @override
    async def things(self, deliveries: Sequence[Delivery]) -> Sequence[Thing]:
        made = {
            one.receipt.outside_id
            for one in deliveries
            if one.operation == _CREATE and one.receipt and one.receipt.outside_id
        }
        listed = {
            event.id
            for event in await self._client.events()
            if event.title and LABEL.fullmatch(event.title)
        }
        return [Thing(_EVENT, one) for one in sorted(made | listed)]

    @override
    async def remove(self, thing: Thing) -> bool:
        await self._client.delete_event(thing.id)
        return await self._client.event(thing.id) is None

    @override
    async def try_wrong_key(self, lab: Lab) -> None:
        spoilt = PalabraCredentials(
            **{
                name: value and f"{value}-wrong"
                for name, value in vars(self._credentials).items()
            }
        )
        client = PalabraClient(self.wire.session, self.data["url"], credentials=spoilt)
        with suppress(BackendError):
            await client.capabilities()
        status = self.wire.exchanges[-1].status or 0
        expected = 404 if self._credentials.older else 401
        lab.findings.see("wrong_key", status == expected, status)
