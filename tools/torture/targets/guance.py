"""Guance: independent events, visible after a delay."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
import random
from typing import override

from custom_components.event_relay.backends.base import JsonObject
from tools.demo.scenes.guance import GuanceScene
from tools.simulators.guance import GuanceSimulator
from tools.torture.calls import Act, Thing

from .target import Target, text

CREATE = "create_custom_event"


class GuanceTarget(Target[GuanceSimulator]):
    """A workspace; the mark is the title."""

    backend = "guance"
    scene = GuanceScene
    seconds = 2.0
    """Event Relay sends one request a second at most, look-ups included."""
    at_once = frozenset({CREATE})

    @override
    def act(self, mark: str, chance: random.Random) -> Act:
        return Act(
            thing=Thing(CREATE, mark),
            data={
                "status": chance.choice(("info", "warning", "critical", "ok")),
                "title": mark,
            },
        )

    @override
    def mark_of(self, payload: JsonObject) -> str:
        return text(payload, "title")

    @override
    def stored(self) -> Mapping[Thing, Sequence[str]]:
        found: dict[Thing, list[str]] = defaultdict(list)
        for event in self.simulator.events:
            found[Thing(CREATE, event.title)].append(event.document_id)
        return found
