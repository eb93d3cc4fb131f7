"""Guance and TrueWatch: custom events are created and found by their tag."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
import re
import time
from types import MappingProxyType
from typing import Any, override
from uuid import uuid4

from custom_components.event_relay.backends.base import Json, JsonObject
from custom_components.event_relay.backends.errors import BackendError
from custom_components.event_relay.backends.guance.api.client import (
    QUERY_TIMEOUT,
    GuanceClient,
)
from custom_components.event_relay.backends.guance.api.look_ups import (
    MARGIN,
    OWN_TAG,
    milliseconds,
)
from custom_components.event_relay.backends.guance.api.models import GuanceCapabilities
from custom_components.event_relay.backends.guance.api.sites import SITES
from custom_components.event_relay.backends.guance.backend import GUANCE, WRITE_TIME
from custom_components.event_relay.backends.transport import HttpTransport
from custom_components.event_relay.queue.delivery import Delivery

from .findings import Claim
from .outcome import TooSlow
from .reading import members
from .report_text import Word, but, chosen, code, flagged, joined, matching
from .system import System, Thing
from .toolbox import Lab, Tempo
from .wire import Wire

_CREATE = "create_custom_event"
_EVENT = Word("custom event")
_RUN_TAG = "ha_test_run"
_AGO = timedelta(hours=1)
_MESSAGE = "A test object of script/prove of Event Relay."
_PRIVATE = Word("another address")
_COLUMNS = ("__docid", "df_title", "df_message", "df_status", "df_source")
_SOURCES = ("custom", "user", "monitor", "system", "change")
_STORES = ("doris", "es", "elasticsearch", "opensearch", "sls")
_DAYS = re.compile(r"[1-9]\d{0,3}d", re.ASCII)
_DOCUMENT_ID = re.compile(r"E_\w+", re.ASCII)
_LIMIT_HEADER = re.compile(r"retry-after|rate-?limit", re.IGNORECASE)

CLAIMS = (
    Claim(name="key", text=Word("The header `DF-API-KEY` takes the Key ID")),
    Claim(name="workspace", text=Word("`workspace/get` tells the uuid and name")),
    Claim(name="retention", text=Word("`durationSet.keyevent` is a number of days")),
    Claim(
        name="created", text=Word("Create answers 200 with `content: true` and no id")
    ),
    Claim(name="query", text=Word("The DQL query over `E::re('.*')` is understood")),
    Claim(name="tag", text=Word("An event is found by its tag `ha_delivery_id`")),
    Claim(name="lag", text=Word("An event can be seen within 180 s")),
    Claim(
        name="range",
        text=Word("A query's time range is about the event's date, not its arrival"),
    ),
    Claim(name="date", text=Word("`date` is in milliseconds, and kept")),
    Claim(name="stored", text=Word("Title, message and status come back as sent")),
    Claim(name="tags", text=Word("Tags become columns of their own names")),
    Claim(
        name="source", text=Word("`df_source` of an event by the Open API is `custom`")
    ),
    Claim(name="document", text=Word("`__docid` begins with `E_`")),
    Claim(name="empty", text=Word("A query that finds nothing has no rows, and ends")),
    Claim(name="ended", text=Word("Queries are answered when they have ended")),
    Claim(
        name="lost",
        text=Word("An event whose reply was lost is found, and is there once"),
    ),
    Claim(name="headers", text=Word("No answer tells of a limit in its headers")),
    Claim(
        name="wrong_key",
        text=Word("A wrong key is answered 403 with `ft.InvalidAPIKey`"),
        unseen=Word("only with `--try-wrong-key`"),
    ),
    Claim(
        name="limits",
        text=Word("Limits are answered 401"),
        unseen=Word("would take too many requests"),
    ),
    Claim(
        name="lengths",
        text=Word("Titles of 256 characters, messages of 8,000, 60 tags are taken"),
        unseen=Word("only short ones are sent"),
    ),
    Claim(
        name="ages",
        text=Word("Events as old as the retention, or a day ahead, are taken"),
        unseen=Word("only one of an hour ago is sent"),
    ),
    Claim(
        name="read_only",
        text=Word("A role without rights is answered 403"),
        unseen=Word("takes a key of such a role"),
    ),
)


class Guance(System):
    """A workspace."""

    title = Word("Guance or TrueWatch")
    backend = GUANCE
    claims = CLAIMS
    routes = MappingProxyType(
        {
            Word("workspace/get"): r"/api/v1/workspace/get$",
            Word("events/create"): r"/api/v1/events/create$",
            Word("df/query_data_v1"): r"/api/v1/df/query_data_v1$",
        }
    )

    def __init__(self, data: Mapping[str, Any], wire: Wire, tempo: Tempo) -> None:
        """Take address and key."""
        super().__init__(data, wire, tempo)
        self._client = self._client_of(data["api_key"])

    def _client_of(self, key: str) -> GuanceClient:
        return GuanceClient(
            self.wire.session,
            self.data["url"],
            api_key=key,
            monotonic=self.tempo.monotonic,
            sleep=self.tempo.sleep,
        )

    @override
    @classmethod
    def makes(cls, data: Mapping[str, Any]) -> Sequence[str]:
        return (
            "two custom events of the status info",
            "they cannot be removed, and go when the workspace drops old events",
        )

    @property
    @override
    def client(self) -> GuanceClient:
        return self._client

    @property
    @override
    def secrets(self) -> frozenset[str]:
        return frozenset({self.data["api_key"]})

    @override
    async def prove(self, lab: Lab, capabilities: GuanceCapabilities) -> None:
        self._see_workspace(lab)
        long_ago = (datetime.now(UTC) - _AGO).replace(microsecond=0)
        async with lab.step(Word("make an event of an hour ago")):
            made = await lab.deliver(_CREATE, self._wanted(lab, 1, long_ago))
        self._see_created(lab)
        began = time.monotonic()
        async with lab.step(Word("find it by its tag")):
            await self._until_seen(lab, made.id, long_ago)
        seconds = time.monotonic() - began
        lab.findings.see("tag", True)
        lab.findings.see("range", True)
        lab.findings.see("lag", seconds < WRITE_TIME.total_seconds(), seconds)
        async with lab.step(Word("read it back")):
            rows = await self._rows(made.id, long_ago)
        self._see_row(lab, rows[0] if rows else {}, long_ago)
        async with lab.step(Word("look for one that never was"), proves=("empty",)):
            await self._see_nothing(lab)
        await self._lose_a_reply(lab)
        self._see_headers(lab)

    def _wanted(self, lab: Lab, number: int, date: datetime) -> dict[str, object]:
        return {
            "status": "info",
            "title": lab.label(number),
            "message": _MESSAGE,
            "origin": "event-relay-test",
            "occurred_at": date,
            "tags": {_RUN_TAG: lab.run},
        }

    async def _lose_a_reply(self, lab: Lab) -> None:
        """Create an event, lose the reply, and check that it is found."""
        now = datetime.now(UTC).replace(microsecond=0)
        loss = lab.wire.lose("POST", "/events/create$")
        async with lab.step(Word("lose the reply to another, and look it up")):
            found = await lab.deliver(_CREATE, self._wanted(lab, 2, now))
            rows = await self._rows(found.id, now)
        once = lab.was_looked_up(found, loss) and len(rows) == 1
        lab.findings.see("lost", once, len(rows))

    async def _until_seen(self, lab: Lab, delivery_id: str, date: datetime) -> None:
        """Look up an event until it is found; raises TooSlow."""
        began = time.monotonic()
        while not (await self._client.find_event(delivery_id, date)).seen:
            if time.monotonic() - began > lab.tempo.patience:
                raise TooSlow("seeing the event")
            await lab.tempo.sleep(lab.tempo.between_looks)
        lab.findings.see("query", True)

    async def _see_nothing(self, lab: Lab) -> None:
        """Look up an event that does not exist."""
        sighting = await self._client.find_event(str(uuid4()), datetime.now(UTC))
        lab.findings.see("empty", not sighting.seen and sighting.finished)
        lab.findings.see("ended", sighting.finished)

    def _see_workspace(self, lab: Lab) -> None:
        """Check the workspace's data."""
        exchange = self.wire.seen("GET", "/workspace/get$")[-1]
        content = members(exchange.json, "content")
        facts, findings = lab.findings.facts, lab.findings
        site = SITES.get(self.data["url"])
        facts[Word("Site")] = chosen(site, SITES.values()) if site else _PRIVATE
        store = members(content, "datastore").get("keyevent")
        facts[Word("Storage of events")] = chosen(store, _STORES)
        facts[Word("The answer holds the write token")] = flagged("token" in content)
        findings.see("key", True)
        findings.see("workspace", {"uuid", "name"} <= content.keys())
        kept = members(content, "durationSet").get("keyevent")
        days = matching(kept, _DAYS)
        findings.see("retention", days == kept, days)

    def _see_created(self, lab: Lab) -> None:
        """Check the response to create."""
        exchange = self.wire.seen("POST", "/events/create$")[-1]
        answer = members(exchange.json)
        holds = exchange.status == 200 and answer.get("content") is True
        lab.findings.see("created", holds, exchange.status or 0)

    def _see_row(self, lab: Lab, row: JsonObject, date: datetime) -> None:
        """Compare an event with the request."""
        findings = lab.findings
        wanted = {"df_title": lab.label(1), "df_message": _MESSAGE, "df_status": "info"}
        wrong = [name for name, value in wanted.items() if row.get(name) != value]
        findings.see("stored", not wrong, but(wrong))
        findings.see("tags", row.get(_RUN_TAG) == lab.run)
        source = chosen(row.get("df_source"), _SOURCES)
        findings.see("source", source == "custom", source)
        document = row.get("__docid")
        findings.see(
            "document",
            isinstance(document, str) and _DOCUMENT_ID.fullmatch(document) is not None,
        )
        findings.see("date", row.get("time") == milliseconds(date))

    def _see_headers(self, lab: Lab) -> None:
        """Check whether any response reported a limit."""
        told = {
            name
            for one in self.wire.exchanges
            for name in one.headers
            if _LIMIT_HEADER.search(name)
        }
        lab.findings.see("headers", not told)

    async def _rows(self, delivery_id: str, date: datetime) -> list[JsonObject]:
        """Return the workspace's rows of a delivery, with all columns of interest."""
        columns = ",".join(f"`{name}`" for name in (*_COLUMNS, OWN_TAG, _RUN_TAG))
        query: JsonObject = {
            "q": f"E::re(`.*`):({columns}) {{ `{OWN_TAG}` = '{delivery_id}' }}",
            "timeRange": [milliseconds(date - MARGIN), milliseconds(date + MARGIN)],
            "limit": 10,
            "tz": "UTC",
        }
        transport = HttpTransport(
            self.wire.session, self.data["url"], timeout=QUERY_TIMEOUT
        )
        await transport.send(
            "POST",
            *("api", "v1", "df", "query_data_v1"),
            headers={"DF-API-KEY": self.data["api_key"]},
            body={"queries": [{"qtype": "dql", "query": query}]},
        )
        return list(_rows_in(self.wire.exchanges[-1].json))

    @override
    async def things(self, deliveries: Sequence[Delivery]) -> Sequence[Thing]:
        """Return all objects that may have been created: the workspace has no list."""
        return [
            Thing(_EVENT, one.id)
            for one in deliveries
            if one.operation == _CREATE and one.attempts
        ]

    @override
    async def remove(self, thing: Thing) -> None:
        """Leave it: there is no call for it."""

    @override
    async def try_wrong_key(self, lab: Lab) -> None:
        wrong = self._client_of(f"{self.data['api_key']}-wrong")
        with suppress(BackendError):
            await wrong.workspace()
        exchange = self.wire.exchanges[-1]
        error = code(members(exchange.json).get("errorCode"), lab.secrets)
        holds = exchange.status == 403 and "invalidapikey" in error.lower()
        lab.findings.see("wrong_key", holds, joined(exchange.status or 0, error))


def _rows_in(answer: Json) -> list[JsonObject]:
    """Return the rows of a response, by column."""
    found: list[JsonObject] = []
    match answer:
        case {"content": {"data": [{"series": [*series]}, *_]}}:
            for one in series:
                match one:
                    case {"columns": [*columns], "values": [*values]}:
                        found += [
                            dict(zip(map(str, columns), value, strict=False))
                            for value in values
                            if isinstance(value, list)
                        ]
    return found
