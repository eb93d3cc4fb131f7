"""Palabra: live events that are created, changed and deleted."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
import random
from typing import override

from custom_components.event_relay.backends.base import JsonObject
from tools.demo.scenes.palabra import PalabraScene
from tools.simulators.palabra import PalabraSimulator
from tools.torture.calls import Act, Call, Thing

from .target import Target, now, text

CREATE = "create_live_event"
UPDATE = "update_live_event"
DELETE = "delete_live_event"
_UPDATE_SHARE = 0.4
_DELETE_SHARE = 0.4
_CHANGED = "Changed"


class PalabraTarget(Target[PalabraSimulator]):
    """An account; the mark is the title, and all events are at the same time."""

    backend = "palabra"
    scene = PalabraScene
    seconds = 0.6

    def __init__(self, name: str, simulator: PalabraSimulator) -> None:
        """Begin without events."""
        super().__init__(name, simulator)
        self._start = now().replace(microsecond=0) + timedelta(days=1)
        self._new: dict[str, str] = {}
        self._changing: dict[str, str] = {}
        self._changed: dict[str, str] = {}
        """Accepted changes: a deletion overtakes a change that is still being
        called."""

    @override
    def act(self, mark: str, chance: random.Random) -> Act:
        if self._changed and chance.random() < _DELETE_SHARE:
            mark, delivery_id = self._changed.popitem()
            return Act(thing=Thing(DELETE, mark), data={"delivery_id": delivery_id})
        if self._new and chance.random() < _UPDATE_SHARE:
            mark, delivery_id = self._new.popitem()
            self._changing[mark] = delivery_id
            return Act(
                thing=Thing(UPDATE, mark),
                data={"delivery_id": delivery_id, "description": _CHANGED},
            )
        return Act(
            thing=Thing(CREATE, mark),
            data={
                "title": mark,
                "event_type": "online",
                "start": self._start.isoformat(),
                "end": (self._start + timedelta(hours=1)).isoformat(),
            },
        )

    @override
    def heard(self, call: Call) -> None:
        mark = call.thing.mark
        if call.thing.action == CREATE and call.delivery_id is not None:
            self._new[mark] = call.delivery_id
        if call.thing.action == UPDATE:
            created = self._changing.pop(mark)
            if call.delivery_id is not None:
                self._changed[mark] = created

    @override
    def mark_of(self, payload: JsonObject) -> str:
        return text(payload, "title")

    @override
    def stored(self) -> Mapping[Thing, Sequence[str]]:
        found: dict[Thing, list[str]] = defaultdict(list)
        for event in (*self.simulator.events, *self.simulator.deleted):
            mark = str(event.content["title"])
            found[Thing(CREATE, mark)].append(event.event_id)
            if event.content.get("description") == _CHANGED:
                found[Thing(UPDATE, mark)].append(event.event_id)
        for event in self.simulator.deleted:
            mark = str(event.content["title"])
            found[Thing(DELETE, mark)].append(event.event_id)
        return found
