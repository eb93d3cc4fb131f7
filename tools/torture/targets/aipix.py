"""aipix: marks and scripts of the client API, scripts of the administrator API."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
import random
from typing import override

from custom_components.event_relay.backends.base import JsonObject
from tools.demo.scenes.aipix import AipixScene
from tools.simulators.aipix import AipixSimulator
from tools.simulators.wire import Json
from tools.torture.calls import Act, Call, Thing

from .target import Target, Temper, text

CREATE_MARK = "create_camera_mark"
CREATE_SCRIPT = "create_script"
UPDATE_SCRIPT = "update_script"
CAMERA = 12
EVENT = 11
REACTION = 3
_SCRIPT_SHARE = 0.4
_UPDATE_SHARE = 0.4
_DISABLED = "inactive"
_DAY_SECONDS = 86_400 - 1
_END_OF_DAY = "23:59:59"


class AipixTarget(Target[AipixSimulator]):
    """The client API, which lists its items; the mark is the title."""

    backend = "aipix"
    scene = AipixScene
    seconds = 0.6
    temper = Temper(expires_logins=True)

    def __init__(self, name: str, simulator: AipixSimulator) -> None:
        """Begin without scripts."""
        super().__init__(name, simulator)
        self._scripts: dict[str, str] = {}

    @override
    def act(self, mark: str, chance: random.Random) -> Act:
        if self._scripts and chance.random() < _UPDATE_SHARE:
            mark, delivery_id = self._scripts.popitem()
            return Act(
                thing=Thing(UPDATE_SCRIPT, mark),
                data={"delivery_id": delivery_id, "status": _DISABLED},
            )
        if chance.random() < _SCRIPT_SHARE:
            return Act(thing=Thing(CREATE_SCRIPT, mark), data=_script(mark))
        return Act(
            thing=Thing(CREATE_MARK, mark),
            data={"camera_id": CAMERA, "title": mark},
        )

    @override
    def heard(self, call: Call) -> None:
        if call.thing.action == CREATE_SCRIPT and call.delivery_id is not None:
            self._scripts[call.thing.mark] = call.delivery_id

    @override
    def mark_of(self, payload: JsonObject) -> str:
        return text(payload, "title")

    @override
    def stored(self) -> Mapping[Thing, Sequence[str]]:
        found: dict[Thing, list[str]] = defaultdict(list)
        for mark in self.simulator.marks:
            thing = Thing(CREATE_MARK, str(mark["title"]))
            found[thing].append(f"mark/{mark['id']}")
        for script in self.simulator.scripts:
            title, outside_id = str(script["title"]), str(script["id"])
            found[Thing(CREATE_SCRIPT, title)].append(outside_id)
            if script["status"] == _DISABLED:
                found[Thing(UPDATE_SCRIPT, title)].append(outside_id)
        return found


class AipixAdministratorTarget(Target[AipixSimulator]):
    """The administrator API, which lists nothing.

    Its scripts have no title, so the mark is their start time.
    """

    backend = "aipix"
    scene = AipixScene
    seconds = 0.8
    temper = Temper(expires_logins=True)

    @override
    def connection(self) -> dict[str, Json]:
        return super().connection() | {"api": "administrator"}

    @override
    def mark(self, number: int) -> str:
        minutes, seconds = divmod(number % _DAY_SECONDS, 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours:02}:{minutes:02}:{seconds:02}"

    @override
    def act(self, mark: str, chance: random.Random) -> Act:
        ranges: list[Json] = [{"from": mark, "to": _END_OF_DAY}]
        return Act(
            thing=Thing(CREATE_SCRIPT, mark),
            data={
                "event_id": EVENT,
                "schedule": [{"day": "monday", "ranges": ranges}],
            },
        )

    @override
    def mark_of(self, payload: JsonObject) -> str:
        return _begin(payload["schedule"])

    @override
    def stored(self) -> Mapping[Thing, Sequence[str]]:
        found: dict[Thing, list[str]] = defaultdict(list)
        for script in self.simulator.scripts:
            thing = Thing(CREATE_SCRIPT, _begin(script["schedule"]))
            found[thing].append(str(script["id"]))
        return found


def _script(title: str) -> dict[str, Json]:
    """Return a script that the client API accepts."""
    day: dict[str, Json] = {
        "type": "same_every_day",
        "from": "08:00:00+01:00",
        "to": "17:00:00+01:00",
    }
    return {
        "event_id": EVENT,
        "reaction_id": REACTION,
        "title": title,
        "timetable": {"days": [day], "intervals": []},
    }


def _begin(schedule: Json) -> str:
    """Return the start of a schedule's only range."""
    match schedule:
        case [{"ranges": [{"from": str(begin)}]}]:
            return begin
    raise ValueError(f"a schedule of another shape: {schedule}")
