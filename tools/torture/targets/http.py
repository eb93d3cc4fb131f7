"""Any HTTP API: a connection for each meaning of a lost response."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
import json
import random
import re
from typing import override

from custom_components.event_relay.backends.base import JsonObject
from tools.demo.scenes.http import HttpScene
from tools.demo.subentries import described
from tools.simulators.http import HttpSimulator
from tools.simulators.wire import Json
from tools.torture.calls import Act, Call, Thing

from .target import Target

SEND = "send_http_request"
END = "end_http_request"
LOOKED_UP = "Note that is looked up"
ALARM = "Alarm"
ABSENT_AFTER = 40
"""Smallest value of the form, in seconds, for the time until a target shows a write."""
_OPEN_SHARE = 0.3
_END_SHARE = 0.6
_MARK = re.compile(r'\\*"text\\*": ?\\*"([^"\\]*)')
"""In a request that is not rendered yet, or is rendered and so inside a text."""
_NOTE: Mapping[str, Json] = {
    "path": "/notes",
    "body_kind": "json",
    "body_json": {"ref": "{id}", "text": "{{ text }}"},
    "answer": {"id_from": "id"},
}


class HttpTarget(Target[HttpSimulator]):
    """A connection whose requests are all of one class; the mark is their text."""

    backend = "http"
    scene = HttpScene
    seconds = 1.5
    requests: Mapping[str, Mapping[str, Json]]
    """The form's input for each request, by name."""

    @override
    def subentries(self) -> Sequence[tuple[str, Sequence[Mapping[str, Json]]]]:
        return [
            ("request", described(name, **entered))
            for name, entered in self.requests.items()
        ]

    @override
    def act(self, mark: str, chance: random.Random) -> Act:
        request = chance.choice([*self.requests])
        return Act(
            thing=Thing(SEND, mark),
            data={"request": request, "data": {"text": mark}},
        )

    @override
    def mark_of(self, payload: JsonObject) -> str:
        found = _MARK.search(json.dumps(payload))
        if found is None:
            raise ValueError(f"a request without a text: {payload}")
        return found[1]

    @override
    def stored(self) -> Mapping[Thing, Sequence[str]]:
        found: dict[Thing, list[str]] = defaultdict(list)
        for note in self.simulator.notes:
            found[Thing(SEND, str(note.content["text"]))].append(note.id)
        for alert in self.simulator.alerts:
            mark = str(alert.content["text"])
            found[Thing(SEND, mark)].append(alert.key)
            if alert.resolved_at is not None:
                found[Thing(END, mark)].append(alert.key)
        return found


class RepeatedTarget(HttpTarget):
    """Twice is the same as once: by the method, by a key, or while it is open."""

    requests: Mapping[str, Mapping[str, Json]] = {
        "Note that is put": {
            **_NOTE,
            "method": "PUT",
            "path": "/notes/{id}",
            "repeat": "repeatable",
        },
        "Note with a key": {
            **_NOTE,
            "sending": {"ids": ["Idempotency-Key"]},
            "repeat": "repeatable",
        },
        ALARM: {
            "path": "/alerts",
            "body_kind": "json",
            "body_json": {"key": "{id}", "action": "trigger", "text": "{{ text }}"},
            "answer": {"id_from": "key"},
            "repeat": "while_open",
            "end": {
                "path": "/alerts",
                "body_kind": "json",
                "body_json": {"key": "{id}", "action": "resolve"},
                "repeat": "repeatable",
            },
        },
    }

    def __init__(self, name: str, simulator: HttpSimulator) -> None:
        """Begin without open alarms."""
        super().__init__(name, simulator)
        self._asked_open: set[str] = set()
        self._open: dict[str, str] = {}

    @override
    def act(self, mark: str, chance: random.Random) -> Act:
        if self._open and chance.random() < _END_SHARE:
            begun, delivery_id = self._open.popitem()
            return Act(thing=Thing(END, begun), data={"delivery_id": delivery_id})
        act = super().act(mark, chance)
        if act.data["request"] != ALARM or chance.random() >= _OPEN_SHARE:
            return act
        self._asked_open.add(mark)
        return Act(thing=act.thing, data={**act.data, "until_ended": True})

    @override
    def going_on(self) -> Sequence[str]:
        return [
            str(alert.content["text"])
            for alert in self.simulator.alerts
            if alert.resolved_at is None
        ]

    @override
    def heard(self, call: Call) -> None:
        mark = call.thing.mark
        if call.thing.action == SEND and mark in self._asked_open:
            self._asked_open.discard(mark)
            if call.delivery_id is not None:
                self._open[mark] = call.delivery_id


class LookedUpTarget(HttpTarget):
    """The target can be asked whether the request has arrived."""

    at_once = frozenset({SEND})

    def __init__(
        self, name: str, simulator: HttpSimulator, write_time: int | None = None
    ) -> None:
        """Take the longest time in seconds until the target shows a write."""
        super().__init__(name, simulator)
        look_up: dict[str, Json] = {
            "path": "/notes",
            "query": {"ref": "{id}"},
            "found_path": "[0]",
            "absent_after": min(ABSENT_AFTER, write_time or ABSENT_AFTER),
        }
        self.requests = {LOOKED_UP: {**_NOTE, "repeat": "look_up", "look_up": look_up}}


class AskingTarget(HttpTarget):
    """The target cannot be asked, and the user decides: nothing is sent again."""

    requests: Mapping[str, Mapping[str, Json]] = {
        "Note that asks": {**_NOTE, "repeat": "ask"},
        "Note that is put and asks": {
            **_NOTE,
            "method": "PUT",
            "path": "/notes/{id}",
            "repeat": "ask",
        },
    }

    @override
    def stored(self) -> Mapping[Thing, Sequence[str]]:
        """Return an id for each request: a note that is replaced was sent twice."""
        return {
            Thing(SEND, str(note.content["text"])): [note.id] * note.written
            for note in self.simulator.notes
        }


class TwiceTarget(HttpTarget):
    """The target cannot be asked, and the user prefers two to none."""

    may_double = True
    requests: Mapping[str, Mapping[str, Json]] = {
        "Note that may be two": {**_NOTE, "repeat": "may_repeat"}
    }
