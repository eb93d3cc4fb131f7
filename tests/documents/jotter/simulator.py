"""A simulated Jotter."""

import json
from typing import override

from tools.simulators.server import Simulator
from tools.simulators.wire import Call, Json, Reply, json_reply


class JotterSimulator(Simulator):
    """A Jotter on 127.0.0.1."""

    def __init__(self, *, tls: bool = False, api_key: str = "jotter-key") -> None:
        """Have no notes."""
        super().__init__(tls=tls)
        self.api_key = api_key
        self.notes: dict[str, dict[str, Json]] = {}

    @override
    def answer(self, call: Call) -> Reply:
        """Return what Jotter responds to a request."""
        if call.headers.get("Authorization") != f"Bearer {self.api_key}":
            return json_reply({"error": "unknown key"}, 401)
        match call.method, call.path.split("/")[1:]:
            case "GET", ["about"]:
                return json_reply({"version": "1.4"})
            case "PUT", ["notes", note_id]:
                self.notes[note_id] = json.loads(call.body)
                return Reply(status=204)
            case "PATCH", ["notes", note_id] if note_id in self.notes:
                self.notes[note_id] |= json.loads(call.body)
                return Reply(status=204)
        return json_reply({"error": "not found"}, 404)
