"""The simulated aipix, as a server."""

from collections.abc import Callable, Mapping
import json
import re
from typing import Unpack, override
from urllib.parse import parse_qs

from tools.simulators.server import Simulator
from tools.simulators.wire import Call, Json, Reply, html_reply, json_reply

from .auth import Auth
from .errors import ApiError, invalid, refused
from .rules import moment, schedule_errors, script_errors, timetable_errors
from .settings import AipixOptions, AipixSettings
from .store import Store, event_entry, reaction_entry, user_entry

_SCRIPT = re.compile(r"/scripts/(\d+)")
_MARKS = re.compile(r"/cameras/(\d+)/marks")
_MARK = re.compile(r"/cameras/(\d+)/marks/(\d+)")
_SESSION = re.compile(r"/sessions/(\d+)")


class AipixSimulator(Simulator):
    """An aipix on 127.0.0.1; its settings may change while it runs."""

    def __init__(
        self,
        *,
        port: int = 0,
        tls: bool = False,
        prefix: str = "",
        **options: Unpack[AipixOptions],
    ) -> None:
        """Prepare it on port (0: a free one), below prefix."""
        super().__init__(port=port, tls=tls, prefix=prefix)
        self.settings = AipixSettings(**options)
        self.auth = Auth(self.settings, self.clock)
        self.store = Store(self.clock)
        self.devices: list[str] = []
        """The X-UUID of every request of the client API."""

    @property
    def scripts(self) -> list[dict[str, Json]]:
        """Return the scripts, oldest first."""
        return list(self.store.scripts.values())

    @property
    def marks(self) -> list[dict[str, Json]]:
        """Return the marks, oldest first."""
        return list(self.store.marks.values())

    @override
    def stored_events(self) -> list[Json]:
        stored_at = self.store.stored_at
        return [
            *(
                {**one, "kind": "script", "stored_at": stored_at[f"script/{one['id']}"]}
                for one in self.scripts
            ),
            *(
                {**one, "kind": "mark", "stored_at": stored_at[f"mark/{one['id']}"]}
                for one in self.marks
            ),
        ]

    @override
    def configure(self, **changes: Json) -> None:
        for name, value in changes.items():
            self.settings.change(name, value)

    @override
    def expire_logins(self) -> None:
        self.auth.expire_logins()

    @override
    def restart(self, *, graceful: bool = False) -> None:
        """Do nothing: tokens and scripts are in a database."""

    @override
    def flush(self) -> None:
        """Do nothing: writes are immediate."""

    @override
    def reset(self) -> None:
        """Clear faults, recorded requests, scripts and marks; keep settings."""
        super().reset()
        self.store.clear()
        self.devices.clear()

    @override
    def answer(self, call: Call) -> Reply:
        if call.too_large:
            return html_reply(413)
        if not call.path.startswith("/api/"):
            # facts §0: / and /admin are the user interfaces.
            return html_reply(200, "<!doctype html><title>aipix</title>")
        try:
            return self._answer_api(call)
        except ApiError as error:
            if "application/json" not in call.headers.get("Accept", ""):
                # facts §1: without Accept errors are web pages.
                return html_reply(error.reply.status)
            return error.reply

    def _answer_api(self, call: Call) -> Reply:
        if call.headers.get("X-Version"):
            # facts §1, §3: 409 is "force update", driven by X-Version (inferred).
            raise refused(409, "Please update the application.")
        body = _document(call)
        if call.path.startswith("/api/admin/v1/"):
            return self._administrator(call, call.path[len("/api/admin/v1") :], body)
        if call.path.startswith("/api/v1/"):
            self.devices.append(call.headers.get("X-UUID", ""))
            return self._client(call, call.path[len("/api/v1") :], body)
        raise refused(404, "Not found.")

    def _administrator(self, call: Call, path: str, body: Mapping[str, Json]) -> Reply:
        """Handle the administrator API: a login and one call (facts §2.1, §4)."""
        if (call.method, path) == ("POST", "/auth/token"):
            return self.auth.log_in_administrator(body)
        self.auth.administrator(call)
        if path != "/scripts":
            raise refused(404, "Not found.")
        if call.method != "POST":
            # facts §4: no list was ever found.
            raise refused(405, "The GET method is not supported for this route.")
        self._may_write()
        errors = script_errors(body, self.settings)
        errors |= schedule_errors(body.get("schedule"))
        if errors:
            raise invalid(errors)
        return self._one(self._shown(self.store.add_script(body, "administrator")))

    def _client(self, call: Call, path: str, body: Mapping[str, Json]) -> Reply:
        """Handle the client API (facts §2.2, §5, §7)."""
        open_to_all: dict[tuple[str, str], Callable[[], Reply]] = {
            ("GET", "/static/basic"): self._basic,
            ("POST", "/token"): lambda: self.auth.log_in_client(call, body),
            ("GET", "/captcha"): self.auth.captcha,
            ("POST", "/logout"): lambda: self.auth.log_out(call, body),
        }
        if answer := open_to_all.get((call.method, path)):
            return answer()
        _ = self.auth.client(call)
        to_clients: dict[tuple[str, str], Callable[[], Reply]] = {
            ("GET", "/users/self"): self.auth.whoami,
            ("GET", "/sessions"): lambda: json_reply(self.auth.listed()),
            ("GET", "/scripts"): lambda: self._scripts(call),
            ("GET", "/scripts/users"): lambda: self._page(
                call, [user_entry(one) for one in self.settings.users], "scripts/users"
            ),
            ("POST", "/scripts"): lambda: self._add_script(body),
            ("GET", "/static"): self._static,
            ("GET", "/cameras"): lambda: self._page(
                # facts §6: paginated; the other keys of an entry are not documented.
                call,
                [{"id": one, "name": f"Camera {one}"} for one in self.settings.cameras],
                "cameras",
            ),
        }
        if answer := to_clients.get((call.method, path)):
            return answer()
        return self._resource(call, path, body)

    def _resource(self, call: Call, path: str, body: Mapping[str, Json]) -> Reply:
        """Handle a path with an id."""
        if match := _SCRIPT.fullmatch(path):
            return self._script(call, int(match[1]), body)
        if match := _MARKS.fullmatch(path):
            return self._marks(call, int(match[1]), body)
        if (match := _MARK.fullmatch(path)) and call.method == "DELETE":
            return self._remove_mark(int(match[1]), int(match[2]))
        if (match := _SESSION.fullmatch(path)) and call.method == "POST":
            return self.auth.end_session(int(match[1]))
        raise refused(404, "Not found.")

    def _scripts(self, call: Call) -> Reply:
        """List the scripts, if that is enabled (facts §5)."""
        if not self.settings.lists_scripts:
            raise refused(405, "The GET method is not supported for this route.")
        shown = [self._shown(one) for one in self.scripts if _is_client(one)]
        return self._page(call, shown, "scripts")

    def _add_script(self, body: Mapping[str, Json]) -> Reply:
        """Create a script of the client API (facts §5)."""
        self._check_script(body)
        return self._one(self._shown(self.store.add_script(body, "client")))

    def _script(self, call: Call, script_id: int, body: Mapping[str, Json]) -> Reply:
        """Handle one script: read, or replace as a whole (facts §5)."""
        script = self.store.scripts.get(script_id)
        if script is None or not _is_client(script):
            raise refused(404, "Not found.")
        match call.method:
            case "GET":
                return self._one(self._shown(script))
            case "PUT":
                self._check_script(body)
                written = self.store.write_script(script_id, body)
                return self._one(self._shown(written))
            case "DELETE":
                self._may_write()
                del self.store.scripts[script_id]
                return Reply(status=204)
        raise refused(405, f"The {call.method} method is not supported.")

    def _check_script(self, body: Mapping[str, Json]) -> None:
        self._may_write()
        errors = script_errors(body, self.settings)
        if not isinstance(title := body.get("title"), str) or not title:
            errors["title"] = "The title field is required."
        if not isinstance(body.get("status"), str):
            errors["status"] = "The status field is required."
        errors |= timetable_errors(body.get("timetable"))
        if errors:
            raise invalid(errors)

    def _marks(self, call: Call, camera_id: int, body: Mapping[str, Json]) -> Reply:
        """Handle the marks of a camera (facts §7)."""
        if camera_id not in self.settings.cameras:
            raise refused(404, "Not found.")
        if call.method == "POST":
            return self._add_mark(camera_id, body)
        if call.method != "GET":
            raise refused(405, f"The {call.method} method is not supported.")
        query = parse_qs(call.query)
        start, end = (moment(query.get(key, [""])[0]) for key in ("from", "to"))
        if start is None or end is None:
            raise invalid({"from": "The from field is required."})
        found: list[Json] = [
            one
            for one in self.marks
            if one["camera_id"] == camera_id
            and (at := moment(one["from"])) is not None
            and start <= at <= end
        ]
        return self._page(call, found, f"cameras/{camera_id}/marks")

    def _add_mark(self, camera_id: int, body: Mapping[str, Json]) -> Reply:
        self._may_write()
        errors = {}
        if not isinstance(title := body.get("title"), str) or not title:
            errors["title"] = "The title field is required."
        start, end = moment(body.get("from")), moment(body.get("to"))
        if start is None:
            errors["from"] = "The from is not a valid date."
        if body.get("to") is not None and (end is None or (start and end <= start)):
            errors["to"] = "The to must be a date after from."
        if errors:
            raise invalid(errors)
        return self._one(dict(self.store.add_mark(camera_id, body)), 201)

    def _remove_mark(self, camera_id: int, mark_id: int) -> Reply:
        """Remove a mark (facts §7, mobile SDK)."""
        self._may_write()
        mark = self.store.marks.get(mark_id)
        if mark is None or mark["camera_id"] != camera_id:
            raise refused(404, "Not found.")
        del self.store.marks[mark_id]
        return Reply(status=204)

    def _may_write(self) -> None:
        if not self.settings.licensed:
            raise refused(402, "The limit of the licence has been reached.")
        if not self.settings.permitted:
            raise refused(403, "This action is unauthorized.")

    def _basic(self) -> Reply:
        """Return the version, without a login (facts §1)."""
        return json_reply(
            {
                "is_captcha_available": self.settings.captcha,
                "is_external_auth_enabled": False,
                "version": self.settings.version,
                "available_locales": ["en", "ru"],
            }
        )

    def _static(self) -> Reply:
        """Return the values that scripts can use (facts §6).

        `analytic_events` is from the mobile SDK; the key of the reactions is unknown.
        """
        return self._one(
            {
                "camera_issues": [],
                "mark_types": [],
                "system_events": [{"id": 1, "name": "login"}],
                "analytic_events": [event_entry(one) for one in self.settings.events],
                "reactions": [reaction_entry(one) for one in self.settings.reactions],
            }
        )

    def _one(self, content: Json, status: int = 200) -> Reply:
        return json_reply(
            {"data": content} if self.settings.wrapped else content, status
        )

    def _shown(self, script: Mapping[str, Json]) -> Json:
        return {name: value for name, value in script.items() if name != "api"}

    def _page(self, call: Call, entries: list[Json], path: str) -> Reply:
        """Return one page (facts §3)."""
        query = parse_qs(call.query)
        size = int(query.get("per_page", [str(self.settings.per_page)])[0])
        size = max(1, min(size, self.settings.per_page))
        page = int(query.get("page", ["1"])[0])
        last = max(1, -(-len(entries) // size))
        # facts §3: samples show a wrong prefix in the links.
        following = f"{self.url}/api/v3/{path}?page={page + 1}" if page < last else None
        return json_reply(
            {
                "data": entries[(page - 1) * size : page * size],
                "links": {"first": None, "last": None, "prev": None, "next": following},
                "meta": {
                    "current_page": page,
                    "last_page": last,
                    "per_page": size,
                    "total": len(entries),
                },
            }
        )


def _is_client(script: Mapping[str, Json]) -> bool:
    return script["api"] == "client"


def _document(call: Call) -> Mapping[str, Json]:
    """Return the body; anything but an object counts as empty, as in Laravel."""
    try:
        document: Json = json.loads(call.body) if call.body.strip() else {}
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
