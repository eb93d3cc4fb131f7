"""The stored data of a simulated aipix."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tools.simulators.clock import Clock
from tools.simulators.wire import Json

from .auth import naive

_WRITTEN = ("title", "status", "cameras", "timetable", "extra")


@dataclass
class Store:
    """Scripts and marks, oldest first."""

    clock: Clock
    scripts: dict[int, dict[str, Json]] = field(default_factory=dict)
    marks: dict[int, dict[str, Json]] = field(default_factory=dict)
    stored_at: dict[str, float] = field(default_factory=dict)
    _last: int = 901

    def clear(self) -> None:
        """Delete everything, but do not reuse ids."""
        self.scripts.clear()
        self.marks.clear()
        self.stored_at.clear()

    def add_script(self, body: Mapping[str, Json], api: str) -> dict[str, Json]:
        """Store a script; duplicates are allowed (facts §4)."""
        script_id = self._next()
        now = naive(self.clock.now())
        script: dict[str, Json] = {"id": script_id, "created_at": now}
        self.scripts[script_id] = script
        self.stored_at[f"script/{script_id}"] = self.clock.now()
        script["api"] = api
        return self.write_script(script_id, body)

    def write_script(self, script_id: int, body: Mapping[str, Json]) -> dict[str, Json]:
        """Replace a script; fields not sent are lost (facts §5: full body)."""
        script = self.scripts[script_id]
        users = body.get("users")
        reaction = body.get("reaction_id")
        script |= {
            "event": event_entry(body.get("event_id")),
            "reaction": None if reaction is None else reaction_entry(reaction),
            "users": [user_entry(user) for user in users]
            if isinstance(users, list)
            else [],
            "schedule": body.get("schedule") or [],
            "updated_at": naive(self.clock.now()),
        }
        if script["api"] == "client":
            script |= {name: body.get(name) for name in _WRITTEN}
            script["priority"] = body.get("priority")
        return script

    def add_mark(self, camera_id: int, body: Mapping[str, Json]) -> dict[str, Json]:
        """Store a mark; its dates are ISO with a zone (facts §3)."""
        mark_id = self._next()
        mark: dict[str, Json] = {
            "id": mark_id,
            "camera_id": camera_id,
            "title": body.get("title"),
            "type": "mark",
            "from": zoned(str(body["from"])),
            "to": zoned(str(body["to"])) if body.get("to") else None,
        }
        self.marks[mark_id] = mark
        self.stored_at[f"mark/{mark_id}"] = self.clock.now()
        return mark

    def _next(self) -> int:
        self._last += 1
        return self._last


def zoned(written: str) -> str:
    """Return a time in the format of marks: UTC, with six digits and a Z."""
    moment = datetime.fromisoformat(written).astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def event_entry(event_id: Json) -> dict[str, Json]:
    """Return an event as scripts and `static` show it (facts §4, §6)."""
    return {
        "id": event_id,
        "name": "person_counting",
        "description": "People counted",
        "color": "#FF7CF2",
        "analytic_type": "person_counting",
    }


def reaction_entry(reaction_id: Json) -> dict[str, Json]:
    """Return a reaction as scripts show it (facts §5)."""
    return {
        "id": reaction_id,
        "name": "telegram",
        "description": "Telegram",
        "is_default": False,
    }


def user_entry(user_id: Json) -> dict[str, Json]:
    """Return a user as scripts and their list of users show it (facts §5)."""
    return {"id": user_id, "name": f"User {user_id}", "login": f"user{user_id}"}
