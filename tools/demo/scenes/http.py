"""Any HTTP API: a message that waits for its target, and an alert with its end."""

from time import time
from typing import override

from tools.demo.api import Api
from tools.demo.arrivals import clock, line
from tools.demo.home_setup import add_switch, turn
from tools.demo.polling import eventually
from tools.demo.screen import say
from tools.demo.subentries import Rule, described
from tools.demo.websocket import WebSocket
from tools.simulators.faults import Fault, FaultKind
from tools.simulators.http import HttpSimulator
from tools.simulators.http.store import Alert, Note
from tools.simulators.wire import Json

from .scene import ARRIVAL_SECONDS, Disproved, Scene

_MAILBOX = "input_boolean.mailbox"
_FREEZER = "input_boolean.freezer_door"
_BUSY = Fault(kind=FaultKind.STATUS, method="POST", status=503, retry_after="1")


class HttpScene(Scene[HttpSimulator]):
    """A webhook that receives mail notices, and an alarm that is raised and cleared."""

    backend = "http"
    name = "HTTP API"
    adds = "a mailbox and a freezer"
    arrivals = 2

    @override
    def connection(self) -> dict[str, Json]:
        return {
            "url": self.simulator.origin,
            "authentication": "bearer",
            "secret": self.simulator.settings.token,
            "read_path": "/status",
        }

    @override
    async def add(self, api: Api, socket: WebSocket) -> None:
        message: list[dict[str, Json]] = [
            {"next_step_id": "preset_webhook"},
            {"name": "Message", "path": "/notes", "repeat": "repeatable"},
        ]
        await api.add_subentry(self._entry_id, "request", message)
        alarm = described(
            "Alarm",
            path="/alerts",
            body_kind="json",
            body_json={"key": "{id}", "action": "trigger", "text": "{{ text }}"},
            fields={"text": {"required": True}},
            repeat="while_open",
            end={
                "path": "/alerts",
                "body_kind": "json",
                "body_json": {"key": "{id}", "action": "resolve"},
                "repeat": "repeatable",
            },
        )
        await api.add_subentry(self._entry_id, "request", alarm)
        await add_switch(socket, "Mailbox", "mdi:mailbox-up")
        await add_switch(socket, "Freezer door", "mdi:fridge-alert")

    @override
    async def play(self, socket: WebSocket) -> None:
        say("There is mail, and the webhook that is told of it is busy for a second:")
        self.simulator.add_faults(_BUSY)
        began = time()
        await turn(socket, _MAILBOX, on=True)
        note = await self.stored(lambda: self.simulator.notes, 1)
        if (text := _text(note)) != "You have mail":
            raise Disproved(f"the message is {text}")
        self.tell(_note_line(note), note.stored_at - began)
        await self.check_delivered(socket, "send_http_request", 1, None)
        await turn(socket, _MAILBOX, on=False)

    @override
    async def follow(self, socket: WebSocket) -> None:
        say("A rule is to set off an alarm while the freezer is open:")
        fields: dict[str, Json] = {
            "request": "Alarm",
            "data": {"text": "{{ trigger.to_state.name }} is open"},
        }
        rule = Rule(
            name="Freezer",
            switch=_FREEZER,
            fields=fields,
            until_off=True,
            folded=False,
        )
        await self.add_rule(rule)
        began = time()
        await turn(socket, _FREEZER, on=True)
        alert = await self.stored(lambda: self.simulator.alerts, 1)
        if alert.content["text"] != "Freezer door is open":
            raise Disproved(f"the alarm is {alert.content['text']}")
        self.tell(_alert_line(alert), alert.stored_at - began)
        closed = time()
        await turn(socket, _FREEZER, on=False)

        async def resolved() -> float | None:
            """Return when the alarm was cleared."""
            return alert.resolved_at

        over = await eventually(resolved, "the end of the alarm", ARRIVAL_SECONDS)
        self.tell(_alert_line(alert), over - closed)

    @override
    def lines(self) -> list[str]:
        notes = [_note_line(note) for note in self.simulator.notes]
        return [*notes, *(_alert_line(alert) for alert in self.simulator.alerts)]


def _text(note: Note) -> Json:
    """Return the text of a message, which the preset puts into `data`."""
    match note.content.get("data"):
        case {"text": text}:
            return text
    return None


def _note_line(note: Note) -> str:
    return line("http", f"{_text(note)}, {clock(note.stored_at)}", f"note {note.id}")


def _alert_line(alert: Alert) -> str:
    end = clock(alert.resolved_at) if alert.resolved_at else "…"
    what = f"{alert.content['text']}, {clock(alert.stored_at)} to {end}"
    return line("http", what, alert.key)
