"""Frigate: events that end by themselves, and events that are ended."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
import random
from typing import override

from custom_components.event_relay.backends.base import JsonObject
from tools.demo.scenes.frigate import FrigateScene
from tools.simulators.frigate import FrigateSimulator
from tools.torture.calls import Act, Call, Thing
from tools.torture.wall_clock import OFFSETS

from .target import Target, Temper, now, text

CREATE = "create_camera_event"
END = "end_camera_event"
_CAMERAS = ("front_door", "garden")
_LABELS = ("person", "car", "doorbell", "package")
"""Only a few, so that events look alike."""
_OPEN_SHARE = 0.4
_END_SHARE = 0.6
_LENGTH = 5
_AHEAD = timedelta(minutes=10)
"""Ends are set in the future, where a restart of Frigate sets none."""
_SAME_SECONDS = 2.0
"""Tolerance of an end time: clocks are compared in whole seconds."""


class FrigateTarget(Target[FrigateSimulator]):
    """A recorder; the mark is the sub label."""

    backend = "frigate"
    scene = FrigateScene
    seconds = 0.5
    temper = Temper(restarts=True, expires_logins=True)
    at_once = frozenset({CREATE})

    def __init__(self, name: str, simulator: FrigateSimulator) -> None:
        """Begin without open events."""
        super().__init__(name, simulator)
        self._asked_open: set[str] = set()
        self._open: dict[str, str] = {}
        self._ends: dict[str, float] = {}

    @override
    def act(self, mark: str, chance: random.Random) -> Act:
        if self._open and chance.random() < _END_SHARE:
            return self._end()
        until_ended = chance.random() < _OPEN_SHARE
        if until_ended:
            self._asked_open.add(mark)
        return Act(
            thing=Thing(CREATE, mark),
            data={
                "camera": chance.choice(_CAMERAS),
                "label": chance.choice(_LABELS),
                "sub_label": mark,
                **({"until_ended": True} if until_ended else {"duration": _LENGTH}),
            },
        )

    def _end(self) -> Act:
        """End the oldest event that is open."""
        mark = next(iter(self._open))
        end = now() + _AHEAD
        self._ends[mark] = end.timestamp()
        return Act(
            thing=Thing(END, mark),
            data={"delivery_id": self._open.pop(mark), "end_time": end.isoformat()},
        )

    @override
    def heard(self, call: Call) -> None:
        mark = call.thing.mark
        if call.thing.action == CREATE and mark in self._asked_open:
            self._asked_open.discard(mark)
            if call.delivery_id is not None:
                self._open[mark] = call.delivery_id

    @override
    def going_on(self) -> Sequence[str]:
        return [
            event.sub_label
            for event in self.simulator.events
            if event.end_time is None and event.sub_label is not None
        ]

    @override
    def mark_of(self, payload: JsonObject) -> str:
        return text(payload, "sub_label")

    @override
    def stored(self) -> Mapping[Thing, Sequence[str]]:
        found: dict[Thing, list[str]] = defaultdict(list)
        for event in self.simulator.events:
            mark = event.sub_label or ""
            found[Thing(CREATE, mark)].append(event.id)
            end = self._ends.get(mark)
            if end is None or event.end_time is None:
                continue
            if any(
                # An event with a future start, by a fast clock, cannot end before it.
                abs(event.end_time - max(end - ahead, event.start_time))
                <= _SAME_SECONDS
                for ahead in (0, *OFFSETS)
            ):
                found[Thing(END, mark)].append(event.id)
        return found
